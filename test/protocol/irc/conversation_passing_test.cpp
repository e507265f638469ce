#include "protocol/irc/conversation.hpp"
#include "protocol/irc/irc_dialect.hpp"
#include "test/protocol/irc/conversation_fixture.hpp"

namespace greenroom::protocol::irc {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

struct conversation_passing : conversation_test {
  /// The room has let it pass.
  std::string passed(const core::client_send& what) {
    take(ada->event(core::unchanged_event{what.room, what.client_id}, now));
    return told();
  }
  /// It is durable, and the hubs know it.
  void settle(const core::client_send& what) {
    take(ada->stored(what.room, what.client_id, {5}, now));
    take(ada->told(what.room, {5}, now));
    told();
  }
};

TEST_F(conversation_passing, DoesNotOvertakeWhatIsStored) {
  sign_in();
  join("lobby");
  say("PRIVMSG #lobby :\x01"
      "ACTION waves\x01");
  say("PRIVMSG #lobby :\x01PING 1\x01");
  const auto first = order<core::client_send>();
  EXPECT_EQ(first.text, "waves");
  EXPECT_THAT(commands, IsEmpty());
  take(ada->stored({"lobby"}, first.client_id, {5}, now));
  take(ada->told({"lobby"}, {5}, now));
  turn();
  EXPECT_TRUE(order<core::client_send>().passing);
}

TEST_F(conversation_passing, AMessageKeepsItsTags) {
  sign_in("message-tags");
  join("lobby");
  say("@+a=b;label=x;+draft/persist PRIVMSG #lobby :hi");
  EXPECT_EQ(order<core::client_send>().extra, R"({"tags":"+a=b;+draft/persist"})");
}

TEST_F(conversation_passing, TypingIsToldOnceInThreeSeconds) {
  sign_in("message-tags");
  join("lobby");
  const auto told_of = [&](const char* state, int ms) {
    now.mono += core::milliseconds{ms};
    say(std::string("@+typing=") + state + " TAGMSG #lobby");
    const auto count = commands.size();
    commands.clear();
    return count;
  };
  EXPECT_EQ(told_of("active", 0), 1u);
  EXPECT_EQ(told_of("active", 2999), 0u);
  EXPECT_EQ(told_of("active", 1), 1u);
  EXPECT_EQ(told_of("paused", 1), 1u) << "that is news";
  EXPECT_EQ(told_of("active", 1), 1u);
  say("PRIVMSG #lobby :hi");
  const auto post = order<core::client_send>();
  take(ada->stored({"lobby"}, post.client_id, {5}, now));
  take(ada->told({"lobby"}, {5}, now));
  told();
  EXPECT_EQ(told_of("active", 1), 1u) << "the message has ended it for others";
}

TEST_F(conversation_passing, TagsThatAreToStayAreAnEntry) {
  sign_in("message-tags");
  join("lobby");
  say("@+a=b;+draft/persist TAGMSG #lobby");
  const auto kept = order<core::client_send>();
  EXPECT_EQ(kept.kind, core::entry_kind::tag);
  EXPECT_FALSE(kept.passing);
  ASSERT_TRUE(kept.act);
  EXPECT_EQ(kept.act->extra, R"({"tags":"+a=b;+draft/persist"})");
  settle(kept);
  say("@+draft/react=x;+draft/reply=0000000000000007-3 TAGMSG #lobby");
  const auto reaction = order<core::client_send>();
  EXPECT_EQ(reaction.kind, core::entry_kind::react);
  EXPECT_EQ(reaction.act->target, core::seq_no{3});
  settle(reaction);
  say("@+draft/react=x;+draft/reply=123 TAGMSG #lobby");
  EXPECT_EQ(order<core::client_send>().kind, core::entry_kind::tag) << "of what, only the client knows";
}

TEST_F(conversation_passing, OtherTagsPassOnceAndAreEchoed) {
  sign_in("message-tags echo-message labeled-response batch");
  join("lobby");
  say("@label=L;+a=b TAGMSG #lobby");
  const auto one = order<core::client_send>();
  EXPECT_TRUE(one.passing);
  EXPECT_THAT(expected, IsEmpty());
  EXPECT_THAT(passed(one), MatchesRegex("@label=L;msgid=0000000000000007-t[0-9a-f]{16};\\+a=b "
                                        ":ada!~u@user-ada TAGMSG #lobby\r\n"));
}

TEST_F(conversation_passing, WithoutEchoesTheyAreAcknowledged) {
  sign_in("message-tags labeled-response batch");
  join("lobby");
  say("@label=L;+a=b TAGMSG #lobby");
  EXPECT_EQ(passed(order<core::client_send>()), "@label=L :greenroom.irc ACK\r\n");
}

TEST_F(conversation_passing, TypingIsAnEventOfItsOwn) {
  sign_in("message-tags");
  join("lobby");
  say("@+typing=active TAGMSG #lobby");
  EXPECT_EQ(order<core::client_typing>().state, core::typing_state::active);
  EXPECT_THAT(commands, IsEmpty());
}

TEST_F(conversation_passing, RequestsOfClientsPass) {
  sign_in();
  join("lobby");
  say("PRIVMSG #lobby :\x01PING 1\x01");
  const auto one = order<core::client_send>();
  EXPECT_TRUE(one.passing);
  EXPECT_EQ(one.text, "\x01PING 1\x01");
  EXPECT_EQ(say("PING x"), "");
  EXPECT_EQ(passed(one), ":greenroom.irc PONG greenroom.irc :x\r\n");
  say("PRIVMSG #lobby :\x01PING 2\x01");
  const auto two = order<core::client_send>();
  take(ada->event(core::error_event{{core::ec::forbidden, "No.", 0}, {"lobby"}, two.client_id}, now));
  EXPECT_EQ(told(), ":greenroom.irc 404 ada #lobby :No.\r\n");
}

TEST_F(conversation_passing, OperatorsAloneCanBeSpokenTo) {
  sign_in();
  join("lobby");
  say("PRIVMSG @#lobby :hush");
  const auto one = order<core::client_send>();
  EXPECT_TRUE(one.passing);
  EXPECT_EQ(one.heard_by, core::earshot::moderators);
  EXPECT_EQ(passed(one), "");
  EXPECT_THAT(say("PRIVMSG @#other :hush"), HasSubstr(" 404 ada #other "));
}

TEST_F(conversation_passing, AKnownIdIsAnsweredWithItsLabel) {
  sign_in("message-tags echo-message labeled-response batch greenroom.chat/id");
  join("lobby");
  say("@label=L;greenroom.chat/id=one PRIVMSG #lobby :hi");
  const auto post = order<core::client_send>();
  EXPECT_EQ(post.client_id, "one");
  const core::room_entry first{.seq = {3}, .author = {"ada"}, .client_id = "one", .text = "hi"};
  take(ada->event(core::message_event{{"lobby"}, {}, &first, true, true}, now));
  EXPECT_EQ(told(),
            "@label=L;msgid=0000000000000007-3;greenroom.chat/id=one;greenroom.chat/duplicate "
            ":ada!~u@user-ada PRIVMSG #lobby :hi\r\n");
}

TEST(IrcPassing, IsHeardAsItWasSaid) {
  const core::room_id room{"lobby"};
  core::note_passing note{.user = {"bob"}, .id = "~1-1", .text = "\x01VERSION\x01"};
  const auto heard = [&](std::uint32_t bits) {
    std::string out;
    frame_writer writer(out, framing::line);
    irc_dialect().encode(core::passing_event{room, {7}, &note}, static_cast<features>(bits), writer);
    return out;
  };
  EXPECT_EQ(heard(1), ":bob!~u@user-bob PRIVMSG #lobby :\x01VERSION\x01\r\n") << "without an id";
  note.text = "hush";
  note.heard_by = core::earshot::moderators;
  EXPECT_THAT(heard(1),
              MatchesRegex("@msgid=0000000000000007-t[0-9a-f]{16} :bob!~u@user-bob PRIVMSG @#lobby :hush\r\n"));
  EXPECT_EQ(heard(0), ":bob!~u@user-bob PRIVMSG @#lobby :hush\r\n");
  note = {.user = {"bob"}, .kind = core::entry_kind::tag, .id = "~1-1", .extra = R"({"tags":"+a"})"};
  EXPECT_EQ(heard(0), "") << "there is nothing but tags";
}

}  // namespace
}  // namespace greenroom::protocol::irc
