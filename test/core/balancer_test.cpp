#include "core/balancer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

constexpr mono_time start{100s};

balancer::instance life(const std::string& name, std::uint64_t incarnation = 1) { return {{name}, {incarnation}}; }

std::string pick(balancer& from, mono_time now, std::vector<node_name> tried = {}) {
  const auto found = from.pick(now, tried);
  return found ? found->value : "";
}

void open(balancer& of, const std::string& name, mono_time now, std::uint64_t incarnation = 1) {
  of.failed(life(name, incarnation), now);
  of.failed(life(name, incarnation), now);
}

TEST(Balancer, GoesRound) {
  balancer three;
  three.set({life("a"), life("b"), life("c")});
  std::string order;
  for (int i = 0; i < 7; ++i) order += pick(three, start);
  EXPECT_EQ(order, "abcabca");
}

TEST(Balancer, HasNothingWhereThereIsNoneOrAllWereTried) {
  balancer none;
  EXPECT_EQ(pick(none, start), "");
  EXPECT_TRUE(none.empty());
  none.set({life("a")});
  EXPECT_EQ(pick(none, start, {{"a"}}), "");
}

TEST(Balancer, PassesOverOpenCircuits) {
  balancer three;
  three.set({life("a"), life("b"), life("c")});
  open(three, "b", start);
  EXPECT_EQ(three.state({"b"}), circuit::open);
  for (int i = 0; i < 10; ++i) EXPECT_NE(pick(three, start + 1s), "b");
}

TEST(Balancer, GivesARestedCircuitOneRequest) {
  balancer two;
  two.set({life("a"), life("b")});
  open(two, "b", start);
  std::map<std::string, int> given;
  for (int i = 0; i < 10; ++i) ++given[pick(two, start + 20s)];
  EXPECT_EQ(given["b"], 1);
  two.succeeded(life("b"));
  for (int i = 0; i < 10; ++i) ++given[pick(two, start + 21s)];
  EXPECT_EQ(given["b"], 6);
}

TEST(Balancer, TakesTheOneThatIsOpenLongestWhereAllAreOpen) {
  balancer three;
  three.set({life("a"), life("b"), life("c")});
  open(three, "b", start);
  open(three, "c", start + 1s);
  open(three, "a", start + 2s);
  EXPECT_EQ(pick(three, start + 3s), "b");
  EXPECT_EQ(pick(three, start + 3s, {{"b"}}), "c");
  EXPECT_EQ(pick(three, start + 3s, {{"b"}, {"c"}}), "a");
}

TEST(Balancer, ClosesTheCircuitOfANewIncarnationAndKeepsThatOfTheSame) {
  balancer two;
  two.set({life("a"), life("b")});
  open(two, "a", start);
  open(two, "b", start);
  two.set({life("a", 2), life("b", 1), life("c")});
  EXPECT_EQ(two.state({"a"}), circuit::closed);
  EXPECT_EQ(two.state({"b"}), circuit::open);
  open(two, "a", start, 1);  // an answer that was still on its way from the old life
  EXPECT_EQ(two.state({"a"}), circuit::closed);
}

TEST(Balancer, NeverNamesWhoIsGoneOrWasTriedAndAlwaysFindsWhoIsLeft) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 dice(seed);
    balancer all{2s};
    std::vector<balancer::instance> now_in;
    mono_time now = start;
    for (int step = 0; step < 200; ++step) {
      now += milliseconds(dice() % 400);
      if (dice() % 10 == 0) {
        now_in.clear();
        for (const char* name : {"a", "b", "c", "d"}) {
          if (dice() % 2 != 0) now_in.push_back(life(name, 1 + dice() % 2));
        }
        all.set(now_in);
      }
      std::vector<node_name> tried;
      std::size_t left = now_in.size();
      for (; left > 0; --left) {
        const auto found = all.pick(now, tried);
        ASSERT_TRUE(found) << "seed " << seed;
        ASSERT_EQ(std::count(tried.begin(), tried.end(), *found), 0);
        const auto at = std::find_if(now_in.begin(), now_in.end(), [&](const auto& i) { return i.name == *found; });
        ASSERT_NE(at, now_in.end());
        tried.push_back(*found);
        if (dice() % 2 != 0)
          all.failed(*at, now);
        else
          all.succeeded(*at);
      }
      ASSERT_FALSE(all.pick(now, tried));
    }
  }
}

}  // namespace
}  // namespace greenroom::core
