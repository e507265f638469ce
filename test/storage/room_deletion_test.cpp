#include "test/storage/room_deletion_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

class RoomDeletions : public room_deletions {};
GREENROOM_ON_EACH_DATABASE(RoomDeletions);

TEST_P(RoomDeletions, HideEveryPrivateRoomWithTheUser) {
  create("Own", "ann", access::secret, {{"bob"}});
  create("shared", "bob", access::secret, {{"Ann"}});
  create("other", "bob", access::secret);
  create("open", "ann");
  const auto hidden = hide("ANN");
  ASSERT_TRUE(hidden) << hidden.why().text();
  ASSERT_EQ(hidden->rooms.size(), 2u);
  EXPECT_EQ(hidden->rooms[0].value, "Own");
  EXPECT_EQ(hidden->rooms[1].value, "shared");
  EXPECT_EQ(listed("bob"), (texts{"open", "other"}));
  EXPECT_EQ(listed("ann"), texts{"open"});
}

TEST_P(RoomDeletions, HideThemFromEverybody) {
  create("secret", "ann", access::secret, {{"bob"}});
  fill("secret", 3);
  ASSERT_TRUE(hide("ann"));
  for (const auto* viewer : {"ann", "bob"}) {
    EXPECT_EQ(stores.rooms->find_room({"secret"}, {viewer}, at(5)).code(), ec::not_found);
    EXPECT_EQ(stores.rooms->list_members({{"secret"}, {viewer}, {}, 10}).code(), ec::not_found);
    EXPECT_EQ(stores.rooms->read_history({{"secret"}, {viewer}, {}, {}, 10}).code(), ec::not_found);
    EXPECT_EQ(stores.rooms->read_history({{"secret"}, {viewer}, {}, {1}, 10}).code(), ec::not_found);
  }
  EXPECT_EQ(stores.rooms->create_room({{"secret"}, {"bob"}, access::secret, {}}, at(2)).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->join_members({{"secret"}, {"bob"}}, at(2)).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->describe_room({{"secret"}, {"bob"}}).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->list_sanctions({{"secret"}, {"ann"}}, at(2)).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->read_audit({{"secret"}, {"ann"}}).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->delete_room({{"secret"}, {"bob"}}).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->read_heads({{{"secret"}}})->heads.size(), 0u);
  EXPECT_EQ(*stores.rooms->count_rooms(), built_in);
  EXPECT_EQ(stores.journal->open({{{"secret"}, {"node"}, {9}}}, 10)->at(0).code(), ec::not_found);
  EXPECT_EQ(stores.journal->open({{{"secret"}, {"node"}, {0}}}, 10)->at(0).code(), ec::not_found);
}

TEST_P(RoomDeletions, RaiseTheEpochOfWhatTheyHide) {
  create("secret", "ann", access::secret, {{"bob"}});
  const auto owned = open("secret");
  ASSERT_EQ(post(owned, 1, "bob"), ec::none);
  ASSERT_TRUE(hide("ann"));
  EXPECT_EQ(post(owned, 2, "bob"), ec::fenced);
  EXPECT_EQ(stores.journal->epochs({owned.key})->size(), 0u);
  ASSERT_TRUE(restore());
  EXPECT_GT(stores.journal->epochs({owned.key})->at(0).epoch, owned.epoch);
  EXPECT_EQ(post(owned, 2, "bob"), ec::fenced);
  EXPECT_EQ(post(open("secret"), 2, "bob"), ec::none);
}

TEST_P(RoomDeletions, RefuseWhatTheUserWrites) {
  create("a", "bob");
  create("b", "bob");
  const auto a = open("a");
  const auto b = open("b");
  ASSERT_EQ(post(a, 1, "ann"), ec::none);
  ASSERT_TRUE(hide("Ann"));
  EXPECT_EQ(post(a, 2, "ann"), ec::conflict);
  EXPECT_EQ(append({to(a, {entry(2, "bob", "one"), entry(3, "ANN", "two")})}).at(0).what, outcome::refused);
  const auto both = append({to(a, {entry(2, "ann", "one"), entry(3, "ann", "two")}), to(b, {entry(1, "bob", "one")})});
  EXPECT_EQ(both.at(0).what, outcome::refused);
  EXPECT_EQ(both.at(1).what, outcome::stored);
  EXPECT_EQ(post(a, 2, "bob"), ec::none);
  purge("ann");
  EXPECT_EQ(post(a, 3, "ann"), ec::conflict);
  reopen_unless_memory();
  EXPECT_EQ(post(a, 3, "ann"), ec::conflict);
  EXPECT_EQ(post(a, 3, "bob"), ec::none);
}

TEST_P(RoomDeletions, RefuseAlsoWhoNeverWroteBefore) {
  create("a", "bob");
  const auto a = open("a");
  ASSERT_EQ(post(a, 1, "bob"), ec::none);
  ASSERT_TRUE(hide("ann"));
  EXPECT_EQ(post(a, 2, "ann"), ec::conflict);
  purge("ann");
  EXPECT_EQ(post(a, 2, "Ann"), ec::conflict);
  reopen_unless_memory();
  EXPECT_EQ(post(a, 2, "ann"), ec::conflict);
}

TEST_P(RoomDeletions, RefuseChangesByTheUserAndOfTheUser) {
  create("own", "ann");
  create("open", "bob", access::open, {{"carl"}});
  ASSERT_TRUE(hide("ann"));
  EXPECT_EQ(stores.rooms->create_room({{"new"}, {"Ann"}, access::open, {}}, at(2)).code(), ec::conflict);
  EXPECT_EQ(stores.rooms->create_room({{"new"}, {"bob"}, access::secret, {{"carl"}, {"ANN"}}}, at(2)).code(),
            ec::conflict);
  EXPECT_EQ(stores.rooms->create_room({{"open"}, {"ann"}, access::open, {}}, at(2)).code(), ec::conflict);
  EXPECT_EQ(stores.rooms->join_members({{"open"}, {"ann"}}, at(2)).code(), ec::conflict);
  EXPECT_EQ(stores.rooms->delete_room({{"own"}, {"ann"}}).code(), ec::conflict);
  EXPECT_EQ(stores.rooms->find_room({"new"}, {"bob"}, at(5)).code(), ec::not_found);
  EXPECT_TRUE(stores.rooms->join_members({{"open"}, {"dora"}}, at(2)));
}

TEST_P(RoomDeletions, AreUndoneByRestoring) {
  create("secret", "ann", access::secret, {{"bob"}});
  create("open", "bob");
  const auto opened = open("open");
  const auto room = fill("secret", 3);
  ASSERT_TRUE(hide("ann"));
  ASSERT_EQ(post(opened, 1, "ann"), ec::conflict);
  ASSERT_TRUE(restore());
  EXPECT_EQ(log(room).size(), 3u);
  EXPECT_EQ(members("secret", "bob"), (texts{"ann", "bob"}));
  EXPECT_TRUE(stores.rooms->find_room({"secret"}, {"ann"}, at(5)));
  EXPECT_EQ(open("secret").head.value, 3u);
  EXPECT_EQ(post(opened, 1, "ann"), ec::none);
  EXPECT_TRUE(stores.rooms->create_room({{"new"}, {"ann"}, access::open, {}}, at(2)));
  // Another try is another operation.
  EXPECT_EQ(hide("ann", 1, "second")->rooms.size(), 1u);
}

TEST_P(RoomDeletions, CanBeRepeated) {
  create("secret", "ann", access::secret, {{"bob"}});
  const auto room = open("secret");
  ASSERT_TRUE(hide("ann"));
  EXPECT_EQ(hide("ann", 2)->rooms.size(), 1u);
  EXPECT_EQ(stores.journal->epochs({room.key})->size(), 0u);
  ASSERT_TRUE(restore(2));
  EXPECT_EQ(stores.journal->epochs({room.key})->at(0).epoch, room.epoch + 1);
  EXPECT_TRUE(restore(3));
  create("own", "bob", access::secret);
  ASSERT_EQ(hide("bob", 1, "second")->rooms.size(), 2u);
  EXPECT_EQ(purge("bob", 1000, "second").rooms, 2u);
  EXPECT_EQ(purge("bob", 1000, "second").rooms, 2u);
}

TEST_P(RoomDeletions, AreFencedByTheLease) {
  create("secret", "ann", access::secret);
  ASSERT_TRUE(hide("ann", 2));
  EXPECT_EQ(hide("ann", 1).code(), ec::fenced);
  EXPECT_EQ(restore(1).code(), ec::fenced);
  EXPECT_EQ(purge_some("ann", 100, 1).code(), ec::fenced);
  EXPECT_EQ(listed("ann"), texts{});
  ASSERT_TRUE(hide("ann", 3));
  EXPECT_EQ(purge_some("ann", 100, 2).code(), ec::fenced);
  ASSERT_TRUE(purge_some("ann", 100, 4));
  EXPECT_EQ(purge_some("ann", 100, 3).code(), ec::fenced);
  ASSERT_TRUE(restore(7, "second"));
  EXPECT_EQ(restore(6, "second").code(), ec::fenced);
}

TEST_P(RoomDeletions, EndOnceAndForAll) {
  create("secret", "ann", access::secret);
  ASSERT_TRUE(hide("ann"));
  ASSERT_TRUE(restore());
  EXPECT_EQ(hide("ann", 9).code(), ec::conflict);
  EXPECT_EQ(purge_some("ann", 100, 9).code(), ec::conflict);
  EXPECT_EQ(listed("ann"), texts{"secret"});
  ASSERT_TRUE(hide("ann", 1, "second"));
  EXPECT_EQ(purge("ann", 1000, "second").rooms, 1u);
  EXPECT_EQ(hide("ann", 9, "second").code(), ec::conflict);
  EXPECT_EQ(restore(9, "second").code(), ec::conflict);
  EXPECT_EQ(hide("ann", 1, "third").code(), ec::conflict);
}

TEST_P(RoomDeletions, EndAlsoWhereNothingWasHidden) {
  create("secret", "ann", access::secret);
  ASSERT_TRUE(restore(2));
  EXPECT_EQ(restore(1).code(), ec::fenced);
  EXPECT_EQ(hide("ann", 3).code(), ec::conflict);
  EXPECT_EQ(purge_some("ann", 100, 3).code(), ec::conflict);
  EXPECT_EQ(listed("ann"), texts{"secret"});
  EXPECT_EQ(purge("ann", 1000, "second").rooms, 1u);
  EXPECT_EQ(restore(9, "second").code(), ec::conflict);
  EXPECT_EQ(purge("bob", 1000, "third").rooms, 0u);
  EXPECT_EQ(hide("bob", 9, "third").code(), ec::conflict);
}

TEST_P(RoomDeletions, CanNotBeUndoneOnceAPurgeHasBegun) {
  create("secret", "ann", access::secret);
  fill("secret", 50);
  ASSERT_TRUE(hide("ann"));
  ASSERT_TRUE(purge_some("ann", 10)->more);
  EXPECT_EQ(restore(9).code(), ec::conflict);
  EXPECT_EQ(hide("ann", 9).code(), ec::conflict);
  EXPECT_EQ(purge("ann").rooms, 1u);
}

TEST_P(RoomDeletions, PurgeInChunksAndCountAllOfThem) {
  create("own", "ann", access::secret);
  create("shared", "bob", access::secret, {{"ann"}, {"carl"}});
  create("open", "bob", access::open, {{"ann"}});
  create("other", "bob");
  fill("own", 120);
  fill("shared", 30);
  const auto room = open("open");
  const auto other = fill("other", 10);
  std::vector<core::room_entry> entries;
  for (std::uint64_t seq = 1; seq <= 100; ++seq)
    entries.push_back(entry(seq, seq % 4 == 0 ? "Ann" : "bob", "text", "id" + std::to_string(seq)));
  ASSERT_EQ(append({to(room, entries)}).at(0).what, outcome::stored);
  ASSERT_TRUE(hide("ann"));

  const auto first = purge_some("ann", 50);
  ASSERT_TRUE(first && first->more);
  EXPECT_EQ(first->receipt.messages, 50u);
  EXPECT_EQ(first->receipt.rooms, 0u);
  // The name is off all of it already.
  for (const auto& author : authors(room)) EXPECT_NE(author, "Ann");
  reopen_unless_memory();
  const auto receipt = purge("ann", 3);
  EXPECT_EQ(receipt.rooms, 2u);
  EXPECT_EQ(receipt.messages, 150u);
  EXPECT_EQ(receipt.anonymised, 35u);
  EXPECT_EQ(receipt.memberships, 1u);
  EXPECT_EQ(receipt.passed_on, 0u);
  EXPECT_EQ(log(other).size(), 10u);
  const auto again = purge_some("ann", 50, 2);
  EXPECT_FALSE(again->more);
  EXPECT_EQ(again->receipt.messages, 150u);
  EXPECT_EQ(again->receipt.anonymised, 35u);
}

TEST_P(RoomDeletions, LeaveTextsWithoutAuthorAndIds) {
  create("open", "bob", access::open, {{"ann"}});
  const auto room = open("open");
  ASSERT_EQ(append({to(room, {entry(1, "Ann", "one", "a1"), entry(2, "bob", "two", "b1"), entry(3, "ann", "three")})})
                .at(0)
                .what,
            outcome::stored);
  ASSERT_TRUE(hide("ann"));
  EXPECT_EQ(purge("ann").anonymised, 2u);
  const auto entries = *stores.journal->read(room.key, {}, 10);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].author.value, "deleted");
  EXPECT_EQ(entries[0].client_id, "");
  EXPECT_EQ(entries[0].text, "one");
  EXPECT_EQ(entries[1].author.value, "bob");
  EXPECT_EQ(entries[1].client_id, "b1");
  EXPECT_EQ(entries[2].author.value, "deleted");
  EXPECT_EQ(stores.rooms->read_history({{"open"}, {"bob"}, {}, {}, 10})->entries[0].author.value, "deleted");
  EXPECT_EQ(members("open", "bob"), texts{"bob"});
  EXPECT_EQ(append({to(room, {entry(4, "bob", "two", "b1")})}).at(0).what, outcome::repeated);
}

TEST_P(RoomDeletions, LeaveNothingInRoomsThatTheUserHadLeft) {
  create("secret", "bob", access::secret, {{"ann"}});
  auto room = open("secret");
  ASSERT_EQ(post(room, 1, "ann"), ec::none);
  room.head = {1};
  ASSERT_EQ(perform(room, {entry_kind::remove, "ann", "ann"}).what, outcome::stored);
  EXPECT_EQ(hide("ann")->rooms.size(), 0u);
  EXPECT_EQ(purge("ann").anonymised, 2u);
  EXPECT_EQ(authors(room), (texts{"deleted", "deleted"}));
  EXPECT_EQ(stores.journal->read(room.key, {1}, 1)->at(0).subject.value, "deleted");
}

TEST_P(RoomDeletions, PassPublicRoomsToTheirLongestMember) {
  create("first", "ann");
  create("second", "Ann");
  create("third", "ann");
  const auto add = [&](const std::string& room, const std::string& member, long long when) {
    ASSERT_TRUE(stores.rooms->join_members({{room}, {member}}, at(when)));
  };
  add("first", "bob", 30);
  add("first", "carl", 20);
  add("second", "Dora", 20);
  add("second", "carl", 20);
  add("third", "zoe", 10);
  ASSERT_TRUE(hide("zoe", 1, "other"));
  ASSERT_TRUE(hide("ann"));
  const auto receipt = purge("ann");
  EXPECT_EQ(receipt.memberships, 3u);
  EXPECT_EQ(receipt.passed_on, 2u);
  EXPECT_EQ(stores.rooms->find_room({"first"}, {"bob"}, at(5))->owner.value, "carl");
  EXPECT_EQ(stores.rooms->find_room({"second"}, {"bob"}, at(5))->owner.value, "carl");
  EXPECT_EQ(described("first", "CARL").role, role::owner);
  // Nobody is left who could have it.
  EXPECT_EQ(stores.rooms->find_room({"third"}, {"bob"}, at(5))->owner.value, "deleted");
  EXPECT_EQ(post(open("third"), 1, "bob"), ec::none);
}

TEST_P(RoomDeletions, HideInvitedRoomsAsSecretOnes) {
  create("club", "bob", access::invited, {{"ann"}});
  create("open", "ann");
  EXPECT_EQ(hide("ann")->rooms.size(), 1u);
  EXPECT_EQ(listed("carl"), texts{"open"});
  ASSERT_TRUE(restore());
  EXPECT_EQ(listed("carl"), (texts{"club", "open"}));
  ASSERT_TRUE(hide("ann", 1, "second"));
  EXPECT_EQ(purge("ann", 1000, "second").rooms, 1u);
  EXPECT_EQ(listed("carl"), texts{"open"});
}

TEST_P(RoomDeletions, TakeAwayWhatWasDoneToTheUserAndKeepWhatTheyDid) {
  create("open", "bob", access::open, {{"ann"}, {"carl"}});
  auto room = open("open");
  const auto stored = [&](const doing& what) { EXPECT_EQ(perform(room, what).what, outcome::stored); };
  stored({entry_kind::role, "bob", "ann", {.what = {.role = role::moderator}}});
  stored({entry_kind::mute, "ann", "carl", {}, "noise"});
  stored({entry_kind::mute, "bob", "ann", {}, "row"});
  stored({entry_kind::ban, "ann", "dora"});
  ASSERT_TRUE(hide("ann"));
  EXPECT_EQ(perform(room, {entry_kind::unmute, "bob", "ann"}).why, ec::conflict);
  EXPECT_EQ(perform(room, {entry_kind::mute, "ann", "bob"}).why, ec::conflict);
  EXPECT_EQ(perform(room, {entry_kind::unmute, "bob", "ANN"}).what, outcome::refused);
  purge("ann");
  room = open("open");
  EXPECT_TRUE(room.moderators.empty());
  ASSERT_EQ(room.mutes.size(), 1u);
  EXPECT_EQ(room.mutes[0].user.value, "carl");
  EXPECT_EQ(room.mutes[0].by.value, "deleted");
  EXPECT_EQ(room.mutes[0].why, "noise");
  ASSERT_EQ(room.bans.size(), 1u);
  EXPECT_EQ(room.tail.at(2).subject.value, "deleted");
  EXPECT_EQ(room.tail.at(0).subject.value, "deleted");
  EXPECT_EQ(room.tail.at(1).author.value, "deleted");
  EXPECT_EQ(stores.rooms->find_room({"open"}, {"dora"}, at(9)).why().because->by.value, "deleted");
  EXPECT_EQ(members("open", "bob"), (texts{"bob", "carl"}));
  const auto people = *stores.rooms->list_people({}, 100);
  for (const auto& name : people) EXPECT_NE(name.value, "ann");
}

TEST_P(RoomDeletions, ShareRoomsWithOneAnother) {
  create("secret", "ann", access::secret, {{"bob"}, {"carl"}});
  create("second", "ann", access::secret, {{"bob"}});
  ASSERT_EQ(hide("ann")->rooms.size(), 2u);
  ASSERT_TRUE(hide("bob", 1, "bobs"));
  // The one that is undone leaves the rooms to the other.
  ASSERT_TRUE(restore());
  EXPECT_EQ(stores.rooms->find_room({"secret"}, {"carl"}, at(5)).code(), ec::not_found);
  const auto receipt = purge("bob", 1000, "bobs");
  EXPECT_EQ(receipt.rooms, 2u);
  EXPECT_EQ(*stores.rooms->count_rooms(), built_in);

  create("third", "carl", access::secret, {{"dora"}});
  ASSERT_TRUE(hide("carl", 1, "carls"));
  ASSERT_TRUE(hide("dora", 1, "doras"));
  EXPECT_EQ(purge("dora", 1000, "doras").rooms, 1u);
  ASSERT_TRUE(restore(1, "carls"));
  EXPECT_EQ(stores.rooms->find_room({"third"}, {"carl"}, at(5)).code(), ec::not_found);
}

TEST_P(RoomDeletions, FreeTheNamesOfRoomsThatAreGone) {
  const auto before = create("secret", "ann", access::secret);
  const auto room = fill("secret", 5);
  ASSERT_TRUE(hide("ann"));
  purge("ann");
  EXPECT_EQ(log(room), texts{});
  const auto after = create("secret", "bob");
  EXPECT_NE(after.generation, before.generation);
  EXPECT_EQ(after.head.value, 0u);
}

TEST_P(RoomDeletions, OutliveTheProcess) {
  if (is("memory")) GTEST_SKIP() << "nothing in memory outlives its store";
  create("secret", "ann", access::secret);
  create("open", "bob");
  fill("secret", 5);
  ASSERT_TRUE(hide("ann", 4));
  reopen();
  EXPECT_EQ(stores.rooms->find_room({"secret"}, {"ann"}, at(5)).code(), ec::not_found);
  EXPECT_EQ(post(open("open"), 1, "ann"), ec::conflict);
  EXPECT_EQ(hide("ann", 3).code(), ec::fenced);
  ASSERT_TRUE(restore(5));
  reopen();
  EXPECT_EQ(hide("ann", 9).code(), ec::conflict);
  EXPECT_TRUE(stores.rooms->find_room({"secret"}, {"ann"}, at(5)));
}

}  // namespace
}  // namespace greenroom::test
