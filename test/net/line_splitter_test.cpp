#include "net/line_splitter.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace greenroom::net {
namespace {

using kind = line_splitter::kind;

struct cut_up {
  std::vector<std::string> lines;
  bool endless = false;
  std::size_t held = 0;  ///< at the end
  friend bool operator==(const cut_up&, const cut_up&) = default;
};

// The lines of `text`, read in pieces that end at `ends`.
cut_up read_all(const std::string& text, std::vector<std::size_t> ends = {}, std::size_t limit = 64) {
  line_splitter tested(limit);
  cut_up out;
  ends.push_back(text.size());
  std::size_t from = 0;
  for (const auto end : ends) {
    std::string piece = text.substr(from, end - from);
    from = end;
    tested.take(piece);
    while (const auto one = tested.next()) {
      if (one.what == kind::line)
        out.lines.emplace_back(one.bytes);
      else
        out.endless = true;
    }
    tested.keep();
    piece.assign(piece.size(), '?');  // what was taken is gone
  }
  out.held = tested.held();
  return out;
}

TEST(LineSplitter, EndsALineAtLfOrCrLf) {
  EXPECT_EQ(read_all("one\r\ntwo\nthree"), (cut_up{{"one", "two"}, false, 5}));
}

TEST(LineSplitter, PassesOverEmptyLines) { EXPECT_EQ(read_all("\r\n\n\none\n\r\n"), (cut_up{{"one"}})); }

TEST(LineSplitter, LeavesACrThatIsNoEnd) { EXPECT_EQ(read_all("a\rb\r\r\n"), (cut_up{{"a\rb\r"}})); }

TEST(LineSplitter, TakesALineOfTheLimitAndNoLonger) {
  EXPECT_EQ(read_all(std::string(62, 'x') + "\r\n"), (cut_up{{std::string(62, 'x')}}));
  EXPECT_EQ(read_all("a\n" + std::string(64, 'x') + "\nb\n"), (cut_up{{"a"}, true}));
}

TEST(LineSplitter, EndsWithoutWaitingForTheEndOfALineThatIsTooLong) {
  EXPECT_EQ(read_all(std::string(64, 'x')), (cut_up{{}, true}));
  EXPECT_EQ(read_all(std::string(63, 'x')), (cut_up{{}, false, 63}));
}

TEST(LineSplitter, HoldsNothingBetweenLines) { EXPECT_EQ(read_all("one\ntwo\n", {2, 5}).held, 0u); }

TEST(LineSplitter, GoesOnWhereItWasLeft) {
  line_splitter tested(64);
  std::string bytes = "one\ntwo\n";
  tested.take(bytes);
  EXPECT_EQ(tested.next().bytes, "one");
  tested.keep();
  EXPECT_EQ(tested.held(), 4u);
  std::string more = "three\n";
  tested.take(more);
  EXPECT_EQ(tested.next().bytes, "two");
  EXPECT_EQ(tested.next().bytes, "three");
  EXPECT_EQ(tested.next().what, kind::nothing);
}

TEST(LineSplitter, FindsTheSameLinesHoweverTheyAreCut) {
  std::minstd_rand chance(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto left = chance() % 60; left > 0; --left) text += "ab\r\n"[chance() % 4];
    std::vector<std::size_t> ends;
    for (std::size_t at = chance() % 9; at < text.size(); at += chance() % 9) ends.push_back(at);
    EXPECT_EQ(read_all(text, ends, 20), read_all(text, {}, 20)) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace greenroom::net
