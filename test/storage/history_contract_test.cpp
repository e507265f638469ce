#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

using seqs = std::vector<std::uint64_t>;

/// History by kinds, between bounds, and by time.
class StoredHistory : public chat_database {
 public:
  /// Appends an entry of this kind at that time.
  void add(core::room_opened& room, entry_kind kind, long long when, const std::string& text = "words") {
    auto one = entry(room.head.value + 1, "ann", text);
    one.kind = kind;
    one.at = at(when);
    ASSERT_EQ(append({to(room, {one})}).at(0).what, outcome::stored);
    ++room.head;
  }
  core::history_page read(core::read_history request) {
    request.room = {"hall"};
    request.viewer = {"ann"};
    auto page = stores.rooms->read_history(request);
    EXPECT_TRUE(page) << page.why().text();
    return page ? *std::move(page) : core::history_page{};
  }
  static seqs numbers(const core::history_page& page) {
    seqs out;
    for (const auto& one : page.entries) out.push_back(one.seq.value);
    return out;
  }
  std::uint64_t place(long long when) {
    const auto found = stores.rooms->find_time({{"hall"}, {"ann"}, at(when)});
    EXPECT_TRUE(found) << found.why().text();
    return found ? found->seq.value : 0;
  }
  texts recent(const std::string& viewer, std::vector<core::room_id> rooms, long long after, long long before,
               std::uint32_t limit, bool newest = false) {
    const auto found = stores.rooms->list_recent({{viewer}, std::move(rooms), at(after), at(before), limit, newest});
    EXPECT_TRUE(found) << found.why().text();
    texts out;
    for (const auto& one : found->rooms)
      out.push_back(one.room.value + " " + std::to_string(one.at.time_since_epoch().count()));
    return out;
  }
};
GREENROOM_ON_EACH_DATABASE(StoredHistory);

TEST_P(StoredHistory, IsReadBetweenTwoBoundsFromEitherOfThem) {
  const auto generation = create("hall", "ann").generation;
  fill("hall", 9);
  core::read_history between{.before = {8}, .after = {2}, .limit = 3};
  auto page = read(between);
  EXPECT_EQ(numbers(page), (seqs{3, 4, 5}));
  EXPECT_TRUE(page.more);
  EXPECT_EQ(page.generation, generation);
  between.newest = true;
  page = read(between);
  EXPECT_EQ(numbers(page), (seqs{5, 6, 7}));
  EXPECT_TRUE(page.more);
  between.limit = 5;
  page = read(between);
  EXPECT_EQ(numbers(page), (seqs{3, 4, 5, 6, 7}));
  EXPECT_FALSE(page.more) << "beyond the other bound is nothing of it";
  EXPECT_EQ(page.as_of.value, 9u);
  EXPECT_EQ(numbers(read({.before = {3}, .after = {2}})), seqs{});
  EXPECT_EQ(numbers(read({.before = {2}, .after = {7}})), seqs{});
  EXPECT_EQ(numbers(read({.after = {7}, .limit = 5, .newest = true})), (seqs{8, 9}));
  EXPECT_EQ(numbers(read({.after = {70}, .limit = 5, .newest = true})), seqs{});
  EXPECT_EQ(numbers(read({.before = {4}, .limit = 2, .from_start = true})), (seqs{1, 2}));
}

TEST_P(StoredHistory, TellsTheLogThatItIsOf) {
  const auto generation = create("hall", "ann").generation;
  EXPECT_EQ(read({.limit = 5}).generation, generation) << "an empty one too";
  fill("hall", 2);
  EXPECT_EQ(read({.limit = 5}).generation, generation);
  EXPECT_EQ(read({.after = {1}, .limit = 5}).generation, generation);
}

TEST_P(StoredHistory, IsFullThoughKindsAreLeftOut) {
  create("hall", "ann");
  auto room = open("hall");
  for (int n = 0; n < 12; ++n) add(room, n % 3 == 0 ? entry_kind::text : entry_kind::notice, n);
  const auto notices = core::kind_set::of({entry_kind::notice, entry_kind::ban});
  auto page = read({.limit = 3, .without = notices});
  EXPECT_EQ(numbers(page), (seqs{4, 7, 10}));
  EXPECT_TRUE(page.more);
  page = read({.limit = 4, .without = notices});
  EXPECT_EQ(numbers(page), (seqs{1, 4, 7, 10}));
  EXPECT_FALSE(page.more) << "there is nothing but what is left out";
  page = read({.limit = 2, .from_start = true, .without = notices});
  EXPECT_EQ(numbers(page), (seqs{1, 4}));
  EXPECT_TRUE(page.more);
  EXPECT_EQ(numbers(read({.before = {5}, .limit = 9, .without = notices})), (seqs{1, 4}));
  page = read({.after = {10}, .limit = 9, .without = notices});
  EXPECT_EQ(numbers(page), seqs{});
  EXPECT_FALSE(page.more);
  EXPECT_EQ(page.as_of.value, 12u);
}

TEST_P(StoredHistory, KeepsEditsFoldedInThoughTheyAreLeftOut) {
  create("hall", "ann");
  auto room = open("hall");
  add(room, entry_kind::text, 1);
  const core::act_effect effect{.what = {}, .edit_window_s = 86'400};
  ASSERT_EQ(perform(room, {entry_kind::edit, "ann", {}, effect, "better", 1}).what, outcome::stored);
  const auto page = read({.limit = 5, .without = core::kind_set::of({entry_kind::edit})});
  ASSERT_EQ(numbers(page), seqs{1});
  EXPECT_EQ(page.entries[0].text, "better");
  EXPECT_EQ(page.states.size(), 1u);
}

TEST_P(StoredHistory, IsAsANaiveReaderFindsIt) {
  create("hall", "ann");
  auto room = open("hall");
  std::mt19937 random(7);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const std::vector<entry_kind> kinds{entry_kind::text, entry_kind::notice, entry_kind::action};
  std::vector<entry_kind> log;
  for (int n = 0; n < 60; ++n) {
    log.push_back(kinds[below(3)]);
    add(room, log.back(), n);
  }
  for (int n = 0; n < 150; ++n) {
    core::read_history asked;
    asked.before = {below(2) * below(65)};
    asked.after = {below(2) * below(65)};
    asked.limit = static_cast<std::uint32_t>(1 + below(20));
    asked.newest = below(2) == 0;
    asked.from_start = !asked.after && below(2) == 0;
    if (below(3) != 0) asked.without = core::kind_set::of({kinds[below(3)], kinds[below(3)]});
    seqs wanted;
    for (std::uint64_t seq = 1; seq <= log.size(); ++seq)
      if (seq > asked.after.value && (!asked.before || seq < asked.before.value) && !asked.without.has(log[seq - 1]))
        wanted.push_back(seq);
    const bool more = wanted.size() > asked.limit;
    const bool forward = (asked.after || asked.from_start) && !asked.newest;
    if (more && forward) wanted.resize(asked.limit);
    if (more && !forward) wanted.erase(wanted.begin(), wanted.end() - asked.limit);
    const auto page = read(asked);
    EXPECT_EQ(numbers(page), wanted) << asked.before.value << " " << asked.after.value << " " << asked.limit;
    EXPECT_EQ(page.more, more);
  }
}

TEST_P(StoredHistory, IsShutToWhomTheRoomIsShut) {
  create("hall", "ann", access::secret, {});
  fill("hall", 3);
  const auto left = core::kind_set::of({entry_kind::tag});
  EXPECT_EQ(stores.rooms->read_history({.room = {"hall"}, .viewer = {"eve"}, .without = left}).code(),
            core::ec::not_found);
  EXPECT_EQ(stores.rooms->find_time({{"hall"}, {"eve"}, at(2)}).code(), core::ec::not_found);
  EXPECT_EQ(stores.rooms->find_time({{"none"}, {"ann"}, at(2)}).code(), core::ec::not_found);
  EXPECT_EQ(recent("eve", {{"hall"}}, 0, 100, 9), texts{});
}

TEST_P(StoredHistory, TimesHaveTheirPlaces) {
  const auto generation = create("hall", "ann").generation;
  EXPECT_EQ(place(5), 0u) << "an empty room";
  auto room = open("hall");
  const std::vector<long long> times{10, 10, 20, 30, 30, 30, 31};
  for (const auto when : times) add(room, entry_kind::text, when);
  for (long long when = 0; when < 40; ++when) {
    const auto until = std::upper_bound(times.begin(), times.end(), when) - times.begin();
    EXPECT_EQ(place(when), static_cast<std::uint64_t>(until)) << when;
  }
  EXPECT_EQ(place(end_of_time), 7u);
  EXPECT_EQ(stores.rooms->find_time({{"HALL"}, {"ann"}, at(20)})->generation, generation);
}

TEST_P(StoredHistory, RoomsAreFoundByTheirNewestWords) {
  for (const auto* const name : {"one", "two", "three", "other", "silent"}) create(name, "bob");
  create("hidden", "bob", access::secret);
  create("mine", "ann");
  long long when = 10;
  for (const auto* const name : {"three", "one", "hidden", "other", "two", "mine"}) {
    auto room = open(name);
    add(room, entry_kind::text, when);
    ASSERT_EQ(perform(room, {entry_kind::mute, "bob", "carl"}).what, outcome::stored) << "no words";
    when += 10;
  }
  const std::vector<core::room_id> named{{"one"}, {"TWO"}, {"three"}, {"hidden"}, {"silent"}, {"none"}, {"mine"}};
  EXPECT_EQ(recent("ann", named, 0, 1000, 9), (texts{"three 10", "one 20", "two 50", "mine 60"}));
  EXPECT_EQ(recent("ann", {}, 0, 1000, 9), texts{"mine 60"});
  EXPECT_EQ(recent("ann", named, 10, 60, 9), (texts{"one 20", "two 50"})) << "both exclusive";
  EXPECT_EQ(recent("ann", named, 0, 1000, 2), (texts{"three 10", "one 20"}));
  EXPECT_EQ(recent("ann", named, 0, 1000, 2, true), (texts{"two 50", "mine 60"}));
}

TEST_P(StoredHistory, RecentRoomsAreDirectOnesButNoGroups) {
  for (const auto* const one : {"bob", "carl"})
    ASSERT_TRUE(stores.rooms->change_settings({{one}, {core::direct_setting::everyone}}));
  const auto direct = stores.rooms->open_direct({{"ann"}, {{"bob"}}, {"@ann,bob"}}, at(1));
  ASSERT_TRUE(direct) << direct.why().text();
  auto room = open("@ann,bob");
  add(room, entry_kind::text, 10);
  const auto group = stores.rooms->open_direct({{"ann"}, {{"bob"}, {"carl"}}, {"@@0123456789abcdef"}}, at(1));
  ASSERT_TRUE(group) << group.why().text();
  auto other = open("@@0123456789abcdef");
  add(other, entry_kind::text, 20);
  EXPECT_EQ(recent("ann", {}, 0, 1000, 9), texts{"@ann,bob 10"});
}

}  // namespace
}  // namespace greenroom::test
