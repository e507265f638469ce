#include "net/hub.hpp"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "test/net/ws_fixture.hpp"

namespace greenroom::net::test {
namespace {

constexpr core::topic_id room{7};
constexpr core::hearing json{core::voice_id{4}, true}, lines{core::voice_id{2}, false};

std::string frames_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += server_text(text);
  return out;
}

void put(core::encoded& to, const std::string& text) {
  to.bytes += server_text(text);
  to.end_event();
}

/// Entries `first` to `first + count - 1`; entry n is "jN", and "lN" in lines, padded to `size` bytes.
std::shared_ptr<core::encoded_batch> batch(std::uint64_t first, std::uint32_t count, std::size_t size = 0) {
  auto out = std::make_shared<core::encoded_batch>();
  out->first = {first};
  out->count = count;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::string number = std::to_string(first + i);
    if (number.size() < size) number.append(size - number.size(), '.');
    put(out->text[lines.voice], "l" + number);
    put(out->text[json.voice], "j" + number);
  }
  return out;
}

std::shared_ptr<const core::encoded_event> event(const std::string& text) {
  auto out = std::make_shared<core::encoded_event>();
  (*out)[json.voice] = server_text(text);
  return out;
}

std::uint64_t number_in(const std::string& text) { return std::stoull(text.substr(1)); }

/// Each holds over plain TCP and over TLS.
class Hub : public ws_fixture, public ::testing::WithParamInterface<bool> {
 protected:
  Hub() { secure_ = GetParam(); }
  websocket join(core::hearing hears, std::uint64_t next = 1, how with = {}) {
    websocket one = connect(std::move(with));
    hub_->listen(room, one.connection->id(), hears);
    hub_->open(room, one.connection->id(), {}, {next});
    return one;
  }
};
INSTANTIATE_TEST_SUITE_P(Over, Hub, ::testing::Bool(), [](const auto& one) { return one.param ? "Tls" : "Tcp"; });

TEST_P(Hub, DeliversEachDialectItsFramesOnceAndInOrder) {
  begin(2);
  websocket a = join(json), b = join(lines, 1, {.slot = 1}), c = join(json, 1, {.slot = 1});
  hub_->deliver(room, batch(1, 2));
  hub_->deliver(room, batch(1, 3));
  hub_->deliver(room, batch(4, 1));
  EXPECT_EQ(a.peer.read_texts(4), (std::vector<std::string>{"j1", "j2", "j3", "j4"}));
  EXPECT_EQ(b.peer.read_texts(4), (std::vector<std::string>{"l1", "l2", "l3", "l4"}));
  EXPECT_EQ(c.peer.read_texts(4), (std::vector<std::string>{"j1", "j2", "j3", "j4"}));
}

TEST_P(Hub, HoldsBatchesUntilTheAnswerToTheJoin) {
  begin();
  websocket one = connect();
  hub_->listen(room, one.connection->id(), json);
  hub_->deliver(room, batch(4, 2));
  hub_->deliver(room, batch(6, 1));
  hub_->open(room, one.connection->id(), frames_of({"joined", "j3", "j4"}), {5});
  hub_->deliver(room, batch(7, 1));
  EXPECT_EQ(one.peer.read_texts(6), (std::vector<std::string>{"joined", "j3", "j4", "j5", "j6", "j7"}));
}

TEST_P(Hub, GivesAConnectionItsOwnFramesInPlaceOfTheShared) {
  begin();
  websocket author = join(json), other = join(json), reader = join(json);
  auto mixed = batch(1, 5);
  mixed->personal = {{author.connection->id(), 0, server_text("mine 1")},
                     {author.connection->id(), 2, server_text("mine 3")},
                     {author.connection->id(), 3, server_text("mine 4")},
                     {other.connection->id(), 4, server_text("other's 5")}};
  hub_->deliver(room, mixed);
  hub_->deliver(room, batch(6, 1));
  EXPECT_EQ(author.peer.read_texts(6), (std::vector<std::string>{"mine 1", "j2", "mine 3", "mine 4", "j5", "j6"}));
  EXPECT_EQ(other.peer.read_texts(6), (std::vector<std::string>{"j1", "j2", "j3", "j4", "other's 5", "j6"}));
  EXPECT_EQ(reader.peer.read_texts(6), (std::vector<std::string>{"j1", "j2", "j3", "j4", "j5", "j6"}));
}

TEST_P(Hub, GivesOwnFramesAlsoOutOfHeldBatches) {
  begin();
  websocket one = connect();
  hub_->listen(room, one.connection->id(), json);
  auto mixed = batch(1, 3);
  mixed->personal = {{one.connection->id(), 0, server_text("mine 1")},
                     {one.connection->id(), 2, server_text("mine 3")}};
  hub_->deliver(room, mixed);
  hub_->open(room, one.connection->id(), {}, {2});
  EXPECT_EQ(one.peer.read_texts(2), (std::vector<std::string>{"j2", "mine 3"}));
}

TEST_P(Hub, SendsNothingForAnEmptyFrame) {
  begin();
  websocket one = join(json);
  auto quiet = std::make_shared<core::encoded_batch>();
  quiet->first = {1};
  quiet->count = 2;
  quiet->text[json.voice].ends = {0, 0};
  hub_->deliver(room, quiet);
  hub_->deliver(room, batch(3, 1));
  EXPECT_EQ(one.peer.read_texts(1), std::vector<std::string>{"j3"});
}

// Entry n is n % 3 frames, each of them "jN", padded to `size` bytes.
std::shared_ptr<core::encoded_batch> uneven_batch(std::uint64_t first, std::uint32_t count, std::size_t size = 0) {
  auto out = std::make_shared<core::encoded_batch>();
  out->first = {first};
  out->count = count;
  core::encoded& text = out->text[json.voice];
  for (std::uint64_t seq = first; seq < first + count; ++seq) {
    std::string payload = "j" + std::to_string(seq);
    if (payload.size() < size) payload.append(size - payload.size(), '.');
    for (std::uint64_t frame = 0; frame < seq % 3; ++frame) text.bytes += server_text(payload);
    text.end_event();
  }
  return out;
}

TEST_P(Hub, SendsAnEntryOfManyFramesWhole) {
  begin();
  websocket one = join(json, 2);
  hub_->deliver(room, uneven_batch(1, 4));
  hub_->deliver(room, uneven_batch(4, 2));
  EXPECT_EQ(one.peer.read_texts(5), (std::vector<std::string>{"j2", "j2", "j4", "j5", "j5"}));
}

TEST_P(Hub, CutsNoEntryOfManyFramesWhereRoomIsShort) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket slow = join(json, 1, {.receive_buffer = 4096});
  constexpr std::uint64_t last = 2000;
  for (std::uint64_t seq = 1; seq <= last; seq += 10) hub_->deliver(room, uneven_batch(seq, 10, 100));
  settle();
  slow.connection->close(core::ec::draining, "done");
  std::map<std::uint64_t, std::uint64_t> frames;
  seen_frame frame;
  while ((frame = slow.peer.read_frame()).opcode == 1) ++frames[number_in(frame.payload)];
  ASSERT_GT(frames.size(), 100u);
  EXPECT_LT(frames.rbegin()->first, last - 1);
  for (const auto& [seq, count] : frames) EXPECT_EQ(count, seq % 3) << seq;
}

TEST_P(Hub, WritesManyBatchesWithOneCall) {
  begin();
  websocket one = join(json);
  settle();
  const auto before = hub_->figures();
  std::promise<void> go;
  boost::asio::post(pool_->context(0), [turn = go.get_future().share()] { turn.wait(); });
  for (std::uint64_t seq = 1; seq <= 100; ++seq) hub_->deliver(room, batch(seq, 1));
  go.set_value();
  const auto seen = one.peer.read_texts(100);
  ASSERT_EQ(seen.size(), 100u);
  EXPECT_EQ(seen.back(), "j100");
  settle();
  const auto after = hub_->figures();
  EXPECT_EQ(after.writes - before.writes, 1u);
  EXPECT_EQ(after.deliveries - before.deliveries, 100u);
  EXPECT_EQ(after.outbox_bytes, 0u);
}

TEST_P(Hub, TellsASlowJsonClientItsGapAndGoesOn) {
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
      slow.connection->send_gap(room, {last}, server_text("gap"));
    }
  }
  EXPECT_TRUE(is_told);
  EXPECT_LT(heard, last / 2);
  EXPECT_TRUE(quick.owner->wait([](const auto&) { return true; }).gaps.empty());
}

TEST_P(Hub, ClosesASlowClientOfADialectWithoutGaps) {
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

TEST_P(Hub, LeavesMessagesOutWhereTooMuchWaitsForAnAddress) {
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

TEST_P(Hub, SendsAllThatItHeldAlsoWhereMoreWasLostBehindIt) {
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

TEST_P(Hub, SendsEveryAnswerToAClientThatIsSlowerThanABurst) {
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

TEST_P(Hub, SendsABatchLargerThanTheBoundToAClientThatReads) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket one = join(lines);
  hub_->deliver(room, batch(1, 1000, 300));
  const auto seen = one.peer.read_texts(1000);
  ASSERT_EQ(seen.size(), 1000u);
  EXPECT_EQ(number_in(seen.back()), 1000u);
}

TEST_P(Hub, ReportsWhatTheRelaySkipped) {
  begin();
  websocket one = join(json);
  hub_->deliver(room, batch(1, 1));
  hub_->skip(room, {5});
  hub_->skip(room, {5});
  hub_->deliver(room, batch(6, 1));
  const auto seen = one.owner->wait([](const auto& now) { return !now.gaps.empty(); });
  EXPECT_EQ(seen.gaps, (std::vector<recording_owner::gap>{{room, {2}, {5}}}));
  // Whoever is slow to tell of it: nothing goes out before.
  hub_->deliver(room, batch(7, 1));
  settle();
  one.connection->send_gap(room, {5}, server_text("gap"));
  hub_->deliver(room, batch(8, 1));
  EXPECT_EQ(one.peer.read_texts(5), (std::vector<std::string>{"j1", "gap", "j6", "j7", "j8"}));
}

TEST_P(Hub, ReportsABatchThatWasNotEncodedForAListener) {
  begin();
  websocket one = join(json);
  auto other = batch(1, 2);
  other->text = {};
  put(other->text[lines.voice], "l1");
  hub_->deliver(room, other);
  hub_->deliver(room, batch(3, 1));
  const auto seen = one.owner->wait([](const auto& now) { return !now.gaps.empty(); });
  EXPECT_EQ(seen.gaps, (std::vector<recording_owner::gap>{{room, {1}, {2}}}));
  one.connection->send_gap(room, {2}, server_text("gap"));
  EXPECT_EQ(one.peer.read_texts(2), (std::vector<std::string>{"gap", "j3"}));
}

TEST_P(Hub, DropsOnlyLatestValuesForAClientAboveHalfItsBound) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket slow = join(json, 1, {.receive_buffer = 4096}), quick = join(json);
  // What the kernel takes of a stopped client's bytes isn't known: fill until something is dropped.
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

TEST_P(Hub, KeepsWhoIsHereForASlowClientUntilThereIsRoom) {
  begin(1, {.outbox_bytes = 64 * 1024, .held_batches = 4});
  websocket slow = join(json, 1, {.receive_buffer = 4096}), quick = join(json);
  std::uint64_t seq = 1;
  for (; hub_->figures().dropped == 0 && seq < 5000; seq += 10) {
    hub_->deliver(room, batch(seq, 10, 100));
    hub_->tell(room, core::latest::typing, event("typing"));
    ASSERT_EQ(quick.peer.read_texts(11).size(), 11u);
    settle();
  }
  for (const auto* one : {"first", "second", "third"}) hub_->tell(room, core::latest::presence, event(one));
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

TEST_P(Hub, ClosesAClientThatIsTooFarBehindWithWhoIsHere) {
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

TEST_P(Hub, TellsNothingToAListenerThatIsNotOpen) {
  begin();
  websocket one = connect();
  hub_->listen(room, one.connection->id(), json);
  hub_->tell(room, core::latest::presence, event("too early"));
  hub_->open(room, one.connection->id(), frames_of({"joined"}), {1});
  hub_->tell(room, core::latest::presence, event("in time"));
  EXPECT_EQ(one.peer.read_texts(2), (std::vector<std::string>{"joined", "in time"}));
}

TEST_P(Hub, SaysTheLastWordToOneWhoLeavesAndNothingMore) {
  begin();
  websocket one = join(json), other = join(json);
  hub_->leave(room, one.connection->id(), frames_of({"left"}));
  hub_->deliver(room, batch(1, 1));
  EXPECT_EQ(other.peer.read_texts(1), std::vector<std::string>{"j1"});
  one.connection->send(server_text("something else"));
  EXPECT_EQ(one.peer.read_texts(2), (std::vector<std::string>{"left", "something else"}));
  settle();
  EXPECT_EQ(hub_->figures().listeners, 1u);
}

TEST_P(Hub, SaysTheLastWordToAllWhenATopicEnds) {
  begin();
  websocket open = join(json), closed = connect();
  hub_->listen(room, closed.connection->id(), json);
  hub_->end(room, event("gone"));
  hub_->deliver(room, batch(1, 1));
  open.connection->send(server_text("after"));
  closed.connection->send(server_text("after"));
  EXPECT_EQ(open.peer.read_texts(2), (std::vector<std::string>{"gone", "after"}));
  EXPECT_EQ(closed.peer.read_texts(2), (std::vector<std::string>{"gone", "after"}));
  settle();
  EXPECT_EQ(hub_->figures().listeners, 0u);
}

TEST_P(Hub, ListeningAgainBeginsAnew) {
  begin();
  websocket one = join(json, 5);
  hub_->listen(room, one.connection->id(), json);
  hub_->deliver(room, batch(2, 1));
  hub_->open(room, one.connection->id(), frames_of({"joined again"}), {2});
  EXPECT_EQ(one.peer.read_texts(2), (std::vector<std::string>{"joined again", "j2"}));
  settle();
  EXPECT_EQ(hub_->figures().listeners, 1u);
}

TEST_P(Hub, ForgetsAConnectionThatIsGone) {
  begin();
  websocket one = join(json), two = join(json);
  one.peer.shut();
  EXPECT_EQ(one.owner->wait_closed().closed, 1);
  hub_->listen(room, one.connection->id(), json);
  hub_->deliver(room, batch(1, 1));
  EXPECT_EQ(two.peer.read_texts(1), std::vector<std::string>{"j1"});
  settle();
  EXPECT_EQ(hub_->figures().connections, 1u);
  EXPECT_EQ(hub_->figures().listeners, 1u);
}

TEST_P(Hub, KeepsItsListsThroughComingAndGoing) {
  begin(2);
  std::vector<websocket> all;
  for (std::size_t i = 0; i < 12; ++i) all.push_back(connect({.slot = i % 2}));
  constexpr std::size_t topics = 4;
  std::vector<std::uint64_t> heads(topics, 0);
  std::vector<std::map<std::size_t, bool>> in(topics);
  std::vector<std::vector<std::string>> expected(all.size());
  std::mt19937 random(11);
  for (int step = 0; step < 4000; ++step) {
    const std::size_t which = random() % topics, who = random() % all.size();
    const core::topic_id topic{which + 1};
    const core::connection_id id = all[who].connection->id();
    if (random() % 2 == 0) {
      auto one = batch(++heads[which], 1);
      const auto said = std::to_string(which) + ":" + std::to_string(heads[which]);
      one->text[json.voice] = {};
      put(one->text[json.voice], said);
      hub_->deliver(topic, one);
      for (const auto& [member, here] : in[which])
        if (here) expected[member].push_back(said);
    } else if (in[which][who]) {
      hub_->leave(topic, id, {});
      in[which][who] = false;
    } else {
      hub_->listen(topic, id, json);
      hub_->open(topic, id, {}, {heads[which] + 1});
      in[which][who] = true;
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].peer.read_texts(expected[i].size()), expected[i]) << i;
}

}  // namespace
}  // namespace greenroom::net::test
