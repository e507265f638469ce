#include "core/modes.hpp"
#include "test/protocol/irc/conversation_fixture.hpp"

/// People: who is watched, how the own user looks, who is invited, what admins do.
namespace greenroom::protocol::irc {
namespace {

/// The others at her edge: one who was here.
struct neighbours final : company {
  int opers = 0;
  bool listens = false;
  std::string said;
  std::vector<past_person> past;

  void is_oper(bool on) override { opers += on ? 1 : -1; }
  void hears_wallops(bool on) override { listens = on; }
  void wallops(const std::string& frames) override { said += frames; }
  std::vector<past_person> past_of(const core::user_id&) const override { return past; }
};

struct conversation_people : conversation_test {
  std::shared_ptr<neighbours> others = std::make_shared<neighbours>();

  void SetUp() override {
    company_here = others;
    sign_in();
  }
  std::string seen(const char* user, core::user_state state) {
    take(ada->seen({{user}, std::move(state), 0}, now));
    return told();
  }
};

TEST_F(conversation_people, MonitorSaysWhoIsOnlineAndWhatChanges) {
  EXPECT_EQ(say("MONITOR + bob,carl,1"), "");
  answer(core::who_are{{{{"Bob"}, {.online = true}}}});
  EXPECT_EQ(told(),
            ":greenroom.irc 432 ada 1 :Erroneous nickname\r\n"
            ":greenroom.irc 730 ada :bob!~u@user-bob\r\n"
            ":greenroom.irc 731 ada :carl\r\n");
  ASSERT_EQ(watched.size(), 1u);
  EXPECT_THAT(watched[0].begin, ElementsAre(core::user_id{"bob"}, core::user_id{"carl"}));
  EXPECT_EQ(seen("bob", {.online = true}), "") << "that is known";
  EXPECT_EQ(seen("Bob", {}), ":greenroom.irc 731 ada :bob\r\n");
  EXPECT_EQ(seen("carl", {.online = true}), ":greenroom.irc 730 ada :carl!~u@user-carl\r\n");
  EXPECT_EQ(say("MONITOR S"),
            ":greenroom.irc 730 ada :carl!~u@user-carl\r\n"
            ":greenroom.irc 731 ada :bob\r\n");
  EXPECT_EQ(say("MONITOR L"),
            ":greenroom.irc 732 ada :bob,carl\r\n"
            ":greenroom.irc 733 ada :End of MONITOR list\r\n");
  EXPECT_EQ(say("MONITOR - bob"), "");
  EXPECT_THAT(watched[1].end, ElementsAre(core::user_id{"bob"}));
  EXPECT_EQ(seen("bob", {.online = true}), "");
  EXPECT_EQ(say("MONITOR C"), "");
  EXPECT_THAT(watched[2].end, ElementsAre(core::user_id{"carl"}));
  EXPECT_EQ(say("MONITOR L"), ":greenroom.irc 733 ada :End of MONITOR list\r\n");
}

TEST_F(conversation_people, AChangeThatOvertakesTheAnswerIsSaidOnce) {
  say("MONITOR + bob");
  EXPECT_EQ(seen("bob", {.online = true}), ":greenroom.irc 730 ada :bob!~u@user-bob\r\n");
  answer(core::who_are{});
  EXPECT_EQ(told(), "");
}

TEST_F(conversation_people, AHundredAreMonitoredAndNoMore) {
  std::string names = "a0";
  for (int i = 1; i < 60; ++i) names += ",a" + std::to_string(i);
  say("MONITOR + " + names);
  answer(core::who_are{});
  (void)told();
  names = "b0";
  for (int i = 1; i < 42; ++i) names += ",b" + std::to_string(i);
  say("MONITOR + " + names);
  EXPECT_EQ(std::get<core::who_is>(questions.at(0).what).users.size(), 40u);
  answer(core::who_are{});
  EXPECT_TRUE(told().starts_with(":greenroom.irc 734 ada 100 b40,b41 :Monitor list is full\r\n"));
}

TEST_F(conversation_people, ExtendedMonitorSaysWhoIsAwayUnlessARoomDoes) {
  sign_in("extended-monitor away-notify setname");
  say("MONITOR + bob");
  answer(core::who_are{{{{"bob"}, {.online = true}}}});
  (void)told();
  EXPECT_EQ(seen("bob", {.online = true, .away = "tea"}), ":bob!~u@user-bob AWAY :tea\r\n");
  EXPECT_EQ(seen("bob", {.online = true, .realname = "Bob B."}),
            ":bob!~u@user-bob AWAY\r\n:bob!~u@user-bob SETNAME :Bob B.\r\n");
  join("lobby");
  EXPECT_EQ(seen("bob", {.online = true, .away = "tea", .realname = "Bob B."}), "");
  answer(core::room_members{2, {{"ada"}, {"bob"}}});
  EXPECT_EQ(told(), "");
}

TEST_F(conversation_people, HerRoomsHearThatSheIsAway) {
  join("lobby");
  (void)seen("ada", {.online = true, .away = "tea", .connections = 1});
  const auto look = order<core::client_face>();
  EXPECT_EQ(look.room.value, "lobby");
  EXPECT_EQ(look.looks.away, "tea");
  EXPECT_TRUE(look.looks.realname.empty());
  join("den");
  EXPECT_EQ(order<core::client_face>().room.value, "den") << "who comes is away";
  (void)seen("ada", {.online = true, .away = "tea", .connections = 1, .realname = "Ada"});
  EXPECT_EQ(order<core::client_face>().looks.realname, "Ada");
}

TEST_F(conversation_people, WhoHasAnotherConnectionHasntQuit) {
  join("lobby");
  (void)seen("ada", {.online = true, .connections = 1});
  EXPECT_EQ(ada->farewell({"lobby"}), (core::farewell{core::departure::quit, "Connection closed", {}}));
  say("QUIT :gone to tea");
  EXPECT_EQ(ada->farewell({"lobby"}), (core::farewell{core::departure::quit, "Quit: gone to tea", {}}));
  (void)seen("ada", {.online = true, .connections = 2});
  EXPECT_EQ(ada->farewell({"lobby"}).how, core::departure::left);
}

TEST_F(conversation_people, APartHasItsReason) {
  join("lobby");
  say("PART #lobby :bye");
  EXPECT_EQ(ada->farewell({"lobby"}), (core::farewell{core::departure::left, "bye", {}}));
}

TEST_F(conversation_people, AnOperatorProvesIt) {
  EXPECT_EQ(say("KILL bob :spam"), ":greenroom.irc 481 ada :Permission denied: you're not an IRC operator\r\n");
  say("OPER root wrong");
  refuse(core::ec::bad_credentials);
  EXPECT_EQ(told(), ":greenroom.irc 464 ada :Password incorrect\r\n");
  EXPECT_EQ(others->opers, 0);
  say("OPER root secret");
  EXPECT_EQ(std::get<prove_admin>(questions.at(0).what).password, "secret");
  answer(admin_proved{{"root"}});
  EXPECT_EQ(told(),
            ":greenroom.irc 381 ada :You are now an IRC operator\r\n"
            ":ada!~u@user-ada MODE ada +o\r\n");
  EXPECT_EQ(others->opers, 1);
  EXPECT_TRUE(ada->face().oper);
  say("KILL bob :spam");
  answer(core::who_are{{{{"bob"}, {.online = true}}}});
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].kind, core::news_kind::killed);
  EXPECT_EQ(sent[0].user.value, "bob");
  EXPECT_EQ(sent[0].text, "spam");
  say("WALLOPS :hear me");
  EXPECT_EQ(others->said, ":ada!~u@user-ada WALLOPS :hear me\r\n");
  EXPECT_EQ(say("MODE ada -o+w"), ":ada!~u@user-ada MODE ada -o+w\r\n");
  EXPECT_EQ(others->opers, 0);
  EXPECT_TRUE(others->listens);
}

TEST_F(conversation_people, SheIsKilled) {
  const core::user_news news{.user = {"ada"}, .kind = core::news_kind::killed, .by = {"root"}, .text = "spam"};
  take(ada->event(core::news_event{&news}, now));
  EXPECT_EQ(told(), ":root!~u@user-root KILL ada :spam\r\n");
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].reason, "Killed (root (spam))");
}

TEST_F(conversation_people, IntoAnOpenRoomAPersonIsAsked) {
  join("lobby");
  const auto invite = [&] {
    say("INVITE bob #lobby");
    answer(core::users_found{{{"Bob"}}});
    answer(core::room_entered{});
  };
  invite();
  EXPECT_EQ(std::get<core::invite_person>(questions.at(0).what).user.value, "Bob");
  refuse(core::ec::fenced);
  EXPECT_EQ(told(), "") << "the room moves";
  take(ada->tick(now));
  answer(core::person_invited{{"lobby"}});
  EXPECT_EQ(told(), ":greenroom.irc 341 ada Bob #lobby\r\n");
  invite();
  refuse(core::ec::conflict);
  EXPECT_EQ(told(), ":greenroom.irc 443 ada Bob #lobby :is already on channel\r\n");
  EXPECT_TRUE(commands.empty());
}

TEST_F(conversation_people, OfAnyOtherRoomTheyBecomeAMember) {
  join("lobby");
  say("INVITE bob #lobby");
  answer(core::users_found{{{"bob"}}});
  core::room_entered there;
  there.info.settings.access = core::room_access::invited;
  answer(there);
  EXPECT_EQ(order<core::client_send>().kind, core::entry_kind::add);
}

TEST_F(conversation_people, HerOwnInvitationsOpenADoor) {
  const core::user_news news{.user = {"ada"}, .kind = core::news_kind::invited, .room = {"den"}, .by = {"bob"}};
  take(ada->event(core::news_event{&news}, now));
  EXPECT_EQ(told(), ":bob!~u@user-bob INVITE ada #den\r\n");
  EXPECT_EQ(say("INVITE"),
            ":greenroom.irc 336 ada #den\r\n"
            ":greenroom.irc 337 ada :End of /INVITE list\r\n");
  say("JOIN #den");
  EXPECT_TRUE(order<core::client_join>().knocks);
}

TEST_F(conversation_people, WhoShowsWhatIsKnownOfAPerson) {
  say("WHO bob");
  answer(core::users_found{{{"Bob"}}});
  answer(core::who_are{
      {{{"bob"}, {.online = true, .away = "tea", .realname = "Bob B.", .bot = true, .ident = "bb", .oper = true}}}});
  EXPECT_EQ(told(),
            ":greenroom.irc 352 ada * ~bb user-Bob greenroom.irc Bob G*B :0 Bob B.\r\n"
            ":greenroom.irc 315 ada bob :End of /WHO list\r\n");
  join("lobby");
  say("WHO b*");
  answer(core::room_members{2, {{"ada"}, {"bob"}}});
  answer(core::who_are{{{{"bob"}, {.online = true}}}});
  EXPECT_EQ(told(),
            ":greenroom.irc 352 ada * ~u user-bob greenroom.irc bob H :0 bob\r\n"
            ":greenroom.irc 315 ada b* :End of /WHO list\r\n");
}

TEST_F(conversation_people, WhoShowsTheSignsOfARoom) {
  const auto who = [&] {
    say("WHO #lobby");
    answer(core::room_members{3, {{"ada"}, {"bob"}, {"carl"}}});
    answer(core::member_list{{{{"bob"}, core::room_role::owner}, {{"carl"}, core::room_role::member}}, false});
    core::room_entered there;
    const std::vector<core::mode_change> voices{{'v', true, "bob"}, {'v', true, "carl"}};
    there.info.settings.modes = core::changed_by({}, voices);
    answer(there);
    answer(core::who_are{{{{"carl"}, {.online = true, .away = "tea"}}}});
    return told();
  };
  join("lobby");
  EXPECT_EQ(who(),
            ":greenroom.irc 352 ada #lobby ~u user-ada greenroom.irc ada H :0 ada\r\n"
            ":greenroom.irc 352 ada #lobby ~u user-bob greenroom.irc bob H@ :0 bob\r\n"
            ":greenroom.irc 352 ada #lobby ~u user-carl greenroom.irc carl G+ :0 carl\r\n"
            ":greenroom.irc 315 ada #lobby :End of /WHO list\r\n");
  sign_in("multi-prefix");
  join("lobby");
  EXPECT_THAT(who(), testing::HasSubstr(" bob H@+ :0 bob\r\n"));
}

TEST_F(conversation_people, WhoisHasAllLines) {
  join("lobby");
  say("WHOIS bob");
  answer(core::users_found{{{"bob"}}});
  answer(core::who_are{{{{"bob"},
                         {.online = true,
                          .away = "tea",
                          .idle_ms = 5000,
                          .realname = "Bob B.",
                          .bot = true,
                          .ident = "bb",
                          .oper = true,
                          .since = core::wall_time{core::seconds{9}}}}}});
  answer(core::room_members{2, {{"ada"}, {"bob"}}});
  EXPECT_EQ(told(),
            ":greenroom.irc 311 ada bob ~bb user-bob * :Bob B.\r\n"
            ":greenroom.irc 319 ada bob :@#lobby\r\n"
            ":greenroom.irc 312 ada bob greenroom.irc :Greenroom\r\n"
            ":greenroom.irc 313 ada bob :is an IRC operator\r\n"
            ":greenroom.irc 301 ada bob :tea\r\n"
            ":greenroom.irc 330 ada bob bob :is logged in as\r\n"
            ":greenroom.irc 335 ada bob :is a bot\r\n"
            ":greenroom.irc 317 ada bob 5 9 :seconds idle, signon time\r\n"
            ":greenroom.irc 318 ada bob :End of /WHOIS list\r\n");
}

TEST_F(conversation_people, WhowasGoesWithTheAccount) {
  others->past = {{{"Bob"}, "b2", "Two", {}}, {{"Bob"}, {}, "One", {}}};
  say("WHOWAS bob 1");
  answer(core::users_found{{{"Bob"}}});
  EXPECT_TRUE(told().starts_with(":greenroom.irc 314 ada Bob ~b2 user-Bob * :Two\r\n"));
  say("WHOWAS bob");
  answer(core::users_found{});
  EXPECT_EQ(told(),
            ":greenroom.irc 406 ada bob :There was no such nickname\r\n"
            ":greenroom.irc 369 ada bob :End of WHOWAS\r\n");
}

TEST_F(conversation_people, ANameIsChanged) {
  EXPECT_EQ(say("SETNAME :Ada the Second"), "") << "to a client that doesn't know the word";
  EXPECT_EQ(ada->face().realname, "Ada the Second");
  EXPECT_EQ(say("SETNAME :" + std::string(129, 'x')),
            ":greenroom.irc FAIL SETNAME INVALID_REALNAME :A name has 1 to 128 bytes.\r\n");
  sign_in("setname");
  EXPECT_EQ(say("SETNAME Countess"), ":ada!~u@user-ada SETNAME :Countess\r\n");
}

TEST_F(conversation_people, ANickIsAnAccountsName) {
  EXPECT_EQ(say("NICK ADA"), "");
  EXPECT_THAT(say("NICK 1st"), testing::HasSubstr(" 432 ada 1st :"));
  say("NICK eve");
  answer(core::users_found{{{"eve"}}});
  EXPECT_THAT(told(), testing::HasSubstr(" 433 ada eve :"));
  say("NICK zoe");
  answer(core::users_found{});
  EXPECT_THAT(told(), testing::HasSubstr(" 400 ada NICK :Your nick is your account's name"));
}

TEST_F(conversation_people, WhoIsThereAlreadyIsntInvited) {
  join("lobby");
  for (const auto* room : {"lobby", "den"}) {
    const core::user_news news{.user = {"ada"}, .kind = core::news_kind::added, .room = {room}, .by = {"bob"}};
    take(ada->event(core::news_event{&news}, now));
  }
  EXPECT_EQ(told(), ":bob!~u@user-bob INVITE ada #den\r\n");
}

TEST_F(conversation_people, ABotSaysSo) {
  EXPECT_EQ(say("MODE ada +B"), ":ada!~u@user-ada MODE ada +B\r\n");
  EXPECT_EQ(say("MODE ada +B"), "");
  EXPECT_EQ(say("MODE ada"), ":greenroom.irc 221 ada +iB\r\n");
  join("lobby");
  say("PRIVMSG #lobby :beep");
  EXPECT_EQ(order<core::client_send>().extra, R"({"bot":true})");
}

TEST_F(conversation_people, FromOutsideOneWritesWhereTheRoomAllowsIt) {
  say("PRIVMSG #lobby :hi");
  core::room_entered there;
  there.info.settings.modes = core::changed_by({}, std::vector<core::mode_change>{{'n', false, {}}});
  answer(there);
  const auto post = std::get<core::perform_act>(questions.at(0).what);
  EXPECT_EQ(post.what.text, "hi");
  EXPECT_FALSE(post.as_admin);
  answer(core::act_performed{});
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace greenroom::protocol::irc
