#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "net/ws_connection.hpp"
#include "test/net/ws_fixture.hpp"

namespace greenroom::net::test {
namespace {

/// Websockets of a protocol of lines, over plain TCP and over TLS.
class WsSpeech : public ws_fixture, public ::testing::WithParamInterface<bool> {
 protected:
  WsSpeech() { secure_ = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Over, WsSpeech, ::testing::Bool(), [](const auto& one) { return one.param ? "Tls" : "Tcp"; });

class last_words final : public line_words {
 public:
  std::string goodbye(core::ec, std::string_view reason) const override {
    return reason.empty() ? std::string{} : "ERROR :" + std::string(reason) + "\r\n";
  }
  std::string endless() const override { return "ERROR :endless\r\n"; }
  std::string ping() const override { return {}; }
  std::string check(core::mono_time) const override { return "PING :received?\r\n"; }
};

TEST_P(WsSpeech, SaysTheLastWordsOfAProtocolOfLinesBeforeItsOwn) {
  begin();
  for (const auto kind : {ws_messages::text, ws_messages::binary}) {
    websocket one = connect({.speech = {{}, kind, std::make_shared<const last_words>()}});
    one.connection->close(core::ec::draining, "come back");
    const auto said = one.peer.read_frame();
    EXPECT_EQ(said.opcode, kind == ws_messages::text ? 1 : 2);
    EXPECT_EQ(said.payload, "ERROR :come back");
    EXPECT_EQ(one.peer.read_frame().code(), 1012u);
  }
  websocket one = connect({.speech = {{}, ws_messages::text, std::make_shared<const last_words>()}});
  one.connection->close(core::ec::left, {});
  EXPECT_EQ(one.peer.read_frame().code(), 1000u);
}

TEST_P(WsSpeech, TakesTheMessagesOfItsKindAlone) {
  begin();
  websocket one = connect(
      {.speech = {{}, ws_messages::binary, std::make_shared<const last_words>()}, .settings = {.message_bytes = 100}});
  one.peer.send(masked(0x82, "\xff"));
  EXPECT_EQ(one.owner->wait([](const auto& now) { return !now.texts.empty(); }).texts,
            std::vector<std::string>{"\xff"});
  one.peer.send(masked(0x82, std::string(101, 'x')));
  EXPECT_EQ(one.peer.read_frame().payload, "ERROR :endless");
  EXPECT_EQ(one.peer.read_frame().code(), 1009u);
}

TEST_P(WsSpeech, AsksWhetherItCameInWordsOfTheProtocol) {
  begin(1, {.tick = std::chrono::milliseconds(10)});
  websocket one = connect({.speech = {{}, ws_messages::binary, std::make_shared<const last_words>()},
                           .settings = {.check_every = std::chrono::milliseconds(20)}});
  const auto said = one.peer.read_frame();  // the answer to its handshake went out
  EXPECT_EQ(said.opcode, 2);
  EXPECT_EQ(said.payload, "PING :received?");
}

}  // namespace
}  // namespace greenroom::net::test
