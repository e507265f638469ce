#include "test/protocol/irc/conversation_fixture.hpp"

/// MODE for rooms: looked up first, then acts.
namespace greenroom::protocol::irc {
namespace {

struct conversation_modes : conversation_test {
  void SetUp() override {
    sign_in();
    join("lobby");
  }
  /// Ada says this, and the room is looked up.
  void ask_mode(const std::string& text, core::room_settings settings = {}, const char* owner = "ada") {
    say("MODE #lobby " + text);
    core::room_entered there;
    there.info.room = {"Lobby"};
    there.info.owner = {owner};
    there.info.settings = std::move(settings);
    answer(there);
  }
  void people(std::vector<core::user_id> accounts, std::vector<core::user_id> here) {
    answer(core::users_found{std::move(accounts)});
    answer(core::room_members{2, std::move(here)});
  }
  static core::room_settings with(std::vector<core::mode_change> changes) {
    core::room_settings out;
    out.modes = core::changed_by({}, changes);
    return out;
  }
  static std::string words(const core::client_send& what) { return core::words_of(what.act->set.modes); }
};

TEST_F(conversation_modes, SettingsAreOneAct) {
  ask_mode("+ik-t+l+m key 5");
  const auto send = order<core::client_send>();
  ASSERT_EQ(send.kind, core::entry_kind::settings);
  EXPECT_EQ(words(send), "+k-t+l * 5");
  EXPECT_EQ(send.act->set.modes[0].value, "key");
  EXPECT_TRUE(send.act->set.has(core::setting::access) && send.act->set.has(core::setting::post));
  EXPECT_EQ(send.act->set.to.access, core::room_access::invited);
  EXPECT_EQ(send.act->set.to.post, core::room_posting::moderators);
  EXPECT_FALSE(send.act->extra.empty()) << "for the entry";
  take(ada->event(core::error_event{{core::ec::forbidden, "No.", 0}, {"lobby"}, send.client_id}, now));
  EXPECT_EQ(told(), ":greenroom.irc 482 ada #lobby :No.\r\n");
}

TEST_F(conversation_modes, WhoMayComeInAndWriteIsTheOwnersToSay) {
  ask_mode("+mis", {}, "bob");
  const auto send = order<core::client_send>();
  EXPECT_EQ(words(send), "+s") << "what a moderator may change isn't held up";
  EXPECT_FALSE(send.act->set.has(core::setting::access) || send.act->set.has(core::setting::post));
  take(ada->event(core::unchanged_event{{"lobby"}, send.client_id}, now));
  EXPECT_EQ(told(), ":greenroom.irc 482 ada #Lobby :Only the room's owner changes +i and +m\r\n");
}

TEST_F(conversation_modes, APrivateRoomIsForInvitedPeopleAlways) {
  ask_mode("-i", {.access = core::room_access::secret});
  EXPECT_TRUE(commands.empty());
}

TEST_F(conversation_modes, AMaskOfAnAccountIsItsBan) {
  ask_mode("+b $a:Bob");
  people({{"bob"}}, {});
  const auto ban = order<core::client_send>();
  EXPECT_EQ(ban.kind, core::entry_kind::ban);
  EXPECT_EQ(ban.act->subject.value, "bob");
}

TEST_F(conversation_modes, AMaskOfNobodyStaysAMask) {
  ask_mode("+b bob");
  people({}, {});
  EXPECT_EQ(words(order<core::client_send>()), "+b bob!*@*");
}

TEST_F(conversation_modes, AMaskThatIsOnTheListIsTakenOffWhoeverItMeansByNow) {
  ask_mode("-b BOB", with({{'b', true, "bob!*@*"}}));
  people({{"bob"}}, {});
  EXPECT_EQ(words(order<core::client_send>()), "-b BOB!*@*");
  EXPECT_EQ(order<core::client_send>().kind, core::entry_kind::unban);
}

TEST_F(conversation_modes, OperatorsAndVoicesAreThere) {
  ask_mode("+ov bob carl");
  people({{"Bob"}, {"Carl"}}, {{"bob"}, {"carl"}});
  EXPECT_EQ(words(order<core::client_send>()), "+v Carl");
  const auto role = order<core::client_send>();
  EXPECT_EQ(role.kind, core::entry_kind::role);
  EXPECT_EQ(role.act->subject.value, "Bob");
  EXPECT_EQ(role.act->role, core::room_role::moderator);
  EXPECT_EQ(role.act->extra, R"({"role":"moderator"})");
}

TEST_F(conversation_modes, WhoIsntThereAndWhoIsNobody) {
  ask_mode("+oo bob carl");
  people({{"bob"}}, {});
  EXPECT_EQ(told(),
            ":greenroom.irc 441 ada bob #Lobby :They aren't on that channel\r\n"
            ":greenroom.irc 401 ada carl :No such nick\r\n");
}

TEST_F(conversation_modes, ARoomThatIsntThereAndOneWhereSheIsnt) {
  say("MODE #elsewhere +m");
  refuse(core::ec::not_found);
  EXPECT_EQ(told(), ":greenroom.irc 403 ada #elsewhere :No such channel\r\n");
  say("MODE #elsewhere +m");
  core::room_entered there;
  there.info.room = {"elsewhere"};
  answer(there);
  EXPECT_EQ(told(), ":greenroom.irc 442 ada #elsewhere :You're not on that channel\r\n");
}

TEST_F(conversation_modes, ListsAreShown) {
  const auto set = with({{'e', true, "bob!*@*"}, {'I', true, "$a:carl"}, {'b', true, "*!*@spam"}});
  ask_mode("e", set);
  EXPECT_EQ(told(),
            ":greenroom.irc 348 ada #Lobby bob!*@*\r\n"
            ":greenroom.irc 349 ada #Lobby :End of channel exception list\r\n");
  ask_mode("+I", set);
  EXPECT_EQ(told(),
            ":greenroom.irc 346 ada #Lobby $a:carl\r\n"
            ":greenroom.irc 347 ada #Lobby :End of channel invite exception list\r\n");
  ask_mode("b", set);
  answer(core::sanction_list{{{{{"eve"}, {"bob"}, {}, {}}, core::wall_time{core::seconds{7}}}}, false});
  EXPECT_EQ(told(),
            ":greenroom.irc 367 ada #Lobby *!*@spam\r\n"
            ":greenroom.irc 367 ada #Lobby eve!*@* bob 7\r\n"
            ":greenroom.irc 368 ada #Lobby :End of channel ban list\r\n");
}

TEST_F(conversation_modes, AListIsFullAtAHundredMasks) {
  std::vector<core::mode_change> masks;
  for (int i = 0; i < 99; ++i) masks.push_back({'b', true, "*!*@" + std::to_string(i)});
  ask_mode("+bbe *!*@a *!*@b *!*@c", with(masks));
  const auto send = order<core::client_send>();
  EXPECT_EQ(words(send), "+be *!*@a *!*@c");
  take(ada->event(core::unchanged_event{{"lobby"}, send.client_id}, now));
  EXPECT_EQ(told(), ":greenroom.irc 478 ada #Lobby b *!*@b :Channel list is full\r\n");
}

TEST_F(conversation_modes, AKeyIsNeverShown) {
  ask_mode("", with({{'k', true, "secret"}, {'l', true, "5"}, {'s', true, {}}, {'t', false, {}}}));
  EXPECT_EQ(told(),
            ":greenroom.irc 324 ada #Lobby +nskl * 5\r\n"
            ":greenroom.irc 329 ada #Lobby 0\r\n");
  EXPECT_EQ(say("MODE #lobby +k a:b"), "");
  answer(core::room_entered{});
  EXPECT_EQ(told().find("a:b"), std::string::npos);
}

TEST_F(conversation_modes, AnOwnerIsLikeAnybodyUntilTheySayOtherwise) {
  ask_mode("-o ada");
  people({{"ada"}}, {{"ada"}});
  EXPECT_EQ(told(), ":ada!~u@user-ada MODE #Lobby -o ada\r\n");
  EXPECT_EQ(say("KICK #lobby bob"), ":greenroom.irc 482 ada #lobby :You're not channel operator\r\n");
  EXPECT_EQ(say("TOPIC #lobby :x"), ":greenroom.irc 482 ada #lobby :You're not channel operator\r\n");
  say("WHO #lobby");
  answer(core::room_members{1, {{"ada"}}});
  answer(core::member_list{{{{"ada"}, core::room_role::owner}}, false});
  answer(core::room_entered{});
  answer(core::who_are{{{{"ada"}, {.online = true}}}});
  EXPECT_THAT(told(), testing::HasSubstr(" ada H :0 ada\r\n"));
  ask_mode("+o ada");
  people({{"ada"}}, {{"ada"}});
  EXPECT_EQ(told(), ":ada!~u@user-ada MODE #Lobby +o ada\r\n");
  say("KICK #lobby bob");
  EXPECT_EQ(order<core::client_send>().kind, core::entry_kind::remove);
}

TEST_F(conversation_modes, AJoinSaysItsKeyAndHearsWhatKeepsItOut) {
  say("JOIN #den,#hall secret");
  EXPECT_EQ(order<core::client_join>().key, "secret");
  const auto refused = [&](const char* room, core::room_bar bar) {
    core::error why{core::ec::forbidden, {}, 0};
    why.bar = bar;
    take(ada->event(core::error_event{why, {room}, {}}, now));
    return told();
  };
  EXPECT_EQ(refused("den", core::room_bar::key), "");
  EXPECT_TRUE(order<core::client_join>().key.empty());
  EXPECT_EQ(refused("hall", core::room_bar::most),
            ":greenroom.irc 475 ada #den :Cannot join channel (+k)\r\n"
            ":greenroom.irc 471 ada #hall :Cannot join channel (+l)\r\n");
}

}  // namespace
}  // namespace greenroom::protocol::irc
