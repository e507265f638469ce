#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/catalog_actor.hpp"
#include "actors/connection_actor.hpp"
#include "actors/journal_actor.hpp"
#include "actors/node_actor.hpp"
#include "storage/open.hpp"
#include "test/support/node.hpp"
#include "test/support/paper.hpp"

/// Everything between two sockets: connection, node, catalog, relay, room, journal, over the memory stores.
namespace greenroom::actors {
namespace {

using test::no_limits;
using test::paper_audience;
using test::paper_client;

struct ChatPath : ::testing::Test {
  test::node node;
  storage::chat_stores stores = *storage::open_chat("memory:", {});
  std::shared_ptr<paper_audience> audience = std::make_shared<paper_audience>();
  journal_actor journal =
      node.spawn(journal_behavior, journal_deps{std::shared_ptr(std::move(stores.journal)), 512, 500, {}});
  local_node_actor home = node.spawn(node_behavior, node_deps{{"n"}, {}, journal, audience, node.clock, {}, {}});
  local_catalog_actor catalog = node.spawn(
      catalog_behavior,
      catalog_deps{std::shared_ptr(std::move(stores.rooms)), node.clock, std::make_shared<no_limits>(), home});
  std::shared_ptr<const connection_ground> ground = std::make_shared<const connection_ground>(
      connection_ground{catalog, home, std::make_shared<no_limits>(), node.clock, {}, {}});
  std::uint64_t last_id = 0;

  struct person {
    core::connection_id id;
    std::shared_ptr<paper_client> socket;
    local_connection_actor actor;
  };
  person connect(std::string name, protocol::voice_pointer voice = test::json_voice) {
    person out{{++last_id}, std::make_shared<paper_client>(), {}};
    audience->clients[out.id] = out.socket;
    out.actor = node.spawn(connection_behavior,
                           connection_deps{out.socket, out.id, {std::move(name)}, std::move(voice), {}, {}, ground});
    out.socket->roomy = [actor = out.actor] { caf::anon_send(actor, outbox_roomy{}); };
    return out;
  }
  /// What one read of the socket brings.
  void say_all(const person& who, std::vector<std::string> frames) {
    caf::anon_send(who.actor, frames_received{std::move(frames)});
    node.settle();
  }
  void say(const person& who, std::string frame) { say_all(who, {std::move(frame)}); }
  static std::ptrdiff_t place_of(const person& who, std::string_view part) {
    const auto& sent = who.socket->sent;
    return std::find_if(sent.begin(), sent.end(),
                        [&](const std::string& frame) { return frame.find(part) != frame.npos; }) -
           sent.begin();
  }
  static bool heard(const person& who, std::string_view part) {
    return std::any_of(who.socket->sent.begin(), who.socket->sent.end(),
                       [&](const std::string& frame) { return frame.find(part) != frame.npos; });
  }
  /// Accounts in which everybody exists but `nobody`.
  accounts_actor everybody() {
    return node.dummy<accounts_actor>([](const core::find_users& asked) -> caf::result<core::users_found> {
      core::users_found out{asked.names};
      std::erase(out.users, core::user_id{"nobody"});
      return out;
    });
  }
  static core::post act_on(const std::string& whom) {
    core::act what;
    what.subject = {whom};
    return {.client_id = "x1", .kind = core::entry_kind::remove, .act = std::make_shared<const core::act>(what)};
  }
  static std::size_t times(const person& who, std::string_view part) {
    return static_cast<std::size_t>(
        std::count_if(who.socket->sent.begin(), who.socket->sent.end(),
                      [&](const std::string& frame) { return frame.find(part) != frame.npos; }));
  }
};

TEST_F(ChatPath, CarriesAMessageFromOneSocketToAnother) {
  const auto ann = connect("ann"), bob = connect("bob");
  say(ann, R"({"type":"join","room":"lobby"})");
  say(bob, R"({"type":"join","room":"Lobby"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"hello"})");
  EXPECT_TRUE(heard(bob, R"("text":"hello")"));
  EXPECT_FALSE(heard(bob, R"("id":"a1")"));
  EXPECT_TRUE(heard(ann, R"("id":"a1")"));
  EXPECT_EQ(ann.socket->released, 2u);
}

TEST_F(ChatPath, ShowsNobodyWhoseSessionEndedAlsoWhereTheSocketDoesNotAnswerTheClose) {
  const auto ann = connect("ann"), bob = connect("bob");
  say(ann, R"({"type":"join","room":"lobby"})");
  say(bob, R"({"type":"join","room":"lobby"})");
  node.advance(core::milliseconds{300});
  caf::anon_send(bob.actor, end_connection{ec::invalid_token, "over"});
  node.settle();
  node.advance(core::milliseconds{300});
  EXPECT_EQ(bob.socket->closed, ec::invalid_token);
  EXPECT_TRUE(heard(ann, R"("left":["bob"],"count":1)"));
  say(bob, R"({"type":"send","room":"lobby","id":"b1","text":"not any more"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"hello"})");
  EXPECT_FALSE(heard(ann, "not any more"));
  EXPECT_FALSE(heard(bob, "hello"));
}

TEST_F(ChatPath, AnswersARepeatedIdWithTheFirstMessage) {
  const auto ann = connect("ann");
  say(ann, R"({"type":"join","room":"lobby"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"hello"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"hello"})");
  EXPECT_EQ(times(ann, R"("seq":1)"), 2u);
  EXPECT_TRUE(heard(ann, R"("duplicate":true)"));
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"other"})");
  EXPECT_TRUE(heard(ann, R"("code":"conflict")"));
}

TEST_F(ChatPath, ResumesAfterThePlaceThatAReaderNames) {
  const auto ann = connect("ann");
  say(ann, R"({"type":"join","room":"lobby"})");
  for (const auto* text : {"one", "two", "three"})
    say(ann, std::string(R"({"type":"send","room":"lobby","id":")") + text + R"(","text":")" + text + R"("})");
  const auto bob = connect("bob");
  say(bob, R"({"type":"join","room":"lobby","after":1})");
  EXPECT_TRUE(heard(bob, R"("recovered":true)"));
  EXPECT_FALSE(heard(bob, R"("text":"one")"));
  EXPECT_EQ(times(bob, R"("text":"two")"), 1u);
  EXPECT_EQ(times(bob, R"("text":"three")"), 1u);
}

TEST_F(ChatPath, GivesTheirOwnIdsBackInAReplay) {
  const auto ann = connect("ann");
  say(ann, R"({"type":"join","room":"lobby"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"hello"})");
  const auto again = connect("Ann"), bob = connect("bob");
  say(again, R"({"type":"join","room":"lobby","after":0})");
  say(bob, R"({"type":"join","room":"lobby","after":0})");
  EXPECT_TRUE(heard(again, R"("id":"a1")"));
  EXPECT_FALSE(heard(bob, R"("id":"a1")"));
}

TEST_F(ChatPath, ReadsHistory) {
  const auto ann = connect("ann");
  say(ann, R"({"type":"join","room":"lobby"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"hello"})");
  say(ann, R"({"type":"history","room":"lobby","limit":10})");
  EXPECT_TRUE(heard(ann, R"("type":"history")"));
}

TEST_F(ChatPath, StoresAndAcknowledgesWhatIsPostedRightBeforeALeave) {
  const auto ann = connect("ann"), bob = connect("bob");
  say(bob, R"({"type":"join","room":"lobby"})");
  say_all(ann, {R"({"type":"join","room":"lobby"})", R"({"type":"send","room":"lobby","id":"a1","text":"hello"})",
                R"({"type":"typing","room":"lobby","state":"done"})", R"({"type":"leave","room":"lobby"})"});
  EXPECT_TRUE(heard(ann, R"("id":"a1")"));
  EXPECT_TRUE(heard(ann, R"("type":"left")"));
  EXPECT_LT(place_of(ann, R"("id":"a1")"), place_of(ann, R"("type":"left")"));
  EXPECT_FALSE(heard(ann, R"("type":"error")"));
  EXPECT_TRUE(heard(bob, R"("text":"hello")"));
  EXPECT_TRUE(heard(bob, R"("state":"done")"));
  EXPECT_EQ(ann.socket->released, 4u);
}

TEST_F(ChatPath, JoinsLeavesAndJoinsANewRoomInOneRead) {
  const auto ann = connect("ann");
  const std::string join = R"({"type":"join","room":"new"})", leave = R"({"type":"leave","room":"new"})";
  say_all(ann, {join, leave, join});
  EXPECT_EQ(times(ann, R"("type":"joined")"), 2u);
  EXPECT_EQ(times(ann, R"("type":"left")"), 1u);
  EXPECT_FALSE(heard(ann, R"("type":"error")"));
  say_all(ann, {leave, join, R"({"type":"history","room":"new"})", leave});
  EXPECT_EQ(times(ann, R"("type":"joined")"), 3u);
  EXPECT_EQ(times(ann, R"("type":"left")"), 3u);
  EXPECT_EQ(times(ann, R"("type":"history")"), 1u);
  EXPECT_EQ(ann.socket->released, 7u);
}

TEST_F(ChatPath, TellsNobodyOfReadMarksBeyondTheHead) {
  const auto ann = connect("ann"), bob = connect("bob");
  for (const auto& who : {ann, bob}) say(who, R"({"type":"join","room":"lobby"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"one"})");
  say(ann, R"({"type":"read","room":"lobby","seq":9007199254740991})");
  EXPECT_TRUE(heard(bob, R"({"type":"read","room":"lobby","user":"ann","seq":1})"));
  EXPECT_FALSE(heard(bob, "9007199254740991"));
}

TEST_F(ChatPath, MakesOnePageAfterTheOtherAsTheSocketHasRoom) {
  const auto ann = connect("ann");
  ann.socket->roomy = {};
  say(ann, R"({"type":"join","room":"lobby"})");
  say_all(ann, {R"({"type":"history","room":"lobby"})", R"({"type":"history","room":"lobby"})"});
  EXPECT_EQ(ann.socket->asked, std::vector{core::answer_kind::page});
  EXPECT_FALSE(heard(ann, R"("type":"history")"));
  for (unsigned i = 1; i <= 2; ++i) {
    caf::anon_send(ann.actor, outbox_roomy{});
    node.settle();
    EXPECT_EQ(times(ann, R"("type":"history")"), i);
    EXPECT_EQ(ann.socket->returned, i);
  }
}

TEST_F(ChatPath, NamesTheMessageAndTheRoomOfWhatComesTooOften) {
  struct closed_limits final : core::limits {
    core::limit_verdict take(core::limit_class, std::string_view, std::uint32_t) override {
      return {false, 1, 60, 0, 7};
    }
  };
  ground = std::make_shared<const connection_ground>(
      connection_ground{catalog, home, std::make_shared<closed_limits>(), node.clock, {}, {}});
  const auto ann = connect("ann");
  say_all(ann, {R"({"type":"join","room":"lobby"})", R"({"type":"send","room":"den","id":"a1","text":"x"})",
                R"({"type":"send","room":"nook","id":"a2","text":"\ud83d"})"});
  ASSERT_EQ(ann.socket->sent.size(), 3u);
  EXPECT_NE(ann.socket->sent[0].find(R"("room":"lobby","retry_after":7)"), std::string::npos);
  EXPECT_NE(ann.socket->sent[1].find(R"("id":"a1","room":"den")"), std::string::npos);
  EXPECT_NE(ann.socket->sent[2].find(R"("id":"a2","room":"nook")"), std::string::npos);
}

TEST_F(ChatPath, FindsTheRoomAgainWhenItsActorDies) {
  const auto ann = connect("ann");
  say(ann, R"({"type":"join","room":"lobby"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"before"})");
  const auto room = node.ask<room_actor>(home, core::find_room{{"lobby"}});
  ASSERT_TRUE(room.ok());
  node.kill(*room);
  say(ann, R"({"type":"send","room":"lobby","id":"a2","text":"after"})");
  EXPECT_TRUE(heard(ann, R"("seq":2)"));
  EXPECT_EQ(times(ann, R"("type":"joined")"), 1u);  // the socket never noticed
}

TEST_F(ChatPath, TellsEverybodyThatARoomIsGone) {
  const auto ann = connect("ann"), bob = connect("bob");
  say(ann, R"({"type":"join","room":"hall"})");
  say(bob, R"({"type":"join","room":"hall"})");
  ASSERT_TRUE(node.ask<core::room_gone>(catalog, core::delete_room{{"hall"}, {"ann"}}).ok());
  node.settle();
  EXPECT_TRUE(heard(bob, R"("type":"gone")"));
  say(bob, R"({"type":"send","room":"hall","id":"b1","text":"late"})");
  EXPECT_TRUE(heard(bob, R"("code":"not_joined")"));
}

TEST_F(ChatPath, ShowsWhoIsHereAndForgetsWhoseSocketClosed) {
  const auto ann = connect("ann"), bob = connect("bob");
  say(ann, R"({"type":"join","room":"lobby"})");
  say(bob, R"({"type":"join","room":"lobby"})");
  node.advance(core::milliseconds{300});
  EXPECT_TRUE(heard(ann, R"("joined":["bob"])") || heard(ann, R"("joined":["ann","bob"])"));
  caf::anon_send(bob.actor, socket_closed{});
  node.settle();
  node.advance(core::milliseconds{300});
  EXPECT_TRUE(heard(ann, R"("left":["bob"])"));
}

TEST_F(ChatPath, TakesSomebodyOutWhoIsNoMemberAnyMore) {
  ASSERT_TRUE(
      node.ask<core::room_entered>(catalog, core::create_room{{"den"}, {"ann"}, core::room_access::secret, {{"bob"}}})
          .ok());
  const auto bob = connect("bob"), eve = connect("eve");
  say(bob, R"({"type":"join","room":"den"})");
  say(eve, R"({"type":"join","room":"den"})");
  EXPECT_TRUE(heard(bob, R"("type":"joined")"));
  EXPECT_FALSE(heard(eve, R"("type":"joined")"));
  EXPECT_TRUE(heard(eve, R"("code":"not_found")"));
  ASSERT_TRUE(node.ask<core::act_performed>(catalog, core::perform_act{{"den"}, {"ann"}, act_on("bob")}).ok());
  node.settle();
  EXPECT_TRUE(heard(bob, R"({"type":"gone","room":"den","reason":"removed","by":"ann")"));
}

TEST_F(ChatPath, LetsTheOwnerRunTheRoom) {
  caf::anon_send(home, host_accounts{everybody()});
  const auto ann = connect("ann"), bob = connect("bob");
  say(ann, R"({"type":"join","room":"hall"})");
  say(bob, R"({"type":"join","room":"hall"})");
  EXPECT_TRUE(heard(ann, R"("owner":"ann","role":"owner")"));
  say(bob, R"({"type":"act","room":"hall","id":"b1","kind":"settings","settings":{"topic":"mine"}})");
  EXPECT_TRUE(heard(bob, R"("code":"forbidden")"));
  say(ann, R"({"type":"act","room":"hall","id":"a1","kind":"settings","settings":{"topic":"tea"}})");
  EXPECT_EQ(times(bob, R"("settings":{"topic":"tea"})"), 1u);
  EXPECT_TRUE(heard(ann, R"("id":"a1")")) << "the entry is the acknowledgement";
  say(ann, R"({"type":"act","room":"hall","id":"a2","kind":"settings","settings":{"topic":"tea"}})");
  EXPECT_TRUE(heard(ann, R"({"type":"unchanged","room":"hall","id":"a2"})"));
}

TEST_F(ChatPath, TellsThePersonWhoIsMutedAndBannedByWhomAndWhy) {
  caf::anon_send(home, host_accounts{everybody()});
  const auto ann = connect("ann"), bob = connect("bob");
  say(ann, R"({"type":"join","room":"hall"})");
  say(bob, R"({"type":"join","room":"hall"})");
  say(ann, R"({"type":"act","room":"hall","id":"a1","kind":"mute","user":"bob","reason":"loud"})");
  EXPECT_TRUE(heard(bob, R"("kind":"mute")"));
  say(bob, R"({"type":"send","room":"hall","id":"b1","text":"hello"})");
  EXPECT_EQ(times(bob, R"("code":"muted")"), 1u);
  EXPECT_TRUE(heard(bob, R"("by":"ann","why":"loud")"));
  EXPECT_FALSE(heard(ann, R"("text":"hello")"));
  say(ann, R"({"type":"act","room":"hall","id":"a2","kind":"ban","user":"bob","reason":"spam"})");
  EXPECT_TRUE(heard(bob, R"({"type":"gone","room":"hall","reason":"banned","by":"ann","why":"spam"})"));
  say(bob, R"({"type":"join","room":"hall"})");
  EXPECT_EQ(times(bob, R"("code":"banned")"), 1u);
  EXPECT_EQ(times(bob, R"("type":"joined")"), 1u);
}

TEST_F(ChatPath, DoesNothingToAPersonWhoDoesNotExist) {
  caf::anon_send(home, host_accounts{everybody()});
  const auto ann = connect("ann");
  say(ann, R"({"type":"join","room":"hall"})");
  say(ann, R"({"type":"act","room":"hall","id":"a1","kind":"ban","user":"nobody"})");
  EXPECT_TRUE(heard(ann, R"("code":"no_user")"));
}

TEST_F(ChatPath, ErasesAMessageForThoseWhoComeLater) {
  const auto ann = connect("ann"), bob = connect("bob");
  say(ann, R"({"type":"join","room":"hall"})");
  say(bob, R"({"type":"join","room":"hall"})");
  say(bob, R"({"type":"send","room":"hall","id":"b1","text":"oops"})");
  say(ann, R"({"type":"act","room":"hall","id":"a1","kind":"erase","target":1})");
  EXPECT_TRUE(heard(bob, R"("kind":"erase")"));
  const auto eve = connect("eve");
  say(eve, R"({"type":"join","room":"hall","after":0})");
  say(eve, R"({"type":"history","room":"hall"})");
  EXPECT_FALSE(heard(eve, "oops"));
  EXPECT_TRUE(heard(eve, R"("kind":"erased")"));
  say(ann, R"({"type":"act","room":"hall","id":"a2","kind":"erase","target":1})");
  EXPECT_TRUE(heard(ann, R"("code":"gone")"));
}

TEST_F(ChatPath, LetsIdleRoomsGoAndOpensThemAgain) {
  const auto ann = connect("ann");
  say(ann, R"({"type":"join","room":"lobby"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a1","text":"hello"})");
  say(ann, R"({"type":"leave","room":"lobby"})");
  EXPECT_TRUE(heard(ann, R"("type":"left")"));
  node.advance(core::milliseconds{20'000});
  EXPECT_EQ(node.ask<core::node_load>(home, read_load{})->rooms, 0u);
  say(ann, R"({"type":"join","room":"lobby"})");
  say(ann, R"({"type":"send","room":"lobby","id":"a2","text":"again"})");
  EXPECT_TRUE(heard(ann, R"("seq":2)"));
}

}  // namespace
}  // namespace greenroom::actors
