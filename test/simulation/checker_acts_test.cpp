#include "test/simulation/checker_fixture.hpp"

/// The same for what is done in rooms besides writing, and for who may be there.
namespace greenroom::simulation {
namespace {

using CheckerOfActs = checker_test;

// ---- who may be there

TEST_F(CheckerOfActs, FindsAMemberWhoWasRemovedAndReads) {
  join(bobs, secret_log, 0);
  check.heard(bobs, den, stored(secret_log, 1, ann, "", "one"));
  acted(secret_log, 2, ann, entry_kind::remove, on(bob));
  check.gap(bobs, den, {2}, {2});
  expect_none();
  check.heard(bobs, den, stored(secret_log, 3, ann, "", "two"));
  expect_only("might not read it");
}

TEST_F(CheckerOfActs, FindsSomebodyWhoIsBannedFromAnOpenRoomAndReads) {
  join(bobs, open_log, 0);
  acted(open_log, 1, ann, entry_kind::ban, on(bob, second(300)));
  check.gap(bobs, park, {1}, {1});
  expect_none();
  check.heard(bobs, park, stored(open_log, 2, ann, "", "two"));
  expect_only("might not read it");
}

TEST_F(CheckerOfActs, LetsThemReadWhenTheBanIsOver) {
  acted(open_log, 1, ann, entry_kind::ban, on(bob, second(300)));
  stored(open_log, 2, ann, "", "two");
  now += core::seconds{201};
  join(bobs, open_log, 2, seq_no{1});
  check.heard(bobs, park, entry(2, ann, "", "two"));
  expect_none();
}

TEST_F(CheckerOfActs, LetsAMemberReadWhatCameBeforeTheirRemoval) {
  join(bobs, secret_log, 0);
  const auto one = stored(secret_log, 1, ann, "", "one");
  acted(secret_log, 2, ann, entry_kind::remove, on(bob));
  check.heard(bobs, den, one);
  expect_none();
}

TEST_F(CheckerOfActs, LetsAMemberWhoIsBackReadWhatTheyMissed) {
  acted(secret_log, 1, ann, entry_kind::remove, on(bob));
  const auto two = stored(secret_log, 2, ann, "", "two");
  acted(secret_log, 3, ann, entry_kind::add, on(bob));
  join(bobs, secret_log, 3, seq_no{1});
  check.heard(bobs, den, two);
  expect_none();
}

TEST_F(CheckerOfActs, LetsStrangersHearThatARoomIsClosedAndNothingMore) {
  const user_id carl{"carl"};
  check.user_made(carl);
  constexpr reader_no carls{3};
  check.connected(carls, carl, {"token of carl"});
  join(carls, open_log, 0);
  core::act close;
  close.set.set(core::setting::access);
  close.set.to.access = core::room_access::secret;
  check.heard(carls, park, public_form(acted(open_log, 1, ann, entry_kind::settings, close)));
  expect_none();
  check.heard(carls, park, stored(open_log, 2, ann, "", "secret"));
  expect_only("might not read it");
}

TEST_F(CheckerOfActs, FindsAMemberWhoWasRemovedAndWrites) {
  acted(secret_log, 1, ann, entry_kind::remove, on(bob));
  stored(secret_log, 2, bob, "", "still here");
  expect_only("who isn't let in");
}

TEST_F(CheckerOfActs, FindsAMemberWhoWasRemovedElsewhereOnceTheOwnerKnows) {
  check.member_changed(secret_log, bob, false);
  stored(secret_log, 1, bob, "", "not noticed yet");
  expect_none();
  check.room_opened(secret_log);
  stored(secret_log, 2, bob, "", "still here");
  expect_only("who isn't let in");
}

TEST_F(CheckerOfActs, FindsAPageOfWhatIsSecret) {
  acted(secret_log, 1, ann, entry_kind::remove, on(bob));
  check.page(bobs, den, {{stored(secret_log, 2, ann, "", "two")}, false, {2}});
  expect_only("might not read it");
}

// ---- who may do what

TEST_F(CheckerOfActs, FindsSomebodyWhoIsMutedAndWrites) {
  acted(open_log, 1, ann, entry_kind::mute, on(bob, second(3)));
  stored(open_log, 2, bob, "", "psst");
  expect_only("bob, who is muted");
}

TEST_F(CheckerOfActs, LetsThemWriteWhenTheMuteIsOver) {
  acted(open_log, 1, ann, entry_kind::mute, on(bob, second(2)));
  stored(open_log, 2, bob, "", "at last");
  acted(open_log, 3, ann, entry_kind::mute, on(bob));
  acted(open_log, 4, ann, entry_kind::unmute, on(bob));
  stored(open_log, 5, bob, "", "again");
  expect_none();
}

TEST_F(CheckerOfActs, FindsSomebodyWhoIsBannedAndWrites) {
  acted(open_log, 1, ann, entry_kind::ban, on(bob));
  stored(open_log, 2, bob, "", "ha");
  expect_only("bob, who isn't let in");
}

TEST_F(CheckerOfActs, FindsSomebodyWhoWritesWhereOnlyModeratorsMay) {
  core::act quiet;
  quiet.set.set(core::setting::post);
  quiet.set.to.post = core::room_posting::moderators;
  acted(open_log, 1, ann, entry_kind::settings, quiet);
  acted(open_log, 2, ann, entry_kind::role, role(bob, core::room_role::moderator));
  stored(open_log, 3, bob, "", "as a moderator");
  acted(open_log, 4, ann, entry_kind::role, role(bob, core::room_role::member));
  expect_none();
  stored(open_log, 5, bob, "", "as a member");
  expect_only("read_only");
}

TEST_F(CheckerOfActs, FindsAnActThatIsntTheirs) {
  acted(open_log, 1, bob, entry_kind::mute, on(ann));
  expect_only("(mute) is by bob, to whom that is forbidden");
}

TEST_F(CheckerOfActs, FollowsARoomToItsNextOwner) {
  acted(open_log, 1, ann, entry_kind::role, role(bob, core::room_role::owner));
  acted(open_log, 2, bob, entry_kind::role, role(ann, core::room_role::member));
  expect_none();
  acted(open_log, 3, ann, entry_kind::remove, on(bob));
  expect_only("(remove) is by ann, to whom that is forbidden");
}

TEST_F(CheckerOfActs, FindsARightForNobody) {
  acted(open_log, 1, ann, entry_kind::add, on({"nobody"}));
  expect_only("is about nobody");
}

TEST_F(CheckerOfActs, FindsSomebodyWhoIsAddedThoughBanned) {
  acted(secret_log, 1, ann, entry_kind::ban, on(bob));
  acted(secret_log, 2, ann, entry_kind::add, on(bob));
  expect_only("adds somebody who is banned");
}

TEST_F(CheckerOfActs, FindsAnActThatIsAnotherOneThanWasAskedFor) {
  const auto act = std::make_shared<const core::act>(core::act{.subject = bob});
  check.posted(ann, park, "a", "reason", entry_kind::mute, act);
  auto done = entry(1, ann, "a", "reason");
  done.kind = entry_kind::mute;
  done.subject = ann;
  check.appended(open_log, {done});
  ASSERT_FALSE(check.violations().empty());
  EXPECT_NE(check.violations().front().find("isn't what was to be done"), std::string::npos);
}

// ---- effects

TEST_F(CheckerOfActs, FindsAnActWithoutItsEffect) {
  auto rows = room_of(core::room_access::open);
  acted(open_log, 1, ann, entry_kind::remove, on(bob));
  check.stands(open_log, rows);
  expect_only("aren't what the log implies");
}

TEST_F(CheckerOfActs, FindsAnEffectWithoutItsAct) {
  auto rows = room_of(core::room_access::open);
  check.stands(open_log, rows);
  expect_none();
  rows.mutes.insert({bob, {bob, ann, {}, {}}});
  check.stands(open_log, rows);
  expect_only("aren't what the log implies");
}

TEST_F(CheckerOfActs, FindsAnErasedMessageWhoseRowIsAsBefore) {
  const auto one = stored(open_log, 1, bob, "", "one");
  acted(open_log, 2, bob, entry_kind::erase, {.target = seq_no{1}});
  check.stands(open_log, erased(one, 2));
  expect_none();
  check.stands(open_log, one);
  expect_only("the row isn't what the log implies");
}

TEST_F(CheckerOfActs, AgreesWithRowsThatChangedAsTheLogSays) {
  auto rows = room_of(core::room_access::open);
  acted(open_log, 1, ann, entry_kind::role, role(bob, core::room_role::owner));
  rows.owner = bob;
  rows.members.at(ann) = core::room_role::moderator;
  check.stands(open_log, rows);
  const auto ban = acted(open_log, 2, bob, entry_kind::ban, on(ann, second(9)));
  rows.members.erase(ann);
  rows.bans.insert({ann, {ann, bob, ban.text, second(9)}});
  check.stands(open_log, rows);
  expect_none();
}

TEST_F(CheckerOfActs, FindsAReasonThatNobodyGave) {
  acted(open_log, 1, ann, entry_kind::ban, on(bob));
  check.told_why(bob, park, core::ec::banned, {bob, ann, "reason 1", {}});
  check.told_why(bob, park, core::ec::banned, {bob, {}, {}, {}});
  expect_none();
  check.told_why(bob, park, core::ec::banned, {bob, ann, "another reason", {}});
  expect_only("who did no such thing");
}

TEST_F(CheckerOfActs, FindsAFaceThatIsOutOfDate) {
  checker::joining answer{open_log, {}, true, {}, {}, {}};
  answer.face = {core::room_access::open, ann, core::room_role::member, {}, {}};
  check.joined(bobs, park, answer);
  expect_none();
  answer.face.role = core::room_role::moderator;
  check.joined(bobs, park, answer);
  expect_only("another role");
}

// ---- what is erased

TEST_F(CheckerOfActs, FindsAPageWithWhatWasErased) {
  const auto one = stored(open_log, 1, bob, "", "one");
  acted(open_log, 2, bob, entry_kind::erase, {.target = seq_no{1}});
  check.page(anns, park, {{one}, true, {1}});  // it was read before
  check.page(anns, park, {{erased(one, 2)}, true, {2}});
  expect_none();
  check.page(anns, park, {{one}, true, {2}});
  expect_only("which isn't so");
}

TEST_F(CheckerOfActs, FindsAReplayWithWhatWasErased) {
  const auto one = stored(open_log, 1, bob, "", "one");
  join(anns, open_log, 1, seq_no{0});
  const auto two = acted(open_log, 2, bob, entry_kind::erase, {.target = seq_no{1}});
  check.heard(anns, park, one);  // it was on its way
  check.heard(anns, park, public_form(two));
  join(bobs, open_log, 2, seq_no{0});
  expect_none();
  check.heard(bobs, park, one);
  expect_only("the text that was erased");
}

TEST_F(CheckerOfActs, FindsAReplayFromARoomThatMissedTheErase) {
  const auto one = stored(open_log, 1, bob, "", "one");
  acted(open_log, 2, bob, entry_kind::erase, {.target = seq_no{1}});
  check.acknowledged(open_log, {2}, bob, "a2", "reason 2");
  now += core::seconds{1};
  join(anns, open_log, 1, seq_no{0});
  check.heard(anns, park, one);  // for so long a room may be out of date
  expect_none();
  now += core::seconds{2};
  join(bobs, open_log, 1, seq_no{0});
  check.heard(bobs, park, one);
  expect_only("long after it was erased");
}

TEST_F(CheckerOfActs, FindsAnEraseOfWhatIsntTheirs) {
  stored(open_log, 1, ann, "", "one");
  acted(open_log, 2, bob, entry_kind::erase, {.target = seq_no{1}});
  expect_only("erases what isn't theirs");
}

TEST_F(CheckerOfActs, FindsAnEraseOfAnAct) {
  acted(open_log, 1, ann, entry_kind::mute, on(bob));
  acted(open_log, 2, ann, entry_kind::erase, {.target = seq_no{1}});
  expect_only("is about what is no message");
}

TEST_F(CheckerOfActs, LetsAnErasedMessageBeAcknowledgedAgain) {
  stored(open_log, 1, ann, "a", "one");
  acted(open_log, 2, ann, entry_kind::erase, {.target = seq_no{1}});
  check.acknowledged(open_log, {1}, ann, "a", "one");
  expect_none();
}

}  // namespace
}  // namespace greenroom::simulation
