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

}  // namespace
}  // namespace greenroom::actors
