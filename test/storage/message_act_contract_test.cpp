#include <chrono>

#include "test/storage/chat_fixture.hpp"
#include "test/storage/raw_chat_database.hpp"

namespace greenroom::test {
namespace {

using core::ec;

/// Acts on messages: edits, erases, reactions, pins, and answers to what the room itself doesn't know any more.
template <class Database>
class acts_on_messages : public Database {
 public:
  void SetUp() override {
    Database::SetUp();
    if (this->IsSkipped() || this->HasFatalFailure()) return;
    this->create("hall", "ann", access::open, {{"bob"}, {"carl"}});
    hall = this->open("hall");
    for (const auto* const words : {"one", "two"}) say("bob", words);
  }

  void say(const std::string& by, const std::string& text) {
    ASSERT_EQ(this->append({this->to(hall, {this->entry(hall.head.value + 1, by, text)})}).at(0).what, outcome::stored);
    ++hall.head;
  }
  /// `none` where it was stored.
  ec done(entry_kind kind, const std::string& by, std::uint64_t target, const std::string& text = {},
          core::act_effect effect = {.what = {}, .edit_window_s = 86'400}) {
    const auto answer = this->perform(hall, {kind, by, {}, std::move(effect), text, target});
    EXPECT_TRUE(answer.what == outcome::stored || answer.what == outcome::refused) << static_cast<int>(answer.what);
    return answer.what == outcome::refused ? answer.why : ec::none;
  }
  bool changes(entry_kind kind, const std::string& by, std::uint64_t target, const std::string& text = {}) {
    const auto answer = this->perform(hall, {kind, by, {}, {}, text, target});
    EXPECT_TRUE(answer.what == outcome::stored || answer.what == outcome::unchanged) << static_cast<int>(answer.what);
    return answer.what == outcome::stored;
  }
  ec erase(std::uint64_t target) { return done(entry_kind::erase, "ann", target, {}, {.what = {}, .anybodys = true}); }
  core::room_entry at_seq(std::uint64_t seq) { return this->stores.journal->read(hall.key, {seq - 1}, 1)->at(0); }

  core::room_opened hall;
};
class MessageActs : public acts_on_messages<chat_database> {};
GREENROOM_ON_EACH_DATABASE(MessageActs);

TEST_P(MessageActs, EditWhatIsOnesOwn) {
  EXPECT_EQ(done(entry_kind::edit, "BOB", 1, "first"), ec::none);
  const auto edit = at_seq(3);
  EXPECT_EQ(edit.kind, entry_kind::edit);
  EXPECT_EQ(edit.text, "first");
  EXPECT_EQ(edit.target.value, 1u);
  EXPECT_EQ(at_seq(1).text, "one") << "pages fold it in";
  EXPECT_EQ(done(entry_kind::edit, "ann", 1, "mine"), ec::forbidden);
  EXPECT_EQ(done(entry_kind::edit, "bob", 3, "an edit"), ec::not_found);
  EXPECT_EQ(done(entry_kind::edit, "bob", 4, "itself"), ec::not_found);
  EXPECT_EQ(done(entry_kind::edit, "bob", 99, "nothing"), ec::not_found);
  EXPECT_EQ(done(entry_kind::edit, "bob", 0, "nothing"), ec::not_found);
  EXPECT_EQ(this->open("hall").head.value, 3u);
}

TEST_P(MessageActs, EditWhatIsYoungEnough) {
  auto edit = to(hall, {entry_kind::edit, "bob", {}, {.what = {}, .edit_window_s = 60}, "late", 1});
  edit.entries[0].at = at(60'002);  // the message is from 1 ms
  EXPECT_EQ(append({edit}).at(0).why, ec::forbidden);
  edit.entries[0].at = at(60'001);
  EXPECT_EQ(append({edit}).at(0).what, outcome::stored);
}

TEST_P(MessageActs, AreRefusedWhereTheMessageIsErased) {
  ASSERT_EQ(erase(1), ec::none);
  for (const auto kind : {entry_kind::erase, entry_kind::edit, entry_kind::react, entry_kind::unreact, entry_kind::pin,
                          entry_kind::unpin, entry_kind::text, entry_kind::action})
    EXPECT_EQ(done(kind, "bob", 1, "x"), ec::gone) << static_cast<int>(kind);
  for (const auto kind : {entry_kind::erase, entry_kind::edit, entry_kind::react, entry_kind::unreact, entry_kind::pin,
                          entry_kind::unpin, entry_kind::text, entry_kind::action})
    EXPECT_EQ(done(kind, "bob", 3, "x"), ec::not_found) << "an act";
  EXPECT_EQ(open("hall").head.value, 3u);
}

TEST_P(MessageActs, EraseTheEditsToo) {
  ASSERT_EQ(done(entry_kind::edit, "bob", 1, "a secret"), ec::none);
  ASSERT_EQ(done(entry_kind::edit, "bob", 2, "the other"), ec::none);
  ASSERT_EQ(done(entry_kind::edit, "bob", 1, "again"), ec::none);
  ASSERT_TRUE(changes(entry_kind::react, "ann", 1, "+"));
  ASSERT_EQ(erase(1), ec::none);
  EXPECT_EQ(log(hall), (texts{"", "two", "", "the other", "", "+", ""}));
  for (const auto seq : {1u, 3u, 5u}) {
    EXPECT_EQ(at_seq(seq).kind, entry_kind::erased);
    EXPECT_EQ(at_seq(seq).target.value, 7u);
  }
  EXPECT_EQ(at_seq(4).kind, entry_kind::edit);
}

TEST_P(MessageActs, ReactOnceAndTakeItBackOnce) {
  EXPECT_TRUE(changes(entry_kind::react, "ann", 1, "+"));
  EXPECT_FALSE(changes(entry_kind::react, "ANN", 1, "+"));
  EXPECT_TRUE(changes(entry_kind::react, "bob", 1, "+"));
  EXPECT_TRUE(changes(entry_kind::react, "ann", 1, "-"));
  EXPECT_TRUE(changes(entry_kind::react, "ann", 2, "+"));
  EXPECT_EQ(at_seq(3).kind, entry_kind::react);
  EXPECT_EQ(at_seq(3).text, "+");
  EXPECT_EQ(done(entry_kind::unreact, "carl", 1, "+"), ec::not_found);
  EXPECT_EQ(done(entry_kind::unreact, "ann", 1, "+"), ec::none);
  EXPECT_EQ(done(entry_kind::unreact, "ann", 1, "+"), ec::not_found);
  EXPECT_FALSE(changes(entry_kind::react, "bob", 1, "+")) << "another's stays";
  EXPECT_FALSE(changes(entry_kind::react, "ann", 2, "+"));
  EXPECT_TRUE(changes(entry_kind::react, "ann", 1, "+"));
}

TEST_P(MessageActs, ReactInFiveWaysEachAndTwentyInAll) {
  const auto mark = [](int n) { return std::string(1, static_cast<char>('a' + n)); };
  for (int n = 0; n < 20; ++n) EXPECT_TRUE(changes(entry_kind::react, "p" + std::to_string(n / 5), 1, mark(n)));
  EXPECT_EQ(done(entry_kind::react, "p0", 1, mark(7)), ec::limit_reached) << "a sixth of one person";
  EXPECT_EQ(done(entry_kind::react, "ann", 1, mark(20)), ec::limit_reached) << "another mark";
  EXPECT_EQ(done(entry_kind::react, "ann", 1, " "), ec::limit_reached);
  EXPECT_TRUE(changes(entry_kind::react, "ann", 1, mark(19)));
  EXPECT_TRUE(changes(entry_kind::react, "ann", 1, mark(0)));
  EXPECT_FALSE(changes(entry_kind::react, "p0", 1, mark(0))) << "it is there";
  EXPECT_TRUE(changes(entry_kind::react, "ann", 2, mark(20))) << "of each message";
  ASSERT_EQ(done(entry_kind::unreact, "p3", 1, mark(18)), ec::none);
  EXPECT_TRUE(changes(entry_kind::react, "ann", 1, mark(20))) << "the last of its kind is gone";
}

TEST_P(MessageActs, MarksAreBytes) {
  for (const auto* const mark : {"a", "A", "\xc3\xa4", "\xf0\x9f\x91\x8d", "' or 1=1"})
    EXPECT_TRUE(changes(entry_kind::react, "ann", 1, mark)) << mark;
  for (const auto* const mark : {"a", "A", "\xc3\xa4", "\xf0\x9f\x91\x8d", "' or 1=1"})
    EXPECT_FALSE(changes(entry_kind::react, "ann", 1, mark)) << mark;
  const auto refused = [&](const std::string& mark) {
    const auto answer = append({to(hall, {entry_kind::react, "ann", {}, {}, mark, 1})}).at(0);
    EXPECT_EQ(answer.what, outcome::refused);
    EXPECT_EQ(answer.why, ec::internal);
  };
  refused("");
  refused(std::string(33, 'x'));
  refused("\xff");
  refused(std::string(1, '\0'));
  EXPECT_EQ(append({to(hall, {entry_kind::edit, "bob", {}, {}, "", 1})}).at(0).why, ec::internal);
}

TEST_P(MessageActs, PinFiftyMessages) {
  for (int n = 3; n <= 51; ++n) say("ann", "more");
  for (std::uint64_t n = 1; n <= 50; ++n) EXPECT_TRUE(changes(entry_kind::pin, "ann", n));
  EXPECT_FALSE(changes(entry_kind::pin, "ann", 50));
  EXPECT_EQ(done(entry_kind::pin, "ann", 51), ec::limit_reached);
  EXPECT_EQ(done(entry_kind::unpin, "ann", 51), ec::not_found);
  EXPECT_EQ(done(entry_kind::unpin, "ann", 7), ec::none);
  EXPECT_EQ(done(entry_kind::unpin, "ann", 7), ec::not_found);
  EXPECT_EQ(done(entry_kind::pin, "ann", 51), ec::none);
  EXPECT_EQ(done(entry_kind::pin, "ann", 7), ec::limit_reached);
  ASSERT_EQ(erase(1), ec::none);
  EXPECT_EQ(done(entry_kind::pin, "ann", 7), ec::none) << "the pin of an erased message is gone";
}

TEST_P(MessageActs, AnswersAreStoredAsTheWordsThatTheyAre) {
  EXPECT_EQ(done(entry_kind::text, "ann", 1, "yes"), ec::none);
  EXPECT_EQ(done(entry_kind::action, "ann", 2, "nods"), ec::none);
  EXPECT_EQ(at_seq(3).kind, entry_kind::text);
  EXPECT_EQ(at_seq(3).text, "yes");
  EXPECT_EQ(at_seq(3).target.value, 1u);
  EXPECT_EQ(done(entry_kind::text, "ann", 3, "to the answer"), ec::none);
  EXPECT_EQ(done(entry_kind::text, "ann", 99, "no"), ec::not_found);
  EXPECT_EQ(append({to(hall, {entry_kind::text, "ann", {}, {}, "no", 0})}).at(0).why, ec::internal);
}

TEST_P(MessageActs, AreFencedAndComparedByTheirIds) {
  const auto old = hall;
  hall = open("hall");
  for (const auto kind : {entry_kind::edit, entry_kind::react, entry_kind::unreact, entry_kind::pin, entry_kind::unpin,
                          entry_kind::text}) {
    auto room = old;
    EXPECT_EQ(perform(room, {kind, "bob", {}, {.what = {}, .edit_window_s = 9}, "x", 1}).what, outcome::fenced);
    room = hall;
    ++room.head;
    EXPECT_EQ(perform(room, {kind, "bob", {}, {.what = {}, .edit_window_s = 9}, "x", 1}).what, outcome::fenced);
  }
  EXPECT_EQ(open("hall").head.value, 2u);
  hall = open("hall");
  ASSERT_EQ(perform(hall, {entry_kind::react, "bob", {}, {}, "+", 1, "id"}).what, outcome::stored);
  const auto same = [&](entry_kind kind, const std::string& text, std::uint64_t target) {
    const auto again = perform(hall, {kind, "bob", {}, {}, text, target, "id"});
    EXPECT_EQ(again.what, outcome::repeated);
    return again.repeated.at(0).same;
  };
  EXPECT_TRUE(same(entry_kind::react, "+", 1)) << "rather than unchanged";
  EXPECT_FALSE(same(entry_kind::react, "-", 1));
  EXPECT_FALSE(same(entry_kind::react, "+", 2));
  EXPECT_FALSE(same(entry_kind::unreact, "+", 1));
  EXPECT_FALSE(same(entry_kind::text, "+", 1));
}

/// The rows behind them, which no store shows yet.
class MessageActRows : public acts_on_messages<raw_chat_database> {
 public:
  void SetUp() override {
    acts_on_messages::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    say("ann", "three");
    for (const auto* const by : {"ann", "bob", "carl"})
      for (const std::uint64_t target : {1u, 3u}) ASSERT_TRUE(changes(entry_kind::react, by, target, "+"));
    for (const std::uint64_t target : {1u, 3u}) ASSERT_TRUE(changes(entry_kind::pin, "ann", target));
  }
  /// Fails where there are other numbers of rows.
  void expect_rows(int reactions, int pins) {
    const auto guard = [](const std::string& table, int rows) {
      return "create table " + table + "_are (n bigint check (n = " + std::to_string(rows) + ")); insert into " +
             table + "_are select count(*) from " + table + "; drop table " + table + "_are; ";
    };
    run(guard("reactions", reactions) + guard("pins", pins));
  }
};
GREENROOM_ON_EACH_SQL_DATABASE(MessageActRows);

TEST_P(MessageActRows, GoWithAnErasedMessage) {
  expect_rows(6, 2);
  hall = open("hall");
  ASSERT_EQ(erase(1), ec::none);
  expect_rows(3, 1);
  ASSERT_TRUE(stores.rooms->delete_room({{"hall"}, {"ann"}}));
  expect_rows(0, 0);
}

// Without statistics of the database's, which knows of few reactions to each message.
TEST_P(MessageActRows, AreJudgedSoonHoweverManyThereAre) {
  run("with recursive n(i) as (select 1 union all select i + 1 from n where i < 60000) "
      "insert into reactions (room, target, mark, author) select rooms.id, 1, 'm' || (i % 15), 1000 + i from rooms, n "
      "where rooms.folded = 'hall'");
  hall = open("hall");
  const auto begin = std::chrono::steady_clock::now();
  for (int n = 0; n < 20; ++n)
    ASSERT_TRUE(changes(n % 2 == 0 ? entry_kind::react : entry_kind::unreact, "dora", 1, "new"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{1000});
}

TEST_P(MessageActRows, StayWhereTheirAuthorIsRenamed) {
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"bob"}}, at(50)));
  ASSERT_FALSE(stores.rooms->purge_rooms({{"op"}, {1}, {"bob"}}, 100, at(51))->more);
  expect_rows(6, 2);
}

TEST_P(MessageActRows, GoWhereWhatTheirAuthorWroteIsEmptied) {
  hall = open("hall");
  ASSERT_EQ(done(entry_kind::edit, "bob", 1, "a secret"), ec::none);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"bob"}, {.erase_messages = true}}, at(50)));
  for (bool more = true; more;)
    more = stores.rooms->purge_rooms({{"op"}, {1}, {"bob"}, {.erase_messages = true}}, 1, at(51))->more;
  expect_rows(2, 1);
  const auto now = *stores.journal->read(hall.key, {}, 100);
  for (const auto& each : now) {
    if (each.author.value == "deleted") {
      EXPECT_EQ(each.kind, entry_kind::erased) << each.seq.value;
      EXPECT_TRUE(each.text.empty());
    }
  }
}

}  // namespace
}  // namespace greenroom::test
