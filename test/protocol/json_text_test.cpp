#include "protocol/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <random>
#include <string>

namespace greenroom::protocol {
namespace {

using namespace std::string_view_literals;

json_reader read(std::string_view text) { return json_reader{text, core::ec::bad_request}; }

TEST(JsonReader, ReadsFieldsByNameAndType) {
  auto json = read(R"({"s":"text","n":5,"t":true,"f":false,"l":["a","b"],"e":[],"room":"Lobby","user":"Ada"})");
  EXPECT_EQ(json.text("s"), "text");
  EXPECT_EQ(json.text_or("s", "x"), "text");
  EXPECT_EQ(json.text_or("none", "x"), "x");
  EXPECT_EQ(json.number("n"), 5u);
  EXPECT_EQ(json.number_if("none"), std::nullopt);
  EXPECT_TRUE(json.flag("t", false));
  EXPECT_FALSE(json.flag("f", true));
  EXPECT_TRUE(json.flag("none", true));
  EXPECT_EQ(json.texts("l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(json.texts("e").empty());
  EXPECT_TRUE(json.texts("none").empty());
  EXPECT_EQ(json.room("room").value, "Lobby");
  EXPECT_EQ(json.user("user").value, "Ada");
  EXPECT_TRUE(json.ok());
}

TEST(JsonReader, NeedsOnePassForWhatClientsSendAlmostAlways) {
  const std::string sixteen_digits = R"({"a":1234567890123456})", nested = R"({"a":{}})", list = R"({"a":["b"]})";
  std::string sixteen = R"({"a0":0)", seventeen;
  for (int i = 1; i < 16; ++i) sixteen += ",\"a" + std::to_string(i) + "\":0";
  seventeen = sixteen + R"(,"a16":0})";
  sixteen += '}';
  for (const std::string_view flat :
       {R"({"type":"send","room":"lobby","id":"a1","text":"hello"})"sv, R"( { "a" : "b" , "c" : 12 } )"sv,
        R"({"a":"\"\\\/\n\r\t\b\f","é":true,"b":false,"c":0,"d":123456789012345})"sv, "{\t\"a\"\n:\r\"\"}"sv,
        std::string_view{sixteen}}) {
    EXPECT_TRUE(read(flat).in_one_pass()) << flat;
    EXPECT_TRUE(read(flat).ok()) << flat;
  }
  for (const std::string_view other : {R"({"a":"\u00e9"})"sv, R"({})"sv, R"({"a":null})"sv, R"({"a":-1})"sv,
                                       R"({"a":1.0})"sv, std::string_view{sixteen_digits}, std::string_view{seventeen},
                                       std::string_view{nested}, std::string_view{list}}) {
    EXPECT_FALSE(read(other).in_one_pass()) << other;
    EXPECT_TRUE(read(other).ok()) << other;
  }
  auto escapes = read(R"({"a":"\"\\\/\n\r\t\b\f"})");
  EXPECT_EQ(escapes.text("a"), "\"\\/\n\r\t\b\f");
}

TEST(JsonReader, TheFirstMistakeStays) {
  auto json = read(R"({"n":"5","s":7,"room":"lobby"})");
  EXPECT_EQ(json.number("n"), 0u);
  EXPECT_EQ(json.text("s"), "");
  EXPECT_EQ(json.room("room").value, "");
  json.refuse({core::ec::conflict, "later", 0});
  EXPECT_EQ(json.why(),
            (core::error{core::ec::bad_request, "`n` must be a whole number from 0 to 9007199254740991.", 0}));
}

TEST(JsonReader, ALookAddsNoMistake) {
  const auto json = read(R"({"n":5,"s":"x"})");
  EXPECT_EQ(json.peek("s"), "x");
  EXPECT_EQ(json.peek("n"), "");
  EXPECT_EQ(json.peek("none"), "");
  EXPECT_TRUE(json.has("n"));
  EXPECT_FALSE(json.has("none"));
  EXPECT_TRUE(json.ok());
}

TEST(JsonReader, AListOfSomethingElseIsNoListOfStrings) {
  for (const auto list : {"[1]", "[\"a\",1]", "[1,\"a\"]", "[[\"a\"]]", "[\"a\",[]]", "[{}]", "[null]",
                          "[\"a\",{\"x\":\"y\"}]", "{\"a\":\"b\"}", "\"a\"", "null"}) {
    auto json = read(std::string(R"({"l":)") + list + "}");
    json.texts("l");
    ASSERT_FALSE(json.ok()) << list;
    EXPECT_EQ(json.why().detail, "`l` must be a list of strings.") << list;
  }
}

TEST(JsonReader, AnObjectIsItsTextWithoutBlanks) {
  auto json = read(R"({"o": { "a" : [ 1, -2, 0.50, 1E5, "\u00e4\n\/", {} , [ ] ], "b":{"c": null ,"d":true}, "e":"" },)"
                   R"("l":[{"x":1}],"s":"x","empty":{ }})");
  EXPECT_EQ(json.object_if("o"),
            "{\"a\":[1,-2,0.50,1E5,\"\xc3\xa4\\n/\",{},[]],\"b\":{\"c\":null,\"d\":true},\"e\":\"\"}");
  EXPECT_EQ(json.object_if("empty"), "{}");
  EXPECT_EQ(json.object_if("none"), std::nullopt);
  EXPECT_EQ(json.text("s"), "x");
  EXPECT_TRUE(json.ok());
  for (const auto* name : {"l", "s"}) {
    auto again = read(R"({"l":[{"x":1}],"s":"x"})");
    EXPECT_EQ(again.object_if(name), std::nullopt);
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.why().detail, "`" + std::string(name) + "` must be an object.");
  }
}

TEST(JsonReader, AnObjectIsWhatAnotherParserReads) {
  const std::string pieces[]{"{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u0001\"", "1", "-1.5e3", "true", "null", " "};
  std::mt19937 random{17};
  int objects = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = R"({"o":{)";
    for (auto more = random() % 12; more > 0; --more) text += pieces[random() % std::size(pieces)];
    text += "}}";
    auto json = read(text);
    const auto object = json.object_if("o");
    if (!object) continue;
    ++objects;
    EXPECT_EQ(nlohmann::ordered_json::parse(*object), nlohmann::ordered_json::parse(text)["o"]) << text;
    EXPECT_EQ(object->find(' '), object->npos) << text;
  }
  EXPECT_GT(objects, 500);
}

TEST(JsonReader, NullIsToldFromWhatIsMissing) {
  auto json = read(R"({"n":null,"s":"null","o":{"x":null}})");
  EXPECT_TRUE(json.is_null("n"));
  for (const auto* name : {"s", "o", "x", "none"}) EXPECT_FALSE(json.is_null(name)) << name;
  EXPECT_TRUE(json.ok());
  EXPECT_EQ(json.text("n"), "");
  EXPECT_FALSE(json.ok());
  EXPECT_FALSE(json.is_null("n"));
}

TEST(JsonReader, NamesTheFirstFieldThatNobodyExpects) {
  constexpr std::array<std::string_view, 2> names{"a", "b"};
  EXPECT_EQ(read(R"({"b":1,"a":2})").other_than(names), std::nullopt);
  EXPECT_EQ(read(R"({"b":1,"d":{"c":1},"e":2})").other_than(names), "d");
  EXPECT_EQ(read(R"({"":1})").other_than(names), "");
  EXPECT_EQ(read(R"({"c":1,)").other_than(names), std::nullopt) << "there is another mistake";
}

TEST(JsonReader, FieldsInsideOtherFieldsAreNotItsOwn) {
  auto json = read(R"({"o":{"s":"inner","l":["x"]},"a":[{"s":"inner"}]})");
  EXPECT_FALSE(json.has("s"));
  EXPECT_FALSE(json.has("l"));
  EXPECT_TRUE(json.has("o"));
}

TEST(JsonReader, AFieldIsThereTwiceOnlyWithinItsOwnObject) {
  EXPECT_EQ(read(R"({"o":{"s":"inner"},"s":"x"})").text("s"), "x");
  EXPECT_EQ(read(R"({"l":[{"s":"one"},{"s":"two"}],"s":"x"})").text("s"), "x");
  EXPECT_EQ(read(R"({"s":"x","o":{"s":"inner"},"s":"y"})").why().code, core::ec::bad_json);
  EXPECT_EQ(read(R"({"o":{"s":"one","s":"two"}})").why().code, core::ec::bad_json);
}

TEST(JsonReader, NumbersAreWholeAndExact) {
  for (const auto number :
       {"-1", "1.0", "1e2", "0.5", "-0", "9007199254740992", "18446744073709551616", "true", "\"1\"", "null"}) {
    auto json = read(std::string(R"({"n":)") + number + "}");
    json.number_if("n");
    EXPECT_FALSE(json.ok()) << number;
  }
  EXPECT_EQ(read(R"({"n":9007199254740991})").number("n"), max_json_number);
  EXPECT_EQ(read(R"({"n":0})").number("n"), 0u);
}

TEST(JsonReader, WhatIsNoObjectIsBadJson) {
  for (const auto text : {"",
                          " ",
                          "[]",
                          "[{}]",
                          "1",
                          "\"x\"",
                          "true",
                          "{",
                          "}",
                          "{]",
                          "{}x",
                          "{\"a\"}",
                          "{\"a\":}",
                          "{a:1}",
                          "{\"a\":01}",
                          "{\"a\":+1}",
                          "{\"a\":.5}",
                          "{\"a\":1e999}",
                          "{\"a\":\"\\x\"}",
                          "{\"a\":\"\\ud800\"}",
                          "{\"a\":\"\xc0\x80\"}",
                          "{\"a\":\"\t\"}",
                          "/**/{}"}) {
    const auto json = read(text);
    ASSERT_FALSE(json.ok()) << text;
    EXPECT_EQ(json.why().code, core::ec::bad_json) << text;
  }
  EXPECT_EQ(read("{}\0"sv).why().code, core::ec::bad_json);
  EXPECT_EQ(read("{\"a\":\"\0\"}"sv).why().code, core::ec::bad_json);
}

TEST(JsonReader, LimitsHoldExactly) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_TRUE(read(nested(max_json_depth)).ok());
  EXPECT_EQ(read(nested(max_json_depth + 1)).why().code, core::ec::bad_json);
  const auto padded = [](std::size_t bytes) { return "{}" + std::string(bytes - 2, ' '); };
  EXPECT_TRUE(read(padded(max_json_bytes)).ok());
  EXPECT_EQ(read(padded(max_json_bytes + 1)).why().code, core::ec::too_big);
}

TEST(JsonReader, BracketsInStringsAreNoNesting) {
  const std::string many(max_json_depth + 1, '[');
  for (const std::string& text : {"x" + many, many + "x", "\\\"" + many, "\\\\" + many, many + "\\\""})
    EXPECT_TRUE(read(R"({"list":[],"text":")" + text + "\"}").ok()) << text;
}

TEST(JsonReader, OfABadTextFieldsCanOnlyBePeekedAt) {
  auto json = read(R"({"id":"a1",)");
  EXPECT_FALSE(json.has("id"));
  EXPECT_EQ(json.text("id"), "");
  EXPECT_EQ(json.peek("id"), "a1");
}

TEST(JsonText, QuotingEscapesWhatMustBe) {
  std::string out;
  append_quoted(out,
                "a\"b\\c/\n\r\t\b\f\x01\x1f\x7f\0"
                "\xc3\xa4"sv);
  EXPECT_EQ(out, "\"a\\\"b\\\\c/\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\\u0000\xc3\xa4\"");
}

TEST(JsonText, EveryByteIsReadBackAsItself) {
  for (unsigned c = 0; c < 128; ++c) {
    const std::string text{'<', static_cast<char>(c), '>'};
    std::string out;
    append_quoted(out, text);
    EXPECT_EQ(nlohmann::json::parse(out), text) << c;
  }
}

TEST(JsonText, GenerationsAre16LowerCaseHexDigits) {
  std::mt19937_64 random{2};
  for (int i = 0; i < 1000; ++i) {
    const core::generation_id generation{random() >> (random() % 64)};
    std::string text;
    core::append_hex(text, generation.value);
    EXPECT_EQ(text.size(), 16u);
    EXPECT_EQ(read_generation(text), generation);
  }
  for (const auto text : {"", "1", "000000000000000", "00000000000000000", "000000000000000A", "000000000000000g",
                          "0x00000000000000", "-000000000000001", " 000000000000001"})
    EXPECT_EQ(read_generation(text), std::nullopt) << text;
}

TEST(JsonText, NestingIsCountedOutsideOfStrings) {
  EXPECT_TRUE(is_shallow("", 0));
  EXPECT_TRUE(is_shallow(R"({"a":[{}]})", 3));
  EXPECT_FALSE(is_shallow(R"({"a":[{}]})", 2));
  EXPECT_TRUE(is_shallow(R"({"a":"[[[","b":[],"c":[]})", 2));
}

TEST(JsonWriter, SetsTheCommasItself) {
  std::string out = "before";
  json_writer json{out};
  json.begin()
      .put("a", "x")
      .put("b", std::uint64_t{1})
      .begin("c")
      .end()
      .begin("d")
      .put("e", true)
      .put("f", false)
      .end();
  json.begin_list("g")
      .item("{")
      .item("[")
      .begin_item()
      .end()
      .begin_item()
      .put("h", core::generation_id{10})
      .end()
      .end_list();
  json.begin_list("i").end_list().put("j", core::wall_time{}).put_json("k", "{}").put_json("l", "null").end();
  EXPECT_EQ(out, R"(before{"a":"x","b":1,"c":{},"d":{"e":true,"f":false},)"
                 R"("g":["{","[",{},{"h":"000000000000000a"}],"i":[],"j":"1970-01-01T00:00:00.000Z","k":{},"l":null})");
}

}  // namespace
}  // namespace greenroom::protocol
