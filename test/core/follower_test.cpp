#include "core/follower.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/placement.hpp"

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const cluster_view> view_of(std::vector<std::string> names, std::uint64_t version = 1) {
  cluster_view view;
  view.version = {version};
  for (auto& name : names) {
    node_record node;
    node.name = {std::move(name)};
    node.http = {{"chat", "127.0.0.1", 8008}};
    view.nodes.push_back(std::move(node));
  }
  return std::make_shared<const cluster_view>(std::move(view));
}

struct Follower : testing::Test {
  follower machine{{"n"}};
  mono_time now{1h};

  void grow(std::uint64_t key, std::uint64_t head) { machine.grew({{key}, {head}}, now); }
  /// The rooms of the next batch.
  std::vector<std::uint64_t> batch() {
    std::vector<std::uint64_t> keys;
    entries.clear();
    for (const auto& one : machine.next(now).batch) {
      keys.push_back(one.key.value);
      entries.push_back(one.entries);
    }
    return keys;
  }
  void done(std::vector<followed> outcome) { machine.done(std::move(outcome), now); }
  void found(std::vector<room_behind> rooms, bool more = false) {
    machine.found(rooms_behind{std::move(rooms), more}, now);
  }
  std::vector<std::uint32_t> entries;  ///< the shares of the last batch
};
using keys = std::vector<std::uint64_t>;

TEST_F(Follower, ReadsALogAMomentAfterItHasGrown) {
  EXPECT_FALSE(machine.due());
  grow(1, 5);
  EXPECT_EQ(machine.due(), now + 500ms);
  EXPECT_EQ(batch(), keys{});
  now += 500ms;
  EXPECT_EQ(batch(), keys{1});
  EXPECT_FALSE(machine.due()) << "one at a time";
  EXPECT_EQ(batch(), keys{});
  done({{{1}, {5}, {5}}});
  EXPECT_FALSE(machine.due());
  EXPECT_EQ(machine.rooms(), 0u);
  EXPECT_EQ(machine.behind(), 0u);
}

// A room tells every 250 ms, and may have grown between two words.
TEST_F(Follower, ReadsItAgainWhereItMayHaveGrownUnheard) {
  grow(1, 5);
  now += 250ms;
  grow(1, 6);
  now += 250ms;
  EXPECT_EQ(batch(), keys{1});
  done({{{1}, {6}, {6}}});
  EXPECT_EQ(machine.due(), now + 500ms) << "it has told less than that ago";
  now += 500ms;
  EXPECT_EQ(batch(), keys{1});
  done({{{1}, {6}, {6}}});
  EXPECT_FALSE(machine.due());
}

TEST_F(Follower, ReadsALogThatGrewWhileItWasRead) {
  grow(1, 5);
  now += 500ms;
  EXPECT_EQ(batch(), keys{1});
  grow(1, 9);
  done({{{1}, {5}, {9}}});
  EXPECT_EQ(batch(), keys{1}) << "it is known to be behind";
  done({{{1}, {9}, {9}}});
  EXPECT_EQ(machine.due(), now + 500ms);
}

TEST_F(Follower, FindsWhatIsBehindAtTheStartAndWithEachView) {
  EXPECT_FALSE(machine.next(now).scan) << "no view yet";
  machine.view_changed(view_of({"n"}));
  EXPECT_TRUE(machine.due());
  EXPECT_EQ(machine.next(now).scan, room_key{});
  found({{{3}, {"hall"}, {10}, {20}}}, true);
  EXPECT_EQ(machine.behind(), 10u);
  EXPECT_EQ(batch(), keys{3});
  EXPECT_EQ(entries, (std::vector<std::uint32_t>{42})) << "a little more than is known";
  done({{{3}, {20}, {20}}});
  EXPECT_EQ(machine.next(now).scan, room_key{3}) << "the next page";
  found({});
  EXPECT_FALSE(machine.next(now).scan);
  EXPECT_FALSE(machine.due());
  machine.view_changed(view_of({"n"}, 2));
  EXPECT_EQ(machine.next(now).scan, room_key{});
  machine.view_changed(view_of({"n"}, 3));
  found({});
  EXPECT_EQ(machine.next(now).scan, room_key{}) << "the view has changed meanwhile";
}

TEST_F(Follower, LeavesRoomsToTheirHomes) {
  const auto view = view_of({"n", "m"});
  machine.view_changed(view);
  EXPECT_TRUE(machine.next(now).scan);
  std::vector<room_behind> rooms;
  std::size_t own = 0;
  for (std::uint64_t key = 1; key <= 40; ++key) {
    rooms.push_back({{key}, {"room" + std::to_string(key)}, {}, {1}});
    if (placement(*view, rooms.back().room) == node_name{"n"}) ++own;
  }
  found(rooms);
  EXPECT_GT(own, 5u);
  EXPECT_LT(own, 35u);
  EXPECT_EQ(machine.rooms(), own);
}

TEST_F(Follower, RestsBetweenBatchesOfALogThatIsFarBehind) {
  machine.view_changed(view_of({"n"}));
  EXPECT_TRUE(machine.next(now).scan);
  found({{{1}, {"hall"}, {0}, {1'000'000}}});
  EXPECT_EQ(batch(), keys{1});
  EXPECT_EQ(entries, (std::vector<std::uint32_t>{500}));
  now += 4ms;
  done({{{1}, {500}, {1'000'000}}});
  EXPECT_EQ(machine.behind(), 999'500u);
  EXPECT_EQ(machine.due(), now + 76ms);
  EXPECT_EQ(batch(), keys{});
  now += 76ms;
  EXPECT_EQ(batch(), keys{1});
  now += 1min;
  done({{{1}, {1000}, {1'000'000}}});
  EXPECT_EQ(machine.due(), now + 2s) << "not longer";
}

TEST_F(Follower, ReadsLogsThatHaveJustGrownFirst) {
  machine.view_changed(view_of({"n"}));
  EXPECT_TRUE(machine.next(now).scan);
  found({{{1}, {"hall"}, {0}, {1'000'000}}});
  EXPECT_EQ(batch(), keys{1});
  now += 10ms;
  grow(2, 7);
  grow(3, 900);
  done({{{1}, {500}, {1'000'000}}});
  now += 500ms;
  EXPECT_EQ(batch(), (keys{2, 3, 1})) << "what is behind has a part of it";
  now += 10ms;
  done({{{2}, {7}, {7}}, {{3}, {900}, {900}}, {{1}, {700}, {1'000'000}}});
  grow(4, 1);
  now += 50ms;
  EXPECT_EQ(batch(), keys{}) << "it rests";
}

TEST_F(Follower, TriesAgainAfterAFailureAndThenOneByOne) {
  grow(1, 1);
  grow(2, 1);
  now += 500ms;
  EXPECT_EQ(batch(), (keys{1, 2}));
  machine.done(ec::unavailable, now);
  EXPECT_EQ(machine.due(), now + 1s);
  EXPECT_EQ(batch(), keys{});
  now += 1s;
  EXPECT_EQ(batch(), (keys{1, 2}));
  machine.done(ec::internal, now);
  now += 1s;
  EXPECT_EQ(batch(), keys{1}) << "one of them may be the matter";
  machine.done(ec::internal, now);
  now += 1s;
  EXPECT_EQ(batch(), keys{2});
  done({{{2}, {1}, {1}}});
  EXPECT_EQ(batch(), keys{1});
  done({{{1}, {1}, {1}}});
  EXPECT_EQ(machine.rooms(), 0u);
}

TEST_F(Follower, TriesAScanAgain) {
  machine.view_changed(view_of({"n"}));
  EXPECT_TRUE(machine.next(now).scan);
  machine.found(ec::unavailable, now);
  EXPECT_EQ(machine.due(), now + 1s);
  EXPECT_FALSE(machine.next(now).scan);
  now += 1s;
  EXPECT_TRUE(machine.next(now).scan);
}

TEST_F(Follower, ForgetsRoomsThatAreGone) {
  grow(1, 3);
  now += 500ms;
  EXPECT_EQ(batch(), keys{1});
  done({{{1}, {}, {}, true}});
  EXPECT_EQ(machine.rooms(), 0u);
  EXPECT_EQ(machine.behind(), 0u);
  EXPECT_FALSE(machine.due());
}

TEST_F(Follower, ScansNoFurtherThanItCanRemember) {
  follower_limits small;
  small.behind = 2;
  machine = follower{{"n"}, small};
  machine.view_changed(view_of({"n"}));
  EXPECT_TRUE(machine.next(now).scan);
  found({{{1}, {"a"}, {0}, {900}}, {{2}, {"b"}, {0}, {900}}, {{3}, {"c"}, {0}, {900}}}, true);
  EXPECT_EQ(batch(), keys{1});
  done({{{1}, {500}, {900}}});
  EXPECT_FALSE(machine.next(now).scan);
}

/// Logs, cursors and what they stand for; and what rooms tell of them.
struct World {
  struct log {
    std::uint64_t entries = 0, cursor = 0;
    std::vector<int> followed;  ///< of each entry, how often
    mono_time told{};
  };
  std::map<std::uint64_t, log> logs;
};

// Two followers of the same logs, each of which is lost, with all that it knows, at any moment: nothing is left out,
// and nothing is done twice, for a cursor moves where it is found or not at all.
TEST(Followers, LeaveNothingOutAndDoNothingTwiceWhateverIsLost) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random{seed};
    const auto below = [&](std::uint64_t n) { return static_cast<std::uint64_t>(random() % n); };
    World world;
    for (std::uint64_t key = 1; key <= 6; ++key) world.logs[key] = {};
    mono_time now{1h};
    std::uint64_t version = 0;
    const auto reborn = [&] {
      follower_limits small;
      small.rooms = 3;
      small.entries = 20;
      small.first = 2;
      std::optional<follower> machine;
      machine.emplace(node_name{"n"}, small);
      machine->view_changed(view_of({"n"}, ++version));
      return machine;
    };
    std::vector<std::optional<follower>> owners{reborn(), reborn()};

    const auto append = [&] {
      auto& [key, log] = *std::next(world.logs.begin(), static_cast<std::ptrdiff_t>(below(world.logs.size())));
      log.entries += 1 + below(9);
      log.followed.resize(log.entries);
      if (now < log.told + 250ms) return;
      log.told = now;
      // Only one of them is the owner now; which one, changes.
      owners[below(2)]->grew({{key}, {log.entries}}, now);
    };
    const auto step = [&](std::optional<follower>& owner) {
      const auto next = owner->next(now);
      if (next.scan) {
        if (below(10) == 0) return owner->found(ec::unavailable, now);
        rooms_behind page;
        for (const auto& [key, log] : world.logs)
          if (key > next.scan->value && log.cursor < log.entries && page.rooms.size() < 2)
            page.rooms.push_back({{key}, {"room" + std::to_string(key)}, {log.cursor}, {log.entries}});
        page.more = page.rooms.size() == 2;
        return owner->found(page, now);
      }
      if (next.batch.empty()) return;
      // What is read; the other one may store before this one does.
      std::map<std::uint64_t, std::uint64_t> from;
      for (const auto& one : next.batch) from[one.key.value] = world.logs[one.key.value].cursor;
      const bool other_moves = below(3) == 0;
      std::vector<followed> outcome;
      const bool is_lost = below(8) == 0, fails = below(8) == 0;
      for (const auto& one : next.batch) {
        auto& log = world.logs[one.key.value];
        if (other_moves && below(2) == 0 && log.cursor < log.entries) ++log.followed[log.cursor++];
        if (!fails && log.cursor == from[one.key.value]) {
          const auto to = std::min<std::uint64_t>(log.cursor + one.entries, log.entries);
          for (auto at = log.cursor; at < to; ++at) ++log.followed[at];
          log.cursor = to;
        }
        outcome.push_back({one.key, {log.cursor}, {log.entries}});
      }
      if (is_lost)
        owner = reborn();  // it never hears what it has stored
      else if (fails)
        owner->done(below(2) == 0 ? ec::unavailable : ec::unknown_outcome, now);
      else
        owner->done(outcome, now);
    };
    for (int i = 0; i < 3000; ++i) {
      now += milliseconds{below(40)};
      if (below(2) == 0) append();
      step(owners[below(2)]);
      if (below(60) == 0) owners[below(2)] = reborn();
    }
    // Then it is quiet, and the view changes for the last time.
    for (auto& owner : owners) owner->view_changed(view_of({"n"}, ++version));
    for (int i = 0; i < 2000; ++i) {
      now += 20ms;
      for (auto& owner : owners) step(owner);
    }
    for (const auto& [key, log] : world.logs)
      for (std::uint64_t at = 0; at < log.entries; ++at)
        ASSERT_EQ(log.followed[at], 1) << "entry " << at + 1 << " of " << log.entries << " of room " << key << ", seed "
                                       << seed;
    for (const auto& owner : owners) {
      EXPECT_EQ(owner->rooms(), 0u) << seed;
      EXPECT_EQ(owner->behind(), 0u) << seed;
    }
  }
}

// One owner that is never lost, and no scan: what a room doesn't tell is found by its next reading.
TEST(Followers, FindWhatIsToldOnlyNowAndThen) {
  std::mt19937 random{7};
  follower machine{{"n"}};
  mono_time now{1h}, told{};
  std::uint64_t entries = 0, cursor = 0;
  std::vector<mono_time> stored;
  milliseconds latest{};
  for (int i = 0; i < 20'000; ++i) {
    now += milliseconds{random() % 12};
    if (random() % 50 == 0) now += milliseconds{random() % 1500};
    if (random() % 3 == 0) {
      ++entries;
      stored.push_back(now);
      if (now >= told + 250ms) {
        told = now;
        machine.grew({{1}, {entries}}, now);
      }
    }
    while (machine.due() && *machine.due() <= now) {
      const auto when = *machine.due();
      const auto step = machine.next(when);
      ASSERT_EQ(step.batch.size(), 1u);
      // It reads what was stored by the time when it was due.
      auto upto = cursor;
      while (upto < entries && stored[upto] <= when && upto < cursor + step.batch[0].entries) ++upto;
      for (auto at = cursor; at < upto; ++at)
        latest = std::max(latest, std::chrono::duration_cast<milliseconds>(when - stored[at]));
      cursor = upto;
      std::uint64_t head = cursor;
      while (head < entries && stored[head] <= when) ++head;
      machine.done(std::vector<followed>{{{1}, {cursor}, {head}}}, when);
    }
  }
  now += 2s;
  while (machine.due()) {
    const auto when = *machine.due();
    const auto step = machine.next(when);
    cursor = std::min<std::uint64_t>(entries, cursor + step.batch.at(0).entries);
    machine.done(std::vector<followed>{{{1}, {cursor}, {entries}}}, when);
  }
  EXPECT_EQ(cursor, entries);
  EXPECT_LE(latest, 510ms) << "within a second, with time to spare";
}

}  // namespace
}  // namespace greenroom::core
