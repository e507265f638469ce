#include "protocol/act.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace greenroom::protocol {
namespace {

// Acts are read in full by the frames of test/data/json/commands.txt; here is what frames can't show.

struct read_settings_result {
  core::ec code;
  std::string detail;
  core::post made;
};

read_settings_result settings_of(const std::string& object) {
  json_reader json{object, core::ec::bad_request};
  auto made = read_settings_act(json);
  return {json.ok() ? core::ec::none : json.why().code, json.ok() ? "" : json.why().detail, std::move(made)};
}

TEST(Act, SettingsAreValuesOfTheirTypes) {
  const auto read =
      settings_of(R"({"access":"private","post":"moderators","slow":3600,"title":"Den","topic":"at nine",)"
                  R"("data":{ "n": [1, {"x": "\u00e4"}] },"edit_window":60,"receipts":"off"})");
  ASSERT_EQ(read.code, core::ec::none);
  EXPECT_EQ(read.made.kind, core::entry_kind::settings);
  EXPECT_TRUE(read.made.text.empty());
  const auto& set = read.made.act->set;
  EXPECT_EQ(set.which, 255);
  EXPECT_EQ(set.to, (core::room_settings{core::room_access::secret, core::room_posting::moderators, 3600, "Den",
                                         "at nine", "{\"n\":[1,{\"x\":\"\xc3\xa4\"}]}", 60, core::room_receipts::off}));
}

TEST(Act, OnlyWhatIsNamedIsSet) {
  using enum core::setting;
  const std::pair<const char*, core::setting> alone[]{
      {R"({"access":"open"})", access},
      {R"({"post":"all"})", post},
      {R"({"slow":0})", slow},
      {R"({"title":""})", title},
      {R"({"topic":"x"})", topic},
      {R"({"data":{}})", data},
      {R"({"edit_window":0})", edit_window},
      {R"({"receipts":"on"})", receipts},
  };
  for (const auto& [object, one] : alone) {
    const auto read = settings_of(object);
    ASSERT_EQ(read.code, core::ec::none) << object;
    EXPECT_EQ(read.made.act->set.which, static_cast<unsigned>(one)) << object;
    EXPECT_EQ(read.made.act->extra.view(), R"({"settings":)" + std::string(object) + "}");
  }
}

// The same act under the same id must be the same, however it was written.
TEST(Act, OneChangeHasOneExtra) {
  const auto one = settings_of(R"({"topic":"x","data":{"a":1},"slow":5})").made.act->extra;
  EXPECT_EQ(settings_of(R"( { "slow" : 5, "data": { "a" : 1 },"topic":"\u0078" } )").made.act->extra, one);
}

TEST(Act, SettingsReadBackFromTheirExtra) {
  const auto read = settings_of(R"({"access":"invited","slow":7,"title":"a\"b","topic":"","data":null})");
  json_reader extra{read.made.act->extra, core::ec::bad_json};
  json_reader inner{extra.object_if("settings").value_or(""), core::ec::bad_json};
  const auto again = read_settings(inner);
  EXPECT_TRUE(inner.ok());
  EXPECT_EQ(again.which, read.made.act->set.which);
  EXPECT_EQ(again.to, read.made.act->set.to);
}

TEST(Act, LengthsHoldExactly) {
  const auto field = [](const std::string& name, std::size_t bytes) {
    return "{\"" + name + "\":\"" + std::string(bytes, 'x') + "\"}";
  };
  // `{"x":"…"}` has 8 bytes besides.
  const auto data = [](std::size_t bytes) { return R"({"data":{"x":")" + std::string(bytes - 8, 'x') + "\"}}"; };
  const auto deep = [](std::size_t levels) {
    return R"({"data":{"x":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}}";
  };
  const std::pair<std::string, std::string> taken_and_not[]{
      {field("title", max_title_bytes), field("title", max_title_bytes + 1)},
      {field("topic", max_topic_bytes), field("topic", max_topic_bytes + 1)},
      {data(max_data_bytes), data(max_data_bytes + 1)},
      {deep(max_data_depth), deep(max_data_depth + 1)},
  };
  for (const auto& [taken, refused] : taken_and_not) {
    EXPECT_EQ(settings_of(taken).code, core::ec::none) << taken;
    EXPECT_EQ(settings_of(refused).code, core::ec::bad_request) << refused;
    EXPECT_TRUE(settings_of(refused).detail.starts_with(refused.substr(2, 1) == "d" ? "`data`" : "`t")) << refused;
  }
}

TEST(Act, AnExtraIsBounded) {
  const auto with = [](std::string_view escape, std::size_t times) {
    std::string topic;
    for (std::size_t i = 0; i < times; ++i) topic += escape;
    return settings_of(R"({"data":{"x":")" + std::string(4000, 'x') + R"("},"topic":")" + topic + "\"}");
  };
  EXPECT_EQ(with("x", 1024).code, core::ec::none);
  EXPECT_EQ(with("\\u0002", 600).code, core::ec::none);
  EXPECT_LE(with("\\u0002", 600).made.act->extra.size(), max_extra_bytes);
  EXPECT_EQ(with("\\u0002", 1024).detail, "`settings` are too long.");
}

TEST(Act, AReasonMayHave1024Bytes) {
  const auto code = [](std::size_t bytes) {
    json_reader json{R"({"reason":")" + std::string(bytes, 'x') + "\"}", core::ec::bad_request};
    EXPECT_EQ(read_act(json, core::entry_kind::ban, {"bob"}, {}).text.size(), bytes <= max_reason_bytes ? bytes : 0);
    return json.ok() ? core::ec::none : json.why().code;
  };
  EXPECT_EQ(code(max_reason_bytes), core::ec::none);
  EXPECT_EQ(code(max_reason_bytes + 1), core::ec::bad_request);
}

TEST(Act, APersonKnownFromElsewhereIsNotRead) {
  constexpr std::array<std::string_view, 1> besides{"id"};
  json_reader json{R"({"id":"a1","role":"owner"})", core::ec::bad_request};
  const auto made = read_act(json, core::entry_kind::role, {"Bob"}, besides);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(made.act->subject.value, "Bob");
  EXPECT_EQ(made.act->role, core::room_role::owner);
  for (const std::string body : {R"({"user":"Bob","role":"owner"})", R"({"kind":"role","role":"owner"})"}) {
    json_reader refused{body, core::ec::bad_request};
    (void)read_act(refused, core::entry_kind::role, {"Bob"}, besides);
    EXPECT_FALSE(refused.ok()) << body;
  }
}

}  // namespace
}  // namespace greenroom::protocol
