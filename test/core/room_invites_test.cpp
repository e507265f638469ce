#include <gtest/gtest.h>

#include "core/room.hpp"

/// People who come into a room by an invite: its maker adds them.
namespace greenroom::core {
namespace {

using kind = append_result::kind;
using enum entry_kind;

constexpr asker_id asker{5};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

room_opened hall(room_access access) {
  room_opened out{{"hall"}, {1}, {7}, {99}, {}, {}};
  out.settings.access = access;
  out.owner = {"ann"};
  out.moderators = {{"mod"}};
  if (access != room_access::open) out.members = {{"ann"}, {"mod"}, {"carl"}};
  return out;
}

/// For each kind of access a room of ann's, where mod is a moderator.
struct RoomInvites : ::testing::TestWithParam<room_access> {
  room subject{hall(GetParam()), {}};

  // What the room makes of bob's coming by an invite of this maker.
  room_effects come(std::string maker, std::string who = "bob", std::string id = {}) {
    act what;
    what.subject = {std::move(who)};
    what.invite = {"hash"};
    auto out = subject.perform(
        asker,
        {{"hall"},
         {std::move(maker)},
         {.client_id = std::move(id), .kind = add, .act = std::make_shared<const act>(std::move(what))}},
        at(0));
    for (const auto& name : out.find_users) out = subject.user_found(name, name, at(0));
    return out;
  }
  room_effects answered(kind what, ec why = ec::internal) { return subject.appended({what, {}, why}, at(0)); }
  void do_to(entry_kind what, std::string user, std::string why = {}) {
    act about;
    about.subject = {std::move(user)};
    auto out = subject.perform(
        asker, {{"hall"}, {"ann"}, {.text = why, .kind = what, .act = std::make_shared<const act>(about)}}, at(0));
    for (const auto& name : out.find_users) out = subject.user_found(name, name, at(0));
    ASSERT_EQ(out.append.size(), 1u);
    (void)answered(kind::stored);
  }
  static ec told(const room_effects& out) { return out.performed.at(0).second.code(); }
};
INSTANTIATE_TEST_SUITE_P(Each, RoomInvites,
                         ::testing::Values(room_access::open, room_access::secret, room_access::invited));

TEST_P(RoomInvites, AddWhoComesInTheNameOfTheirMaker) {
  const auto begun = come("mod");
  ASSERT_EQ(begun.append.size(), 1u);
  ASSERT_TRUE(begun.effect);
  EXPECT_EQ(begun.effect->what.invite.value, "hash") << "the statement uses it";
  const auto done = answered(kind::stored);
  ASSERT_EQ(done.publish.size(), 1u);
  EXPECT_EQ(done.publish[0].kind, add);
  EXPECT_EQ(done.publish[0].author.value, "mod");
  EXPECT_EQ(done.publish[0].subject.value, "bob");
  EXPECT_TRUE(done.publish[0].extra.empty()) << "nobody reads of the invite";
  EXPECT_EQ(told(done), ec::none);
  EXPECT_TRUE(subject.hears({"bob"}, at(0)));
}

TEST_P(RoomInvites, AreGoneWhereTheDatabaseSaysSo) {
  for (const auto why : {ec::gone, ec::conflict}) {
    ASSERT_TRUE(come("mod").effect);
    EXPECT_EQ(told(answered(kind::refused, why)), ec::gone) << "a maker who is being deleted isn't told of";
  }
  ASSERT_TRUE(come("mod").effect);
  EXPECT_EQ(told(answered(kind::unchanged)), ec::none) << "a member already";
}

TEST_P(RoomInvites, AreGoneWhereTheirMakerMayNotAddAnybody) {
  EXPECT_EQ(told(come("eve")), ec::gone);
  do_to(ban, "mod", "spam");
  const auto refused = come("mod");
  EXPECT_EQ(told(refused), ec::gone);
  EXPECT_FALSE(refused.performed[0].second.why().because) << "the maker's ban is not for the person who comes";
}

TEST_P(RoomInvites, TellWhoIsBannedWhy) {
  do_to(ban, "bob", "spam");
  const auto refused = come("mod");
  ASSERT_EQ(told(refused), ec::banned);
  ASSERT_TRUE(refused.performed[0].second.why().because);
  EXPECT_EQ(*refused.performed[0].second.why().because, (sanction{{"bob"}, {"ann"}, "spam", {}}));
}

TEST_P(RoomInvites, ThatAreRefusedMayHaveBeenUsedBefore) {
  const auto looked = come("eve", "bob", "id");
  EXPECT_TRUE(looked.look_only);
  EXPECT_EQ(told(answered(kind::unchanged)), ec::gone);
  ASSERT_TRUE(come("eve", "bob", "id").look_only);
  const auto found = subject.appended({kind::repeated, {{0, {3}, {}, true}}, {}}, at(0));
  EXPECT_EQ(told(found), ec::none);
  EXPECT_EQ(found.performed[0].second->entry.seq, seq_no{3});
}

TEST_P(RoomInvites, DoNothingForAMember) {
  auto out = come("mod", "carl");
  // In an open room only the database knows the members.
  if (GetParam() == room_access::open) out = answered(kind::unchanged);
  EXPECT_EQ(told(out), ec::none);
  EXPECT_FALSE(out.performed[0].second->entry.seq);
}

}  // namespace
}  // namespace greenroom::core
