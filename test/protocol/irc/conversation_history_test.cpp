#include "protocol/irc/conversation.hpp"
#include "protocol/irc/receipt.hpp"
#include "test/protocol/irc/conversation_fixture.hpp"

namespace greenroom::protocol::irc {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

core::wall_time ms(std::int64_t at) { return core::wall_time{core::milliseconds{at}}; }

core::room_entry words(std::uint64_t seq, std::string_view text, std::string_view author = "bob") {
  core::room_entry one{.seq = {seq}, .author = {std::string(author)}, .text = text};
  one.at = ms(1000 * static_cast<std::int64_t>(seq));
  return one;
}

core::history_page page_of(std::vector<core::room_entry> entries, bool more = false) {
  return {.entries = std::move(entries), .more = more, .as_of = {9}, .states = {}, .generation = {7}};
}

struct conversation_history : conversation_test {};
struct conversation_replay : conversation_test {
  /// Ada is asked about; her device was there at that time.
  void arrive(std::string_view capabilities, core::wall_time seen, std::vector<core::recent_room> people = {}) {
    sign_in(capabilities);
    take(ada->arrived(now));
    (void)asked<core::find_device>();
    answer(core::device_found{seen});
    if (seen == core::wall_time{}) {
      (void)asked<core::note_device>();
      answer(core::device_noted{});
    }
    if (questions.empty()) return;
    EXPECT_EQ(asked<core::list_recent>().after, seen);
    answer(core::recent_rooms{std::move(people)});
  }
  /// She comes into the room, and is told that she has missed nothing.
  void come_in(const core::room_id& room) {
    enter(room);
    answer(core::time_found{{1}, {7}});
    (void)order<core::client_history>();
    page(room, page_of({}));
    take(ada->opened(room, now));
    turn();
  }
  /// Time passes on both clocks.
  void pass(core::milliseconds time) {
    now.wall += time;
    now.mono += time;
  }
  /// The answer of her client to a PING that was sent then.
  static std::string receipt_for(const core::instant& at) { return "PONG :" + receipt_token(at.mono); }
  /// She comes into the room, up to the point where what she missed is asked for.
  void enter(const core::room_id& room) {
    say("JOIN #" + room.value);
    (void)order<core::client_join>();
    core::room_joined in;
    in.generation = {7};
    in.head = {4};
    in.members = {1, {{"ada"}}};
    take(ada->joined(room, in, now));
    answer(core::member_list{});
  }
};

TEST_F(conversation_history, IsABatchThatSaysWhereItEnds) {
  sign_in("message-tags batch draft/chathistory");
  join("lobby");
  say("CHATHISTORY LATEST #lobby * 2");
  const auto asked_for = order<core::client_history>();
  EXPECT_EQ(asked_for.limit, 2u);
  EXPECT_TRUE(asked_for.newest);
  EXPECT_TRUE(asked_for.without.has(core::entry_kind::settings)) << "a page is full without them";
  page({"lobby"}, page_of({words(3, "hi")}));
  EXPECT_EQ(told(),
            "@draft/chathistory-end :greenroom.irc BATCH +h1 chathistory #lobby\r\n"
            "@batch=h1;msgid=0000000000000007-3 :bob!~u@user-bob PRIVMSG #lobby :hi\r\n"
            ":greenroom.irc BATCH -h1\r\n");
  EXPECT_EQ(say("PING x"), ":greenroom.irc PONG greenroom.irc :x\r\n");
}

TEST_F(conversation_history, ATimeIsFoundFirst) {
  sign_in("message-tags batch draft/chathistory draft/event-playback");
  join("lobby");
  say("CHATHISTORY AFTER #LOBBY timestamp=1970-01-01T00:00:02.000Z 5");
  EXPECT_EQ(asked<core::find_time>().at, ms(2000));
  answer(core::time_found{{2}, {7}});
  const auto asked_for = order<core::client_history>();
  EXPECT_EQ(asked_for.after, core::seq_no{2});
  EXPECT_FALSE(asked_for.newest);
  EXPECT_FALSE(asked_for.without.has(core::entry_kind::settings)) << "events are asked for";
  EXPECT_EQ(say("PING x"), "") << "answers come in order";
  page({"lobby"}, page_of({words(3, "hi")}));
  EXPECT_THAT(told(), testing::StartsWith("@draft/chathistory-end :greenroom.irc BATCH +h1 chathistory #LOBBY\r\n"))
      << "as the client called it";
}

TEST_F(conversation_history, APageThatNobodyWaitsForIsNoAnswer) {
  sign_in("batch draft/chathistory");
  join("lobby");
  page({"lobby"}, page_of({words(3, "hi")}));
  say("CHATHISTORY AFTER #lobby timestamp=1970-01-01T00:00:02.000Z 1");
  page({"lobby"}, page_of({words(3, "hi")}));
  answer(core::time_found{{2}, {7}});
  (void)order<core::client_history>();
  page({"lobby"}, page_of({words(3, "hi"), words(4, "ho")}));
  EXPECT_EQ(told(), "");
  page({"lobby"}, page_of({words(3, "hi")}));
  EXPECT_THAT(told(), HasSubstr(":hi\r\n"));
}

TEST_F(conversation_history, WhatCantBeReadIsAFailure) {
  sign_in("batch draft/chathistory");
  join("lobby");
  EXPECT_EQ(say("CHATHISTORY LATEST #other * 2"),
            ":greenroom.irc FAIL CHATHISTORY INVALID_TARGET LATEST #other :Messages could not be retrieved\r\n");
  say("CHATHISTORY BEFORE #lobby msgid=0000000000000001-3 2");
  (void)order<core::client_history>();
  page({"lobby"}, page_of({}));
  EXPECT_THAT(told(), HasSubstr("FAIL CHATHISTORY MESSAGE_ERROR BEFORE #lobby"));
  say("CHATHISTORY LATEST #lobby * 2");
  (void)order<core::client_history>();
  take(ada->event(core::error_event{{core::ec::unavailable, {}, 0}, {"lobby"}, {}}, now));
  EXPECT_THAT(told(), HasSubstr("FAIL CHATHISTORY MESSAGE_ERROR LATEST #lobby"));
  EXPECT_EQ(say("PART #lobby"), "") << "she is still in the room";
  (void)order<core::client_leave>();
}

TEST_F(conversation_history, TargetsAreRoomsByTheirNewestWords) {
  sign_in("batch draft/chathistory");
  join("lobby");
  say("CHATHISTORY TARGETS timestamp=1970-01-01T00:00:01.000Z timestamp=1970-01-01T00:00:09.000Z 5");
  EXPECT_THAT(asked<core::list_recent>().rooms, ElementsAre(core::room_id{"lobby"}));
  answer(core::recent_rooms{{{{"lobby"}, ms(2000)}, {{"@ada,bob"}, ms(3000)}}});
  EXPECT_EQ(told(),
            ":greenroom.irc BATCH +h1 draft/chathistory-targets\r\n"
            "@batch=h1 :greenroom.irc CHATHISTORY TARGETS #lobby 1970-01-01T00:00:02.000Z\r\n"
            "@batch=h1 :greenroom.irc CHATHISTORY TARGETS bob 1970-01-01T00:00:03.000Z\r\n"
            ":greenroom.irc BATCH -h1\r\n");
}

TEST_F(conversation_history, PeopleAskForItToo) {
  sign_in();
  join("lobby");
  say("HISTORY #lobby 3");
  EXPECT_EQ(order<core::client_history>().limit, 3u);
  page({"lobby"}, page_of({words(3, "hi")}));
  EXPECT_EQ(told(), ":bob!~u@user-bob PRIVMSG #lobby :hi\r\n");
  EXPECT_THAT(say("HISTORY #other"), HasSubstr(" 442 ada #other "));
}

TEST_F(conversation_history, PlaybackIsBetweenTwoTimes) {
  sign_in("batch znc.in/playback server-time");
  take(ada->arrived(now));
  EXPECT_THAT(questions, IsEmpty()) << "it can ask itself";
  join("lobby");
  say("PRIVMSG *playback :play #lobby 2.001 4");
  EXPECT_EQ(asked<core::find_time>().at, ms(3999)) << "up to there, but not with it";
  for (const std::uint64_t place : {3, 4, 2, 2}) answer(core::time_found{{place}, {7}});
  const auto asked_for = order<core::client_history>();
  EXPECT_EQ(asked_for.after, core::seq_no{2});
  EXPECT_EQ(asked_for.before, core::seq_no{4});
  EXPECT_TRUE(asked_for.newest);
  page({"lobby"}, page_of({words(3, "hi")}));
  EXPECT_THAT(told(), HasSubstr(" PRIVMSG #lobby :hi\r\n"));
  say("ZNC *playback PLAY *");
  answer(core::recent_rooms{{{{"@ada,bob"}, ms(1000)}, {{"lobby"}, ms(3000)}}});
  EXPECT_EQ(order<core::client_history>().room.value, "@ada,bob");
  page({"@ada,bob"}, page_of({words(1, "to you")}));
  EXPECT_EQ(order<core::client_history>().room.value, "lobby");
  page({"lobby"}, page_of({words(3, "hi")}));
  EXPECT_THAT(told(), testing::ContainsRegex("PRIVMSG ada :to you(.|\r|\n)*PRIVMSG #lobby :hi"));
  EXPECT_THAT(say("ZNC *playback PLAY * yesterday"), HasSubstr("NOTICE ada :PLAY #room|nick|*"));
}

// ---- replay ----------------------------------------------------------------------------------------------------

TEST_F(conversation_replay, ADeviceHearsWhatItMissedBehindTheNamesOfARoom) {
  arrive("server-time batch message-tags", ms(1500));
  enter({"lobby"});
  EXPECT_EQ(asked<core::find_time>().at, ms(1500));
  answer(core::time_found{{1}, {7}});
  EXPECT_EQ(order<core::client_history>().limit, 500u);
  page({"lobby"}, page_of({words(3, "missed"), words(5, "after she came")}, true));
  (void)order<core::client_history>();
  page({"lobby"}, page_of({}, true));
  ASSERT_EQ(opened.size(), 1u);
  const auto& first = opened.front().frames;
  EXPECT_THAT(first, testing::ContainsRegex(" 366 ada #lobby (.|\r|\n)*chathistory #lobby(.|\r|\n)* :missed\r\n"));
  EXPECT_THAT(first, Not(HasSubstr("after she came"))) << "it comes as the room's own";
  EXPECT_THAT(first, HasSubstr("NOTICE #lobby :1 earlier entries of #lobby aren't replayed."));
  EXPECT_EQ(opened.front().next, core::seq_no{5});
}

TEST_F(conversation_replay, ItIsReplayedOnceToAConnection) {
  arrive("server-time", ms(1500));
  enter({"lobby"});
  answer(core::time_found{{1}, {7}});
  (void)order<core::client_history>();
  page({"lobby"}, page_of({words(3, "missed")}));
  take(ada->opened({"lobby"}, now));
  say("PART #lobby");
  (void)order<core::client_leave>();
  take(ada->left({"lobby"}, now));
  opened.clear();
  enter({"lobby"});
  EXPECT_EQ(opened.size(), 1u);
}

TEST_F(conversation_replay, NobodyWhoCanAskHearsIt) {
  for (const auto* const capabilities : {"server-time draft/chathistory", "server-time znc.in/playback", "batch", ""}) {
    sign_in(capabilities);
    take(ada->arrived(now));
    EXPECT_THAT(questions, IsEmpty()) << capabilities;
    take(ada->ended(false, now));
    EXPECT_THAT(questions, IsEmpty()) << capabilities;
  }
}

TEST_F(conversation_replay, WhoIsThereForTheFirstTimeHearsAsMuchAsTheServerSays) {
  arrive("server-time", {});
  enter({"lobby"});
  EXPECT_EQ(opened.size(), 1u);
  opened.clear();
  face.replay = 3;
  arrive("server-time", {});
  enter({"lobby"});
  EXPECT_EQ(order<core::client_history>().limit, 3u);
  page({"lobby"}, page_of({words(2, "long ago")}, true));
  (void)order<core::client_history>();
  page({"lobby"}, page_of({}, true));
  EXPECT_THAT(opened.at(0).frames, HasSubstr(":long ago\r\n"));
  EXPECT_THAT(opened.at(0).frames, Not(HasSubstr("NOTICE")));
}

TEST_F(conversation_replay, DirectMessagesComeBeforeAnythingElse) {
  arrive("server-time", ms(1500), {{{"lobby"}, ms(2000)}, {{"@ada,bob"}, ms(3000)}});
  EXPECT_EQ(say("PING x"), "");
  EXPECT_EQ(asked<core::find_time>().room.value, "@ada,bob");
  answer(core::time_found{{1}, {7}});
  (void)order<core::client_history>();
  page({"@ada,bob"}, page_of({words(2, "are you there?"), words(3, "bob isn't", "ada")}));
  const auto heard_first = told();
  EXPECT_THAT(heard_first, testing::ContainsRegex("PRIVMSG ada :are you there\\?(.|\r|\n)*PONG"));
  EXPECT_THAT(heard_first, Not(HasSubstr("bob isn't"))) << "others would file it under the wrong name";
  const auto joined = order<core::client_join>();
  EXPECT_EQ(joined.after, core::seq_no{3}) << "whatever came meanwhile comes with it";
}

TEST_F(conversation_replay, ADeviceIsWrittenDownAsFarAsItsReceiptsGo) {
  arrive("server-time", ms(1500));
  pass(90s);
  const auto first = now;
  pass(1s);
  say("PING x");
  EXPECT_THAT(questions, IsEmpty()) << "that says nothing of what came";
  say(receipt_for(first));
  EXPECT_EQ(asked<core::note_device>().at, first.wall - 5s);
  answer(core::device_noted{});
  pass(10s);
  const auto second = now;
  pass(200ms);
  say(receipt_for(second));
  EXPECT_THAT(questions, IsEmpty()) << "not more than once a minute";
  pass(100s);
  take(ada->ended(false, now));
  EXPECT_EQ(asked<core::note_device>().at, second.wall - 5s) << "what was sent since may be lost with the network";
}

TEST_F(conversation_replay, WhoSaysGoodbyeOrIsToldToGoHasReadAll) {
  arrive("server-time", ms(1500));
  pass(30s);
  say("QUIT :later");
  pass(1s);
  take(ada->ended(true, now));
  EXPECT_EQ(asked<core::note_device>().at, now.wall);
}

TEST_F(conversation_replay, WhoWasSilentForLongMayBeGoneWhenItIsToldToGo) {
  arrive("server-time", ms(1500));
  pass(30s);
  say("PING x");
  pass(15s);
  take(ada->ended(true, now));
  EXPECT_THAT(questions, IsEmpty());
}

TEST_F(conversation_replay, WhoGoesBeforeItHasWhatItMissedIsWhereItWas) {
  for (const bool by_us : {false, true}) {
    questions.clear();
    arrive("server-time", ms(1500));
    pass(30s);
    const auto asked_at = now;
    enter({"lobby"});
    say(receipt_for(asked_at));
    take(ada->ended(by_us, now));
    for (const auto& one : questions) EXPECT_FALSE(std::holds_alternative<core::note_device>(one.what)) << by_us;
  }
}

TEST_F(conversation_replay, AReceiptCountsOnceItsClientHadTimeToComeBackIntoItsRooms) {
  arrive("server-time", ms(1500));
  pass(9s);
  const auto early = now;
  pass(100s);
  say(receipt_for(early));
  EXPECT_THAT(questions, IsEmpty());
  come_in({"lobby"});
  pass(9s);
  const auto after_a_room = now;
  pass(1s);
  say(receipt_for(after_a_room));
  EXPECT_THAT(questions, IsEmpty());
  const auto late = now;
  pass(1s);
  say(receipt_for(late));
  EXPECT_EQ(asked<core::note_device>().at, late.wall - 5s);
}

TEST_F(conversation_replay, ARoomThatCantBeJoinedForNowIsOwed) {
  arrive("server-time", ms(1500));
  say("JOIN #lobby");
  (void)order<core::client_join>();
  take(ada->event(core::error_event{{core::ec::unavailable, {}, 1}, {"lobby"}, {}}, now));
  EXPECT_THAT(told(), HasSubstr(" 437 "));
  pass(100s);
  say(receipt_for(now));
  EXPECT_THAT(questions, IsEmpty()) << "what was said there isn't heard yet";
  come_in({"lobby"});
  pass(20s);
  say(receipt_for(now));
  EXPECT_EQ(asked<core::note_device>().at, now.wall - 5s);
}

TEST_F(conversation_replay, NoMoreIsOwedThanThereAreRoomsForAConnection) {
  face.rooms = 1;
  arrive("server-time", ms(1500));
  for (const auto* const room : {"lobby", "den"}) {
    say(std::string("JOIN #") + room);
    (void)order<core::client_join>();
    take(ada->event(core::error_event{{core::ec::unavailable, {}, 1}, {room}, {}}, now));
  }
  come_in({"lobby"});
  pass(70s);
  say(receipt_for(now));
  EXPECT_EQ(asked<core::note_device>().at, now.wall - 5s);
}

TEST_F(conversation_replay, ARoomThatIsRefusedIsNotOwed) {
  arrive("server-time", ms(1500));
  say("JOIN #lobby");
  (void)order<core::client_join>();
  take(ada->event(core::error_event{{core::ec::banned, {}, 0}, {"lobby"}, {}}, now));
  pass(100s);
  say(receipt_for(now));
  EXPECT_EQ(asked<core::note_device>().at, now.wall - 5s);
}

TEST_F(conversation_replay, WhatCantBeReadNowIsOwed) {
  arrive("server-time", ms(1500));
  enter({"lobby"});
  refuse(core::ec::unavailable);
  take(ada->opened({"lobby"}, now));
  turn();
  questions.clear();
  pass(100s);
  say(receipt_for(now));
  take(ada->ended(true, now));
  EXPECT_THAT(questions, IsEmpty()) << "it is told to the next connection";
}

TEST_F(conversation_replay, WhatIsNoReceiptIsNone) {
  arrive("server-time", ms(1500));
  pass(90s);
  auto future = now;
  future.mono += 1s;
  for (const auto& text :
       {std::string("PONG"), std::string("PONG :greenroom.irc"), std::string("PONG :-1"),
        std::string("PONG :99999999999999999999"), std::string("PONG :9999999999999"), receipt_for(future)})
    say(text);
  take(ada->ended(false, now));
  EXPECT_THAT(questions, IsEmpty());
}

TEST_F(conversation_replay, ANewDeviceIsWrittenDownAtOnce) {
  sign_in("server-time");
  now.wall = ms(1500);
  take(ada->arrived(now));
  answer(core::device_found{});
  EXPECT_EQ(asked<core::note_device>().at, ms(1500)) << "it may be killed within its first minute";
}

TEST_F(conversation_replay, ADeviceThatIsntKnownIsNotWrittenDown) {
  sign_in("server-time");
  take(ada->arrived(now));
  refuse(core::ec::unavailable);
  EXPECT_EQ(say("PING x"), ":greenroom.irc PONG greenroom.irc :x\r\n");
  take(ada->ended(false, now));
  EXPECT_THAT(questions, IsEmpty()) << "else it would miss what it hasn't heard";
}

TEST_F(conversation_replay, ABotHearsNothingAgain) {
  arrive("server-time", ms(1500));
  EXPECT_EQ(say("MODE ada +B"), ":ada!~u@user-ada MODE ada +B\r\n");
  enter({"lobby"});
  EXPECT_EQ(opened.size(), 1u);
}

// ---- read markers ----------------------------------------------------------------------------------------------

TEST_F(conversation_history, AJoinTellsTheMarkBeforeTheNames) {
  sign_in("draft/read-marker");
  say("JOIN #lobby");
  (void)order<core::client_join>();
  core::room_joined in;
  in.generation = {7};
  in.members = {1, {{"ada"}}};
  take(ada->joined({"lobby"}, in, now));
  answer(core::member_list{});
  (void)asked<core::find_mark>();
  answer(core::mark_found{{2}, ms(2000)});
  EXPECT_THAT(opened.at(0).frames, testing::StartsWith(":ada!~u@user-ada JOIN #lobby\r\n"
                                                       ":greenroom.irc MARKREAD #lobby "
                                                       ":timestamp=1970-01-01T00:00:02.000Z\r\n"
                                                       ":greenroom.irc 353 "));
}

TEST_F(conversation_history, ATimeMovesTheMarkToItsEntryAndNeverBack) {
  sign_in();
  join("lobby");
  say("CAP REQ draft/read-marker");
  say("MARKREAD #lobby timestamp=1970-01-01T00:00:03.000Z");
  answer(core::mark_found{{2}, ms(2000)});
  EXPECT_EQ(asked<core::find_time>().at, ms(3000));
  answer(core::time_found{{3}, {7}});
  const auto moved = order<core::client_read>();
  EXPECT_EQ(moved.seq, core::seq_no{3});
  EXPECT_TRUE(moved.quiet) << "others don't hear of it";
  EXPECT_EQ(told(), ":greenroom.irc MARKREAD #lobby :timestamp=1970-01-01T00:00:03.000Z\r\n");
  say("MARKREAD #lobby timestamp=1970-01-01T00:00:02.500Z");
  answer(core::mark_found{{2}, ms(2000)});
  EXPECT_EQ(told(), ":greenroom.irc MARKREAD #lobby :timestamp=1970-01-01T00:00:03.000Z\r\n")
      << "what is on its way to the database counts";
  EXPECT_THAT(commands, IsEmpty());
}

TEST_F(conversation_history, TheMarkOfAnotherConnectionIsTold) {
  sign_in("draft/read-marker");
  say("JOIN #lobby");
  (void)order<core::client_join>();
  core::room_joined in;
  in.generation = {7};
  take(ada->joined({"lobby"}, in, now));
  answer(core::member_list{});
  answer(core::mark_found{});
  take(ada->opened({"lobby"}, now));
  told();
  const core::user_news news{.user = {"ada"}, .kind = core::news_kind::read, .room = {"lobby"}, .seq = {4}};
  take(ada->event(core::news_event{&news}, now));
  EXPECT_EQ(asked<core::read_history>().before, core::seq_no{5});
  answer(page_of({words(4, "x")}));
  EXPECT_EQ(told(), ":greenroom.irc MARKREAD #lobby :timestamp=1970-01-01T00:00:04.000Z\r\n");
  take(ada->event(core::news_event{&news}, now));
  EXPECT_THAT(questions, IsEmpty()) << "she knows";
}

TEST_F(conversation_history, MarksOfRoomsThatArentThere) {
  sign_in();
  say("MARKREAD bob");
  refuse(core::ec::not_found);
  EXPECT_EQ(told(), ":greenroom.irc MARKREAD bob :*\r\n");
  EXPECT_THAT(say("MARKREAD #lobby"), HasSubstr("FAIL MARKREAD INVALID_PARAMS #lobby"));
}

}  // namespace
}  // namespace greenroom::protocol::irc
