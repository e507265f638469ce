#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/session_actor.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

const core::token_hash phone{"phone"}, desk{"desk"};

struct Session : testing::Test {
  test::node node;
  std::vector<std::vector<core::token_hash>> rechecked;
  int idle = 0;
  std::vector<std::string> closed;
  local_door_actor door = node.dummy<local_door_actor>(
      [this](const recheck_tokens& msg) {
        EXPECT_EQ(msg.user.value, "ann");
        rechecked.push_back(msg.tokens);
      },
      [this](const session_idle&) { ++idle; });
  session_actor session = node.spawn(session_behavior, session_deps{{"ann"}, door, node.clock, {}});

  local_connection_actor attach(std::string name, const core::token_hash& token) {
    auto connection = node.dummy<local_connection_actor>([this, name](const end_connection& end) {
      EXPECT_EQ(end.why, ec::invalid_token);
      closed.push_back(name);
    });
    caf::anon_send(session, attach_connection{token}, connection);
    node.settle();
    return connection;
  }
  void sweep() {
    caf::anon_send(session, sweep_tick::value);
    node.settle();
  }
  void end(const core::token_hash& token) {
    caf::anon_send(session, core::session_ended{{{1, token}}});
    node.settle();
  }
};

TEST_F(Session, EndsTheConnectionsOfAnEndedToken) {
  attach("a", phone);
  attach("b", desk);
  attach("c", phone);
  end(phone);
  EXPECT_THAT(closed, UnorderedElementsAre("a", "c"));
}

TEST_F(Session, EndsAConnectionThatComesTooLate) {
  end(phone);
  attach("a", phone);
  EXPECT_THAT(closed, ElementsAre("a"));
}

TEST_F(Session, NamesTheTokensInUseWhenItIsToldToLook) {
  attach("a", phone);
  const auto gone = attach("b", desk);
  sweep();
  node.kill(gone);
  sweep();
  ASSERT_EQ(rechecked.size(), 2u);
  EXPECT_THAT(rechecked[0], UnorderedElementsAre(phone, desk));
  EXPECT_THAT(rechecked[1], ElementsAre(phone));
  EXPECT_EQ(idle, 0);
}

TEST_F(Session, TellsTheDoorThatNobodyIsHere) {
  const auto only = attach("a", phone);
  sweep();
  EXPECT_EQ(idle, 0);
  node.kill(only);
  sweep();
  EXPECT_EQ(idle, 1);
}

/// A session among a node and homes that write down what they are asked.
struct HomelySession : testing::Test {
  std::vector<std::string> log;
  std::vector<core::user_face> faces;  ///< as the home was told
  test::node node;
  local_door_actor door = node.dummy<local_door_actor>([](const recheck_tokens&) {}, [](const session_idle&) {});
  local_node_actor way = node.dummy<local_node_actor>([this](const core::register_session& what) {
    log.push_back("node " + words_of(what));
    caf::anon_send(caf::actor_cast<caf::actor>(to), caf::actor_cast<caf::actor>(session), what.number);
  });
  caf::actor home = a_home("home"), other = a_home("other"), to = home;
  session_actor session = node.spawn(session_behavior, session_deps{{"ann"}, door, node.clock, {}, way});

  static std::string words_of(const core::register_session& what) {
    return what.user.value + " " + std::to_string(what.connections) + " as " + std::to_string(what.number);
  }
  /// A home that confirms to a session what it is told to.
  caf::actor a_home(const std::string& name) {
    return node.spawn(
        [](caf::event_based_actor* self, std::string me, std::vector<std::string>* notes,
           std::vector<core::user_face>* looks) -> caf::behavior {
          return {[=](const core::register_session& what) {
                    notes->push_back(me + " " + words_of(what));
                    looks->push_back(what.face);
                  },
                  [=](const caf::actor& whom, std::uint64_t number) {
                    self->send(whom, core::session_registered{number});
                  }};
        },
        name, &log, &faces);
  }
  local_connection_actor attach(const std::string& name) {
    auto connection = node.dummy<local_connection_actor>(
        [this, name](const core::user_news& news) { log.push_back(name + " hears " + news.room.value); });
    caf::anon_send(session, attach_connection{phone}, connection);
    node.settle();
    return connection;
  }
  template <class Message>
  void tell(Message what) {
    caf::anon_send(session, std::move(what));
    node.settle();
  }
  std::vector<std::string> take_log() { return std::exchange(log, {}); }
};

TEST_F(HomelySession, RegistersAtTheHomeOfItsUserAndCountsItsConnections) {
  const auto first = attach("first");
  const auto second = attach("second");
  EXPECT_THAT(take_log(), ElementsAre("node ann 1 as 1", "home ann 2 as 2"));
  node.kill(first);
  node.kill(second);
  EXPECT_THAT(take_log(), ElementsAre("home ann 1 as 3", "home ann 0 as 4"));
}

TEST_F(HomelySession, SaysHowItsUserLooks) {
  const auto only = attach("only");
  const auto say = [&](auto what) {
    session->enqueue(caf::actor_cast<caf::strong_actor_ptr>(only), caf::make_message_id(),
                     caf::make_message(std::move(what)), nullptr);
    node.settle();
  };
  say(describe_connection{{.away = "lunch", .realname = "Ann B.", .bot = true}});
  ASSERT_FALSE(faces.empty());
  EXPECT_EQ(faces.back().away, "lunch");
  EXPECT_EQ(faces.back().irc, 1u);
  EXPECT_TRUE(faces.back().bot);
  node.advance(std::chrono::seconds{9});
  tell(sweep_tick::value);
  EXPECT_EQ(faces.back().idle_s, 9u);
  say(user_active::value);
  tell(sweep_tick::value);
  EXPECT_EQ(faces.back().idle_s, 0u);
}

TEST_F(HomelySession, PassesNewsOnToAllItsConnections) {
  attach("first");
  attach("second");
  (void)take_log();
  tell(core::user_news{.user = {"ann"}, .room = {"den"}});
  EXPECT_THAT(take_log(), UnorderedElementsAre("first hears den", "second hears den"));
}

TEST_F(HomelySession, LooksForItsHomeAgainWhenThatIsGone) {
  attach("first");
  (void)take_log();
  to = other;
  node.kill(home);
  EXPECT_THAT(take_log(), ElementsAre("node ann 1 as 2"));
  attach("second");
  EXPECT_THAT(take_log(), ElementsAre("other ann 2 as 3"));
}

TEST_F(HomelySession, MovesWithTheView) {
  attach("first");
  (void)take_log();
  tell(look_again{false});
  EXPECT_THAT(take_log(), IsEmpty());
  to = other;
  tell(look_again{true});
  EXPECT_THAT(take_log(), ElementsAre("home ann 0 as 2", "node ann 1 as 3"));
  node.kill(home);
  EXPECT_THAT(take_log(), IsEmpty()) << "it isn't the home any more";
  tell(sweep_tick::value);
  EXPECT_THAT(take_log(), ElementsAre("other ann 1 as 4"));
}

TEST_F(HomelySession, TurnsDownAHomeThatItDidNotAskLast) {
  attach("first");
  (void)take_log();
  caf::anon_send(other, caf::actor_cast<caf::actor>(session), std::uint64_t{1});
  node.settle();
  EXPECT_THAT(take_log(), ElementsAre("other ann 0 as 1"));
  tell(core::session_registered{1});
  EXPECT_THAT(take_log(), IsEmpty()) << "nobody said it";
}

TEST_F(HomelySession, LeavesWhenItsTokenEnds) {
  attach("first");
  (void)take_log();
  tell(core::session_ended{{{1, phone}}});
  EXPECT_THAT(take_log(), ElementsAre("home ann 0 as 2"));
}

}  // namespace
}  // namespace greenroom::actors
