#include <algorithm>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

using change = storage::change_outcome;

/// Members of private rooms, as the rooms read and change them.
class Members : public chat_database {
 public:
  static texts names(const core::room_opened& room) {
    texts found;
    for (const auto& each : room.members) found.push_back(core::folded(each.value));
    std::sort(found.begin(), found.end());
    return found;
  }
  texts stored(const std::string& room, const std::string& viewer) {
    texts found;
    const auto list = stores.rooms->list_members({{room}, {viewer}, {}, 100});
    if (list)
      for (const auto& each : list->members) found.push_back(each.value);
    return found;
  }
  std::uint64_t membership(const core::room_opened& room) {
    return stores.journal->epochs({room.key})->at(0).membership.value;
  }
};
GREENROOM_ON_EACH_DATABASE(Members);

TEST_P(Members, AreReadWhenTheirRoomIsOpened) {
  create("secret", "Ann", true, {{"Bob"}, {"carl"}});
  create("open", "ann", false, {{"bob"}});
  const auto secret = open("secret");
  EXPECT_TRUE(secret.is_private);
  EXPECT_EQ(secret.owner.value, "Ann");
  EXPECT_EQ(names(secret), (texts{"ann", "bob", "carl"}));
  const auto lobby = open("open");
  EXPECT_FALSE(lobby.is_private);
  EXPECT_TRUE(lobby.members.empty());
}

TEST_P(Members, AreReadOfManyRoomsAtOnce) {
  create("one", "ann", true, {{"bob"}});
  create("two", "carl", true);
  create("three", "dora");
  const auto opened = stores.journal->open(
      {{{"ONE"}, {"n"}, {1}}, {{"three"}, {"n"}, {1}}, {{"none"}, {"n"}, {1}}, {{"two"}, {"n"}, {1}}}, 5);
  ASSERT_TRUE(opened && opened->size() == 4);
  EXPECT_EQ(names(*opened->at(0)), (texts{"ann", "bob"}));
  EXPECT_EQ(names(*opened->at(1)), texts{});
  EXPECT_EQ(names(*opened->at(3)), texts{"carl"});
  EXPECT_EQ(opened->at(3)->owner.value, "carl");
}

TEST_P(Members, AreReadHoweverManyThereAre) {
  std::vector<core::user_id> many;
  for (int i = 0; i < 3000; ++i) many.push_back({"user" + std::to_string(i)});
  create("secret", "ann", true, many);
  EXPECT_EQ(open("secret").members.size(), 3001u);
}

TEST_P(Members, AreChangedByTheRoom) {
  create("secret", "ann", true, {{"bob"}});
  const auto room = open("secret");
  EXPECT_EQ(change(room, "ann", "Carl", true), change::changed);
  EXPECT_EQ(change(room, "ann", "carl", true), change::changed) << "twice is done";
  EXPECT_EQ(change(room, "ann", "BOB", false), change::changed);
  EXPECT_EQ(change(room, "ann", "bob", false), change::changed);
  EXPECT_EQ(stored("secret", "ann"), (texts{"ann", "Carl"}));
  EXPECT_EQ(stores.rooms->find_room({"secret"}, {"bob"}).code(), core::ec::not_found);
  EXPECT_EQ(membership(room), room.membership.value) << "the room knows it";
  EXPECT_EQ(names(open("secret")), (texts{"ann", "carl"}));
}

TEST_P(Members, AreChangedOnlyUnderTheRoomsEpochAndHead) {
  create("secret", "ann", true, {{"bob"}});
  const auto old = open("secret");
  auto room = open("secret");
  EXPECT_EQ(change(old, "ann", "bob", false), change::fenced);
  EXPECT_EQ(change(old, "ann", "carl", true), change::fenced);
  EXPECT_EQ(append({to(room, {entry(1, "bob", "one")})}).at(0).what, outcome::stored);
  EXPECT_EQ(change(room, "ann", "bob", false), change::fenced) << "decided before that was written";
  EXPECT_EQ(change(room, "ann", "carl", true), change::fenced);
  EXPECT_EQ(stored("secret", "ann"), (texts{"ann", "bob"}));
  room.head = {1};
  EXPECT_EQ(change(room, "ann", "bob", false), change::changed);
  EXPECT_EQ(append({to(room, {entry(2, "ann", "two")})}).at(0).what, outcome::stored) << "the head stays";
  ASSERT_TRUE(stores.rooms->delete_room({{"secret"}, {"ann"}}));
  room.head = {2};
  EXPECT_EQ(change(room, "ann", "carl", true), change::fenced);
}

TEST_P(Members, AreNotChangedByOrForSomebodyWhoIsBeingDeleted) {
  create("secret", "ann", true, {{"bob"}});
  create("own", "dora", true);
  const auto room = open("secret");
  const auto own = open("own");
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"dora"}}, at(2)));
  EXPECT_EQ(change(room, "ann", "dora", true), change::refused);
  EXPECT_EQ(change(room, "dora", "carl", true), change::refused);
  EXPECT_EQ(change(own, "carl", "bob", true), change::fenced) << "it is hidden";
  EXPECT_EQ(change(room, "ann", "bob", false), change::changed);
  EXPECT_EQ(stored("secret", "ann"), texts{"ann"});
  ASSERT_TRUE(stores.rooms->restore_rooms({{"op"}, {1}}, at(3)));
  EXPECT_EQ(change(room, "ann", "dora", true), change::changed);
}

TEST_P(Members, HaveANumberThatRisesWhereTheyAreChangedElsewhere) {
  create("secret", "ann", true, {{"dora"}, {"carl"}});
  create("open", "ann", false, {{"dora"}});
  const auto secret = open("secret");
  const auto lobby = open("open");
  auto last = membership(lobby);
  ASSERT_TRUE(stores.rooms->add_member({{"open"}, {"ann"}, {"bob"}}, at(2)));
  EXPECT_GT(membership(lobby), last);
  last = membership(lobby);
  ASSERT_TRUE(stores.rooms->add_member({{"open"}, {"ann"}, {"bob"}}, at(2)));
  EXPECT_EQ(membership(lobby), last) << "nothing changed";
  ASSERT_TRUE(stores.rooms->remove_member({{"open"}, {"ann"}, {"bob"}}));
  EXPECT_GT(membership(lobby), last);
  last = membership(secret);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"dora"}}, at(2)));
  ASSERT_TRUE(stores.rooms->restore_rooms({{"op"}, {1}}, at(3)));
  EXPECT_GT(membership(secret), last);
  EXPECT_EQ(open("secret").membership.value, membership(secret));
  last = membership(secret);
  ASSERT_TRUE(stores.rooms->remove_strangers({{"nobody"}}, at(4)));
  EXPECT_EQ(membership(secret), last);
  ASSERT_TRUE(stores.rooms->remove_strangers({{"carl"}}, at(4)));
  EXPECT_GT(membership(secret), last);
  last = membership(lobby);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"other"}, {1}, {"dora"}}, at(4)));
  ASSERT_TRUE(stores.rooms->purge_rooms({{"other"}, {1}, {"dora"}}, 100, at(5)));
  EXPECT_GT(membership(lobby), last);
}

}  // namespace
}  // namespace greenroom::test
