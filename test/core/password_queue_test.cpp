#include "core/password_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const mono_time start = mono_time{} + 1h;

password_claim stranger(std::string network, std::string user = "somebody") {
  return {std::move(network), std::move(user), false};
}
password_claim known(std::string network, std::string user = "somebody") {
  return {std::move(network), std::move(user), true};
}

/// Starts and finishes everything that is due, in its order.
std::vector<std::uint64_t> served(password_queue& queue, mono_time now = start) {
  std::vector<std::uint64_t> out;
  while (const auto work = queue.next(now)) {
    out.push_back(work->value);
    queue.finished();
  }
  return out;
}
void add(password_queue& queue, std::uint64_t work, const password_claim& claim, milliseconds hold = {}) {
  EXPECT_FALSE(queue.add({work}, claim, start, hold));
}

TEST(NetworkOf, IsTheAddressOfIPv4AndTheSixtyFourOfIPv6) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("2001:db8:1:2::9"), network_of("2001:DB8:1:2:ffff::"));
  EXPECT_NE(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:3::9"));
  EXPECT_EQ(network_of(""), "");
}

TEST(PasswordQueue, StartsNoMoreThanThePoolTakesAtOnce) {
  password_queue queue{{2, 10, 9s}};
  for (std::uint64_t i = 1; i <= 3; ++i) add(queue, i, stranger("a"));
  EXPECT_EQ(queue.next(start)->value, 1u);
  EXPECT_EQ(queue.next(start)->value, 2u);
  EXPECT_FALSE(queue.next(start));
  EXPECT_EQ(queue.waiting(), 1u);
  queue.finished();
  EXPECT_EQ(queue.next(start)->value, 3u);
}

TEST(PasswordQueue, GivesEachNetworkItsTurnHoweverMuchAnotherSends) {
  password_queue queue{{1, 100, 9s}};
  for (std::uint64_t i = 1; i <= 5; ++i) add(queue, i, stranger("flood", "name" + std::to_string(i)));
  add(queue, 6, stranger("b"));
  add(queue, 7, stranger("c"));
  EXPECT_THAT(served(queue), ElementsAre(1, 6, 7, 2, 3, 4, 5));
}

TEST(PasswordQueue, GivesEachUserOfANetworkTheirTurn) {
  password_queue queue{{1, 100, 9s}};
  for (std::uint64_t i = 1; i <= 3; ++i) add(queue, i, stranger("office", "ann"));
  add(queue, 4, stranger("office", "bob"));
  EXPECT_THAT(served(queue), ElementsAre(1, 4, 2, 3));
}

TEST(PasswordQueue, ServesANewcomerInTheNextRound) {
  password_queue queue{{1, 100, 9s}};
  for (std::uint64_t i = 0; i < 12; ++i) add(queue, 1 + i, stranger(std::to_string(i % 4)));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(queue.next(start));
    queue.finished();
  }
  add(queue, 99, stranger("new"));
  EXPECT_THAT(served(queue), ElementsAre(3, 4, 99, 5, 6, 7, 8, 9, 10, 11, 12));
}

TEST(PasswordQueue, ServesANewUserOfANetworkInItsNextRound) {
  password_queue queue{{1, 100, 9s}};
  for (std::uint64_t i = 0; i < 12; ++i) add(queue, 1 + i, stranger("office", std::to_string(i % 4)));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(queue.next(start));
    queue.finished();
  }
  add(queue, 99, stranger("office", "new"));
  EXPECT_THAT(served(queue), ElementsAre(3, 4, 99, 5, 6, 7, 8, 9, 10, 11, 12));
}

TEST(PasswordQueue, StarvesNobodyWhoSendsMuchWhileNewcomersKeepComing) {
  password_queue queue{{1, 100, 9s}};
  for (std::uint64_t i = 1; i <= 3; ++i) add(queue, i, stranger("much"));
  std::vector<std::uint64_t> order;
  for (std::uint64_t newcomer = 10; order.size() < 12; ++newcomer) {
    add(queue, newcomer, stranger(std::to_string(newcomer)));
    order.push_back(queue.next(start)->value);
    queue.finished();
  }
  EXPECT_THAT(order, testing::Contains(2));
  EXPECT_THAT(order, testing::Contains(3));
}

TEST(PasswordQueue, ServesThreeFamiliarOnesForEachStranger) {
  password_queue queue{{1, 100, 9s}};
  for (std::uint64_t i = 1; i <= 4; ++i) add(queue, i, stranger("flood"));
  for (std::uint64_t i = 11; i <= 15; ++i) add(queue, i, known("home"));
  EXPECT_THAT(served(queue), ElementsAre(11, 12, 13, 1, 14, 15, 2, 3, 4));
}

TEST(PasswordQueue, PushesOutTheNewestOfWhoeverHasMostOfAFullQueue) {
  password_queue queue{{1, 4, 9s}};
  add(queue, 1, stranger("flood"));
  add(queue, 2, stranger("flood"));
  add(queue, 3, stranger("b"));
  add(queue, 4, known("flood"));
  EXPECT_EQ(queue.add({5}, stranger("c"), start)->value, 2u) << "of the strangers";
  EXPECT_EQ(queue.add({6}, stranger("b"), start)->value, 6u) << "its own, where it has most itself";
  EXPECT_EQ(queue.add({7}, known("d"), start)->value, 5u) << "equals: the newest";
  EXPECT_THAT(served(queue), ElementsAre(4, 7, 1, 3));
}

TEST(PasswordQueue, PushesOutTheNewestOfTheUserWhoHasMostInANetwork) {
  password_queue queue{{1, 3, 9s}};
  add(queue, 1, stranger("office", "ann"));
  add(queue, 2, stranger("office", "ann"));
  add(queue, 3, stranger("office", "bob"));
  EXPECT_EQ(queue.add({4}, stranger("home"), start)->value, 2u);
  EXPECT_EQ(queue.add({5}, stranger("home"), start)->value, 5u);
  EXPECT_THAT(served(queue), ElementsAre(1, 4, 3));
}

TEST(PasswordQueue, HoldsOneAfterTheOtherAndLetsOthersPass) {
  password_queue queue{{1, 10, 9s}};
  add(queue, 1, stranger("a", "ann"), 2s);
  add(queue, 2, stranger("a", "ann"), 2s);
  add(queue, 3, stranger("a", "bob"));
  add(queue, 4, stranger("b", "ann"), 2s);
  EXPECT_THAT(served(queue, start), ElementsAre(3));
  EXPECT_THAT(served(queue, start + 1999ms), ElementsAre());
  EXPECT_THAT(served(queue, start + 2s), ElementsAre(4, 1));
  EXPECT_THAT(served(queue, start + 4s), ElementsAre(2));
}

TEST(PasswordQueue, HoldsBehindWorkThatWasHeldAlsoWhereOneBetweenThemWasNot) {
  password_queue queue{{1, 10, 9s}};
  add(queue, 1, stranger("a"), 2s);
  add(queue, 2, stranger("a"));
  add(queue, 3, stranger("a"), 2s);
  EXPECT_THAT(served(queue, start + 1999ms), ElementsAre());
  EXPECT_THAT(served(queue, start + 2s), ElementsAre(1, 2));
  EXPECT_THAT(served(queue, start + 4s), ElementsAre(3));
}

TEST(PasswordQueue, TakesOutWhatWaitedTooLong) {
  password_queue queue{{1, 10, 9s}};
  add(queue, 1, stranger("a"));
  add(queue, 2, known("b"), 3s);
  EXPECT_FALSE(queue.add({3}, stranger("a"), start + 1s));
  EXPECT_THAT(queue.expire(start + 8999ms), ElementsAre());
  EXPECT_THAT(queue.expire(start + 9s), ElementsAre(work_id{1}, work_id{2}));
  EXPECT_EQ(queue.waiting(), 1u);
  EXPECT_THAT(served(queue, start + 9s), ElementsAre(3));
}

TEST(PasswordQueue, CountsForNobodyWhatWaitedTooLong) {
  password_queue queue{{1, 4, 9s}};
  add(queue, 1, stranger("a"));
  add(queue, 2, stranger("a"));
  EXPECT_FALSE(queue.add({3}, stranger("a"), start + 1s));
  EXPECT_THAT(queue.expire(start + 9s), ElementsAre(work_id{1}, work_id{2}));
  for (std::uint64_t i = 4; i <= 5; ++i) EXPECT_FALSE(queue.add({i}, stranger("b"), start + 9s));
  EXPECT_FALSE(queue.add({6}, stranger("c"), start + 9s));
  EXPECT_EQ(queue.add({7}, stranger("d"), start + 9s)->value, 5u) << "now b has most";
}

// 40 networks send unknown names as fast as they are let (10 each at once); somebody comes into the middle of it.
TEST(PasswordQueue, AFloodOfFortyNetworksDelaysAStrangerByOneRound) {
  password_queue queue{{2, 256, 9s}};
  std::uint64_t work = 0;
  for (int each = 0; each < 10; ++each)
    for (int network = 0; network < 40; ++network)
      (void)queue.add({++work}, stranger("flood" + std::to_string(network), "x" + std::to_string(work)), start);
  EXPECT_LE(queue.add({1000}, stranger("honest"), start)->value, work) << "isn't the one to go";
  EXPECT_LE(queue.add({1001}, known("home"), start)->value, work);
  const auto order = served(queue);
  const auto place = [&](std::uint64_t of) { return std::find(order.begin(), order.end(), of) - order.begin(); };
  EXPECT_LE(place(1000), 42);
  EXPECT_EQ(place(1001), 0);
}

// Everything added comes out exactly once: started, pushed out or expired.
TEST(PasswordQueue, LosesAndDoublesNothing) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random{seed};
    const auto upto = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    password_queue queue{{1 + upto(3), 1 + upto(12), 3s}};
    std::map<std::uint64_t, int> seen;
    std::size_t running = 0;
    auto now = start;
    std::uint64_t last = 0;
    const auto end = [&] {
      while (running > 0) {
        queue.finished();
        --running;
      }
    };
    for (int step = 0; step < 200; ++step) {
      now += milliseconds{upto(300)};
      if (upto(3) > 0) {
        const password_claim claim{std::to_string(upto(4)), std::to_string(upto(3)), upto(2) == 0};
        seen[++last] = 0;
        if (const auto gone = queue.add({last}, claim, now, milliseconds{upto(2) * 500})) ++seen[gone->value];
      } else if (const auto work = queue.next(now)) {
        ++seen[work->value];
        ++running;
      } else {
        end();
      }
      for (const auto late : queue.expire(now)) ++seen[late.value];
    }
    end();
    now += 1h;
    while (const auto work = queue.next(now)) {
      ++seen[work->value];
      queue.finished();
    }
    EXPECT_EQ(queue.waiting(), 0u);
    for (const auto& [work, times] : seen) EXPECT_EQ(times, 1) << "work " << work << ", seed " << seed;
  }
}

}  // namespace
}  // namespace greenroom::core
