#pragma once
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "actors/node_actor.hpp"
#include "actors/secrets.hpp"
#include "actors/system.hpp"
#include "chat/role.hpp"
#include "net/limits.hpp"
#include "test/support/http.hpp"

namespace greenroom::chat {

using core::ec;
using namespace std::chrono_literals;

/// Accounts of people whose token is their name and whose password is "secret".
inline caf::behavior everybody(caf::event_based_actor* self, const std::vector<std::string>& names) {
  self->set_default_handler(caf::drop);
  const auto nobody = [](auto...) { return actors::to_caf({ec::invalid_token, {}, 0}); };
  const auto known = std::make_shared<std::map<core::token_hash, core::user_id>>();
  for (const auto& name : names) known->emplace(actors::token_hash_of(name), core::user_id{name});
  return {
      [=](const core::log_in& asked) -> caf::result<core::logged_in> {
        if (asked.password != "secret") return actors::to_caf({ec::bad_credentials, {}, 0});
        return core::logged_in{asked.user.value, asked.user, {"s"}, {}};
      },
      [=](const core::check_token& asked) -> caf::result<core::token_checked> {
        const auto who = known->find(asked.token);
        if (who == known->end()) return nobody();
        return core::token_checked{who->second, {"s"}, core::wall_time{std::chrono::hours{1'000'000}}, false};
      },
      [=](const core::find_users& asked) -> caf::result<core::users_found> {
        core::users_found out;
        for (const auto& [token, user] : *known)
          if (std::find(asked.names.begin(), asked.names.end(), user) != asked.names.end()) out.users.push_back(user);
        return out;
      },
      [=](const core::pull_ended&) -> caf::result<core::session_ended> { return core::session_ended{}; },
  };
}

inline constexpr int a_crowd = 60;

/// The chat role of a process that also holds the clients.
struct chat_fixture : testing::Test {
  net::io_pool pool{1};  // the last to go: what actors owe may refer to its contexts
  actors::system_config config{2};
  caf::actor_system system{config};
  std::shared_ptr<actors::system_clock> clock = std::make_shared<actors::system_clock>();
  core::limit_policies policies{};
  std::unique_ptr<edge::edge> clients;
  std::unique_ptr<role> chat;
  actors::local_node_actor node;
  actors::accounts_actor accounts;
  std::unique_ptr<test::http_caller> call;

  void SetUp() override {
    pool.start();
    const auto rates = std::make_shared<net::limits>(policies, *clock);
    edge::edge_settings how;
    how.allowed_origins = {"https://chat.example"};
    clients = std::make_unique<edge::edge>(edge::edge_deps{&system, &pool, rates, clock, {}, {"n1"}}, how);
    role_settings settings;
    settings.listen = {boost::asio::ip::address_v4::loopback(), 0};
    role_deps deps;
    deps.system = &system;
    deps.pool = &pool;
    deps.limits = rates;
    deps.clients = clients.get();
    deps.clock = clock;
    deps.node = {"n1"};
    deps.version = "1.2.3";
    deps.stores = std::move(*storage::open_chat("memory:", {}));
    chat = std::make_unique<role>(std::move(deps), std::move(settings));
    node = system.spawn(
        actors::node_behavior,
        actors::node_deps{{"n1"}, {}, chat->journal(), clients->audience(), clock, clients->connections_open(), {}});
    std::vector<std::string> names{"ann", "bob", "eve"};
    for (int i = 0; i < a_crowd; ++i) names.push_back("user" + std::to_string(i));
    accounts = caf::actor_cast<actors::accounts_actor>(system.spawn(everybody, names));
    caf::anon_send(node, actors::host_accounts{accounts});
    clients->start(node, chat->join(node));
    ASSERT_TRUE(chat->start());
    call = std::make_unique<test::http_caller>(pool, chat->bound().port());
  }
  void TearDown() override {
    call.reset();
    chat->stop();
    clients->stop();
    // Until every socket has said goodbye to its actor: an actor that hears nothing more would not end.
    for (int tries = 0; chat->open() + clients->open() > 0 && tries < 500; ++tries) std::this_thread::sleep_for(10ms);
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(accounts, caf::exit_reason::user_shutdown);
    node = nullptr;
    accounts = nullptr;
    pool.stop();
    chat.reset();
    clients.reset();
  }

  net::http::response get(std::string path, std::string token = {}, net::http::field_list fields = {}) {
    return (*call)("GET", std::move(path), {}, std::move(token), std::move(fields));
  }
  net::http::response post(std::string path, std::string body, std::string token = {}) {
    return (*call)("POST", std::move(path), std::move(body), std::move(token));
  }
  net::http::response put(std::string path, std::string body, std::string token) {
    return (*call)("PUT", std::move(path), std::move(body), std::move(token));
  }
};

}  // namespace greenroom::chat
