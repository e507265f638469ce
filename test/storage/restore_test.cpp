// What an operator needs after a restore from a copy, and what a fresh database contains.
#include <algorithm>
#include <set>

#include "test/storage/chat_fixture.hpp"
#include "test/storage/users_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

class RestoredRooms : public chat_database {
 public:
  texts people(const std::string& after = {}, std::uint32_t limit = 100) {
    texts names;
    const auto list = stores.rooms->list_people({after}, limit);
    EXPECT_TRUE(list);
    for (const auto& each : *list) names.push_back(each.value);
    return names;
  }
};
GREENROOM_ON_EACH_DATABASE(RestoredRooms);

TEST_P(RestoredRooms, HaveALobbyThatIsNobodys) {
  const auto first = stores.rooms->create_room({{"Lobby"}, {"ann"}, access::secret, {{"bob"}}}, at(1));
  ASSERT_TRUE(first) << "the first who comes can't make it theirs";
  EXPECT_FALSE(first->created);
  EXPECT_TRUE(first->info.is_open());
  EXPECT_EQ(first->info.owner.value, "system");
  EXPECT_EQ(first->info.room.value, "lobby");
  EXPECT_NE(first->info.generation, core::generation_id{});
  EXPECT_TRUE(stores.rooms->find_room({"lobby"}, {"carl"}, at(5)));
  EXPECT_EQ(stores.rooms->delete_room({{"lobby"}, {"ann"}}).code(), ec::forbidden);
  EXPECT_EQ(append({to(open("lobby"), {entry(1, "ann", "hello")})}).at(0).what, outcome::stored);
}

TEST_P(RestoredRooms, ListWhomTheyName) {
  create("hall", "ann", access::open, {{"Bob"}});
  create("secret", "dora", access::secret, {{"bob"}});
  append({to(open("hall"), {entry(1, "Carl", "hello"), entry(2, "ann", "hello"), entry(3, "emil", "hello")})});
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"emil"}}, at(2)));
  ASSERT_TRUE(stores.rooms->purge_rooms({{"op"}, {1}, {"emil"}}, 100, at(2)));
  const auto named = people();
  EXPECT_EQ(std::set<std::string>(named.begin(), named.end()).size(), 4u) << "without the lobby's owner";
  EXPECT_EQ(people("ANN", 2), (texts{named[1], named[2]}));
  EXPECT_EQ(core::folded(named[1]), "bob");
  EXPECT_EQ(named[2], "Carl");
  EXPECT_EQ(people("dora"), texts{});
}

TEST_P(RestoredRooms, TellWhichDeletionIsUnderWay) {
  create("secret", "ann", access::secret);
  EXPECT_EQ(stores.rooms->find_deletion({"ann"}).code(), ec::not_found);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"ann"}}, at(2)));
  EXPECT_EQ(stores.rooms->find_deletion({"ANN"})->value, "op");
  EXPECT_EQ(stores.rooms->find_deletion({"bob"}).code(), ec::not_found);
  ASSERT_TRUE(stores.rooms->purge_rooms({{"op"}, {1}, {"ann"}}, 100, at(2)));
  EXPECT_EQ(stores.rooms->find_deletion({"ann"}).code(), ec::not_found);
}

TEST_P(RestoredRooms, CanStore) { EXPECT_EQ(stores.rooms->state()->trouble(), ""); }

TEST_P(RestoredRooms, GetNewGenerationsAndLoseTheirOwners) {
  if (is("memory")) GTEST_SKIP() << "nothing in memory is put back";
  create("hall", "ann");
  create("other", "ann");
  const auto before = fill("hall", 3);
  if (is("sqlite")) stores = {};
  const auto renewed = storage::renew_chat(chat_url(), {});
  ASSERT_TRUE(renewed) << renewed.why().text();
  EXPECT_EQ(*renewed, 2u + built_in);
  if (is("sqlite")) reopen();
  const auto lost = append({to(before, {entry(4, "ann", "late")})});
  EXPECT_EQ(lost.at(0).what, outcome::fenced) << "a node that goes on doesn't own it any more";
  const auto after = open("hall");
  EXPECT_NE(after.generation, before.generation);
  EXPECT_NE(open("other").generation, after.generation);
  EXPECT_EQ(after.head.value, 3u);
  EXPECT_GT(after.epoch.value, before.epoch.value + 1000) << "further than the copy's epoch was behind";
  EXPECT_EQ(append({to(after, {entry(4, "ann", "now")})}).at(0).what, outcome::stored);
  EXPECT_EQ(log(after), (texts{"1", "2", "3", "now"}));
}

TEST_P(RestoredRooms, AreScannedOnlyWhereSomebodyHasWritten) {
  create("hall", "ann");
  const auto hall = fill("hall", 500);
  const auto purge_with_three = [&](const std::string& operation, const std::string& user) {
    EXPECT_TRUE(stores.rooms->hide_rooms({{operation}, {1}, {user}}, at(2)));
    return stores.rooms->purge_rooms({{operation}, {1}, {user}}, 3, at(3));
  };
  const auto never_wrote = purge_with_three("one", "bob");
  ASSERT_TRUE(never_wrote);
  EXPECT_FALSE(never_wrote->more) << "there is nothing to look at";
  EXPECT_EQ(never_wrote->receipt.anonymised, 0u);

  create("den", "ann");
  create("attic", "ann");
  const auto den = open("den");
  const auto attic = open("attic");
  ASSERT_EQ(append({to(den, {entry(1, "Carl", "with", "id"), entry(2, "ann", "hers"), entry(3, "carl", "without")})})
                .at(0)
                .what,
            outcome::stored);
  ASSERT_EQ(append({to(attic, {entry(1, "carl", "with", "id"), entry(2, "carl", "without")})}).at(0).what,
            outcome::stored);
  const auto wrote = purge_with_three("two", "carl");
  ASSERT_TRUE(wrote);
  EXPECT_FALSE(wrote->more) << "five messages are looked at, not five hundred";
  EXPECT_EQ(wrote->receipt.anonymised, 4u);
  EXPECT_EQ(stores.journal->read(hall.key, {}, 1)->at(0).author.value, "ann");
  const auto entries = stores.journal->read(den.key, {}, 10);
  EXPECT_EQ(entries->at(0).author.value, "deleted");
  EXPECT_EQ(entries->at(0).client_id, "");
  EXPECT_EQ(entries->at(1).author.value, "ann");
  EXPECT_EQ(entries->at(2).author.value, "deleted");
}

class RestoredUsers : public users_database {};
GREENROOM_ON_EACH_DATABASE(RestoredUsers);

TEST_P(RestoredUsers, CanBarAName) {
  create("ann");
  EXPECT_EQ(store->bar_name({"Ann"}, at(2)).code(), ec::taken);
  EXPECT_TRUE(store->find_user({"ann"}));
  for (int again = 0; again < 2; ++again) EXPECT_TRUE(store->bar_name({"bob"}, at(2)));
  EXPECT_EQ(store->create_user({"Bob"}, "hash", at(3)).code(), ec::taken);
  EXPECT_EQ(store->find_user({"bob"}).code(), ec::not_found);
}

TEST_P(RestoredUsers, LoseEveryToken) {
  if (is("memory")) GTEST_SKIP() << "nothing in memory is put back";
  create("ann");
  login("ann", "one");
  login("ann", "two");
  login("ann", "three");
  const auto before = store->end_token(hash("one"), at(20));
  ASSERT_TRUE(before);
  if (is("sqlite")) store.reset();
  const auto ended = storage::renew_users(users_url(), {});
  ASSERT_TRUE(ended) << ended.why().text();
  EXPECT_EQ(*ended, 2u);
  if (is("sqlite")) reopen();
  EXPECT_EQ(store->check_token(hash("two"), at(20)).code(), ec::invalid_token);
  // Nodes have heard of numbers that the copy doesn't know; what they haven't heard of is above them.
  const auto told = store->ended_since(before->front().number + 1'000'000);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->size(), 2u);
  login("ann", "four");
  const auto last = store->end_token(hash("four"), at(20));
  ASSERT_TRUE(last);
  EXPECT_GT(last->front().number, told->back().number);
}

}  // namespace
}  // namespace greenroom::test
