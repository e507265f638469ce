#include "protocol/sentence.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::protocol {
namespace {

using enum core::entry_kind;

core::room_entry act(core::entry_kind kind, std::string_view user, std::string_view reason, std::string_view extra) {
  return {.seq = {7}, .author = {"Ada"}, .text = reason, .kind = kind, .subject = {std::string(user)}, .extra = extra};
}

std::string said(const core::room_entry& entry) {
  std::string made;
  return std::string(told(entry, made));
}

TEST(Sentence, EveryKindHasOne) {
  const std::string_view until = R"({"until":"2026-12-01T10:00:00.000Z"})";
  struct row {
    core::room_entry entry;
    std::string says;
  };
  const row rows[]{
      {act(text, "", "hello", ""), "hello"},
      {act(notice, "", "back in five", ""), "back in five"},
      {act(action, "", "waves", ""), "* waves"},
      {act(erased, "", "", ""), "(removed)"},
      {act(erase, "", "", ""), "removed a message"},
      {act(erase, "", "spam", ""), "removed a message: spam"},
      {act(role, "bob", "", R"({"role":"moderator"})"), "made bob moderator"},
      {act(role, "bob", "", R"({"role":"owner"})"), "made bob owner"},
      {act(add, "bob", "", ""), "added bob"},
      {act(remove, "bob", "spam", ""), "removed bob: spam"},
      {act(remove, "bob", "", ""), "removed bob"},
      {act(remove, "ADA", "", ""), "left"},
      {act(remove, "Ada", "bored", ""), "left: bored"},
      {act(ban, "bob", "why", until), "banned bob until 2026-12-01T10:00:00Z: why"},
      {act(ban, "bob", "", until), "banned bob until 2026-12-01T10:00:00Z"},
      {act(ban, "bob", "why", ""), "banned bob: why"},
      {act(ban, "bob", "", ""), "banned bob"},
      {act(unban, "bob", "a mistake", ""), "unbanned bob: a mistake"},
      {act(mute, "bob", "why", until), "muted bob until 2026-12-01T10:00:00Z: why"},
      {act(unmute, "bob", "", ""), "unmuted bob"},
      {act(react, "", ":+1:", ""), ":+1:"},
      {act(unreact, "", ":+1:", ""), "took back :+1:"},
      {act(edit, "", "hello again", ""), "hello again"},
      {act(pin, "", "", ""), "pinned a message"},
      {act(unpin, "", "", ""), "unpinned a message"},
      {act(static_cast<core::entry_kind>(99), "bob", "of a newer version", ""), "of a newer version"},
  };
  for (const auto& [entry, says] : rows) EXPECT_EQ(said(entry), says);
}

TEST(Sentence, OfSettingsIsOneForAll) {
  const std::pair<std::string, std::string> rows[]{
      {R"({"topic":"at nine"})", "set the topic: at nine"},
      {R"({"topic":""})", "set no topic"},
      {R"({"title":"The den"})", "set the title: The den"},
      {R"({"access":"invited"})", "set the access: invited"},
      {R"({"post":"members"})", "set the right to write: members"},
      {R"({"slow":30})", "set the pause between posts: 30 s"},
      {R"({"slow":0})", "set no pause between posts"},
      {R"({"edit_window":60})", "set the time for edits: 60 s"},
      {R"({"edit_window":0})", "set no time for edits"},
      {R"({"receipts":"off"})", "set the read receipts: off"},
      {R"({"data":{"n":1}})", "set the data"},
      {R"({"data":null})", "set no data"},
      {R"({"topic":"x","title":"","slow":1,"post":"all","access":"private","data":{}})",
       "set the access: private; the right to write: all; the pause between posts: 1 s; the data; no title; the topic: "
       "x"},
      {R"({"modes":"+l 5"})", "set the modes: +l 5"},
      {R"({"modes":"-t","topic":"x"})", "set the modes: -t; the topic: x"},
      {R"({"keep":30})", "changed the settings"},
      {R"({})", "changed the settings"},
      {R"(5)", "changed the settings"},
  };
  for (const auto& [settings, says] : rows)
    EXPECT_EQ(said(act(core::entry_kind::settings, "", "", R"({"settings":)" + settings + "}")), says);
  EXPECT_EQ(said(act(core::entry_kind::settings, "", "", "")), "changed the settings");
}

TEST(Sentence, SaysOfASanctionWhatIsKnown) {
  const core::wall_time noon{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} + std::chrono::hours{12}};
  const auto appended = [](const core::sanction& because) {
    std::string out = "Banned.";
    append_because(out, because);
    return out;
  };
  EXPECT_EQ(appended({{"bob"}, {"Ada"}, "spam", noon}), "Banned. By Ada, until 2026-12-01T12:00:00Z: spam");
  EXPECT_EQ(appended({{"bob"}, {"Ada"}}), "Banned. By Ada");
  EXPECT_EQ(appended({{"bob"}, {}, "", noon}), "Banned. Until 2026-12-01T12:00:00Z");
  EXPECT_EQ(appended({{"bob"}, {}, "spam"}), "Banned. Why: spam");
  EXPECT_EQ(appended({{"bob"}, {}, "spam", noon}), "Banned. Until 2026-12-01T12:00:00Z: spam");
  EXPECT_EQ(appended({{"bob"}}), "Banned.");
}

}  // namespace
}  // namespace greenroom::protocol
