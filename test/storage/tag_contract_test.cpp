#include <string>
#include <vector>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

/// Words with something for clients of IRC, and entries that are only that.
class StoredTags : public chat_database {
 public:
  void SetUp() override {
    chat_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    create("hall", "ann");
    hall = open("hall");
  }
  core::room_entry words(const std::string& extra, const std::string& id = {}) {
    auto made = entry(hall.head.value + 1, "ann", "hello", id);
    made.extra = extra;
    return made;
  }
  storage::append_outcome store(std::vector<core::room_entry> entries) {
    const auto count = entries.size();
    auto outcome = append({to(hall, std::move(entries))}).at(0);
    if (outcome.what == storage::append_outcome::kind::stored) hall.head = hall.head + count;
    return outcome;
  }
  storage::append_outcome store_tag(const std::string& extra, const std::string& id = {}, std::uint64_t target = 0) {
    auto act = to(hall, {.kind = entry_kind::tag, .by = "ann", .target = target, .id = id});
    act.entries[0].extra = extra;
    auto outcome = append({act}).at(0);
    if (outcome.what == storage::append_outcome::kind::stored) ++hall.head;
    return outcome;
  }
  std::vector<core::room_entry> log() { return *stores.journal->read(hall.key, {}, 100); }

  core::room_opened hall;
};
GREENROOM_ON_EACH_DATABASE(StoredTags);

TEST_P(StoredTags, ComeBackWithTheirWords) {
  ASSERT_EQ(store({words(R"({"tags":"+a"})"), entry(2, "ann", "plain")}).what, outcome::stored);
  const auto all = log();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].extra, R"({"tags":"+a"})");
  EXPECT_EQ(all[0].kind, entry_kind::text);
  EXPECT_TRUE(is_plain(all[1]));
  EXPECT_EQ(stores.rooms->sync_rooms({{"ann"}, {}, 5})->rooms.at(0).unread, 2u) << "they are words";
}

TEST_P(StoredTags, MakeAnotherMessageOfTheSameWords) {
  ASSERT_EQ(store({words(R"({"tags":"+a"})", "id")}).what, outcome::stored);
  for (const auto& [extra, same] : {std::pair{R"({"tags":"+a"})", true}, {R"({"tags":"+b"})", false}, {"", false}}) {
    const auto again = store({words(extra, "id")});
    ASSERT_EQ(again.what, outcome::repeated);
    EXPECT_EQ(again.repeated.at(0).same, same) << extra;
  }
  ASSERT_EQ(store({words("", "plain")}).what, outcome::stored);
  EXPECT_FALSE(store({words(R"({"tags":"+a"})", "plain")}).repeated.at(0).same);
}

TEST_P(StoredTags, AloneAreNoWords) {
  ASSERT_EQ(store({words("")}).what, outcome::stored);
  ASSERT_EQ(store_tag(R"({"tags":"+a"})", "t", 1).what, outcome::stored);
  const auto all = log();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].kind, entry_kind::tag);
  EXPECT_EQ(all[1].text, "");
  EXPECT_EQ(all[1].extra, R"({"tags":"+a"})");
  EXPECT_EQ(all[1].target, core::seq_no{1});
  const auto mine = stores.rooms->sync_rooms({{"ann"}, {}, 5});
  EXPECT_EQ(mine->rooms.at(0).unread, 1u);
  EXPECT_EQ(mine->rooms.at(0).last.seq, core::seq_no{1});
  EXPECT_TRUE(store_tag(R"({"tags":"+a"})", "t", 1).repeated.at(0).same);
  EXPECT_FALSE(store_tag(R"({"tags":"+b"})", "t", 1).repeated.at(0).same);
  EXPECT_EQ(store_tag("").what, outcome::refused) << "nothing at all is none";
}

TEST_P(StoredTags, GoWithWhatIsErased) {
  ASSERT_EQ(store({words(R"({"tags":"+a"})")}).what, outcome::stored);
  ASSERT_EQ(store_tag(R"({"tags":"+secret"})").what, outcome::stored);
  ASSERT_EQ(perform(hall, {entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 1}).what, outcome::stored);
  EXPECT_EQ(log()[0].kind, entry_kind::erased);
  EXPECT_EQ(log()[0].extra, "");
  const core::deletion_choices choices{.keep_rooms = true, .erase_messages = true};
  create("other", "bob");
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"ann"}, choices}, at(5)));
  ASSERT_FALSE(stores.rooms->purge_rooms({{"op"}, {1}, {"ann"}, choices}, 100, at(6))->more);
  const auto all = log();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].kind, entry_kind::erased);
  EXPECT_EQ(all[1].extra, "{}") << "it was no words";
}

}  // namespace
}  // namespace greenroom::test
