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
  directory_actor directory = node.spawn(directory_behavior, directory_deps{{}, clock, watched});

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

}  // namespace
}  // namespace greenroom::actors
