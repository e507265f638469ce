#include "core/known_users.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

mono_time at(int s) { return mono_time{seconds{1000 + s}}; }
const user_id ann{"Ann"}, bob{"bob"};

TEST(KnownUsers, AsksOnceForEachNameWhateverItsCase) {
  known_users people;
  EXPECT_THAT(people.unknown({{"ann"}, {"ANN"}, bob}, at(0)), ElementsAre(user_id{"ann"}, bob));
}

TEST(KnownUsers, GivesNamesAsTheyWereFirstWritten) {
  known_users people;
  people.heard({ann}, at(0));
  EXPECT_THAT(people.unknown({{"ANN"}}, at(1)), IsEmpty());
  const auto found = people.resolve({{"ANN"}}, at(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->front().value, "Ann");
}

TEST(KnownUsers, SaysWhichNameNobodyHas) {
  known_users people;
  people.heard({ann}, at(0));
  const auto found = people.resolve({ann, bob}, at(0));
  EXPECT_EQ(found.code(), ec::no_user);
  EXPECT_EQ(found.why().detail, "There is no user bob.");
}

TEST(KnownUsers, BelievesAnAnswerForThirtySecondsAndNeverThatSomebodyIsMissing) {
  known_users people;
  people.heard({ann}, at(0));
  EXPECT_THAT(people.unknown({ann, bob}, at(29)), ElementsAre(bob)) << "bob may have registered since";
  EXPECT_THAT(people.unknown({ann}, at(30)), ElementsAre(ann));
  EXPECT_EQ(people.resolve({ann}, at(30)).code(), ec::no_user);
}

TEST(KnownUsers, KeepsABoundedNumber) {
  known_users people{seconds{30}, 2};
  people.heard({{"a"}, {"b"}, {"c"}}, at(0));
  EXPECT_EQ(people.size(), 2u);
  EXPECT_THAT(people.unknown({{"c"}}, at(0)), IsEmpty()) << "the newest stays";
  people.heard({{"d"}}, at(31));
  EXPECT_EQ(people.size(), 1u);
}

}  // namespace
}  // namespace greenroom::core
