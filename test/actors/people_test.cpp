#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/people_actor.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using core::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

/// Accounts of ann and bob, and a node that knows them.
struct People : testing::Test {
  test::node node;
  std::vector<std::string> asked;
  std::deque<ec> failures;  ///< of the accounts' next answers
  bool silent = false;
  bool away = false;  ///< no node has accounts
  accounts_actor accounts =
      node.dummy<accounts_actor>([this](const core::find_users& who) -> caf::result<core::users_found> {
        std::string line;
        for (const auto& name : who.names) line += name.value + " ";
        asked.push_back(line);
        if (silent) return caf::delegated<core::users_found>{};
        if (!failures.empty()) {
          const auto why = failures.front();
          failures.pop_front();
          return to_caf({why, {}, 1});
        }
        core::users_found out;
        for (const char* const known : {"ann", "bob"})
          if (std::find(who.names.begin(), who.names.end(), core::user_id{known}) != who.names.end())
            out.users.push_back({known});
        return out;
      });
  local_node_actor home = node.dummy<local_node_actor>([this](find_accounts) -> caf::result<accounts_actor> {
    if (away) return to_caf({ec::no_upstream, {}, 1});
    return accounts;
  });
  people_actor people = node.spawn(people_behavior, people_deps{home, node.clock});

  core::result<core::users_found> find(std::vector<core::user_id> names) {
    return node.ask<core::users_found>(people, core::find_users{std::move(names)});
  }
};

TEST_F(People, AreNamedAsTheyWereWrittenFirst) {
  const auto found = find({{"BOB"}, {"ann"}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->users.at(0).value, "bob");
  EXPECT_EQ(found->users.at(1).value, "ann");
  EXPECT_TRUE(find({})->users.empty());
}

TEST_F(People, AreKnownForAWhile) {
  (void)find({{"ann"}});
  (void)find({{"ann"}, {"bob"}});
  EXPECT_THAT(asked, ElementsAre("ann ", "bob "));
  node.advance(milliseconds{30'001});
  (void)find({{"ann"}});
  EXPECT_EQ(asked.size(), 3u);
}

TEST_F(People, AreAskedForAgainWhereTheyDidNotExist) {
  const auto found = find({{"ann"}, {"carl"}});
  EXPECT_EQ(found.code(), ec::no_user);
  EXPECT_EQ(found.why().detail, "There is no user carl.");
  (void)find({{"carl"}});
  EXPECT_THAT(asked, ElementsAre("ann carl ", "carl "));
}

TEST_F(People, AreAskedForTwiceWhereANodeGoesDown) {
  failures = {ec::draining};
  EXPECT_TRUE(find({{"ann"}}));
  EXPECT_EQ(asked.size(), 2u);
  failures = {ec::draining, ec::draining};
  const auto found = find({{"bob"}});
  EXPECT_EQ(found.code(), ec::unavailable);
  EXPECT_EQ(found.why().detail, "No users node answers, so it isn't known who exists.");
  EXPECT_TRUE(failures.empty());
}

TEST_F(People, AreNotKnownWhereNoNodeHasAccounts) {
  away = true;
  EXPECT_EQ(find({{"ann"}}).code(), ec::unavailable);
  EXPECT_THAT(asked, IsEmpty());
}

TEST_F(People, AreNotKnownAfterThreeSecondsOfSilence) {
  silent = true;
  auto told = std::make_shared<std::optional<ec>>();
  node.spawn(
      [told](caf::event_based_actor* self, const people_actor& whom) {
        self->request(whom, caf::infinite, core::find_users{{{"ann"}}})
            .then([told](const core::users_found&) { *told = ec::none; },
                  [told](const caf::error& why) { *told = from_caf(why).code; });
      },
      people);
  node.advance(milliseconds{1500});
  node.advance(milliseconds{1400});
  EXPECT_EQ(*told, std::nullopt);
  node.advance(milliseconds{200});
  EXPECT_EQ(*told, ec::unavailable);
}

TEST_F(People, EndWithTheirNode) {
  node.kill(home);
  EXPECT_FALSE(node.lives(people.address()));
}

}  // namespace
}  // namespace greenroom::actors
