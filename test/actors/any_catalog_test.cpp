#include "actors/any_catalog.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "actors/questions.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;

/// Catalogs of two nodes; an edge asks them through `catalog`.
struct AnyCatalog : testing::Test {
  test::node node;
  std::map<std::string, int> asked;
  std::map<std::string, ec> refuses;
  std::map<std::string, bool> is_silent;
  std::map<std::string, catalog_actor> all{{"a", make("a")}, {"b", make("b")}};
  std::vector<std::string> in_turn{"a", "b"};
  std::size_t turn = 0;
  local_node_actor home =
      node.dummy<local_node_actor>([this](const find_catalog& wanted) -> caf::result<catalog_actor> {
        for (std::size_t i = 0; i < in_turn.size(); ++i) {
          const auto& found = all[in_turn[turn++ % in_turn.size()]];
          if (in_turn.size() == 1 || found.address() != wanted.but) return found;
        }
        return to_caf({ec::no_upstream, {}, 1});
      });
  any_catalog_actor catalog = node.spawn(any_catalog_behavior, any_catalog_deps{home, node.clock});

  catalog_actor make(const std::string& name) {
    return node.dummy<catalog_actor>([this, name](const core::enter_room& request) -> caf::result<core::room_entered> {
      ++asked[name];
      if (is_silent[name]) return caf::delegated<core::room_entered>{};
      if (refuses[name] != ec::none) return to_caf({refuses[name], {}, 0});
      core::room_entered out;
      out.info.room = {name + ":" + request.room.value};
      return out;
    });
  }

  /// The room's name as the catalog that answered writes it, or why none did; after so much time.
  std::string enter(core::milliseconds after = 0ms) {
    auto pending = node.self->request(catalog, 3600s, core::enter_room{{"den"}, {"ann"}, true});
    node.advance(after);
    std::string out = "(nothing yet)";
    node.scheduler.clock().advance_time(after == 0ms ? 0ms : 1ms);
    pending.receive([&](const core::room_entered& entered) { out = entered.info.room.value; },
                    [&](const caf::error& why) { out = core::to_string(from_caf(why).code); });
    return out;
  }
};

TEST_F(AnyCatalog, KeepsTheOneThatAnswersForAWhile) {
  EXPECT_EQ(enter(), "a:den");
  EXPECT_EQ(enter(), "a:den");
  node.advance(10s);
  EXPECT_EQ(enter(), "b:den") << "the others have their turn";
}

TEST_F(AnyCatalog, AsksAnotherWhereOneIsUnavailable) {
  refuses["a"] = ec::unavailable;
  EXPECT_EQ(enter(), "b:den");
  EXPECT_EQ(enter(), "b:den");
  EXPECT_EQ(asked["a"], 1) << "left alone from then on";
}

TEST_F(AnyCatalog, PassesOnWhatACatalogSaysOfTheRequest) {
  refuses["a"] = ec::not_found;
  EXPECT_EQ(enter(), "not_found");
  EXPECT_EQ(asked["b"], 0);
}

TEST_F(AnyCatalog, AsksAnotherWhereOneSaysNothingForASecond) {
  is_silent["a"] = true;
  EXPECT_EQ(enter(1300ms), "b:den");
}

TEST_F(AnyCatalog, AsksAnotherAtOnceWhereOneGoesDown) {
  EXPECT_EQ(enter(), "a:den");
  is_silent["a"] = true;
  auto pending = node.self->request(catalog, 1ms, core::enter_room{{"den"}, {"ann"}, true});
  node.settle();
  in_turn = {"b"};
  node.kill(all["a"]);
  node.scheduler.clock().advance_time(1ms);
  pending.receive([&](const core::room_entered& entered) { EXPECT_EQ(entered.info.room.value, "b:den"); },
                  [&](const caf::error& why) { ADD_FAILURE() << from_caf(why).text(); });
}

TEST_F(AnyCatalog, KeepsTheNewOneWhenTheOldOneFailsAQuestionLate) {
  is_silent["a"] = true;
  const auto ask = [this] {
    auto pending = node.self->request(catalog, 3600s, core::enter_room{{"den"}, {"ann"}, true});
    node.settle();
    return pending;
  };
  const auto expect_b = [](auto& pending) {
    pending.receive([](const core::room_entered& entered) { EXPECT_EQ(entered.info.room.value, "b:den"); },
                    [](const caf::error& why) { ADD_FAILURE() << from_caf(why).text(); });
  };
  auto first = ask();
  node.advance(500ms);
  auto second = ask();
  node.advance(800ms);
  expect_b(first);
  node.advance(500ms);
  expect_b(second);
  EXPECT_EQ(turn, 2u) << "a second was found, and no third";
}

TEST_F(AnyCatalog, GivesUpAfterThreeTries) {
  refuses["a"] = refuses["b"] = ec::unavailable;
  EXPECT_EQ(enter(), "unavailable");
  EXPECT_EQ(asked["a"] + asked["b"], 3);
}

TEST_F(AnyCatalog, IsUnavailableWhereNoNodeHasOne) {
  in_turn.clear();
  EXPECT_EQ(enter(), "unavailable");
}

TEST(Questions, AreGivenUpOnceInTheOrderOfAsking) {
  questions open;
  std::vector<int> failed;
  const core::mono_time start{};
  const auto ask = [&](int which, core::milliseconds patience) {
    return open.ask(nullptr, start + patience, [&failed, which](const core::error& why) {
      EXPECT_EQ(why.code, ec::unavailable);
      failed.push_back(which);
    });
  };
  const auto first = ask(1, 10ms);
  const auto second = ask(2, 5ms);
  const auto third = ask(3, 20ms);
  open.give_up_late(start + 4ms);
  EXPECT_TRUE(failed.empty());
  open.give_up_late(start + 10ms);
  EXPECT_EQ(failed, (std::vector{1, 2}));
  EXPECT_FALSE(open.answered(first)) << "its answer comes too late";
  EXPECT_FALSE(open.answered(second));
  EXPECT_TRUE(open.answered(third));
  EXPECT_FALSE(open.answered(third)) << "it was answered";
  EXPECT_TRUE(open.empty());
}

}  // namespace
}  // namespace greenroom::actors
