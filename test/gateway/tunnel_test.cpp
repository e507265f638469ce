#include "net/tunnel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "test/gateway/fixture.hpp"

namespace greenroom::gateway {
namespace {

const std::string upgrade_head =
    "GET /chat/room/lobby?ticket=t1 HTTP/1.1\r\nHost: talk.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: greenroom.v1.json\r\nOrigin: http://talk.example\r\n\r\n";

const std::string switching =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: greenroom.v1.json\r\n\r\n";

/// Says 101 to the handshake, then acts.
scripted_upstream::script accepting(std::function<void(peer&)> act) {
  return [act = std::move(act)](scripted_upstream& self, peer& from) {
    if (self.take(from).empty() || !from.write(switching)) return;
    act(from);
  };
}

/// Bytes that show where they were lost, doubled or swapped.
std::string pattern(std::size_t size, std::uint32_t seed) {
  std::string out(size, '\0');
  std::uint32_t x = seed;
  for (char& c : out) {
    x = x * 1664525u + 1013904223u;
    c = static_cast<char>(x >> 24);
  }
  return out;
}

bool eventually(const std::function<bool()>& done) {
  for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
    if (done()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

/// `{"websockets":N` of the gateway's status.
bool has_websockets(running_gateway& gateway, int count) {
  return gateway.get_as_operator("/status").find("\"websockets\":" + std::to_string(count)) != std::string::npos;
}

TEST(Tunnel, OpensAWebsocketAtAnInstance) {
  scripted_upstream chat{accepting([](peer& from) {
    from.write("echo:" + from.read_exactly(5));
    from.more();
  })};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head);
  const auto head = client.read_message(true);
  EXPECT_EQ(status_of(head), 101u);
  EXPECT_EQ(field_of(head, "Connection"), "Upgrade");
  EXPECT_EQ(field_of(head, "Upgrade"), "websocket");
  EXPECT_EQ(field_of(head, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(field_of(head, "Sec-WebSocket-Protocol"), "greenroom.v1.json");
  EXPECT_NE(field_of(head, "X-Request-Id"), "(none)");
  client.write("hello");
  EXPECT_EQ(client.read_exactly(10), "echo:hello");
  EXPECT_TRUE(has_websockets(gateway, 1));

  const auto sent = chat.requests().at(0);
  EXPECT_TRUE(sent.starts_with("GET /room/lobby?ticket=t1 HTTP/1.1\r\n"));
  EXPECT_EQ(field_of(sent, "Connection"), "Upgrade");
  EXPECT_EQ(field_of(sent, "Upgrade"), "websocket");
  EXPECT_EQ(field_of(sent, "Sec-WebSocket-Key"), "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_EQ(field_of(sent, "Origin"), "http://talk.example");
  EXPECT_EQ(field_of(sent, "X-Forwarded-Host"), "talk.example");
  EXPECT_EQ(field_of(sent, "X-Forwarded-Prefix"), "/chat");
  EXPECT_THAT(field_of(sent, "X-Forwarded-Signature"), testing::MatchesRegex("[0-9]+-[0-9a-f]{64}"));
  client.socket().close();
  EXPECT_TRUE(eventually([&] { return has_websockets(gateway, 0); }));
}

TEST(Tunnel, BringsWhatCameWithTheHandshakesOnBothSides) {
  scripted_upstream chat{[](scripted_upstream& self, peer& from) {
    self.take(from);
    from.write(switching + "welcome");
    from.write(from.read_exactly(5));
    from.more();
  }};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head + "early");
  EXPECT_EQ(status_of(client.read_message(true)), 101u);
  EXPECT_EQ(client.read_exactly(12), "welcomeearly");
}

TEST(Tunnel, PassesARefusalOnAndTheConnectionGoesOn) {
  scripted_upstream chat{always(answer("401 Unauthorized", R"({"code":"invalid_ticket"})",
                                       "Content-Type: application/problem+json\r\nWWW-Authenticate: Bearer\r\n"))};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head);
  const auto refused = client.read_message();
  EXPECT_EQ(status_of(refused), 401u);
  EXPECT_EQ(field_of(refused, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(body_of(refused), R"({"code":"invalid_ticket"})");
  client.write("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(client.read_message()), 200u);
}

TEST(Tunnel, TriesTheNextInstanceOnlyWhereNothingWasSent) {
  scripted_upstream good{accepting([](peer& from) { from.more(); })};
  scripted_upstream cutting{once("HTTP/1.1 101 Swi")};
  scripted_upstream spare{once("")};
  running_gateway gateway{{{"a", "chat", refusing_port()}, {"b", "chat", good.port()}}};
  for (int i = 0; i < 2; ++i) {
    peer client = gateway.connect();
    client.write(upgrade_head);
    EXPECT_EQ(status_of(client.read_message(true)), 101u);
  }
  gateway.see({{"c", "chat", cutting.port()}, {"d", "chat", spare.port()}});
  peer client = gateway.connect();
  client.write(upgrade_head);
  EXPECT_EQ(status_of(client.read_message()), 502u);
  EXPECT_EQ(cutting.requests().size() + spare.requests().size(), 1u) << "a ticket is good once";
  gateway.see({{"e", "chat", refusing_port()}});
  peer last = gateway.connect();
  last.write(upgrade_head);
  EXPECT_EQ(status_of(last.read_message()), 503u);
}

TEST(Tunnel, BringsTenMegabytesEachWayAtOnceWhole) {
  constexpr std::size_t size = 10 * 1024 * 1024;
  const std::string up = pattern(size, 1);
  const std::string down = pattern(size, 2);
  std::atomic<bool> arrived{false};
  const auto exchange = [](peer& with, const std::string& out) {
    std::thread writing{[&] { with.write(out); }};
    std::string in = with.read_exactly(out.size());
    writing.join();
    return in;
  };
  scripted_upstream chat{accepting([&](peer& from) { arrived = exchange(from, down) == up; })};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head);
  ASSERT_EQ(status_of(client.read_message(true)), 101u);
  EXPECT_TRUE(exchange(client, up) == down);
  EXPECT_TRUE(eventually([&] { return arrived.load(); }));
}

// Writes until nothing more is taken for a while; how much was taken. The socket's kernel buffers are small.
std::size_t fill(peer& one) {
  one.socket().non_blocking(true);
  const std::string chunk(64 * 1024, 'x');
  std::size_t taken = 0;
  while (true) {
    boost::system::error_code wrong;
    taken += one.socket().write_some(boost::asio::buffer(chunk), wrong);
    if (!wrong) continue;
    pollfd ready{one.socket().native_handle(), POLLOUT, 0};
    if (::poll(&ready, 1, 300) == 0) return taken;
  }
}

TEST(Tunnel, ReadsNoFasterThanTheOtherEndTakes) {
  constexpr std::size_t kernel_may_hold = 32 * 1024 * 1024;
  std::atomic<std::size_t> taken_from_upstream{0};
  scripted_upstream chat{accepting([&](peer& from) {
    taken_from_upstream = fill(from);
    from.read_to_end();
  })};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head);
  ASSERT_EQ(status_of(client.read_message(true)), 101u);
  const auto stopped = [&] { return taken_from_upstream > 0; };
  ASSERT_TRUE(eventually(stopped));
  EXPECT_LT(taken_from_upstream, kernel_may_hold);
  EXPECT_EQ(client.read_exactly(taken_from_upstream).size(), taken_from_upstream) << "and nothing of it is lost";
}

TEST(Tunnel, HoldsBackAClientThatAnInstanceDoesNotRead) {
  constexpr std::size_t kernel_may_hold = 32 * 1024 * 1024;
  std::atomic<std::size_t> to_read{0};
  std::atomic<std::size_t> read{0};
  scripted_upstream chat{accepting([&](peer& from) {
    if (!eventually([&] { return to_read > 0; })) return;
    read = from.read_exactly(to_read).size();
  })};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head);
  ASSERT_EQ(status_of(client.read_message(true)), 101u);
  to_read = fill(client);
  EXPECT_LT(to_read, kernel_may_hold);
  EXPECT_TRUE(eventually([&] { return read == to_read; }));
}

TEST(Tunnel, BringsTheEndOfAStreamAfterItsLastByte) {
  scripted_upstream chat{accepting([](peer& from) { from.write("you said " + from.read_to_end()); })};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head + "goodbye");
  ASSERT_EQ(status_of(client.read_message(true)), 101u);
  client.socket().shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(client.read_to_end(), "you said goodbye");
  EXPECT_TRUE(eventually([&] { return has_websockets(gateway, 0); }));
}

TEST(Tunnel, ClosesTheClientWhereTheInstanceDies) {
  scripted_upstream chat{accepting([](peer& from) {
    from.read_exactly(3);
    from.die();
  })};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head);
  ASSERT_EQ(status_of(client.read_message(true)), 101u);
  client.write("die");
  client.read_to_end();
  EXPECT_TRUE(eventually([&] { return has_websockets(gateway, 0); }));
}

TEST(Tunnel, WaitsOnlySoLongForTheOtherHalf) {
  auto options = running_gateway::quick();
  options.tunnel.half_timeout = 100ms;
  scripted_upstream chat{accepting([](peer& from) { from.read_exactly(1); })};
  running_gateway gateway{{{"c", "chat", chat.port()}}, options};
  peer client = gateway.connect();
  client.write(upgrade_head);
  ASSERT_EQ(status_of(client.read_message(true)), 101u);
  client.write("x");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(eventually([&] { return has_websockets(gateway, 0); })) << "although the client never closes";
}

TEST(Tunnel, ClosesWhereAnEndTakesNothingForTooLong) {
  auto options = running_gateway::quick();
  options.tunnel.stall_timeout = 200ms;
  std::atomic<bool> cut{false};
  scripted_upstream chat{accepting([&](peer& from) {
    const std::string chunk(1 << 20, 'x');
    while (from.write(chunk)) {
    }
    cut = true;
  })};
  running_gateway gateway{{{"c", "chat", chat.port()}}, options};
  peer client = gateway.connect();
  client.write(upgrade_head);
  EXPECT_TRUE(eventually([&] { return cut.load(); }));
  EXPECT_TRUE(eventually([&] { return has_websockets(gateway, 0); }));
}

TEST(Tunnel, KeepsAnIdleOneOpenBeyondEveryRequestTimeout) {
  auto options = running_gateway::quick();
  options.server.idle_timeout = 50ms;
  options.server.answer_timeout = 50ms;
  options.tunnel.half_timeout = 50ms;
  options.tunnel.stall_timeout = 50ms;
  scripted_upstream chat{accepting([](peer& from) { from.write(from.read_exactly(4)); })};
  running_gateway gateway{{{"c", "chat", chat.port()}}, options};
  peer client = gateway.connect();
  client.write(upgrade_head);
  ASSERT_EQ(status_of(client.read_message(true)), 101u);
  EXPECT_TRUE(client.is_silent(300ms));
  client.write("here");
  EXPECT_EQ(client.read_exactly(4), "here");
}

TEST(Tunnel, OutlivesADrainAndEndsWithAStop) {
  scripted_upstream chat{accepting([](peer& from) {
    from.write(from.read_exactly(4));
    from.more();
  })};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  client.write(upgrade_head);
  ASSERT_EQ(status_of(client.read_message(true)), 101u);
  gateway->drain();
  client.write("here");
  EXPECT_EQ(client.read_exactly(4), "here");
  gateway->stop();
  EXPECT_EQ(client.read_to_end(), "");
}

}  // namespace
}  // namespace greenroom::gateway
