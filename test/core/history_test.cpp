#include "core/history.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

room_entry entry(std::uint64_t n, std::string text = "hello") {
  return {.seq = {n}, .author = {"ann"}, .text = std::move(text), .poster = {7}};
}

history filled(std::uint64_t to, history::bounds limit = {}) {
  history ring(limit, {});
  for (std::uint64_t n = 1; n <= to; ++n) ring.push(entry(n));
  return ring;
}

TEST(History, GivesEverythingAfterAPlaceInOrder) {
  const auto slice = filled(10).after({7});
  ASSERT_EQ(slice.entries.size(), 3u);
  EXPECT_TRUE(slice.complete);
  EXPECT_EQ(slice.entries.front().seq, seq_no{8});
  EXPECT_EQ(slice.entries.back().seq, seq_no{10});
}

TEST(History, IsCompleteAndEmptyAtTheHead) {
  const auto slice = filled(10).after({10});
  EXPECT_TRUE(slice.entries.empty());
  EXPECT_TRUE(slice.complete);
}

TEST(History, SaysThatItCannotAnswerBeyondTheHead) { EXPECT_FALSE(filled(10).after({11}).complete); }

TEST(History, ForgetsTheOldestOverItsNumberAndSaysSo) {
  const auto ring = filled(10, {4, 1 << 20});
  EXPECT_EQ(ring.size(), 4u);
  EXPECT_TRUE(ring.after({6}).complete);
  EXPECT_FALSE(ring.after({5}).complete);
  EXPECT_EQ(ring.after({0}).entries.front().seq, seq_no{7});
}

TEST(History, ForgetsTheOldestOverItsBytes) {
  history ring({100, 4096}, {});
  for (std::uint64_t n = 1; n <= 10; ++n) ring.push(entry(n, std::string(1000, 'x')));
  EXPECT_EQ(ring.size(), 3u);
  EXPECT_EQ(ring.head(), seq_no{10});
  for (std::uint64_t n = 11; n <= 20; ++n) ring.push(entry(n));
  EXPECT_EQ(ring.size(), 12u) << "what went counts no more";
}

TEST(History, CountsTheBytesOfWhatWasPassedOnAsTheyAreNow) {
  const auto ring = [](std::string author, std::string id) {
    history out({100, 4096}, {});
    room_entry first = entry(1);
    first.author = {std::move(author)};
    first.client_id = std::move(id);
    out.push(std::move(first));
    out.pass_on({"ann"}, {"deleted"});
    while (out.after({0}).complete) out.push(entry(out.head().value + 1));
    return out.size();
  };
  EXPECT_EQ(ring("ann", std::string(3000, 'i')), ring("deleted", ""));
}

TEST(History, EmptiesTheMessagesOfAnAuthorAndLeavesTheirActs) {
  auto ring = filled(2);
  room_entry more[] = {{.seq = {3},
                        .author = {"Ann"},
                        .client_id = "x",
                        .text = "waves",
                        .kind = entry_kind::action,
                        .extra = R"({"data":1})"},
                       {.seq = {4}, .author = {"ann"}, .text = "noise", .kind = entry_kind::mute, .subject = {"bob"}},
                       {.seq = {5}, .author = {"ann"}, .kind = entry_kind::erased, .target = {9}},
                       {.seq = {6}, .author = {"bob"}, .text = "mine"}};
  for (auto& each : more) ring.push(core::room_entry{each});
  ring.pass_on({"ann"}, {"deleted"}, true);
  const auto now = ring.last(6).entries;
  for (const auto seq : {0u, 1u, 2u}) {
    EXPECT_EQ(now[seq].kind, entry_kind::erased);
    EXPECT_EQ(now[seq].author.value, "deleted");
    EXPECT_EQ(now[seq].text, "");
    EXPECT_EQ(now[seq].extra, "");
    EXPECT_EQ(now[seq].client_id, "");
    EXPECT_FALSE(now[seq].target);
  }
  EXPECT_EQ(now[3].kind, entry_kind::mute);
  EXPECT_EQ(now[3].text, "noise");
  EXPECT_EQ(now[3].author.value, "deleted");
  EXPECT_EQ(now[4].target, seq_no{9});
  EXPECT_EQ(now[5].text, "mine");
}

TEST(History, EmptiesWhatIsEmptyInTheLogByNowAndTakesOverNothingElse) {
  auto ring = filled(6, {3, 1 << 20});
  std::vector<room_entry> tail;
  for (std::uint64_t n = 2; n <= 8; ++n) tail.push_back(entry(n, "older"));
  for (const auto seq : {0u, 3u, 6u}) {
    tail[seq].author = {"deleted"};
    empty_out(tail[seq], {});
  }
  ring.empty_as_in(tail);
  const auto now = ring.last(3).entries;
  ASSERT_EQ(now.size(), 3u);
  EXPECT_EQ(now[0].text, "hello");
  EXPECT_EQ(now[1].kind, entry_kind::erased);
  EXPECT_EQ(now[1].author.value, "deleted");
  EXPECT_EQ(now[1].text, "");
  EXPECT_EQ(now[2].text, "hello");
  EXPECT_EQ(now[2].author.value, "ann");
  history none({}, {});
  none.empty_as_in(tail);
  EXPECT_EQ(none.size(), 0u);
}

TEST(History, GivesAtMostWhatItHas) {
  EXPECT_EQ(filled(3).last(50).entries.size(), 3u);
  EXPECT_TRUE(filled(3).last(50).complete);
  EXPECT_EQ(filled(9).last(2).entries.front().seq, seq_no{8});
}

TEST(History, NamesNobodysConnectionInAReplay) { EXPECT_FALSE(filled(1).last(1).entries.front().poster); }

TEST(History, PassesOnWhatSomebodyWroteAndWhatIsAboutThem) {
  auto ring = filled(2);
  auto about = entry(3);
  about.author = {"bob"};
  about.subject = {"Ann"};
  about.client_id = "b";
  ring.push(core::room_entry{about});
  ring.pass_on({"ann"}, {"deleted"});
  const auto entries = ring.last(3).entries;
  EXPECT_EQ(entries[0].author, user_id{"deleted"});
  EXPECT_TRUE(entries[0].subject.value.empty());
  EXPECT_EQ(entries[2].author, user_id{"bob"});
  EXPECT_EQ(entries[2].client_id, "b");
  EXPECT_EQ(entries[2].subject, user_id{"deleted"});
}

TEST(History, FindsAnEntryThatIsStillHere) {
  const auto ring = filled(10, {4, 1 << 20});
  EXPECT_EQ(ring.find({6}), nullptr);
  ASSERT_NE(ring.find({7}), nullptr);
  EXPECT_EQ(ring.find({7})->seq, seq_no{7});
  EXPECT_EQ(ring.find({10})->seq, seq_no{10});
  EXPECT_EQ(ring.find({11}), nullptr);
  EXPECT_EQ(history({}, {}).find({1}), nullptr);
}

TEST(History, EmptiesAMessageWithItsEditsAndNothingElse) {
  auto ring = filled(2);
  const auto on = [](std::uint64_t n, entry_kind kind, std::uint64_t target) {
    auto made = entry(n, "more");
    made.kind = kind;
    made.target = {target};
    return made;
  };
  ring.push(on(3, entry_kind::edit, 1));
  ring.push(on(4, entry_kind::edit, 2));
  ring.push(on(5, entry_kind::react, 1));
  ring.push(on(6, entry_kind::text, 1));
  ring.push(on(7, entry_kind::edit, 1));
  ring.erase({1}, {8});
  const auto now = ring.last(7).entries;
  for (const auto seq : {0u, 2u, 6u}) {
    EXPECT_EQ(now[seq].kind, entry_kind::erased);
    EXPECT_TRUE(now[seq].text.empty());
    EXPECT_EQ(now[seq].target, seq_no{8});
  }
  for (const auto seq : {1u, 3u, 4u, 5u}) EXPECT_FALSE(now[seq].text.empty()) << seq;
}

TEST(History, EmptiesTheEditsAndReactionsOfAnAuthor) {
  auto ring = filled(1);
  for (const auto kind : {entry_kind::edit, entry_kind::react, entry_kind::unreact, entry_kind::pin}) {
    auto more = entry(ring.head().value + 1, "more");
    more.kind = kind;
    more.target = {1};
    ring.push(core::room_entry{more});
  }
  ring.pass_on({"ann"}, {"deleted"}, true);
  const auto now = ring.last(5).entries;
  for (const auto seq : {0u, 1u, 2u, 3u}) EXPECT_EQ(now[seq].kind, entry_kind::erased);
  EXPECT_EQ(now[4].kind, entry_kind::pin) << "an act of theirs stays";
}

TEST(History, LeavesAnEmptyMessageAsItIs) {
  auto ring = filled(2);
  ring.erase({1}, {3});
  ring.erase({1}, {4});
  const auto now = ring.last(2).entries.front();
  EXPECT_EQ(now.kind, entry_kind::erased);
  EXPECT_EQ(now.target, seq_no{3});
  EXPECT_TRUE(now.extra.empty()) << "they were words";
}

}  // namespace
}  // namespace greenroom::core
