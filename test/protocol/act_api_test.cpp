#include "protocol/act_api.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/room_words.hpp"

namespace greenroom::protocol {
namespace {

using core::entry_kind;

std::string described(const core::result<core::post>& read) {
  if (!read) return std::string(core::to_string(read.code())) + " " + read.why().text();
  auto out = std::string(word_of(read->kind)) + " id=" + read->client_id + " text=" + std::string(read->text);
  EXPECT_EQ(read->ticket, 0u);
  if (!read->act) return read->target ? out + " target=" + std::to_string(read->target.value) : out;
  return out + " target=" + std::to_string(read->act->target.value) + " user=" + read->act->subject.value +
         " extra=" + std::string(read->act->extra);
}

struct row {
  std::string body, is;
};

TEST(ActApi, AnActIsReadAsInAFrameAndMayHaveAnId) {
  const row rows[]{
      {R"({"kind":"erase","target":7,"reason":"spam"})", "erase id= text=spam target=7 user= extra="},
      {R"({"kind":"ban","user":"Bob","id":"a1"})", "ban id=a1 text= target=0 user=Bob extra="},
      {R"({"kind":"notice","text":"x","id":"a1"})", "notice id=a1 text=x"},
      {R"({"kind":"edit","target":7,"text":"y"})", "edit id= text=y target=7 user= extra="},
      {R"({"kind":"pin","target":0})", "bad_request `target` must be at least 1."},
      {R"({"kind":"add","user":"Bob","id":""})", "bad_id The id must be 1 to 64 printable ASCII characters."},
      {R"({"kind":"add","user":"Bob","id":7})", "bad_request `id` must be a string."},
      {R"({"kind":"add","user":"Bob","room":"x"})", "bad_request `room` is no field of `add`."},
      {R"({"kind":"erase"})", "bad_request `target` is missing: a whole number from 0 to 9007199254740991."},
      {"{}", "bad_request `kind` is missing: a string."},
      {"", "bad_json It isn't valid JSON."},
      {"[]", "bad_json It must be a JSON object."},
  };
  for (const auto& [body, is] : rows) EXPECT_EQ(described(read_act_body(body)), is) << body;
}

TEST(ActApi, AMessageIsATextThatMayAnswerAnother) {
  const row rows[]{
      {R"({"text":"x"})", "text id= text=x"},
      {R"({"text":"x","id":"a1","target":7})", "text id=a1 text=x target=7"},
      {R"({"text":"x","target":0})", "bad_request `target` must be at least 1."},
      {R"({"text":""})",
       "bad_text The text must be 1 to 4096 bytes of UTF-8 without control characters other than tab and newline."},
      {R"({"text":"x","kind":"notice"})", "bad_request `kind` is no field of `text`."},
      {"{}", "bad_request `text` is missing: a string."},
  };
  for (const auto& [body, is] : rows) EXPECT_EQ(described(read_message_body(body)), is) << body;
}

TEST(ActApi, ABodyOfSettingsIsTheSettings) {
  const row rows[]{
      {R"({"topic":"x","slow":5})", R"(settings id= text= target=0 user= extra={"settings":{"slow":5,"topic":"x"}})"},
      {R"({"topic":7})", "bad_request `topic` must be a string."},
      {R"({"receipts":true})", "bad_request `receipts` must be a string."},
      {R"({"colour":"red"})", "bad_request `colour` is no setting."},
      {R"({"settings":{"topic":"x"}})", "bad_request `settings` is no setting."},
      {R"({"topic":"x","id":"a1"})", "bad_request `id` is no setting."},
      {"{}", "bad_request There is no setting."},
      {"", "bad_json It isn't valid JSON."},
  };
  for (const auto& [body, is] : rows) EXPECT_EQ(described(read_settings_body(body)), is) << body;
}

TEST(ActApi, AMemberIsAddedOrGetsARole) {
  const row rows[]{
      {"", "add id= text= target=0 user=Bob extra="},
      {"{}", "add id= text= target=0 user=Bob extra="},
      {R"({"role":"moderator","id":"a1"})", R"(role id=a1 text= target=0 user=Bob extra={"role":"moderator"})"},
      {R"({"role":"outsider"})", "bad_request `role` must be member, moderator or owner."},
      {R"({"role":null})", "bad_request `role` must be a string."},
      {R"({"reason":"x"})", "bad_request `reason` is no field of `add`."},
      {R"({"user":"Cy"})", "bad_request `user` is no field of `add`."},
      {"x", "bad_json It isn't valid JSON."},
  };
  for (const auto& [body, is] : rows) EXPECT_EQ(described(read_member_body(body, {"Bob"})), is) << body;
}

TEST(ActApi, BansAndMutesHaveReasonsAndEnds) {
  const row rows[]{
      {"", " id= text= target=0 user=Bob extra="},
      {R"({"reason":"spam","until":"2026-12-01T10:00:00Z","id":"a1"})",
       R"( id=a1 text=spam target=0 user=Bob extra={"until":"2026-12-01T10:00:00.000Z"})"},
  };
  for (const auto& [body, is] : rows) {
    EXPECT_EQ(described(read_sanction_body(body, entry_kind::ban, {"Bob"})), "ban" + is) << body;
    EXPECT_EQ(described(read_sanction_body(body, entry_kind::mute, {"Bob"})), "mute" + is) << body;
  }
  EXPECT_EQ(read_sanction_body(R"({"until":"soon"})", entry_kind::ban, {"Bob"}).code(), core::ec::bad_request);
  EXPECT_EQ(read_sanction_body(R"({"role":"member"})", entry_kind::ban, {"Bob"}).code(), core::ec::bad_request);
}

TEST(ActApi, UndoingMayHaveAReason) {
  for (const auto kind : {entry_kind::remove, entry_kind::unban, entry_kind::unmute}) {
    const std::string word(word_of(kind));
    EXPECT_EQ(described(read_reason_body("", kind, {"Bob"})), word + " id= text= target=0 user=Bob extra=");
    EXPECT_EQ(described(read_reason_body(R"({"reason":"ok","id":"a1"})", kind, {"Bob"})),
              word + " id=a1 text=ok target=0 user=Bob extra=");
    EXPECT_EQ(described(read_reason_body(R"({"until":"2026-12-01T10:00:00Z"})", kind, {"Bob"})),
              "bad_request `until` is no field of `" + word + "`.");
  }
}

TEST(ActApi, AKeyIsTheId) {
  const auto taken = [](std::string_view field, std::string id) {
    core::post post{.client_id = std::move(id)};
    const auto done = take_key(field, post);
    return done ? post.client_id : std::string(core::to_string(done.code()));
  };
  EXPECT_EQ(taken("", "a1"), "a1");
  EXPECT_EQ(taken("", ""), "");
  EXPECT_EQ(taken(R"("k-1")", ""), "k-1");
  EXPECT_EQ(taken("k-1", ""), "k-1");
  EXPECT_EQ(taken(R"("k-1")", "k-1"), "k-1");
  EXPECT_EQ(taken(R"("k-1")", "k-2"), "bad_request");
  EXPECT_EQ(taken(R"("a\"b\\c")", ""), R"(a"b\c)");
  EXPECT_EQ(taken('"' + std::string(64, 'x') + '"', ""), std::string(64, 'x'));
  for (const std::string field :
       {R"("")", R"(")", R"("k)", R"("k" )", R"("k";a=1)", R"("\k")", R"("k\)", "\"\xc3\xa4\"", "\xc3\xa4"})
    EXPECT_EQ(taken(field, ""), "bad_id") << field;
  EXPECT_EQ(taken('"' + std::string(65, 'x') + '"', ""), "bad_id");
  EXPECT_EQ(taken("\"~1\"", ""), "bad_id") << "such ids are the server's own";
}

TEST(ActApi, TheAnswerIsTheEntry) {
  core::act_performed done{
      {.seq = {7}, .author = {"Ada"}, .client_id = "a1", .text = "spam", .kind = entry_kind::ban, .subject = {"bob"}},
      {0xabc}};
  const std::string entry = R"({"room":"Den","generation":"0000000000000abc","seq":7,"from":"Ada",)"
                            R"("text":"banned bob: spam","at":"1970-01-01T00:00:00.000Z","id":"a1","kind":"ban",)"
                            R"("user":"bob","reason":"spam")";
  EXPECT_EQ(to_json(done, {"Den"}), entry + "}");
  done.duplicate = true;
  EXPECT_EQ(to_json(done, {"Den"}), entry + R"(,"duplicate":true})");
  EXPECT_EQ(to_json(core::act_performed{}, {"Den"}), R"({"room":"Den","unchanged":true})");
}

}  // namespace
}  // namespace greenroom::protocol
