#include <random>
#include <string>
#include <vector>

#include "core/folding.hpp"
#include "core/page.hpp"
#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

/// Pages of history: what later entries made of the messages in them.
class Pages : public chat_database {
 public:
  /// Ann's hall with three words of bob's, and its neighbour, in which the same numbers were acted on.
  void SetUp() override {
    chat_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (auto* const room : {&hall, &other}) {
      const std::string name = room == &hall ? "hall" : "other";
      create(name, "ann", access::open, {{"bob"}});
      *room = open(name);
      for (const auto* const words : {"one", "two", "three"}) say(*room, "bob", words);
    }
    for (const std::uint64_t target : {1, 2, 3}) {
      act(other, entry_kind::react, "carl", target, "X");
      act(other, entry_kind::pin, "ann", target);
      act(other, entry_kind::edit, "bob", target, "elsewhere");
    }
  }

  void say(core::room_opened& in, const std::string& by, const std::string& text) {
    ASSERT_EQ(append({to(in, {entry(in.head.value + 1, by, text)})}).at(0).what, outcome::stored);
    ++in.head;
  }
  outcome act(core::room_opened& in, entry_kind kind, const std::string& by, std::uint64_t target,
              const std::string& text = {}) {
    const core::act_effect effect{.what = {}, .anybodys = true, .edit_window_s = 86'400};
    return perform(in, {kind, by, {}, effect, text, target}).what;
  }
  outcome act(entry_kind kind, const std::string& by, std::uint64_t target, const std::string& text = {}) {
    return act(hall, kind, by, target, text);
  }
  core::history_page read(core::read_history request) {
    request.room = {"hall"};
    const auto page = stores.rooms->read_history(request);
    EXPECT_TRUE(page) << page.why().text();
    return page ? *page : core::history_page{};
  }
  core::history_page read(const std::string& viewer) { return read({{}, {viewer}, {}, {}, 100}); }

  core::room_opened hall, other;
};
GREENROOM_ON_EACH_DATABASE(Pages);

TEST_P(Pages, HaveNothingBesideTheEntriesWhereNothingWasDone) {
  const auto page = read("bob");
  EXPECT_EQ(page.entries.size(), 3u);
  EXPECT_TRUE(page.states.empty());
}

TEST_P(Pages, HaveTheNewestText) {
  act(entry_kind::edit, "bob", 1, "first");
  act(entry_kind::edit, "bob", 1, "at first");
  act(entry_kind::edit, "bob", 3, "third");
  const auto page = read("ann");
  ASSERT_EQ(page.entries.size(), 6u);
  EXPECT_EQ(page.entries[0].text, "at first");
  EXPECT_EQ(page.entries[1].text, "two");
  EXPECT_EQ(page.entries[2].text, "third");
  EXPECT_EQ(page.entries[3].text, "first") << "an edit stands as it is";
  ASSERT_EQ(page.states.size(), 2u);
  EXPECT_EQ(page.states[0], (core::message_state{{1}, {5}, at(5), {}, false}));
  EXPECT_EQ(page.states[1], (core::message_state{{3}, {6}, at(6), {}, false}));
  EXPECT_EQ(page.as_of.value, 6u);
}

TEST_P(Pages, CountReactionsInTheOrderOfTheirBytes) {
  for (const auto* const mark : {"\xf0\x9f\x8e\x89", "\xef\xb9\x97", "a", "B"}) act(entry_kind::react, "carl", 2, mark);
  act(entry_kind::react, "ann", 2, "a");
  act(entry_kind::react, "bob", 2, "B");
  act(entry_kind::unreact, "carl", 2, "B");
  const std::vector<core::reaction> all{
      {"B", 1, false}, {"a", 2, true}, {"\xef\xb9\x97", 1, false}, {"\xf0\x9f\x8e\x89", 1, false}};
  const auto page = read("ANN");
  ASSERT_EQ(page.states.size(), 1u);
  EXPECT_EQ(page.states[0].seq.value, 2u);
  EXPECT_EQ(page.states[0].reactions, all);
  EXPECT_FALSE(read("stranger").states[0].reactions[1].mine);
}

TEST_P(Pages, SayWhatIsPinned) {
  act(entry_kind::pin, "ann", 1);
  act(entry_kind::pin, "ann", 3);
  act(entry_kind::unpin, "ann", 1);
  const auto page = read("bob");
  ASSERT_EQ(page.states.size(), 1u);
  EXPECT_EQ(page.states[0], (core::message_state{{3}, {}, {}, {}, true}));
}

TEST_P(Pages, ListThePinnedMessagesTheNewestPinFirst) {
  const auto pins = [&](const std::string& viewer) { return *stores.rooms->list_pins({{"hall"}, {viewer}}); };
  EXPECT_TRUE(pins("bob").entries.empty());
  EXPECT_EQ(pins("bob").as_of.value, 3u);
  act(entry_kind::pin, "ann", 3);
  act(entry_kind::pin, "ann", 1);
  act(entry_kind::edit, "bob", 1, "first");
  act(entry_kind::edit, "bob", 1, "at first");
  act(entry_kind::react, "carl", 3, "a");
  act(entry_kind::react, "bob", 2, "a");
  const auto list = pins("carl");
  ASSERT_EQ(list.entries.size(), 2u);
  EXPECT_EQ(list.entries[0].seq.value, 1u);
  EXPECT_EQ(list.entries[0].text, "at first");
  EXPECT_EQ(list.entries[0].author.value, "bob");
  EXPECT_EQ(list.entries[1].text, "three");
  EXPECT_EQ(list.states,
            (std::vector<core::message_state>{{{1}, {7}, at(7), {}, true}, {{3}, {}, {}, {{"a", 1, true}}, true}}));
  EXPECT_EQ(list.as_of.value, 9u);
  EXPECT_FALSE(list.more);
  act(entry_kind::unpin, "ann", 1);
  ASSERT_EQ(pins("bob").entries.size(), 1u);
  EXPECT_FALSE(pins("bob").states[0].reactions[0].mine);
  act(entry_kind::erase, "ann", 3);
  EXPECT_TRUE(pins("bob").entries.empty());
  EXPECT_EQ(stores.rooms->list_pins({{"nowhere"}, {"bob"}}).code(), core::ec::not_found);
}

TEST_P(Pages, HaveOfAnErasedMessageNothing) {
  act(entry_kind::edit, "bob", 1, "secret");
  act(entry_kind::react, "ann", 1, "a");
  act(entry_kind::pin, "ann", 1);
  ASSERT_EQ(act(entry_kind::erase, "ann", 1), outcome::stored);
  const auto page = read("bob");
  EXPECT_TRUE(page.states.empty());
  for (const auto seq : {1u, 4u}) {
    EXPECT_EQ(page.entries[seq - 1].kind, entry_kind::erased);
    EXPECT_EQ(page.entries[seq - 1].text, "");
  }
}

TEST_P(Pages, AreShutToWhomTheRoomIsShut) {
  act(entry_kind::react, "carl", 1, "a");
  ASSERT_EQ(perform(hall, {entry_kind::ban, "ann", "carl", {.what = {.until = at(end_of_time)}}}).what,
            outcome::stored);
  EXPECT_EQ(stores.rooms->read_history({{"hall"}, {"carl"}, {}, {}, 10}).code(), core::ec::banned);
}

TEST_P(Pages, EndWhereTheirBytesDoWithWhatIsFoldedIn) {
  for (const std::uint64_t seq : {1, 2, 3}) act(entry_kind::edit, "bob", seq, std::string(4096, '\x02'));
  for (int n = 0; n < 18; ++n) say(hall, "bob", std::string(4096, '\x02'));
  const auto first = read({{}, {"bob"}, {}, {}, 24, true});
  EXPECT_TRUE(first.more);
  EXPECT_LT(first.entries.size(), 11u) << "24 KiB each: the edited ones and their edits too";
  const auto last = read({{}, {"bob"}, {}, {}, 24});
  EXPECT_TRUE(last.more);
  EXPECT_TRUE(last.states.empty()) << "the oldest are left out, with what holds of them";
}

// Every page, of any part of the log, is what folding says of all of it.
TEST_P(Pages, AreWhatFoldingMakesOfTheLog) {
  std::mt19937 random(5);
  const auto chance = [&](std::uint64_t below) { return random() % below; };
  const std::vector<std::string> people{"ann", "bob", "carl"}, marks{"a", "b", "c"};
  for (int n = 0; n < 150; ++n) {
    const auto& by = people[chance(3)];
    const auto target = 1 + chance(hall.head.value);
    const auto kind = static_cast<entry_kind>(chance(8));
    if (kind == entry_kind::text || kind == entry_kind::erased)
      say(hall, by, "said " + std::to_string(n));
    else if (kind != entry_kind::erase || chance(4) == 0)
      act(kind, by, target, kind == entry_kind::edit ? "edit " + std::to_string(n) : marks[chance(3)]);
  }
  core::folding folding({"carl"});
  const auto log = *stores.journal->read(hall.key, {}, 1000);
  for (const auto& each : log) folding.hear(each);
  for (std::uint64_t low = 0; low < log.size(); low += 7) {
    const auto forward = read({{}, {"carl"}, {}, {low}, 10, low == 0});
    const auto backward = read({{}, {"carl"}, {low + 1}, {}, 10});
    for (const auto& page : {forward, backward}) {
      EXPECT_EQ(page.as_of.value, log.size());
      auto state = page.states.begin();
      for (const auto& each : page.entries) {
        const auto message = folding.find(each.seq);
        EXPECT_EQ(each.text, message ? message->entry.text : log[each.seq.value - 1].text) << each.seq.value;
        if (!message || !core::is_changed(message->state)) continue;
        ASSERT_NE(state, page.states.end()) << each.seq.value;
        EXPECT_EQ(*state++, message->state) << each.seq.value;
      }
      EXPECT_EQ(state, page.states.end());
    }
  }
}

}  // namespace
}  // namespace greenroom::test
