#include "core/marks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::core {
namespace {

mono_time at(int ms) { return mono_time{} + milliseconds{ms}; }

struct Marks : testing::Test {
  marks subject{{milliseconds{1000}, 3, 5}};

  std::size_t read(const std::string& user, const std::string& room, std::uint64_t seq) {
    return subject.add({user}, {{{room}, {seq}}});
  }
  std::string take(int ms) {
    std::string out;
    for (const auto& one : subject.take(at(ms)))
      out += (out.empty() ? "" : " ") + one.room.value + ":" + one.user.value + "=" + std::to_string(one.seq.value);
    return out;
  }
};

TEST_F(Marks, AreWrittenTogetherTheHighestOfEachReaderAndRoom) {
  EXPECT_FALSE(subject.due());
  EXPECT_EQ(subject.add({"ann"}, {{{"lobby"}, {3}}, {{"den"}, {9}}}), 0u);
  read("Ann", "LOBBY", 2);
  read("bob", "lobby", 1);
  EXPECT_LE(*subject.due(), at(5000)) << "at once: the last write was long ago";
  EXPECT_EQ(take(5000), "den:ann=9 lobby:ann=3 lobby:bob=1") << "in one order everywhere";
  EXPECT_TRUE(subject.can_be_waited_for());
  subject.written(ec::none);
  EXPECT_FALSE(subject.due());
  EXPECT_FALSE(subject.can_be_waited_for());
}

TEST_F(Marks, AreWrittenOnceASecondAndOneWriteAtATime) {
  read("ann", "lobby", 3);
  EXPECT_EQ(take(5000), "lobby:ann=3");
  read("ann", "lobby", 4);
  EXPECT_FALSE(subject.due()) << "a write is under way";
  EXPECT_EQ(take(7000), "");
  subject.written(ec::none);
  EXPECT_EQ(subject.due(), at(6000));
  EXPECT_EQ(take(5999), "");
  EXPECT_EQ(take(6000), "lobby:ann=4");
}

TEST_F(Marks, AreWrittenAgainUntilTheyAreDurable) {
  read("ann", "lobby", 3);
  read("bob", "lobby", 5);
  EXPECT_EQ(take(5000), "lobby:ann=3 lobby:bob=5");
  read("ann", "lobby", 7);
  subject.written(ec::unknown_outcome);
  EXPECT_FALSE(subject.can_be_waited_for());
  EXPECT_NE(take(6000), "") << "half as many";
  subject.written(ec::none);
  EXPECT_TRUE(subject.can_be_waited_for());
  const auto rest = take(7000);
  subject.written(ec::none);
  EXPECT_TRUE(rest == "lobby:ann=7" || rest == "lobby:bob=5") << rest;
  EXPECT_FALSE(subject.due());
}

TEST_F(Marks, AreBoundedInAWriteAndWhileTheyWait) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(read("user" + std::to_string(i), "lobby", 1), 0u);
  EXPECT_EQ(read("eve", "lobby", 1), 1u);
  EXPECT_EQ(read("user0", "lobby", 2), 0u) << "it waits already";
  EXPECT_EQ(subject.take(at(5000)).size(), 3u);
  subject.written(ec::none);
  EXPECT_EQ(subject.take(at(6000)).size(), 2u);
}

}  // namespace
}  // namespace greenroom::core
