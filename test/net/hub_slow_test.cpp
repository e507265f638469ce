#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "net/hub.hpp"
#include "test/net/hub_fixture.hpp"

namespace greenroom::net::test {
namespace {

class HubSlow : public hub_fixture {};
INSTANTIATE_TEST_SUITE_P(Over, HubSlow, ::testing::Bool(), [](const auto& one) { return one.param ? "Tls" : "Tcp"; });

TEST_P(HubSlow, TellsASlowJsonClientItsGapAndGoesOn) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket slow = join(json, 1, {.receive_buffer = 4096}), quick = join(json);
  constexpr std::uint64_t last = 2000;
  std::vector<std::string> quick_seen;
  for (std::uint64_t seq = 1; seq <= last; seq += 10) {
    hub_->deliver(room, batch(seq, 10, 100));
    for (auto& text : quick.peer.read_texts(10)) quick_seen.push_back(std::move(text));
  }
  ASSERT_EQ(quick_seen.size(), last);
  settle();
  EXPECT_LE(hub_->figures().outbox_bytes, 64u * 1024);

  std::uint64_t expected = 1, heard = 0;
  bool is_told = false;
  while (expected <= last + 1) {
    const auto texts = slow.peer.read_texts(1);
    ASSERT_EQ(texts.size(), 1u) << "before " << expected;
    if (texts[0] == "gap") {
      const auto gaps = slow.owner->wait([](const auto&) { return true; }).gaps;
      ASSERT_EQ(gaps.size(), 1u);
      EXPECT_EQ(gaps[0], (recording_owner::gap{room, {expected}, {last}}));
      expected = last + 1;
      continue;
    }
    EXPECT_EQ(number_in(texts[0]), expected++);
    ++heard;
    if (!is_told && hub_->figures().gaps > 0) {
      is_told = true;
      hub_->deliver(room, batch(last + 1, 1));
      const auto gaps = slow.owner->wait([](const auto& now) { return !now.gaps.empty(); }).gaps;
      slow.connection->send_gap(room, gaps.at(0).from, gaps.at(0).to, server_text("gap"));
    }
  }
  EXPECT_TRUE(is_told);
  EXPECT_LT(heard, last / 2);
  EXPECT_TRUE(quick.owner->wait([](const auto&) { return true; }).gaps.empty());
}

TEST_P(HubSlow, ClosesASlowClientOfADialectWithoutGaps) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket slow = join(lines, 1, {.receive_buffer = 4096});
  for (std::uint64_t seq = 1; seq <= 2000; seq += 10) hub_->deliver(room, batch(seq, 10, 100));
  settle();
  seen_frame frame;
  std::uint64_t next = 1;
  while ((frame = slow.peer.read_frame()).opcode == 1) EXPECT_EQ(number_in(frame.payload), next++);
  EXPECT_EQ(frame.code(), 1013u);
  EXPECT_LT(next, 2000u);
  settle();
  EXPECT_EQ(hub_->figures().too_slow, 1u);
}

TEST_P(HubSlow, LeavesMessagesOutWhereTooMuchWaitsForAnAddress) {
  begin(1, {.outbox_bytes = 1024 * 1024}, {64 * 1024, 1024 * 1024});
  websocket slow = join(json, 1, {.receive_buffer = 4096}), other = join(json, 1, {.client = "198.51.100.2"});
  for (std::uint64_t seq = 1; seq <= 2000; seq += 10) {
    hub_->deliver(room, batch(seq, 10, 300));
    settle();
  }
  EXPECT_EQ(other.peer.read_texts(2000).size(), 2000u);
  EXPECT_LT(hub_->figures().outbox_bytes, 70u * 1024);
  std::uint64_t next = 1;
  while (slow.owner->wait([](const auto&) { return true; }).gaps.empty() && next <= 2000)
    EXPECT_EQ(number_in(slow.peer.read_frame().payload), next++);
  const auto gaps = slow.owner->wait([](const auto& now) { return !now.gaps.empty(); }).gaps;
  ASSERT_EQ(gaps.size(), 1u) << "what was left out is told once there is room";
  // Records take less room than the frames in them did, so that there may be some before the last batch.
  if (GetParam())
    EXPECT_LE(gaps[0].to, core::seq_no{2000});
  else
    EXPECT_EQ(gaps[0].to, core::seq_no{2000});
}

TEST_P(HubSlow, SendsAllThatItHeldAlsoWhereMoreWasLostBehindIt) {
  begin(1, {.held_batches = 2});
  websocket one = connect();
  hub_->listen(room, one.connection->id(), json);
  for (std::uint64_t seq = 1; seq <= 3; ++seq) hub_->deliver(room, batch(seq, 1));
  hub_->open(room, one.connection->id(), frames_of({"joined"}), {1});
  EXPECT_EQ(one.peer.read_texts(3), (std::vector<std::string>{"joined", "j1", "j2"}));
  const auto gaps = one.owner->wait([](const auto& now) { return !now.gaps.empty(); }).gaps;
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0], (recording_owner::gap{room, {3}, {3}}));
}

TEST_P(HubSlow, SendsEveryAnswerToAClientThatIsSlowerThanABurst) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket slow = connect({.receive_buffer = 4096});
  for (std::uint64_t i = 1; i <= 20; ++i) {
    hub_->listen({i}, slow.connection->id(), json);
    hub_->open({i}, slow.connection->id(), frames_of({std::string(30'000, 'j')}), {1});
  }
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(slow.peer.read_frame().payload.size(), 30'000u) << i;
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(hub_->figures().too_slow, 0u);
}

TEST_P(HubSlow, SendsABatchLargerThanTheBoundToAClientThatReads) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket one = join(lines);
  hub_->deliver(room, batch(1, 1000, 300));
  const auto seen = one.peer.read_texts(1000);
  ASSERT_EQ(seen.size(), 1000u);
  EXPECT_EQ(number_in(seen.back()), 1000u);
}

TEST_P(HubSlow, ReportsWhatTheRelaySkipped) {
  begin();
  websocket one = join(json);
  hub_->deliver(room, batch(1, 1));
  hub_->skip(room, {5});
  hub_->skip(room, {5});
  hub_->deliver(room, batch(6, 1));
  const auto seen = one.owner->wait([](const auto& now) { return !now.gaps.empty(); });
  EXPECT_EQ(seen.gaps, (std::vector<recording_owner::gap>{{room, {2}, {5}}}));
  // Nothing goes out before that, however long the notice takes.
  hub_->deliver(room, batch(7, 1));
  settle();
  one.connection->send_gap(room, {2}, {5}, server_text("gap"));
  hub_->deliver(room, batch(8, 1));
  EXPECT_EQ(one.peer.read_texts(5), (std::vector<std::string>{"j1", "gap", "j6", "j7", "j8"}));
}

TEST_P(HubSlow, NamesNoGapOfARoomThatTheConnectionHasLeft) {
  begin();
  websocket one = join(json);
  const auto id = one.connection->id();
  const auto wait_for_gaps = [&](std::size_t count) {
    return one.owner->wait([&](const auto& now) { return now.gaps.size() >= count; }).gaps;
  };
  hub_->skip(room, {5});
  ASSERT_EQ(wait_for_gaps(1).size(), 1u);
  hub_->leave(room, id, frames_of({"left"}));
  one.connection->send_gap(room, {1}, {5}, server_text("gap of a room that was left"));
  hub_->listen(room, id, json);
  hub_->deliver(room, batch(4, 1));
  one.connection->send_gap(room, {1}, {5}, server_text("gap of the earlier listening"));
  hub_->open(room, id, frames_of({"joined"}), {4});
  hub_->skip(room, {5});
  ASSERT_EQ(wait_for_gaps(2).size(), 2u);
  hub_->deliver(room, batch(6, 1));
  one.connection->send_gap(room, {1}, {5}, server_text("gap of the earlier listening, which ended as this one's does"));
  one.connection->send_gap(room, {5}, {5}, server_text("gap"));
  EXPECT_EQ(one.peer.read_texts(5), (std::vector<std::string>{"left", "joined", "j4", "gap", "j6"}));
}

TEST_P(HubSlow, ReportsABatchThatWasNotEncodedForAListener) {
  begin();
  websocket one = join(json);
  auto other = batch(1, 2);
  other->text = {};
  put(other->text[lines.voice], "l1");
  hub_->deliver(room, other);
  hub_->deliver(room, batch(3, 1));
  const auto seen = one.owner->wait([](const auto& now) { return !now.gaps.empty(); });
  EXPECT_EQ(seen.gaps, (std::vector<recording_owner::gap>{{room, {1}, {2}}}));
  one.connection->send_gap(room, {1}, {2}, server_text("gap"));
  EXPECT_EQ(one.peer.read_texts(2), (std::vector<std::string>{"gap", "j3"}));
}

TEST_P(HubSlow, DropsOnlyLatestValuesForAClientAboveHalfItsBound) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket slow = join(json, 1, {.receive_buffer = 4096}), quick = join(json);
  // The kernel buffers an unknown number of a stopped client's bytes: fill until something is dropped.
  std::uint64_t seq = 1;
  for (; hub_->figures().dropped == 0 && seq < 5000; seq += 10) {
    hub_->deliver(room, batch(seq, 10, 100));
    hub_->tell(room, core::latest::typing, event("typing"));
    ASSERT_EQ(quick.peer.read_texts(11).size(), 11u);
    settle();
  }
  EXPECT_EQ(hub_->figures().dropped, 1u);
  EXPECT_EQ(hub_->figures().gaps, 0u);
  std::uint64_t next = 1, told = 0;
  while (next < seq) {
    const auto texts = slow.peer.read_texts(1);
    ASSERT_EQ(texts.size(), 1u);
    if (texts[0] == "typing")
      ++told;
    else
      ASSERT_EQ(number_in(texts[0]), next++);
  }
  EXPECT_EQ(told, seq / 10 - 1);
}

TEST_P(HubSlow, KeepsWhoIsHereAndWhatWasErasedForASlowClientUntilThereIsRoom) {
  begin(1, {.outbox_bytes = 64 * 1024, .held_batches = 4});
  websocket slow = join(json, 1, {.receive_buffer = 4096}), quick = join(json);
  std::uint64_t seq = 1;
  for (; hub_->figures().dropped == 0 && seq < 5000; seq += 10) {
    hub_->deliver(room, batch(seq, 10, 100));
    hub_->tell(room, core::latest::typing, event("typing"));
    ASSERT_EQ(quick.peer.read_texts(11).size(), 11u);
    settle();
  }
  hub_->tell(room, core::latest::presence, event("first"));
  hub_->tell(room, core::latest::erased, event("second"));
  hub_->tell(room, core::latest::presence, event("third"));
  EXPECT_EQ(quick.peer.read_texts(3), (std::vector<std::string>{"first", "second", "third"}));
  std::vector<std::string> presence;
  while (presence.size() < 3) {
    const auto texts = slow.peer.read_texts(1);
    ASSERT_EQ(texts.size(), 1u);
    if (texts[0] != "typing" && texts[0][0] != 'j') presence.push_back(texts[0]);
  }
  EXPECT_EQ(presence, (std::vector<std::string>{"first", "second", "third"}));
  hub_->tell(room, core::latest::presence, event("at once"));
  EXPECT_EQ(slow.peer.read_texts(1), std::vector<std::string>{"at once"});
  EXPECT_EQ(hub_->figures().dropped, 1u);
}

TEST_P(HubSlow, ClosesAClientThatIsTooFarBehindWithWhoIsHere) {
  begin(1, {.outbox_bytes = 64 * 1024, .held_batches = 4});
  websocket slow = join(json, 1, {.receive_buffer = 4096}), quick = join(json);
  for (std::uint64_t seq = 1; hub_->figures().dropped == 0 && seq < 5000; seq += 10) {
    hub_->deliver(room, batch(seq, 10, 100));
    hub_->tell(room, core::latest::typing, event("typing"));
    ASSERT_EQ(quick.peer.read_texts(11).size(), 11u);
    settle();
  }
  for (int i = 0; i < 4; ++i) hub_->tell(room, core::latest::presence, event("change"));
  settle();
  EXPECT_EQ(hub_->figures().too_slow, 0u);
  hub_->tell(room, core::latest::presence, event("one too many"));
  settle();
  EXPECT_EQ(hub_->figures().too_slow, 1u);
}

TEST_P(HubSlow, DropsAHintForAClientAboveHalfItsBound) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket slow = join(json, 1, {.receive_buffer = 4096});
  slow.connection->hint(server_text("in time"));
  EXPECT_EQ(slow.peer.read_texts(1), std::vector<std::string>{"in time"});
  std::uint64_t seq = 1;
  for (; hub_->figures().dropped == 0 && seq < 5000; seq += 10) {
    hub_->deliver(room, batch(seq, 10, 100));
    slow.connection->hint(server_text("hint"));
    settle();
  }
  EXPECT_EQ(hub_->figures().dropped, 1u);
  std::uint64_t next = 1, told = 0;
  while (next < seq) {
    const auto texts = slow.peer.read_texts(1);
    ASSERT_EQ(texts.size(), 1u);
    if (texts[0] == "hint")
      ++told;
    else
      ASSERT_EQ(number_in(texts[0]), next++);
  }
  EXPECT_EQ(told, seq / 10 - 1);
}

}  // namespace
}  // namespace greenroom::net::test
