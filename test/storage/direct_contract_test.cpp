#include "test/storage/room_deletion_fixture.hpp"

namespace greenroom::test {
namespace {

using core::direct_setting;
using core::ec;

/// Direct rooms and groups of ada, bob and eve, who are in one room, and zoe, who isn't; and what they keep for
/// themselves.
class Direct : public room_deletions {
 public:
  void SetUp() override {
    room_deletions::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    create("hall", "Ada", access::open, {{"Bob"}, {"eve"}});
  }

  core::result<core::room_entered> try_direct(const std::string& by, const std::vector<core::user_id>& with,
                                              const std::string& room) {
    return stores.rooms->open_direct({{by}, with, {room}}, at(5));
  }
  ec direct(const std::string& by, const std::string& with, const std::string& room) {
    return try_direct(by, {{with}}, room).code();
  }
  ec block(const std::string& by, const std::string& whom, std::uint32_t most = 100) {
    return stores.rooms->put_block({{by}, {whom}}, most, at(6)).code();
  }
  ec lift(const std::string& by, const std::string& whom) { return stores.rooms->lift_block({{by}, {whom}}).code(); }
  texts blocks(const std::string& by) {
    texts names;
    const auto list = stores.rooms->list_blocks({{by}});
    EXPECT_TRUE(list) << list.why().text();
    for (const auto& each : list->blocked) names.push_back(each.value);
    return names;
  }
  ec want(const std::string& user, direct_setting what) {
    return stores.rooms->change_settings({{user}, {what}}).code();
  }
  direct_setting wants(const std::string& user) { return stores.rooms->read_settings({{user}})->direct; }
  ec keep(const std::string& user, const std::string& room, const std::string& text, std::uint32_t most = 200,
          long long now = 7) {
    return stores.rooms->put_draft({{user}, {room}, text}, most, at(now)).code();
  }
  texts drafts(const std::string& user, const std::string& after = {}, std::uint32_t limit = 100) {
    texts found;
    const auto list = stores.rooms->list_drafts({{user}, {after}, limit});
    EXPECT_TRUE(list) << list.why().text();
    for (const auto& each : list->drafts)
      found.push_back(each.room.value + " " + each.text + " " + std::to_string(each.at.time_since_epoch().count()));
    if (list->more) found.emplace_back("more");
    return found;
  }
};
GREENROOM_ON_EACH_DATABASE(Direct);

TEST_P(Direct, RoomsAreMadeOnceAndAreOfTheirTwoPeople) {
  const auto made = try_direct("Ada", {{"Bob"}}, "@ada,bob");
  ASSERT_TRUE(made) << made.why().text();
  EXPECT_TRUE(made->created);
  EXPECT_EQ(made->info.room.value, "@ada,bob");
  EXPECT_EQ(made->info.settings.access, access::secret);
  EXPECT_EQ(made->info.owner.value, "system");
  reopen_unless_memory();
  const auto again = try_direct("Bob", {{"Ada"}}, "@ada,bob");
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->info.generation, made->info.generation);
  EXPECT_EQ(members("@ada,bob", "bob"), (texts{"Ada", "Bob"}));
  EXPECT_EQ(described("@ada,bob", "ada").role, role::member);
  EXPECT_EQ(listed("bob"), (texts{"@ada,bob", "hall"}));
  for (const auto* const outsider : {"eve", "zoe"}) {
    EXPECT_EQ(listed(outsider), texts{"hall"});
    EXPECT_EQ(stores.rooms->describe_room({{"@ada,bob"}, {outsider}}).code(), ec::not_found);
    EXPECT_EQ(stores.rooms->read_history({{"@ada,bob"}, {outsider}, {}, {}}).code(), ec::not_found);
    EXPECT_EQ(stores.rooms->join_members({{"@ada,bob"}, {outsider}}, at(9)).code(), ec::not_found);
    EXPECT_EQ(stores.rooms->delete_room({{"@ada,bob"}, {outsider}}).code(), ec::not_found);
  }
  EXPECT_EQ(stores.rooms->delete_room({{"@ada,bob"}, {"ada"}}).code(), ec::forbidden) << "both are equal";
}

TEST_P(Direct, NotesAreOnesOwn) {
  ASSERT_EQ(direct("ada", "Ada", "@ada,ada"), ec::none);
  EXPECT_EQ(members("@ada,ada", "ada"), texts{"Ada"});
  EXPECT_EQ(want("zoe", direct_setting::nobody), ec::none);
  EXPECT_EQ(direct("zoe", "zoe", "@zoe,zoe"), ec::none) << "for which nobody is asked";
  EXPECT_FALSE(open("@zoe,zoe").blocked);
}

TEST_P(Direct, GroupsAreOfAllWhoAreNamed) {
  const auto made = try_direct("ada", {{"Bob"}, {"eve"}}, "@@0123456789abcdef");
  ASSERT_TRUE(made && made->created);
  EXPECT_EQ(members("@@0123456789abcdef", "eve"), (texts{"ada", "Bob", "eve"}));
  auto group = open("@@0123456789abcdef");
  EXPECT_EQ(group.owner.value, "system");
  EXPECT_EQ(perform(group, {entry_kind::add, "eve", "zoe"}).what, outcome::stored);
  ASSERT_EQ(perform(group, {entry_kind::remove, "eve", "eve", {.what = {}, .must_be_member = true}}).what,
            outcome::stored);
  EXPECT_EQ(members("@@0123456789abcdef", "zoe"), (texts{"ada", "Bob", "zoe"}));
}

TEST_P(Direct, RoomsAreMadeWithWhoWantsToBeWrittenTo) {
  EXPECT_EQ(wants("bob"), direct_setting::shared);
  EXPECT_EQ(direct("ada", "zoe", "@ada,zoe"), ec::forbidden) << "they share no room";
  EXPECT_EQ(try_direct("ada", {{"bob"}, {"zoe"}}, "@@0000000000000001").code(), ec::forbidden);
  EXPECT_EQ(want("zoe", direct_setting::everyone), ec::none);
  EXPECT_EQ(want("Bob", direct_setting::nobody), ec::none);
  reopen_unless_memory();
  EXPECT_EQ(wants("ZOE"), direct_setting::everyone);
  EXPECT_EQ(direct("ada", "zoe", "@ada,zoe"), ec::none);
  EXPECT_EQ(direct("ada", "bob", "@ada,bob"), ec::forbidden);
  EXPECT_EQ(direct("bob", "ada", "@ada,bob"), ec::none) << "who isn't asked may still ask others";
  EXPECT_EQ(direct("ada", "bob", "@ada,bob"), ec::none) << "and what there is stays";
  EXPECT_EQ(want("bob", direct_setting::shared), ec::none);
  EXPECT_EQ(wants("bob"), direct_setting::shared);
}

TEST_P(Direct, ByTheirNickWhoHasSaidNothingIsReached) {
  const auto by_nick = [&](const std::string& with, const std::string& room) {
    return stores.rooms->open_direct({{"ada"}, {{with}}, {room}, true}, at(5)).code();
  };
  EXPECT_EQ(direct("ada", "zoe", "@ada,zoe"), ec::forbidden) << "they share no room";
  EXPECT_EQ(by_nick("zoe", "@ada,zoe"), ec::none);
  EXPECT_EQ(want("kim", direct_setting::shared), ec::none);
  EXPECT_EQ(by_nick("kim", "@ada,kim"), ec::forbidden) << "they have said so";
  EXPECT_EQ(want("kim", direct_setting::nobody), ec::none);
  EXPECT_EQ(by_nick("kim", "@ada,kim"), ec::forbidden);
}

TEST_P(Direct, BlocksAreListedAndLimited) {
  EXPECT_EQ(block("ada", "Zoe"), ec::none);
  EXPECT_EQ(block("Ada", "Bob", 2), ec::none);
  EXPECT_EQ(block("ada", "bob", 2), ec::none) << "again";
  EXPECT_EQ(block("ada", "eve", 2), ec::limit_reached);
  reopen_unless_memory();
  EXPECT_EQ(blocks("ADA"), (texts{"Bob", "Zoe"}));
  EXPECT_EQ(blocks("bob"), texts{}) << "they aren't told";
  EXPECT_EQ(lift("ada", "BOB"), ec::none);
  EXPECT_EQ(lift("ada", "bob"), ec::none) << "again";
  EXPECT_EQ(blocks("ada"), texts{"Zoe"});
}

TEST_P(Direct, BlocksHoldInTheRoomOfTheTwoAsLongAsEitherStands) {
  ASSERT_EQ(direct("ada", "bob", "@ada,bob"), ec::none);
  const auto before = open("@ada,bob");
  EXPECT_FALSE(before.blocked);
  ASSERT_EQ(block("bob", "ada"), ec::none);
  EXPECT_GT(membership(before), before.membership.value) << "which tells the room to read them";
  EXPECT_TRUE(open("@ada,bob").blocked);
  ASSERT_EQ(block("ada", "bob"), ec::none);
  ASSERT_EQ(lift("bob", "ada"), ec::none);
  const auto blocked = open("@ada,bob");
  EXPECT_TRUE(blocked.blocked) << "by the other";
  ASSERT_EQ(lift("ada", "bob"), ec::none);
  EXPECT_GT(membership(blocked), blocked.membership.value);
  EXPECT_FALSE(open("@ada,bob").blocked);
  EXPECT_FALSE(open("hall").blocked);
}

TEST_P(Direct, RoomsAreNotMadeWhileABlockStands) {
  ASSERT_EQ(want("bob", direct_setting::everyone), ec::none);
  ASSERT_EQ(block("bob", "ada"), ec::none);
  EXPECT_EQ(direct("ada", "bob", "@ada,bob"), ec::blocked);
  EXPECT_EQ(direct("bob", "ada", "@ada,bob"), ec::blocked) << "whoever made the block";
  EXPECT_EQ(try_direct("ada", {{"eve"}, {"bob"}}, "@@0000000000000002").code(), ec::blocked);
  EXPECT_EQ(listed("ada"), texts{"hall"});
  ASSERT_EQ(lift("bob", "ada"), ec::none);
  ASSERT_EQ(direct("ada", "bob", "@ada,bob"), ec::none);
  ASSERT_EQ(block("bob", "ada"), ec::none);
  EXPECT_EQ(direct("ada", "bob", "@ada,bob"), ec::none) << "one that is there can be entered";
}

TEST_P(Direct, BlocksKeepPeopleFromAddingWhoBlockedThem) {
  ASSERT_EQ(block("bob", "ada"), ec::none);
  const auto made = stores.rooms->create_room({{"den"}, {"ada"}, access::secret, {{"eve"}, {"Bob"}}}, at(9));
  EXPECT_EQ(made.code(), ec::blocked);
  create("den", "ada", access::secret, {{"eve"}});
  auto den = open("den");
  const auto refused = perform(den, {entry_kind::add, "Ada", "Bob"});
  EXPECT_EQ(refused.what, outcome::refused);
  EXPECT_EQ(refused.why, ec::blocked);
  EXPECT_EQ(members("den", "ada"), (texts{"ada", "eve"}));
  EXPECT_EQ(perform(den, {entry_kind::add, "eve", "Bob"}).what, outcome::stored) << "others do";
  EXPECT_EQ(perform(den, {entry_kind::add, "ada", "Bob"}).what, outcome::unchanged);
}

TEST_P(Direct, BlocksKeepPeopleFromMakingMembersByARole) {
  ASSERT_EQ(block("bob", "ada"), ec::none);
  ASSERT_EQ(block("zoe", "ada"), ec::none);
  auto hall = open("hall");
  const core::act_effect moderator{.what = {.role = role::moderator}};
  const core::act_effect owner{.what = {.role = role::owner}, .owner_before = {"ada"}};
  for (const auto& effect : {moderator, owner}) {
    const auto refused = perform(hall, {entry_kind::role, "Ada", "Zoe", effect});
    EXPECT_EQ(refused.what, outcome::refused);
    EXPECT_EQ(refused.why, ec::blocked);
  }
  EXPECT_EQ(described("hall", "ada").info.owner.value, "Ada");
  EXPECT_EQ(described("hall", "ada").members, 3u);
  EXPECT_EQ(perform(hall, {entry_kind::role, "ada", "Bob", moderator}).what, outcome::stored) << "a member already";
  EXPECT_EQ(perform(hall, {entry_kind::role, "ada", "bob", owner}).what, outcome::stored);
  EXPECT_EQ(described("hall", "bob").role, role::owner);
  ASSERT_EQ(lift("zoe", "ada"), ec::none);
  EXPECT_EQ(perform(hall, {entry_kind::role, "ada", "zoe", moderator}).what, outcome::stored);
  EXPECT_EQ(described("hall", "zoe").role, role::moderator);
}

TEST_P(Direct, GroupsTakeInWhoWantsToBeWrittenTo) {
  ASSERT_TRUE(try_direct("ada", {{"Bob"}, {"eve"}}, "@@0123456789abcdef"));
  auto group = open("@@0123456789abcdef");
  const core::act_effect asked{.what = {}, .must_agree = true};
  const auto add = [&](const std::string& whom) {
    const auto answer = perform(group, {entry_kind::add, "eve", whom, asked});
    return answer.what == outcome::stored ? ec::none : answer.why;
  };
  EXPECT_EQ(add("zoe"), ec::forbidden) << "they share no room";
  create("den", "zoe", access::secret, {{"eve"}});
  ASSERT_EQ(want("zoe", direct_setting::nobody), ec::none);
  EXPECT_EQ(add("Zoe"), ec::forbidden);
  ASSERT_EQ(want("zoe", direct_setting::shared), ec::none);
  EXPECT_EQ(add("Zoe"), ec::none);
  EXPECT_EQ(perform(group, {entry_kind::add, "eve", "zoe", asked}).what, outcome::unchanged);
  ASSERT_EQ(want("kim", direct_setting::everyone), ec::none);
  EXPECT_EQ(add("kim"), ec::none);
  EXPECT_EQ(members("@@0123456789abcdef", "kim"), (texts{"ada", "Bob", "eve", "kim", "Zoe"}));
}

TEST_P(Direct, DraftsAreKeptForRoomsThatOneMayReadIn) {
  EXPECT_EQ(keep("ada", "Hall", "one"), ec::none);
  create("den", "bob", access::secret);
  EXPECT_EQ(keep("ada", "den", "two"), ec::not_found);
  EXPECT_EQ(keep("ada", "lobby", "three", 1), ec::limit_reached);
  EXPECT_EQ(keep("ada", "hall", "other \xc3\xa9\n", 1, 8), ec::none) << "in the place of the one before";
  EXPECT_EQ(keep("ada", "lobby", "four", 2, 9), ec::none);
  reopen_unless_memory();
  EXPECT_EQ(drafts("ADA"), (texts{"hall other \xc3\xa9\n 8", "lobby four 9"}));
  EXPECT_EQ(drafts("ada", {}, 1), (texts{"hall other \xc3\xa9\n 8", "more"}));
  EXPECT_EQ(drafts("ada", "hall"), texts{"lobby four 9"});
  EXPECT_EQ(drafts("bob"), texts{});
  EXPECT_EQ(keep("ada", "lobby", ""), ec::none);
  EXPECT_EQ(keep("ada", "lobby", ""), ec::none) << "again";
  EXPECT_EQ(drafts("ada"), texts{"hall other \xc3\xa9\n 8"});
}

TEST_P(Direct, DraftsOfRoomsThatAreNotOnesOwnAnyMoreAreNotShownAndInNobodysWay) {
  create("den", "bob", access::secret, {{"ada"}});
  ASSERT_EQ(keep("ada", "den", "one"), ec::none);
  auto den = open("den");
  ASSERT_EQ(perform(den, {entry_kind::remove, "bob", "ada", {.what = {}, .must_be_member = true}}).what,
            outcome::stored);
  EXPECT_EQ(drafts("ada"), texts{});
  EXPECT_EQ(keep("ada", "hall", "two", 1), ec::none);
  ASSERT_EQ(stores.rooms->delete_room({{"hall"}, {"ada"}}).code(), ec::none);
  EXPECT_EQ(drafts("ada"), texts{}) << "they go with their rooms";
}

TEST_P(Direct, RoomsGoWithEitherOfTheirPeopleWhateverWasChosenAndGroupsStay) {
  ASSERT_EQ(direct("ada", "bob", "@ada,bob"), ec::none);
  ASSERT_EQ(direct("ada", "ada", "@ada,ada"), ec::none);
  ASSERT_EQ(direct("bob", "eve", "@bob,eve"), ec::none);
  ASSERT_TRUE(try_direct("ada", {{"Bob"}, {"eve"}}, "@@0123456789abcdef"));
  const auto room = open("@ada,bob");
  ASSERT_EQ(post(room, 1, "ada"), ec::none);
  chosen.keep_rooms = true;
  EXPECT_EQ(hide("ada")->rooms.size(), 2u);
  EXPECT_EQ(listed("bob"), (texts{"@@0123456789abcdef", "@bob,eve", "hall"}));
  EXPECT_EQ(post(room, 2, "bob"), ec::fenced);
  EXPECT_EQ(direct("bob", "ada", "@ada,bob"), ec::no_user);
  ASSERT_TRUE(restore());
  EXPECT_EQ(listed("bob"), (texts{"@@0123456789abcdef", "@ada,bob", "@bob,eve", "hall"}));
  ASSERT_EQ(hide("ada", 1, "again")->rooms.size(), 2u);
  const auto receipt = purge("ada", 1000, "again");
  EXPECT_EQ(receipt.rooms, 2u);
  EXPECT_EQ(receipt.messages, 1u);
  EXPECT_EQ(members("@@0123456789abcdef", "bob"), (texts{"Bob", "eve"}));
  EXPECT_EQ(listed("bob"), (texts{"@@0123456789abcdef", "@bob,eve", "hall"}));
}

TEST_P(Direct, RoomsOfTwoWhoAreBothBeingDeletedStayHiddenUntilBothAreBack) {
  ASSERT_EQ(direct("ada", "bob", "@ada,bob"), ec::none);
  chosen.keep_rooms = true;
  ASSERT_TRUE(hide("ada", 1, "one"));
  ASSERT_TRUE(hide("bob", 1, "two"));
  ASSERT_TRUE(restore(1, "one"));
  EXPECT_EQ(listed("ada"), texts{"hall"});
  ASSERT_TRUE(restore(1, "two"));
  EXPECT_EQ(listed("ada"), (texts{"@ada,bob", "hall"}));
}

TEST_P(Direct, GroupsGoWithTheirPeopleUnlessThatIsChosenOtherwise) {
  ASSERT_TRUE(try_direct("ada", {{"Bob"}, {"eve"}}, "@@0123456789abcdef"));
  ASSERT_EQ(hide("ada")->rooms.size(), 1u);
  (void)purge("ada");
  EXPECT_EQ(listed("bob"), texts{"hall"});
}

TEST_P(Direct, EverythingOfAPersonGoesWithThem) {
  ASSERT_EQ(block("ada", "bob"), ec::none);
  ASSERT_EQ(block("eve", "ada"), ec::none);
  ASSERT_EQ(want("ada", direct_setting::nobody), ec::none);
  ASSERT_EQ(keep("ada", "hall", "draft"), ec::none);
  ASSERT_TRUE(hide("ada"));
  EXPECT_EQ(block("ada", "zoe"), ec::conflict) << "nothing comes after the tombstone";
  EXPECT_EQ(block("bob", "ada"), ec::no_user);
  EXPECT_EQ(want("ada", direct_setting::everyone), ec::conflict);
  EXPECT_EQ(keep("ada", "hall", "later"), ec::conflict);
  EXPECT_EQ(blocks("ada"), texts{"bob"}) << "it may be undone yet";
  (void)purge("ada");
  EXPECT_EQ(blocks("ada"), texts{});
  EXPECT_EQ(blocks("eve"), texts{});
  EXPECT_EQ(wants("ada"), direct_setting::shared);
  EXPECT_EQ(drafts("ada"), texts{});
}

TEST_P(Direct, PeopleAreListedForOperatorsWhateverNamesThem) {
  ASSERT_EQ(block("kim", "Lea"), ec::none);
  ASSERT_EQ(want("max", direct_setting::nobody), ec::none);
  ASSERT_EQ(keep("nat", "hall", "draft"), ec::none);
  texts names;
  const auto people = stores.rooms->list_people({}, 100);
  ASSERT_TRUE(people);
  for (const auto& each : *people) names.push_back(each.value);
  EXPECT_EQ(names, (texts{"Ada", "Bob", "eve", "kim", "Lea", "max", "nat"}));
}

}  // namespace
}  // namespace greenroom::test
