#include "storage/name_hash.hpp"
#include "test/storage/users_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;
using state = core::deletion_state;

class Deletions : public users_database {};
GREENROOM_ON_EACH_DATABASE(Deletions);

TEST_P(Deletions, BeginWithTheEndOfAllTokens) {
  create("Ann");
  create("bob");
  login("ann", "one");
  login("ann", "two");
  login("bob", "other");
  const auto begun = begin("ANN");
  ASSERT_TRUE(begun) << begun.why().text();
  EXPECT_EQ(begun->row.operation.value, "op");
  EXPECT_EQ(begun->row.user.value, "Ann");
  EXPECT_EQ(begun->row.state, state::hiding);
  EXPECT_EQ(begun->row.lease.value, 1u);
  EXPECT_EQ(begun->row.begun, at(100));
  EXPECT_EQ(begun->row.ended, at(0));
  EXPECT_EQ(begun->row.receipt.sessions, 2u);
  ASSERT_EQ(begun->ended.size(), 2u);
  EXPECT_EQ(store->ended_since(0)->size(), 2u);
  EXPECT_LT(begun->ended[0].number, begun->ended[1].number);
  EXPECT_EQ(store->check_token(hash("one"), at(200)).code(), ec::invalid_token);
  EXPECT_EQ(store->add_session(session("ann", "three")).code(), ec::bad_credentials);
  EXPECT_FALSE(store->find_user({"ann"})->active);
  EXPECT_TRUE(store->check_token(hash("other"), at(200)));
  EXPECT_EQ(begin("carl", "op2").code(), ec::not_found);
}

TEST_P(Deletions, LeaveAnAdminWhoCanAct) {
  create("ann");
  create("bob");
  create("root");
  ASSERT_TRUE(store->set_admin({"root"}, true, at(50)));
  login("root", "one");
  EXPECT_EQ(begin("ROOT").code(), ec::conflict);
  EXPECT_TRUE(store->check_token(hash("one"), at(60)));
  EXPECT_TRUE(begin("ann")) << "anybody else";
  ASSERT_TRUE(store->set_admin({"bob"}, true, at(50)));
  EXPECT_TRUE(begin("root", "op2"));
  EXPECT_EQ(begin("bob", "op3").code(), ec::conflict) << "the other one is leaving";
  ASSERT_TRUE(advance(state::undoing, 1, {}, "op2"));
  EXPECT_EQ(begin("bob", "op3").code(), ec::conflict);
  ASSERT_TRUE(advance(state::undone, 1, {}, "op2"));
  EXPECT_TRUE(begin("bob", "op3"));
  EXPECT_EQ(begin("root", "op4").code(), ec::conflict);
}

TEST_P(Deletions, AreBegunOnce) {
  create("ann");
  login("ann", "one");
  ASSERT_TRUE(begin("ann"));
  const auto again = begin("Ann", "other", "second gate");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->row.operation.value, "op");
  EXPECT_EQ(again->row.lease.value, 0u);
  EXPECT_EQ(again->ended.size(), 0u);
  EXPECT_EQ(store->read_deletion({"other"}).code(), ec::not_found);

  // The same again, as after an answer that got lost.
  const auto repeated = begin("ann");
  ASSERT_TRUE(repeated);
  EXPECT_EQ(repeated->row.lease.value, 1u);
  ASSERT_EQ(repeated->ended.size(), 1u);
  EXPECT_EQ(repeated->ended[0].token, hash("one"));
  EXPECT_EQ(begin("ann", "op", "second gate")->row.lease.value, 0u);
  EXPECT_EQ(store->ended_since(0)->size(), 1u);
}

TEST_P(Deletions, AreFoundByTheTokensThatTheyEndedForADay) {
  constexpr long long day = 24LL * 3600 * 1000;
  create("ann");
  login("ann", "one");
  login("ann", "left");
  ASSERT_TRUE(store->end_token(hash("left"), at(50)));
  ASSERT_TRUE(begin("ann"));
  EXPECT_EQ(store->deletion_by_token(hash("one"))->operation.value, "op");
  EXPECT_EQ(store->deletion_by_token(hash("left")).code(), ec::not_found);
  EXPECT_EQ(store->deletion_by_token(hash("none")).code(), ec::not_found);
  ASSERT_TRUE(store->sweep(at(100 + day)));
  EXPECT_TRUE(store->deletion_by_token(hash("one")));
  ASSERT_TRUE(store->sweep(at(101 + day)));
  EXPECT_EQ(store->deletion_by_token(hash("one")).code(), ec::not_found);
  EXPECT_TRUE(store->read_deletion({"op"}));
}

TEST_P(Deletions, DeleteTheUserAtThePivot) {
  create("Ann");
  login("ann", "one");
  ASSERT_TRUE(begin("ann"));
  EXPECT_TRUE(store->find_user({"ann"}));
  const auto purging = advance(state::purging);
  ASSERT_TRUE(purging) << purging.why().text();
  EXPECT_EQ(purging->state, state::purging);
  EXPECT_EQ(purging->user.value, "Ann");
  EXPECT_EQ(store->find_user({"ann"}).code(), ec::not_found);
  EXPECT_EQ(*store->count_users(), 0u);
  EXPECT_EQ(listed("", 10).size(), 0u);
  EXPECT_EQ(store->create_user({"ANN"}, "new", at(300)).code(), ec::taken);
  EXPECT_EQ(store->create_users({{{"bob"}, "b"}, {{"ann"}, "a"}}, at(300)).code(), ec::taken);
  EXPECT_EQ(*store->count_users(), 0u);
  // There is no way back.
  EXPECT_EQ(advance(state::undoing).code(), ec::conflict);
  EXPECT_EQ(advance(state::undone).code(), ec::conflict);
  EXPECT_EQ(begin("ann", "later")->row.operation.value, "op");
}

TEST_P(Deletions, KeepTheReceiptAndNotTheName) {
  create("Ann");
  login("ann", "one");
  ASSERT_TRUE(begin("ann"));
  EXPECT_EQ(advance(state::completed).code(), ec::conflict);
  ASSERT_TRUE(advance(state::purging));
  const auto completed = advance(state::completed, 1, {1, 2, 3, 4, 5, 99, 7});
  ASSERT_TRUE(completed);
  for (const auto& row : {*completed, *store->read_deletion({"op"}), *store->deletion_by_token(hash("one")),
                          begin("ANN", "later")->row}) {
    EXPECT_EQ(row.user.value, "deleted");
    EXPECT_EQ(row.state, state::completed);
    EXPECT_EQ(row.ended, at(200));
    EXPECT_EQ(row.receipt.rooms, 1u);
    EXPECT_EQ(row.receipt.messages, 2u);
    EXPECT_EQ(row.receipt.anonymised, 3u);
    EXPECT_EQ(row.receipt.memberships, 4u);
    EXPECT_EQ(row.receipt.passed_on, 5u);
    EXPECT_EQ(row.receipt.sessions, 1u);
    EXPECT_EQ(row.receipt.erased, 7u);
  }
}

TEST_P(Deletions, KeepTheChoicesThatTheyBeganWith) {
  constexpr core::deletion_choices keep{true, false}, erase{false, true};
  create("ann");
  create("bob");
  login("ann", "one");
  EXPECT_EQ(begin("ann", "op", "gate", 100, keep)->row.choices, keep);
  EXPECT_EQ(begin("bob", "bobs", "gate", 100, erase)->row.choices, erase);
  EXPECT_EQ(begin("ann", "op", "gate", 100, erase)->row.choices, keep) << "the same again";
  EXPECT_EQ(begin("ann", "other", "gate", 100, erase)->row.choices, keep) << "it is under way";
  EXPECT_EQ(store->deletion_by_token(hash("one"))->choices, keep);
  const auto claimed = store->claim_deletions({{"second"}, 16}, at(1000), at(5000));
  ASSERT_EQ(claimed->size(), 2u);
  for (const auto& row : *claimed) EXPECT_EQ(row.choices, row.user.value == "ann" ? keep : erase);
  for (const auto to : {state::purging, state::completed}) EXPECT_EQ(advance(to, 2, {}, "bobs")->choices, erase);
  EXPECT_EQ(store->read_deletion({"bobs"})->choices, erase);
  EXPECT_EQ(store->read_deletion({"op"})->choices, keep);
}

TEST_P(Deletions, MakeEachStepOnce) {
  create("ann");
  ASSERT_TRUE(begin("ann"));
  EXPECT_EQ(advance(state::hiding)->state, state::hiding);
  ASSERT_TRUE(advance(state::purging));
  EXPECT_EQ(advance(state::purging)->state, state::purging);
  EXPECT_EQ(advance(state::hiding)->state, state::purging);
  ASSERT_TRUE(advance(state::completed, 1, {1, 0, 0, 0, 0, 0}));
  const auto again = advance(state::completed, 1, {9, 9, 9, 9, 9, 9}, "op", 5000);
  EXPECT_EQ(again->receipt.rooms, 1u);
  EXPECT_EQ(again->ended, at(200));
  EXPECT_EQ(advance(state::purging)->state, state::completed);
  EXPECT_EQ(advance(state::purging, 1, {}, "none").code(), ec::not_found);
}

TEST_P(Deletions, AreUndoneWithoutTheTokens) {
  create("Ann");
  login("ann", "one");
  ASSERT_TRUE(begin("ann"));
  EXPECT_EQ(advance(state::undone).code(), ec::conflict);
  ASSERT_TRUE(advance(state::undoing));
  EXPECT_FALSE(store->find_user({"ann"})->active);
  EXPECT_EQ(advance(state::purging).code(), ec::conflict);
  const auto undone = advance(state::undone);
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->user.value, "Ann");
  EXPECT_EQ(undone->ended, at(200));
  EXPECT_TRUE(store->find_user({"ann"})->active);
  EXPECT_EQ(store->check_token(hash("one"), at(300)).code(), ec::invalid_token);
  EXPECT_EQ(store->list_sessions({"ann"}, at(300))->size(), 0u);
  EXPECT_EQ(store->deletion_by_token(hash("one"))->state, state::undone);
  EXPECT_EQ(advance(state::purging).code(), ec::conflict);
  // A deletion that has ended doesn't block another try.
  login("ann", "two");
  EXPECT_EQ(begin("ann")->row.state, state::undone);
  const auto second = begin("ann", "second", "gate", 300);
  EXPECT_EQ(second->row.operation.value, "second");
  EXPECT_EQ(second->row.receipt.sessions, 1u);
  EXPECT_EQ(begin("ann", "third")->row.operation.value, "second");
  EXPECT_EQ(store->deletion_by_token(hash("two"))->operation.value, "second");
}

TEST_P(Deletions, AreClaimedWhenTheLeaseRanOut) {
  for (const auto* name : {"ann", "bob", "carl", "dora"}) {
    create(name);
    ASSERT_TRUE(begin(name, std::string("op ") + name));
  }
  ASSERT_TRUE(advance(state::undoing, 1, {}, "op carl"));
  ASSERT_TRUE(advance(state::undone, 1, {}, "op carl"));
  ASSERT_TRUE(advance(state::hiding, 1, {}, "op dora", 900));
  EXPECT_EQ(store->claim_deletions({{"second"}, 16}, at(999), at(5000))->size(), 0u);
  const auto claimed = store->claim_deletions({{"second"}, 16}, at(1000), at(5000));
  ASSERT_TRUE(claimed);
  ASSERT_EQ(claimed->size(), 2u);
  for (const auto& row : *claimed) EXPECT_EQ(row.lease.value, 2u);
  EXPECT_EQ(store->claim_deletions({{"third"}, 16}, at(4999), at(9000))->size(), 1u);
  EXPECT_EQ(store->claim_deletions({{"third"}, 1}, at(5000), at(9000))->size(), 1u);
  EXPECT_EQ(store->claim_deletions({{"third"}, 16}, at(5000), at(9000))->size(), 1u);
  EXPECT_EQ(store->read_deletion({"op ann"})->lease.value, 3u);
}

TEST_P(Deletions, AreFencedByTheLease) {
  create("ann");
  ASSERT_TRUE(begin("ann"));
  ASSERT_EQ(store->claim_deletions({{"second"}, 16}, at(1000), at(2000))->size(), 1u);
  for (const auto to : {state::hiding, state::purging, state::undoing}) EXPECT_EQ(advance(to, 1).code(), ec::fenced);
  EXPECT_EQ(advance(state::purging, 3).code(), ec::fenced);
  EXPECT_EQ(store->read_deletion({"op"})->state, state::hiding);
  EXPECT_TRUE(store->find_user({"ann"}));
  ASSERT_TRUE(advance(state::purging, 2));
  EXPECT_EQ(advance(state::purging, 1).code(), ec::fenced);
  ASSERT_TRUE(advance(state::completed, 2));
  EXPECT_EQ(advance(state::completed, 1).code(), ec::fenced);
}

TEST_P(Deletions, RenewTheLeaseWithEachStep) {
  create("ann");
  ASSERT_TRUE(begin("ann"));
  ASSERT_TRUE(advance(state::hiding, 1, {}, "op", 900));
  EXPECT_EQ(store->claim_deletions({{"second"}, 16}, at(1899), at(5000))->size(), 0u);
  ASSERT_TRUE(advance(state::purging, 1, {}, "op", 1500));
  EXPECT_EQ(store->claim_deletions({{"second"}, 16}, at(2499), at(5000))->size(), 0u);
  EXPECT_EQ(store->claim_deletions({{"second"}, 16}, at(2500), at(5000))->size(), 1u);
}

TEST_P(Deletions, OutliveTheProcess) {
  if (is("memory")) GTEST_SKIP() << "nothing in memory outlives its store";
  create("Ann");
  login("ann", "one");
  ASSERT_TRUE(begin("ann"));
  ASSERT_TRUE(advance(state::purging));
  reopen();
  const auto claimed = store->claim_deletions({{"second"}, 16}, at(1200), at(5000));
  ASSERT_EQ(claimed->size(), 1u);
  EXPECT_EQ(claimed->at(0).user.value, "Ann");
  EXPECT_EQ(claimed->at(0).state, state::purging);
  EXPECT_EQ(store->create_user({"ann"}, "new", at(300)).code(), ec::taken);
}

TEST_P(Deletions, LeaveAHashThatNoNameCanBe) {
  EXPECT_EQ(storage::name_hash({"Ann"}), storage::name_hash({"aNN"}));
  EXPECT_NE(storage::name_hash({"ann"}), storage::name_hash({"bob"}));
  EXPECT_EQ(storage::erased_name({"ann"}), "deleted:" + storage::name_hash({"ann"}));
  EXPECT_EQ(storage::name_hash({"ann"}).size(), 64u);
}

}  // namespace
}  // namespace greenroom::test
