#include "core/roster.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using enum entry_kind;

constexpr wall_time now{milliseconds{1000}};

room_opened den(std::vector<user_id> members, std::uint64_t membership = 1) {
  room_opened out{{"den"}, {1}, {7}, {99}, {}, {}};
  out.settings.access = room_access::secret;
  out.owner = {"ann"};
  out.membership = {membership};
  out.members = std::move(members);
  return out;
}
room_opened lobby() {
  room_opened out{{"lobby"}, {1}, {7}, {99}, {}, {}};
  out.owner = {"ann"};
  out.moderators = {{"mod"}};
  return out;
}
roster of(room_opened opened, roster_limits limits = {}) { return roster(opened, limits); }
act about(std::string user) {
  act out;
  out.subject = {std::move(user)};
  return out;
}
act until(std::string user, std::int64_t ms) {
  auto out = about(std::move(user));
  out.until = wall_time{milliseconds{ms}};
  return out;
}
act becoming(std::string user, room_role role) {
  auto out = about(std::move(user));
  out.role = role;
  return out;
}

struct RosterTest : ::testing::Test {
  roster subject = of(lobby());

  ec judge(entry_kind kind, const act& what, std::string by = "ann") const {
    const auto verdict = subject.judge(kind, what, {std::move(by)}, now);
    EXPECT_EQ(verdict.effect != nullptr, verdict.code == ec::none && !verdict.unchanged);
    return verdict.code;
  }
  bool would_change(entry_kind kind, const act& what) const {
    return subject.judge(kind, what, {"ann"}, now).effect != nullptr;
  }
  void perform(entry_kind kind, const act& what, const char* why = "") {
    const auto verdict = subject.judge(kind, what, {"ann"}, now);
    ASSERT_TRUE(verdict.effect) << to_string(verdict.code);
    subject.apply(kind, *verdict.effect, {"ann"}, why);
  }
};

TEST_F(RosterTest, AdmitsEverybodyToAnOpenRoomButTheBanned) {
  EXPECT_EQ(subject.refusal_of({"anybody"}, now), ec::none);
  perform(ban, until("Eve", 2000), "spam");
  EXPECT_EQ(subject.refusal_of({"eve"}, now), ec::banned);
  EXPECT_EQ(subject.may_write({"EVE"}, now), ec::banned);
  const auto* const because = subject.sanction_of({"eve"}, now);
  ASSERT_NE(because, nullptr);
  EXPECT_EQ(*because, (sanction{{"eve"}, {"ann"}, "spam", wall_time{milliseconds{2000}}}));
}

TEST_F(RosterTest, LetsBansAndMutesEndByThemselves) {
  perform(ban, until("eve", 2000));
  perform(mute, until("bob", 3000));
  EXPECT_EQ(subject.refusal_of({"eve"}, wall_time{milliseconds{1999}}), ec::banned);
  EXPECT_EQ(subject.refusal_of({"eve"}, wall_time{milliseconds{2000}}), ec::none) << "the end isn't part of it";
  EXPECT_EQ(subject.may_write({"bob"}, wall_time{milliseconds{2999}}), ec::muted);
  EXPECT_EQ(subject.may_write({"bob"}, wall_time{milliseconds{3000}}), ec::none);
  perform(ban, about("carl"));
  EXPECT_EQ(subject.refusal_of({"carl"}, wall_time{milliseconds{std::int64_t{1} << 50}}), ec::banned) << "for good";
}

TEST_F(RosterTest, ReplacesABanByTheNextOne) {
  perform(ban, until("eve", 2000), "first");
  perform(ban, about("eve"), "second");
  EXPECT_EQ(subject.sanction_of({"eve"}, wall_time{milliseconds{5000}})->why, "second");
}

TEST_F(RosterTest, LetsTheMutedReadButNotWrite) {
  perform(mute, about("bob"));
  EXPECT_EQ(subject.refusal_of({"bob"}, now), ec::none);
  EXPECT_EQ(subject.may_write({"bob"}, now), ec::muted);
  perform(unmute, about("bob"));
  EXPECT_EQ(subject.may_write({"bob"}, now), ec::none);
}

TEST_F(RosterTest, SaysWhereNothingWouldChange) {
  EXPECT_FALSE(would_change(unban, about("eve")));
  EXPECT_FALSE(would_change(unmute, about("eve")));
  EXPECT_FALSE(would_change(role, becoming("mod", room_role::moderator)));
  EXPECT_FALSE(would_change(role, becoming("ann", room_role::owner)));
  EXPECT_FALSE(would_change(add, about("mod")));
  act same;
  same.set.set(setting::topic);
  EXPECT_FALSE(would_change(settings, same)) << "it is empty already";
  perform(ban, until("eve", 1500));
  EXPECT_TRUE(would_change(unban, about("eve")));
}

TEST_F(RosterTest, RefusesAnEndThatHasPassed) {
  EXPECT_EQ(judge(ban, until("eve", 1000)), ec::bad_request);
  EXPECT_EQ(judge(mute, until("eve", 999)), ec::bad_request);
  EXPECT_EQ(judge(mute, until("eve", 1001)), ec::none);
  constexpr std::int64_t ten_years = std::int64_t{3653} * 24 * 3600 * 1000;
  EXPECT_EQ(judge(mute, until("eve", 1000 + ten_years)), ec::none);
  EXPECT_EQ(judge(mute, until("eve", 1001 + ten_years)), ec::bad_request);
}

TEST_F(RosterTest, RefusesWhatTheBannedDoAndWhatIsDoneForThem) {
  perform(ban, about("eve"));
  EXPECT_EQ(judge(erase, {}, "eve"), ec::banned);
  EXPECT_EQ(judge(add, about("eve")), ec::conflict);
  EXPECT_EQ(judge(role, becoming("eve", room_role::member)), ec::conflict);
}

TEST_F(RosterTest, HandsTheRoomOver) {
  perform(role, becoming("bob", room_role::owner));
  EXPECT_EQ(subject.owner(), user_id{"bob"});
  EXPECT_EQ(subject.role_of({"ann"}), room_role::moderator);
  EXPECT_EQ(judge(role, becoming("carl", room_role::moderator), "ann"), ec::forbidden);
}

TEST_F(RosterTest, SaysWhoWasTheOwnerWhereTheRoomIsHandedOver) {
  const auto verdict = subject.judge(role, becoming("mod", room_role::owner), {"ann"}, now);
  EXPECT_EQ(verdict.effect->owner_before, user_id{"ann"});
  EXPECT_EQ(subject.judge(role, becoming("bob", room_role::moderator), {"ann"}, now).effect->owner_before, user_id{});
}

TEST_F(RosterTest, TakesRolesWithThePerson) {
  perform(ban, about("mod"));
  EXPECT_EQ(subject.role_of({"mod"}), room_role::outsider);
  perform(unban, about("mod"));
  EXPECT_EQ(subject.role_of({"mod"}), room_role::outsider) << "it doesn't come back";
}

TEST_F(RosterTest, CountsRemovalsAndBansOnly) {
  const auto first = subject.number();
  EXPECT_NE(first, roster_no{});
  perform(mute, about("eve"));
  perform(role, becoming("bob", room_role::moderator));
  EXPECT_EQ(subject.number(), first);
  perform(remove, about("eve"));
  EXPECT_EQ(subject.number(), first + 1);
  perform(ban, about("eve"));
  EXPECT_EQ(subject.number(), first + 2);
}

TEST_F(RosterTest, LetsAModeratorEraseAnybodysMessage) {
  EXPECT_TRUE(subject.judge(erase, {}, {"mod"}, now).effect->anybodys);
  EXPECT_FALSE(subject.judge(erase, {}, {"bob"}, now).effect->anybodys);
}

TEST_F(RosterTest, AsksWhoLeavesToBeAMember) {
  EXPECT_TRUE(subject.judge(remove, about("bob"), {"bob"}, now).effect->must_be_member);
  EXPECT_TRUE(subject.judge(remove, about("bob"), {"mod"}, now).effect->must_be_member);
  EXPECT_FALSE(subject.judge(remove, about("bob"), {"mod"}, now, true).effect->must_be_member) << "they are here";
  EXPECT_TRUE(subject.judge(remove, about("bob"), {"bob"}, now, true).effect->must_be_member) << "that is no leaving";
}

TEST_F(RosterTest, MergesSettings) {
  act topic;
  topic.set.set(setting::topic);
  topic.set.to.topic = "tea";
  perform(settings, topic);
  act slow;
  slow.set.set(setting::slow);
  slow.set.to.slow_s = 5;
  const auto verdict = subject.judge(settings, slow, {"mod"}, now);
  EXPECT_EQ(verdict.effect->settings.topic, "tea");
  EXPECT_EQ(verdict.effect->settings.slow_s, 5u);
}

TEST_F(RosterTest, MustBeReadOnceItsMembersCount) {
  act closing;
  closing.set.set(setting::access);
  closing.set.to.access = room_access::secret;
  perform(settings, closing);
  EXPECT_TRUE(subject.must_be_read());
  auto read = den({{"ann"}, {"bob"}});
  EXPECT_TRUE(subject.renew(read)) << "who was there as in an open room";
  EXPECT_FALSE(subject.must_be_read());
  EXPECT_EQ(subject.refusal_of({"bob"}, now), ec::none);
  EXPECT_EQ(subject.refusal_of({"eve"}, now), ec::not_found);
}

// The members are known already, but not who of those in the room is none.
TEST_F(RosterTest, MustBeReadOnceItIsClosedThoughItKnowsItsMembers) {
  act members_only;
  members_only.set.set(setting::post);
  members_only.set.to.post = room_posting::members;
  perform(settings, members_only);
  auto read = lobby();
  read.settings.post = room_posting::members;
  (void)subject.renew(read);
  act closing;
  closing.set.set(setting::access);
  closing.set.to.access = room_access::invited;
  perform(settings, closing);
  EXPECT_TRUE(subject.must_be_read());
  auto closed = lobby();
  closed.settings.access = room_access::invited;
  EXPECT_TRUE(subject.renew(closed)) << "somebody has to leave";
}

TEST_F(RosterTest, LetsOnlySomeWrite) {
  act members_only;
  members_only.set.set(setting::post);
  members_only.set.to.post = room_posting::members;
  perform(settings, members_only);
  EXPECT_TRUE(subject.must_be_read());
  auto read = lobby();
  read.settings.post = room_posting::members;
  read.members = {{"bob"}};
  (void)subject.renew(read);
  EXPECT_EQ(subject.may_write({"bob"}, now), ec::none);
  EXPECT_EQ(subject.may_write({"eve"}, now), ec::read_only);
  EXPECT_EQ(subject.refusal_of({"eve"}, now), ec::none);
}

TEST(RosterLimits, HoldForWhatLives) {
  auto subject = of(lobby(), {.moderators = 2, .mutes = 2, .bans = 1});
  const auto perform = [&](entry_kind kind, const act& what) {
    const auto verdict = subject.judge(kind, what, {"ann"}, now);
    if (verdict.effect) subject.apply(kind, *verdict.effect, {"ann"}, {});
    return verdict.code;
  };
  EXPECT_EQ(perform(role, becoming("bob", room_role::moderator)), ec::none);
  EXPECT_EQ(perform(role, becoming("carl", room_role::moderator)), ec::limit_reached);
  EXPECT_EQ(perform(mute, until("m1", 1500)), ec::none);
  EXPECT_EQ(perform(mute, about("m2")), ec::none);
  EXPECT_EQ(perform(mute, about("m3")), ec::limit_reached);
  EXPECT_EQ(perform(mute, about("m2")), ec::none) << "again";
  EXPECT_EQ(perform(ban, about("b1")), ec::none);
  EXPECT_EQ(perform(ban, about("b2")), ec::limit_reached);
  subject.forget_ended(wall_time{milliseconds{1500}});
  EXPECT_EQ(subject.judge(mute, about("m3"), {"ann"}, wall_time{milliseconds{1500}}).code, ec::none);
}

TEST(SecretRoster, AdmitsItsMembersWhateverTheirCase) {
  const auto one = of(den({{"zoe"}, {"Bob"}, {"ann"}, {"bob"}}));
  for (const auto* name : {"ann", "BOB", "bob", "Zoe"}) EXPECT_TRUE(one.admits({name}, now)) << name;
  for (const auto* name : {"", "a", "carl", "zoey"}) EXPECT_FALSE(one.admits({name}, now)) << name;
}

TEST(GroupRoster, TakesInAsManyAsAGroupIsOpenedWithAndOnlyWhoAgrees) {
  auto few = den({{"ann"}, {"bob"}});
  few.owner = {"system"};
  const roster small(few, {}, room_nature::group);
  const auto added = small.judge(add, about("kim"), {"bob"}, now);
  ASSERT_TRUE(added.effect);
  EXPECT_TRUE(added.effect->must_agree);
  EXPECT_FALSE(of(den({{"ann"}, {"bob"}})).judge(add, about("kim"), {"bob"}, now).effect->must_agree);

  auto many = den({});
  many.owner = {"system"};
  for (std::size_t i = 0; i <= max_group_people; ++i) many.members.push_back({"user" + std::to_string(i)});
  const roster full(many, {}, room_nature::group);
  EXPECT_EQ(full.judge(add, about("kim"), {"user1"}, now).code, ec::limit_reached);
  EXPECT_TRUE(full.judge(add, about("user2"), {"user1"}, now).unchanged);
}

TEST(SecretRoster, IsNotThereForThoseWhoAreBannedFromIt) {
  auto opened = den({{"ann"}});
  opened.bans = {{{"eve"}}};
  EXPECT_EQ(of(opened).refusal_of({"eve"}, now), ec::not_found);
  opened.settings.access = room_access::invited;
  EXPECT_EQ(of(opened).refusal_of({"eve"}, now), ec::banned);
  EXPECT_EQ(of(opened).refusal_of({"carl"}, now), ec::forbidden);
}

TEST(SecretRoster, SaysWhetherSomebodyIsGoneWhenItIsReadAgain) {
  auto one = of(den({{"ann"}, {"bob"}}));
  auto more = den({{"bob"}, {"ann"}, {"carl"}}, 2), fewer = den({{"carl"}, {"ann"}}, 3);
  EXPECT_FALSE(one.renew(more));
  EXPECT_EQ(one.membership(), membership_no{2});
  const auto before = one.number();
  EXPECT_TRUE(one.renew(fewer));
  EXPECT_EQ(one.number(), before + 1);
  EXPECT_FALSE(one.admits({"bob"}, now));
}

TEST(OpenRoster, SaysWhetherSomebodyWasBannedWhenItIsReadAgain) {
  auto one = of(lobby());
  auto banned = lobby(), the_same = lobby();
  banned.bans = the_same.bans = {{{"eve"}}};
  EXPECT_TRUE(one.renew(banned));
  EXPECT_FALSE(one.renew(the_same));
}

}  // namespace
}  // namespace greenroom::core
