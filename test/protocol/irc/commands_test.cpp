#include "protocol/irc/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "protocol/irc/command_table.hpp"
#include "protocol/irc/speaker.hpp"

namespace greenroom::protocol::irc {
namespace {

using testing::ElementsAre;
using texts = std::vector<std::string>;

// The command, which must be one of that kind.
template <class Command>
Command read(std::string_view text) {
  auto got = read_command(parse(text), "ada");
  auto* what = std::get_if<any_command>(&got);
  auto* one = what == nullptr ? nullptr : std::get_if<Command>(what);
  EXPECT_NE(one, nullptr) << text;
  return one == nullptr ? Command{} : std::move(*one);
}

// How it is refused, without the server and the nick.
std::string refused(std::string_view name, const complaint& why) {
  texts out;
  speaker("s", "n", out).complain(name, why);
  return out.front().substr(out.front().find(' ') + 1);
}
std::string refused(std::string_view text) {
  const line what = parse(text);
  const auto got = read_command(what, "ada");
  const auto* why = std::get_if<complaint>(&got);
  EXPECT_NE(why, nullptr) << text;
  return why == nullptr ? "" : refused(what.command, *why);
}
bool does_nothing(std::string_view text) {
  const auto got = read_command(parse(text), "ada");
  const auto* what = std::get_if<any_command>(&got);
  return what != nullptr && std::holds_alternative<std::monostate>(*what);
}

// Targets as words; of refused ones the refusal.
std::string word_of(const core::room_id& room) { return room.value; }
std::string word_of(const core::user_id& user) { return user.value; }
std::string word_of(const kick_command::one& one) { return one.room.value + ":" + one.user.value; }
std::string word_of(const join_command::one& one) { return one.room.value + (one.key.empty() ? "" : "=" + one.key); }
std::string word_of(const message_target& one) {
  using reach = message_target::reach;
  switch (one.to) {
    case reach::room:
      return "room " + one.room.value;
    case reach::operators:
      return "operators of " + one.room.value;
    case reach::voiced:
      return "voiced of " + one.room.value;
    case reach::user:
      return "user " + one.user.value;
  }
  return {};
}
std::string word_of(const complaint& why) { return refused("X", why); }
template <class Target>
texts words_of(const each<Target>& all) {
  texts out;
  for (const auto& one : all) std::visit([&](const auto& held) { out.push_back(word_of(held)); }, one);
  return out;
}

TEST(IrcCommands, TheTableFindsEveryCommandInAnyCase) {
  for (const auto& one : command_table()) EXPECT_EQ(find_command(one.name), &one);
  EXPECT_EQ(find_command("privmsg")->name, "PRIVMSG");
  EXPECT_EQ(find_command("PRIVMS"), nullptr);
  EXPECT_EQ(find_command(""), nullptr);
  EXPECT_TRUE(does_nothing("PING x")) << "isn't read here";
}

TEST(IrcCommands, TooFewParametersAreRefusedByName) {
  for (const auto* text : {"JOIN", "JOIN :", "JOIN ,", "PART", "TOPIC", "KICK #a", "KICK #a ,", "MODE", "TAGMSG",
                           "REDACT #a", "INVITE bob", "MONITOR", "MONITOR +"})
    EXPECT_THAT(refused(text), testing::StartsWith("461 n " + std::string(parse(text).command) + " :")) << text;
}

TEST(IrcCommands, JoinAnswersEachRoomForItself) {
  EXPECT_THAT(words_of(read<join_command>("JOIN #a,b,,#c,#d! k").rooms),
              ElementsAre("a=k", "403 n b :No such channel", "c", "403 n #d! :No such channel"));
  EXPECT_THAT(words_of(read<join_command>("JOIN #a,#b,#c k,,l").rooms), ElementsAre("a=k", "b", "c=l"));
  EXPECT_TRUE(read<join_command>("JOIN 0").leave_all);
}

TEST(IrcCommands, PartTopicKickAndInviteNameRooms) {
  const auto gone = read<part_command>("PART #a,#b :see you");
  EXPECT_THAT(words_of(gone.rooms), ElementsAre("a", "b"));
  EXPECT_EQ(gone.reason, "see you");
  EXPECT_EQ(read<topic_command>("TOPIC #a").topic, std::nullopt);
  EXPECT_EQ(read<topic_command>("TOPIC #a :").topic, "");
  EXPECT_EQ(read<topic_command>("TOPIC #a :" + std::string(400, 'x')).topic->size(), 390u);
  EXPECT_EQ(refused("TOPIC a"), "403 n a :No such channel");
  const auto kicked = read<kick_command>("KICK #a bob,1,carl :spam");
  EXPECT_THAT(words_of(kicked.users), ElementsAre("a:bob", "401 n 1 :No such nick", "a:carl"));
  EXPECT_THAT(words_of(read<kick_command>("KICK #a,#b bob,carl").users), ElementsAre("a:bob", "b:carl"));
  EXPECT_THAT(refused("KICK #a,#b bob"), testing::StartsWith("461 ")) << "one for each room";
  EXPECT_EQ(kicked.reason, "spam");
  EXPECT_THAT(refused("KICK #a a,b,c,d,e,f,g,h,i,j,k"), testing::StartsWith("407 "));
  EXPECT_FALSE(read<invite_command>("INVITE").user);
  EXPECT_EQ(read<invite_command>("INVITE bob #a").user->value, "bob");
  EXPECT_EQ(refused("INVITE 1 #a"), "401 n 1 :No such nick");
  EXPECT_EQ(refused("INVITE bob a"), "403 n a :No such channel");
}

TEST(IrcCommands, MessagesHaveReceiversAndATextOfOneKind) {
  auto got = read<message_command>("PRIVMSG #a,bob,@#a,+#a :hi");
  EXPECT_THAT(words_of(got.to), ElementsAre("room a", "user bob", "operators of a", "voiced of a"));
  EXPECT_EQ(got.kind, core::entry_kind::text);
  EXPECT_EQ(got.text, "hi");
  got = read<message_command>("NOTICE #a :hi");
  EXPECT_EQ(got.kind, core::entry_kind::notice);
  got = read<message_command>(
      "PRIVMSG #a :\x01"
      "ACTION waves a flag\x01");
  EXPECT_EQ(got.kind, core::entry_kind::action);
  EXPECT_EQ(got.text, "waves a flag");
  EXPECT_FALSE(got.ctcp);
  got = read<message_command>("PRIVMSG bob :\x01VERSION\x01");
  EXPECT_TRUE(got.ctcp);
  EXPECT_EQ(got.text, "\x01VERSION\x01");
}

TEST(IrcCommands, MessagesWithoutAReceiverOrATextAreRefused) {
  EXPECT_EQ(refused("PRIVMSG"), "411 n :No recipient given (PRIVMSG)");
  EXPECT_EQ(refused("PRIVMSG #a"), "412 n :No text to send");
  EXPECT_EQ(refused("PRIVMSG #a :"), "412 n :No text to send");
  EXPECT_EQ(refused("PRIVMSG #a :\x01"
                    "ACTION \x01"),
            "412 n :No text to send");
  EXPECT_EQ(refused("PRIVMSG a,b,c,d,e :x"), "407 n a,b,c,d,e :Too many targets");
  EXPECT_THAT(refused("PRIVMSG #a :a\x07"
                      "b"),
              testing::StartsWith("FAIL PRIVMSG INVALID_UTF8 :"));
  EXPECT_THAT(words_of(read<message_command>("PRIVMSG 1,$$*,#a :x").to),
              ElementsAre("401 n 1 :No such nick", "401 n $$* :No such nick", "room a"));
}

TEST(IrcCommands, ANoticeIsNeverAnsweredWithANumeric) {
  for (const auto* text : {"NOTICE", "NOTICE #a", "NOTICE a,b,c,d,e :x", "NOTICE 1 :x"})
    EXPECT_TRUE(does_nothing(text)) << text;
  EXPECT_THAT(words_of(read<message_command>("NOTICE 1,#a :x").to), ElementsAre("room a"));
}

TEST(IrcCommands, ATextMustFitInALineToItsTarget) {
  const std::string frame = ":ada!~u@user-ada PRIVMSG #a :", text(510 - frame.size(), 'x');
  EXPECT_THAT(words_of(read<message_command>("PRIVMSG #a :" + text).to), ElementsAre("room a"));
  EXPECT_THAT(words_of(read<message_command>("PRIVMSG #a,#ab :" + text).to),
              ElementsAre("room a", "417 n :Input line was too long"));
}

TEST(IrcCommands, TagsSayWhatAMessageAnswersAndWhatToPassOn) {
  const auto got =
      read<message_command>("@label=1;+x=a\\s;+reply=0000000000000abc-7;greenroom.chat/id=my\\:id PRIVMSG #a :hi");
  EXPECT_EQ(got.tags, "+x=a\\s");
  EXPECT_EQ(got.id, "my;id");
  ASSERT_TRUE(got.answers);
  EXPECT_EQ(*got.answers, (message_reference{{0xabc}, {7}}));
  EXPECT_FALSE(read<message_command>("@+reply=0000000000000abc-tab PRIVMSG #a :hi").answers);
  EXPECT_THAT(refused("@greenroom.chat/id=~1 PRIVMSG #a :hi"), testing::StartsWith("FAIL PRIVMSG INVALID_ID :"));
  EXPECT_THAT(refused("@greenroom.chat/id=\xc3\xa4 PRIVMSG #a :hi"), testing::StartsWith("FAIL PRIVMSG INVALID_ID :"));
  const auto tags = read<tag_command>("@+typing=active;x=1 TAGMSG #a");
  EXPECT_EQ(tags.tags, "+typing=active");
  EXPECT_THAT(words_of(tags.to), ElementsAre("room a"));
}

TEST(IrcCommands, AMessagesIdIsItsGenerationAndItsNumber) {
  EXPECT_EQ(message_from("0000000000000abc-7"), (message_reference{{0xabc}, {7}}));
  for (const auto* id : {"", "7", "abc-7", "0000000000000abc-", "0000000000000abc-0", "0000000000000abc-07",
                         "0000000000000ABC-7", "0000000000000abc-t7", "0000000000000abc-7 ", "0000000000000abcd-7"})
    EXPECT_EQ(message_from(id), std::nullopt) << id;
}

TEST(IrcCommands, ARedactionNamesAMessage) {
  const auto got = read<redact_command>("REDACT #a 0000000000000abc-7 :rude words");
  EXPECT_EQ(got.target.room.value, "a");
  EXPECT_EQ(got.message, (message_reference{{0xabc}, {7}}));
  EXPECT_EQ(got.reason, "rude words");
  const auto unknown = read<redact_command>("REDACT bob xyz");
  EXPECT_EQ(unknown.id, "xyz");
  EXPECT_FALSE(unknown.message);
  EXPECT_THAT(refused("REDACT 1 xyz"), testing::StartsWith("FAIL REDACT INVALID_TARGET 1 :"));
}

// ---- questions -------------------------------------------------------------------------------------------------

TEST(IrcCommands, QuestionsAboutPeople) {
  EXPECT_THAT(words_of(read<names_command>("NAMES #a,x").rooms), ElementsAre("a", "403 n x :No such channel"));
  EXPECT_TRUE(read<names_command>("NAMES").rooms.empty());
  const auto who = read<who_command>("WHO #a %tcuhn,42");
  EXPECT_EQ(who.mask, "#a");
  EXPECT_TRUE(who.extended);
  EXPECT_EQ(who.fields, "tcuhn");
  EXPECT_EQ(who.token, "42");
  EXPECT_EQ(read<who_command>("WHO a %t,1234").token, "");
  EXPECT_FALSE(read<who_command>("WHO a o").extended);
  EXPECT_EQ(read<away_command>("AWAY").message, std::nullopt);
  EXPECT_EQ(read<away_command>("AWAY :").message, std::nullopt);
  EXPECT_EQ(read<away_command>("AWAY :" + std::string(400, 'x')).message->size(), 390u);
  const auto monitor = read<monitor_command>("MONITOR + bob,1");
  EXPECT_EQ(monitor.what, monitor_command::verb::add);
  EXPECT_THAT(words_of(monitor.users), ElementsAre("bob", "401 n 1 :No such nick"));
  EXPECT_EQ(read<monitor_command>("MONITOR - bob").what, monitor_command::verb::remove);
  EXPECT_EQ(read<monitor_command>("MONITOR c").what, monitor_command::verb::clear);
  EXPECT_EQ(read<monitor_command>("MONITOR L").what, monitor_command::verb::list);
  EXPECT_EQ(read<monitor_command>("MONITOR S").what, monitor_command::verb::status);
  EXPECT_TRUE(does_nothing("MONITOR X"));
}

TEST(IrcCommands, AListHasConditions) {
  using of = list_condition::of;
  const auto got = read<list_command>("LIST >3,<10,C>60,C<5,T<7,t>8,*chat*,!*spam*,#a,nonsense");
  EXPECT_THAT(got.conditions,
              ElementsAre(list_condition{of::more_users, "", 3}, list_condition{of::fewer_users, "", 10},
                          list_condition{of::older, "", 60}, list_condition{of::newer, "", 5},
                          list_condition{of::topic_newer, "", 7}, list_condition{of::topic_older, "", 8},
                          list_condition{of::mask, "*chat*", 0}, list_condition{of::no_mask, "*spam*", 0}));
  EXPECT_THAT(words_of(got.rooms), ElementsAre("a", "403 n nonsense :No such channel"));
  EXPECT_TRUE(read<list_command>("LIST").rooms.empty());
}

TEST(IrcCommands, HistoryIsAskedForByPlaces) {
  using verb = history_command::verb;
  auto got = read<history_command>("CHATHISTORY latest #a * 50");
  EXPECT_EQ(got.what, verb::latest);
  EXPECT_EQ(got.target->room.value, "a");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(got.from));
  EXPECT_EQ(got.limit, 50u);
  got = read<history_command>("CHATHISTORY BEFORE bob timestamp=1970-01-01T00:00:00.001Z 5000");
  EXPECT_EQ(got.target->user.value, "bob");
  EXPECT_EQ(std::get<core::wall_time>(got.from), core::wall_time{core::milliseconds{1}});
  EXPECT_EQ(got.limit, 500u);
  got = read<history_command>("CHATHISTORY BETWEEN #a msgid=0000000000000abc-7 timestamp=2026-01-01T00:00:00.000Z 9");
  EXPECT_EQ(std::get<message_reference>(got.from), (message_reference{{0xabc}, {7}}));
  EXPECT_TRUE(std::holds_alternative<core::wall_time>(got.to));
  got = read<history_command>(
      "CHATHISTORY TARGETS timestamp=2026-01-01T00:00:00.000Z timestamp=2026-01-02T00:00:00.000Z 9");
  EXPECT_FALSE(got.target);
}

TEST(IrcCommands, HistoryIsRefusedByStandardReplies) {
  const std::string fail = "FAIL CHATHISTORY ";
  for (const auto& [text, answer] : std::vector<std::pair<std::string, std::string>>{
           {"", "INVALID_PARAMS * :This is no way"},
           {"NONSENSE #a * 50", "INVALID_PARAMS NONSENSE :This is no way"},
           {"LATEST #a *", "INVALID_PARAMS LATEST :Insufficient"},
           {"LATEST #a * 50 50", "INVALID_PARAMS LATEST :Too many"},
           {"BEFORE #a * 50", "INVALID_PARAMS BEFORE :This is no place"},
           {"BEFORE #a timestamp=now 50", "INVALID_PARAMS BEFORE :This is no time"},
           {"BEFORE #a foo=1 50", "INVALID_PARAMS BEFORE :This is no place"},
           {"TARGETS msgid=0000000000000abc-7 msgid=0000000000000abc-7 50", "INVALID_PARAMS TARGETS :This is no place"},
           {"BEFORE #a msgid=xyz 50", "MESSAGE_ERROR BEFORE #a :There is no such message."},
           {"BEFORE 1 * 50", "INVALID_TARGET BEFORE 1 :Messages"},
           {"LATEST #a * 0", "INVALID_PARAMS LATEST :The limit"},
           {"LATEST #a * x", "INVALID_PARAMS LATEST :The limit"}})
    EXPECT_THAT(refused("CHATHISTORY " + text), testing::StartsWith(fail + answer)) << text;
}

TEST(IrcCommands, MarksSpeakTimes) {
  EXPECT_EQ(read<mark_command>("MARKREAD #a").read, std::nullopt);
  EXPECT_EQ(read<mark_command>("MARKREAD bob timestamp=1970-01-01T00:00:00.001Z").read,
            core::wall_time{core::milliseconds{1}});
  EXPECT_EQ(refused("MARKREAD"), "FAIL MARKREAD NEED_MORE_PARAMS :Missing parameters");
  EXPECT_THAT(refused("MARKREAD #a *"), testing::StartsWith("FAIL MARKREAD INVALID_PARAMS #a * :"));
  EXPECT_THAT(refused("MARKREAD 1"), testing::StartsWith("FAIL MARKREAD INVALID_PARAMS 1 :"));
}

// ---- modes -----------------------------------------------------------------------------------------------------

texts steps_of(std::string_view text) {
  texts out;
  for (const auto& step : read<mode_command>(text).steps) {
    if (const auto* change = std::get_if<mode_change>(&step))
      out.push_back((change->on ? "+" : "-") + std::string(1, change->letter) +
                    (change->parameter.empty() ? "" : " " + change->parameter));
    else if (const auto* list = std::get_if<mode_list>(&step))
      out.push_back(std::string("list ") + list->letter);
    else
      out.push_back(refused("MODE", std::get<complaint>(step)));
  }
  return out;
}

TEST(IrcModes, AreReadStepByStep) {
  EXPECT_TRUE(read<mode_command>("MODE #a").steps.empty());
  EXPECT_EQ(read<mode_command>("MODE #a").of.room.value, "a");
  EXPECT_THAT(steps_of("MODE #a +ov-o ann bob carl"), ElementsAre("+o ann", "+v bob", "-o carl"));
  EXPECT_THAT(steps_of("MODE #a +nt-ims+C"), ElementsAre("+n", "+t", "-i", "-m", "-s", "+C"));
  EXPECT_THAT(steps_of("MODE #a +kl key 5"), ElementsAre("+k key", "+l 5"));
  EXPECT_THAT(steps_of("MODE #a -kl key"), ElementsAre("-k", "-l"));
  EXPECT_THAT(steps_of("MODE #a -k"), ElementsAre("-k"));
  EXPECT_THAT(steps_of("MODE #a b"), ElementsAre("list b"));
  EXPECT_THAT(steps_of("MODE #a +beI-b x"), ElementsAre("+b x!*@*", "list e", "list I", "list b"));
}

TEST(IrcModes, AWrongStepLeavesTheOthers) {
  EXPECT_THAT(steps_of("MODE #a +n\u00d3t"), ElementsAre("+n", "472 n \u00d3 :is unknown mode char to me", "+t"))
      << "a whole character";
  EXPECT_THAT(steps_of("MODE #a +nXt"), ElementsAre("+n", "472 n X :is unknown mode char to me", "+t"));
  EXPECT_THAT(steps_of("MODE #a +ol bob"), ElementsAre("+o bob", "461 n MODE :Not enough parameters"));
  EXPECT_THAT(steps_of("MODE #a +l 0"), ElementsAre("696 n #a l 0 :A limit is a number from 1 on."));
  for (const auto* key : {":a b", "a,b", "a:b", ":", "k23456789012345678901234567890123"})
    EXPECT_THAT(steps_of(std::string("MODE #a +k ") + key)[0], testing::StartsWith("696 n #a k ")) << key;
  EXPECT_THAT(steps_of("MODE ada +iX-w"), ElementsAre("+i", "-w", "501 n :Unknown MODE flag"));
  EXPECT_EQ(refused("MODE @#a +o x"), "403 n @#a :No such channel");
}

TEST(IrcModes, MasksAreKeptWhole) {
  for (const auto& [text, whole] : std::vector<std::pair<std::string, std::string>>{{"bob", "bob!*@*"},
                                                                                    {"bob!x", "bob!x@*"},
                                                                                    {"x@y", "*!x@y"},
                                                                                    {"a!b@c", "a!b@c"},
                                                                                    {"*", "*!*@*"},
                                                                                    {"*!~x@user-bob", "*!*@user-bob"},
                                                                                    {"*!*@*.user-bob", "*!*@user-bob"},
                                                                                    {"x@user-bob", "*!*@user-bob"},
                                                                                    {"b*!x@user-b*", "b*!x@user-b*"},
                                                                                    {"$a:bob", "$a:bob"},
                                                                                    {"m:bob", "m:bob"}})
    EXPECT_EQ(whole_mask(text), whole);
  EXPECT_EQ(whole_mask(""), std::nullopt);
  EXPECT_EQ(whole_mask(std::string(201, 'x')), std::nullopt);
  for (const auto* mask :
       {"bob!*@*", "*!*@user-bob", "$a:bob", "bob!~u@user-bob", "*!*u@user-bob", "bob!*u@*", "B?b!*@user-bob"})
    EXPECT_EQ(account_of_mask(mask), core::user_id{"bob"}) << mask;
  for (const auto* mask : {"bo*!*@*", "*!*@*", "bob!x@*", "*!*@user-*", "m:bob", "$a:*", "*!~u@*", "ann!*@user-bob"})
    EXPECT_EQ(account_of_mask(mask), std::nullopt) << mask;
  EXPECT_EQ(muted_by_mask("m:bob"), core::user_id{"bob"});
  EXPECT_EQ(muted_by_mask("bob!*@*"), std::nullopt);
}

}  // namespace
}  // namespace greenroom::protocol::irc
