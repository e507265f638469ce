#include "test/simulation/checker_fixture.hpp"

/// The checker, fed with each violation that it is there for: none must get by, and nothing else be taken for one.
namespace greenroom::simulation {
namespace {

using Checker = checker_test;

TEST_F(Checker, HasNothingAgainstAWellBehavedRoom) {
  join(anns, open_log, 0);
  const auto one = stored(open_log, 1, ann, "a", "hello");
  check.heard(anns, park, one);
  check.acknowledged(open_log, {1}, ann, "a", "hello");
  join(bobs, open_log, 1, seq_no{0});
  check.heard(bobs, park, one);
  const auto two = stored(open_log, 2, bob, "", "hi");
  check.heard(anns, park, two);
  check.gap(bobs, park, {2}, {2});
  check.page(bobs, park, {{one, two}, false, {2}});
  check.presence(anns, park, {{ann, bob}, {}, 2, true});
  check.presence(bobs, park, {{ann, bob}, {}, 2, true});
  check.settle();
  expect_none();
  EXPECT_EQ(check.seen().heard, 3u);
  EXPECT_EQ(check.seen().gaps, 1u);
}

// ---- the log

TEST_F(Checker, FindsAHoleInALog) {
  stored(open_log, 1, ann, "", "one");
  stored(open_log, 3, ann, "", "three");
  expect_only("isn't what follows");
}

TEST_F(Checker, FindsAnIdThatIsStoredTwice) {
  stored(open_log, 1, ann, "a", "one");
  stored(open_log, 2, ann, "a", "two");
  expect_only("stored twice");
}

TEST_F(Checker, FindsAPostWithoutAnIdThatIsStoredTwice) {
  stored(open_log, 1, ann, "", "one");
  check.appended(open_log, {entry(2, ann, "", "one")});
  expect_only("stored twice");
}

TEST_F(Checker, FindsWhatNobodySaid) {
  check.appended(open_log, {entry(1, ann, "", "boo")});
  expect_only("nobody said that");
}

TEST_F(Checker, FindsWhatSomebodyElseSaid) {
  check.posted(bob, park, "", "mine");
  check.appended(open_log, {entry(1, ann, "", "mine")});
  expect_only("nobody said that");
}

TEST_F(Checker, FindsTimeThatGoesBack) {
  stored(open_log, 1, ann, "", "one");
  check.posted(ann, park, "", "two");
  auto late = entry(2, ann, "", "two");
  late.at = {};
  check.appended(open_log, {late});
  expect_only("older");
}

TEST_F(Checker, FindsARefusedPostThatIsStored) {
  check.posted(ann, park, "", "one");
  check.refused("one", core::ec::unavailable);
  check.appended(open_log, {entry(1, ann, "", "one")});
  expect_only("refused for good");
}

TEST_F(Checker, FindsAStoredPostThatIsRefused) {
  stored(open_log, 1, ann, "", "one");
  check.refused("one", core::ec::overloaded);
  expect_only("was refused with overloaded");
}

// ---- acknowledgements

TEST_F(Checker, FindsAnAcknowledgementOfWhatIsntStored) {
  check.acknowledged(open_log, {1}, ann, "a", "one");
  expect_only("not stored");
}

TEST_F(Checker, FindsAnAcknowledgementOfSomethingElse) {
  stored(open_log, 1, ann, "a", "one");
  check.acknowledged(open_log, {1}, ann, "b", "two");
  expect_only("something else");
}

// ---- streams

TEST_F(Checker, FindsAMessageThatWasLeftOut) {
  join(anns, open_log, 0);
  stored(open_log, 1, bob, "", "one");
  check.heard(anns, park, stored(open_log, 2, bob, "", "two"));
  expect_only("is next");
}

TEST_F(Checker, FindsAMessageThatComesTwice) {
  join(anns, open_log, 0);
  const auto one = stored(open_log, 1, bob, "", "one");
  check.heard(anns, park, one);
  check.heard(anns, park, one);
  expect_only("is next");
}

TEST_F(Checker, FindsAReaderWhoGoesOnElsewhereThanTheyWere) {
  stored(open_log, 1, bob, "", "one");
  const auto two = stored(open_log, 2, bob, "", "two");
  join(anns, open_log, 2, seq_no{0});
  check.heard(anns, park, two);
  expect_only("park/1 is next");
}

TEST_F(Checker, FindsAMessageThatWasntSaidLikeThat) {
  join(anns, open_log, 0);
  auto one = stored(open_log, 1, bob, "", "one");
  one.text = core::shared_text("two");
  check.heard(anns, park, one);
  expect_only("something else");
}

TEST_F(Checker, FindsAMessageThatIsntStored) {
  join(anns, open_log, 0);
  check.heard(anns, park, entry(1, bob, "", "one"));
  expect_only("isn't stored");
}

TEST_F(Checker, FindsAStrangersId) {
  join(anns, open_log, 0);
  stored(open_log, 1, bob, "b", "one");
  check.heard(anns, park, entry(1, bob, "c", "one"));
  expect_only("another id");
}

TEST_F(Checker, FindsWordsToWhoIsntThere) {
  join(anns, open_log, 0);
  check.left(anns, park);
  check.heard(anns, park, stored(open_log, 1, bob, "", "one"));
  expect_only("isn't in park");
}

TEST_F(Checker, FindsAGapThatHidesSomething) {
  join(anns, open_log, 0);
  stored(open_log, 1, bob, "", "one");
  stored(open_log, 2, bob, "", "two");
  check.gap(anns, park, {2}, {2});
  expect_only("doesn't begin where");
}

TEST_F(Checker, FindsAGapBeyondTheLog) {
  join(anns, open_log, 0);
  check.gap(anns, park, {1}, {5});
  expect_only("beyond the log");
}

TEST_F(Checker, FindsAHeadThatThereNeverWas) {
  join(anns, open_log, 3);
  expect_only("the head isn't stored");
}

TEST_F(Checker, FindsAJoinFromBeyondTheHead) {
  join(anns, open_log, 0, seq_no{4});
  expect_only("beyond the head");
}

TEST_F(Checker, FindsAJoinOfAnotherLog) {
  check.joined(anns, park, {secret_log, {}, true, {}, {}, {}});
  expect_only("such a log there never was");
}

TEST_F(Checker, FindsAPageWithAHole) {
  const auto one = stored(open_log, 1, bob, "", "one");
  stored(open_log, 2, bob, "", "two");
  const auto three = stored(open_log, 3, bob, "", "three");
  check.page(anns, park, {{one, three}, false, {3}});
  expect_only("a hole");
}

// ---- when all is quiet

TEST_F(Checker, FindsAReaderWhoIsBehind) {
  join(anns, open_log, 0);
  check.presence(anns, park, {{ann}, {}, 1, true});
  stored(open_log, 1, bob, "", "one");
  check.settle();
  expect_only("has heard up to 0 of 1");
}

TEST_F(Checker, FindsARemovedMemberWhoIsStillThere) {
  join(bobs, secret_log, 0);
  check.presence(bobs, den, {{bob}, {}, 1, true});
  acted(secret_log, 1, ann, entry_kind::remove, on(bob));
  check.gap(bobs, den, {1}, {1});
  check.settle();
  expect_only("may not be there");
}

TEST_F(Checker, FindsAGhost) {
  join(anns, open_log, 0);
  check.presence(anns, park, {{ann, bob}, {}, 1, true});
  check.settle();
  expect_only("a ghost of bob");
}

TEST_F(Checker, FindsSomebodyWhoIsntSeen) {
  join(anns, open_log, 0);
  join(bobs, open_log, 0);
  check.presence(anns, park, {{ann}, {}, 2, true});
  check.presence(bobs, park, {{ann, bob}, {}, 2, true});
  check.settle();
  expect_only("doesn't see bob");
}

TEST_F(Checker, FindsAWrongCount) {
  join(anns, open_log, 0);
  check.presence(anns, park, {{ann}, {}, 4, true});
  check.settle();
  expect_only("counts 4");
}

TEST_F(Checker, FindsAConnectionWhoseTokenEnded) {
  check.token_ended({"token of bob"});
  check.settle();
  expect_only("with a token that has ended");
}

TEST_F(Checker, FindsSomebodyWhoComesInWithATokenThatEndedLongAgo) {
  check.token_ended({"token of bob"});
  check.hung_up(bobs);
  now += core::seconds{20};
  check.connected(bobs, bob, {"token of bob"});  // it was checked before, and is believed for half a minute
  expect_none();
  now += core::seconds{60};
  check.connected(bobs, bob, {"token of bob"});
  expect_only("ended long ago");
}

TEST_F(Checker, FindsARoomThatIsGoneAndNobodyKnows) {
  join(anns, open_log, 0);
  check.presence(anns, park, {{ann}, {}, 1, true});
  check.room_deleted(open_log);
  check.settle();
  expect_only("doesn't know that it is gone");
}

}  // namespace
}  // namespace greenroom::simulation
