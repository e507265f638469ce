#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "net/http/server.hpp"
#include "test/gateway/fixture.hpp"
#include "test/support/http_policy_table.hpp"

// What attackers send, through a whole gateway to a real server behind it.
namespace greenroom::gateway {
namespace {

/// A role's server as it is in the cluster, that remembers what reached it.
class real_upstream {
 public:
  explicit real_upstream(net::http::server_options options = {})
      : server_(
            pool_, [this](const net::http::exchange_ptr& ask) { take(ask); }, with_secret(std::move(options))) {
    EXPECT_TRUE(server_.listen({boost::asio::ip::address_v4::loopback(), 0}).ok());
    pool_.start();
  }
  ~real_upstream() { server_.stop(); }
  real_upstream(const real_upstream&) = delete;
  real_upstream& operator=(const real_upstream&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_.bound().port(); }
  /// Method, target and body of each request, since the last call.
  std::vector<std::string> seen() {
    const std::lock_guard guard{lock_};
    return std::exchange(seen_, {});
  }
  [[nodiscard]] std::size_t unsigned_ones() const { return unsigned_; }

 private:
  static net::http::server_options with_secret(net::http::server_options options) {
    options.forwarded_secret = running_gateway::quick().forwarded_secret;
    return options;
  }
  void take(const net::http::exchange_ptr& ask) {
    if (!ask->was_forwarded()) ++unsigned_;
    {
      const std::lock_guard guard{lock_};
      seen_.push_back(std::string(ask->method()) + ' ' + std::string(ask->target()) + ' ' + std::string(ask->body()));
    }
    ask->text(200, std::string(ask->body()));
  }

  net::io_pool pool_{1};
  std::mutex lock_;
  std::vector<std::string> seen_;
  std::atomic<std::size_t> unsigned_{0};
  net::http::server server_;
};

/// The row, sent to the chat role.
std::string through_the_gateway(std::string bytes) {
  const std::size_t line = bytes.find_first_not_of("\r\n");
  const std::size_t end = bytes.find("\r\n", line);
  if (const std::size_t scheme = bytes.find("://"); scheme < end) {
    bytes.insert(bytes.find_first_of("/ ", scheme + 3), "/chat");
  } else if (const std::size_t slash = bytes.find(" /"); slash < end) {
    bytes.insert(slash + 1, "/chat");
  }
  return bytes;
}

TEST(Edge, LetsOneRequestOutForOneThatComesIn) {
  real_upstream chat;
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  for (const auto& row : net::http::policy_table()) {
    if (row.name == "longest target") continue;  // with the prefix it is too long
    peer client = gateway.connect();
    client.write(through_the_gateway(row.bytes));
    EXPECT_EQ(status_of(client.read_message()), row.status) << row.name;
    const auto seen = chat.seen();
    EXPECT_EQ(seen.size(), row.status == 200 ? 1u : 0u) << row.name;
  }
  EXPECT_EQ(chat.unsigned_ones(), 0u);
}

TEST(Edge, LeavesRoomForWhatItAddsToNobodyElse) {
  real_upstream chat;
  std::string head = "GET /x HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 64; ++i) head += "X: y\r\n";
  for (const auto& bytes : {head, "GET /x HTTP/1.1\r\nHost: a\r\nX: " + std::string(8500, 'a') + "\r\n"}) {
    peer client;
    client.connect({boost::asio::ip::address_v4::loopback(), chat.port()});
    client.write(bytes + "\r\n");
    EXPECT_EQ(status_of(client.read_message()), 431u);
  }
  EXPECT_TRUE(chat.seen().empty());
}

TEST(Edge, KnowsWhereARequestEndsAsTheInstanceDoes) {
  real_upstream chat;
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  const std::string smuggled = "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string head = "POST /chat/x HTTP/1.1\r\nHost: a\r\n";
  char size[16];
  std::snprintf(size, sizeof size, "%zx", smuggled.size());
  peer client = gateway.connect();
  client.write(head + "Content-Length: " + std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled);
  EXPECT_EQ(body_of(client.read_message()), smuggled);
  client.write(head + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n" + smuggled + "\r\n0\r\n\r\n");
  EXPECT_EQ(body_of(client.read_message()), smuggled);
  client.write("GET /chat/y HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(client.read_message()), 200u);
  EXPECT_EQ(chat.seen(), (std::vector<std::string>{"POST /x " + smuggled, "POST /x " + smuggled, "GET /y "}));
}

TEST(Edge, BelievesNothingThatAClientSaysOfItsOrigin) {
  real_upstream chat;
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  EXPECT_EQ(status_of(gateway.get("/chat/x",
                                  "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: evil\r\n"
                                  "X-Forwarded-Signature: 00\r\nX-Real-IP: 1.2.3.4\r\n")),
            200u);
  EXPECT_EQ(chat.unsigned_ones(), 0u);
}

net::http::server_options hasty() {
  net::http::server_options out;
  out.idle_timeout = 400ms;
  out.head_timeout = 500ms;
  out.body_timeout = 600ms;
  return out;
}

role_settings hasty_gateway() {
  auto out = running_gateway::quick();
  out.http = hasty();
  return out;
}

/// How long a client with these first bytes, and then one byte each 50 ms, is listened to.
std::chrono::milliseconds patience_with(running_gateway& gateway, const std::string& first) {
  peer client = gateway.connect();
  const auto began = std::chrono::steady_clock::now();
  client.write(first);
  while (client.is_silent(50ms) && std::chrono::steady_clock::now() - began < 5s) client.write("x");
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
}

TEST(Edge, GivesASlowHeadAndASlowBodyAnEndAndTheInstanceNothing) {
  real_upstream chat;
  running_gateway gateway{{{"c", "chat", chat.port()}}, hasty_gateway()};
  EXPECT_LT(patience_with(gateway, "GET /chat/x HTTP/1.1\r\nX: "), 3s);
  EXPECT_LT(patience_with(gateway, "POST /chat/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"), 3s);
  EXPECT_LT(patience_with(gateway, "POST /chat/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"),
            3s);
  EXPECT_TRUE(chat.seen().empty());
}

TEST(Edge, ServesOthersWhileManyAreSlow) {
  real_upstream chat;
  running_gateway gateway{{{"c", "chat", chat.port()}}, hasty_gateway()};
  std::vector<peer> slow;
  for (int i = 0; i < 300; ++i) {
    slow.push_back(gateway.connect());
    slow.back().write(i % 3 == 0 ? "" : "GET /chat/slow HTTP/1.1\r\nX: ");
  }
  auto slowest = 0ms;
  for (int i = 0; i < 50; ++i) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(status_of(gateway.get("/chat/x")), 200u);
    slowest = std::max(slowest,
                       std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began));
  }
  EXPECT_LT(slowest, 1s);
  for (auto& one : slow) one.read_to_end();
  EXPECT_EQ(chat.seen().size(), 50u);
}

TEST(Edge, BoundsHowManyMayConnect) {
  auto options = running_gateway::quick();
  options.http.caps.total = 20;
  running_gateway gateway{{}, options};
  std::vector<peer> all;
  for (int i = 0; i < 40; ++i) all.push_back(gateway.connect());
  const auto refused = std::count_if(all.begin(), all.end(), [](peer& one) { return !one.is_silent(20ms); });
  EXPECT_EQ(refused, 20);
}

// ---- instances that die in the middle

struct cut {
  std::string name;
  std::string text;  ///< what the instance says before it is gone
};

std::vector<cut> cuts() {
  std::vector<cut> out;
  const std::string with_length = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nqrstuvwxyz";
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nqrst\r\n6\r\nuvwxyz\r\n0\r\n\r\n";
  for (std::size_t i = 0; i < with_length.size(); ++i)
    out.push_back({"length, after " + std::to_string(i), with_length.substr(0, i)});
  for (std::size_t i = 0; i < chunked.size(); ++i)
    out.push_back({"chunked, after " + std::to_string(i), chunked.substr(0, i)});
  return out;
}

TEST(Edge, SaysThatAnInstanceFailedWhereverItsAnswerWasCut) {
  std::atomic<std::size_t> which{0};
  const auto table = cuts();
  scripted_upstream users{[&](scripted_upstream& self, peer& from) {
    if (!self.take(from).empty()) from.write(table[which].text);
  }};
  auto options = running_gateway::quick();
  running_gateway gateway{{{"u", "users", users.port()}}, options};
  for (; which < table.size(); ++which) {
    const auto got = gateway.post("/users/register", "{}");
    EXPECT_EQ(status_of(got), 502u) << table[which].name;
    EXPECT_EQ(got.find("qrst"), std::string::npos) << table[which].name;
    EXPECT_EQ(users.requests().size(), which + 1) << table[which].name << ": sent twice";
  }
}

TEST(Edge, GivesTheWholeAnswerOfTheOtherInstanceForAGetThatWasCut) {
  const auto table = cuts();
  for (std::size_t i = 0; i < table.size(); i += 7) {
    scripted_upstream dying{once(table[i].text)};
    scripted_upstream good{always(answer("200 OK", "whole"))};
    running_gateway gateway{{{"a", "chat", dying.port()}, {"b", "chat", good.port()}}};
    for (int turn = 0; turn < 2; ++turn) EXPECT_EQ(body_of(gateway.get("/chat/x")), "whole") << table[i].name;
  }
}

TEST(Edge, NeverGivesOneClientTheAnswerOfAnother) {
  // Says more than was asked for, on a connection that stays open.
  scripted_upstream chat{always(answer("200 OK", "mine") + answer("200 OK", "not yours"))};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(body_of(gateway.get("/chat/x")), "mine");
  EXPECT_EQ(chat.connections(), 5u) << "such a connection isn't kept";
}

}  // namespace
}  // namespace greenroom::gateway
