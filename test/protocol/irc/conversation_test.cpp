#include "protocol/irc/conversation.hpp"

#include "test/protocol/irc/conversation_fixture.hpp"

namespace greenroom::protocol::irc {
namespace {

struct conversation_messages : conversation_test {};
struct conversation_rooms : conversation_test {};

TEST_F(conversation_rooms, JoinIsAnsweredInItsOrder) {
  sign_in();
  EXPECT_EQ(join("lobby"),
            ":ada!~u@user-ada JOIN #lobby\r\n"
            ":greenroom.irc 353 ada = #lobby :ada @bob\r\n"
            ":greenroom.irc 366 ada #lobby :End of /NAMES list\r\n");
  EXPECT_EQ(say("JOIN #lobby"), "") << "bouncers join again";
}

TEST_F(conversation_rooms, TheNextCommandWaitsForAJoin) {
  sign_in();
  EXPECT_EQ(say("JOIN #lobby"), "");
  EXPECT_EQ(say("PING x"), "");
  take(ada->event(core::error_event{{core::ec::banned, {}, 0}, {"lobby"}, {}}, now));
  EXPECT_EQ(told(),
            ":greenroom.irc 474 ada #lobby :Cannot join channel (+b)\r\n"
            ":greenroom.irc PONG greenroom.irc :x\r\n");
  EXPECT_EQ(released, 2u);
}

TEST_F(conversation_messages, PongComesOnlyBehindTheMessagesBefore) {
  sign_in();
  join("lobby");
  EXPECT_EQ(say("PRIVMSG #lobby :one"), "");
  EXPECT_EQ(say("PRIVMSG #lobby :two"), "") << "messages don't wait for one another";
  EXPECT_EQ(say("PING x"), "");
  const auto one = order<core::client_send>(), two = order<core::client_send>();
  EXPECT_EQ(one.client_id, "~0000000000000001-1");
  take(ada->stored({"lobby"}, one.client_id, {5}, now));
  take(ada->stored({"lobby"}, two.client_id, {6}, now));
  EXPECT_EQ(told(), "") << "durable, but the hubs may not know yet";
  take(ada->told({"lobby"}, {5}, now));
  EXPECT_EQ(told(), "");
  take(ada->told({"lobby"}, {6}, now));
  EXPECT_EQ(told(), ":greenroom.irc PONG greenroom.irc :x\r\n");
  EXPECT_EQ(released, 3u);
}

TEST_F(conversation_messages, ARelayThatDoesntTellHoldsNobodyUpForLong) {
  sign_in();
  join("lobby");
  say("PRIVMSG #lobby :one");
  take(ada->stored({"lobby"}, order<core::client_send>().client_id, {5}, now));
  say("PING x");
  now.mono += core::seconds{3};
  take(ada->tick(now));
  EXPECT_EQ(told(), ":greenroom.irc PONG greenroom.irc :x\r\n");
}

TEST_F(conversation_messages, ALabelIsAcknowledgedWithoutAnEcho) {
  sign_in("labeled-response batch");
  join("lobby");
  say("@label=a PRIVMSG #lobby :one");
  take(ada->stored({"lobby"}, order<core::client_send>().client_id, {5}, now));
  take(ada->told({"lobby"}, {5}, now));
  EXPECT_EQ(told(), "@label=a :greenroom.irc ACK\r\n");
  EXPECT_THAT(expected, IsEmpty());
}

TEST_F(conversation_messages, ALabelIsOnTheEcho) {
  sign_in("labeled-response batch echo-message");
  join("lobby");
  say("@label=a PRIVMSG #lobby :one");
  ASSERT_EQ(expected.size(), 1u);
  EXPECT_EQ(expected[0].tag, "label");
  EXPECT_EQ(expected[0].value, "a");
  const auto id = order<core::client_send>().client_id;
  EXPECT_EQ(expected[0].id, id);
  take(ada->stored({"lobby"}, id, {5}, now));
  take(ada->told({"lobby"}, {5}, now));
  EXPECT_EQ(told(), "");
}

TEST_F(conversation_messages, ARefusalHasItsLabel) {
  sign_in("labeled-response batch echo-message");
  join("lobby");
  say("@label=a PRIVMSG #lobby :one");
  const auto id = order<core::client_send>().client_id;
  take(ada->event(core::error_event{{core::ec::muted, "Hush.", 0}, {"lobby"}, id}, now));
  EXPECT_EQ(told(), "@label=a :greenroom.irc 404 ada #lobby :Hush.\r\n");
}

TEST_F(conversation_messages, ANoticeIsNeverAnswered) {
  sign_in();
  join("lobby");
  say("NOTICE #lobby :one");
  const auto id = order<core::client_send>().client_id;
  take(ada->event(core::error_event{{core::ec::muted, {}, 0}, {"lobby"}, id}, now));
  EXPECT_EQ(told(), "");
  EXPECT_EQ(say("NOTICE #elsewhere :one"), "");
  refuse(core::ec::not_found);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(released, 2u);
}

TEST_F(conversation_messages, WhoIsNotThereCantSend) {
  sign_in();
  say("PRIVMSG #lobby :one");
  refuse(core::ec::not_found);
  EXPECT_EQ(told(), ":greenroom.irc 403 ada #lobby :No such channel\r\n");
  say("PRIVMSG #lobby :one");
  answer(core::room_entered{});
  EXPECT_EQ(told(), ":greenroom.irc 404 ada #lobby :Cannot send to channel\r\n");
}

TEST_F(conversation_messages, ToAPersonTheRoomOfTheTwoIsOpenedOnce) {
  sign_in();
  say("PRIVMSG bob :one");
  say("PRIVMSG bob :two");
  ASSERT_EQ(questions.size(), 1u);
  answer(core::users_found{{{"bob"}}});
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(std::get<core::open_direct>(questions[0].what).room.value, "@ada,bob");
  answer(core::room_entered{});
  EXPECT_EQ(order<core::client_join>().room.value, "@ada,bob");
  EXPECT_THAT(commands, IsEmpty()) << "the relay doesn't know her before";
  take(ada->joined({"@ada,bob"}, {}, now));
  take(ada->opened({"@ada,bob"}, now));
  EXPECT_EQ(order<core::client_send>().text.view(), "one");
  EXPECT_EQ(order<core::client_send>().text.view(), "two");
}

TEST_F(conversation_messages, ARoomOfTheTwoThatLetsNobodyInIsSaid) {
  sign_in();
  say("PRIVMSG bob :one");
  answer(core::users_found{{{"bob"}}});
  answer(core::room_entered{});
  (void)order<core::client_join>();
  take(ada->event(core::error_event{{core::ec::unavailable, {}, 0}, {"@ada,bob"}, {}}, now));
  EXPECT_THAT(told(), testing::HasSubstr(" 531 ada bob :"));
  EXPECT_EQ(released, 1u);
}

TEST_F(conversation_messages, APersonWithoutAnAccount) {
  sign_in();
  say("PRIVMSG bob :one");
  answer(core::users_found{});
  EXPECT_EQ(told(), ":greenroom.irc 401 ada bob :No such nick\r\n");
}

TEST_F(conversation_messages, WhatAPersonSaysIsHeardWithoutAJoin) {
  sign_in();
  const core::user_news news{.user = {"ada"}, .kind = core::news_kind::head, .room = {"@ada,bob"}, .seq = {3}};
  take(ada->event(core::news_event{&news}, now));
  const auto join = order<core::client_join>();
  EXPECT_EQ(join.room.value, "@ada,bob");
  EXPECT_EQ(join.after, core::seq_no{2});
  core::room_joined in;
  in.head = {3};
  in.missed.push_back({.seq = {3}, .author = {"bob"}, .text = "psst"});
  take(ada->joined({"@ada,bob"}, in, now));
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0].frames, ":bob!~u@user-bob PRIVMSG ada :psst\r\n");
  EXPECT_EQ(opened[0].next, core::seq_no{4});
}

TEST_F(conversation_messages, APongIsBehindWhatAPersonHasSaidBefore) {
  sign_in();
  const core::user_news news{.user = {"ada"}, .kind = core::news_kind::head, .room = {"@ada,bob"}, .seq = {1}};
  take(ada->event(core::news_event{&news}, now));
  EXPECT_EQ(say("PING 1"), "");
  take(ada->joined({"@ada,bob"}, {}, now));
  EXPECT_EQ(told(), "") << "the hubs don't know yet";
  take(ada->opened({"@ada,bob"}, now));
  EXPECT_THAT(told(), testing::HasSubstr("PONG"));
}

TEST_F(conversation_messages, NobodyWaitsForARoomOfTheTwoThatLetsNobodyIn) {
  sign_in();
  const core::user_news news{.user = {"ada"}, .kind = core::news_kind::head, .room = {"@ada,bob"}, .seq = {1}};
  take(ada->event(core::news_event{&news}, now));
  EXPECT_EQ(say("PING 1"), "");
  take(ada->event(core::error_event{{core::ec::unavailable, {}, 0}, {"@ada,bob"}, {}}, now));
  EXPECT_THAT(told(), testing::HasSubstr("PONG"));
  take(ada->event(core::news_event{&news}, now));
  take(ada->out_of({"@ada,bob"}, {core::ec::removed, {}, 0}, now));
  EXPECT_THAT(say("PING 2"), testing::HasSubstr("PONG"));
}

TEST_F(conversation_rooms, PartIsSaidWhenTheHubsAreTold) {
  sign_in();
  join("lobby");
  EXPECT_EQ(say("PART #lobby :bye"), "");
  (void)order<core::client_leave>();
  take(ada->left({"lobby"}, now));
  EXPECT_EQ(told(), ":ada!~u@user-ada PART #lobby :bye\r\n");
  EXPECT_EQ(say("PART #lobby"), ":greenroom.irc 442 ada #lobby :You're not on that channel\r\n");
}

TEST_F(conversation_rooms, AnActThatIsntAllowed) {
  sign_in();
  join("lobby");
  say("TOPIC #lobby :mine");
  const auto send = order<core::client_send>();
  EXPECT_EQ(send.kind, core::entry_kind::settings);
  ASSERT_TRUE(send.act);
  EXPECT_EQ(send.act->set.to.topic.view(), "mine");
  take(ada->event(core::error_event{{core::ec::forbidden, "No.", 0}, {"lobby"}, send.client_id}, now));
  EXPECT_EQ(told(), ":greenroom.irc 482 ada #lobby :No.\r\n");
}

TEST_F(conversation_messages, CapabilitiesChangeWhatSheHears) {
  sign_in();
  EXPECT_TRUE(heard.empty());
  say("CAP REQ :echo-message message-tags");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_TRUE(heard[0].own.posted);
  say("CAP REQ :-echo-message");
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_FALSE(heard[1].own.posted);
}

TEST_F(conversation_messages, WhoIsOnlineIsAskedOnceForAll) {
  sign_in();
  say("USERHOST bob carl dan");
  ASSERT_EQ(questions.size(), 1u);
  answer(core::who_are{{{{"dan"}, {.online = true}}, {{"bob"}, {.online = true, .away = "out"}}}});
  EXPECT_EQ(told(), ":greenroom.irc 302 ada :bob=-~u@user-bob dan=+~u@user-dan\r\n");
  say("ISON bob");
  refuse(core::ec::unavailable);
  EXPECT_EQ(told(), ":greenroom.irc 303 ada :\r\n");
}

TEST_F(conversation_messages, TheQuestionsOfAClientThatHasJoinedAreFreeOnce) {
  sign_in();
  join("lobby");
  const auto counted = [&](const std::string& text) {
    ada->frame(text);
    const auto out = ada->next();
    turn();
    while (!questions.empty()) refuse(core::ec::unavailable);
    return out.value_or(core::limit_class::auth);
  };
  using enum core::limit_class;
  for (const auto* one : {"MODE #lobby", "WHO #Lobby", "NAMES #lobby"}) {
    EXPECT_EQ(counted(one), none) << one;
    EXPECT_EQ(counted(one), api) << one;
  }
  for (const auto* one : {"WHO bob", "WHO #elsewhere", "NAMES #lobby,#den", "MODE #den", "WHOIS bob", "LIST"})
    EXPECT_EQ(counted(one), api) << one;
  EXPECT_EQ(counted("MODE #lobby +m"), act);
  EXPECT_EQ(counted("MODE ada"), none);
}

TEST_F(conversation_messages, UnknownCommands) {
  sign_in();
  EXPECT_EQ(say("NONSENSE x"), ":greenroom.irc 421 ada NONSENSE :Unknown command\r\n");
  EXPECT_EQ(say("USER a b c d"), ":greenroom.irc 462 ada :You may not reregister\r\n");
}

}  // namespace
}  // namespace greenroom::protocol::irc
