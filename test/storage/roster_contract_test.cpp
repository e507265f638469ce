#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

/// Rooms that are run: who may read there, and what moderators are shown.
class Rosters : public chat_database {
 public:
  /// Ann's hall, with bob, the moderator, and carl; dora is banned, eve is muted.
  void SetUp() override {
    chat_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    create("hall", "ann", access::open, {{"bob"}, {"carl"}, {"dora"}});
    hall = open("hall");
    act({entry_kind::role, "ann", "bob", {.what = {.role = role::moderator}}, {}, 0, "first"});
    act({entry_kind::ban, "bob", "dora", {.what = {.until = at(end_of_time)}}, "rude"});
    act({entry_kind::mute, "ann", "eve"});
  }
  void act(const doing& what) { ASSERT_EQ(perform(hall, what).what, outcome::stored); }
  void set(const core::room_settings& to) { act({entry_kind::settings, "ann", {}, {.what = {}, .settings = to}}); }
  /// The outcomes of everything that somebody may read there; they agree.
  ec reads(const std::string& user) {
    const auto why = stores.rooms->find_room({"hall"}, {user}, at(5)).code();
    EXPECT_EQ(stores.rooms->create_room({{"hall"}, {user}, access::open, {}}, at(5)).code(), why);
    EXPECT_EQ((*stores.rooms->create_rooms({{{"hall"}, {user}}}, at(5))).at(0).code(), why);
    EXPECT_EQ(stores.rooms->read_history({{"hall"}, {user}, {}, {}, 10}).code(), why);
    EXPECT_EQ(stores.rooms->read_history({{"hall"}, {user}, {}, {1}, 10}).code(), why);
    EXPECT_EQ(stores.rooms->list_members({{"hall"}, {user}, {}, 10}).code(), why);
    EXPECT_EQ(stores.rooms->describe_room({{"hall"}, {user}}).code(), why == ec::forbidden ? ec::none : why);
    const auto moderates = [&](ec code) { return code == (why == ec::none ? ec::forbidden : why); };
    if (user != "ann" && user != "bob") {
      EXPECT_TRUE(moderates(stores.rooms->list_sanctions({{"hall"}, {user}}, at(5)).code()));
      EXPECT_TRUE(moderates(stores.rooms->read_audit({{"hall"}, {user}}).code()));
      EXPECT_EQ(stores.rooms->delete_room({{"hall"}, {user}}).code(), why == ec::none ? ec::forbidden : why);
    }
    return why;
  }
  texts listed(entry_kind kind, const std::string& after, std::uint32_t limit, bool more, core::wall_time now = at(5)) {
    const auto list = stores.rooms->list_sanctions({{"hall"}, {"bob"}, kind, {after}, limit}, now);
    EXPECT_TRUE(list) << list.why().text();
    EXPECT_EQ(list->more, more);
    texts names;
    for (const auto& each : list->sanctions) names.push_back(each.what.user.value);
    return names;
  }
  std::vector<std::uint64_t> audited(std::uint64_t before, std::uint32_t limit, bool more) {
    const auto page = stores.rooms->read_audit({{"hall"}, {"ann"}, {before}, limit});
    EXPECT_TRUE(page) << page.why().text();
    EXPECT_EQ(page->more, more);
    std::vector<std::uint64_t> seqs;
    for (const auto& each : page->entries) seqs.push_back(each.seq.value);
    return seqs;
  }

  core::room_opened hall;
};
GREENROOM_ON_EACH_DATABASE(Rosters);

TEST_P(Rosters, SayWhetherARoleMadeAMember) {
  const auto give = [&](const char* whom, role what) {
    const core::act_effect effect{.what = {.role = what}, .owner_before = {what == role::owner ? "ann" : ""}};
    const auto told = perform(hall, {entry_kind::role, "ann", whom, effect});
    EXPECT_EQ(told.what, outcome::stored);
    return told.was_member;
  };
  EXPECT_TRUE(give("Carl", role::moderator));
  EXPECT_FALSE(give("frank", role::member));
  EXPECT_TRUE(give("frank", role::moderator));
  EXPECT_FALSE(give("greg", role::owner));
}

TEST_P(Rosters, LetEverybodyButTheBannedReadInAnOpenRoom) {
  EXPECT_EQ(reads("ann"), ec::none);
  EXPECT_EQ(reads("eve"), ec::none);
  EXPECT_EQ(reads("zoe"), ec::none);
  EXPECT_EQ(reads("Dora"), ec::banned);
  EXPECT_EQ(stores.rooms->join_members({{"hall"}, {"dora"}}, at(5)).code(), ec::banned);
  for (const auto& why : {stores.rooms->read_history({{"hall"}, {"dora"}, {}, {}, 10}).why(),
                          stores.rooms->describe_room({{"hall"}, {"dora"}}).why(),
                          stores.rooms->find_room({"hall"}, {"dora"}, at(5)).why()}) {
    ASSERT_TRUE(why.because);
    EXPECT_EQ(*why.because, (core::sanction{{"dora"}, {"bob"}, "rude", at(end_of_time)}));
  }
}

TEST_P(Rosters, LetMembersReadInAnInvitedOne) {
  set({.access = access::invited, .title = "Hall", .topic = "t", .data = "{}"});
  EXPECT_EQ(reads("carl"), ec::none);
  EXPECT_EQ(reads("zoe"), ec::forbidden);
  EXPECT_EQ(reads("dora"), ec::banned);
  EXPECT_EQ(stores.rooms->join_members({{"hall"}, {"zoe"}}, at(5)).code(), ec::forbidden);
  const auto seen = described("hall", "zoe");
  EXPECT_EQ(seen.role, role::outsider);
  EXPECT_EQ(seen.info.settings.title, "Hall");
  EXPECT_TRUE(seen.info.settings.data.empty());
  EXPECT_TRUE(seen.seen_only);
  EXPECT_EQ(seen.members, 0u);
  EXPECT_FALSE(seen.info.head);
  EXPECT_EQ(seen.info.owner.value, "");
  EXPECT_FALSE(described("hall", "carl").seen_only);
  EXPECT_EQ(described("hall", "carl").info.settings.data, "{}");
  const auto list = stores.rooms->list_rooms({{"zoe"}, {}, 10});
  ASSERT_EQ(list->rooms.size(), 1u + built_in);
  EXPECT_EQ(list->rooms[0].settings.access, access::invited);
  EXPECT_EQ(list->rooms[0].settings.topic, "t");
  EXPECT_TRUE(list->rooms[0].settings.data.empty());
  EXPECT_TRUE(list->rooms[0].is_seen_only());
  EXPECT_EQ(list->rooms[0].owner.value, "");
  EXPECT_FALSE(list->rooms[0].head);
  const auto own = stores.rooms->list_rooms({{"carl"}, {}, 10});
  ASSERT_EQ(own->rooms.size(), 1u + built_in);
  EXPECT_EQ(own->rooms[0].owner.value, "ann");
  EXPECT_FALSE(own->rooms[0].is_seen_only());
}

TEST_P(Rosters, HideASecretOneFromEverybodyElse) {
  set({.access = access::secret});
  EXPECT_EQ(reads("carl"), ec::none);
  EXPECT_EQ(reads("zoe"), ec::not_found);
  EXPECT_EQ(reads("dora"), ec::not_found);
  EXPECT_EQ(stores.rooms->list_rooms({{"dora"}, {}, 10})->rooms.size(), built_in);
}

TEST_P(Rosters, AreCreatedWithTheirAccess) {
  const auto made = create("club", "ann", access::invited, {{"bob"}});
  EXPECT_EQ(made.settings.access, access::invited);
  EXPECT_EQ(stores.rooms->create_room({{"club"}, {"zoe"}, access::open, {}}, at(5)).code(), ec::forbidden);
  const auto opened = open("club");
  EXPECT_EQ(opened.settings.access, access::invited);
  EXPECT_EQ(opened.members.size(), 2u);
}

TEST_P(Rosters, FindTheBansOfManyVisitorsAtOnce) {
  create("other", "ann");
  const auto found = stores.rooms->find_rooms(
      {{{"hall"}, {"dora"}}, {{"other"}, {"DORA"}}, {{"HALL"}, {"zoe"}}, {{"hall"}, {"eve"}}, {{"HALL"}, {"Dora"}}},
      at(5));
  ASSERT_TRUE(found && found->size() == 5);
  EXPECT_EQ((*found)[0].code(), ec::banned);
  EXPECT_EQ((*found)[1].code(), ec::none);
  EXPECT_EQ((*found)[2].code(), ec::none);
  EXPECT_EQ((*found)[3].code(), ec::none);
  EXPECT_EQ((*found)[4].code(), ec::banned);
}

TEST_P(Rosters, EndBansInTime) {
  act({entry_kind::ban, "ann", "zoe", {.what = {.until = at(1000)}}});
  act({entry_kind::mute, "ann", "carl", {.what = {.until = at(1000)}}});
  EXPECT_EQ(stores.rooms->find_room({"hall"}, {"zoe"}, at(999)).code(), ec::banned);
  EXPECT_EQ(stores.rooms->find_room({"hall"}, {"zoe"}, at(1000)).code(), ec::none);
  EXPECT_TRUE(stores.rooms->read_history({{"hall"}, {"zoe"}, {}, {}, 10})) << "1970 is long ago";
  EXPECT_TRUE(stores.rooms->describe_room({{"hall"}, {"zoe"}}));
  EXPECT_EQ(stores.rooms->join_members({{"hall"}, {"zoe"}}, at(999)).code(), ec::banned);
  EXPECT_TRUE(stores.rooms->join_members({{"hall"}, {"zoe"}}, at(1000)));
  EXPECT_EQ(listed(entry_kind::ban, "", 10, false, at(999)), (texts{"dora", "zoe"}));
  EXPECT_EQ(listed(entry_kind::ban, "", 10, false, at(1000)), texts{"dora"});
  EXPECT_EQ(listed(entry_kind::mute, "", 10, false, at(999)), (texts{"carl", "eve"}));
  EXPECT_EQ(listed(entry_kind::mute, "", 10, false, at(1000)), texts{"eve"});
}

TEST_P(Rosters, OpenWithEverythingThatHolds) {
  set({.access = access::open, .post = core::room_posting::members});
  const auto now = std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
  act({entry_kind::mute, "ann", "carl", {.what = {.until = now - std::chrono::minutes(5)}}, "just over"});
  const auto opened = open("hall");
  EXPECT_EQ(opened.owner.value, "ann");
  EXPECT_EQ(opened.members.size(), 3u);
  ASSERT_EQ(opened.moderators.size(), 1u);
  EXPECT_EQ(opened.moderators[0].value, "bob");
  ASSERT_EQ(opened.bans.size(), 1u);
  EXPECT_EQ(opened.bans[0].user.value, "dora");
  // Clocks differ: the room judges what has just ended.
  ASSERT_EQ(opened.mutes.size(), 2u);
  const auto held =
      std::count_if(opened.mutes.begin(), opened.mutes.end(), [&](const auto& each) { return each.holds(now); });
  EXPECT_EQ(held, 1);
  create("other", "zoe");
  const auto both = stores.journal->open({{{"other"}, {"n"}, {1}}, {{"hall"}, {"n"}, {1}}}, 5);
  EXPECT_TRUE(both->at(0)->bans.empty() && both->at(0)->moderators.empty() && both->at(0)->mutes.empty());
  EXPECT_EQ(both->at(1)->bans.size(), 1u);
  EXPECT_EQ(both->at(1)->moderators.size(), 1u);
}

TEST_P(Rosters, ListSanctionsInPages) {
  for (const auto* user : {"zoe", "Fred", "greg"}) act({entry_kind::ban, "ann", user, {}, "all of you"});
  EXPECT_EQ(listed(entry_kind::ban, "", 10, false), (texts{"dora", "Fred", "greg", "zoe"}));
  EXPECT_EQ(listed(entry_kind::ban, "", 2, true), (texts{"dora", "Fred"}));
  EXPECT_EQ(listed(entry_kind::ban, "FRED", 2, false), (texts{"greg", "zoe"}));
  EXPECT_EQ(listed(entry_kind::ban, "zoe", 2, false), texts{});
  EXPECT_EQ(listed(entry_kind::mute, "", 10, false), texts{"eve"});
  const auto one = stores.rooms->list_sanctions({{"hall"}, {"ann"}, entry_kind::ban, {"greg"}, 1}, at(5));
  EXPECT_EQ(one->sanctions.at(0).what, (core::sanction{{"zoe"}, {"ann"}, "all of you", {}}));
  EXPECT_EQ(one->sanctions.at(0).at, at(4));
}

TEST_P(Rosters, ShowTheAuditInPages) {
  EXPECT_EQ(append({to(hall, {entry(4, "carl", "four"), entry(5, "carl", "five")})}).at(0).what, outcome::stored);
  hall.head = {5};
  act({entry_kind::erase, "carl", {}, {}, "slip", 4, "mine"});
  act({entry_kind::unmute, "bob", "eve"});
  EXPECT_EQ(audited(0, 10, false), (std::vector<std::uint64_t>{7, 6, 3, 2, 1}));
  EXPECT_EQ(audited(0, 2, true), (std::vector<std::uint64_t>{7, 6}));
  EXPECT_EQ(audited(6, 2, true), (std::vector<std::uint64_t>{3, 2}));
  EXPECT_EQ(audited(2, 2, false), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(audited(1, 2, false), (std::vector<std::uint64_t>{}));
  const auto page = *stores.rooms->read_audit({{"hall"}, {"ann"}, {}, 10});
  EXPECT_EQ(page.entries[1].target.value, 4u);
  EXPECT_EQ(page.entries[1].text, "slip");
  EXPECT_EQ(page.entries[1].client_id, "") << "somebody else's";
  EXPECT_EQ(page.entries[3].subject.value, "dora");
  EXPECT_EQ(page.entries[4].client_id, "first");
  EXPECT_EQ(audited(~std::uint64_t{0}, 1, true), (std::vector<std::uint64_t>{7}));
}

TEST_P(Rosters, EndTheAuditWhereItsBytesDo) {
  for (int i = 0; i < 40; ++i)
    act({entry_kind::mute, "ann", i % 2 == 0 ? "zoe" : "fred", {}, std::string(4096, '\x02')});
  const auto page = *stores.rooms->read_audit({{"hall"}, {"ann"}, {}, 40});
  EXPECT_LT(page.entries.size(), 12u);
  EXPECT_EQ(page.entries.front().seq, hall.head);
  EXPECT_TRUE(page.more);
}

TEST_P(Rosters, SayAsOfWhichHeadAPageIs) {
  const auto page = stores.rooms->read_history({{"hall"}, {"carl"}, {}, {}, 1});
  EXPECT_EQ(page->as_of.value, 3u);
  EXPECT_EQ(stores.rooms->read_history({{"hall"}, {"carl"}, {2}, {}, 1})->as_of.value, 3u);
  EXPECT_EQ(stores.rooms->read_history({{"hall"}, {"carl"}, {}, {1}, 1})->as_of.value, 3u);
  create("empty", "ann");
  EXPECT_EQ(stores.rooms->read_history({{"empty"}, {"carl"}, {}, {}, 1})->as_of.value, 0u);
}

TEST_P(Rosters, AreDeletedWithTheirRoom) {
  set({.title = "Hall"});
  ASSERT_TRUE(stores.rooms->delete_room({{"hall"}, {"ann"}}));
  create("hall", "dora");
  const auto opened = open("hall");
  EXPECT_EQ(opened.settings, core::room_settings{});
  EXPECT_TRUE(opened.bans.empty() && opened.mutes.empty() && opened.moderators.empty());
}

}  // namespace
}  // namespace greenroom::test
