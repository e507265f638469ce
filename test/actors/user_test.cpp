#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/user_actor.hpp"
#include "test/support/node.hpp"

/// A user's home, between its node and sessions.
namespace greenroom::actors {
namespace {

using core::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct User : testing::Test {
  std::vector<std::string> log;
  telemetry::metrics metrics = telemetry::metrics::live("test");
  test::node system;
  local_node_actor node = system.dummy<local_node_actor>(
      [this](const home_idle& idle, const local_user_actor&) { log.push_back("idle " + idle.user.value); });
  local_user_actor home = system.spawn(user_behavior, user_deps{{"ann"}, node, system.clock, metrics, {.sessions = 2}});

  /// A session that says `connections` whenever it is told to.
  caf::actor a_session(const std::string& name) {
    return system.spawn(
        [](caf::event_based_actor* self, std::string me, std::vector<std::string>* to,
           local_user_actor whom) -> caf::behavior {
          return {[=](const core::session_registered& answer) {
                    to->push_back(me + " registered " + std::to_string(answer.number));
                  },
                  [=](const core::user_news& news) {
                    to->push_back(me + " hears " + news.room.value +
                                  (news.seq ? " " + std::to_string(news.seq.value) : ""));
                  },
                  [](const core::user_seen&) {},
                  [=](std::uint32_t connections, std::uint64_t number) {
                    self->send(whom, core::register_session{{"ann"}, connections, number});
                  }};
        },
        name, &log, home);
  }
  void say(const caf::actor& session, std::uint32_t connections, std::uint64_t number) {
    caf::anon_send(session, connections, number);
    system.settle();
  }
  void tell(core::user_news news) {
    caf::anon_send(home, std::move(news));
    system.settle();
  }
  std::vector<std::string> take_log() { return std::exchange(log, {}); }
};

TEST_F(User, TellsEverySessionThatIsRegistered) {
  const auto phone = a_session("phone"), desk = a_session("desk");
  say(phone, 1, 1);
  say(desk, 2, 1);
  EXPECT_THAT(take_log(), ElementsAre("phone registered 1", "desk registered 1"));
  tell({.user = {"ann"}, .room = {"den"}});
  EXPECT_THAT(take_log(), UnorderedElementsAre("phone hears den", "desk hears den"));
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_homes 1\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_home_sessions 2\n"));
  EXPECT_THAT(metrics.text(), HasSubstr(R"(greenroom_news_total{kind="added"} 1)"));
}

TEST_F(User, ForgetsSessionsThatLeaveAndSaysWhenItIsIdle) {
  const auto phone = a_session("phone"), desk = a_session("desk");
  say(phone, 1, 1);
  say(desk, 1, 1);
  (void)take_log();
  say(phone, 0, 2);
  tell({.user = {"ann"}, .room = {"den"}});
  EXPECT_THAT(take_log(), ElementsAre("desk hears den"));
  system.kill(desk);
  EXPECT_THAT(take_log(), ElementsAre("idle ann"));
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_home_sessions 0\n"));
  say(phone, 1, 3);
  EXPECT_THAT(take_log(), ElementsAre("phone registered 3")) << "until its node ends it";
  system.kill(home);
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_homes 0\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_home_sessions 0\n"));
}

TEST_F(User, TakesNoMoreSessionsThanItMay) {
  const auto phone = a_session("phone"), desk = a_session("desk"), third = a_session("third");
  for (const auto& one : {phone, desk, third}) say(one, 1, 1);
  EXPECT_THAT(take_log(), ElementsAre("phone registered 1", "desk registered 1"));
  system.kill(phone);
  say(third, 1, 2);
  EXPECT_THAT(take_log(), ElementsAre("third registered 2"));
}

TEST_F(User, HoldsBackHeadsOfOneRoom) {
  say(a_session("phone"), 1, 1);
  (void)take_log();
  for (std::uint64_t seq = 1; seq <= 3; ++seq)
    tell({.user = {"ann"}, .kind = core::news_kind::head, .room = {"den"}, .seq = {seq}});
  EXPECT_THAT(take_log(), ElementsAre("phone hears den 1"));
  system.advance(milliseconds{249});
  EXPECT_THAT(take_log(), IsEmpty());
  system.advance(milliseconds{2});
  EXPECT_THAT(take_log(), ElementsAre("phone hears den 3"));
}

TEST_F(User, DoesNotMindAMessageOfNobody) {
  caf::anon_send(home, core::register_session{{"ann"}, 1, 1});
  system.settle();
  EXPECT_THAT(take_log(), IsEmpty());
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_home_sessions 0\n"));
}

}  // namespace
}  // namespace greenroom::actors
