#include <set>
#include <string>

#include "test/storage/users_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

class Accounts : public users_database {};
GREENROOM_ON_EACH_DATABASE(Accounts);

TEST_P(Accounts, HaveNamesThatAreUniqueWithoutCase) {
  create("Ann");
  EXPECT_EQ(store->create_user({"aNN"}, "other", at(2)).code(), ec::taken);
  const auto found = store->find_user({"ANN"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user.value, "Ann");
  EXPECT_EQ(found->password_hash, "hash of Ann");
  EXPECT_TRUE(found->active);
  EXPECT_FALSE(found->admin);
  EXPECT_EQ(store->find_user({"bob"}).code(), ec::not_found);
  EXPECT_EQ(*store->count_users(), 1u);
}

TEST_P(Accounts, AreCreatedTogetherOrNotAtAll) {
  create("carl");
  const auto refused = store->create_users({{{"ann"}, "a"}, {{"Carl"}, "c"}, {{"bob"}, "b"}}, at(1));
  EXPECT_EQ(refused.code(), ec::taken);
  EXPECT_EQ(refused.why().detail, "Carl");
  EXPECT_EQ(store->create_users({{{"ann"}, "a"}, {{"ANN"}, "c"}}, at(1)).code(), ec::taken);
  EXPECT_EQ(*store->count_users(), 1u);
  EXPECT_TRUE(store->create_users({{{"ann"}, "a", true, true}, {{"bob"}, "b"}}, at(1)));
  EXPECT_TRUE(store->find_user({"ann"})->admin);
  EXPECT_EQ(*store->count_users(), 3u);
}

TEST_P(Accounts, AreListedInOrderOfFoldedNames) {
  for (const auto* name : {"carl", "Bob", "a_b", "aZ", "a-b"}) create(name);
  EXPECT_EQ(listed("", 10), (std::vector<std::string>{"a-b", "a_b", "aZ", "Bob", "carl"}));
  EXPECT_EQ(listed("AZ", 1), (std::vector<std::string>{"Bob"}));
  EXPECT_EQ(listed("carl", 10), std::vector<std::string>{});
}

TEST_P(Accounts, ChangeTheirPasswordAndRights) {
  create("ann");
  EXPECT_TRUE(store->set_password_hash({"Ann"}, "new"));
  create("root");
  EXPECT_TRUE(store->set_admin({"root"}, true, at(1)));
  EXPECT_TRUE(store->set_admin({"ANN"}, true, at(1)));
  EXPECT_EQ(store->find_user({"ann"})->password_hash, "new");
  EXPECT_TRUE(store->find_user({"ann"})->admin);
  EXPECT_TRUE(store->set_admin({"ann"}, false, at(1)));
  EXPECT_FALSE(store->find_user({"ann"})->admin);
  EXPECT_EQ(store->set_password_hash({"bob"}, "new").code(), ec::not_found);
  EXPECT_EQ(store->set_admin({"bob"}, true, at(1)).code(), ec::not_found);
}

TEST_P(Accounts, OnceDeletedLeaveNothingButTheName) {
  create("Ann");
  create("bob");
  login("ann", "one");
  login("ann", "two");
  login("bob", "other");
  ASSERT_EQ(begin("aNN")->ended.size(), 2u);
  ASSERT_TRUE(advance(core::deletion_state::purging));
  EXPECT_EQ(store->find_user({"ann"}).code(), ec::not_found);
  EXPECT_EQ(store->set_admin({"ann"}, true, at(1)).code(), ec::not_found);
  EXPECT_EQ(store->set_password_hash({"ann"}, "new").code(), ec::not_found);
  EXPECT_EQ(store->create_user({"ANN"}, "again", at(3)).code(), ec::taken);
  EXPECT_EQ(store->add_session(session("ann", "three")).code(), ec::bad_credentials);
  EXPECT_EQ(store->check_token(hash("one"), at(20)).code(), ec::invalid_token);
  EXPECT_TRUE(store->check_token(hash("other"), at(20)));
  EXPECT_EQ(listed("", 10), (std::vector<std::string>{"bob"}));
  EXPECT_EQ(*store->count_users(), 1u);
}

TEST_P(Accounts, SignInOnlyWhileActive) {
  ASSERT_TRUE(store->create_users({{{"ann"}, "a"}, {{"bob"}, "b", false}}, at(1)));
  EXPECT_EQ(store->add_session(session("bob", "b")).code(), ec::bad_credentials);
  EXPECT_EQ(store->add_session(session("carl", "c")).code(), ec::bad_credentials);
  EXPECT_EQ(store->add_sessions({session("ann", "a"), session("bob", "b")}).code(), ec::bad_credentials);
  EXPECT_EQ(store->check_token(hash("a"), at(20)).code(), ec::invalid_token);
  EXPECT_TRUE(store->add_sessions({session("Ann", "a"), session("ann", "aa")}));
  EXPECT_TRUE(store->check_token(hash("aa"), at(20)));
  EXPECT_FALSE(store->find_user({"bob"})->active);
}

TEST_P(Accounts, AreKnownByATokenUntilItExpires) {
  create("Ann");
  login("ann", "one", 10, 1000);
  const auto checked = store->check_token(hash("one"), at(999));
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->user.value, "Ann");
  EXPECT_EQ(checked->session.value, "session one");
  EXPECT_EQ(checked->expires_at, at(1000));
  EXPECT_FALSE(checked->admin);
  EXPECT_EQ(store->check_token(hash("one"), at(1000)).code(), ec::invalid_token);
  EXPECT_EQ(store->check_token(hash("two"), at(20)).code(), ec::invalid_token);
  ASSERT_TRUE(store->set_admin({"ann"}, true, at(1)));
  EXPECT_TRUE(store->check_token(hash("one"), at(20))->admin);
}

TEST_P(Accounts, ListTheirOwnSessionsNewestFirst) {
  create("ann");
  create("bob");
  login("ann", "old", 10);
  login("ann", "new", 30);
  login("ann", "past", 20, 50);
  login("bob", "other", 20);
  const auto list = store->list_sessions({"ANN"}, at(60));
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ(list->at(0).session.value, "session new");
  EXPECT_EQ(list->at(0).client, "127.0.0.1 test");
  EXPECT_EQ(list->at(0).created_at, at(30));
  EXPECT_EQ(list->at(0).expires_at, at(1000));
  EXPECT_EQ(list->at(1).session.value, "session old");
}

TEST_P(Accounts, EndATokenOnce) {
  create("ann");
  login("ann", "one");
  login("ann", "past", 10, 15);
  const auto ended = store->end_token(hash("one"), at(20));
  ASSERT_TRUE(ended);
  ASSERT_EQ(ended->size(), 1u);
  EXPECT_EQ(ended->front().token, hash("one"));
  EXPECT_GT(ended->front().number, 0u);
  EXPECT_EQ(store->end_token(hash("one"), at(20)).code(), ec::invalid_token);
  EXPECT_EQ(store->end_token(hash("past"), at(20)).code(), ec::invalid_token);
  EXPECT_EQ(store->check_token(hash("one"), at(20)).code(), ec::invalid_token);
}

TEST_P(Accounts, EndOnlyTheirOwnSessions) {
  create("ann");
  create("bob");
  for (const auto* token : {"1", "2", "3"}) login("ann", token);
  login("bob", "4");
  EXPECT_EQ(store->end_session({"ann"}, {"session 4"}, at(20)).code(), ec::not_found);
  EXPECT_EQ(store->end_session({"ann"}, {"session 5"}, at(20)).code(), ec::not_found);
  ASSERT_EQ(store->end_session({"ANN"}, {"session 1"}, at(20))->size(), 1u);
  ASSERT_EQ(store->end_sessions({"ann"}, {"session 2"}, at(20))->size(), 1u);
  EXPECT_TRUE(store->check_token(hash("2"), at(20)));
  EXPECT_EQ(store->check_token(hash("3"), at(20)).code(), ec::invalid_token);
  ASSERT_EQ(store->end_sessions({"ann"}, {}, at(20))->size(), 1u);
  EXPECT_EQ(store->end_sessions({"ann"}, {}, at(20))->size(), 0u);
  EXPECT_TRUE(store->check_token(hash("4"), at(20)));
}

TEST_P(Accounts, NumberEndedTokensUpwards) {
  create("ann");
  for (int i = 0; i < 5; ++i) login("ann", std::to_string(i));
  const auto first = store->end_token(hash("3"), at(20));
  const auto rest = store->end_sessions({"ann"}, {}, at(21));
  ASSERT_TRUE(first && rest);
  const auto all = store->ended_since(0);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 5u);
  EXPECT_EQ(all->front().token, hash("3"));
  EXPECT_EQ(all->front().number, first->front().number);
  for (std::size_t i = 1; i < all->size(); ++i) EXPECT_LT(all->at(i - 1).number, all->at(i).number);
  EXPECT_EQ(store->ended_since(all->at(1).number)->size(), 3u);
  EXPECT_EQ(store->ended_since(all->back().number)->size(), 0u);
}

TEST_P(Accounts, AnswerAtMostAThousandEndedTokensAtOnce) {
  create("ann");
  std::vector<storage::new_session> many;
  for (int i = 0; i < 1001; ++i) many.push_back(session("ann", std::to_string(i)));
  ASSERT_TRUE(store->add_sessions(many));
  ASSERT_EQ(store->end_sessions({"ann"}, {}, at(20))->size(), 1001u);
  const auto first = store->ended_since(0);
  ASSERT_EQ(first->size(), 1000u);
  EXPECT_EQ(store->ended_since(first->back().number)->size(), 1u);
}

TEST_P(Accounts, ForgetWhatRanOut) {
  constexpr long long day = 24LL * 3600 * 1000;
  create("ann");
  login("ann", "past", 10, 100);
  login("ann", "here", 10, 10 * day);
  login("ann", "ended", 10, 10 * day);
  ASSERT_TRUE(store->end_token(hash("ended"), at(100)));
  EXPECT_EQ(*store->sweep(at(99)), 0u);
  EXPECT_EQ(*store->sweep(at(100)), 1u);
  EXPECT_EQ(*store->sweep(at(100 + day)), 0u);
  EXPECT_EQ(*store->sweep(at(101 + day)), 1u);
  EXPECT_EQ(store->ended_since(0)->size(), 0u);
  EXPECT_TRUE(store->check_token(hash("here"), at(101 + day)));
}

TEST_P(Accounts, OutliveTheProcess) {
  if (is("memory")) GTEST_SKIP() << "nothing in memory outlives its store";
  create("Ann");
  login("ann", "one");
  login("ann", "two");
  ASSERT_TRUE(store->end_token(hash("two"), at(20)));
  const auto id = *store->database_id();
  reopen();
  EXPECT_EQ(*store->database_id(), id);
  EXPECT_EQ(store->find_user({"ann"})->user.value, "Ann");
  EXPECT_TRUE(store->check_token(hash("one"), at(20)));
  ASSERT_EQ(store->ended_since(0)->size(), 1u);
  const auto ended = store->end_token(hash("one"), at(20));
  EXPECT_GT(ended->front().number, store->ended_since(0)->front().number);
}

TEST_P(Accounts, LiveInADatabaseWithARandomId) {
  const auto id = store->database_id();
  ASSERT_TRUE(id);
  EXPECT_EQ(id->size(), 32u);
  EXPECT_NE(*id, *(*storage::open_users("memory:", {}))->database_id());
}

TEST_P(Accounts, AreFoundByManyNamesAtOnceInAnyCase) {
  for (const auto* name : {"Ann", "bob", "carl"}) create(name);
  ASSERT_TRUE(begin("carl"));
  const auto found = store->find_users({{"ANN"}, {"carl"}, {"nobody"}, {"ann"}});
  ASSERT_TRUE(found);
  std::set<std::string> names;
  for (const auto& one : *found) names.insert(one.value);
  EXPECT_EQ(names, (std::set<std::string>{"Ann", "carl"})) << "the deletion of carl may be undone";
  ASSERT_TRUE(advance(core::deletion_state::purging));
  EXPECT_TRUE(store->find_users({{"carl"}})->empty());
  EXPECT_TRUE(store->find_users({})->empty());
}

TEST_P(Accounts, HaveABoundedNumberOfSessionsOfWhichTheOldestEnds) {
  create("ann");
  create("bob");
  login("bob", "another's", 1);
  for (int i = 1; i <= 3; ++i) login("ann", "t" + std::to_string(i), 10 + i);
  login("ann", "expired", 5, 12);
  auto fourth = session("ann", "t4", 20);
  fourth.most = 3;
  const auto ended = store->add_session(fourth);
  ASSERT_TRUE(ended);
  ASSERT_EQ(ended->size(), 1u) << "the one that has expired by itself takes nobody's place";
  EXPECT_EQ(ended->front().token, hash("t1"));
  EXPECT_EQ(store->check_token(hash("t1"), at(20)).code(), ec::invalid_token);
  EXPECT_TRUE(store->check_token(hash("t2"), at(20)));
  EXPECT_TRUE(store->check_token(hash("another's"), at(20)));
  ASSERT_EQ(store->ended_since(0)->size(), 1u) << "other nodes hear of it";
  auto fifth = session("ann", "t5", 30);
  fifth.most = 1;
  EXPECT_EQ(store->add_session(fifth)->size(), 3u);
  EXPECT_EQ(store->list_sessions({"ann"}, at(30))->size(), 1u);
}

TEST_P(Accounts, KeepASessionForARoomWhileItIsInUse) {
  create("ann");
  auto brief = session("ann", "brief", 10, 40);
  brief.for_room = true;
  ASSERT_TRUE(store->add_session(brief));
  login("ann", "usual", 10, 40);
  EXPECT_TRUE(store->check_token(hash("brief"), at(20))->for_room);
  EXPECT_FALSE(store->check_token(hash("usual"), at(20))->for_room);
  for (const auto* token : {"brief", "usual"}) EXPECT_TRUE(store->extend_session(hash(token), at(30), at(200)));
  EXPECT_TRUE(store->check_token(hash("brief"), at(199)));
  EXPECT_EQ(store->check_token(hash("usual"), at(199)).code(), ec::invalid_token);
  EXPECT_TRUE(store->extend_session(hash("brief"), at(60), at(100))) << "never shorter";
  EXPECT_TRUE(store->check_token(hash("brief"), at(199)));
  EXPECT_TRUE(store->extend_session(hash("brief"), at(200), at(300))) << "too late";
  EXPECT_EQ(store->check_token(hash("brief"), at(200)).code(), ec::invalid_token);
}

}  // namespace
}  // namespace greenroom::test
