#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/watch_actor.hpp"
#include "test/support/node.hpp"

/// A node's watcher of users, between the homes of users, which move as nodes go and come, and connections.
namespace greenroom::actors {
namespace {

using core::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

struct Watch : testing::Test {
  std::vector<std::string> log;
  test::node system;
  local_node_actor node = system.dummy<local_node_actor>([this](const core::watch_user& what) {
    log.push_back((what.stop ? "no more of " : "asks for ") + what.user.value + " " + std::to_string(what.number));
  });
  local_watch_actor watch = system.spawn(watch_behavior, watch_deps{node, system.clock});
  local_connection_actor phone = a_connection("phone");

  local_connection_actor a_connection(const std::string& name) {
    return system.dummy<local_connection_actor>([this, name](const core::user_seen& what) {
      log.push_back(name + (what.state.online ? " sees " : " misses ") + what.user.value);
    });
  }
  /// The home of bob on some node: says what it is told to say, and writes down what it hears.
  caf::actor a_home(const std::string& name) {
    return system.spawn(
        [](caf::event_based_actor* self, std::string me, std::vector<std::string>* to,
           local_watch_actor whom) -> caf::behavior {
          return {[=](const core::user_seen& what) { self->send(whom, what); },
                  [=](const core::watch_user& what) {
                    to->push_back(me + (what.stop ? " is left " : " is asked ") + std::to_string(what.number));
                  }};
        },
        name, &log, watch);
  }
  static std::shared_ptr<const core::cluster_view> view(const char* name) {
    core::node_record one;
    one.name = {name};
    one.incarnation = {1};
    one.http = {{"chat", "127.0.0.1", 8008}};
    return std::make_shared<const core::cluster_view>(core::cluster_view{{1}, {one}, {5}});
  }
  template <class... Message>
  std::vector<std::string> tell(Message... what) {
    caf::anon_send(watch, std::move(what)...);
    system.settle();
    return std::exchange(log, {});
  }
  std::vector<std::string> says(const caf::actor& home, bool online, std::uint64_t number) {
    caf::anon_send(home, core::user_seen{{"bob"}, {.online = online}, number});
    system.settle();
    return std::exchange(log, {});
  }
  std::vector<std::string> later(milliseconds by) {
    system.advance(by);
    return std::exchange(log, {});
  }
  /// The home of everybody is at the one, and then at the other.
  std::vector<std::string> moves(const char* from, const char* to) {
    return tell(homes_changed{view(from), view(to), {}});
  }
  /// There is a link with that node, which has everybody's home.
  std::vector<std::string> reaches(const char* name) { return tell(homes_changed{{}, view(name), {name}}); }
};

TEST_F(Watch, AsksTheHomeOnceAndTellsEachConnection) {
  const auto desk = a_connection("desk");
  const auto home = a_home("p");
  EXPECT_THAT(tell(watch_people{{{"bob"}}, {}}, phone), ElementsAre("asks for bob 1"));
  EXPECT_THAT(says(home, true, 1), ElementsAre("phone sees bob"));
  EXPECT_THAT(tell(watch_people{{{"bob"}}, {}}, desk), ElementsAre("desk sees bob"));
  EXPECT_THAT(tell(watch_people{{}, {{"bob"}}}, phone), IsEmpty());
  system.kill(desk);
  EXPECT_THAT(std::exchange(log, {}), ElementsAre("no more of bob 1")) << "nobody is left who wants to know";
}

TEST_F(Watch, ANodeThatGoesTakesNobodyWithIt) {
  const auto p = a_home("p"), q = a_home("q");
  (void)tell(watch_people{{{"bob"}}, {}}, phone);
  (void)says(p, true, 1);
  EXPECT_THAT(moves("p", "q"), ElementsAre("asks for bob 2"));
  EXPECT_THAT(says(q, false, 2), IsEmpty()) << "his sessions have yet to say so there";
  EXPECT_THAT(says(q, true, 2), ElementsAre("phone sees bob"));
  EXPECT_THAT(later(milliseconds{5000}), IsEmpty());
}

TEST_F(Watch, WhoWentWithItsNodeIsMissedAWhileLater) {
  const auto p = a_home("p"), q = a_home("q");
  (void)tell(watch_people{{{"bob"}}, {}}, phone);
  (void)says(p, true, 1);
  (void)moves("p", "q");
  EXPECT_THAT(says(q, false, 2), IsEmpty());
  EXPECT_THAT(later(milliseconds{1000}), IsEmpty());
  EXPECT_THAT(later(milliseconds{2000}), ElementsAre("phone misses bob"));
}

TEST_F(Watch, ANodeThatComesBackIsAskedAndTheOneInBetweenIsLeft) {
  const auto p = a_home("p"), q = a_home("q");
  (void)tell(watch_people{{{"bob"}}, {}}, phone);
  (void)says(p, true, 1);
  (void)moves("p", "q");
  EXPECT_THAT(moves("q", "p"), ElementsAre("asks for bob 3"));
  EXPECT_THAT(says(q, false, 2), ElementsAre("q is left 2")) << "it answers too late, and is told so";
  EXPECT_THAT(says(p, true, 3), ElementsAre("phone sees bob"));
  EXPECT_THAT(says(p, false, 3), IsEmpty()) << "perhaps not yet";
  EXPECT_THAT(later(milliseconds{3000}), ElementsAre("phone misses bob"));
}

TEST_F(Watch, ALinkAndAViewInEitherOrder) {
  const auto q = a_home("q");
  (void)tell(watch_people{{{"bob"}}, {}}, phone);
  // A link with a node that the view doesn't name yet asks nothing of it; then the view does.
  EXPECT_THAT(tell(homes_changed{{}, view("p"), {"q"}}), IsEmpty());
  EXPECT_THAT(moves("p", "q"), ElementsAre("asks for bob 2"));
  EXPECT_THAT(says(q, true, 2), ElementsAre("phone sees bob"));
  // The view first: that question may have had no way, and the link brings another.
  EXPECT_THAT(moves("q", "p"), ElementsAre("asks for bob 3"));
  EXPECT_THAT(reaches("p"), ElementsAre("asks for bob 4"));
  const auto p = a_home("p");
  EXPECT_THAT(says(p, true, 3), ElementsAre("p is left 3")) << "only the last question counts";
  EXPECT_THAT(says(p, true, 4), ElementsAre("phone sees bob"));
}

TEST_F(Watch, AsksAgainWhereAHomeIsSilent) {
  (void)tell(watch_people{{{"bob"}}, {}}, phone);
  EXPECT_THAT(later(milliseconds{1500}), IsEmpty());
  EXPECT_THAT(later(milliseconds{1000}), ElementsAre("asks for bob 2"));
}

}  // namespace
}  // namespace greenroom::actors
