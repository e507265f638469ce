#include <caf/typed_event_based_actor.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "actors/directory_actor.hpp"
#include "actors/errors.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;

/// Remembers every view.
struct views : core::view_watcher {
  std::vector<core::cluster_view> all;
  void view_changed(const core::cluster_view& view) override { all.push_back(view); }
  [[nodiscard]] std::string names() const {
    std::string out;
    if (all.empty()) return "none";
    for (const auto& node : all.back().nodes) out += node.name.value;
    return out;
  }
};

struct DirectoryActor : testing::Test {
  test::node node;
  std::shared_ptr<views> watched = std::make_shared<views>();
  std::shared_ptr<const core::clock> clock = node.clock;
  directory_actor directory = node.spawn(directory_behavior, directory_deps{{}, clock, watched, {77}});

  static core::node_record record(const std::string& name, std::uint64_t incarnation = 1) {
    return {{name}, {incarnation}, {{"chat", "127.0.0.1", 8008}}, "1", {}, "db", false, {}, {}};
  }
  /// A node that only listens to views.
  node_actor listener(const std::shared_ptr<views>& into) {
    return node.dummy<node_actor>([into](const core::cluster_view& view) { into->view_changed(view); });
  }
  void pass(core::milliseconds time) {
    for (; time.count() > 0; time -= 100ms) node.advance(100ms);
  }
  core::result<core::cluster_view> enter(const core::node_record& who, const node_actor& as) {
    auto asked = node.self->request(directory, caf::infinite, who, as);
    node.settle();
    core::result<core::cluster_view> out = core::ec::internal;
    asked.receive([&](const core::cluster_view& view) { out = view; },
                  [&](const caf::error& why) { out = from_caf(why); });
    return out;
  }
};

TEST_F(DirectoryActor, TakesNoNodeThatItCannotReach) {
  EXPECT_EQ(enter(record("a"), node_actor{}).code(), core::ec::unavailable);
  EXPECT_TRUE(enter(record("b"), listener(std::make_shared<views>())));
  EXPECT_EQ(watched->names(), "b");
}

TEST_F(DirectoryActor, SendsEachViewToAllWhoRegistered) {
  const auto a = std::make_shared<views>();
  const auto b = std::make_shared<views>();
  const auto answer = enter(record("a"), listener(a));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->nodes.size(), 1u);
  ASSERT_TRUE(enter(record("b"), listener(b)));
  EXPECT_EQ(a->names(), "ab");
  EXPECT_EQ(b->names(), "ab");
  EXPECT_EQ(watched->names(), "ab");
  EXPECT_EQ(a->all.size(), 2u);
}

TEST_F(DirectoryActor, RefusesAnotherDatabaseAndSaysWhy) {
  ASSERT_TRUE(enter(record("a"), listener(std::make_shared<views>())));
  auto stranger = record("b");
  stranger.chat_database = "other";
  const auto refused = enter(stranger, listener(std::make_shared<views>()));
  EXPECT_EQ(refused.code(), core::ec::conflict);
  EXPECT_NE(refused.why().detail.find("chat database"), std::string::npos);
  EXPECT_EQ(watched->names(), "a");
}

TEST_F(DirectoryActor, LeavesADeadNodeOutAfterItsGrace) {
  const auto a = std::make_shared<views>();
  const auto staying = listener(a);
  const auto dying = listener(std::make_shared<views>());
  ASSERT_TRUE(enter(record("a"), staying));
  ASSERT_TRUE(enter(record("b"), dying));
  node.kill(dying);
  pass(400ms);
  EXPECT_EQ(a->names(), "ab");
  pass(300ms);
  EXPECT_EQ(a->names(), "a");
}

TEST_F(DirectoryActor, KeepsWhoComesBackWithinTheGrace) {
  const auto dying = listener(std::make_shared<views>());
  ASSERT_TRUE(enter(record("b"), dying));
  node.kill(dying);
  pass(400ms);
  ASSERT_TRUE(enter(record("b"), listener(std::make_shared<views>())));
  pass(2s);
  EXPECT_EQ(watched->names(), "b");
}

TEST_F(DirectoryActor, LeavesASilentNodeOutAndTellsItSo) {
  const auto a = std::make_shared<views>();
  ASSERT_TRUE(enter(record("a"), listener(a)));
  pass(2900ms);
  EXPECT_EQ(a->names(), "a");
  pass(300ms);
  EXPECT_EQ(a->names(), "") << "so that it registers again";
  EXPECT_EQ(watched->names(), "");
}

TEST_F(DirectoryActor, KeepsWhoBeatsAndShowsItsLoad) {
  ASSERT_TRUE(enter(record("a"), listener(std::make_shared<views>())));
  for (std::uint32_t i = 1; i <= 5; ++i) {
    caf::anon_send(directory, core::beat{{"a"}, {1}, {i, 7}, false});
    node.settle();
    pass(1s);
  }
  EXPECT_EQ(watched->names(), "a");
  EXPECT_EQ(watched->all.back().nodes.at(0).load.connections, 5u);
  const auto view = node.ask<core::cluster_view>(directory, core::read_view{});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->nodes.at(0).load.rooms, 7u);
}

/// A node that answers operators, and remembers what it was told.
struct told {
  std::vector<std::string> drains;
  std::vector<std::string> moves;
};
node_actor obedient(test::node& node, const std::shared_ptr<told>& into) {
  return node.dummy<node_actor>([](const core::cluster_view&) {},
                                [](const core::list_live_rooms&) {
                                  return core::live_rooms{{{{"tea"}, {3}}}};
                                },
                                [into](const core::drain_node& request) -> caf::result<void> {
                                  into->drains.push_back(request.node.value);
                                  return caf::unit;
                                },
                                [into](const core::move_room& request) -> caf::result<void> {
                                  into->moves.push_back(request.room.value + " to " + request.node.value);
                                  return caf::unit;
                                });
}

TEST_F(DirectoryActor, TheEndOfAnOlderLinkDoesntCountAgainstWhoIsBack) {
  const auto before = listener(std::make_shared<views>());
  ASSERT_TRUE(enter(record("b"), before));
  ASSERT_TRUE(enter(record("b"), listener(std::make_shared<views>())));
  node.kill(before);
  pass(1s);
  EXPECT_EQ(watched->names(), "b");
}

TEST_F(DirectoryActor, PublishesPinsAndLinkAddressesThatChange) {
  const auto a = std::make_shared<views>();
  const auto as = listener(a);
  auto who = record("a");
  ASSERT_TRUE(enter(who, as));
  const auto known = a->all.size();
  ASSERT_TRUE(enter(who, as));
  EXPECT_EQ(a->all.size(), known) << "no news";
  who.pins = {{"tea"}};
  ASSERT_TRUE(enter(who, as));
  EXPECT_EQ(a->all.size(), known + 1);
  who.link = {"link", "10.0.0.1", 7000};
  ASSERT_TRUE(enter(who, as));
  EXPECT_EQ(a->all.size(), known + 2);
}

TEST_F(DirectoryActor, PassesOnWhatOperatorsWantOfANode) {
  const auto a = std::make_shared<told>();
  ASSERT_TRUE(enter(record("a"), obedient(node, a)));
  const auto rooms = node.ask<core::live_rooms>(directory, core::list_live_rooms{{"a"}});
  ASSERT_TRUE(rooms);
  EXPECT_EQ(rooms->rooms.at(0).room.value, "tea");
  EXPECT_TRUE(node.ask<core::done>(directory, core::drain_node{{"a"}}));
  EXPECT_EQ(a->drains, std::vector<std::string>{"a"});
}

TEST_F(DirectoryActor, AsksANodeWithTheUsersRoleWhatOperatorsWantOfAccounts) {
  std::vector<std::string> asked;
  const auto answers = [&](std::string name) {
    return node.dummy<node_actor>([](const core::cluster_view&) {},
                                  [&asked, name](const core::administer& request) {
                                    asked.push_back(name + " " + request.user.value);
                                    return core::administered{7};
                                  });
  };
  const core::administer wanted{core::account_act::end_sessions, {"ann"}};
  EXPECT_EQ(node.ask<core::administered>(directory, wanted).code(), core::ec::no_upstream);
  auto users = record("u"), leaving = record("l");
  users.http = leaving.http = {{"users", "127.0.0.1", 8010}};
  leaving.draining = true;
  ASSERT_TRUE(enter(record("a"), answers("a")));
  EXPECT_EQ(node.ask<core::administered>(directory, wanted).code(), core::ec::no_upstream);
  ASSERT_TRUE(enter(leaving, answers("l")));
  ASSERT_TRUE(node.ask<core::administered>(directory, wanted)) << "one that drains, where there is no other";
  ASSERT_TRUE(enter(users, answers("u")));
  EXPECT_EQ(node.ask<core::administered>(directory, wanted)->ended, 7u);
  EXPECT_EQ(asked, (std::vector<std::string>{"l ann", "u ann"}));
}

TEST_F(DirectoryActor, TellsAllNodesWhereARoomLivesFromNowOn) {
  const auto a = std::make_shared<told>();
  const auto b = std::make_shared<told>();
  ASSERT_TRUE(enter(record("a"), obedient(node, a)));
  ASSERT_TRUE(enter(record("b"), obedient(node, b)));
  EXPECT_TRUE(node.ask<core::done>(directory, core::move_room{{"tea"}, {"b"}}));
  EXPECT_EQ(a->moves, std::vector<std::string>{"tea to b"});
  EXPECT_EQ(b->moves, std::vector<std::string>{"tea to b"});
}

TEST_F(DirectoryActor, RefusesToMoveARoomWhereItCantLive) {
  const auto a = std::make_shared<told>();
  auto users = record("u");
  users.http = {{"users", "127.0.0.1", 8010}};
  auto leaving = record("l");
  leaving.draining = true;
  ASSERT_TRUE(enter(users, obedient(node, a)));
  ASSERT_TRUE(enter(leaving, obedient(node, a)));
  EXPECT_EQ(node.ask<core::done>(directory, core::move_room{{"tea"}, {"u"}}).code(), core::ec::conflict);
  EXPECT_EQ(node.ask<core::done>(directory, core::move_room{{"tea"}, {"l"}}).code(), core::ec::conflict);
  EXPECT_EQ(node.ask<core::done>(directory, core::move_room{{"tea"}, {"x"}}).code(), core::ec::not_found);
  EXPECT_EQ(node.ask<core::done>(directory, core::drain_node{{"x"}}).code(), core::ec::not_found);
  EXPECT_EQ(node.ask<core::live_rooms>(directory, core::list_live_rooms{{"x"}}).code(), core::ec::not_found);
  EXPECT_TRUE(a->moves.empty());
}

}  // namespace
}  // namespace greenroom::actors
