#include "protocol/entry.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

#include "core/page.hpp"
#include "protocol/chat_api.hpp"
#include "protocol/json.hpp"
#include "test/support/frames.hpp"

namespace greenroom::protocol {
namespace {

core::room_entry ban() {
  return {.seq = {7},
          .author = {"Ada"},
          .client_id = "a1",
          .text = "enough",
          .at = core::wall_time{core::milliseconds{0}},
          .kind = core::entry_kind::ban,
          .target = {3},
          .subject = {"bob"},
          .extra = R"({"until":"2026-12-01T00:00:00.000Z","data":{"n":1}})"};
}

std::string written(const core::room_entry& entry, bool with_id = false) {
  std::string out;
  append_entry(out, entry, with_id);
  return out;
}

const std::string fields =
    R"("seq":7,"from":"Ada","text":"banned bob until 2026-12-01T00:00:00Z: enough","at":"1970-01-01T00:00:00.000Z",)"
    R"("id":"a1","kind":"ban","target":3,"user":"bob","reason":"enough","until":"2026-12-01T00:00:00.000Z",)"
    R"("data":{"n":1})";

TEST(Entry, HasWhatMakesItMoreThanAText) { EXPECT_EQ(written(ban(), true), fields); }

TEST(Entry, HasTheSameFieldsEverywhere) {
  const auto entry = ban();
  EXPECT_EQ(test::said(json{}, core::message_event{{"lobby"}, {1}, &entry, true, false}),
            std::vector{R"({"type":"message","room":"lobby",)" + fields + "}"});
  const core::history_page page{{entry, entry}, false, {7}};
  const auto list = R"("messages":[{)" + fields + "},{" + fields + R"(}],"more":false,"as_of":7})";
  EXPECT_EQ(test::said(json{}, core::history_event{{"lobby"}, &page}),
            std::vector{R"({"type":"history","room":"lobby",)" + list});
  EXPECT_EQ(to_json(page), "{" + list);
}

TEST(Entry, HasInAPageWhatHoldsOfIt) {
  const core::room_entry one{.seq = {1}, .author = {"Ada"}, .text = "hi"};
  const core::room_entry two{.seq = {2}, .author = {"Ada"}, .text = "ho"};
  const auto of = [&](core::message_state state) {
    state.seq = {2};
    return to_json(core::history_page{{one, two}, false, {9}, {state}});
  };
  const std::string first = R"({"messages":[{"seq":1,"from":"Ada","text":"hi","at":"1970-01-01T00:00:00.000Z"},)"
                            R"({"seq":2,"from":"Ada","text":"ho","at":"1970-01-01T00:00:00.000Z")";
  const std::string end = R"(}],"more":false,"as_of":9})";
  EXPECT_EQ(of({}), first + end);
  EXPECT_EQ(of({{}, {7}, core::wall_time{core::milliseconds{5}}, {}, false}),
            first + R"(,"edited":{"seq":7,"at":"1970-01-01T00:00:00.005Z"})" + end);
  EXPECT_EQ(
      of({{}, {}, {}, {{"+1", 12, true}, {"\"", 1, false}}, true}),
      first +
          R"(,"reactions":[{"text":"+1","count":12,"mine":true},{"text":"\"","count":1,"mine":false}],"pinned":true)" +
          end);
}

// The bound of a page in bytes is one of these.
TEST(Entry, WeighsInAPageAtLeastAsMuchAsIsWritten) {
  const core::room_entry one{.seq = {1}, .author = {"Ada"}, .text = "hi"};
  core::message_state state{
      {1}, {9'007'199'254'740'991}, core::wall_time{core::milliseconds{253'402'300'799'999}}, {}, true};
  for (int n = 0; n < 20; ++n)
    state.reactions.push_back({std::string(31, '"') + static_cast<char>('a' + n), 4'294'967'295, false});
  const auto plain = to_json(core::history_page{{one}, false, {9}}).size();
  EXPECT_GE(core::page_weight(state), to_json(core::history_page{{one}, false, {9}, {state}}).size() - plain);
}

TEST(Entry, LeavesOutWhatItHasnt) {
  core::room_entry entry{.seq = {1}, .author = {"Ada"}, .text = "hi"};
  const auto plain = written(entry);
  EXPECT_EQ(plain, R"("seq":1,"from":"Ada","text":"hi","at":"1970-01-01T00:00:00.000Z")");
  entry.target = {5};
  EXPECT_EQ(written(entry), plain + R"(,"target":5)");
  entry.extra = "{}";
  EXPECT_EQ(written(entry), plain + R"(,"target":5)");
  entry.target = {};
  entry.subject = {"bob"};
  EXPECT_EQ(written(entry), plain + R"(,"user":"bob")");
  entry.subject = {};
  entry.kind = core::entry_kind::settings;
  entry.extra = R"({"data":1})";
  EXPECT_NE(written(entry).find(R"(,"kind":"settings","reason":"hi","data":1)"), std::string::npos);
}

TEST(Entry, HasNothingOfWhatIsForIrcAlone) {
  core::room_entry entry{.seq = {1}, .author = {"Ada"}, .text = "hi", .extra = R"({"tags":"+a=1","cuts":"1"})"};
  const auto plain = R"("seq":1,"from":"Ada","text":"hi","at":"1970-01-01T00:00:00.000Z")";
  EXPECT_EQ(written(entry), plain);
  entry.client_id = "~1f";
  EXPECT_EQ(written(entry, true), plain) << "nor an id that the server gave";
  entry = {.seq = {1}, .author = {"Ada"}, .kind = core::entry_kind::tag, .target = {3}, .extra = R"({"tags":"+a"})"};
  EXPECT_EQ(written(entry),
            R"("seq":1,"from":"Ada","text":"","at":"1970-01-01T00:00:00.000Z","kind":"tag","target":3)");
}

TEST(Entry, OfWordsHasNoReason) {
  core::room_entry entry{.seq = {1}, .author = {"Ada"}, .text = "waves", .kind = core::entry_kind::action};
  EXPECT_EQ(written(entry), R"("seq":1,"from":"Ada","text":"* waves","at":"1970-01-01T00:00:00.000Z","kind":"action")");
  entry.kind = core::entry_kind::notice;
  EXPECT_EQ(written(entry), R"("seq":1,"from":"Ada","text":"waves","at":"1970-01-01T00:00:00.000Z","kind":"notice")");
}

TEST(Entry, OfWhatIsWrittenHasItsTextAndNoReason) {
  const auto of = [](core::entry_kind kind, std::string_view text) {
    return nlohmann::json::parse(
        "{" + written({.seq = {2}, .author = {"Ada"}, .text = text, .kind = kind, .target = {1}}) + "}");
  };
  using enum core::entry_kind;
  for (const auto kind : {edit, react, unreact}) {
    EXPECT_EQ(of(kind, "new")["text"], "new");
    EXPECT_EQ(of(kind, "new")["target"], 1);
    EXPECT_FALSE(of(kind, "new").contains("reason"));
  }
  EXPECT_EQ(of(pin, "")["text"], "pinned a message");
  EXPECT_FALSE(of(pin, "").contains("reason"));
}

TEST(Entry, ThatIsErasedSaysSo) {
  const core::room_entry entry{
      .seq = {1}, .author = {"Ada"}, .client_id = "a1", .kind = core::entry_kind::erased, .target = {9}};
  EXPECT_EQ(written(entry, true), R"-("seq":1,"from":"Ada","text":"(removed)","at":"1970-01-01T00:00:00.000Z",)-"
                                  R"("id":"a1","kind":"erased","target":9)");
}

TEST(Entry, NamesEveryKind) {
  const std::string words[]{"text",     "edit",   "erase", "react",  "unreact", "pin",   "unpin", "erased",
                            "notice",   "action", "tag",   "",       "",        "",      "",      "",
                            "settings", "role",   "add",   "remove", "ban",     "unban", "mute",  "unmute"};
  for (std::size_t number = 1; number < std::size(words); ++number) {
    core::room_entry entry{.kind = static_cast<core::entry_kind>(number)};
    const auto word = words[number].empty() ? "unknown" : words[number];
    EXPECT_EQ(nlohmann::json::parse("{" + written(entry) + "}")["kind"], word);
  }
}

TEST(Entry, NeverWeighsLessInAPageThanItIsWrittenWith) {
  const std::string nasty = "\"\\\n\x02\xc3\xa4";
  std::string quoted;
  append_quoted(quoted, nasty);
  core::room_entry entry{.seq = {9'999'999'999'999'999},
                         .author = {std::string(32, 'a')},
                         .client_id = std::string(64, '"'),
                         .text = nasty,
                         .at = core::wall_time::max(),
                         .target = {9'999'999'999'999'999},
                         .subject = {std::string(32, 'b')}};
  const std::string extras[]{"", R"({"until":"2026-12-01T00:00:00.000Z"})", R"({"role":"moderator"})",
                             R"({"settings":{"access":"private","post":"moderators","slow":3600,"title":)" + quoted +
                                 R"(,"topic":)" + quoted + R"(,"edit_window":315360000,"data":{"x":)" + quoted + "}}}"};
  for (unsigned kind = 0; kind <= 23; ++kind)
    for (const auto& extra : extras) {
      entry.kind = static_cast<core::entry_kind>(kind);
      entry.extra = extra;
      const auto size = written(entry, true).size() + 3;  // the braces, and the comma
      EXPECT_GE(core::page_weight(entry), size) << kind << extra;
    }
  // The most words that a sentence can have: there is little to spare.
  entry.kind = core::entry_kind::settings;
  entry.subject = {};
  entry.text = {};
  entry.extra = R"({"settings":{"access":"private","post":"moderators","slow":3600,"title":"x","topic":")" +
                std::string(1000, 'x') + R"(","edit_window":315360000,"data":{}}})";
  EXPECT_LE(core::page_weight(entry), written(entry, true).size() + 250);
}

}  // namespace
}  // namespace greenroom::protocol
