#include "core/page.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::core {
namespace {

room_entry entry(std::uint64_t seq, std::string text) {
  return {.seq = {seq}, .author = {"ann"}, .text = std::move(text)};
}

std::vector<std::uint64_t> seqs(const std::vector<room_entry>& entries) {
  std::vector<std::uint64_t> out;
  for (const auto& one : entries) out.push_back(one.seq.value);
  return out;
}

std::vector<std::uint64_t> page(page_builder::direction read, std::size_t entries, std::size_t bytes, bool& cut) {
  page_builder subject(read, bytes);
  for (std::size_t i = 1; i <= entries; ++i) subject.add(entry(i, std::string(100, 'x')));
  cut = subject.cut();
  return seqs(subject.take());
}

using enum page_builder::direction;

TEST(Page, EndsWhereItsBytesDo) {
  const auto one = page_weight(entry(1, std::string(100, 'x')));
  bool cut = false;
  EXPECT_EQ(page(forward, 5, 3 * one, cut), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_TRUE(cut);
  EXPECT_EQ(page(backward, 5, 3 * one, cut), (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_TRUE(cut);
  EXPECT_EQ(page(forward, 5, 5 * one, cut).size(), 5u);
  EXPECT_FALSE(cut);
  EXPECT_EQ(page(backward, 5, 5 * one, cut).size(), 5u);
  EXPECT_FALSE(cut);
}

TEST(Page, HasAlwaysOneEntry) {
  bool cut = false;
  EXPECT_EQ(page(forward, 3, 1, cut), (std::vector<std::uint64_t>{1}));
  EXPECT_TRUE(cut);
  EXPECT_EQ(page(backward, 3, 1, cut), (std::vector<std::uint64_t>{3}));
  EXPECT_TRUE(cut);
  EXPECT_TRUE(page(backward, 0, 1, cut).empty());
  EXPECT_FALSE(cut);
}

TEST(Page, LeavesNoHoleWhereASmallEntryFollowsOneThatDoesNotFit) {
  page_builder subject(forward, 500);
  subject.add(entry(1, "x"));
  subject.add(entry(2, std::string(1000, 'x')));
  subject.add(entry(3, "x"));
  EXPECT_EQ(seqs(subject.take()), (std::vector<std::uint64_t>{1}));
}

TEST(Page, CountsWhatHoldsOfAMessageAndKeepsItWithTheMessage) {
  const auto with_reactions = [](std::uint64_t seq) {
    message_state state{.seq = {seq}};
    for (int n = 0; n < 20; ++n) state.reactions.push_back({std::string(32, 'x'), 1, false});
    return state;
  };
  const auto one = page_weight(entry(1, "x")) + page_weight(with_reactions(1));
  for (const auto read : {forward, backward}) {
    page_builder subject(read, 2 * one);
    for (std::uint64_t seq = 1; seq <= 4; ++seq) subject.add(entry(seq, "x"), with_reactions(seq));
    const std::vector<std::uint64_t> kept =
        read == forward ? std::vector<std::uint64_t>{1, 2} : std::vector<std::uint64_t>{3, 4};
    EXPECT_TRUE(subject.cut());
    EXPECT_EQ(seqs(subject.take()), kept);
    const auto states = subject.take_states();
    ASSERT_EQ(states.size(), 2u);
    EXPECT_EQ(states[0].seq.value, kept[0]);
    EXPECT_EQ(states[1].seq.value, kept[1]);
  }
  page_builder plain(forward);
  plain.add(entry(1, "x"));
  EXPECT_TRUE(plain.take_states().empty());
}

TEST(Page, CountsWhatIsWrittenInPlaceOfACharacter) {
  const auto plain = page_weight(entry(1, "xxxx"));
  EXPECT_EQ(page_weight(entry(1, "x\"\\\n")), plain + 3);
  EXPECT_EQ(page_weight(entry(1, "x\x01\x02\x1f")), plain + 15);
  EXPECT_EQ(page_weight(entry(1, "\xc3\xa4\xc3\xa4")), plain);
}

// What an act is about stands in its sentence, too. test/protocol/entry_test.cpp compares all with what is written.
TEST(Page, CountsASentenceOfAnAct) {
  const auto weight = [](entry_kind kind, std::string text, std::string subject, std::string extra) {
    auto one = entry(1, std::move(text));
    one.kind = kind;
    one.subject.value = std::move(subject);
    one.extra = extra;
    return page_weight(one);
  };
  using enum entry_kind;
  const auto act = weight(ban, "", "", "");
  EXPECT_EQ(weight(ban, "\n\n", "", ""), act + 8);
  EXPECT_EQ(weight(ban, "", "bob", ""), act + 6);
  EXPECT_EQ(weight(settings, "", "", R"({"n":1})"), act + 14);
  const auto words = weight(notice, "", "", "");
  EXPECT_LT(words, act);
  EXPECT_EQ(weight(notice, "\n\n", "", ""), words + 4);
}

TEST(Page, EndsAListOfMentionsWhereItIsTooLong) {
  mention_list list;
  for (std::uint64_t seq = 1; seq <= 200; ++seq)
    list.mentions.push_back({{"hall"}, {1}, entry(seq, std::string(4096, 'x'))});
  cut_to_fit(list);
  EXPECT_TRUE(list.more);
  EXPECT_GT(list.mentions.size(), 50u);
  EXPECT_LT(list.mentions.size(), 64u);
  list.more = false;
  cut_to_fit(list);
  EXPECT_FALSE(list.more) << "it fits";
}

}  // namespace
}  // namespace greenroom::core
