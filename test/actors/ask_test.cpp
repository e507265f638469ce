#include "actors/ask.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "actors/local.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;

struct Ask : testing::Test {
  test::node node;
  local_catalog_actor catalog = node.dummy<local_catalog_actor>(
      [](const core::read_heads& msg) -> caf::result<core::room_heads> {
        if (msg.rooms.empty()) return to_caf({ec::unavailable, "no database", 3});
        return core::room_heads{{{msg.rooms[0], {7}}}};
      },
      [](const core::restore_rooms&) -> caf::result<void> { return caf::unit; });
  std::optional<core::result<core::room_heads>> heads;

  void ask_heads(std::vector<core::room_id> rooms) {
    ask<core::room_heads>(node.system, catalog, 1s, core::read_heads{std::move(rooms)},
                          [this](core::result<core::room_heads> answer) { heads = std::move(answer); });
    node.settle();
  }
};

TEST_F(Ask, BringsTheAnswer) {
  ask_heads({{"lobby"}});
  ASSERT_TRUE(heads && heads->ok());
  EXPECT_EQ((*heads)->heads.at(0).head.value, 7u);
}

TEST_F(Ask, BringsTheErrorWhole) {
  ask_heads({});
  ASSERT_TRUE(heads);
  EXPECT_EQ(heads->why(), (core::error{ec::unavailable, "no database", 3}));
}

TEST_F(Ask, BringsAnAnswerOfNothing) {
  std::optional<ec> done;
  ask<core::done>(node.system, catalog, 1s, core::restore_rooms{},
                  [&](const core::status& answer) { done = answer.code(); });
  node.settle();
  EXPECT_EQ(done, ec::none);
}

TEST_F(Ask, IsUnavailableForWhoeverDoesNotAnswer) {
  std::vector<caf::response_promise> owed;
  const auto keep = [](caf::event_based_actor* self, std::vector<caf::response_promise>* kept) -> caf::behavior {
    return {[self, kept](const core::read_heads&) { kept->push_back(self->make_response_promise()); }};
  };
  catalog = caf::actor_cast<local_catalog_actor>(node.spawn(keep, &owed));
  ask_heads({{"lobby"}});
  EXPECT_FALSE(heads);
  node.advance(1s);
  ASSERT_TRUE(heads);
  EXPECT_EQ(heads->code(), ec::unavailable);
}

TEST_F(Ask, IsUnavailableAtOnceForADeadOrAbsentActor) {
  node.kill(catalog);
  ask_heads({{"lobby"}});
  EXPECT_EQ(heads->code(), ec::unavailable);
  heads.reset();
  catalog = nullptr;
  ask_heads({{"lobby"}});
  EXPECT_EQ(heads->code(), ec::unavailable);
}

TEST_F(Ask, SurvivesACallbackThatThrows) {
  ask<core::room_heads>(node.system, catalog, 1s, core::read_heads{{{"lobby"}}},
                        [](const core::result<core::room_heads>&) { throw std::runtime_error("bug"); });
  node.settle();
  ask_heads({{"lobby"}});
  EXPECT_TRUE(heads && heads->ok());
}

}  // namespace
}  // namespace greenroom::actors
