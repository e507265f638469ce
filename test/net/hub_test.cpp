#include "net/hub.hpp"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "test/net/hub_fixture.hpp"

namespace greenroom::net::test {
namespace {

class Hub : public hub_fixture {};
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

TEST_P(Hub, SaysWhatAConnectionSaysAfterARelayAfterIt) {
  begin();
  websocket one = join(json), other = join(json);
  settle();
  std::promise<void> go;
  boost::asio::post(pool_->context(0), [turn = go.get_future().share()] { turn.wait(); });
  one.connection->send(server_text("first"));
  hub_->deliver(room, batch(1, 1));
  one.connection->send(server_text("second"));
  hub_->tell(room, core::latest::presence, event("third"));
  other.connection->send(server_text("unheard"));
  one.connection->release(1);
  one.connection->send(server_text("fourth"));
  hub_->leave(room, one.connection->id(), frames_of({"left"}));
  one.connection->close(core::ec::draining, "last");
  hub_->listen(room, one.connection->id(), json);
  hub_->open(room, one.connection->id(), frames_of({"too late"}), {2});
  go.set_value();
  EXPECT_EQ(one.peer.read_texts(6), (std::vector<std::string>{"first", "j1", "second", "third", "fourth", "left"}));
  EXPECT_EQ(one.peer.read_frame().code(), 1012u);
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
