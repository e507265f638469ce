#include "protocol/irc/batch_reader.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core/names.hpp"

namespace greenroom::protocol::irc {
namespace {

using namespace std::chrono_literals;

struct batching_client {
  batch_reader reader{};
  core::mono_time now{1h};

  batch_reader::outcome says(const std::string& text) { return reader.heard(parse(text), now); }
  // The code of the refusal, with the parameters behind it.
  std::string refused(const std::string& text) {
    const auto got = says(text);
    EXPECT_TRUE(got.taken) << text;
    if (!got.refused) return "";
    std::string out = got.refused->code;
    for (const auto& one : got.refused->about) out += " " + one;
    return out;
  }
};

TEST(IrcBatchReader, LinesBecomeOneMessage) {
  batching_client ada;
  EXPECT_TRUE(
      ada.says("@label=xyz;+a=1;+reply=0000000000000abc-7;greenroom.chat/id=i BATCH +123 draft/multiline #lobby")
          .taken);
  EXPECT_TRUE(ada.says("@batch=123 PRIVMSG #lobby hello").taken);
  EXPECT_TRUE(ada.says("@batch=123 privmsg #Lobby :").taken);
  EXPECT_TRUE(ada.says("@batch=123 PRIVMSG #lobby :how is ").taken);
  EXPECT_TRUE(ada.says("@batch=123;draft/multiline-concat PRIVMSG #lobby :everyone?").taken);
  const auto got = ada.says("BATCH -123");
  ASSERT_TRUE(got.whole);
  EXPECT_FALSE(got.refused);
  EXPECT_EQ(got.label, "xyz");
  EXPECT_EQ(got.whole->text, "hello\n\nhow is everyone?");
  EXPECT_EQ(got.whole->cuts, std::vector<std::uint32_t>{14});
  EXPECT_EQ(got.whole->tags, "+a=1");
  EXPECT_EQ(got.whole->id, "i");
  EXPECT_TRUE(got.whole->answers);
  EXPECT_EQ(got.whole->kind, core::entry_kind::text);
  EXPECT_EQ(std::get<message_target>(got.whole->to.at(0)).room.value, "lobby");
  EXPECT_FALSE(ada.reader.deadline());
}

TEST(IrcBatchReader, OtherLinesArentItsBusiness) {
  batching_client ada;
  EXPECT_FALSE(ada.says("PRIVMSG #lobby :hi").taken);
  (void)ada.says("BATCH +1 draft/multiline bob");
  EXPECT_FALSE(ada.says("PING x").taken);
  (void)ada.says("@batch=1 NOTICE bob :hi");
  EXPECT_EQ(ada.says("BATCH -1").whole->kind, core::entry_kind::notice);
}

TEST(IrcBatchReader, AFaultIsRefusedOnceAndTheRestPassedOver) {
  batching_client ada;
  (void)ada.says("@label=7 BATCH +123 draft/multiline #lobby");
  const auto got = ada.says("@batch=123 PRIVMSG #other hi");
  EXPECT_EQ(got.label, "7");
  EXPECT_EQ(got.refused->code, "MULTILINE_INVALID_TARGET");
  EXPECT_EQ(ada.refused("@batch=123 PRIVMSG #other hi"), "");
  const auto end = ada.says("BATCH -123");
  EXPECT_FALSE(end.refused);
  EXPECT_FALSE(end.whole);
}

TEST(IrcBatchReader, EachFaultHasItsCode) {
  const std::string begin = "BATCH +1 draft/multiline #a";
  for (const auto& [lines, code] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"BATCH +a_b draft/multiline #a"}, "INVALID_REFTAG +a_b"},
           {{"BATCH"}, "INVALID_REFTAG "},
           {{"BATCH +1 netsplit a b"}, "UNKNOWN_TYPE 1 netsplit"},
           {{"BATCH +1 draft/multiline"}, "MULTILINE_INVALID"},
           {{"BATCH -1"}, "MULTILINE_INVALID"},
           {{"@batch=1 PRIVMSG #a hi"}, "MULTILINE_INVALID"},
           {{begin, begin}, "MULTILINE_INVALID"},
           {{begin, "@batch=2 PRIVMSG #a hi"}, "MULTILINE_INVALID"},
           {{begin, "@batch=1 PRIVMSG #b hi"}, "MULTILINE_INVALID_TARGET #a #b"},
           {{begin, "@batch=1 JOIN #a"}, "MULTILINE_INVALID"},
           {{begin, "@batch=1 PRIVMSG #a hi", "@batch=1 NOTICE #a hi"}, "MULTILINE_INVALID"},
           {{begin, "@batch=1 PRIVMSG #a hi", "@batch=1;draft/multiline-concat PRIVMSG #a :"}, "MULTILINE_INVALID"},
           {{begin, "@batch=1;draft/multiline-concat PRIVMSG #a hi"}, "MULTILINE_INVALID"},
           {{begin, "@batch=1 PRIVMSG #a :", "@batch=1 PRIVMSG #a :", "BATCH -1"}, "MULTILINE_INVALID"},
           {{begin, "BATCH -1"}, "MULTILINE_INVALID"},
           {{begin,
             "@batch=1 PRIVMSG #a :\x01"
             "ACTION x\x01",
             "BATCH -1"},
            "MULTILINE_INVALID"},
           {{"@greenroom.chat/id=~1 " + begin}, "INVALID_ID"}}) {
    batching_client ada;
    std::string last;
    for (const auto& one : lines) {
      EXPECT_EQ(last, "") << one;
      last = ada.refused(one);
    }
    EXPECT_EQ(last, code) << lines.back();
  }
}

TEST(IrcBatchReader, ItsLinesAndBytesAreBounded) {
  batching_client ada, bob;
  (void)ada.says("BATCH +1 draft/multiline #a");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ada.refused("@batch=1 PRIVMSG #a hi"), "");
  EXPECT_EQ(ada.refused("@batch=1 PRIVMSG #a hi"), "MULTILINE_MAX_LINES 100");
  (void)bob.says("BATCH +1 draft/multiline #a");
  const std::string line(409, 'x');
  for (int i = 0; i < 9; ++i) EXPECT_EQ(bob.refused("@batch=1 PRIVMSG #a " + line), "");
  EXPECT_EQ(bob.refused("@batch=1 PRIVMSG #a " + line.substr(4)), "");
  EXPECT_EQ(bob.refused("@batch=1;draft/multiline-concat PRIVMSG #a :y"), "");
  EXPECT_EQ(bob.refused("@batch=1;draft/multiline-concat PRIVMSG #a :z"), "MULTILINE_MAX_BYTES 4096");
}

TEST(IrcBatchReader, HalfAMinuteIsAllItHas) {
  batching_client ada;
  EXPECT_FALSE(ada.reader.late(ada.now + 1h).refused);
  (void)ada.says("BATCH +1 draft/multiline #a");
  EXPECT_FALSE(ada.reader.late(ada.now + 29s).refused);
  EXPECT_EQ(ada.reader.deadline(), ada.now + 30s);
  EXPECT_EQ(ada.reader.late(ada.now + 30s).refused->code, "TIMEOUT");
  EXPECT_FALSE(ada.reader.late(ada.now + 1h).refused);
  EXPECT_EQ(ada.refused("@batch=1 PRIVMSG #a hi"), "");
}

}  // namespace
}  // namespace greenroom::protocol::irc
