#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "core/cluster.hpp"
#include "test/core/cluster_fixture.hpp"

namespace greenroom::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// ---- cards

TEST_F(Cluster, KeepsNoCardThatIsItsOwnOrNamesNoNode) {
  EXPECT_TRUE(is_nothing(it.introduced(with_accounts(card_of(us)))));
  EXPECT_TRUE(is_nothing(it.introduced(with_accounts(card_of(p, 0)))));
  EXPECT_FALSE(it.accounts());
}

TEST_F(Cluster, WatchesEachLifeOfAPeerOnce) {
  const auto first = it.introduced(card_of(p, 1));
  EXPECT_TRUE(first.keep && first.watch);
  EXPECT_EQ(first.linked, p);
  EXPECT_THAT(first.introduce, IsEmpty());
  const auto again = it.introduced(card_of(p, 1));
  EXPECT_TRUE(again.keep);
  EXPECT_FALSE(again.watch);
  EXPECT_EQ(again.linked, p);
  EXPECT_TRUE(it.introduced(card_of(p, 2)).watch);
}

TEST_F(Cluster, AnswersACardThatWantsAnAnswer) {
  (void)it.introduced(card_of(q));
  auto card = card_of(p);
  card.answer = true;
  EXPECT_THAT(it.introduced(card).introduce, ElementsAre(p));
}

TEST_F(Cluster, TellsAllPeersWhatItHostsButNotItsDoor) {
  (void)it.introduced(card_of(p));
  (void)it.introduced(card_of(q));
  for (const auto role : {hosted_role::accounts, hosted_role::catalog, hosted_role::directory})
    EXPECT_THAT(it.hosted(role).introduce, ElementsAre(p, q));
  EXPECT_TRUE(is_nothing(it.hosted(hosted_role::door)));
  EXPECT_THAT(it.joined(record_of(us)).introduce, ElementsAre(p, q)) << "its incarnation is new";
}

TEST_F(Cluster, HasItsDoorPullWhereAccountsComeIntoReach) {
  EXPECT_FALSE(it.introduced(with_accounts(card_of(q))).pull) << "there is no door";
  (void)it.hosted(hosted_role::door);
  EXPECT_FALSE(it.introduced(card_of(p)).pull);
  EXPECT_TRUE(it.introduced(with_accounts(card_of(p))).pull);
  EXPECT_FALSE(it.introduced(with_accounts(card_of(p))).pull);
  EXPECT_TRUE(it.introduced(with_accounts(card_of(p, 2))).pull) << "it is back";
}

TEST_F(Cluster, ForgetsAPeerThatGoesDownButNotForTheEndOfItsLastLife) {
  (void)it.introduced(with_accounts(card_of(p, 1)));
  (void)it.introduced(with_accounts(card_of(p, 2)));
  EXPECT_TRUE(is_nothing(it.gone(p, {1})));
  EXPECT_EQ(it.accounts(), p);
  EXPECT_EQ(it.gone(p, {2}).unlinked, p);
  EXPECT_FALSE(it.accounts());
  EXPECT_TRUE(is_nothing(it.gone(p, {2})));
}

// ---- the directory of a peer

TEST_F(Cluster, RegistersWithTheDirectoryThatAPeerBrings) {
  it = cluster{us, rooms_here::no};
  EXPECT_FALSE(it.introduced(with_directory(card_of(p))).enter) << "it isn't to be in a cluster yet";
  EXPECT_EQ(it.directory(), p);
  EXPECT_TRUE(it.joined(record_of(us)).enter);
  EXPECT_FALSE(it.introduced(with_directory(card_of(p))).enter) << "nothing is new";
  EXPECT_FALSE(it.introduced(card_of(q)).enter);
  EXPECT_TRUE(it.introduced(with_directory(card_of(p), 101)).enter) << "another directory";
  EXPECT_TRUE(it.introduced(with_directory(card_of(p, 2), 101)).enter) << "another life of the peer";
}

TEST_F(Cluster, RegistersWithTheDirectoryThatWasBroughtLast) {
  it = cluster{us, rooms_here::no};
  (void)it.joined(record_of(us));
  (void)it.introduced(with_directory(card_of(p), 100));
  EXPECT_TRUE(it.introduced(with_directory(card_of(q), 101)).enter);
  EXPECT_EQ(it.directory(), q);
  EXPECT_EQ(it.gone(p, {1}).unlinked, p);
  EXPECT_EQ(it.directory(), q);
  (void)it.introduced(card_of(p));
  EXPECT_TRUE(it.introduced(with_directory(card_of(p), 100)).enter);
  EXPECT_TRUE(it.introduced(with_directory(card_of(q), 101)).enter) << "this isn't where it is registered";
}

TEST_F(Cluster, HasNoDirectoryWithoutThePeerThatBroughtIt) {
  it = cluster{us, rooms_here::no};
  (void)it.joined(record_of(us));
  (void)it.introduced(with_directory(card_of(p)));
  EXPECT_TRUE(tick().beat);
  (void)it.gone(p, {1});
  EXPECT_FALSE(it.directory());
  EXPECT_TRUE(is_nothing(tick()));
  (void)it.introduced(with_directory(card_of(p, 2)));
  (void)it.introduced(card_of(p, 3));
  EXPECT_FALSE(it.directory()) << "its next life has none";
}

TEST_F(Cluster, PrefersItsOwnDirectory) {
  register_with_own_directory();
  EXPECT_FALSE(it.introduced(with_directory(card_of(p))).enter);
  EXPECT_EQ(it.directory(), us);
  (void)it.gone(p, {1});
  EXPECT_TRUE(tick().beat);
}

// ---- whom to ask

TEST_F(Cluster, UsesItsOwnAccountsElseThoseOfItsPeersInTurnWithThoseThatDrainLast) {
  EXPECT_FALSE(it.accounts());
  (void)it.introduced(with_accounts(card_of(p)));
  (void)it.introduced(with_accounts(card_of(q)));
  (void)it.introduced(with_catalog(card_of(r)));
  const std::set<std::optional<node_name>> both{p, q};
  EXPECT_EQ((std::set{it.accounts(), it.accounts()}), both);
  (void)it.view_changed(view_of(2, {record_of(p, 1, true), record_of(q)}));
  EXPECT_EQ(it.accounts(), q);
  EXPECT_EQ(it.accounts(), q);
  (void)it.view_changed(view_of(3, {record_of(p, 1, true), record_of(q, 1, true)}));
  EXPECT_EQ((std::set{it.accounts(), it.accounts()}), both);
  (void)it.hosted(hosted_role::accounts);
  EXPECT_EQ(it.accounts(), us);
}

TEST_F(Cluster, AsksACatalogThatJustFailedOnlyWhereThereIsNoOther) {
  EXPECT_FALSE(it.catalog());
  (void)it.introduced(with_accounts(card_of(r)));
  (void)it.introduced(with_catalog(card_of(p)));
  EXPECT_EQ(it.catalog(p), p);
  (void)it.introduced(with_catalog(card_of(q)));
  EXPECT_EQ(it.catalog(p), q);
  EXPECT_EQ(it.catalog(p), q);
  (void)it.view_changed(view_of(2, {record_of(p), record_of(q, 1, true)}));
  EXPECT_EQ(it.catalog(p), q) << "though it drains";
  EXPECT_EQ(it.catalog(), p);
  (void)it.hosted(hosted_role::catalog);
  EXPECT_EQ(it.catalog(p), us);
}

TEST_F(Cluster, ClaimsATicketAtThePeerThatMadeIt) {
  (void)it.introduced(card_of(p));
  (void)it.view_changed(view_of(1, {record_of(us), record_of(q)}));
  ASSERT_TRUE(it.claim_at(p));
  EXPECT_EQ(*it.claim_at(p), p);
  EXPECT_EQ(it.claim_at(q).why(), (error{ec::unavailable, {}, 1})) << "it lives, and isn't linked";
  EXPECT_EQ(it.claim_at(r).why(), (error{ec::invalid_ticket, {}, 0})) << "nobody has that name";
}

// ---- views

TEST_F(Cluster, IgnoresAViewThatIsNotNewer) {
  register_with_own_directory();
  EXPECT_TRUE(it.is_news(view_of(4, {})));
  (void)it.view_changed(view_of(4, {record_of(us)}));
  EXPECT_FALSE(it.is_news(view_of(4, {})));
  (void)it.view_changed(view_of(4, {}));
  (void)it.view_changed(view_of(3, {}));
  EXPECT_TRUE(tick().beat) << "it is still in the view";
}

TEST_F(Cluster, LosesPeersThatLeaveTheViewOrAreInItWithAnotherLife) {
  for (const auto& peer : {p, q, r}) (void)it.introduced(card_of(peer));
  EXPECT_THAT(it.view_changed(view_of(1, {record_of(p), record_of(q), record_of(r, 9)})).lost, IsEmpty());
  EXPECT_THAT(it.view_changed(view_of(2, {record_of(p), record_of(q, 2)})).lost, ElementsAre(q))
      << "r was in the view with another life than the one that is linked";
  EXPECT_THAT(it.view_changed(view_of(3, {record_of(q, 2)})).lost, ElementsAre(p));
  EXPECT_THAT(it.view_changed(view_of(4, {})).lost, IsEmpty());
}

}  // namespace
}  // namespace greenroom::core
