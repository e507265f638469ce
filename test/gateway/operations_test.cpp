#include "gateway/operations.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/secrets.hpp"
#include "actors/system.hpp"
#include "test/gateway/fixture.hpp"

namespace greenroom::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Accounts and catalog that say what the test wants, behind a node that knows them.
struct scripted_cluster {
  actors::system_config config{2};
  caf::actor_system system{config};
  std::atomic<core::ec> refuses{core::ec::none};                               ///< to begin
  std::atomic<core::deletion_state> ends_as{core::deletion_state::completed};  ///< as soon as rooms are hidden
  std::atomic<bool> rooms_away{false};
  std::atomic<bool> keeps{false}, erases{false};  ///< the choices of the one begun last
  caf::actor accounts, catalog, home;

  template <class... Handlers>
  caf::actor spawn(Handlers... handlers) {
    return system.spawn(
        [](caf::event_based_actor* self, Handlers... each) -> caf::behavior {
          self->set_default_handler(caf::drop);
          return {each...};
        },
        handlers...);
  }
  static core::deletion row(core::deletion_state state, core::operation_id operation) {
    core::deletion out;
    out.operation = std::move(operation);
    out.user = {"ann"};
    out.state = state;
    out.lease = {1};
    out.receipt.rooms = 7;
    return out;
  }

  scripted_cluster() {
    accounts = spawn(
        [this](const core::begin_deletion& request) -> caf::result<core::deletion> {
          if (const auto why = refuses.load(); why != core::ec::none) return actors::to_caf({why, {}, 0});
          keeps = request.choices.keep_rooms;
          erases = request.choices.erase_messages;
          return row(core::deletion_state::hiding, request.operation);
        },
        [](const core::advance_deletion& step) { return row(step.to, step.operation); },
        [](const core::claim_deletions&) { return core::deletions{}; },
        [](const core::check_token& request) -> caf::result<core::token_checked> {
          core::token_checked out;
          out.user = {"ann"};
          out.admin = request.token == actors::token_hash_of("gr_admin");
          if (!out.admin && request.token != actors::token_hash_of("gr_user"))
            return actors::to_caf({core::ec::invalid_token, {}, 0});
          return out;
        },
        [](const core::read_deletion& request) -> caf::result<core::deletion> {
          if (request.operation.value != known) return actors::to_caf({core::ec::not_found, {}, 0});
          return row(core::deletion_state::purging, request.operation);
        });
    catalog = spawn(
        [this](const core::hide_rooms&) -> caf::result<core::rooms_hidden> {
          if (ends_as == core::deletion_state::undone) return actors::to_caf({core::ec::forbidden, {}, 0});
          return core::rooms_hidden{};
        },
        [](const core::restore_rooms&) -> caf::result<void> { return caf::unit; },
        [](const core::purge_rooms&) {
          return core::rooms_purged{{7, 0, 0, 0, 0, 0}};
        });
    home = spawn([this](actors::find_accounts) { return caf::actor_cast<actors::accounts_actor>(accounts); },
                 [this](actors::find_catalog) -> caf::result<actors::catalog_actor> {
                   if (rooms_away) return actors::to_caf({core::ec::no_upstream, {}, 1});
                   return caf::actor_cast<actors::catalog_actor>(catalog);
                 });
  }
  ~scripted_cluster() {
    for (auto* one : {&accounts, &catalog, &home}) {
      caf::anon_send_exit(*one, caf::exit_reason::user_shutdown);
      *one = nullptr;
    }
  }
  static constexpr const char* known = "00112233445566778899aabbccddeeff";
};

struct Operations : testing::Test {
  net::io_pool pool{1};  // the last to go: what actors owe may refer to its contexts
  scripted_cluster cluster;
  role gateway{{&cluster.system, &pool, nullptr, std::make_shared<actors::system_clock>(), {}, {}, {}},
               running_gateway::quick()};

  void SetUp() override {
    ASSERT_TRUE(gateway.start(caf::actor_cast<actors::local_node_actor>(cluster.home)));
    pool.start();
  }
  void TearDown() override {
    gateway.stop();
    pool.stop();
  }
  std::string ask(const std::string& line, const std::string& fields = {}, const std::string& body = {}) {
    peer client;
    client.connect(gateway.bound());
    client.write(line + " HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body);
    return client.read_message();
  }
  std::string erase(const std::string& body = R"({"password":"secret"})") {
    return ask("DELETE /users/ann", "Authorization: Bearer gr_abc\r\nContent-Type: application/json\r\n", body);
  }
};

TEST_F(Operations, MetricsAndTheWholeStatusAreForAdmins) {
  const auto get = [&](const std::string& target, const std::string& token) {
    return ask("GET " + target, token.empty() ? "" : "Authorization: Bearer " + token + "\r\n");
  };
  EXPECT_EQ(status_of(get("/metrics", {})), 401u);
  EXPECT_EQ(status_of(get("/metrics", "gr_wrong")), 401u);
  EXPECT_EQ(status_of(get("/metrics", "gr_user")), 403u);
  const auto metrics = get("/metrics", "gr_admin");
  EXPECT_EQ(status_of(metrics), 200u);
  EXPECT_EQ(field_of(metrics, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* const token : {"", "gr_wrong", "gr_user"}) {
    const auto status = get("/status", token);
    EXPECT_EQ(status_of(status), 200u) << token;
    EXPECT_THAT(body_of(status), Not(HasSubstr("upstreams"))) << token;
  }
  EXPECT_THAT(body_of(get("/status", "gr_admin")), HasSubstr("upstreams"));
}

TEST_F(Operations, ADeleteThatEndsInTimeBringsItsReceipt) {
  const auto got = erase();
  EXPECT_EQ(status_of(got), 200u);
  EXPECT_THAT(body_of(got), HasSubstr(R"("state":"completed")"));
  EXPECT_THAT(body_of(got), HasSubstr(R"("receipt":{"rooms":7,)"));
}

TEST_F(Operations, OneThatIsUndoneIsUnavailableAndNamesItself) {
  cluster.ends_as = core::deletion_state::undone;
  const auto got = erase();
  EXPECT_EQ(status_of(got), 503u);
  EXPECT_THAT(body_of(got), HasSubstr("was undone"));
  const auto place = field_of(got, "Location");
  ASSERT_TRUE(place.starts_with("/operations/")) << place;
  EXPECT_THAT(body_of(got), HasSubstr(place.substr(12)));
  EXPECT_NE(field_of(got, "Retry-After"), "(none)");
}

TEST_F(Operations, OneThatTakesLongerSaysWhereToLook) {
  cluster.rooms_away = true;
  const auto got = erase();
  EXPECT_EQ(status_of(got), 202u);
  EXPECT_THAT(body_of(got), HasSubstr(R"("state":"hiding")"));
  EXPECT_THAT(body_of(got), Not(HasSubstr("receipt")));
  EXPECT_EQ(field_of(got, "Location").size(), 12u + 32u);
}

TEST_F(Operations, OneIsBegunAsWasChosen) {
  const auto chosen = [&](const std::string& body) {
    EXPECT_EQ(status_of(erase(body)), 200u) << body;
    return core::deletion_choices{cluster.keeps, cluster.erases};
  };
  EXPECT_EQ(chosen(R"({"password":"secret","private_rooms":"keep","messages":"erase"})"),
            (core::deletion_choices{true, true}));
  EXPECT_EQ(chosen(R"({"password":"secret"})"), core::deletion_choices{});
  const auto refused = erase(R"({"password":"secret","messages":"all"})");
  EXPECT_EQ(status_of(refused), 400u);
  EXPECT_THAT(body_of(refused), HasSubstr("`messages` must be keep or erase."));
  EXPECT_THAT(body_of(refused), HasSubstr("bad_request"));
}

TEST_F(Operations, RefusalsReachTheClient) {
  for (const auto& [why, status] : {std::pair{core::ec::bad_credentials, 401u}, std::pair{core::ec::forbidden, 403u},
                                    std::pair{core::ec::not_found, 404u}, std::pair{core::ec::rate_limited, 429u}}) {
    cluster.refuses = why;
    EXPECT_EQ(status_of(erase()), status);
  }
}

TEST_F(Operations, WhatIsNoRequestIsRefusedBeforeAnybodyIsAsked) {
  EXPECT_EQ(status_of(ask("DELETE /users/ann")), 401u);
  EXPECT_EQ(status_of(ask("DELETE /users/ann", "Authorization: Basic x\r\n")), 401u);
  EXPECT_EQ(status_of(ask("DELETE /users/9", "Authorization: Bearer gr_abc\r\n")), 422u);
  EXPECT_EQ(status_of(ask("DELETE /users/ann", "Authorization: Bearer gr_abc\r\n", "x")), 415u);
  EXPECT_EQ(status_of(erase("{")), 400u);
  EXPECT_EQ(status_of(erase(R"({"password":7})")), 400u);
}

TEST_F(Operations, AnOperationIsFoundByItsIdAlone) {
  const auto got = ask(std::string("GET /operations/") + scripted_cluster::known);
  EXPECT_EQ(status_of(got), 200u);
  EXPECT_THAT(body_of(got), HasSubstr(R"("state":"purging")"));
  EXPECT_EQ(status_of(ask("GET /operations/" + std::string(32, '0'))), 404u);
  EXPECT_EQ(status_of(ask("GET /operations/short")), 404u);
}

}  // namespace
}  // namespace greenroom::gateway
