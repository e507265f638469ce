#include "actors/asker.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;

struct Asker : testing::Test {
  test::node node;
  asker asks{node.system, node.clock};
  local_catalog_actor catalog = node.dummy<local_catalog_actor>(
      [](const core::read_heads& msg) -> caf::result<core::room_heads> {
        if (msg.rooms.empty()) return to_caf({ec::unavailable, "no database", 3});
        return core::room_heads{{{msg.rooms[0], {7}}}};
      },
      [](const core::restore_rooms&) -> caf::result<void> { return caf::unit; });
  std::optional<core::result<core::room_heads>> heads;

  ~Asker() override {
    asks.stop();
    node.settle();
  }

  void ask_heads(std::vector<core::room_id> rooms) {
    asks.ask<core::room_heads>(catalog, 1s, core::read_heads{std::move(rooms)},
                               [this](core::result<core::room_heads> answer) { heads = std::move(answer); });
    node.settle();
  }
};

TEST_F(Asker, BringsTheAnswer) {
  ask_heads({{"lobby"}});
  ASSERT_TRUE(heads && heads->ok());
  EXPECT_EQ((*heads)->heads.at(0).head.value, 7u);
}

TEST_F(Asker, BringsTheErrorWhole) {
  ask_heads({});
  ASSERT_TRUE(heads);
  EXPECT_EQ(heads->why(), (core::error{ec::unavailable, "no database", 3}));
}

TEST_F(Asker, BringsAnAnswerOfNothing) {
  std::optional<ec> done;
  asks.ask<core::done>(catalog, 1s, core::restore_rooms{}, [&](const core::status& answer) { done = answer.code(); });
  node.settle();
  EXPECT_EQ(done, ec::none);
}

TEST_F(Asker, TellsWhoAsksAfterItsEndThatNobodyAnswers) {
  asks.stop();
  node.settle();
  ask_heads({{"lobby"}});
  ASSERT_TRUE(heads);
  EXPECT_EQ(heads->code(), ec::unavailable);
  heads.reset();
  asker{}.ask<core::room_heads>(catalog, 1s, core::read_heads{},
                                [this](core::result<core::room_heads> answer) { heads = std::move(answer); });
  EXPECT_EQ(heads->code(), ec::unavailable);
}

TEST_F(Asker, IsUnavailableForWhoeverDoesNotAnswer) {
  std::vector<caf::response_promise> owed;
  const auto keep = [](caf::event_based_actor* self, std::vector<caf::response_promise>* kept) -> caf::behavior {
    return {[self, kept](const core::read_heads&) { kept->push_back(self->make_response_promise()); },
            [kept](sweep_tick) { kept->at(0).deliver(core::room_heads{}); }};
  };
  const caf::actor slow = node.spawn(keep, &owed);
  catalog = caf::actor_cast<local_catalog_actor>(slow);
  ask_heads({{"lobby"}});
  EXPECT_FALSE(heads);
  node.advance(1s);
  ASSERT_TRUE(heads);
  EXPECT_EQ(heads->code(), ec::unavailable);
  heads.reset();
  caf::anon_send(slow, sweep_tick::value);
  node.settle();
  EXPECT_FALSE(heads) << "once is enough";
}

TEST_F(Asker, IsUnavailableAtOnceForADeadOrAbsentActor) {
  node.kill(catalog);
  ask_heads({{"lobby"}});
  EXPECT_EQ(heads->code(), ec::unavailable);
  heads.reset();
  catalog = nullptr;
  ask_heads({{"lobby"}});
  EXPECT_EQ(heads->code(), ec::unavailable);
}

TEST_F(Asker, SurvivesACallbackThatThrows) {
  asks.ask<core::room_heads>(catalog, 1s, core::read_heads{{{"lobby"}}},
                             [](const core::result<core::room_heads>&) { throw std::runtime_error("bug"); });
  node.settle();
  ask_heads({{"lobby"}});
  EXPECT_TRUE(heads && heads->ok());
}

}  // namespace
}  // namespace greenroom::actors
