#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "actors/marks_actor.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// A catalog that writes down what it is to store.
struct MarksActor : testing::Test {
  test::node node;
  std::vector<std::string> stored;
  std::vector<core::user_news> told;
  ec refuses = ec::none;
  std::shared_ptr<std::atomic<bool>> waiting = std::make_shared<std::atomic<bool>>(false);
  marks_actor marks = node.spawn(
      marks_behavior,
      marks_deps{
          node.dummy<local_catalog_actor>([this](const core::move_marks& request) -> caf::result<core::marks_moved> {
            std::string line;
            for (const auto& one : request.marks)
              line += one.room.value + ":" + one.user.value + "=" + std::to_string(one.seq.value) + " ";
            stored.push_back(line);
            if (refuses != ec::none) return to_caf({refuses, {}, 1});
            return core::marks_moved{1};
          }),
          node.dummy<news_actor>([this](const core::user_news& news) { told.push_back(news); }),
          node.clock,
          {},
          {},
          waiting});

  void read(const std::string& user, std::uint64_t seq) {
    caf::anon_send(marks, note_marks{{user}, {9}, {{{"lobby"}, {seq}}}});
    node.settle();
  }
};

TEST_F(MarksActor, AreStoredAtOnceAndThenOnceASecondForAll) {
  read("ann", 1);
  EXPECT_THAT(stored, ElementsAre("lobby:ann=1 "));
  read("ann", 2);
  read("bob", 7);
  read("ann", 3);
  EXPECT_EQ(stored.size(), 1u);
  EXPECT_TRUE(*waiting) << "a drain waits for them";
  node.advance(1s);
  EXPECT_THAT(stored, ElementsAre("lobby:ann=1 ", "lobby:ann=3 lobby:bob=7 "));
  EXPECT_FALSE(*waiting);
  node.advance(5s);
  EXPECT_EQ(stored.size(), 2u);
}

TEST_F(MarksActor, AreToldToTheUsersOtherConnectionsAtOnce) {
  read("ann", 1);
  read("ann", 2);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].user, core::user_id{"ann"});
  EXPECT_EQ(told[1].kind, core::news_kind::read);
  EXPECT_EQ(told[1].room, core::room_id{"lobby"});
  EXPECT_EQ(told[1].seq, core::seq_no{2});
  EXPECT_EQ(told[1].but, core::connection_id{9});
}

TEST_F(MarksActor, AreTriedAgainWhereTheyCantBeStored) {
  refuses = ec::unavailable;
  read("ann", 1);
  EXPECT_FALSE(*waiting) << "nothing waits for a database that is away";
  node.advance(1s);
  EXPECT_EQ(stored.size(), 2u);
  refuses = ec::none;
  node.advance(1s);
  EXPECT_THAT(stored, ElementsAre("lobby:ann=1 ", "lobby:ann=1 ", "lobby:ann=1 "));
  node.advance(5s);
  EXPECT_EQ(stored.size(), 3u);
}

}  // namespace
}  // namespace greenroom::actors
