#include <gtest/gtest.h>

#include <algorithm>

#include "core/room.hpp"

/// What a room does with acts, and what it refuses because of them.
namespace greenroom::core {
namespace {

using kind = append_result::kind;
using enum entry_kind;

constexpr connection_id anns{1}, bobs{2};
constexpr relay_no here{1};
constexpr asker_id asker{5};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

room_opened lobby(std::vector<room_entry> tail = {}) {
  room_opened out{{"lobby"}, {1}, {7}, {99}, {tail.size()}, std::move(tail)};
  out.owner = {"ann"};
  out.moderators = {{"mod"}};
  return out;
}
std::shared_ptr<const act> about(std::string user, std::int64_t until_ms = 0) {
  act what;
  what.subject = {std::move(user)};
  what.until = wall_time{milliseconds{until_ms}};
  return std::make_shared<const act>(what);
}
std::shared_ptr<const act> on(std::uint64_t target) {
  act what;
  what.target = {target};
  return std::make_shared<const act>(what);
}
perform_act asking(std::string by, entry_kind what, std::shared_ptr<const act> more, std::string id = {}) {
  return {
      {"lobby"}, {std::move(by)}, {.client_id = std::move(id), .text = "why", .kind = what, .act = std::move(more)}};
}
post_batch says(std::string user, std::string id = {}, entry_kind what = text) {
  return {{user}, user == "ann" ? anns : bobs, {{.ticket = 9, .client_id = std::move(id), .text = "hi", .kind = what}}};
}
append_result answer(kind what, ec why = ec::internal) { return {what, {}, why}; }
ec told(const room_effects& out) { return out.performed.at(0).second.code(); }

struct RoomActs : ::testing::Test {
  room subject{lobby(), {}};

  // Performs an act of ann's on somebody whom the users role knows.
  room_effects perform(entry_kind what, std::shared_ptr<const act> more, std::int64_t now = 0) {
    auto out = subject.perform(asker, asking("ann", what, more), at(now));
    for (const auto& name : out.find_users) out = subject.user_found(name, name, at(now));
    return out.append.empty() ? out : subject.appended(answer(kind::stored), at(now));
  }
  room_effects post(std::string user, std::int64_t now = 0) {
    auto out = subject.post(says(std::move(user)), at(now));
    if (!out.append.empty()) out = subject.appended(answer(kind::stored), at(now));
    return out;
  }
};

TEST_F(RoomActs, OfAnAdminAreDoneWhateverTheirRoleIs) {
  auto opened = lobby();
  opened.settings.access = room_access::secret;
  opened.bans = {{{"root"}}};
  subject = room(std::move(opened), {});
  const auto mute_the_owner = asking("root", mute, about("ann"));
  EXPECT_EQ(told(subject.perform(asker, mute_the_owner, at(0))), ec::not_found) << "as anybody";
  auto as_admin = mute_the_owner;
  as_admin.as_admin = true;
  EXPECT_EQ(subject.perform(asker, as_admin, at(0)).append.size(), 1u);
  EXPECT_EQ(subject.appended(answer(kind::stored), at(0)).publish.at(0).author, user_id{"root"})
      << "and they are named";
}

TEST_F(RoomActs, OfAnAdminEraseAnybodysMessages) {
  (void)post("bob");
  auto erases = asking("root", erase, on(1));
  EXPECT_FALSE(subject.perform(asker, erases, at(0)).effect->anybodys);
  (void)subject.appended(answer(kind::refused, ec::forbidden), at(0));
  erases.as_admin = true;
  EXPECT_TRUE(subject.perform(asker, erases, at(0)).effect->anybodys);
}

TEST_F(RoomActs, AreEntriesOfTheLog) {
  const auto out = perform(mute, about("bob", 5000), 1000);
  ASSERT_EQ(out.publish.size(), 1u);
  const auto& entry = out.publish[0];
  EXPECT_EQ(entry.kind, mute);
  EXPECT_EQ(entry.seq, seq_no{1});
  EXPECT_EQ(entry.author, user_id{"ann"});
  EXPECT_EQ(entry.subject, user_id{"bob"});
  EXPECT_EQ(entry.text, "why");
  ASSERT_EQ(told(out), ec::none);
  EXPECT_EQ(out.performed[0].second->entry.seq, seq_no{1});
  EXPECT_EQ(out.performed[0].second->generation, generation_id{99});
}

TEST_F(RoomActs, OfAConnectionAreAnsweredAsItsPostsAre) {
  post_batch batch{{"ann"}, anns, {{.ticket = 4, .client_id = "x", .kind = settings, .act = {}}}};
  act topic;
  topic.set.set(setting::topic);
  topic.set.to.topic = "tea";
  batch.posts[0].act = std::make_shared<const act>(topic);
  const auto begun = subject.post(batch, at(0));
  ASSERT_TRUE(begun.effect);
  EXPECT_EQ(begun.effect->settings.topic, "tea");
  const auto done = subject.appended(answer(kind::stored), at(0));
  ASSERT_EQ(done.answers.size(), 1u);
  EXPECT_EQ(done.answers[0].second.ticket, 4u);
  EXPECT_EQ(done.answers[0].second.seq, seq_no{1});
  EXPECT_EQ(done.publish.at(0).poster, anns);
}

TEST_F(RoomActs, TravelAloneInTheOrderOfThePosts) {
  (void)subject.post(says("bob"), at(0));
  (void)subject.perform(asker, asking("ann", erase, on(1)), at(0));
  (void)subject.post(says("bob"), at(0));
  const auto second = subject.appended(answer(kind::stored), at(1));
  ASSERT_EQ(second.append.size(), 1u);
  EXPECT_EQ(second.append[0].kind, erase);
  EXPECT_TRUE(second.effect);
  const auto third = subject.appended(answer(kind::stored), at(1));
  ASSERT_EQ(third.append.size(), 1u);
  EXPECT_EQ(third.append[0].kind, text);
  EXPECT_FALSE(third.effect);
}

TEST_F(RoomActs, BindPostsThatWereWaitingForTheirNumbers) {
  (void)subject.post(says("mod"), at(0));  // in flight
  (void)subject.perform(asker, asking("ann", mute, about("mod")), at(0));
  (void)subject.post(says("mod"), at(0));
  (void)subject.appended(answer(kind::stored), at(1));
  const auto out = subject.appended(answer(kind::stored), at(2));
  ASSERT_EQ(out.answers.size(), 1u) << "the post was refused when its turn came";
  EXPECT_EQ(out.answers[0].second.code, ec::muted);
  ASSERT_EQ(out.refusals.size(), 1u);
  EXPECT_EQ(out.refusals[0].second.ticket, 9u);
  EXPECT_EQ(out.refusals[0].second.because, (sanction{{"mod"}, {"ann"}, "why", {}}));
}

TEST_F(RoomActs, PassByThemselves) {
  (void)perform(mute, about("bob", 5000));
  EXPECT_EQ(post("bob", 4999).answers.at(0).second.code, ec::muted);
  EXPECT_EQ(post("bob", 5000).answers.at(0).second.code, ec::none);
}

TEST_F(RoomActs, TakeBannedUsersOutAndKeepThemOut) {
  (void)subject.join(here, {bobs, {"bob"}, {}}, at(0));
  const auto out = perform(ban, about("bob", 60'000));
  ASSERT_EQ(out.removed.size(), 1u);
  EXPECT_EQ(out.removed[0].reason, ec::banned);
  EXPECT_EQ(out.removed[0].because, (sanction{{"bob"}, {"ann"}, "why", wall_time{milliseconds{60'000}}}));
  EXPECT_TRUE(subject.empty());
  const auto join = subject.join(here, {bobs, {"bob"}, {}}, at(1));
  EXPECT_EQ(join.joined.at(0).second.refused, ec::banned);
  EXPECT_EQ(join.joined.at(0).second.because.why, "why");
  EXPECT_EQ(post("bob", 1).answers.at(0).second.code, ec::banned);
  const auto rejoin = subject.rejoin(here, {{99}, {1}, {{bobs, {"bob"}}}, true, {1}}, at(1));
  EXPECT_EQ(rejoin.rejoined.at(0).second.outsiders, std::vector<connection_id>{bobs});
  EXPECT_FALSE(subject.hears({"bob"}, at(1)));
}

TEST_F(RoomActs, TakeOutWhoIsRemovedAndTellWhoLeft) {
  (void)subject.join(here, {bobs, {"bob"}, {}}, at(0));
  EXPECT_EQ(perform(remove, about("bob")).removed.at(0).reason, ec::removed);
  EXPECT_TRUE(subject.empty());
  EXPECT_EQ(subject.join(here, {bobs, {"bob"}, {}}, at(0)).joined.at(0).second.refused, ec::none) << "it is open";
  (void)subject.perform(asker, asking("bob", remove, about("bob")), at(0));
  EXPECT_EQ(subject.appended(answer(kind::stored), at(0)).removed.at(0).reason, ec::left);
}

TEST_F(RoomActs, RemoveOnlyThoseWhoAreMembersOrHere) {
  EXPECT_TRUE(subject.perform(asker, asking("ann", remove, about("bob")), at(0)).effect->must_be_member);
  const auto none = subject.appended(answer(kind::refused, ec::not_found), at(0));
  EXPECT_EQ(none.performed.at(0).second.why().detail, "bob isn't a member of this room, and isn't here.");
  (void)subject.join(here, {bobs, {"bob"}, {}}, at(0));
  EXPECT_FALSE(subject.perform(asker, asking("ann", remove, about("bob")), at(0)).effect->must_be_member);
}

TEST_F(RoomActs, EmptyWhatTheyEraseForThoseWhoComeBack) {
  (void)post("bob");
  (void)perform(erase, on(1));
  const auto out = subject.join(here, {bobs, {"bob"}, {true, {}, {99}, 0}}, at(0));
  ASSERT_EQ(out.joined.at(0).second.missed.size(), 2u);
  const auto& erased_one = out.joined[0].second.missed[0];
  EXPECT_EQ(erased_one.kind, erased);
  EXPECT_TRUE(erased_one.text.empty());
  EXPECT_EQ(erased_one.target, seq_no{2});
  EXPECT_EQ(erased_one.author, user_id{"bob"});
}

TEST_F(RoomActs, CannotEraseWhatIsNotThere) {
  (void)post("bob");
  EXPECT_EQ(told(subject.perform(asker, asking("ann", erase, on(2)), at(0))), ec::not_found);
  EXPECT_EQ(told(subject.perform(asker, asking("ann", erase, on(0)), at(0))), ec::not_found);
}

TEST_F(RoomActs, AreRefusedAsTheDatabaseSays) {
  (void)post("bob");
  for (const auto why : {ec::forbidden, ec::not_found, ec::gone, ec::conflict}) {
    ASSERT_TRUE(subject.perform(asker, asking("ann", erase, on(1)), at(0)).effect);
    EXPECT_EQ(told(subject.appended(answer(kind::refused, why), at(0))), why);
  }
  EXPECT_EQ(subject.head(), seq_no{1});
}

TEST_F(RoomActs, ChangeNothingWhereTheDatabaseSaysSo) {
  (void)subject.perform(asker, asking("ann", add, about("bob")), at(0));
  (void)subject.user_found({"bob"}, user_id{"bob"}, at(0));
  const auto out = subject.appended(answer(kind::unchanged), at(0));
  EXPECT_EQ(told(out), ec::none);
  EXPECT_FALSE(out.performed[0].second->entry.seq);
  EXPECT_TRUE(out.publish.empty());
  post_batch lifting{{"ann"}, anns, {{.ticket = 3, .kind = unban, .act = about("bob")}}};
  const auto none = subject.post(lifting, at(0));
  ASSERT_EQ(none.answers.size(), 1u);
  EXPECT_EQ(none.answers[0].second.code, ec::none);
  EXPECT_FALSE(none.answers[0].second.seq);
}

TEST_F(RoomActs, AreOnlyAboutPeopleWhoExist) {
  for (const auto what : {role, add, ban, mute}) {
    auto out = subject.perform(asker, asking("ann", what, about("Nobody")), at(0));
    EXPECT_TRUE(out.append.empty());
    ASSERT_EQ(out.find_users, std::vector<user_id>{{"nobody"}});
    out = subject.user_found({"nobody"}, ec::no_user, at(0));
    EXPECT_EQ(told(out), ec::no_user);
    EXPECT_TRUE(out.append.empty());
  }
  EXPECT_TRUE(subject.perform(asker, asking("ann", remove, about("Nobody")), at(0)).find_users.empty());
  EXPECT_TRUE(subject.empty() == false) << "the removal is in flight";
}

TEST_F(RoomActs, BearTheNameAsItWasRegistered) {
  (void)subject.perform(asker, asking("ann", ban, about("bOB")), at(0));
  const auto out = subject.user_found({"bOB"}, user_id{"Bob"}, at(0));
  EXPECT_EQ(out.append.at(0).subject.value, "Bob");
  EXPECT_EQ(out.effect->what.subject.value, "Bob");
}

TEST_F(RoomActs, ThatWaitForANameHoldNobodyUpAndCountAsPending) {
  (void)subject.perform(asker, asking("ann", ban, about("bob"), "one"), at(0));
  EXPECT_EQ(subject.post(says("bob"), at(0)).append.size(), 1u);
  EXPECT_FALSE(subject.empty());
  EXPECT_TRUE(subject.perform({6}, asking("ann", ban, about("bob"), "one"), at(0)).find_users.empty())
      << "the same id: it waits for the first";
  (void)subject.appended(answer(kind::stored), at(0));
  (void)subject.user_found({"bob"}, user_id{"bob"}, at(0));
  EXPECT_EQ(subject.appended(answer(kind::stored), at(0)).performed.size(), 2u);
}

TEST_F(RoomActs, ThatWaitForANameAreRefusedWhereTheRoomStops) {
  (void)subject.perform(asker, asking("ann", ban, about("bob"), "one"), at(0));
  const auto out = subject.retire(ec::draining);
  EXPECT_EQ(told(out), ec::draining);
  EXPECT_EQ(out.stop, ec::draining);
  EXPECT_TRUE(subject.user_found({"bob"}, user_id{"bob"}, at(1)).append.empty());
}

TEST_F(RoomActs, OfOneIdAreOneAct) {
  const auto begun = subject.perform(asker, asking("ann", mute, about("mod"), "one"), at(0));
  ASSERT_TRUE(begun.effect);
  (void)subject.perform({6}, asking("ann", mute, about("mod"), "one"), at(0));
  (void)subject.perform({7}, asking("ann", mute, about("mod", 5000), "one"), at(0));
  (void)subject.perform({8}, asking("ann", ban, about("mod"), "one"), at(0));
  const auto out = subject.appended(answer(kind::stored), at(0));
  ASSERT_EQ(out.performed.size(), 4u);
  EXPECT_FALSE(out.performed[0].second->duplicate);
  EXPECT_TRUE(out.performed[1].second->duplicate);
  EXPECT_EQ(out.performed[3].second.code(), ec::conflict);
}

TEST_F(RoomActs, ThatWereStoredBeforeAreAnsweredWithTheFirst) {
  (void)subject.perform(asker, asking("ann", mute, about("mod"), "one"), at(0));
  const auto out = subject.appended({kind::repeated, {{0, {3}, wall_time{milliseconds{2}}, true}}, {}}, at(0));
  EXPECT_EQ(out.performed.at(0).second->entry.seq, seq_no{3});
  EXPECT_TRUE(out.performed[0].second->duplicate);
  EXPECT_TRUE(out.append.empty());
  EXPECT_EQ(post("mod").answers.at(0).second.code, ec::none) << "nothing was done a second time";
}

// The first answer may have been lost, in a crash or on its way.
TEST_F(RoomActs, ThatWouldBeRefusedNowAreLookedForFirst) {
  (void)perform(remove, about("mod"));
  auto out = subject.perform(asker, asking("mod", mute, about("bob"), "one"), at(0));
  for (const auto& name : out.find_users) out = subject.user_found(name, name, at(0));
  EXPECT_TRUE(out.look_only);
  EXPECT_FALSE(out.effect);
  ASSERT_EQ(out.append.size(), 1u);
  const auto known = subject.appended({kind::repeated, {{0, {3}, {}, true}}, {}}, at(0));
  EXPECT_EQ(known.performed.at(0).second->entry.seq, seq_no{3});
  (void)subject.perform(asker, asking("mod", unmute, about("bob"), "two"), at(0));
  const auto unknown = subject.appended(answer(kind::unchanged), at(0));
  EXPECT_EQ(told(unknown), ec::forbidden);
  (void)subject.perform(asker, asking("mod", unmute, about("bob"), "three"), at(0));
  EXPECT_EQ(told(subject.appended(answer(kind::unavailable), at(0))), ec::unavailable);
}

TEST_F(RoomActs, ThatWouldChangeNothingAreLookedForFirst) {
  EXPECT_TRUE(subject.perform(asker, asking("ann", unban, about("bob"), "one"), at(0)).look_only);
  EXPECT_EQ(subject.appended({kind::repeated, {{0, {3}, {}, true}}, {}}, at(0)).performed.at(0).second->entry.seq,
            seq_no{3});
  (void)subject.perform(asker, asking("ann", unban, about("bob"), "two"), at(0));
  const auto out = subject.appended(answer(kind::unchanged), at(0));
  EXPECT_EQ(told(out), ec::none);
  EXPECT_FALSE(out.performed[0].second->entry.seq);
}

TEST_F(RoomActs, LetARepeatedPostOfTheMutedFindItsFirstOne) {
  (void)perform(mute, about("bob"));
  (void)subject.post(says("mod", "m"), at(0));
  (void)subject.post(says("mod", "n"), at(0));
  (void)subject.post(says("bob", "x"), at(0));
  (void)subject.post(says("mod", "o"), at(0));
  const auto second = subject.appended(answer(kind::stored), at(0));
  EXPECT_EQ(second.append.size(), 1u) << "those before it go first";
  EXPECT_FALSE(second.look_only);
  const auto looked = subject.appended(answer(kind::stored), at(0));
  ASSERT_EQ(looked.append.size(), 1u);
  EXPECT_TRUE(looked.look_only);
  EXPECT_EQ(looked.append[0].client_id, "x");
  const auto out = subject.appended({kind::repeated, {{0, {1}, {}, true}}, {}}, at(0));
  ASSERT_EQ(out.answers.size(), 1u);
  EXPECT_TRUE(out.answers[0].second.duplicate);
  EXPECT_EQ(out.append.size(), 1u) << "and on it goes";
  (void)subject.appended(answer(kind::stored), at(0));
  (void)subject.post(says("bob", "y"), at(0));
  const auto refused = subject.appended(answer(kind::unchanged), at(0));
  EXPECT_EQ(refused.answers.at(0).second.code, ec::muted);
  EXPECT_EQ(refused.refusals.size(), 1u);
}

TEST_F(RoomActs, OfTheBannedAreRefusedWithTheReason) {
  (void)perform(ban, about("bob"));
  const auto out = subject.perform(asker, asking("bob", erase, on(1)), at(0));
  EXPECT_EQ(told(out), ec::banned);
  ASSERT_TRUE(out.performed[0].second.why().because);
  EXPECT_EQ(out.performed[0].second.why().because->why, "why");
}

TEST_F(RoomActs, NumberNoticesAndActionsAmongTheTexts) {
  (void)subject.post(says("bob"), at(0));
  (void)subject.post(says("bob", {}, notice), at(0));
  (void)subject.post(says("bob", {}, action), at(0));
  const auto out = subject.appended(answer(kind::stored), at(0));
  ASSERT_EQ(out.append.size(), 2u);
  EXPECT_EQ(out.append[0].kind, notice);
  EXPECT_FALSE(out.effect);
}

TEST_F(RoomActs, SlowEverybodyDownButModerators) {
  act slow;
  slow.set.set(setting::slow);
  slow.set.to.slow_s = 10;
  (void)perform(settings, std::make_shared<const act>(slow));
  EXPECT_EQ(post("bob", 1000).answers.at(0).second.code, ec::none);
  const auto out = post("bob", 2500);
  EXPECT_EQ(out.answers.at(0).second.code, ec::rate_limited);
  EXPECT_EQ(out.refusals.at(0).second.retry_after_s, 9u) << "8.5 s, rounded up";
  EXPECT_EQ(post("bob", 11'000).answers.at(0).second.code, ec::none);
  for (const auto* who : {"ann", "mod", "ann"}) EXPECT_EQ(post(who, 11'000).answers.at(0).second.code, ec::none);
}

TEST_F(RoomActs, SlowNobodyDownForPostsThatWereNotStored) {
  act slow;
  slow.set.set(setting::slow);
  slow.set.to.slow_s = 10;
  (void)perform(settings, std::make_shared<const act>(slow));
  (void)subject.post(says("bob"), at(0));
  EXPECT_EQ(subject.appended(answer(kind::unavailable), at(0)).answers.at(0).second.code, ec::unavailable);
  (void)subject.post(says("bob", "x"), at(1));
  (void)subject.post(says("bob", "y"), at(1));
  auto out = subject.appended({kind::repeated, {{0, {1}, {}, true}}, {}}, at(2));
  EXPECT_FALSE(out.look_only) << "the first one was in the log already: this one is the first";
  ASSERT_EQ(out.append.size(), 1u);
  post_batch both = says("eve", "a");
  both.posts.push_back(both.posts[0]);
  both.posts[1].client_id = "b";
  out = subject.post(both, at(2));
  out = subject.appended(answer(kind::stored), at(2));
  ASSERT_EQ(out.append.size(), 1u) << "one of two";
  EXPECT_FALSE(out.look_only);
}

TEST_F(RoomActs, ReadTheMembersWhereTheRoomClosesAndSendTheOthersAway) {
  (void)subject.join(here, {anns, {"ann"}, {}}, at(0));
  (void)subject.join(here, {bobs, {"bob"}, {}}, at(0));
  act closing;
  closing.set.set(setting::access);
  closing.set.to.access = room_access::secret;
  const auto closed = perform(settings, std::make_shared<const act>(closing));
  EXPECT_TRUE(closed.reopen);
  auto read = lobby(closed.publish);
  read.epoch = {8};
  read.settings.access = room_access::secret;
  read.members = {{"ann"}};
  const auto out = subject.reopened(std::move(read), at(1));
  EXPECT_EQ(out.compare.size(), 1u);
  (void)subject.leave(anns, at(2));
  EXPECT_TRUE(subject.empty()) << "bob's connection is out";
}

TEST_F(RoomActs, TellHowTheRoomIsToThoseWhoCome) {
  act titled;
  titled.set.set(setting::title);
  titled.set.to.title = "Tea room";
  titled.set.set(setting::edit_window);
  titled.set.to.edit_window_s = 60;
  (void)perform(settings, std::make_shared<const act>(titled));
  const auto face = subject.join(here, {bobs, {"mod"}, {}}, at(0)).joined.at(0).second.face;
  EXPECT_EQ(face.title, "Tea room");
  EXPECT_EQ(face.owner, user_id{"ann"});
  EXPECT_EQ(face.role, room_role::moderator);
  EXPECT_EQ(face.access, room_access::open);
  EXPECT_EQ(face.edit_window_s, 60u);
}

TEST_F(RoomActs, FoundInTheLogAfterAnUnknownOutcomeAreFollowed) {
  (void)post("bob");
  (void)subject.join(here, {bobs, {"bob"}, {}}, at(0));
  (void)subject.perform(asker, asking("ann", erase, on(1)), at(0));
  const auto lost = subject.appended(answer(kind::unknown), at(0));
  EXPECT_EQ(told(lost), ec::unknown_outcome);
  auto read = lobby({{.seq = {1}, .author = {"bob"}, .kind = erased, .target = {2}},
                     {.seq = {2}, .author = {"ann"}, .kind = erase, .target = {1}}});
  const auto out = subject.reopened(std::move(read), at(1));
  EXPECT_EQ(out.publish.size(), 1u);
  const auto missed = subject.join(here, {anns, {"ann"}, {true, {}, {99}, 0}}, at(1)).joined.at(0).second.missed;
  ASSERT_EQ(missed.size(), 2u);
  EXPECT_EQ(missed[0].kind, erased);
}

}  // namespace
}  // namespace greenroom::core
