#include "net/link_guard.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/net/link_fixture.hpp"

namespace greenroom::net {
namespace {

using test::client_handshake;
using test::frame;
using test::heartbeat;
using test::server_handshake;
using enum link_guard::verdict;

constexpr std::uint32_t max_payload = 1000;

// The verdict must be the same however the stream is cut: in two pieces at every byte, and byte by byte.
link_guard::verdict verdict_of(const std::string& stream, bool dialled = false) {
  link_guard whole{max_payload, dialled};
  const auto verdict = whole.judge(stream);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    link_guard halves{max_payload, dialled};
    (void)halves.judge(stream.substr(0, cut));
    EXPECT_EQ(halves.judge(stream.substr(cut)), verdict) << "cut at " << cut;
    EXPECT_EQ(halves.frames(), whole.frames());
  }
  link_guard bytes{max_payload, dialled};
  for (const char byte : stream) (void)bytes.judge({&byte, 1});
  EXPECT_EQ(bytes.judge({}), verdict);
  EXPECT_EQ(bytes.frames(), whole.frames());
  return verdict;
}

TEST(LinkGuard, TakesWhatCafSends) {
  const std::string messages = frame(2, "direct") + frame(3, "routed") + frame(4, "monitor") + heartbeat() +
                               frame(5, "down") + frame(2, std::string(max_payload, 'x')) + heartbeat();
  EXPECT_EQ(verdict_of(server_handshake() + messages, true), good);
  EXPECT_EQ(verdict_of(client_handshake() + messages), good);
  EXPECT_EQ(verdict_of(client_handshake() + client_handshake() + messages), good);
  EXPECT_EQ(verdict_of(""), good);
}

TEST(LinkGuard, RefusesWhatIsNotAFrame) {
  const std::string begun = client_handshake() + frame(2, "message");
  for (unsigned operation = 7; operation < 256; ++operation)
    EXPECT_EQ(verdict_of(begun + frame(static_cast<unsigned char>(operation), "x")), bad_operation);
  EXPECT_EQ(verdict_of(begun + frame(2, std::string(max_payload + 1, 'x'))), too_big);
  EXPECT_EQ(verdict_of(begun + frame(4, "", 0xffffffff)), too_big);
  for (const unsigned operation : {2u, 3u, 4u, 5u})
    EXPECT_EQ(verdict_of(begun + frame(static_cast<unsigned char>(operation), "")), no_payload);
  EXPECT_EQ(verdict_of(begun + frame(6, "x")), bad_heartbeat);
  EXPECT_EQ(verdict_of(frame(0, ""), true), no_payload);
  EXPECT_EQ(verdict_of(frame(1, "")), no_payload);
}

TEST(LinkGuard, WantsTheHandshakeOfTheOtherEndFirst) {
  EXPECT_EQ(verdict_of(server_handshake()), wrong_handshake);
  EXPECT_EQ(verdict_of(client_handshake(), true), wrong_handshake);
  for (const bool dialled : {true, false}) {
    EXPECT_EQ(verdict_of(frame(2, "message"), dialled), no_handshake);
    EXPECT_EQ(verdict_of(frame(3, "message"), dialled), no_handshake);
    EXPECT_EQ(verdict_of(heartbeat(), dialled), no_handshake);
  }
}

TEST(LinkGuard, WantsNoHandshakeLater) {
  EXPECT_EQ(verdict_of(server_handshake() + server_handshake(), true), late_handshake);
  EXPECT_EQ(verdict_of(server_handshake() + client_handshake(), true), wrong_handshake);
  EXPECT_EQ(verdict_of(client_handshake() + client_handshake() + client_handshake()), late_handshake);
  EXPECT_EQ(verdict_of(client_handshake() + heartbeat() + client_handshake()), late_handshake);
}

TEST(LinkGuard, StaysWithItsVerdict) {
  link_guard guard{max_payload, false};
  EXPECT_EQ(guard.judge(frame(9, "x")), bad_operation);
  EXPECT_EQ(guard.judge(client_handshake()), bad_operation);
  EXPECT_EQ(guard.frames(), 0u);
}

TEST(LinkGuard, SaysABadHeaderBeforeItsPayloadCame) {
  link_guard guard{max_payload, false};
  EXPECT_EQ(guard.judge(client_handshake()), good);
  const std::string bad = frame(2, "", max_payload + 1);
  EXPECT_EQ(guard.judge(bad.substr(0, 31)), good);
  EXPECT_EQ(guard.judge(bad.substr(31)), too_big);
}

TEST(LinkGuard, HasAWordForEveryVerdict) {
  std::vector<std::string_view> words;
  for (const auto one :
       {good, bad_operation, too_big, no_payload, bad_heartbeat, wrong_handshake, no_handshake, late_handshake}) {
    const std::string_view word = to_string(one);
    EXPECT_NE(word, "unknown");
    for (const std::string_view other : words) EXPECT_NE(word, other);
    words.push_back(word);
  }
}

}  // namespace
}  // namespace greenroom::net
