#include <caf/event_based_actor.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/journal_actor.hpp"
#include "storage/open.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using storage::append_outcome;
using testing::ElementsAre;
using testing::IsEmpty;

/// The memory store; says what it was asked, and fails when it is told to.
class watched_store final : public storage::journal_store {
 public:
  explicit watched_store(std::unique_ptr<storage::journal_store> store) : store_(std::move(store)) {}

  std::vector<std::string> asked;  ///< one line per statement
  ec broken = ec::none;            ///< every call's answer, unless it is `none`
  bool throws = false;

  core::result<std::vector<core::result<core::room_opened>>> open(const std::vector<core::open_room>& rooms,
                                                                  std::uint32_t tail) override {
    std::string line = "open";
    for (const auto& one : rooms) line += " " + one.room.value;
    return call(line, [&] { return store_->open(rooms, tail); });
  }
  core::result<std::vector<append_outcome>> append(std::span<const storage::room_append> rooms) override {
    std::string line = "append";
    for (const auto& one : rooms) line += " " + std::to_string(one.entries.size());
    return call(line, [&] { return store_->append(rooms); });
  }
  core::result<std::vector<core::room_entry>> read(core::room_key room, core::seq_no after,
                                                   std::uint32_t limit) override {
    return call("read", [&] { return store_->read(room, after, limit); });
  }
  core::result<std::vector<storage::room_epoch>> epochs(const std::vector<core::room_key>& rooms) override {
    return call("epochs " + std::to_string(rooms.size()), [&] { return store_->epochs(rooms); });
  }
  core::result<core::view_version> newest_view() override {
    return call("newest view", [&] { return store_->newest_view(); });
  }

 private:
  template <class Call>
  auto call(const std::string& line, Call to_store) -> decltype(to_store()) {
    asked.push_back(line);
    if (throws) throw std::runtime_error("the store threw");
    if (broken != ec::none) return broken;
    return to_store();
  }
  std::unique_ptr<storage::journal_store> store_;
};

/// Two rooms, `a` and `b`, each with an actor in its place that writes down what the journal tells it.
struct JournalActor : testing::Test {
  test::node node;
  storage::chat_stores stores = *storage::open_chat("memory:", {});
  std::shared_ptr<watched_store> store = std::make_shared<watched_store>(std::move(stores.journal));
  std::vector<std::string> told;
  journal_actor journal = node.spawn(journal_behavior, journal_deps{store, 5, 500, {}});
  local_room_actor a = room("a"), b = room("b");
  core::room_key key_a, key_b;

  local_room_actor room(const std::string& name) {
    return node.dummy<local_room_actor>(
        [this, name](const entries_appended& answer) {
          const auto what = static_cast<int>(answer.outcome.what);
          told.push_back(name + (answer.code == ec::none ? " appended " + std::to_string(what)
                                                         : " " + std::string(core::to_string(answer.code))));
        },
        [this, name](const room_reopened& answer) {
          told.push_back(name + " reopened " +
                         (answer.answer ? std::to_string(answer.answer->epoch.value)
                                        : std::string(core::to_string(answer.answer.code()))));
        },
        [this, name](const epoch_checked& answer) {
          told.push_back(name + " epoch " +
                         (answer.newest ? std::to_string(answer.newest->epoch.value)
                                        : std::string(core::to_string(answer.newest.code()))));
        });
  }
  void SetUp() override {
    ASSERT_TRUE(stores.rooms->create_room({{"a"}, {"ann"}, core::room_access::open, {}}, node.clock->now().wall));
    ASSERT_TRUE(stores.rooms->create_room({{"b"}, {"ann"}, core::room_access::open, {}}, node.clock->now().wall));
    key_a = open("a")->key;
    key_b = open("b")->key;
    store->asked.clear();
  }
  core::result<core::room_opened> open(const std::string& name) {
    return node.ask<core::room_opened>(journal, core::open_room{{name}, {"n"}, {1}});
  }
  /// `count` entries of `room` from `first` on, in its name; nothing runs yet.
  void append(const local_room_actor& room, core::room_key key, std::uint64_t first, std::size_t count,
              std::uint64_t epoch = 1) {
    storage::room_append what{key, {epoch}, {}};
    for (std::size_t i = 0; i < count; ++i)
      what.entries.push_back({.seq = {first + i}, .author = {"ann"}, .text = "hi"});
    caf::send_as(caf::actor_cast<caf::actor>(room), journal, append_entries{std::move(what)});
  }
};

TEST_F(JournalActor, CommitsTogetherWhatQueuedUpAndTellsEachRoomItsOwnOutcome) {
  append(a, key_a, 1, 2);
  append(b, key_b, 7, 1);  // not the head + 1
  node.settle();
  EXPECT_THAT(store->asked, ElementsAre("append 2 1"));
  EXPECT_THAT(told, ElementsAre("a appended " + std::to_string(static_cast<int>(append_outcome::kind::stored)),
                                "b appended " + std::to_string(static_cast<int>(append_outcome::kind::fenced))));
}

TEST_F(JournalActor, BeginsNoCommitWithMoreEntriesThanItMay) {
  append(a, key_a, 1, 4);
  append(b, key_b, 1, 2);
  node.settle();
  EXPECT_THAT(store->asked, ElementsAre("append 4", "append 2")) << "the second one follows by itself";
  EXPECT_EQ(told.size(), 2u);
}

TEST_F(JournalActor, NeverTakesAnUncertainEndForACertainOne) {
  for (const auto why : {ec::unavailable, ec::unknown_outcome, ec::internal}) {
    store->broken = why;
    append(a, key_a, 1, 1);
    node.settle();
  }
  store->broken = ec::none;
  store->throws = true;
  append(a, key_a, 1, 1);
  node.settle();
  EXPECT_THAT(told, ElementsAre("a unavailable", "a unknown_outcome", "a unknown_outcome", "a unknown_outcome"));
}

TEST_F(JournalActor, GoesOnAfterTheStoreThrew) {
  store->throws = true;
  append(a, key_a, 1, 1);
  node.settle();
  store->throws = false;
  append(a, key_a, 1, 1);
  node.settle();
  EXPECT_EQ(told.back(), "a appended " + std::to_string(static_cast<int>(append_outcome::kind::stored)));
}

TEST_F(JournalActor, OpensRoomsThatWaitInOneStatementAndRaisesTheirEpochs) {
  caf::send_as(caf::actor_cast<caf::actor>(a), journal, reopen_room{{{"a"}, {"n"}, {1}}});
  caf::send_as(caf::actor_cast<caf::actor>(b), journal, reopen_room{{{"b"}, {"n"}, {1}}});
  node.settle();
  EXPECT_THAT(store->asked, ElementsAre("open a b"));
  EXPECT_THAT(told, ElementsAre("a reopened 2", "b reopened 2"));
}

TEST_F(JournalActor, SaysWhyARoomCouldNotBeOpened) {
  EXPECT_EQ(open("nowhere").code(), ec::not_found);
  store->broken = ec::unavailable;
  EXPECT_EQ(open("a").code(), ec::unavailable);
  caf::send_as(caf::actor_cast<caf::actor>(a), journal, reopen_room{{{"a"}, {"n"}, {1}}});
  node.settle();
  EXPECT_THAT(told, ElementsAre("a reopened unavailable"));
}

TEST_F(JournalActor, AnswersChecksOfSeveralRoomsInOneStatementWithZeroForARoomThatIsGone) {
  ASSERT_TRUE(stores.rooms->delete_room({{"b"}, {"ann"}}));
  caf::send_as(caf::actor_cast<caf::actor>(a), journal, check_epoch{key_a, {}});
  caf::send_as(caf::actor_cast<caf::actor>(b), journal, check_epoch{key_b, {}});
  node.settle();
  EXPECT_THAT(store->asked, ElementsAre("epochs 2"));
  EXPECT_THAT(told, ElementsAre("a epoch 1", "b epoch 0"));
}

TEST_F(JournalActor, PassesOnThatTheDatabaseCouldNotBeAsked) {
  store->broken = ec::unavailable;
  caf::send_as(caf::actor_cast<caf::actor>(a), journal, check_epoch{key_a, {}});
  node.settle();
  EXPECT_THAT(told, ElementsAre("a epoch unavailable"));
  EXPECT_EQ(node.ask<epochs_checked>(journal, check_epochs{{key_a}}).code(), ec::unavailable);
}

TEST_F(JournalActor, AppendsBehindAnOpeningThatCameFirst) {
  caf::send_as(caf::actor_cast<caf::actor>(a), journal, reopen_room{{{"a"}, {"n"}, {1}}});
  append(a, key_a, 1, 1, 1);
  node.settle();
  EXPECT_THAT(
      told, ElementsAre("a reopened 2", "a appended " + std::to_string(static_cast<int>(append_outcome::kind::fenced))))
      << "the opening fences what the room sent with its earlier epoch";
}

TEST_F(JournalActor, StoresAnActAndItsEffectInOneStatementWithTheOthers) {
  ASSERT_TRUE(
      stores.rooms->create_room({{"den"}, {"ann"}, core::room_access::secret, {{"bob"}}}, node.clock->now().wall));
  const auto den = open("den")->key;
  store->asked.clear();
  storage::room_append act{
      den, {1}, {{.seq = {1}, .author = {"ann"}, .kind = core::entry_kind::remove, .subject = {"bob"}}}};
  core::act_effect effect;
  effect.what.subject = {"bob"};
  effect.must_be_member = true;
  act.effect = std::make_shared<const core::act_effect>(effect);
  caf::send_as(caf::actor_cast<caf::actor>(a), journal, append_entries{std::move(act)});
  append(b, key_b, 1, 1);
  node.settle();
  EXPECT_THAT(store->asked, ElementsAre("append 1 1"));
  EXPECT_THAT(told, ElementsAre("a appended 0", "b appended 0"));
  EXPECT_EQ(stores.rooms->find_room({"den"}, {"bob"}, node.clock->now().wall).code(), ec::not_found);
}

}  // namespace
}  // namespace greenroom::actors
