#include "protocol/irc/entry_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/text.hpp"
#include "protocol/irc/hearing.hpp"
#include "protocol/irc/irc_dialect.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/long_text.hpp"
#include "protocol/irc/tags.hpp"
#include "protocol/voice.hpp"
#include "test/support/frames.hpp"

namespace greenroom::protocol::irc {
namespace {

using core::entry_kind;
using testing::ElementsAre;
using testing::IsEmpty;
using texts = std::vector<std::string>;

constexpr features bits(std::uint32_t all) { return static_cast<features>(all); }
constexpr auto plain = bits(0);
constexpr auto tagged = bits(hears::tags);
constexpr auto everything = bits(63);

const core::room_id lobby{"lobby"};
const core::generation_id generation{0xabc};
constexpr auto id7 = "0000000000000abc-7";

// The lines of bytes that each end with CR LF; each line must fit.
texts lines_of(std::string_view bytes) {
  texts out;
  while (!bytes.empty()) {
    const auto end = bytes.find("\r\n");
    EXPECT_NE(end, bytes.npos);
    out.emplace_back(bytes.substr(0, end));
    EXPECT_EQ(judge(out.back()).judged, verdict::command) << out.back();
    bytes.remove_prefix(end + 2);
  }
  return out;
}

texts heard(const core::room_entry& entry, features with = plain, const core::room_id& room = lobby, bool own = false,
            bool duplicate = false) {
  static const irc_dialect speaks;
  return lines_of(
      voice{speaks, with, framing::line, {}}.encoded(core::message_event{room, generation, &entry, own, duplicate}));
}

core::room_entry entry_of(entry_kind kind, std::string_view text, std::string_view extra = {}) {
  return {.seq = {7},
          .author = {"Ann"},
          .text = text,
          .at = core::wall_time{core::milliseconds{1}},
          .kind = kind,
          .extra = extra};
}
core::room_entry act_of(entry_kind kind, std::string_view subject, std::string_view why = {},
                        std::string_view extra = {}) {
  auto out = entry_of(kind, why, extra);
  out.subject = {std::string(subject)};
  return out;
}

TEST(IrcEntry, ATextIsAPrivmsgANoticeANoticeAndAnActionAnAction) {
  EXPECT_THAT(heard(entry_of(entry_kind::text, "hello")), ElementsAre(":Ann!~u@user-Ann PRIVMSG #lobby :hello"));
  EXPECT_THAT(heard(entry_of(entry_kind::notice, "hello")), ElementsAre(":Ann!~u@user-Ann NOTICE #lobby :hello"));
  EXPECT_THAT(heard(entry_of(entry_kind::action, "waves")), ElementsAre(":Ann!~u@user-Ann PRIVMSG #lobby :\x01"
                                                                        "ACTION waves\x01"));
}

TEST(IrcEntry, TagsAreThoseThatWereAskedFor) {
  const auto entry = entry_of(entry_kind::text, "hello");
  const std::string line = ":Ann!~u@user-Ann PRIVMSG #lobby :hello";
  EXPECT_THAT(heard(entry, tagged), ElementsAre("@msgid=" + std::string(id7) + " " + line));
  EXPECT_THAT(heard(entry, bits(hears::time)), ElementsAre("@time=1970-01-01T00:00:00.001Z " + line));
  EXPECT_THAT(heard(entry, bits(hears::account)), ElementsAre("@account=Ann " + line));
  EXPECT_THAT(heard(entry, everything),
              ElementsAre("@time=1970-01-01T00:00:00.001Z;msgid=" + std::string(id7) + ";account=Ann " + line));
}

TEST(IrcEntry, AnAnswerNamesItsMessageAndKeptTagsComeLast) {
  auto entry = entry_of(entry_kind::text, "hello", R"({"tags":"+a=1;+b"})");
  entry.target = {3};
  EXPECT_THAT(heard(entry, tagged),
              ElementsAre("@msgid=" + std::string(id7) +
                          ";+reply=0000000000000abc-3;+a=1;+b :Ann!~u@user-Ann PRIVMSG #lobby :hello"));
  EXPECT_EQ(heard(entry)[0].front(), ':');
}

TEST(IrcEntry, OnlyItsAuthorHearsTheIdThatTheirClientGave) {
  auto entry = entry_of(entry_kind::text, "hello");
  entry.client_id = "my;id";
  EXPECT_THAT(heard(entry, tagged, lobby, true)[0],
              testing::StartsWith("@msgid=" + std::string(id7) + ";greenroom.chat/id=my\\:id :"));
  EXPECT_THAT(heard(entry, tagged, lobby, true, true)[0],
              testing::HasSubstr(";greenroom.chat/id=my\\:id;greenroom.chat/duplicate :"));
  EXPECT_THAT(heard(entry, tagged)[0], testing::Not(testing::HasSubstr("greenroom")));
  entry.client_id = "~edge";
  EXPECT_THAT(heard(entry, tagged, lobby, true)[0], testing::Not(testing::HasSubstr("greenroom"))) << "the edge's own";
}

TEST(IrcEntry, InADirectRoomItGoesToTheOther) {
  const core::room_id both{"@ann,bob"}, own{"@ann,ann"}, group{"@@0123456789abcdef"};
  auto entry = entry_of(entry_kind::text, "hello");
  EXPECT_THAT(heard(entry, plain, both), ElementsAre(":Ann!~u@user-Ann PRIVMSG bob :hello"));
  entry.author = {"Bob"};
  EXPECT_THAT(heard(entry, plain, both), ElementsAre(":Bob!~u@user-Bob PRIVMSG ann :hello"));
  entry.author = {"ann"};
  EXPECT_THAT(heard(entry, plain, own), ElementsAre(":ann!~u@user-ann PRIVMSG ann :hello"));
  EXPECT_THAT(heard(entry, everything, group), IsEmpty()) << "IRC has no name for it";
}

TEST(IrcEntry, EditsAndReactionsAreWhatClientsKnow) {
  auto edit = entry_of(entry_kind::edit, "hullo"), like = entry_of(entry_kind::react, "a b"),
       no = entry_of(entry_kind::unreact, "+1");
  edit.target = like.target = no.target = {3};
  EXPECT_THAT(heard(edit), ElementsAre(":Ann!~u@user-Ann PRIVMSG #lobby :* hullo"));
  EXPECT_THAT(heard(edit, tagged)[0],
              testing::HasSubstr(";+reply=0000000000000abc-3 :Ann!~u@user-Ann PRIVMSG #lobby :* hullo"));
  EXPECT_THAT(heard(like, tagged),
              ElementsAre("@msgid=" + std::string(id7) +
                          ";+draft/reply=0000000000000abc-3;+draft/react=a\\sb :Ann!~u@user-Ann TAGMSG #lobby"));
  EXPECT_THAT(heard(no, tagged)[0], testing::HasSubstr(";+draft/unreact=+1 :Ann"));
  EXPECT_THAT(heard(like, bits(hears::time)), IsEmpty());
  EXPECT_THAT(heard(entry_of(entry_kind::tag, "", R"({"tags":"+x=1"})"), tagged)[0],
              testing::EndsWith(";+x=1 :Ann!~u@user-Ann TAGMSG #lobby"));
}

TEST(IrcEntry, AnErasureIsARedactionOrSaidInWords) {
  auto erase = entry_of(entry_kind::erase, "rude words");
  erase.target = {3};
  EXPECT_THAT(heard(erase, bits(hears::redaction)),
              ElementsAre(":Ann!~u@user-Ann REDACT #lobby 0000000000000abc-3 :rude words"));
  EXPECT_THAT(heard(erase), ElementsAre(":Ann!~u@user-Ann NOTICE #lobby :removed a message: rude words"));
  auto erased = entry_of(entry_kind::erased, "");
  erased.target = {9};
  EXPECT_THAT(heard(erased, everything), IsEmpty());
}

TEST(IrcEntry, ActsAreTopicsModesAndKicks) {
  const std::string ann = ":Ann!~u@user-Ann ";
  EXPECT_THAT(heard(entry_of(entry_kind::settings, "", R"({"settings":{"topic":"tea\nand more"}})")),
              ElementsAre(ann + "TOPIC #lobby :tea and more"));
  EXPECT_THAT(heard(entry_of(entry_kind::settings, "", R"({"settings":{"topic":""}})")),
              ElementsAre(ann + "TOPIC #lobby :"));
  EXPECT_THAT(heard(entry_of(entry_kind::settings, "", R"({"settings":{"access":"invited","post":"all"}})")),
              ElementsAre(ann + "MODE #lobby +i-m"));
  EXPECT_THAT(
      heard(entry_of(entry_kind::settings, "", R"({"settings":{"access":"open","post":"members","topic":"t"}})"),
            tagged),
      ElementsAre("@msgid=" + std::string(id7) + " " + ann + "TOPIC #lobby :t", ann + "MODE #lobby -i+m"));
  EXPECT_THAT(heard(entry_of(entry_kind::settings, "", R"({"settings":{"modes":"+kl-s * 5"}})")),
              ElementsAre(ann + "MODE #lobby +kl-s * 5"));
  EXPECT_THAT(heard(entry_of(entry_kind::settings, "", R"({"settings":{"access":"open","modes":"-nt+v bob"}})")),
              ElementsAre(ann + "MODE #lobby -int+v bob"));
  EXPECT_THAT(heard(entry_of(entry_kind::settings, "", R"({"settings":{"title":"The lobby"}})")),
              ElementsAre(ann + "NOTICE #lobby :set the title: The lobby"));
  EXPECT_THAT(heard(act_of(entry_kind::role, "bob", "", R"({"role":"moderator"})")),
              ElementsAre(ann + "MODE #lobby +o bob"));
  EXPECT_THAT(heard(act_of(entry_kind::role, "bob", "", R"({"role":"member"})")),
              ElementsAre(ann + "MODE #lobby -o bob"));
  EXPECT_THAT(heard(act_of(entry_kind::add, "bob"), bits(hears::invites)), ElementsAre(ann + "INVITE bob #lobby"));
  EXPECT_THAT(heard(act_of(entry_kind::add, "bob")), IsEmpty()) << "others aren't told of invitations";
  EXPECT_THAT(heard(act_of(entry_kind::remove, "bob", "spam")), ElementsAre(ann + "KICK #lobby bob :spam"));
  EXPECT_THAT(heard(act_of(entry_kind::remove, "bob")), ElementsAre(ann + "KICK #lobby bob :Ann"));
  EXPECT_THAT(heard(act_of(entry_kind::remove, "ann")), IsEmpty());
  EXPECT_THAT(heard(act_of(entry_kind::ban, "bob", "spam")), ElementsAre(ann + "MODE #lobby +b bob!*@*"))
      << "presence tells of who was there";
  EXPECT_THAT(heard(act_of(entry_kind::unban, "bob")), ElementsAre(ann + "MODE #lobby -b bob!*@*"));
  EXPECT_THAT(heard(act_of(entry_kind::mute, "bob")), ElementsAre(ann + "MODE #lobby +b m:bob"));
  EXPECT_THAT(heard(act_of(entry_kind::unmute, "bob")), ElementsAre(ann + "MODE #lobby -b m:bob"));
  EXPECT_THAT(heard(entry_of(entry_kind::pin, "")), ElementsAre(ann + "NOTICE #lobby :pinned a message"));
  EXPECT_THAT(heard(entry_of(static_cast<entry_kind>(99), "of a newer version")),
              ElementsAre(ann + "NOTICE #lobby :of a newer version"));
}

// ---- long texts ------------------------------------------------------------------------------------------------

TEST(IrcLongText, IsCutAtNewlinesSpacesAndCharacters) {
  const auto cut = [](std::string_view text, std::size_t most) {
    texts out;
    for (text_pieces all(text, most); !all.ended();) {
      const auto piece = all.next();
      out.push_back((piece.goes_on ? "+" : "") + std::string(piece.text));
    }
    return out;
  };
  EXPECT_EQ(cut("a", 5), texts{"a"});
  EXPECT_EQ(cut("a\n\nb", 5), (texts{"a", "", "b"}));
  EXPECT_EQ(cut("one two three", 8), (texts{"one two ", "+three"}));
  EXPECT_EQ(cut("abcdefghij k", 4), (texts{"abcd", "+efgh", "+ij k"}));
  EXPECT_EQ(cut("\xc3\xa4\xc3\xa4\xc3\xa4", 5), (texts{"\xc3\xa4\xc3\xa4", "+\xc3\xa4"}));
  EXPECT_EQ(cut("abcd\nx", 4), (texts{"abcd", "x"}));
  EXPECT_EQ(grouped(7), "7");
  EXPECT_EQ(grouped(1980), "1,980");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}

TEST(IrcLongText, ATextThatJustFitsIsOneLine) {
  const std::string frame = ":Ann!~u@user-Ann PRIVMSG #lobby :";
  const std::string text(max_body_bytes - frame.size(), 'x');
  EXPECT_THAT(heard(entry_of(entry_kind::text, text)), ElementsAre(frame + text));
  EXPECT_THAT(heard(entry_of(entry_kind::text, text + "y")), ElementsAre(frame + text, frame + "y"));
}

TEST(IrcLongText, WithoutBatchesItIsSaidLineByLine) {
  auto entry = entry_of(entry_kind::text, "one\n\ntwo", R"({"tags":"+a"})");
  EXPECT_THAT(heard(entry, bits(hears::tags | hears::account)),
              ElementsAre("@msgid=" + std::string(id7) + ";account=Ann;+a :Ann!~u@user-Ann PRIVMSG #lobby :one",
                          "@account=Ann;+a :Ann!~u@user-Ann PRIVMSG #lobby :two"));
  EXPECT_THAT(heard(entry_of(entry_kind::action, "one\ntwo")), ElementsAre(":Ann!~u@user-Ann PRIVMSG #lobby :\x01"
                                                                           "ACTION one\x01",
                                                                           ":Ann!~u@user-Ann PRIVMSG #lobby :\x01"
                                                                           "ACTION two\x01"));
  EXPECT_THAT(heard(entry_of(entry_kind::text, "\n\n"), everything).size(), 1u) << "nobody misses an entry";
}

TEST(IrcLongText, WithBatchesItIsOneMessage) {
  const std::string frame = ":Ann!~u@user-Ann PRIVMSG #lobby :";
  const std::string wide(max_body_bytes - frame.size() - 1, 'x');
  auto entry = entry_of(entry_kind::text, "one\n\n" + wide + " two");
  entry.target = {3};
  EXPECT_THAT(heard(entry, bits(hears::tags | hears::multiline)),
              ElementsAre("@msgid=" + std::string(id7) +
                              ";+reply=0000000000000abc-3 :Ann!~u@user-Ann BATCH +m7 draft/multiline #lobby",
                          "@batch=m7 " + frame + "one", "@batch=m7 " + frame, "@batch=m7 " + frame + wide + " ",
                          "@batch=m7;draft/multiline-concat " + frame + "two", "BATCH -m7"));
}

TEST(IrcLongText, ASendersOwnCutsAreKept) {
  const std::string text = "#how is everyone?", frame = " :Ann!~u@user-Ann PRIVMSG #lobby :";
  const auto entry = entry_of(entry_kind::text, text, kept_as_extra("", {8}));
  EXPECT_EQ(kept_as_extra("+a=\"", {8, 9}), R"({"tags":"+a=\"","cuts":"8,9"})");
  EXPECT_EQ(kept_as_extra("", {}), "");
  const auto said = heard(entry, bits(hears::tags | hears::multiline));
  ASSERT_EQ(said.size(), 4u);
  EXPECT_EQ(said[1], "@batch=m7" + frame + "#how is ");
  EXPECT_EQ(said[2], "@batch=m7;draft/multiline-concat" + frame + "everyone?");
  EXPECT_EQ(heard(entry).size(), 2u);
  // Cuts that are none: at the ends, in a character, out of order, behind the end.
  for (const auto* cuts : {"0", "4", "1", "99", "x", ",,", "3,99,3"}) {
    std::string all;
    for (text_pieces pieces("\xc3\xa4\nb", 9, cuts); !pieces.ended();) all += std::string(pieces.next().text) + "|";
    EXPECT_EQ(all, "\xc3\xa4|b|") << cuts;
  }
}

TEST(IrcEntry, KeptTagsThatWouldEndTheirPartOfTheLineAreNotSaid) {
  const auto said = [](std::string_view tags) {
    return heard(entry_of(entry_kind::text, "hi", kept_as_extra(tags, {})), bits(hears::tags));
  };
  const std::string id = "@msgid=" + std::string(id7), line = " :Ann!~u@user-Ann PRIVMSG #lobby :hi";
  EXPECT_THAT(said("+a=1"), ElementsAre(id + ";+a=1" + line));
  for (const auto* tags : {"+a b", "+a\r\nQUIT", "+a\n"}) EXPECT_THAT(said(tags), ElementsAre(id + line)) << tags;
  EXPECT_THAT(said("+" + std::string(max_tag_bytes, 'a')), ElementsAre(id + line));
}

TEST(IrcLongText, AFloodOfLinesIsCutShort) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += i == 0 ? "x" : "\nx";
  auto said = heard(entry_of(entry_kind::text, text));
  EXPECT_EQ(said.size(), max_plain_lines + 1);
  EXPECT_EQ(said.back(), ":Ann!~u@user-Ann PRIVMSG #lobby :\u2026 and 1,980 more lines: " + std::string(id7));
  said = heard(entry_of(entry_kind::text, text), bits(hears::tags | hears::multiline));
  EXPECT_EQ(said.size(), max_batch_lines + 3);
  EXPECT_THAT(said[max_batch_lines + 1], testing::HasSubstr("1,900 more lines: "));
  text = "x";
  for (int i = 0; i < 20; ++i) text += "\nx";
  EXPECT_THAT(heard(entry_of(entry_kind::text, text)).back(), testing::HasSubstr("and 1 more line: "));
}

TEST(IrcLongText, TheLongestNamesAndTextsFitInLines) {
  const std::string name(32, 'n');
  const core::room_id room{std::string(64, 'r')};
  std::string umlauts;
  while (umlauts.size() < 4096) umlauts += "\xc3\xa4";
  for (const auto kind : {entry_kind::text, entry_kind::notice, entry_kind::action, entry_kind::edit})
    for (const auto with : {plain, tagged, everything}) {
      auto entry = entry_of(kind, umlauts);
      entry.author = {name};
      std::string all;
      for (const auto& line : heard(entry, with, room)) {
        EXPECT_TRUE(core::valid_utf8(line));
        const auto what = parse(line);
        if (what.is("PRIVMSG") || what.is("NOTICE")) all += what[1];
      }
      EXPECT_GE(all.size(), umlauts.size());
    }
}

// ---- history, voices and typing --------------------------------------------------------------------------------

TEST(IrcEntry, InABatchOfHistoryEachMessageNamesIt) {
  std::string bytes;
  frame_writer out(bytes, framing::line);
  append_entry(entry_of(entry_kind::text, "one\ntwo"), {lobby, generation, "h1"}, plain, out);
  append_entry(entry_of(entry_kind::text, "one\ntwo"), {lobby, generation, "h1"}, bits(hears::multiline), out);
  const auto said = lines_of(bytes);
  EXPECT_EQ(said[0], "@batch=h1 :Ann!~u@user-Ann PRIVMSG #lobby :one");
  EXPECT_EQ(said[1], "@batch=h1 :Ann!~u@user-Ann PRIVMSG #lobby :two");
  EXPECT_EQ(said[2], "@batch=h1 :Ann!~u@user-Ann BATCH +m7 draft/multiline #lobby");
  EXPECT_EQ(said[3], "@batch=m7 :Ann!~u@user-Ann PRIVMSG #lobby :one");
  EXPECT_EQ(said[5], "BATCH -m7");
}

TEST(IrcHearing, IsMadeOfTheCapabilitiesThatChangeEntries) {
  capability_set on;
  EXPECT_EQ(hearing_with(on), plain);
  on.add(capability::multiline);
  on.add(capability::message_redaction);
  on.add(capability::batch);
  EXPECT_EQ(hearing_with(on), plain) << "both need message-tags";
  for (const auto one :
       {capability::message_tags, capability::server_time, capability::account_tag, capability::invite_notify})
    on.add(one);
  EXPECT_EQ(hearing_with(on), everything);
  on.add(capability::echo_message);
  EXPECT_EQ(hearing_with(on), everything);
}

TEST(IrcDialect, TypingIsToldToWhoHasTags) {
  const irc_dialect speaks;
  const core::typing_event typing{lobby, {{"Ann"}, core::typing_state::paused}};
  EXPECT_THAT(lines_of(voice{speaks, tagged, framing::line, {}}.encoded(typing)),
              ElementsAre("@+typing=paused :Ann!~u@user-Ann TAGMSG #lobby"));
  EXPECT_EQ((voice{speaks, plain, framing::line, {}}.encoded(typing)), "");
  EXPECT_EQ((voice{speaks, everything, framing::line, {}}.encoded(core::pong_event{})), "");
}

TEST(IrcDialect, AWebsocketHearsALineAMessage) {
  const irc_dialect speaks;
  const auto entry = entry_of(entry_kind::text, "one\ntwo");
  EXPECT_THAT(test::payloads_of(voice{speaks, plain, framing::websocket, {}}.encoded(
                  core::message_event{lobby, generation, &entry, false, false})),
              ElementsAre(":Ann!~u@user-Ann PRIVMSG #lobby :one", ":Ann!~u@user-Ann PRIVMSG #lobby :two"));
  EXPECT_TRUE(std::holds_alternative<core::client_mistake>(speaks.decode("PRIVMSG #lobby :hi")));
}

}  // namespace
}  // namespace greenroom::protocol::irc
