#include "actors/member_sweeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "actors/catalog_actor.hpp"
#include "storage/open.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

struct no_limits final : core::limits {
  core::limit_verdict take(core::limit_class, std::string_view, std::uint32_t) override { return {}; }
};

struct MemberSweeper : testing::Test {
  test::node node;
  std::shared_ptr<storage::room_store> rooms = std::move(storage::open_chat("memory:", {})->rooms);
  std::set<core::user_id> people{{"ann"}, {"Bob"}};
  bool answers = true;
  unsigned asked = 0;
  accounts_actor accounts =
      node.dummy<accounts_actor>([this](const core::find_users& wanted) -> caf::result<core::users_found> {
        ++asked;
        if (!answers) return to_caf({ec::unavailable, {}, 1});
        core::users_found out;
        for (const auto& name : wanted.names)
          if (people.contains(name)) out.users.push_back(*people.find(name));
        return out;
      });
  local_node_actor home =
      node.dummy<local_node_actor>([this](find_accounts) -> caf::result<accounts_actor> { return accounts; });
  local_catalog_actor catalog =
      node.spawn(catalog_behavior, catalog_deps{rooms, node.clock, std::make_shared<no_limits>(), home});

  void sweep() {
    node.spawn(member_sweeper_behavior, catalog, home, node.clock->now().wall);
    node.settle();
  }
  std::vector<std::string> members(const std::string& room) {
    std::vector<std::string> out;
    const auto list = rooms->list_members({{room}, {"ann"}, {}, 500});
    EXPECT_TRUE(list);
    for (const auto& one : list->members) out.push_back(one.user.value);
    return out;
  }
  void make(const std::string& room, std::vector<core::user_id> members) {
    ASSERT_TRUE(rooms->create_room({{room}, {"ann"}, core::room_access::secret, std::move(members)},
                                   node.clock->now().wall - core::seconds{1}));
  }
};

using testing::ElementsAre;

TEST_F(MemberSweeper, EndsWithItsCatalog) {
  make("den", {{"ghost"}});
  answers = false;  // so that it tries again later
  const auto sweeper = node.spawn(member_sweeper_behavior, catalog, home, node.clock->now().wall).address();
  node.settle();
  EXPECT_TRUE(node.lives(sweeper));
  node.kill(catalog);
  EXPECT_FALSE(node.lives(sweeper));
}

TEST_F(MemberSweeper, RemovesMembersWhomNobodyIsOnce) {
  make("den", {{"bob"}, {"ghost"}});
  make("hall", {{"nobody"}});
  sweep();
  EXPECT_THAT(members("den"), ElementsAre("ann", "bob"));
  EXPECT_THAT(members("hall"), ElementsAre("ann"));
  const auto before = asked;
  make("later", {{"ghost"}});
  sweep();
  EXPECT_EQ(asked, before) << "the database remembers that it was swept";
}

TEST_F(MemberSweeper, AsksForPages) {
  std::vector<core::user_id> many;
  for (int i = 0; i < 1200; ++i) many.push_back({"user" + std::to_string(i)});
  for (const auto& one : many) people.insert(one);
  many.push_back({"ghost"});
  make("den", many);
  sweep();
  EXPECT_EQ(asked, 3u);
  EXPECT_TRUE(*rooms->members_swept());
  EXPECT_EQ(rooms->member_names({"gho"}, 1)->front().value, "user0");
}

TEST_F(MemberSweeper, TakesNobodyForAStrangerWhileTheUsersRoleIsAway) {
  make("den", {{"bob"}, {"ghost"}});
  answers = false;
  sweep();
  EXPECT_THAT(members("den"), ElementsAre("ann", "bob", "ghost"));
  EXPECT_FALSE(*rooms->members_swept());
  answers = true;
  node.advance(core::seconds{3});
  EXPECT_THAT(members("den"), ElementsAre("ann", "bob"));
}

}  // namespace
}  // namespace greenroom::actors
