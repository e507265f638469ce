#include <gtest/gtest.h>

#include "core/room.hpp"

/// What a room does with acts on messages, and with answers to them.
namespace greenroom::core {
namespace {

using kind = append_result::kind;
using enum entry_kind;

constexpr connection_id anns{1}, bobs{2};
constexpr asker_id asker{5};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

room_entry said(std::uint64_t seq, entry_kind what = text) {
  return {.seq = {seq}, .author = {"bob"}, .text = "hello", .kind = what};
}
room_opened hall(std::vector<room_entry> tail = {}, std::uint64_t head = 0) {
  room_opened out{{"hall"}, {1}, {7}, {99}, {head == 0 ? tail.size() : head}, std::move(tail)};
  out.owner = {"ann"};
  return out;
}
perform_act asking(std::string by, entry_kind what, std::uint64_t target, std::string id = {}) {
  auto more = std::make_shared<act>();
  more->target = {target};
  return {{"hall"}, {std::move(by)}, {.client_id = std::move(id), .text = "x", .kind = what, .act = more}};
}
post_batch answers(std::uint64_t target, std::string id = {}) {
  return {{"bob"}, bobs, {{.ticket = 9, .client_id = std::move(id), .text = "yes", .target = {target}}}};
}
append_result answer(kind what, ec why = ec::internal) { return {what, {}, why}; }
ec told(const room_effects& out) { return out.performed.at(0).second.code(); }

struct MessageActs : ::testing::Test {
  room subject{hall({said(1), said(2, mute), said(3, erased)}), {}};

  void set(room_settings settings) {
    auto opened = hall({said(1)});
    opened.settings = std::move(settings);
    opened.mutes = {{{"mute"}, {"ann"}, "noise"}};
    subject = room(std::move(opened), {});
  }
};

TEST_F(MessageActs, AskTheDatabaseWhatItAloneKnows) {
  for (const auto what : {edit, react, unreact, pin, unpin}) {
    const auto out = subject.perform(asker, asking("ann", what, 1), at(0));
    ASSERT_EQ(out.append.size(), 1u) << static_cast<int>(what);
    EXPECT_EQ(out.append[0].target, seq_no{1});
    ASSERT_TRUE(out.effect);
    EXPECT_EQ(out.effect->what.target, seq_no{1});
    EXPECT_FALSE(out.effect->anybodys);
    EXPECT_EQ(told(subject.appended(answer(kind::refused, ec::limit_reached), at(0))), ec::limit_reached);
  }
  EXPECT_EQ(subject.perform(asker, asking("bob", pin, 1), at(0)).performed.at(0).second.code(), ec::forbidden);
}

TEST_F(MessageActs, OfNoMessageAreRefusedAtOnce) {
  for (const auto what : {edit, erase, react, unreact, pin, unpin})
    for (const std::uint64_t target : {0u, 4u})
      EXPECT_EQ(told(subject.perform(asker, asking("ann", what, target), at(0))), ec::not_found);
}

TEST_F(MessageActs, EditForAsLongAsTheRoomAllows) {
  EXPECT_EQ(subject.perform(asker, asking("bob", edit, 1), at(0)).effect->edit_window_s, 86'400u);
  set({.edit_window_s = 60});
  EXPECT_EQ(subject.perform(asker, asking("bob", edit, 1), at(0)).effect->edit_window_s, 60u);
  const auto late = subject.appended(answer(kind::refused, ec::forbidden), at(0));
  EXPECT_NE(late.performed.at(0).second.why().detail.find("edit_window"), std::string::npos);
  set({.edit_window_s = 0});
  for (const auto* who : {"bob", "ann"})
    EXPECT_EQ(told(subject.perform(asker, asking(who, edit, 1), at(0))), ec::forbidden) << "it binds everybody";
}

TEST_F(MessageActs, AreForThoseWhoMayWrite) {
  set({.post = room_posting::moderators});
  for (const auto what : {edit, react, unreact})
    EXPECT_EQ(told(subject.perform(asker, asking("bob", what, 1), at(0))), ec::read_only);
  set({});
  for (const auto what : {edit, react, unreact}) {
    const auto out = subject.perform(asker, asking("mute", what, 1), at(0));
    EXPECT_EQ(told(out), ec::muted);
    ASSERT_TRUE(out.performed[0].second.why().because);
    EXPECT_EQ(out.performed[0].second.why().because->by, user_id{"ann"});
  }
  set({.access = room_access::secret});
  auto as_admin = asking("root", react, 1);
  as_admin.as_admin = true;
  const auto hidden = subject.perform(asker, as_admin, at(0));
  EXPECT_EQ(told(hidden), ec::not_found) << "an admin writes as anybody";
  EXPECT_EQ(hidden.performed[0].second.why().detail, "") << "which is what a missing room says";
  as_admin.what.kind = pin;
  EXPECT_EQ(subject.perform(asker, as_admin, at(0)).append.size(), 1u);
}

TEST_F(MessageActs, ThatChangeNothingAreNoEntries) {
  (void)subject.perform(asker, asking("bob", react, 1), at(0));
  const auto out = subject.appended(answer(kind::unchanged), at(0));
  EXPECT_TRUE(out.publish.empty());
  ASSERT_EQ(told(out), ec::none);
  EXPECT_EQ(out.performed[0].second->entry.seq, seq_no{});
}

TEST_F(MessageActs, EmptyTheEditsOfAnErasedMessageForThoseWhoComeBack) {
  (void)subject.perform(asker, asking("bob", edit, 1), at(0));
  (void)subject.appended(answer(kind::stored), at(0));
  (void)subject.perform(asker, asking("ann", erase, 1), at(1));
  (void)subject.appended(answer(kind::stored), at(1));
  const auto back = subject.join({1}, {anns, {"ann"}, {true, {0}, {99}, 0}}, at(2));
  ASSERT_EQ(back.joined.size(), 1u);
  const auto& missed = back.joined[0].second.missed;
  ASSERT_EQ(missed.size(), 5u);
  EXPECT_EQ(missed[0].kind, erased);
  EXPECT_EQ(missed[3].kind, erased) << "the edit";
  EXPECT_TRUE(missed[3].text.empty());
  EXPECT_EQ(missed[3].target, seq_no{5});
}

TEST_F(MessageActs, AnswersToWhatIsKnownHereGoWithOtherPosts) {
  (void)subject.post({{"bob"}, bobs, {{.ticket = 8, .text = "one"}}}, at(0));
  auto batch = answers(1);
  batch.posts.push_back({.ticket = 10, .text = "two"});
  (void)subject.post(batch, at(0));
  const auto out = subject.appended(answer(kind::stored), at(0));
  ASSERT_EQ(out.append.size(), 2u);
  EXPECT_FALSE(out.effect);
  EXPECT_EQ(out.append[0].target, seq_no{1});
  EXPECT_EQ(out.append[0].kind, text);
  EXPECT_EQ(subject.appended(answer(kind::stored), at(0)).publish.at(0).target, seq_no{1});
}

TEST_F(MessageActs, AnswersToNoMessageAreRefused) {
  for (const auto& [target, why] : {std::pair{2, ec::not_found}, {3, ec::gone}, {4, ec::not_found}}) {
    const auto out = subject.post(answers(static_cast<std::uint64_t>(target)), at(0));
    ASSERT_EQ(out.answers.size(), 1u);
    EXPECT_EQ(out.answers[0].second.code, why);
    EXPECT_TRUE(out.append.empty());
  }
  // With an id it may be a repetition of one that was stored, before what it answers was erased.
  EXPECT_TRUE(subject.post(answers(3, "id"), at(0)).look_only);
  EXPECT_EQ(subject.appended(answer(kind::unchanged), at(0)).answers.at(0).second.code, ec::gone);
}

TEST_F(MessageActs, AnswersToOldMessagesTravelAloneAndAskTheDatabase) {
  subject = room(hall({said(100)}, 100), {});
  auto batch = answers(7);
  batch.posts.insert(batch.posts.begin(), {.ticket = 8, .text = "before"});
  batch.posts.push_back({.ticket = 10, .text = "behind"});
  EXPECT_FALSE(subject.post(batch, at(0)).effect);
  const auto alone = subject.appended(answer(kind::stored), at(0));
  ASSERT_EQ(alone.append.size(), 1u);
  EXPECT_EQ(alone.append[0].kind, text);
  ASSERT_TRUE(alone.effect);
  EXPECT_EQ(alone.effect->what.target, seq_no{7});
  const auto refused = subject.appended(answer(kind::refused, ec::gone), at(0));
  ASSERT_EQ(refused.answers.size(), 1u);
  EXPECT_EQ(refused.answers[0].second.code, ec::gone);
  ASSERT_EQ(refused.append.size(), 1u);
  EXPECT_EQ(refused.append[0].text, "behind");
  EXPECT_FALSE(refused.effect);
  (void)subject.appended(answer(kind::stored), at(0));
  EXPECT_TRUE(subject.post(answers(8), at(1)).effect);
  EXPECT_EQ(subject.appended(answer(kind::stored), at(1)).publish.at(0).target, seq_no{8});
}

TEST_F(MessageActs, AnswersToOldMessagesAreSlowedDownLikeOthers) {
  auto opened = hall({said(100)}, 100);
  opened.settings.slow_s = 10;
  subject = room(std::move(opened), {});
  (void)subject.post(answers(7), at(0));
  (void)subject.appended(answer(kind::stored), at(0));
  EXPECT_EQ(subject.post(answers(8), at(1000)).answers.at(0).second.code, ec::rate_limited);
}

TEST_F(MessageActs, AnAnswerIsAnotherPostThanTheSameWordsAlone) {
  (void)subject.post(answers(1, "id"), at(0));
  (void)subject.post({{"bob"}, bobs, {{.ticket = 11, .client_id = "id", .text = "yes"}}}, at(0));
  (void)subject.post(answers(1, "id"), at(0));
  const auto out = subject.appended(answer(kind::stored), at(0));
  ASSERT_EQ(out.answers.size(), 3u);
  EXPECT_EQ(out.answers[1].second.code, ec::conflict);
  EXPECT_TRUE(out.answers[2].second.duplicate);
}

}  // namespace
}  // namespace greenroom::core
