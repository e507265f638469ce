#include "core/cursor.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

namespace greenroom::core {
namespace {

using test_cursor = cursor<int>;

constexpr seq_no at(std::uint64_t seq) { return {seq}; }

/// What a client sees of a room: entries and gaps, one after the other.
struct client_view {
  std::uint64_t next = 1;   ///< everything before it was seen, or named in a gap
  std::uint64_t wrong = 0;  ///< entries twice, out of order, or left out without a word
  std::uint64_t gaps = 0;
  std::uint64_t sent = 0;

  void see(seq_no first, frame_range range) {
    for (std::uint32_t i = 0; i < range.end - range.begin; ++i) {
      if (first.value + i != next) ++wrong;
      next = first.value + i + 1;
      ++sent;
    }
  }
  void see(const entry_gap& gap) {
    if (gap.from.value != next || gap.to < gap.from) ++wrong;
    next = gap.to.value + 1;
    ++gaps;
  }
};

TEST(Cursor, HoldsBatchesUntilItIsOpened) {
  test_cursor c(4);
  EXPECT_TRUE(c.batch(at(5), 2, 50).empty());
  EXPECT_TRUE(c.batch(at(7), 1, 70).empty());
  const auto pieces = c.open(at(6));
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(pieces[0].what, 50);
  EXPECT_EQ(pieces[0].first, at(6));
  EXPECT_EQ(pieces[0].frames.begin, 1u);
  EXPECT_EQ(pieces[0].frames.end, 2u);
  EXPECT_EQ(pieces[1].what, 70);
  EXPECT_FALSE(c.holed());
}

TEST(Cursor, SendsNothingTwice) {
  test_cursor c(4);
  EXPECT_TRUE(c.open(at(3)).empty());
  EXPECT_TRUE(c.batch(at(1), 2, 0).empty());
  const frame_range overlap = c.batch(at(2), 3, 0);
  EXPECT_EQ(overlap.begin, 1u);
  EXPECT_EQ(overlap.end, 3u);
  EXPECT_TRUE(c.batch(at(2), 3, 0).empty());
  EXPECT_FALSE(c.holed());
}

TEST(Cursor, TakesABatchOfNothingForNothing) {
  test_cursor c(4);
  EXPECT_TRUE(c.open(at(3)).empty());
  EXPECT_TRUE(c.batch(at(5), 0, 0).empty());
  EXPECT_FALSE(c.holed());
  EXPECT_FALSE(c.batch(at(3), 1, 0).empty());
}

// A cursor whose listener is being told that it won't get entries 1 to `to`.
test_cursor telling(std::uint16_t bound, std::uint64_t to) {
  test_cursor c(bound);
  EXPECT_TRUE(c.open(at(1)).empty());
  c.skip(at(to));
  EXPECT_EQ(c.drained(), (entry_gap{at(1), at(to)}));
  return c;
}

TEST(Cursor, ReportsWhatABatchTooFarAheadLeftOut) {
  test_cursor c(4);
  EXPECT_TRUE(c.open(at(1)).empty());
  EXPECT_TRUE(c.batch(at(4), 2, 0).empty());
  EXPECT_TRUE(c.holed());
  EXPECT_EQ(c.drained(), (entry_gap{at(1), at(5)}));
  EXPECT_TRUE(c.told({at(1), at(5)}).empty());
  EXPECT_EQ(c.batch(at(6), 1, 0).end, 1u);
}

TEST(Cursor, HoldsWhatFollowsAGapUntilTheGapIsTold) {
  auto c = telling(2, 4);
  EXPECT_TRUE(c.batch(at(5), 2, 7).empty());
  EXPECT_TRUE(c.told({at(1), at(3)}).empty());
  EXPECT_TRUE(c.told({at(2), at(4)}).empty());
  EXPECT_FALSE(c.closed());
  const auto held = c.told({at(1), at(4)});
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].what, 7);
  EXPECT_EQ(held[0].first, at(5));
  EXPECT_EQ(c.batch(at(7), 1, 0).end, 1u);
  EXPECT_TRUE(c.told({at(1), at(4)}).empty());
}

TEST(Cursor, HasAnotherGapWhereTooMuchCameWhileOneWasTold) {
  auto c = telling(1, 2);
  for (std::uint64_t seq = 3; seq <= 6; ++seq) EXPECT_TRUE(c.batch(at(seq), 1, 0).empty());
  EXPECT_EQ(c.told({at(1), at(2)}).size(), 1u);
  EXPECT_EQ(c.drained(), (entry_gap{at(4), at(6)}));
}

TEST(Cursor, NeedsNoTellingOfAGapThatALaterAnswerCovers) {
  auto c = telling(4, 4);
  EXPECT_TRUE(c.batch(at(5), 3, 0).empty());
  EXPECT_EQ(c.open(at(7)).size(), 1u);
  EXPECT_TRUE(c.told({at(1), at(4)}).empty());
  EXPECT_EQ(c.batch(at(8), 1, 0).end, 1u);
}

TEST(Cursor, GrowsItsHoleWhileTheOutboxIsFull) {
  test_cursor c(4);
  EXPECT_TRUE(c.open(at(1)).empty());
  EXPECT_EQ(c.batch(at(1), 4, 0).end, 4u);
  c.refused(at(3));
  EXPECT_TRUE(c.batch(at(5), 5, 0).empty());
  c.skip(at(12));
  EXPECT_EQ(c.drained(), (entry_gap{at(3), at(12)}));
  EXPECT_EQ(c.drained(), std::nullopt);
}

TEST(Cursor, LosesWhatItCannotHoldButSaysSo) {
  test_cursor c(2);
  for (std::uint64_t seq = 1; seq <= 5; ++seq) EXPECT_TRUE(c.batch(at(seq), 1, static_cast<int>(seq)).empty());
  EXPECT_EQ(c.open(at(1)).size(), 2u);
  EXPECT_EQ(c.drained(), (entry_gap{at(3), at(5)}));
}

TEST(Cursor, HasNoHoleWhereTheAnswerToTheJoinCoversWhatWasLost) {
  test_cursor c(1);
  for (std::uint64_t seq = 1; seq <= 5; ++seq) EXPECT_TRUE(c.batch(at(seq), 1, 0).empty());
  EXPECT_TRUE(c.open(at(6)).empty());
  EXPECT_FALSE(c.holed());
  EXPECT_EQ(c.batch(at(6), 1, 0).end, 1u);
}

TEST(Cursor, SkipsOnlyWhatItHasNotSentOrHeld) {
  test_cursor c(4);
  EXPECT_TRUE(c.batch(at(1), 3, 0).empty());
  c.skip(at(3));
  EXPECT_EQ(c.open(at(1)).size(), 1u);
  EXPECT_FALSE(c.holed());
  c.skip(at(3));
  EXPECT_FALSE(c.holed());
  c.skip(at(4));
  EXPECT_EQ(c.drained(), (entry_gap{at(4), at(4)}));
}

TEST(Cursor, ClosesItsHoleWhenALaterAnswerCoversIt) {
  test_cursor c(4);
  EXPECT_TRUE(c.open(at(1)).empty());
  c.skip(at(4));
  EXPECT_TRUE(c.open(at(5)).empty());
  EXPECT_FALSE(c.holed());
}

/// A room, the FIFO to the hub, a cursor and an outbox that is sometimes full, in an order that the seed chooses.
class walk {
 public:
  explicit walk(std::uint32_t seed)
      : random_(seed), lossy_(one_in(4)), slow_(one_in(4)), after_(one_in(2) ? 0 : pick(5)) {
    head_ = after_ + pick(10);
    view_.next = after_ + 1;
  }

  client_view run() {
    for (int step = 0; step < 60; ++step) switch (pick(6)) {
        case 0:
          append();
          break;
        case 1:
          join();
          break;
        case 2:
        case 3:
          arrive();
          break;
        case 4:
          drain();
          break;
        case 5:
          tell();
          break;
      }
    join();
    while (!fifo_.empty()) arrive();
    slow_ = false;
    drain();
    while (gap_) tell();
    if (view_.next != told_ + 1) ++view_.wrong;
    if (view_.gaps > 0 && !lossy_ && !was_full_ && !overheld_) ++view_.wrong;
    return view_;
  }

 private:
  enum class kind { batch, answer, skip };
  struct item {
    kind what;
    std::uint64_t first;
    std::uint32_t count;
  };

  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  bool one_in(std::uint64_t n) { return pick(n) == 0; }

  void append() {
    const auto count = static_cast<std::uint32_t>(1 + pick(4));
    const item batch{kind::batch, head_ + 1, count};
    head_ += count;
    if (lossy_ && one_in(4)) {
      if (one_in(2)) push({kind::skip, head_, 1});
      if (one_in(4)) push({kind::skip, head_, 1});
      return;
    }
    push(batch);
    if (one_in(8)) push(batch);
  }
  void push(item what) {
    fifo_.push_back(what);
    told_ = std::max(told_, what.first + what.count - 1);
  }
  void join() {
    if (joined_) return;
    joined_ = true;
    push({kind::answer, head_ + 1, 0});
  }
  void arrive() {
    if (fifo_.empty()) return;
    const item one = fifo_.front();
    fifo_.pop_front();
    switch (one.what) {
      case kind::batch:
        if (cursor_.closed() && ++held_ > hold_limit) overheld_ = true;
        deliver(at(one.first), cursor_.batch(at(one.first), one.count, 0));
        break;
      case kind::skip:
        cursor_.skip(at(one.first));
        break;
      case kind::answer:
        if (one.first > view_.next) view_.see(at(view_.next), {0, static_cast<std::uint32_t>(one.first - view_.next)});
        let_out(cursor_.open(at(one.first)));
        break;
    }
    if (cursor_.holed() && !full_) drain();
  }
  void let_out(const std::vector<cursor<int>::piece>& held) {
    for (const auto& piece : held) {
      if (full_) return cursor_.refused(piece.first);
      view_.see(piece.first, piece.frames);
      if (slow_ && one_in(3)) full_ = was_full_ = true;
    }
  }
  // Of a gap, some time after it was found.
  void tell() {
    if (!gap_) return;
    view_.see(*gap_);
    let_out(cursor_.told(*std::exchange(gap_, std::nullopt)));
    if (cursor_.holed() && !full_) drain();
  }
  void deliver(seq_no first, frame_range range) {
    if (range.empty()) return;
    if (slow_ && one_in(3)) full_ = was_full_ = true;
    const auto fits = full_ ? static_cast<std::uint32_t>(pick(range.end - range.begin)) : range.end - range.begin;
    view_.see(first + range.begin, {range.begin, range.begin + fits});
    if (range.begin + fits < range.end) cursor_.refused(first + range.begin + fits);
  }
  void drain() {
    full_ = slow_ && one_in(2);
    was_full_ |= full_;
    if (full_) return;
    if (const auto gap = cursor_.drained()) gap_ = gap;
  }

  static constexpr std::uint16_t hold_limit = 6;

  std::mt19937 random_;
  bool lossy_, slow_;
  std::uint64_t after_, head_ = 0, told_ = 0;  // told: the hub has heard of it
  std::deque<item> fifo_;
  cursor<int> cursor_{hold_limit};
  client_view view_;
  std::optional<entry_gap> gap_;  // found, and not told yet
  bool joined_ = false, full_ = false, was_full_ = false, overheld_ = false;
  int held_ = 0;
};

TEST(Cursor, LeavesNoSilentHoleWhateverTheOrderOfThings) {
  std::uint64_t sent = 0, gaps = 0;
  for (std::uint32_t seed = 1; seed <= 200'000; ++seed) {
    const client_view seen = walk(seed).run();
    ASSERT_EQ(seen.wrong, 0u) << "seed " << seed;
    sent += seen.sent;
    gaps += seen.gaps;
  }
  EXPECT_GT(sent, 1'000'000u);
  EXPECT_GT(gaps, 10'000u);
}

}  // namespace
}  // namespace greenroom::core
