#include "core/roster.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

room_opened den(std::vector<user_id> members, std::uint64_t membership = 1) {
  room_opened out{{"den"}, {1}, {7}, {99}, {}, {}};
  out.is_private = true;
  out.owner = {"ann"};
  out.membership = {membership};
  out.members = std::move(members);
  return out;
}
roster of(std::vector<user_id> members) {
  auto opened = den(std::move(members));
  return roster(opened);
}
member_act act(std::string by, std::string member, bool add, bool doubtful = false) {
  return {{1}, {std::move(by)}, {std::move(member)}, add, doubtful};
}

TEST(Roster, AdmitsEverybodyToAPublicRoom) {
  room_opened lobby{{"lobby"}, {1}, {7}, {99}, {}, {}};
  const roster open(lobby);
  EXPECT_TRUE(open.admits({"anybody"}));
  EXPECT_EQ(open.number(), roster_no{});
  EXPECT_EQ(open.judge(act("ann", "bob", false)), ec::conflict);
}

TEST(Roster, AdmitsTheMembersOfAPrivateOneWhateverTheirCase) {
  const auto one = of({{"zoe"}, {"Bob"}, {"ann"}, {"bob"}});
  for (const auto* name : {"ann", "BOB", "bob", "Zoe"}) EXPECT_TRUE(one.admits({name})) << name;
  for (const auto* name : {"", "a", "carl", "zoey"}) EXPECT_FALSE(one.admits({name})) << name;
}

TEST(Roster, JudgesWhoMayChangeIt) {
  const auto one = of({{"ann"}, {"bob"}, {"carl"}});
  const std::optional<ec> allowed;
  EXPECT_EQ(one.judge(act("bob", "dora", true)), allowed);
  EXPECT_EQ(one.judge(act("bob", "CARL", true)), ec::none) << "a member already";
  EXPECT_EQ(one.judge(act("dora", "dora", true)), ec::not_found);
  EXPECT_EQ(one.judge(act("bob", "BOB", false)), allowed);
  EXPECT_EQ(one.judge(act("Ann", "bob", false)), allowed);
  EXPECT_EQ(one.judge(act("bob", "carl", false)), ec::forbidden);
  EXPECT_EQ(one.judge(act("ann", "ann", false)), ec::conflict);
  EXPECT_EQ(one.judge(act("ann", "dora", false)), ec::not_found);
  EXPECT_EQ(one.judge(act("dora", "ann", false)), ec::not_found);
}

TEST(Roster, KnowsThatADoubtfulActWasDone) {
  const auto one = of({{"ann"}, {"bob"}});
  EXPECT_EQ(one.judge(act("ann", "carl", false, true)), ec::none);
  EXPECT_EQ(one.judge(act("carl", "carl", false, true)), ec::none) << "who left isn't there to be asked";
  EXPECT_EQ(one.judge(act("ann", "bob", false, true)), std::nullopt);
}

TEST(Roster, CountsRemovalsOnly) {
  auto one = of({{"ann"}, {"bob"}});
  const auto first = one.number();
  one.apply(act("ann", "carl", true));
  EXPECT_TRUE(one.admits({"carl"}));
  EXPECT_EQ(one.number(), first);
  one.apply(act("ann", "bob", false));
  EXPECT_FALSE(one.admits({"bob"}));
  EXPECT_EQ(one.number(), first + 1);
}

TEST(Roster, SaysWhetherSomebodyIsGoneWhenItIsReadAgain) {
  auto one = of({{"ann"}, {"bob"}});
  auto more = den({{"bob"}, {"ann"}, {"carl"}}, 2), fewer = den({{"carl"}, {"ann"}}, 3);
  EXPECT_FALSE(one.renew(more));
  EXPECT_EQ(one.membership(), membership_no{2});
  const auto before = one.number();
  EXPECT_TRUE(one.renew(fewer));
  EXPECT_EQ(one.number(), before + 1);
  EXPECT_FALSE(one.admits({"bob"}));
}

}  // namespace
}  // namespace greenroom::core
