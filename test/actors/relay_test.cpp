#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/relay_actor.hpp"
#include "test/support/node.hpp"
#include "test/support/paper.hpp"
#include "test/support/script_dialect.hpp"

namespace greenroom::actors {
namespace {

/// Keeps the last batch as it was encoded.
struct keeping_audience final : test::paper_audience {
  std::shared_ptr<const core::encoded_batch> last;
  void deliver(core::topic_id topic, std::shared_ptr<const core::encoded_batch> batch) override {
    last = batch;
    paper_audience::deliver(topic, std::move(batch));
  }
};

struct RelayActor : ::testing::Test {
  test::node node;
  std::shared_ptr<keeping_audience> audience = std::make_shared<keeping_audience>();
  std::shared_ptr<test::paper_client> socket = std::make_shared<test::paper_client>();
  std::shared_ptr<std::vector<std::string>> log = std::make_shared<std::vector<std::string>>();
  std::shared_ptr<room_actor> lives = std::make_shared<room_actor>();
  std::shared_ptr<bool> nothing = std::make_shared<bool>(false);  ///< the node answers with a null handle
  room_actor first = room("first"), second = room("second");
  local_node_actor home = node.dummy<local_node_actor>(
      [lives = lives, nothing = nothing](const core::find_room&) -> caf::result<room_actor> {
        if (*nothing) return room_actor{};
        if (!*lives) return to_caf({ec::unavailable, {}, 1});
        return *lives;
      });
  local_relay_actor relay = node.spawn(relay_behavior, relay_deps{{"lobby"}, {1}, home, audience});
  local_connection_actor ann = node.dummy<local_connection_actor>([log = log](const room_ready& told) {
    const auto refused = "refused " + std::string(core::to_string(told.refused.code));
    log->push_back(told.refused.code != ec::none ? refused : told.again ? "ready again" : "ready");
    if (told.refused.because) log->push_back("by " + told.refused.because->by.value);
  });

  room_actor room(const std::string& name) {
    return node.dummy<room_actor>([log = log, name](const core::join_room&) { log->push_back(name + " join"); },
                                  [log = log, name](const core::rejoin_room& r) {
                                    log->push_back(name + " rejoin after " + std::to_string(r.after.value));
                                  },
                                  [](core::roster_compared) {}, [](core::leave_room) {});
  }
  template <class Message>
  void from(const room_actor& room, Message what) {
    caf::send_as(caf::actor_cast<caf::actor>(room), relay, std::move(what));
    node.settle();
  }
  /// The answer to the first rejoin.
  static core::room_rejoined back(std::uint64_t head, std::vector<core::room_entry> missed = {}) {
    return {{9}, {head}, true, std::move(missed), ec::none, {1}, {1}, {}};
  }
  static core::member_removed removal(ec reason) {
    return {{"lobby"}, {"ann"}, {2}, reason, {{"ann"}, {"bob"}, "spam", core::wall_time{std::chrono::hours{1}}}};
  }
  static core::room_batch batch(std::uint64_t seq) {
    return {{"lobby"}, {9}, {{.seq = {seq}, .author = {"bob"}, .text = "text" + std::to_string(seq)}}};
  }
  void SetUp() override {
    audience->clients[{1}] = socket;
    *lives = first;
    caf::anon_send(relay, listen{{1}, {"ann"}, test::json_voice, {}}, ann);
    node.settle();
    from(first, core::room_joined{{1}, {9}, {3}, true, {}, {}, ec::none, {1}});
  }
  [[nodiscard]] bool heard(std::string_view part) const {
    return std::any_of(socket->sent.begin(), socket->sent.end(),
                       [&](const std::string& frame) { return frame.find(part) != frame.npos; });
  }
  static core::voice_id json_id() { return test::json_voice->id(); }
  void TearDown() override { *lives = nullptr; }
};

TEST_F(RelayActor, HearsOnlyTheRoomThatItFollows) {
  from(first, batch(4));
  *lives = second;
  caf::anon_send(relay, look_again{true});
  node.settle();
  std::vector<std::string> told{"first join", "ready", "first rejoin after 4", "second rejoin after 4"};
  EXPECT_EQ(*log, told) << "no post for a room that hasn't said which log it has";
  from(first, batch(5));
  EXPECT_TRUE(heard("text4"));
  EXPECT_FALSE(heard("text5"));
  from(second, back(5, batch(5).entries));
  told.emplace_back("ready again");
  EXPECT_EQ(*log, told);
  from(second, batch(6));
  EXPECT_TRUE(heard("text5"));
  EXPECT_TRUE(heard("text6"));
  EXPECT_EQ(audience->skipped, 0u);
}

TEST_F(RelayActor, GivesAuthorsTheirMessagesOfALogThatWentBackAndSaysThatTheyAreOut) {
  auto again = batch(2);
  again.entries[0].author = {"ann"};
  again.entries[0].client_id = "a1";
  again.entries[0].poster = {1};
  from(first, std::move(again));
  EXPECT_TRUE(heard(R"("seq":2)"));
  EXPECT_TRUE(heard(R"("id":"a1")"));
  EXPECT_EQ(log->back(), "refused unavailable");
  EXPECT_TRUE(audience->topics[{1}].empty());
}

TEST_F(RelayActor, EncodesForThoseVoicesThatHaveAListenerNow) {
  const auto text = [this](const protocol::voice_pointer& of) {
    const auto* found = audience->last->text.find(of->id());
    return found == nullptr ? "" : found->bytes;
  };
  from(first, batch(4));
  EXPECT_NE(text(test::json_voice), "");
  EXPECT_EQ(text(test::lines_voice), "");
  audience->clients[{2}] = std::make_shared<test::paper_client>();
  caf::anon_send(relay, listen{{2}, {"bob"}, test::lines_voice, {}}, ann);
  node.settle();
  from(first, core::room_joined{{2}, {9}, {4}, true, {}, {}, ec::none, {1}});
  from(first, batch(5));
  EXPECT_EQ(text(test::lines_voice), test::server_text("FROM bob text5"));
  caf::anon_send(relay, unlisten{{2}});
  from(first, batch(6));
  EXPECT_EQ(text(test::lines_voice), "");
  EXPECT_NE(text(test::json_voice), "");
}

TEST_F(RelayActor, EncodesWhatEachVoiceMakesOfAnEntry) {
  const test::script_dialect script;
  const auto voice = [&](protocol::features with, std::uint8_t id) {
    return std::make_shared<const protocol::voice>(script, with, protocol::framing::line, core::voice_id{id});
  };
  const auto bare = voice(protocol::features::none, 7), tagged = voice(test::script_dialect::tags, 8);
  for (const auto& [connection, hears] : {std::pair{2u, bare}, std::pair{3u, tagged}}) {
    audience->clients[{connection}] = std::make_shared<test::paper_client>();
    caf::anon_send(relay, listen{{connection}, {"bob"}, hears, {}}, ann);
    node.settle();
    from(first, core::room_joined{{connection}, {9}, {3}, true, {}, {}, ec::none, {1}});
  }
  auto act = batch(4);
  act.entries[0].kind = core::entry_kind::mute;
  act.entries.push_back({.seq = {5}, .author = {"bob"}, .text = "one\ntwo"});
  audience->topics[{1}].clear();  // their sockets of paper read websockets
  from(first, act);
  const auto* text = audience->last->text.find(bare->id());
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->bytes, "bob: one\r\nbob: two\r\n");
  EXPECT_EQ(text->ends, (std::vector<std::uint32_t>{0, 20}));
  EXPECT_EQ(audience->last->text.find(tagged->id())->bytes, "@5 bob: one\r\n@5 bob: two\r\n");
  EXPECT_EQ(audience->last->text.find(json_id())->ends.size(), 2u);
}

TEST_F(RelayActor, StaysWhereItIsWhenAViewMovesOthers) {
  caf::anon_send(relay, look_again{false});
  node.settle();
  EXPECT_EQ(*log, (std::vector<std::string>{"first join", "ready"}));
}

TEST_F(RelayActor, LooksAgainAfterAHundredMilliseconds) {
  *lives = nullptr;
  node.kill(first);
  *lives = second;
  node.advance(core::milliseconds{99});
  EXPECT_EQ(log->size(), 2u);
  node.advance(core::milliseconds{1});
  EXPECT_EQ(log->back(), "second rejoin after 3");
  from(second, back(3));
  EXPECT_EQ(log->back(), "ready again");
}

TEST_F(RelayActor, LooksAgainWhereItIsGivenAHandleThatLeadsNowhere) {
  *nothing = true;
  node.kill(first);
  node.advance(core::milliseconds{150});
  *nothing = false;
  *lives = second;
  node.advance(core::milliseconds{200});
  EXPECT_EQ(log->back(), "second rejoin after 3");
  from(second, back(3));
  EXPECT_EQ(log->back(), "ready again");
}

TEST_F(RelayActor, TakesOutWhomTheRoomNamesWhenItComesBack) {
  *lives = second;
  caf::anon_send(relay, look_again{true});
  node.settle();
  core::room_rejoined answer{{9}, {3}, true, {}, ec::none, {1}, {4}, {{1}}};
  from(second, answer);
  EXPECT_TRUE(heard(R"("type":"gone")"));
  from(second, batch(4));
  EXPECT_FALSE(heard("text4"));
}

TEST_F(RelayActor, BelievesARemovalOnlyOfItsRoom) {
  from(second, removal(ec::removed));
  EXPECT_FALSE(heard(R"("type":"gone")"));
  from(first, removal(ec::removed));
  EXPECT_TRUE(heard(R"("type":"gone")"));
  EXPECT_EQ(log->back(), "refused removed");
}

TEST_F(RelayActor, SaysWhoBannedSomebodyWhyAndUntilWhen) {
  from(first, removal(ec::banned));
  EXPECT_TRUE(heard(R"("reason":"banned")"));
  EXPECT_TRUE(heard(R"("by":"bob")"));
  EXPECT_TRUE(heard(R"("why":"spam")"));
  EXPECT_TRUE(heard(R"("until":)"));
  EXPECT_EQ(log->back(), "refused banned");
}

TEST_F(RelayActor, SaysOnlyThatSomebodyLeftWhoDidSoThemselves) {
  from(first, removal(ec::left));
  EXPECT_TRUE(heard(R"({"type":"gone","room":"lobby","reason":"left"})"));
}

TEST_F(RelayActor, SaysWhatTheRoomIsToSomebodyWhoComesIn) {
  audience->clients[{2}] = std::make_shared<test::paper_client>();
  caf::anon_send(relay, listen{{2}, {"bob"}, test::json_voice, {}}, ann);
  node.settle();
  core::room_joined answer{{2}, {9}, {3}, true, {}, {}, ec::none, {1}};
  answer.face.owner = {"dora"};
  answer.face.topic = "tea";
  from(first, std::move(answer));
  const auto& told = audience->clients[{2}]->sent;
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find(R"("owner":"dora")"), std::string::npos);
  EXPECT_NE(told[0].find(R"("topic":"tea")"), std::string::npos);
}

TEST_F(RelayActor, PassesOnWhoBannedSomebodyWhoWantsToComeIn) {
  audience->clients[{2}] = std::make_shared<test::paper_client>();
  caf::anon_send(relay, listen{{2}, {"eve"}, test::json_voice, {}}, ann);
  node.settle();
  core::room_joined answer;
  answer.connection = {2};
  answer.refused = ec::banned;
  answer.roster = {1};
  answer.because = {{"eve"}, {"dora"}, "spam", {}};
  from(first, std::move(answer));
  EXPECT_EQ(log->back(), "by dora");
}

}  // namespace
}  // namespace greenroom::actors
