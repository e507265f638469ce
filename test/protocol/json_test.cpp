#include "protocol/json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>
#include <string>

#include "core/direct.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/json_text.hpp"
#include "protocol/room_words.hpp"
#include "test/support/frames.hpp"

namespace greenroom::protocol {
namespace {

using nlohmann::ordered_json;

const dialect& spoken = json_dialect();

// ---- commands, against test/data/json/commands.txt ---------------------------------------------------------------

std::string unescaped(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line.substr(i, 2) == "\\x") {
      out += static_cast<char>(std::stoi(std::string(line.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      out += line[i];
    }
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte > 0x7e) {
      out += "\\x" + core::to_hex({&c, 1});
    } else {
      out += c;
    }
  }
  return out;
}

struct described {
  static std::string optional(std::string_view name, std::optional<core::seq_no> seq) {
    return seq ? " " + std::string(name) + "=" + std::to_string(seq->value) : "";
  }
  std::string operator()(const core::client_join& c) const {
    const auto generation = c.generation ? " generation=" + std::to_string(c.generation->value) : std::string{};
    const auto key = c.key.empty() ? std::string{} : " key=" + escaped(c.key);
    return "join " + c.room.value + optional("after", c.after) + generation + key;
  }
  std::string operator()(const core::client_leave& c) const { return "leave " + c.room.value; }
  std::string operator()(const core::client_send& c) const {
    const bool is_send = c.kind == core::entry_kind::text;
    auto out = std::string(is_send ? "send" : word_of(c.kind)) + " " + c.room.value + " id=" + escaped(c.client_id) +
               " text=" + escaped(c.text);
    EXPECT_EQ(c.act == nullptr, core::is_words(c.kind));
    if (!c.act) return c.target ? out + " target=" + std::to_string(c.target.value) : out;
    EXPECT_FALSE(c.target);
    const auto number = [&](std::string_view name, unsigned value) {
      return value == 0 ? "" : " " + std::string(name) + "=" + std::to_string(value);
    };
    out += " target=" + std::to_string(c.act->target.value) + " user=" + c.act->subject.value;
    if (c.act->until != core::wall_time{}) out += " until=" + core::time_text(c.act->until);
    return out + number("role", static_cast<unsigned>(c.act->role)) + number("set", c.act->set.which) +
           " extra=" + escaped(c.act->extra);
  }
  std::string operator()(const core::client_history& c) const {
    return "history " + c.room.value + optional("before", c.before) + optional("after", c.after) +
           " limit=" + std::to_string(c.limit);
  }
  std::string operator()(const core::client_typing& c) const {
    constexpr std::array words{"active", "paused", "done"};
    return "typing " + c.room.value + " " + words[static_cast<std::size_t>(c.state)];
  }
  std::string operator()(const core::client_read& c) const {
    return "read " + c.room.value + " " + std::to_string(c.seq.value);
  }
  std::string operator()(const core::client_face&) const { return "there is no frame for it"; }
  std::string operator()(const core::client_sync& c) const {
    return "sync" + (c.after.value.empty() ? "" : " after=" + c.after.value);
  }
  std::string operator()(const core::client_ping&) const { return "ping"; }
  std::string operator()(const core::client_mistake& c) const {
    return std::string(core::to_string(c.why.code)) + " " + c.why.text() +
           (c.client_id.empty() ? "" : " id=" + c.client_id) + (c.room.value.empty() ? "" : " room=" + c.room.value);
  }
};

std::string decoded(std::string_view frame) { return std::visit(described{}, spoken.decode(frame)); }

TEST(Json, EveryGoldenFrameIsItsCommand) {
  std::ifstream file{GREENROOM_TEST_DATA "/json/commands.txt"};
  ASSERT_TRUE(file);
  std::string frame, line;
  int checked = 0;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.starts_with(">")) frame = unescaped(line.size() > 2 ? line.substr(2) : "");
    if (!line.starts_with("< ")) continue;
    EXPECT_EQ(decoded(frame), line.substr(2)) << "commands.txt:" << number;
    ++checked;
  }
  EXPECT_GT(checked, 140);
}

TEST(Json, TextMayHave4096BytesHoweverTheyAreWritten) {
  std::string plain, escapes;
  for (int i = 0; i < 4096; ++i) plain += "x", escapes += "\\u0078";
  const auto frame = [](const std::string& text) {
    return R"({"type":"send","room":"lobby","id":"1","text":")" + text + "\"}";
  };
  const auto length = [](const core::client_command& command) {
    const auto* send = std::get_if<core::client_send>(&command);
    return send ? send->text.size() : 0;
  };
  EXPECT_EQ(length(spoken.decode(frame(plain))), 4096u);
  EXPECT_LE(frame(escapes).size(), core::max_frame_bytes);
  EXPECT_EQ(length(spoken.decode(frame(escapes))), 4096u);
  EXPECT_EQ(std::get<core::client_mistake>(spoken.decode(frame(plain + "x"))).why.code, core::ec::bad_text);
}

TEST(Json, ARefusalNamesTheMessageAndTheRoomOfAFrameThatCantBeParsed) {
  struct row {
    std::string frame, id, room;
  };
  const row rows[]{{R"({"type":"send","room":"lobby","id":"a1","text":"\ud83d"})", "a1", "lobby"},
                   {R"({"type":"send","text":"\ud83d","id":"a1","room":"lobby"})", "a1", "lobby"},
                   {R"({"type":"send","text":"\udc00x","room":"lobby","id":"a1"})", "a1", "lobby"},
                   {R"({"type":"send","room":"lobby","id":"a1","text":"cut)", "a1", "lobby"},
                   {R"({"type":"send","room":"lobby","id":"a1","text":"x"},)", "a1", "lobby"},
                   {R"({"type":"send","room":"lobby","id":"a1","text":nonsense})", "a1", "lobby"},
                   {R"({"type":"send","room":"lobby","id":"a1","text":"\q"})", "a1", "lobby"},
                   {R"({"type":"send","x":{"id":"inner","room":"inner"},"id":"a1","text":"\ud83d"})", "a1", ""},
                   {R"({"type":"send","x":["id",{"room":"inner"}],"room":"lobby","text":"\ud83d"})", "", "lobby"},
                   {R"({"type":"send","x":"\"id\":\"b\"","id":"a1","text":"\ud83d"})", "a1", ""},
                   {R"({"id":"a1","id":"a2","room":"lobby","text":"\ud83d"})", "", "lobby"},
                   {R"({"id":"a\u0031","room":"not a room","text":"\ud83d"})", "", ""},
                   {R"({"id":1,"room":null,"text":"\ud83d"})", "", ""},
                   {R"({"id":"text","text":"\ud83d","text":"\ud83d"})", "text", ""},
                   {R"(["id","a1"])", "", ""},
                   {R"("id":"a1")", "", ""},
                   {R"({"id":"a1)", "", ""},
                   {R"({"id")", "", ""},
                   {R"(\)", "", ""},
                   {R"({"id":"\)", "", ""}};
  for (const auto& [frame, id, room] : rows) {
    const auto command = spoken.decode(frame);
    const auto* wrong = std::get_if<core::client_mistake>(&command);
    ASSERT_NE(wrong, nullptr) << frame;
    EXPECT_EQ(wrong->why.code, core::ec::bad_json) << frame;
    EXPECT_EQ(wrong->client_id, id) << frame;
    EXPECT_EQ(wrong->room.value, room) << frame;
  }
}

TEST(Json, AHugeFrameIsRefusedBeforeItIsParsed) {
  const auto command = spoken.decode(std::string(70'000, '['));
  EXPECT_EQ(std::get<core::client_mistake>(command).why.code, core::ec::too_big);
}

TEST(Json, DeepNestingIsRefusedWhateverStringsHideIt) {
  for (const std::string opening : {"[", "{\"a\":", "[\"\\\\\",", "[\"\\\"\",", "[\"[\","}) {
    std::string frame = R"({"type":"ping","x":)";
    for (int i = 0; i < 5000; ++i) frame += opening;
    EXPECT_EQ(std::get<core::client_mistake>(spoken.decode(frame)).why.code, core::ec::bad_json) << opening;
  }
}

TEST(Json, TooManyFieldsAreRefused) {
  std::string frame = R"({"type":"ping")";
  for (int i = 0; i < 63; ++i) frame += ",\"f" + std::to_string(i) + "\":0";
  EXPECT_EQ(decoded(frame + "}"), "ping");
  EXPECT_EQ(decoded(frame + ",\"g\":0}"), "bad_json There are too many fields.");
}

// Flat frames are read in one pass, all others by the parser: whoever adds a list to a flat one hears the same.
TEST(Json, FlatFramesAreWhatTheParserMakesOfThem) {
  const std::string good = R"( { "type" : "send","room":"lobby", "id":"a\"1","text":"h\n\\\/ é" ,"x":true,"y":12,)"
                           R"("after":0,"z":false , "":""} )";
  std::mt19937 random{7};
  int commands = 0, refused = 0, in_one_pass = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto frame = good;
    for (auto changes = random() % 3; changes > 0; --changes) {
      const auto at = random() % frame.size();
      switch (random() % 4) {
        case 0:
          frame[at] = static_cast<char>(random());
          break;
        case 1:
          frame.erase(at, random() % 4 + 1);
          break;
        case 2:
          frame.insert(at, 1, "\"\\{}[],:0123e.-\x7f\xc3"[random() % 18]);
          break;
        default:
          frame.insert(at, frame.substr(random() % frame.size(), random() % 8));
      }
    }
    const auto end = frame.rfind('}');
    if (end == frame.npos) continue;
    auto longer = frame;
    longer.insert(end, R"(,"list":[])");
    const auto said = decoded(frame);
    const bool bad = said.starts_with("bad_json");
    ++(bad ? refused : commands);
    if (json_reader{frame, core::ec::bad_frame}.in_one_pass()) ++in_one_pass;
    EXPECT_EQ(bad, decoded(longer).starts_with("bad_json")) << escaped(frame);
    if (bad) continue;
    EXPECT_EQ(said, decoded(longer)) << escaped(frame);
    EXPECT_TRUE(nlohmann::json::accept(frame)) << escaped(frame);
  }
  EXPECT_GT(commands, 2'000);
  EXPECT_GT(refused, 2'000);
  EXPECT_GT(in_one_pass, 2'000);
}

// The same of acts, of which no field may be unknown: an escape in a name takes the frame to the parser.
TEST(Json, FlatActsAreWhatTheParserMakesOfThem) {
  const std::string good = R"({"type":"act","room":"lobby","id":"a1","kind":"ban","user":"Bob","reason":"a \"b\"",)"
                           R"("until":"2026-12-01T10:00:00.123Z"})";
  std::mt19937 random{13};
  int acts = 0, in_one_pass = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto frame = good;
    for (auto changes = random() % 3; changes > 0; --changes)
      frame[random() % frame.size()] = "\"\\{}[],:0123e.-abTZ"[random() % 20];
    auto longer = frame;
    const auto type = longer.find("\"type\"");
    if (type == longer.npos) continue;
    longer.replace(type, 6, "\"\\u0074ype\"");
    const auto said = decoded(frame), by_parser = decoded(longer);
    if (said.starts_with("bad_json"))  // of such a text, names with escapes can't be read
      EXPECT_TRUE(by_parser.starts_with("bad_json")) << escaped(frame);
    else
      EXPECT_EQ(said, by_parser) << escaped(frame);
    if (said.starts_with("ban ")) ++acts;
    if (json_reader{frame, core::ec::bad_frame}.in_one_pass()) ++in_one_pass;
  }
  EXPECT_GT(acts, 3'000);
  EXPECT_GT(in_one_pass, 3'000);
}

// Cuts, flips and splices of good frames: always a command or a mistake with a public code, never a throw.
TEST(Json, MutilatedFramesAreCommandsOrMistakes) {
  const std::string good =
      R"({"type":"send","room":"lobby","id":"a1","text":"h\u00e4llo [\"{","after":1,"x":[{"y":-1.5e3}]})";
  std::mt19937 random{11};
  for (int i = 0; i < 50'000; ++i) {
    auto frame = good;
    for (unsigned changes = random() % 4 + 1; changes > 0 && !frame.empty(); --changes) {
      const auto at = random() % frame.size();
      switch (random() % 4) {
        case 0:
          frame.resize(at);
          break;
        case 1:
          frame[at] = static_cast<char>(random());
          break;
        case 2:
          frame.insert(at, good.substr(random() % good.size(), random() % 20));
          break;
        default:
          frame.erase(at, random() % 8);
          break;
      }
    }
    const auto command = spoken.decode(frame);
    if (const auto* wrong = std::get_if<core::client_mistake>(&command)) {
      EXPECT_NE(wrong->why.code, core::ec::none);
      EXPECT_NE(wrong->why.code, core::ec::internal);
    } else if (const auto* send = std::get_if<core::client_send>(&command)) {
      EXPECT_TRUE(core::check_text(send->text) && core::check_client_id(send->client_id));
      EXPECT_TRUE(core::check_room_reference(send->room.value));
    }
  }
}

// ---- events ------------------------------------------------------------------------------------------------------

const core::wall_time noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12} +
                           std::chrono::milliseconds{7}};
const core::room_entry entry{.seq = {7}, .author = {"Ada"}, .client_id = "a1", .text = "hi \"you\"\n", .at = noon};

std::string encoded(const core::client_event& event) {
  const auto frames = test::said(spoken, event);
  EXPECT_EQ(frames.size(), 1u);
  return frames.empty() ? "" : frames.front();
}

TEST(Json, MessagesCarryTheirIdOnlyToTheirAuthor) {
  core::message_event event{{"lobby"}, {1}, &entry, false, false};
  EXPECT_EQ(encoded(event), R"({"type":"message","room":"lobby","seq":7,"from":"Ada","text":"hi \"you\"\n",)"
                            R"("at":"2026-11-23T12:00:00.007Z"})");
  event.with_id = true;
  EXPECT_EQ(encoded(event), R"({"type":"message","room":"lobby","seq":7,"from":"Ada","text":"hi \"you\"\n",)"
                            R"("at":"2026-11-23T12:00:00.007Z","id":"a1"})");
  event.duplicate = true;
  EXPECT_EQ(encoded(event), R"({"type":"message","room":"lobby","seq":7,"from":"Ada","text":"hi \"you\"\n",)"
                            R"("at":"2026-11-23T12:00:00.007Z","id":"a1","duplicate":true})");
}

TEST(Json, AMessageWithoutAnIdHasNone) {
  auto anonymous = entry;
  anonymous.client_id.clear();
  EXPECT_FALSE(
      ordered_json::parse(encoded(core::message_event{{"lobby"}, {1}, &anonymous, true, false})).contains("id"));
}

TEST(Json, JoinedSaysWhereTheStreamBegins) {
  const core::joined_event event{{"Lobby"}, {0xabc}, {12}, {2, {{"Ada"}, {"bob"}}}, false, nullptr};
  EXPECT_EQ(encoded(event), R"({"type":"joined","room":"Lobby","generation":"0000000000000abc","head":12,"as_of":12,)"
                            R"("members":{"count":2,"first":["Ada","bob"]},"recovered":false,"first":1})");
  EXPECT_EQ(encoded(core::joined_event{{"r"}, {~0ull >> 1}, {}, {}, true}),
            R"({"type":"joined","room":"r","generation":"7fffffffffffffff","head":0,"as_of":0,)"
            R"("members":{"count":0,"first":[]},"recovered":true})");
}

TEST(Json, JoinedSaysWhatTheRoomIs) {
  core::joined_event event{{"r"}, {1}, {}, {}, true};
  const auto plain = encoded(event);
  const auto with = [&](const core::room_face& face) {
    event.face = &face;
    const auto said = encoded(event);
    EXPECT_TRUE(said.starts_with(plain.substr(0, plain.size() - 1)));
    return said.substr(plain.size() - 1);
  };
  using enum core::room_access;
  using enum core::room_role;
  EXPECT_EQ(with({open, {"Ada"}}), R"(,"access":"open","owner":"Ada","edit_window":86400})");
  EXPECT_EQ(with({secret, {"Ada"}, owner, "The \"den\"", "at nine"}),
            R"(,"access":"private","owner":"Ada","role":"owner","title":"The \"den\"","topic":"at nine",)"
            R"("edit_window":86400})");
  EXPECT_EQ(with({invited, {"Ada"}, moderator, "", "at nine", {}, 60}),
            R"(,"access":"invited","owner":"Ada","role":"moderator","topic":"at nine","edit_window":60})");
  EXPECT_EQ(with({open, {"Ada"}, member, "x", {}, {}, 0}),
            R"(,"access":"open","owner":"Ada","role":"member","title":"x","edit_window":0})");
}

TEST(Json, HistoryIsAPage) {
  core::history_page page{{entry, entry}, true, {9}};
  page.entries[1].client_id.clear();
  EXPECT_EQ(encoded(core::history_event{{"lobby"}, &page}),
            R"({"type":"history","room":"lobby","messages":[)"
            R"({"seq":7,"from":"Ada","text":"hi \"you\"\n","at":"2026-11-23T12:00:00.007Z","id":"a1"},)"
            R"({"seq":7,"from":"Ada","text":"hi \"you\"\n","at":"2026-11-23T12:00:00.007Z"}],"more":true,"as_of":9})");
  const core::history_page none;
  EXPECT_EQ(encoded(core::history_event{{"lobby"}, &none}),
            R"({"type":"history","room":"lobby","messages":[],"more":false,"as_of":0})");
}

TEST(Json, EveryOtherEventHasItsFrame) {
  EXPECT_EQ(encoded(core::left_event{{"lobby"}}), R"({"type":"left","room":"lobby"})");
  const core::presence_changed change{{{"Ada"}}, {{"bob"}, {"Cy"}}, 4};
  EXPECT_EQ(encoded(core::presence_event{{"lobby"}, &change}),
            R"({"type":"presence","room":"lobby","joined":["Ada"],"left":["bob","Cy"],"count":4})");
  const core::presence_changed all{{{"Ada"}}, {}, 1, true};
  EXPECT_EQ(encoded(core::presence_event{{"lobby"}, &all}),
            R"({"type":"presence","room":"lobby","joined":["Ada"],"left":[],"count":1,"whole":true})");
  EXPECT_EQ(encoded(core::typing_event{{"lobby"}, {{"Ada"}, core::typing_state::paused}}),
            R"({"type":"typing","room":"lobby","user":"Ada","state":"paused"})");
  EXPECT_EQ(encoded(core::read_event{{"lobby"}, {{"Ada"}, {9}}}),
            R"({"type":"read","room":"lobby","user":"Ada","seq":9})");
  EXPECT_EQ(encoded(core::pong_event{}), R"({"type":"pong"})");
  const std::vector<core::room_head> heads{{{"lobby"}, {3}}, {{"Den"}, {0}}};
  EXPECT_EQ(encoded(core::heads_event{&heads}), R"({"type":"heads","rooms":{"lobby":3,"Den":0}})");
  const std::vector<core::room_head> none;
  EXPECT_EQ(encoded(core::heads_event{&none}), R"({"type":"heads","rooms":{}})");
  EXPECT_EQ(encoded(core::gap_event{{"lobby"}, {4}, {9}}), R"({"type":"gap","room":"lobby","from":4,"to":9})");
  const core::author_left left{{"Eve"}, false, {}};
  EXPECT_EQ(encoded(core::erased_event{{"lobby"}, &left}), R"({"type":"erased","room":"lobby","user":"Eve"})");
  const core::author_left erased{{"Eve"}, true, {{3}, {5}}};
  EXPECT_EQ(encoded(core::erased_event{{"lobby"}, &erased}),
            R"({"type":"erased","room":"lobby","user":"Eve","seqs":[3,5]})");
  EXPECT_EQ(encoded(core::gone_event{{"lobby"}, core::ec::gone}), R"({"type":"gone","room":"lobby","reason":"gone"})");
}

TEST(Json, ErrorsSayWhatTheyConcern) {
  EXPECT_EQ(encoded(core::error_event{{core::ec::not_joined, "", 0}, {}, ""}),
            R"({"type":"error","code":"not_joined","detail":"Join the room first."})");
  EXPECT_EQ(
      encoded(core::error_event{{core::ec::overloaded, "Slow \"down\".", 2}, {"lobby"}, "a1"}),
      R"({"type":"error","code":"overloaded","detail":"Slow \"down\".","id":"a1","room":"lobby","retry_after":2})");
}

TEST(Json, AnActWithoutEffectIsAnsweredByItsId) {
  EXPECT_EQ(encoded(core::unchanged_event{{"lobby"}, "a1"}), R"({"type":"unchanged","room":"lobby","id":"a1"})");
  EXPECT_EQ(encoded(core::unchanged_event{{"lobby"}, ""}), R"({"type":"unchanged","room":"lobby"})");
}

TEST(Json, WhoeverIsShutOutReadsByWhomWhyAndUntilWhen) {
  const auto muted = std::make_shared<const core::sanction>(core::sanction{{"bob"}, {"Ada"}, "spam", noon});
  EXPECT_EQ(encoded(core::error_event{{core::ec::muted, "", 0, muted}, {"lobby"}, "a1"}),
            R"({"type":"error","code":"muted","detail":"You are muted in this room. By Ada, until )"
            R"(2026-11-23T12:00:00Z: spam","id":"a1","room":"lobby","by":"Ada","why":"spam",)"
            R"("until":"2026-11-23T12:00:00.007Z"})");
  EXPECT_EQ(encoded(core::gone_event{{"lobby"}, core::ec::banned, muted.get()}),
            R"({"type":"gone","room":"lobby","reason":"banned","by":"Ada","why":"spam",)"
            R"("until":"2026-11-23T12:00:00.007Z"})");
  const core::sanction unknown{{"bob"}};
  EXPECT_EQ(encoded(core::gone_event{{"lobby"}, core::ec::removed, &unknown}),
            R"({"type":"gone","room":"lobby","reason":"removed"})");
}

TEST(Json, AnInternalErrorsDetailStaysInside) {
  const auto frame = encoded(core::error_event{{core::ec::internal, "room_actor.cpp:17", 0}, {}, ""});
  EXPECT_EQ(frame.find("room_actor"), frame.npos);
}

// A code point of 1, 1, 2, 3 or 4 bytes (never a surrogate), encoded.
void append_random(std::string& text, std::mt19937& random) {
  struct range {
    unsigned first, size, lead;
    int shift;
  };
  constexpr range ranges[]{{0, 0x20, 0, 0},
                           {0, 0x80, 0, 0},
                           {0x80, 0x780, 0xc0, 6},
                           {0x800, 0xd000, 0xe0, 12},
                           {0x10000, 0x100000, 0xf0, 18}};
  const auto& among = ranges[random() % std::size(ranges)];
  const unsigned point = among.first + static_cast<unsigned>(random()) % among.size;
  text += static_cast<char>(among.lead | point >> among.shift);
  for (int shift = among.shift - 6; shift >= 0; shift -= 6) text += static_cast<char>(0x80 | (point >> shift & 0x3f));
}

std::string random_utf8(std::mt19937& random) {
  std::string text;
  for (auto points = random() % 40 + 1; points > 0; --points) append_random(text, random);
  return text;
}

TEST(Json, AnotherParserReadsTheTextThatWasWritten) {
  std::mt19937 random{3};
  for (int i = 0; i < 20'000; ++i) {
    auto random_entry = entry;
    random_entry.text = random_utf8(random);
    random_entry.seq.value = random();
    ASSERT_TRUE(core::valid_utf8(random_entry.text));
    const auto frame = ordered_json::parse(encoded(core::message_event{{"lobby"}, {1}, &random_entry, true, false}));
    ASSERT_EQ(frame["text"], random_entry.text.view());
    ASSERT_EQ(frame["seq"], random_entry.seq.value);
    ASSERT_EQ(frame["id"], "a1");
  }
}

TEST(Json, WhatAnotherWriterWroteIsRead) {
  std::mt19937 random{5};
  for (int i = 0; i < 5'000; ++i) {
    const auto text = random_utf8(random);
    const nlohmann::json frame{{"type", "send"}, {"room", "lobby"}, {"id", "a1"}, {"text", text}};
    const auto command = spoken.decode(frame.dump(-1, ' ', random() % 2 == 0));
    const auto* send = std::get_if<core::client_send>(&command);
    ASSERT_EQ(send != nullptr, core::check_text(text).ok());
    if (send) {
      ASSERT_EQ(send->text.view(), text);
    }
  }
}

}  // namespace
}  // namespace greenroom::protocol
