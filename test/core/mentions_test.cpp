#include "core/mentions.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/notices.hpp"

namespace greenroom::core {
namespace {

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& name : mentioned_in(text)) out.push_back(name.value);
  return out;
}
using names = std::vector<std::string>;

TEST(Mentions, BeginAtTheStartOfAWord) {
  EXPECT_EQ(names_in("@bob"), names{"bob"});
  EXPECT_EQ(names_in("hello @Bob, and (@carl): @dora!"), (names{"Bob", "carl", "dora"}));
  EXPECT_EQ(names_in("line\n@bob"), names{"bob"});
  EXPECT_EQ(names_in("\u4f60\u597d@bob"), names{"bob"}) << "some scripts have no spaces";
  for (const auto* const text : {"x@bob", "7@bob", "_@bob", "-@bob", ".@bob", "@@bob", "ada@bob.example"})
    EXPECT_EQ(names_in(text), names{}) << text;
}

TEST(Mentions, AreAsLongAsANameMayBe) {
  EXPECT_EQ(names_in("@bob.smith"), names{"bob"});
  EXPECT_EQ(names_in("@bob-2_x"), names{"bob-2_x"});
  EXPECT_EQ(names_in("@bob\u00e9"), names{"bob"});
  EXPECT_EQ(names_in("@7up @ @-x @_y @"), names{}) << "no name begins so";
  const std::string longest(32, 'a');
  EXPECT_EQ(names_in("@" + longest), names{longest});
  EXPECT_EQ(names_in("@" + longest + "a"), names{});
}

TEST(Mentions, AreEachPersonOnceAndTwentyAtMost) {
  EXPECT_EQ(names_in("@bob @BOB @bob"), names{"bob"});
  std::string text;
  for (char c = 'a'; c < 'a' + 25; ++c) text += std::string("@") + c + " ";
  EXPECT_EQ(names_in(text).size(), max_mentions);
  EXPECT_EQ(names_in(text).back(), "t");
}

followed_entry said(std::uint64_t seq, std::string text, entry_kind kind = entry_kind::text, std::uint64_t target = 0) {
  return {{seq}, {"ann"}, wall_time{milliseconds{static_cast<long long>(seq)}}, kind, {target}, std::move(text)};
}

TEST(Notices, AreOfTheFirstEntryOfAMessageThatMentionsSomebody) {
  followed_log log{{7}, {"hall"}, {99}, {10}, {20}, {30}};
  log.entries = {said(11, "@bob"), said(12, "@bob @carl", entry_kind::edit, 11), said(13, "none, a@b"),
                 said(14, "@ROOM", entry_kind::notice), said(15, "@bob", entry_kind::edit, 11)};
  log.said = {{{"ann"}, {14}, 9}};
  log.texts = 10;
  const auto out = notices_of({log});
  ASSERT_EQ(out.steps.size(), 1u);
  EXPECT_EQ(out.steps[0].from, seq_no{10});
  EXPECT_EQ(out.steps[0].to, seq_no{20});
  EXPECT_EQ(out.steps[0].generation, generation_id{99});
  ASSERT_EQ(out.mentions.size(), 3u);
  EXPECT_EQ(out.mentions[0].people, (std::vector<user_id>{{"bob"}}));
  EXPECT_EQ(out.mentions[0].message, seq_no{11});
  EXPECT_FALSE(out.mentions[0].everybody);
  EXPECT_EQ(out.mentions[1].people, (std::vector<user_id>{{"carl"}}));
  EXPECT_EQ(out.mentions[1].message, seq_no{11});
  EXPECT_EQ(out.mentions[1].seq, seq_no{12});
  EXPECT_TRUE(out.mentions[2].everybody);
  EXPECT_EQ(out.steps[0].texts, 10u);
  ASSERT_EQ(out.said.size(), 1u);
  EXPECT_EQ(out.said[0].second.seq, seq_no{14});
  EXPECT_EQ(out.said[0].second.texts, 9u);
}

TEST(Notices, AreTakenBackByAnErase) {
  followed_log log{{7}, {"hall"}, {99}, {}, {2}, {2}};
  log.entries = {said(2, "", entry_kind::erase, 1)};
  const auto out = notices_of({log});
  EXPECT_EQ(out.erased, (std::vector<std::pair<room_key, seq_no>>{{{7}, {1}}}));
  EXPECT_TRUE(out.mentions.empty());
}

TEST(Notices, AreNoneWhereNothingWasRead) {
  EXPECT_TRUE(notices_of({{{7}, {"hall"}, {99}, {5}, {5}, {5}}}).steps.empty());
}

}  // namespace
}  // namespace greenroom::core
