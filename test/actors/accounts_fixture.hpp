#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/accounts_actor.hpp"
#include "actors/secrets.hpp"
#include "test/support/accounts.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {

inline constexpr std::chrono::seconds an_hour{3600};

/// The accounts over a store in memory, with a hasher that waits for the test.
struct accounts_fixture : testing::Test {
  test::node node;
  std::shared_ptr<test::breakable_accounts> store = std::make_shared<test::breakable_accounts>();
  std::shared_ptr<test::slow_hasher> hasher = std::make_shared<test::slow_hasher>();
  std::vector<core::session_ended> told;
  telemetry::metrics metrics = telemetry::metrics::live("test");
  local_accounts_actor accounts = node.spawn(accounts_behavior, [this] {
    accounts_deps deps;
    deps.store = store;
    deps.hasher = hasher;
    deps.clock = node.clock;
    deps.metrics = metrics;
    return deps;
  }());

  template <class Reply, class Request>
  core::result<Reply> ask(Request request) {
    auto pending = node.self->request(accounts, an_hour, std::move(request));
    do {
      hasher->work();
      node.settle();
    } while (hasher->waiting() > 0);
    core::result<Reply> out{ec::internal};
    pending.receive([&](Reply& reply) { out = std::move(reply); }, [&](const caf::error& why) { out = from_caf(why); });
    return out;
  }
  core::status sign_up(std::string name, std::string password) {
    const auto done = ask<core::user_registered>(core::register_user{{std::move(name)}, std::move(password)});
    return done ? core::status{core::done{}} : core::status{done.why()};
  }
  core::result<core::logged_in> log_in(std::string name, std::string password) {
    return ask<core::logged_in>(core::log_in{{std::move(name)}, std::move(password), "here"});
  }
  core::token_hash token_of(std::string name, std::string password) {
    return token_hash_of(log_in(std::move(name), std::move(password))->token);
  }
  ec check(const core::token_hash& token) { return ask<core::token_checked>(core::check_token{token}).code(); }
  void watch() {
    const auto home = node.dummy<node_actor>(
        [this](const announce& news) { told.push_back(std::get<core::session_ended>(news.what)); });
    caf::anon_send(accounts, watch_ended{}, home);
    node.settle();
  }
};

}  // namespace greenroom::actors
