#include <stdexcept>

#include "test/actors/connection_fixture.hpp"
#include "test/support/captured_log.hpp"

/// What a connection does in rooms.
namespace greenroom::actors {
namespace {

using ConnectionActor = connection_fixture;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(ConnectionActor, JoinsByTheCatalogTheNodeAndTheRelay) {
  say({join()});
  EXPECT_THAT(take_log(), ElementsAre("enter lobby ann", "find lobby", "relay listen 7 ann after 0 json"));
  EXPECT_EQ(socket->released, 1u);
  say({post("a1")});
  EXPECT_THAT(log, IsEmpty()) << "until the room is known";
  ready();
  EXPECT_THAT(take_log(), ElementsAre("room post ann 7 1:a1=hi"));
  EXPECT_THAT(socket->sent, IsEmpty()) << "the relay says that somebody is in";
}

TEST_F(ConnectionActor, CreatesARoomThatNobodyHasAndSaysSoInTheAuditLog) {
  test::captured_log lines;
  catalog = [](const core::enter_room& asked) -> core::result<core::room_entered> {
    if (!asked.create && asked.room.value == "lobby") return ec::not_found;
    core::room_entered made;
    made.info.room = asked.room;
    made.created = asked.create;
    return made;
  };
  say({join()});
  EXPECT_THAT(take_log(), ElementsAre("enter lobby ann", "enter lobby ann create", "find lobby",
                                      "relay listen 7 ann after 0 json"));
  EXPECT_THAT(lines.take(), HasSubstr("act=create_room outcome=done by=ann room=lobby"));
  say({join("other")});
  EXPECT_THAT(take_log(), Contains("another listen 7 ann after 0 json"));
  EXPECT_THAT(lines.take(), Not(HasSubstr("create_room")));
}

TEST_F(ConnectionActor, SaysWhyItIsNotLetIn) {
  catalog = [](const core::enter_room&) -> core::result<core::room_entered> { return ec::forbidden; };
  say({join(), post("a1")});
  EXPECT_THAT(take_log(), ElementsAre("enter lobby ann"));
  EXPECT_THAT(socket->sent, ElementsAre(HasSubstr(R"("code":"forbidden")"), HasSubstr(R"("id":"a1")")));
  catalog = nullptr;
  no_relay = ec::unavailable;
  begin_again();
  say({join()});
  EXPECT_THAT(socket->sent, ElementsAre(HasSubstr(R"("code":"unavailable")")));
  no_relay = ec::none;
  begin_again();
  say({join()});
  ready(ec::not_found);
  EXPECT_THAT(socket->sent, ElementsAre(HasSubstr(R"("code":"not_found")")));
  begin_again();
  tell(socket_closed{});
  EXPECT_THAT(log, IsEmpty()) << "that relay isn't its relay any more";
}

TEST_F(ConnectionActor, LeavesWhenWhatItPostedBeforeIsAnswered) {
  be_in();
  say({post("a1"), leave(), post("a2")});
  EXPECT_THAT(take_log(), ElementsAre("room post ann 7 1:a1=hi"));
  answered(1);
  EXPECT_THAT(take_log(), ElementsAre("relay unlisten 7"));
  EXPECT_THAT(socket->sent, ElementsAre(HasSubstr(R"("code":"not_joined")")));
  EXPECT_EQ(socket->released, 3u);
  begin_again();
  node.kill(relay);
  EXPECT_THAT(socket->sent, IsEmpty()) << "nobody waits for it";
}

TEST_F(ConnectionActor, TellsTheRoomWhatSomebodyDoesInTheOrderInWhichTheyDoIt) {
  be_in();
  say({R"({"type":"typing","room":"lobby","state":"active"})", post("a1"), post("a2"),
       R"({"type":"read","room":"lobby","seq":3})", R"({"type":"ping"})"});
  EXPECT_THAT(take_log(), ElementsAre("room typing ann", "room post ann 7 1:a1=hi 2:a2=hi", "room read ann 3"));
  EXPECT_THAT(socket->sent, ElementsAre(R"({"type":"pong"})"));
}

TEST_F(ConnectionActor, SaysWhatBecameOfPostsWhereTheMessageItselfDoesNot) {
  be_in();
  say({post("a1"), post("a2"), post("a3")});
  answered(1);
  EXPECT_THAT(socket->sent, IsEmpty()) << "the message is the acknowledgement";
  answered(2, ec::conflict);
  answered(3, ec::none, true);
  EXPECT_THAT(socket->sent, ElementsAre(HasSubstr(R"("code":"conflict")"),
                                        testing::AllOf(HasSubstr(R"("seq":3)"), HasSubstr(R"("id":"a3")"),
                                                       HasSubstr(R"("duplicate":true)"))));
  EXPECT_EQ(socket->released, 3u);
}

TEST_F(ConnectionActor, PostsAgainWhereTheRoomMoved) {
  be_in();
  say({post("a1")});
  room = a_room("moved");
  ready();
  EXPECT_THAT(take_log(), ElementsAre("room post ann 7 1:a1=hi")) << "the same room said so twice";
  ready(ec::none, true);
  EXPECT_THAT(take_log(), ElementsAre("moved post ann 7 1:a1=hi"));
}

TEST_F(ConnectionActor, PostsOnceWhereTheRelayHadToLookTwiceForTheRoom) {
  say({join(), post("a1")});
  (void)take_log();
  ready(ec::none, true);
  EXPECT_THAT(take_log(), ElementsAre("room post ann 7 1:a1=hi"));
}

TEST_F(ConnectionActor, HearsNothingOfRoomsThatItIsNotIn) {
  ready();
  tell(entries_missed{{5}, {1}, {2}});
  say({post("a1")});
  EXPECT_THAT(log, IsEmpty());
  EXPECT_THAT(socket->sent, ElementsAre(HasSubstr("not_joined")));
}

TEST_F(ConnectionActor, SaysThatItIsOutWhereTheRelayDies) {
  be_in();
  node.kill(another);
  EXPECT_THAT(socket->sent, IsEmpty());
  node.kill(relay);
  EXPECT_THAT(socket->sent, ElementsAre(R"({"type":"gone","room":"lobby","reason":"unavailable"})"));
  relay = a_relay("next");
  say({join()});
  EXPECT_THAT(take_log(), ElementsAre("enter lobby ann", "find lobby", "next listen 7 ann after 0 json"));
}

TEST_F(ConnectionActor, AsksForTheRelayAgainWhereItWentBeforeItSaidAnything) {
  say({join()});
  (void)take_log();
  const auto idle = std::exchange(relay, a_relay("next"));
  node.kill(idle);
  EXPECT_THAT(take_log(), ElementsAre("find lobby", "next listen 7 ann after 0 json"));
  EXPECT_THAT(socket->sent, IsEmpty());
}

TEST_F(ConnectionActor, IsOutWhereTheRoomGoes) {
  be_in();
  ready(ec::gone);
  say({post("a1")});
  EXPECT_THAT(socket->sent, ElementsAre(HasSubstr("not_joined"))) << "the relay said that it is gone";
  node.kill(relay);
  EXPECT_EQ(socket->sent.size(), 1u);
  tell(socket_closed{});
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConnectionActor, NamesWhatTheHubLeftOut) {
  be_in();
  tell(entries_missed{{5}, {4}, {9}});
  EXPECT_THAT(socket->sent, ElementsAre(R"({"type":"gap","room":"lobby","from":4,"to":9})"));
  EXPECT_THAT(socket->told, ElementsAre(core::seq_no{9}));
}

TEST_F(ConnectionActor, ReadsAPageWhenTheSocketHasRoomForIt) {
  be_in();
  page = core::history_page{{{{2}, {"bob"}, {}, std::string("old"), {}, {}}}, true};
  say({R"({"type":"history","room":"lobby","limit":20})"});
  EXPECT_THAT(log, IsEmpty());
  EXPECT_THAT(socket->asked, ElementsAre(core::answer_kind::page));
  tell(outbox_roomy{});
  EXPECT_THAT(take_log(), ElementsAre("history lobby ann 20"));
  EXPECT_THAT(socket->sent, ElementsAre(testing::AllOf(HasSubstr(R"("type":"history")"), HasSubstr("old"))));
  EXPECT_EQ(socket->returned, 1u);
  EXPECT_EQ(socket->released, 1u);
}

TEST_F(ConnectionActor, SaysWhyThereIsNoPageAndGivesTheRoomForItBack) {
  socket->roomy = [this] { caf::anon_send(ann, outbox_roomy{}); };
  be_in();
  page = core::result<core::history_page>{ec::not_found};
  say({R"({"type":"history","room":"lobby"})"});
  EXPECT_THAT(socket->sent, ElementsAre(testing::AllOf(HasSubstr("not_found"), HasSubstr("lobby"))));
  page.reset();
  begin_again();
  say({R"({"type":"history","room":"lobby"})"});
  node.advance(milliseconds{4999});
  EXPECT_THAT(socket->sent, IsEmpty());
  node.advance(milliseconds{1});
  EXPECT_THAT(socket->sent, ElementsAre(HasSubstr("unavailable")));
  EXPECT_EQ(socket->returned, 2u);
  EXPECT_EQ(socket->released, 1u);
}

TEST_F(ConnectionActor, JoinsWithAPlaceWhenTheSocketHasRoomForWhatWasMissed) {
  say({R"({"type":"join","room":"lobby","after":6})"});
  EXPECT_THAT(take_log(), ElementsAre("enter lobby ann", "find lobby"));
  EXPECT_THAT(socket->asked, ElementsAre(core::answer_kind::replay));
  tell(outbox_roomy{});
  EXPECT_THAT(take_log(), ElementsAre("relay listen 7 ann after 6 json"));
  ready();
  EXPECT_EQ(socket->returned, 1u);
}

TEST_F(ConnectionActor, GivesUpOnPostsThatAreNotAnsweredInTime) {
  be_in();
  for (const auto* id : {"a1", "a2"}) {  // it sweeps again when there is something again
    begin_again();
    say({post(id)});
    say({R"({"type":"ping"})"});
    begin_again();
    node.advance(milliseconds{2999});
    EXPECT_THAT(socket->sent, IsEmpty());
    node.advance(milliseconds{1});
    EXPECT_THAT(socket->sent, ElementsAre(testing::AllOf(HasSubstr("unknown_outcome"), HasSubstr(id))));
    EXPECT_EQ(socket->released, 1u);
    node.advance(milliseconds{500});
  }
}

TEST_F(ConnectionActor, RefusesWhatComesTooOftenAndNamesIt) {
  be_in();
  std::vector<std::string> asked;
  rates->says = [&](core::limit_class which, std::string_view key, std::uint32_t count) {
    asked.push_back(std::string(to_string(which)) + " " + std::string(key) + " " + std::to_string(count));
    core::limit_verdict out;
    out.allowed = asked.size() == 1;
    out.retry_after_s = 3;
    return out;
  };
  say({post("a1"), post("a2"), R"({"type":"join","room":"other"})", R"({"type":"send","room":"lobby","id":"a3"})"});
  EXPECT_THAT(asked, ElementsAre("send ann 1", "send ann 1", "send ann 1", "send ann 1"));
  EXPECT_THAT(take_log(), ElementsAre("room post ann 7 1:a1=hi"));
  const auto limited = [](const std::string& part) {
    return testing::AllOf(HasSubstr(R"("code":"rate_limited")"), HasSubstr(part), HasSubstr(R"("retry_after":3)"));
  };
  EXPECT_THAT(socket->sent, ElementsAre(limited(R"("id":"a2","room":"lobby")"), limited(R"("room":"other")"),
                                        limited(R"("id":"a3","room":"lobby")")));
  EXPECT_EQ(socket->released, 3u);
}

TEST_F(ConnectionActor, CountsActsInAClassOfTheirOwn) {
  be_in();
  std::vector<std::string> asked;
  rates->says = [&](core::limit_class which, std::string_view, std::uint32_t) {
    asked.emplace_back(to_string(which));
    return core::limit_verdict{};
  };
  say({post("a1"), ban("a2"), R"({"type":"act","room":"lobby","id":"a3","kind":"notice","text":"hi"})"});
  EXPECT_THAT(asked, ElementsAre("send", "act", "send"));
  EXPECT_THAT(take_log(), ElementsAre("room post ann 7 1:a1=hi 2:a2=act on bob 3:a3=hi"));
}

TEST_F(ConnectionActor, SaysWhoRefusedAPostAndWhy) {
  be_in();
  say({post("a1"), ban("a2")});
  core::posts_answered answers{{{1, ec::muted, {}, {}, false}, {2, ec::none, {}, {}, false}}};
  answers.refusals.push_back({1, {{"ann"}, {"dora"}, "spam", {}}, 0});
  tell(std::move(answers));
  EXPECT_THAT(socket->sent, ElementsAre(testing::AllOf(HasSubstr(R"("code":"muted")"), HasSubstr(R"("by":"dora")"),
                                                       HasSubstr(R"("why":"spam")")),
                                        R"({"type":"unchanged","room":"lobby","id":"a2"})"));
}

TEST_F(ConnectionActor, SaysWhoBannedSomebodyWhoWantsToComeIn) {
  say({join()});
  const core::sanction ban{{"ann"}, {"dora"}, "spam", {}};
  tell(room_ready{{"lobby"}, {5}, {}, {ec::banned, {}, 0, std::make_shared<const core::sanction>(ban)}});
  EXPECT_THAT(socket->sent, ElementsAre(testing::AllOf(HasSubstr(R"("code":"banned")"), HasSubstr(R"("by":"dora")"))));
}

TEST_F(ConnectionActor, LivesOnAfterAnException) {
  be_in();
  rates->says = [](auto, auto, auto) -> core::limit_verdict { throw std::runtime_error("no bucket"); };
  say({post("a1")});
  rates->says = nullptr;
  say({post("a2")});
  EXPECT_THAT(take_log(), ElementsAre("room post ann 7 1:a2=hi"));
}

TEST_F(ConnectionActor, TellsNewsOfItsUserWhateverRoomItIsIn) {
  tell(core::user_news{.user = {"ann"}, .room = {"den"}, .by = {"bob"}});
  EXPECT_THAT(socket->sent, ElementsAre(R"({"type":"added","room":"den","by":"bob"})"));
  socket->sent.clear();
  tell(core::user_news{.user = {"ann"}, .kind = core::news_kind::read, .room = {"den"}, .seq = {4}, .but = {8}});
  EXPECT_THAT(socket->sent, ElementsAre(R"({"type":"read","room":"den","user":"ann","seq":4})"));
  socket->sent.clear();
  tell(core::user_news{.user = {"ann"}, .kind = core::news_kind::read, .room = {"den"}, .seq = {4}, .but = {7}});
  EXPECT_THAT(socket->sent, IsEmpty()) << "it is the one that did it";
}

TEST_F(ConnectionActor, TellsNoNewsInLines) {
  ann = connect({"lobby"});
  node.settle();
  socket->sent.clear();
  tell(core::user_news{.user = {"ann"}, .room = {"den"}, .by = {"bob"}});
  EXPECT_THAT(socket->sent, IsEmpty());
}

}  // namespace
}  // namespace greenroom::actors
