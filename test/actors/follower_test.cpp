#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "actors/failpoint.hpp"
#include "actors/follower_actor.hpp"
#include "actors/room_actor.hpp"
#include "storage/open.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// A store that may be away.
class shaky_store final : public storage::follower_store {
 public:
  explicit shaky_store(std::unique_ptr<storage::follower_store> real) : real_(std::move(real)) {}
  core::result<core::rooms_behind> find_behind(core::room_key after, std::uint32_t limit) override {
    ++scans;
    if (away) return ec::unavailable;
    return real_->find_behind(after, limit);
  }
  core::result<std::vector<core::followed_log>> read(const std::vector<core::follow_room>& rooms) override {
    ++reads;
    if (away) return ec::unavailable;
    return real_->read(rooms);
  }
  core::result<core::notices_stored> store(const core::notices& wanted) override { return real_->store(wanted); }

  bool away = false;
  int scans = 0, reads = 0;

 private:
  std::unique_ptr<storage::follower_store> real_;
};

/// Ann's hall, in which bob is a member, and a follower.
struct FollowerActor : testing::Test {
  test::node node;
  storage::chat_stores stores = *storage::open_chat("memory:", {});
  std::shared_ptr<shaky_store> store = std::make_shared<shaky_store>(std::move(stores.follower));
  std::vector<std::string> told;
  news_actor news = node.dummy<news_actor>([this](const core::user_news& one) {
    told.push_back(one.user.value + " read " + one.room.value + " to " + std::to_string(one.seq.value));
  });
  follower_actor follower = a_follower();
  core::room_opened hall;
  std::uint64_t version = 0;

  void SetUp() override {
    ASSERT_TRUE(stores.rooms->create_room({{"hall"}, {"ann"}, core::room_access::open, {{"bob"}}}, core::wall_time{}));
    hall = *stores.journal->open({{{"hall"}, {"n"}, {1}}}, 0)->at(0);
  }
  void TearDown() override { ASSERT_TRUE(arm_failpoints("")); }

  follower_actor a_follower() {
    return node.spawn(follower_behavior, follower_deps{store, {"n"}, node.clock, {}, {}, 1000});
  }
  void view() {
    core::cluster_view here;
    here.version = {++version};
    core::node_record self;
    self.name = {"n"};
    self.http = {{"chat", "127.0.0.1", 8008}};
    here.nodes.push_back(self);
    caf::anon_send(follower, follow_homes{news, std::make_shared<const core::cluster_view>(here)});
    node.settle();
  }
  void say(const std::string& author, const std::string& text) {
    core::room_entry entry;
    entry.seq = ++hall.head;
    entry.author = {author};
    entry.text = text;
    const storage::room_append wanted{hall.key, hall.epoch, {entry}};
    ASSERT_EQ(stores.journal->append({&wanted, 1})->at(0).what, storage::append_outcome::kind::stored);
  }
  void grew() {
    caf::anon_send(follower, core::log_grew{hall.key, hall.head});
    node.settle();
  }
  std::vector<std::uint64_t> mentions(const std::string& user) {
    std::vector<std::uint64_t> out;
    const auto page = stores.rooms->list_mentions({{user}, {}, 50});
    for (const auto& one : page->mentions) out.push_back(one.entry.seq.value);
    return out;
  }
};

TEST_F(FollowerActor, StoresMentionsWithinASecondOfTheCommit) {
  view();
  say("ann", "@bob");
  grew();
  EXPECT_THAT(mentions("bob"), IsEmpty());
  node.advance(500ms);
  EXPECT_THAT(mentions("bob"), ElementsAre(1));
  EXPECT_THAT(told, ElementsAre("ann read hall to 1"));
  const auto reads = store->reads;
  node.advance(1min);
  EXPECT_EQ(store->reads, reads) << "nothing is looked at while nothing happens";
}

TEST_F(FollowerActor, FindsAtTheStartWhatNobodyHasToldOf) {
  say("ann", "@bob");
  say("bob", "@ann");
  view();
  node.advance(100ms);
  EXPECT_THAT(mentions("bob"), ElementsAre(1));
  EXPECT_THAT(mentions("ann"), ElementsAre(2));
  say("ann", "@bob again");
  node.advance(1min);
  EXPECT_THAT(mentions("bob"), ElementsAre(1));
  view();
  node.advance(100ms);
  EXPECT_THAT(mentions("bob"), ElementsAre(3, 1)) << "a new view";
  EXPECT_THAT(told, testing::UnorderedElementsAre("ann read hall to 1", "bob read hall to 2", "ann read hall to 3"));
}

TEST_F(FollowerActor, TriesAgainWhereTheDatabaseIsAway) {
  store->away = true;
  say("ann", "@bob");
  view();
  grew();
  node.advance(5s);
  EXPECT_GT(store->scans, 1);
  EXPECT_LT(store->scans + store->reads, 20);
  store->away = false;
  node.advance(2s);
  EXPECT_THAT(mentions("bob"), ElementsAre(1));
  EXPECT_THAT(told, ElementsAre("ann read hall to 1"));
}

TEST_F(FollowerActor, GoesOnWhereAnotherOneWasLost) {
  for (const auto* const point : {"follower.before_store:fail", "follower.after_store:fail"}) {
    SCOPED_TRACE(point);
    ASSERT_TRUE(arm_failpoints(point));
    say("ann", "@bob");
    view();
    node.settle();
    node.kill(follower);
    const auto before = mentions("bob").size();
    follower = a_follower();
    view();
    node.advance(1s);
    EXPECT_EQ(mentions("bob").size(), hall.head.value);
    EXPECT_LE(before, hall.head.value);
  }
}

TEST_F(FollowerActor, ReadsALongLogInParts) {
  for (int i = 0; i < 1300; ++i) say("ann", i % 100 == 0 ? "@bob" : "words");
  view();
  node.advance(100ms);
  EXPECT_EQ(mentions("bob").size(), 13u);
  EXPECT_GE(store->reads, 3);
}

TEST_F(FollowerActor, HearsOfARoomThatGrowsNowAndThen) {
  int heard = 0;
  const auto ear = node.dummy<follower_actor>([&](const core::log_grew& grown) {
    ++heard;
    EXPECT_EQ(grown.key, hall.key);
  });
  const auto journal = node.dummy<journal_actor>([](const append_entries&) {});
  const auto room =
      node.spawn(room_behavior, room_deps{hall, {}, {"n"}, {}, journal, node.clock, {}, people_actor{}, {}, ear});
  core::post words;
  words.text = "hello";
  const auto post = [&] {
    caf::anon_send(room, core::perform_act{{"hall"}, {"ann"}, words});
    caf::anon_send(room, entries_appended{ec::none, {storage::append_outcome::kind::stored, {}}});
    node.settle();
  };
  for (int i = 0; i < 10; ++i) post();
  EXPECT_EQ(heard, 1);
  node.advance(249ms);
  post();
  EXPECT_EQ(heard, 1);
  node.advance(1ms);
  post();
  post();
  EXPECT_EQ(heard, 2);
}

}  // namespace
}  // namespace greenroom::actors
