#include <future>
#include <string>

#include "test/storage/users_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

constexpr long long day = 24LL * 3600 * 1000;

class AccountPasswords : public users_database {
 protected:
  storage::new_session verified(const std::string& token, const std::string& against, const std::string& better = {},
                                const std::string& network = {}, long long created = 10) {
    auto out = session("ann", token, created, 1000 * day);
    out.verified_hash = against;
    out.better_hash = better;
    out.network = network;
    return out;
  }
  [[nodiscard]] std::string stored_hash() { return store->find_user({"ann"})->password_hash; }
  [[nodiscard]] bool familiar(const std::string& network, const std::string& user = "ANN") {
    return *store->is_familiar({user}, network);
  }
};
GREENROOM_ON_EACH_DATABASE(AccountPasswords);

TEST_P(AccountPasswords, LetNobodyInByAHashThatIsAnotherByNow) {
  create("ann");
  EXPECT_TRUE(store->add_session(verified("one", "hash of ann")));
  ASSERT_TRUE(store->set_password_hash({"ann"}, "new"));
  EXPECT_EQ(store->add_session(verified("two", "hash of ann", "better")).code(), ec::conflict);
  EXPECT_EQ(store->check_token(hash("two"), at(20)).code(), ec::invalid_token);
  EXPECT_EQ(stored_hash(), "new") << "nor is it hashed again";
  EXPECT_TRUE(store->add_session(verified("three", "new")));
}

TEST_P(AccountPasswords, AreHashedAgainWithTheLoginThatVerifiedThem) {
  create("ann");
  EXPECT_TRUE(store->add_session(verified("one", "hash of ann", "better")));
  EXPECT_EQ(stored_hash(), "better");
  EXPECT_EQ(store->add_session(verified("two", "hash of ann")).code(), ec::conflict);
}

TEST_P(AccountPasswords, ChangeOnlyWhereTheOldOneStillHoldsAndEndTheOtherSessions) {
  create("ann");
  create("bob");
  login("bob", "bobs");
  for (const auto* token : {"mine", "other"}) login("ann", token);
  EXPECT_EQ(store->change_password({hash("mine"), "another hash", "new"}, at(20)).code(), ec::conflict);
  EXPECT_EQ(store->change_password({hash("nobody"), "hash of ann", "new"}, at(20)).code(), ec::invalid_token);
  EXPECT_EQ(store->change_password({hash("mine"), "hash of ann", "new"}, at(1000)).code(), ec::invalid_token);
  EXPECT_EQ(stored_hash(), "hash of ann");
  EXPECT_TRUE(store->check_token(hash("other"), at(20)));

  const auto ended = store->change_password({hash("mine"), "hash of ann", "new"}, at(20));
  ASSERT_TRUE(ended);
  ASSERT_EQ(ended->size(), 1u);
  EXPECT_EQ(ended->front().token, hash("other"));
  EXPECT_EQ(store->ended_since(0)->size(), 1u);
  EXPECT_EQ(stored_hash(), "new");
  EXPECT_TRUE(store->check_token(hash("mine"), at(20)));
  EXPECT_EQ(store->check_token(hash("other"), at(20)).code(), ec::invalid_token);
  EXPECT_TRUE(store->check_token(hash("bobs"), at(20)));
}

// Two users nodes: one stores a login while the other changes the password. Whichever comes first, nobody is in by the
// old one afterwards.
TEST_P(AccountPasswords, LetNobodyInWhileTheyAreChangedElsewhere) {
  if (!is("postgresql")) GTEST_SKIP() << "one process has the database for itself";
  create("ann");
  login("ann", "mine");
  const auto elsewhere = *storage::open_users(users_url(), {});
  for (int round = 0; round < 40; ++round) {
    const auto old = stored_hash(), next = "hash " + std::to_string(round), token = "round " + std::to_string(round);
    auto entering = std::async(std::launch::async, [&] { return store->add_session(verified(token, old)).code(); });
    const auto changed = elsewhere->change_password({hash("mine"), old, next}, at(20));
    const auto entered = entering.get();
    EXPECT_TRUE(changed);
    EXPECT_TRUE(entered == ec::none || entered == ec::conflict);
    EXPECT_EQ(store->check_token(hash(token), at(20)).code(), ec::invalid_token) << token;
    EXPECT_EQ(stored_hash(), next);
  }
}

TEST_P(AccountPasswords, AreResetWithTheEndOfAllSessions) {
  create("ann");
  ASSERT_TRUE(store->add_session(verified("one", "hash of ann", {}, "home")));
  const auto ended = store->reset_password({"ANN"}, "new", at(20));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->size(), 1u);
  EXPECT_EQ(store->check_token(hash("one"), at(20)).code(), ec::invalid_token);
  EXPECT_EQ(store->add_session(verified("two", "hash of ann")).code(), ec::conflict);
  EXPECT_FALSE(familiar("home"));
  EXPECT_EQ(store->reset_password({"bob"}, "new", at(20)).code(), ec::not_found);
}

TEST_P(AccountPasswords, DeleteOnlyWhereTheyStillHold) {
  create("ann");
  login("ann", "mine");
  const core::begin_deletion request{{"op"}, {"ann"}, hash("mine"), {}, {"gate"}};
  EXPECT_EQ(store->begin_deletion(request, at(20), at(30), "another hash").code(), ec::bad_credentials);
  EXPECT_TRUE(store->check_token(hash("mine"), at(20)));
  EXPECT_TRUE(store->begin_deletion(request, at(20), at(30), "hash of ann"));
  EXPECT_TRUE(store->begin_deletion(request, at(20), at(30), "hash of ann")) << "the same again";
}

TEST_P(AccountPasswords, MakeSixteenNetworksFamiliarForNinetyDays) {
  create("ann");
  create("bob");
  EXPECT_FALSE(familiar("192.0.2.1"));
  EXPECT_FALSE(familiar("192.0.2.1", "nobody"));
  ASSERT_TRUE(store->add_session(verified("0", "hash of ann", {}, "192.0.2.1", day)));
  EXPECT_TRUE(familiar("192.0.2.1"));
  EXPECT_FALSE(familiar("192.0.2.1", "bob"));
  EXPECT_EQ(store->add_session(verified("x", "wrong", {}, "192.0.2.2", day)).code(), ec::conflict);
  EXPECT_FALSE(familiar("192.0.2.2")) << "not by a login that failed";
  for (int i = 1; i <= 15; ++i)
    ASSERT_TRUE(store->add_session(verified(std::to_string(i), "hash of ann", {}, "net" + std::to_string(i), day)));
  ASSERT_TRUE(store->add_session(verified("again", "hash of ann", {}, "192.0.2.1", 2 * day)));
  ASSERT_TRUE(store->add_session(verified("16", "hash of ann", {}, "net16", 2 * day)));
  EXPECT_TRUE(familiar("192.0.2.1")) << "it was seen again";
  EXPECT_TRUE(familiar("net16"));
  EXPECT_FALSE(familiar("net9")) << "of those seen first, one goes";
  ASSERT_TRUE(store->sweep(at(91 * day + 1)));
  EXPECT_FALSE(familiar("net1"));
  EXPECT_TRUE(familiar("net16"));
}

TEST_P(AccountPasswords, ForgetNetworksWithThePasswordAndTheUser) {
  create("ann");
  ASSERT_TRUE(store->add_session(verified("one", "hash of ann", {}, "stolen from")));
  ASSERT_TRUE(store->change_password({hash("one"), "hash of ann", "new", "home"}, at(20)));
  EXPECT_FALSE(familiar("stolen from"));
  EXPECT_TRUE(familiar("home"));
  ASSERT_TRUE(begin("ann"));
  ASSERT_TRUE(advance(core::deletion_state::purging));
  EXPECT_FALSE(familiar("home"));
}

}  // namespace
}  // namespace greenroom::test
