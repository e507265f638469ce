#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/relay_actor.hpp"
#include "protocol/irc/irc_dialect.hpp"
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

TEST_F(RelayActor, TellsItsListenersWhoseWordsAreErasedUnlessAnotherRoomSaysSo) {
  from(second, core::author_left{{"eve"}, true, {{2}}});
  EXPECT_FALSE(heard("erased"));
  from(first, core::author_left{{"eve"}, true, {{2}, {3}}});
  EXPECT_TRUE(heard(R"({"type":"erased","room":"lobby","user":"eve","seqs":[2,3]})"));
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

/// The same with cat, whose connection has a talk: her client hears its own messages only as `own` says.
struct RelayOfATalk : RelayActor {
  std::shared_ptr<test::paper_client> screen = std::make_shared<test::paper_client>();
  std::vector<std::string> told;
  local_connection_actor cat = node.dummy<local_connection_actor>(
      [this](const room_ready& answer) { told.push_back(answer.joined ? "let in" : "ready"); },
      [this](const hubs_told& what) {
        told.push_back(what.of == hubs_told::what::opened ? "opened"
                       : what.of == hubs_told::what::left ? "left"
                                                          : "posts up to " + std::to_string(what.upto.value));
      });

  void come_in(protocol::own_words own) {
    audience->clients[{2}] = screen;
    const auto shared = std::make_shared<const protocol::own_words>(std::move(own));
    caf::anon_send(relay, listen{{2}, {"cat"}, test::json_voice, {}, shared}, cat);
    node.settle();
    from(first, core::room_joined{{2}, {9}, {3}, true, {}, {2, {{"ann"}, {"cat"}}}, ec::none, {1}});
  }
  template <class Message>
  void tell(Message what) {
    caf::anon_send(relay, std::move(what));
    node.settle();
  }
  void posts(std::uint64_t seq, const std::string& id, core::connection_id poster) {
    auto one = batch(seq);
    one.entries[0].author = {"cat"};
    one.entries[0].client_id = id;
    one.entries[0].poster = poster;
    from(first, std::move(one));
  }
};

TEST_F(RelayOfATalk, SaysByItselfWhatComesFirst) {
  come_in({"~c-", true, true});
  EXPECT_EQ(told, std::vector<std::string>{"let in"});
  EXPECT_TRUE(screen->sent.empty());
  tell(open_room_for{{2}, test::server_text("hello cat"), {4}});
  EXPECT_EQ(screen->sent, std::vector<std::string>{"hello cat"});
  EXPECT_EQ(told.back(), "opened");
  tell(unlisten{{2}});
  EXPECT_EQ(told.back(), "left");
}

TEST_F(RelayOfATalk, LeavesOutItsOwnMessages) {
  come_in({"~c-", false, false});
  tell(open_room_for{{2}, test::server_text("hello"), {4}});
  posts(4, "~c-1", {2});
  EXPECT_EQ(screen->sent.back(), "hello");
  EXPECT_TRUE(heard("text4")) << "others hear it";
  EXPECT_EQ(told.back(), "posts up to 4");
  posts(5, "~c-2", {});  // read again from the log, after a death
  EXPECT_EQ(screen->sent.back(), "hello");
  EXPECT_EQ(told.back(), "posts up to 5");
  posts(6, "x", {77});  // on another connection of hers
  EXPECT_NE(screen->sent.back().find("text6"), std::string::npos);
  EXPECT_EQ(told.back(), "posts up to 5");
}

TEST_F(RelayOfATalk, KnowsWhoIsHere) {
  come_in({"~c-", true, true});
  from(first, core::presence_changed{{{"dan"}}, {{"ann"}}, 2, false});
  const auto here = node.ask<people_here>(relay, who_is_here{});
  ASSERT_TRUE(here);
  ASSERT_EQ(here->members.first.size(), 2u);
  EXPECT_EQ(here->members.first[0].value, "cat");
  EXPECT_EQ(here->members.first[1].value, "dan");
}

TEST_F(RelayOfATalk, IsntToldThatItsOwnUserCame) {
  come_in({"~c-", true, true});
  tell(open_room_for{{2}, test::server_text("hello"), {4}});
  screen->sent.clear();
  from(first, core::presence_changed{{{"cat"}, {"dan"}}, {}, 3, false});
  ASSERT_TRUE(heard("cat"));
  ASSERT_EQ(screen->sent.size(), 1u);
  EXPECT_EQ(screen->sent[0].find("cat"), std::string::npos);
  EXPECT_NE(screen->sent[0].find("dan"), std::string::npos);
}

/// Cat and dan speak IRC.
struct RelayOfWhatPasses : RelayOfATalk {
  protocol::irc::irc_dialect irc;
  protocol::voice_pointer tagged = std::make_shared<const protocol::voice>(
      irc, static_cast<protocol::features>(1), protocol::framing::websocket, core::voice_id{9});
  std::shared_ptr<test::paper_client> other = std::make_shared<test::paper_client>();
  core::note_passing note{.user = {"cat"}, .from = {2}, .id = "~c-1", .text = "\x01PING\x01"};

  void come(core::connection_id id, const std::string& user, std::shared_ptr<test::paper_client> to, bool elsewhere) {
    audience->clients[id] = std::move(to);
    const auto own = std::make_shared<const protocol::own_words>(protocol::own_words{"~x-", true, elsewhere});
    caf::anon_send(relay, listen{id, {user}, tagged, {}, own}, cat);
    node.settle();
    from(first, core::room_joined{id, {9}, {3}, true, {}, {2, {{"ann"}, {user}}}, ec::none, {1}});
    tell(open_room_for{id, {}, {4}});
  }
  static std::size_t lines(const std::shared_ptr<test::paper_client>& of) {
    return static_cast<std::size_t>(
        std::count_if(of->sent.begin(), of->sent.end(), [](const std::string& one) { return !one.empty(); }));
  }
};

TEST_F(RelayOfWhatPasses, TellsAllButTheConnectionThatSaidIt) {
  come({2}, "cat", screen, true);
  come({3}, "dan", other, true);
  socket->sent.clear();
  from(first, note);
  EXPECT_EQ(lines(screen), 0u);
  ASSERT_EQ(lines(other), 1u);
  EXPECT_EQ(other->sent.back(), ":cat!~u@user-cat PRIVMSG #lobby :\x01PING\x01");
  EXPECT_TRUE(socket->sent.empty()) << "there is no frame for it in JSON";
}

TEST_F(RelayOfWhatPasses, TellsOnlyThoseWhoAreNamed) {
  auto third = std::make_shared<test::paper_client>();
  come({2}, "cat", screen, true);
  come({3}, "dan", other, true);
  come({4}, "eve", third, true);
  note.heard_by = core::earshot::moderators;
  note.hearers = {{"cat"}, {"dan"}};
  from(first, note);
  EXPECT_EQ(lines(screen), 0u);
  EXPECT_EQ(lines(other), 1u);
  EXPECT_EQ(lines(third), 0u);
}

}  // namespace
}  // namespace greenroom::actors
