#include <algorithm>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

/// Members, as the rooms read and change them.
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
      for (const auto& each : list->members) found.push_back(each.user.value);
    return found;
  }
  std::uint64_t membership(const core::room_opened& room) {
    return stores.journal->epochs({room.key})->at(0).membership.value;
  }
};
GREENROOM_ON_EACH_DATABASE(Members);

TEST_P(Members, AreReadWhenTheirRoomIsOpened) {
  create("secret", "Ann", access::secret, {{"Bob"}, {"carl"}});
  create("open", "ann", access::open, {{"bob"}});
  const auto secret = open("secret");
  EXPECT_EQ(secret.settings.access, access::secret);
  EXPECT_EQ(secret.owner.value, "Ann");
  EXPECT_EQ(names(secret), (texts{"ann", "bob", "carl"}));
  const auto lobby = open("open");
  EXPECT_EQ(lobby.settings, core::room_settings{});
  EXPECT_EQ(lobby.owner.value, "ann");
  EXPECT_TRUE(lobby.members.empty());
}

TEST_P(Members, AreReadOfManyRoomsAtOnce) {
  create("one", "ann", access::secret, {{"bob"}});
  create("two", "carl", access::secret);
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
  create("secret", "ann", access::secret, many);
  EXPECT_EQ(open("secret").members.size(), 3001u);
}

TEST_P(Members, AreChangedByTheRoom) {
  create("secret", "ann", access::secret, {{"bob"}});
  auto room = open("secret");
  EXPECT_EQ(perform(room, {entry_kind::add, "ann", "Carl"}).what, outcome::stored);
  EXPECT_EQ(perform(room, {entry_kind::add, "ann", "carl"}).what, outcome::unchanged) << "twice is done";
  EXPECT_EQ(perform(room, {entry_kind::remove, "ann", "BOB"}).what, outcome::stored);
  EXPECT_EQ(stored("secret", "ann"), (texts{"ann", "Carl"}));
  EXPECT_EQ(stores.rooms->find_room({"secret"}, {"bob"}, at(5)).code(), core::ec::not_found);
  EXPECT_EQ(membership(room), room.membership.value) << "the room knows it";
  EXPECT_EQ(names(open("secret")), (texts{"ann", "carl"}));
}

TEST_P(Members, AreNotChangedByOrForSomebodyWhoIsBeingDeleted) {
  create("secret", "ann", access::secret, {{"bob"}});
  create("own", "dora", access::secret);
  auto room = open("secret");
  auto own = open("own");
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"dora"}}, at(2)));
  EXPECT_EQ(perform(room, {entry_kind::add, "ann", "dora"}).why, core::ec::conflict);
  EXPECT_EQ(perform(room, {entry_kind::add, "dora", "carl"}).why, core::ec::conflict);
  EXPECT_EQ(perform(own, {entry_kind::add, "carl", "bob"}).what, outcome::fenced) << "it is hidden";
  EXPECT_EQ(perform(room, {entry_kind::remove, "ann", "bob"}).what, outcome::stored);
  EXPECT_EQ(stored("secret", "ann"), texts{"ann"});
  ASSERT_TRUE(stores.rooms->restore_rooms({{"op"}, {1}}, at(3)));
  EXPECT_EQ(perform(room, {entry_kind::add, "ann", "dora"}).what, outcome::stored);
}

TEST_P(Members, HaveANumberThatRisesWhereTheyAreChangedElsewhere) {
  create("secret", "ann", access::secret, {{"dora"}, {"carl"}});
  create("open", "ann", access::open, {{"dora"}});
  const auto secret = open("secret");
  auto lobby = open("open");
  auto last = membership(lobby);
  ASSERT_TRUE(stores.rooms->join_members({{"open"}, {"bob"}}, at(2)));
  EXPECT_EQ(membership(lobby), last) << "the room doesn't know its members";
  ASSERT_EQ(
      perform(lobby, {entry_kind::settings, "ann", {}, {.what = {}, .settings = {.post = core::room_posting::members}}})
          .what,
      outcome::stored);
  ASSERT_TRUE(stores.rooms->join_members({{"open"}, {"bob"}}, at(2)));
  EXPECT_EQ(membership(lobby), last) << "nothing changed";
  ASSERT_TRUE(stores.rooms->join_members({{"open"}, {"eve"}}, at(2)));
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
