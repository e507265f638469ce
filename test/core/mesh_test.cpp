#include "core/mesh.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr mono_time start{1000s};
constexpr incarnation_id first{1};
constexpr incarnation_id second{2};

node_record node(const std::string& name, std::uint16_t port = 7000, const std::string& role = "chat") {
  node_record out;
  out.name = {name};
  out.incarnation = first;
  out.http = {{role, "10.0.0.1", 8008}};
  out.link = {"link", name + ".example", port};
  return out;
}

cluster_view view(std::vector<node_record> nodes) { return {{1}, std::move(nodes)}; }

/// The node `m`, with discovery at `d`.
struct Mesh : testing::Test {
  core::mesh tested{{{"m"}, false, "d.example", 7000}, {100ms, 2000ms, 1000ms}, 42};
  mono_time now = start;

  static std::vector<std::string> names(const mesh_effects& effects) {
    std::vector<std::string> out;
    for (const auto& dial : effects.dial) out.push_back(dial.expected.value);
    return out;
  }
  /// Follows the machine's own time until it dials.
  mesh_effects next_dial() {
    for (;;) {
      const auto at = tested.next();
      if (!at) return {};
      now = std::max(now, *at);
      auto effects = tested.tick(now);
      if (!effects.dial.empty()) return effects;
    }
  }
  /// Dials discovery, and has a link with it.
  void find_discovery() {
    const auto begun = tested.start(now);
    ASSERT_EQ(begun.dial.size(), 1u);
    EXPECT_THAT(tested.link_up({1}, {"d"}, first, true, now).open, ElementsAre(link_no{1}));
  }
};

TEST_F(Mesh, DialsDiscoverysAddressWhoeverAnswers) {
  const auto begun = tested.start(now);
  ASSERT_EQ(begun.dial.size(), 1u);
  EXPECT_EQ(begun.dial[0].host, "d.example");
  EXPECT_EQ(begun.dial[0].port, 7000);
  EXPECT_EQ(begun.dial[0].expected.value, "");
  EXPECT_THAT(tested.tick(now + 1h).dial, IsEmpty()) << "one dial at a time";
}

TEST_F(Mesh, ANodeWithDiscoveryDialsNobody) {
  core::mesh discovery{{{"a"}, true, "d.example", 7000}, {}, 42};
  EXPECT_THAT(discovery.start(now).dial, IsEmpty());
  EXPECT_THAT(discovery.view_changed(view({node("b"), node("c")}), now).dial, IsEmpty());
  EXPECT_FALSE(discovery.next());
  EXPECT_THAT(discovery.link_up({1}, {"b"}, first, false, now).open, ElementsAre(link_no{1}));
}

TEST_F(Mesh, OfTwoNodesTheOneWithTheSmallerNameDials) {
  find_discovery();
  const auto seen = tested.view_changed(view({node("d", 7000, "discovery"), node("a"), node("m"), node("z")}), now);
  EXPECT_THAT(names(seen), ElementsAre("z"));
  EXPECT_EQ(seen.dial[0].host, "z.example");
}

TEST_F(Mesh, TheOtherOneDialsTooWhereNoLinkCame) {
  find_discovery();
  const auto seen_at = now;
  EXPECT_THAT(tested.view_changed(view({node("a")}), now).dial, IsEmpty());
  EXPECT_THAT(names(next_dial()), ElementsAre("a"));
  EXPECT_EQ(now - seen_at, 1000ms);
}

TEST_F(Mesh, TheOtherOneNeedsNoDialWhereALinkCame) {
  find_discovery();
  (void)tested.view_changed(view({node("a")}), now);
  (void)tested.link_up({2}, {"a"}, first, false, now);
  EXPECT_THAT(tested.tick(now + 1h).dial, IsEmpty());
  now += 1h;
  EXPECT_THAT(tested.link_down({2}, now).dial, IsEmpty());
  const auto lost_at = now;
  EXPECT_THAT(names(next_dial()), ElementsAre("a"));
  EXPECT_EQ(now - lost_at, 1000ms) << "the first one has its time again";
}

TEST_F(Mesh, NeverDialsANodeThatHasDiscoveryTooOrTakesNoLinks) {
  find_discovery();
  EXPECT_THAT(tested.view_changed(view({node("x", 7000, "discovery"), node("y", 0)}), now).dial, IsEmpty());
}

TEST_F(Mesh, TriesAgainLaterAndLaterButNeverLaterThanTheLongest) {
  auto dial = tested.start(now).dial.at(0);
  auto longest = 0ms;
  for (int failures = 0; failures < 12; ++failures) {
    const auto failed_at = now;
    EXPECT_THAT(tested.dial_failed(dial.which, now).dial, IsEmpty()) << "not at once";
    const auto again = next_dial();
    ASSERT_EQ(again.dial.size(), 1u);
    const auto waited = std::chrono::duration_cast<milliseconds>(now - failed_at);
    const auto whole = std::min(milliseconds{100} * (1 << failures), milliseconds{2000});
    EXPECT_LE(waited, whole);
    EXPECT_GE(waited, whole * 2 / 3 - 1ms);
    longest = std::max(longest, waited);
    dial = again.dial[0];
  }
  EXPECT_GE(longest, 1300ms);
}

TEST_F(Mesh, TwoNodesDontTryAgainInStep) {
  core::mesh other{{{"n"}, false, "d.example", 7000}, {100ms, 2000ms, 1000ms}, 43};
  const auto mine = tested.start(now).dial.at(0).which, theirs = other.start(now).dial.at(0).which;
  (void)tested.dial_failed(mine, now);
  (void)other.dial_failed(theirs, now);
  EXPECT_NE(tested.next(), other.next());
}

TEST_F(Mesh, DialsAgainWhenALinkIsLost) {
  find_discovery();
  now += 1h;
  EXPECT_THAT(tested.link_down({1}, now).dial, IsEmpty());
  const auto lost_at = now;
  EXPECT_THAT(names(next_dial()), ElementsAre(""));
  EXPECT_LE(now - lost_at, 100ms) << "a link that lived long begins anew";
}

TEST_F(Mesh, ALinkThatDoesntLiveCountsAsAFailure) {
  find_discovery();
  milliseconds waited{};
  for (std::uint64_t link = 1; link < 8; ++link) {
    (void)tested.link_down({link}, now);
    const auto lost_at = now;
    ASSERT_EQ(next_dial().dial.size(), 1u);
    waited = std::chrono::duration_cast<milliseconds>(now - lost_at);
    (void)tested.link_up({link + 1}, {"d"}, first, true, now);
  }
  EXPECT_GT(waited, 1s);
}

TEST_F(Mesh, StopsToDialWhoLeftTheView) {
  find_discovery();
  const auto seen = tested.view_changed(view({node("z")}), now);
  (void)tested.dial_failed(seen.dial.at(0).which, now);
  (void)tested.view_changed(view({}), now);
  EXPECT_FALSE(tested.next());
}

TEST_F(Mesh, ALinkOutlivesTheView) {
  find_discovery();
  (void)tested.view_changed(view({node("z")}), now);
  EXPECT_THAT(tested.link_up({2}, {"z"}, first, true, now).open, ElementsAre(link_no{2}));
  EXPECT_THAT(tested.view_changed(view({}), now).close, IsEmpty());
  EXPECT_THAT(tested.linked(), ElementsAre(node_name{"d"}, node_name{"z"}));
}

TEST_F(Mesh, ANewAddressIsDialledAtOnce) {
  find_discovery();
  auto seen = tested.view_changed(view({node("z", 7001)}), now);
  for (int failures = 0; failures < 5; ++failures) {
    (void)tested.dial_failed(seen.dial.at(0).which, now);
    seen = next_dial();
  }
  (void)tested.dial_failed(seen.dial.at(0).which, now);
  const auto moved = tested.view_changed(view({node("z", 7002)}), now);
  ASSERT_EQ(moved.dial.size(), 1u);
  EXPECT_EQ(moved.dial[0].port, 7002);
}

TEST_F(Mesh, ANewLifeIsDialledAtOnce) {
  find_discovery();
  auto seen = tested.view_changed(view({node("z")}), now);
  for (int failures = 0; failures < 5; ++failures) {
    (void)tested.dial_failed(seen.dial.at(0).which, now);
    seen = next_dial();
  }
  (void)tested.dial_failed(seen.dial.at(0).which, now);
  auto again = node("z");
  again.incarnation = second;
  EXPECT_THAT(names(tested.view_changed(view({again}), now)), ElementsAre("z"));
}

TEST_F(Mesh, AViewWithoutANewAddressHurriesNoDial) {
  find_discovery();
  const auto seen = tested.view_changed(view({node("z")}), now);
  (void)tested.dial_failed(seen.dial.at(0).which, now);
  EXPECT_THAT(tested.view_changed(view({node("z"), node("a")}), now).dial, IsEmpty());
  EXPECT_GT(tested.next(), now) << "nor for a node that is to dial first";
}

TEST_F(Mesh, TheNextLifeOfAPeerReplacesTheOldAndWaitsForItsEnd) {
  EXPECT_THAT(tested.link_up({1}, {"a"}, first, false, now).open, ElementsAre(link_no{1}));
  const auto again = tested.link_up({2}, {"a"}, second, false, now);
  EXPECT_THAT(again.close, ElementsAre(link_no{1}));
  EXPECT_THAT(again.open, IsEmpty()) << "actors still have the old one";
  EXPECT_THAT(tested.link_down({1}, now).open, ElementsAre(link_no{2}));
  EXPECT_THAT(tested.linked(), ElementsAre(node_name{"a"}));
}

TEST_F(Mesh, APeerThatDialsAgainHasLostItsOldLink) {
  (void)tested.link_up({1}, {"a"}, first, false, now);
  EXPECT_THAT(tested.link_up({2}, {"a"}, first, false, now).close, ElementsAre(link_no{1}));
  const auto third = tested.link_up({3}, {"a"}, first, false, now);
  EXPECT_THAT(third.close, ElementsAre(link_no{2})) << "of those that wait only the newest counts";
  EXPECT_THAT(tested.link_down({2}, now).open, IsEmpty());
  EXPECT_THAT(tested.link_down({1}, now).open, ElementsAre(link_no{3}));
}

TEST_F(Mesh, OfLinksDialledFromBothEndsBothKeepThatOfTheSmallerName) {
  core::mesh a{{{"a"}, false, "d.example", 7000}, {}, 1};
  core::mesh z{{{"z"}, false, "d.example", 7000}, {}, 2};
  // Link 1 was dialled by a, link 2 by z; they come up in another order at each end.
  (void)a.link_up({1}, {"z"}, first, true, now);
  EXPECT_THAT(a.link_up({2}, {"z"}, first, false, now).close, ElementsAre(link_no{2}));
  (void)z.link_up({2}, {"a"}, first, true, now);
  EXPECT_THAT(z.link_up({1}, {"a"}, first, false, now).close, ElementsAre(link_no{2}));
  EXPECT_THAT(z.link_down({2}, now).open, ElementsAre(link_no{1}));
  EXPECT_THAT(a.link_down({2}, now).open, IsEmpty());
}

TEST_F(Mesh, CutsALinkWithItselfAndTriesAgain) {
  (void)tested.start(now);
  const auto own = tested.link_up({1}, {"m"}, first, true, now);
  EXPECT_THAT(own.close, ElementsAre(link_no{1}));
  EXPECT_THAT(own.open, IsEmpty());
  EXPECT_GT(tested.next(), now);
  EXPECT_THAT(names(next_dial()), ElementsAre(""));
}

TEST_F(Mesh, ForgetsALinkThatNeverWas) {
  find_discovery();
  EXPECT_THAT(tested.link_down({77}, now).dial, IsEmpty());
  EXPECT_THAT(tested.dial_failed(77, now).dial, IsEmpty());
  EXPECT_THAT(tested.linked(), ElementsAre(node_name{"d"}));
}

}  // namespace
}  // namespace greenroom::core
