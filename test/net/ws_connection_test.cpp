#include "net/ws_connection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "core/messages/log.hpp"
#include "test/net/ws_fixture.hpp"

namespace greenroom::net::test {
namespace {

/// Each holds over plain TCP and over TLS.
class WsConnection : public ws_fixture, public ::testing::WithParamInterface<bool> {
 protected:
  WsConnection() { secure_ = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Over, WsConnection, ::testing::Bool(),
                         [](const auto& one) { return one.param ? "Tls" : "Tcp"; });

TEST_P(WsConnection, AnswersTheUpgradeWithTheChosenDialect) {
  begin();
  websocket one = prepare({.speech = {.subprotocol = "greenroom.v1.json"}});
  start(one);
  const std::string head = one.peer.read_head();
  EXPECT_NE(head.find("HTTP/1.1 101"), std::string::npos);
  EXPECT_NE(head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  EXPECT_NE(head.find("Sec-WebSocket-Protocol: greenroom.v1.json"), std::string::npos);
  EXPECT_NE(head.find("Server: greenroom\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Sec-WebSocket-Extensions"), std::string::npos);
}

TEST_P(WsConnection, AnswersNoDialectWhereNoneWasChosen) {
  begin();
  websocket one = prepare({});
  start(one);
  EXPECT_EQ(one.peer.read_head().find("Sec-WebSocket-Protocol"), std::string::npos);
}

TEST_P(WsConnection, RefusesAnUpgradeOfAnotherVersion) {
  begin();
  http::request head = upgrade_request();
  head.set("Sec-WebSocket-Version", "8");
  websocket one = prepare({.head = head});
  start(one);
  EXPECT_EQ(one.peer.read_head().substr(0, 12), "HTTP/1.1 426");
  EXPECT_EQ(one.peer.read_frame().opcode, 0xff);
  one.peer.shut();
  EXPECT_EQ(one.owner->wait_closed().closed, 1);
}

TEST_P(WsConnection, SendsWhatCameBeforeItsStartAfterTheAnswer) {
  begin();
  websocket one = prepare({});
  one.connection->send(server_text("first"));
  one.connection->send(server_text("second"));
  start(one);
  EXPECT_EQ(one.peer.read_head().substr(0, 12), "HTTP/1.1 101");
  EXPECT_EQ(one.peer.read_texts(2), (std::vector<std::string>{"first", "second"}));
}

TEST_P(WsConnection, HandsUpAllThatOneReadBroughtAtOnce) {
  begin();
  websocket one = connect();
  std::string burst;
  for (int i = 0; i < 100; ++i) burst += text_frame("SEND " + std::to_string(i));
  one.peer.send(burst);
  const auto seen = one.owner->wait([](const auto& now) { return now.texts.size() >= 100; });
  ASSERT_EQ(seen.texts.size(), 100u);
  EXPECT_EQ(seen.texts.front(), "SEND 0");
  EXPECT_EQ(seen.texts.back(), "SEND 99");
  EXPECT_LE(seen.calls.size(), 3u);
}

TEST_P(WsConnection, ReadsWhatCameWithTheUpgrade) {
  begin();
  const std::string ahead = text_frame("early") + text_frame("bird").substr(0, 3);
  websocket one = connect({.read_ahead = ahead});
  one.peer.send(text_frame("bird").substr(3));
  const auto seen = one.owner->wait([](const auto& now) { return now.texts.size() >= 2; });
  EXPECT_EQ(seen.texts, (std::vector<std::string>{"early", "bird"}));
}

TEST_P(WsConnection, StopsReadingAtItsWindowUntilFramesAreReleased) {
  begin();
  websocket one = connect({.settings = {.window = 8}});
  std::string burst;
  for (int i = 0; i < 50; ++i) burst += text_frame(std::to_string(i));
  one.peer.send(burst);
  auto count = [&](std::size_t enough) {
    return one.owner->wait([&](const auto& now) { return now.texts.size() >= enough; }).texts.size();
  };
  EXPECT_EQ(count(8), 8u);
  settle();
  EXPECT_EQ(count(8), 8u);
  one.connection->release(5);
  EXPECT_EQ(count(13), 13u);
  settle();
  EXPECT_EQ(count(13), 13u);
  for (std::size_t all = 13; all < 50;) {
    one.connection->release(8);
    const std::size_t more = count(std::min<std::size_t>(all + 8, 50));
    ASSERT_GT(more, all);
    all = more;
  }
  const auto seen = one.owner->wait([](const auto& now) { return now.texts.size() >= 50; });
  ASSERT_EQ(seen.texts.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(seen.texts[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST_P(WsConnection, ClosesWithTheCodeOfItsReasonAfterWhatWasSent) {
  begin();
  websocket one = connect();
  one.connection->send(server_text("last words"));
  one.connection->close(core::ec::draining, "going away");
  one.connection->send(server_text("too late"));
  EXPECT_EQ(one.peer.read_frame().payload, "last words");
  const seen_frame close = one.peer.read_frame();
  EXPECT_EQ(close.code(), 1012u);
  EXPECT_EQ(close.payload.substr(2), "going away");
  one.peer.send(masked(0x88, close_payload(1012)));
  EXPECT_TRUE(one.peer.read_frame().ended());
  one.peer.shut();
  EXPECT_EQ(one.owner->wait_closed().closed, 1);
}

TEST_P(WsConnection, ClosesWithPolicyOrInternalWhereTheTableHasNoCode) {
  begin();
  websocket first = connect();
  first.connection->close(core::ec::bad_frame, "");
  EXPECT_EQ(first.peer.read_frame().code(), 1008u);
  websocket second = connect();
  second.connection->close(core::ec::not_implemented, "");
  EXPECT_EQ(second.peer.read_frame().code(), 1011u);
}

TEST_P(WsConnection, WaitsForTheOtherSidesCloseOnlySoLong) {
  begin(1, {.tick = 5ms});
  websocket one = connect({.settings = {.close_for = 20ms}});
  one.connection->close(core::ec::invalid_token, "ended");
  EXPECT_EQ(one.peer.read_frame().code(), 4401u);
  EXPECT_EQ(one.owner->wait_closed().closed, 1);
  EXPECT_TRUE(one.peer.read_frame().ended());
}

TEST_P(WsConnection, EchoesTheClientsCloseAfterHandingUpWhatCameBefore) {
  begin();
  websocket one = connect();
  one.peer.send(text_frame("bye") + masked(0x88, close_payload(1000, "done")));
  EXPECT_EQ(one.peer.read_frame().code(), 1000u);
  EXPECT_TRUE(one.peer.read_frame().ended());
  one.peer.shut();
  const auto seen = one.owner->wait_closed();
  EXPECT_EQ(seen.texts, std::vector<std::string>{"bye"});
  EXPECT_EQ(seen.closed, 1);
}

TEST_P(WsConnection, SaysOnceThatTheClientIsGoneAndIgnoresWhatComesLater) {
  begin();
  websocket one = connect();
  one.peer.shut();
  EXPECT_EQ(one.owner->wait_closed().closed, 1);
  one.connection->send(server_text("x"));
  one.connection->release(1);
  one.connection->close(core::ec::idle, "");
  settle();
  EXPECT_EQ(one.owner->wait_closed().closed, 1);
  EXPECT_EQ(hub_->figures().connections, 0u);
}

TEST_P(WsConnection, PingsWhileItHearsNothingAndThenClosesAsIdle) {
  begin(1, {.tick = 5ms});
  websocket one = connect({.settings = {.ping_every = 30ms, .idle_after = 100ms}});
  std::vector<int> opcodes;
  seen_frame frame = one.peer.read_frame();
  for (; frame.opcode == 9; frame = one.peer.read_frame()) opcodes.push_back(frame.opcode);
  EXPECT_GE(opcodes.size(), 1u);
  EXPECT_LE(opcodes.size(), 3u);
  EXPECT_EQ(frame.code(), 4408u);
}

TEST_P(WsConnection, StaysOpenWhileItsPingsAreAnswered) {
  begin(1, {.tick = 5ms});
  websocket one = connect({.settings = {.ping_every = 20ms, .idle_after = 200ms}});
  for (int i = 0; i < 15; ++i) {
    ASSERT_EQ(one.peer.read_frame().opcode, 9);
    one.peer.send(masked(0x8a, ""));
  }
}

TEST_P(WsConnection, DoesNotCallAClientIdleThatItDoesNotReadFrom) {
  begin(1, {.tick = 5ms});
  websocket one = connect({.settings = {.window = 1, .ping_every = 10s, .idle_after = 30ms}});
  one.peer.send(text_frame("unreleased"));
  one.owner->wait([](const auto& now) { return !now.texts.empty(); });
  EXPECT_TRUE(one.peer.silent_for(100ms));
  one.connection->release(1);
  EXPECT_EQ(one.peer.read_frame().code(), 4408u);
  one.peer.shut();
  EXPECT_EQ(one.owner->wait_closed().texts.size(), 1u);
}

TEST_P(WsConnection, SendsAllAnswersToAClientThatIsSlowerThanTheyAreMade) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket one = connect({.receive_buffer = 8 * 1024});
  const std::string answer(8 * 1024, 'a');
  for (int i = 0; i < 100; ++i) {
    one.connection->send(server_text(answer));
    settle();
  }
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(one.peer.read_frame().payload.size(), answer.size()) << i;
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(hub_->figures().too_slow, 0u);
}

TEST_P(WsConnection, ReadsNoCommandsWhileMoreWaitsThanItsBound) {
  begin(1, {.outbox_bytes = 16 * 1024});
  websocket one = connect({.receive_buffer = 4096});
  for (int i = 0; i < 8; ++i) one.connection->send(server_text(std::string(16 * 1024, 'a')));
  settle();
  one.peer.send(text_frame("one more"));
  one.peer.send(masked(0x89, "ping"));
  std::this_thread::sleep_for(50ms);
  settle();
  EXPECT_TRUE(one.owner->wait([](const auto&) { return true; }).texts.empty());
  EXPECT_EQ(one.peer.read_texts(8).size(), 8u);
  EXPECT_EQ(one.owner->wait([](const auto& now) { return !now.texts.empty(); }).texts.size(), 1u);
  EXPECT_EQ(one.peer.read_frame().opcode, 10);
}

TEST_P(WsConnection, ClosesAClientThatTakesNothingOfWhatWaitsHoweverAliveItSeems) {
  begin(1, {.outbox_bytes = 64 * 1024, .tick = 5ms});
  websocket one = connect({.settings = {.close_for = 10s, .stall_after = 100ms}, .receive_buffer = 4096});
  one.connection->send(server_text(std::string(200'000, 'a')));
  settle();
  one.connection->send(server_text("never begun"));
  for (int i = 0; i < 40 && hub_->figures().too_slow == 0; ++i) {
    one.peer.send(masked(0x8a, ""));
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(hub_->figures().too_slow, 1u);
  EXPECT_EQ(one.peer.read_frame().payload.size(), 200'000u) << "a frame is never cut";
  EXPECT_EQ(one.peer.read_frame().code(), 1013u);
}

TEST_P(WsConnection, WaitsForAClientThatTakesLittleAtATime) {
  begin(1, {.outbox_bytes = 64 * 1024, .tick = 5ms});
  websocket one = connect({.settings = {.stall_after = 150ms}, .receive_buffer = 4096});
  for (int i = 0; i < 12; ++i) one.connection->send(server_text(std::string(8'000, 'a')));
  for (int i = 0; i < 12; ++i) {
    std::this_thread::sleep_for(30ms);
    ASSERT_EQ(one.peer.read_frame().payload.size(), 8'000u) << i;
  }
  EXPECT_EQ(hub_->figures().too_slow, 0u);
}

TEST_P(WsConnection, KeepsNobodyToTheTimeOfAHandshakeThatTookTheAnswer) {
  begin(1, {.tick = 5ms});
  websocket one = prepare({.settings = {.handshake_for = 50ms}, .receive_buffer = 4096});
  one.connection->send(server_text(std::string(200'000, 'a')));
  start(one);
  std::this_thread::sleep_for(150ms);
  EXPECT_EQ(one.peer.read_head().substr(0, 12), "HTTP/1.1 101");
  EXPECT_EQ(one.peer.read_frame().payload.size(), 200'000u);
}

// ---- room for long answers

int roomy(const websocket& one, int wanted) {
  return one.owner->wait([&](const auto& now) { return now.roomy >= wanted; }).roomy;
}

TEST_P(WsConnection, HasRoomForAPageWhenNothingWaits) {
  begin(1, {.outbox_bytes = 1024 * 1024});
  websocket one = connect({.receive_buffer = 4096});
  one.connection->ask_room(core::answer_kind::page);
  EXPECT_EQ(roomy(one, 1), 1);
  one.connection->ask_room(core::answer_kind::page);
  settle();
  EXPECT_EQ(roomy(one, 1), 1) << "the first page isn't there yet";
  one.connection->send(server_text(std::string(100'000, 'a')));
  one.connection->return_room(1);
  settle();
  EXPECT_EQ(roomy(one, 1), 1) << "it isn't read yet";
  EXPECT_EQ(one.peer.read_frame().payload.size(), 100'000u);
  EXPECT_EQ(roomy(one, 2), 2);
}

TEST_P(WsConnection, HasRoomForReplaysAsLongAsTheyFit) {
  begin(1, {.outbox_bytes = 3 * core::long_answer_bytes});
  websocket one = connect({.receive_buffer = 4096});
  for (int i = 1; i <= 3; ++i) {
    one.connection->ask_room(core::answer_kind::replay);
    EXPECT_EQ(roomy(one, i), i);
  }
  one.connection->ask_room(core::answer_kind::replay);
  settle();
  EXPECT_EQ(roomy(one, 3), 3);
  one.connection->return_room(1);
  EXPECT_EQ(roomy(one, 4), 4);
}

TEST_P(WsConnection, HasNoRoomWhileTooMuchWaitsForItsAddress) {
  begin(1, {.tick = 5ms}, {core::long_answer_bytes + 1000, 10 * core::long_answer_bytes});
  websocket one = connect(), two = connect(), other = connect({.client = "198.51.100.2"});
  one.connection->ask_room(core::answer_kind::page);
  EXPECT_EQ(roomy(one, 1), 1);
  two.connection->ask_room(core::answer_kind::page);
  other.connection->ask_room(core::answer_kind::page);
  EXPECT_EQ(roomy(other, 1), 1);
  settle();
  EXPECT_EQ(roomy(two, 0), 0);
  one.peer.shut();
  EXPECT_EQ(roomy(two, 1), 1) << "whoever goes gives back what was promised";
}

TEST_P(WsConnection, SendsAnAnswerLargerThanTheBoundToAClientThatReads) {
  begin(1, {.outbox_bytes = 64 * 1024});
  websocket one = connect({.receive_buffer = 8 * 1024});
  one.connection->send(server_text(std::string(500'000, 'a')));
  EXPECT_EQ(one.peer.read_frame().payload.size(), 500'000u);
}

TEST_P(WsConnection, IsCutWhenTheHubStops) {
  begin();
  websocket one = connect();
  hub_->stop();
  EXPECT_EQ(one.owner->wait_closed().closed, 1);
  EXPECT_TRUE(one.peer.read_frame().ended());
}

// ---- conformance, by the groups of the Autobahn suite

struct exchange_case {
  const char* name;
  std::string sent;
  std::vector<std::string> echoed;  ///< before the close
  unsigned code;                    ///< 0: stays open
};

class WsConformance : public ws_fixture, public ::testing::WithParamInterface<exchange_case> {};

TEST_P(WsConformance, Holds) {
  begin();
  const exchange_case& what = GetParam();
  websocket one = connect_echo({.settings = {.message_bytes = 64 * 1024}});
  one.peer.send(what.sent);
  if (what.code == 0) one.peer.send(text_frame("still here"));
  std::vector<std::string> echoed = what.echoed;
  if (what.code == 0) echoed.push_back("still here");
  std::vector<std::string> seen;
  seen_frame frame;
  while (seen.size() < echoed.size()) {
    frame = one.peer.read_frame();
    if (frame.opcode != 1) break;
    seen.push_back(frame.payload);
  }
  EXPECT_EQ(seen, echoed);
  if (what.code != 0) {
    if (frame.opcode == 1 || frame.ended()) frame = one.peer.read_frame();
    EXPECT_EQ(frame.code(), what.code);
    one.peer.send(masked(0x88, close_payload(what.code)));
    EXPECT_TRUE(one.peer.read_frame().ended());
    one.peer.shut();
    EXPECT_EQ(one.owner->wait_closed().closed, 1);
  }
}

std::vector<exchange_case> conformance() {
  const std::string kappa = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
  std::vector<exchange_case> all{
      // 1 framing
      {"empty_text", text_frame(""), {""}, 0},
      {"text_125", text_frame(std::string(125, '*')), {std::string(125, '*')}, 0},
      {"text_126", text_frame(std::string(126, '*')), {std::string(126, '*')}, 0},
      {"text_127", text_frame(std::string(127, '*')), {std::string(127, '*')}, 0},
      {"text_65535", text_frame(std::string(65535, '*')), {std::string(65535, '*')}, 0},
      {"text_65536", text_frame(std::string(65536, '*')), {std::string(65536, '*')}, 0},
      {"text_65537", text_frame(std::string(65537, '*')), {}, 1009},
      {"length_not_minimal", "\x81\xfe\x00\x05\x00\x00\x00\x00hello"s, {}, 1002},
      {"binary", masked(0x82, "x"), {}, 1003},
      // 2 pings and pongs
      {"unsolicited_pong", masked(0x8a, "x"), {}, 0},
      {"ping_126", masked(0x89, std::string(126, 'p')), {}, 1002},
      // 3 reserved bits
      {"rsv1", masked(0xc1, "x"), {}, 1002},
      {"rsv2", masked(0xa1, "x"), {}, 1002},
      {"rsv3", masked(0x91, "x"), {}, 1002},
      {"rsv1_after_text", text_frame("ok") + masked(0xc1, "x"), {}, 1002},
      {"rsv_ping", masked(0xf9, ""), {}, 1002},
      // 4 opcodes
      {"opcode_3", masked(0x83, ""), {}, 1002},
      {"opcode_7", masked(0x87, "x"), {}, 1002},
      {"opcode_11", masked(0x8b, ""), {}, 1002},
      {"opcode_15", masked(0x8f, "x"), {}, 1002},
      // 5 fragments
      {"two_fragments", masked(0x01, "frag") + masked(0x80, "ment"), {"fragment"}, 0},
      {"ping_among_fragments_fails_nothing",
       masked(0x01, "frag") + masked(0x8a, "!") + masked(0x80, "ment"),
       {"fragment"},
       0},
      {"fragmented_ping", masked(0x09, "frag") + masked(0x80, "ment"), {}, 1002},
      {"fragmented_close", masked(0x08, close_payload(1000)), {}, 1002},
      {"continuation_of_nothing", masked(0x80, "x"), {}, 1002},
      {"continuation_of_nothing_unfinished", masked(0x00, "x"), {}, 1002},
      {"text_among_fragments", masked(0x01, "frag") + text_frame("x"), {}, 1002},
      {"empty_fragments", masked(0x01, "") + masked(0x00, "") + masked(0x80, ""), {""}, 0},
      {"fragments_too_big", masked(0x01, std::string(40'000, 'x')) + masked(0x80, std::string(40'000, 'x')), {}, 1009},
      // 6 UTF-8
      {"utf8", text_frame(kappa), {kappa}, 0},
      {"utf8_split_within_a_character", masked(0x01, kappa.substr(0, 3)) + masked(0x80, kappa.substr(3)), {kappa}, 0},
      {"utf8_invalid", text_frame(kappa + "\xed\xa0\x80"), {}, 1007},
      {"utf8_invalid_before_the_last_fragment", masked(0x01, kappa + "\xf4\x90\x80\x80"), {}, 1007},
      {"utf8_overlong", text_frame("\xc0\xaf"), {}, 1007},
      {"utf8_cut_off", text_frame("\xce"), {}, 1007},
      {"utf8_cut_off_then_empty_fragment", masked(0x01, "\xce") + masked(0x80, ""), {}, 1007},
      {"utf8_cut_off_of_four_then_empty_fragment", masked(0x01, "x\xf0\x9f\x98") + masked(0x80, ""), {}, 1007},
      {"utf8_four_bytes_then_empty_fragment",
       masked(0x01, "\xf0\x9f\x98\x80") + masked(0x80, ""),
       {"\xf0\x9f\x98\x80"},
       0},
      // 7 close
      {"close", masked(0x88, close_payload(1000)), {}, 1000},
      {"close_without_code", masked(0x88, ""), {}, 1000},
      {"close_reason_of_123", masked(0x88, close_payload(1000, std::string(123, 'x'))), {}, 1000},
      {"close_reason_of_124", masked(0x88, close_payload(1000, std::string(124, 'x'))), {}, 1002},
      {"close_with_one_byte", masked(0x88, "x"), {}, 1002},
      {"close_reason_not_utf8", masked(0x88, close_payload(1000, "\xce\xba\xed\xa0\x80")), {}, 1002},
      {"nothing_after_close", masked(0x88, close_payload(1000)) + text_frame("x"), {}, 1000},
      // 10 masks
      {"unmasked", "\x81\x01x", {}, 1002},
  };
  for (const unsigned code : {1001u, 1003u, 1007u, 1011u, 3000u, 3999u, 4000u, 4999u})
    all.push_back({"close_code_allowed", masked(0x88, close_payload(code)), {}, code});
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1016u, 1100u, 2000u, 2999u})
    all.push_back({"close_code_reserved", masked(0x88, close_payload(code)), {}, 1002});
  return all;
}

INSTANTIATE_TEST_SUITE_P(Autobahn, WsConformance, ::testing::ValuesIn(conformance()),
                         [](const auto& one) { return std::string(one.param.name) + "_" + std::to_string(one.index); });

TEST_P(WsConnection, AnswersPingsWithTheirPayloadAlsoAmongFragments) {
  begin();
  websocket one = connect_echo({});
  one.peer.send(masked(0x01, "frag") + masked(0x89, "in between") + masked(0x80, "ment") + masked(0x89, ""));
  std::vector<std::string> pongs, texts;
  for (int i = 0; i < 3; ++i) {
    const seen_frame frame = one.peer.read_frame();
    (frame.opcode == 10 ? pongs : texts).push_back(frame.payload);
  }
  EXPECT_EQ(pongs, (std::vector<std::string>{"in between", ""}));
  EXPECT_EQ(texts, std::vector<std::string>{"fragment"});
}

TEST_P(WsConnection, ClosesAClientThatPingsAllTheTime) {
  begin();
  websocket one = connect({.settings = {.pongs_a_tick = 10}});
  std::string flood;
  for (int i = 0; i < 100; ++i) flood += masked(0x89, "");
  one.peer.send(flood);
  seen_frame frame = one.peer.read_frame();
  int pongs = 0;
  for (; frame.opcode == 10; frame = one.peer.read_frame()) ++pongs;
  EXPECT_EQ(pongs, 11);
  EXPECT_EQ(frame.code(), 1008u);
}

TEST_P(WsConnection, ReadsFramesThatComeByteByByte) {
  begin();
  websocket one = connect_echo({});
  const std::string frame = masked(0x01, "sl") + masked(0x80, "ow");
  for (const char byte : frame) {
    one.peer.send(std::string(1, byte));
    settle();
  }
  EXPECT_EQ(one.peer.read_texts(1), std::vector<std::string>{"slow"});
}

TEST_P(WsConnection, EchoesMessagesOfEverySizeUpToItsLimit) {
  begin();
  websocket one = connect_echo({.settings = {.message_bytes = 64 * 1024}});
  std::vector<std::size_t> sizes{1, 511, 512, 513, 1023, 1024, 1025, 1535, 1536, 1537, 4096, 30'000, 65'536};
  for (const std::size_t size : sizes) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + size) % 26);
    one.peer.send(text_frame(text));
    EXPECT_EQ(one.peer.read_frame().payload, text) << size;
  }
}

}  // namespace
}  // namespace greenroom::net::test
