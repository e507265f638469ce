#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "net/http/exchange.hpp"
#include "net/http/proxies.hpp"
#include "test/net/http_fixture.hpp"
#include "test/net/proxy_header.hpp"

namespace greenroom::net::http {
namespace {

proxy_trust trust(proxy_words words) {
  proxy_trust out;
  out.words = words;
  EXPECT_TRUE(out.from.add("10.0.0.0/8"));
  EXPECT_TRUE(out.from.add("127.0.0.1"));
  return out;
}

using lines = std::vector<std::pair<std::string, std::string>>;

// Client, scheme and host, with a dash for what isn't said.
std::string outer(proxy_words words, const lines& fields) {
  boost::beast::http::fields all;
  for (const auto& [name, value] : fields) all.insert(name, value);
  const auto said = read_outer(trust(words), all);
  return (said.client ? said.client->to_string() : "-") + ' ' + (said.proto.empty() ? "-" : said.proto) + ' ' +
         (said.host.empty() ? "-" : said.host);
}

TEST(Proxies, AreReadFromTheRightUpToTheFirstThatIsNotTrusted) {
  const auto read = [](const std::string& value) {
    return outer(proxy_words::x_forwarded, {{"X-Forwarded-For", value}});
  };
  EXPECT_EQ(read("192.0.2.7"), "192.0.2.7 - -");
  EXPECT_EQ(read("6.6.6.6, 192.0.2.7"), "192.0.2.7 - -") << "what the client wrote itself is left of it";
  EXPECT_EQ(read("6.6.6.6, 192.0.2.7,10.0.0.1 ,\t10.0.0.2"), "192.0.2.7 - -") << "proxies in a row";
  EXPECT_EQ(read("10.0.0.1"), "10.0.0.1 - -") << "a client beside the proxies";
  EXPECT_EQ(read("192.0.2.7:4711"), "192.0.2.7 - -");
  EXPECT_EQ(read("[2001:db8::7]:4711"), "2001:db8::7 - -");
  EXPECT_EQ(read("2001:db8::7"), "2001:db8::7 - -");
  EXPECT_EQ(read("6.6.6.6, unknown, 10.0.0.1"), "10.0.0.1 - -") << "behind what can't be read nothing is believed";
  for (const std::string none : {"", "unknown", "x, y", "[", ":", "1.2.3.4.5"}) EXPECT_EQ(read(none), "- - -") << none;
}

TEST(Proxies, AreReadOverAllLines) {
  EXPECT_EQ(
      outer(proxy_words::x_forwarded, {{"X-Forwarded-For", "6.6.6.6"}, {"x-forwarded-for", "192.0.2.7, 10.0.0.1"}}),
      "192.0.2.7 - -");
  EXPECT_EQ(outer(proxy_words::forwarded, {{"Forwarded", "for=6.6.6.6"}, {"Forwarded", "for=192.0.2.7, for=10.0.0.1"}}),
            "192.0.2.7 - -");
}

TEST(Proxies, SaySchemeAndHost) {
  const auto read = [](const lines& fields) { return outer(proxy_words::x_forwarded, fields); };
  const std::pair<std::string, std::string> one{"X-Forwarded-For", "192.0.2.7"},
      two{"X-Forwarded-For", "192.0.2.7, 10.0.0.1"};
  EXPECT_EQ(read({one, {"X-Forwarded-Proto", "HTTPS"}, {"X-Forwarded-Host", "chat.example:8443"}}),
            "192.0.2.7 https chat.example:8443");
  EXPECT_EQ(read({one, {"X-Forwarded-Proto", "https, http"}}), "192.0.2.7 http -") << "the client wrote the first";
  EXPECT_EQ(read({two, {"X-Forwarded-Proto", "https, http"}}), "192.0.2.7 https -") << "both are proxies' words";
  EXPECT_EQ(read({two, {"X-Forwarded-Proto", "https"}}), "192.0.2.7 https -") << "the second passed it on";
  EXPECT_EQ(read({one, {"X-Forwarded-Proto", "ftp"}, {"X-Forwarded-Host", "a/b"}}), "192.0.2.7 - -");
  EXPECT_EQ(read({{"X-Forwarded-Proto", "https"}}), "- https -");
}

TEST(Proxies, SpeakRfc7239) {
  const auto read = [](const std::string& value) { return outer(proxy_words::forwarded, {{"Forwarded", value}}); };
  EXPECT_EQ(read("for=192.0.2.7;proto=https;host=chat.example;by=10.0.0.1"), "192.0.2.7 https chat.example");
  EXPECT_EQ(read("For=\"[2001:db8::7]:4711\" ; Proto=http"), "2001:db8::7 http -");
  EXPECT_EQ(read("for=6.6.6.6;proto=http;host=evil, for=192.0.2.7;proto=https, for=10.0.0.1;proto=http"),
            "192.0.2.7 https -");
  EXPECT_EQ(read("for=6.6.6.6, for=unknown;proto=https, for=10.0.0.1"), "10.0.0.1 https -");
  EXPECT_EQ(read("for=_hidden"), "- - -");
  EXPECT_EQ(read("nonsense"), "- - -");
}

TEST(Proxies, SpeakInOneWayOnly) {
  const lines both{{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=192.0.2.2"}};
  EXPECT_EQ(outer(proxy_words::x_forwarded, both), "192.0.2.1 - -");
  EXPECT_EQ(outer(proxy_words::forwarded, both), "192.0.2.2 - -");
  EXPECT_EQ(outer(proxy_words::proxy_v2, both), "- - -");
}

// ---- the server behind one

server_options behind(proxy_words words, const char* trusted = "127.0.0.1") {
  auto believed = std::make_shared<proxy_trust>();
  believed->words = words;
  EXPECT_TRUE(believed->from.add(trusted));
  server_options out;
  out.proxies = believed;
  out.caps.uncounted = believed->from;
  return out;
}

void tell_origin(const exchange_ptr& ask) {
  const auto& from = ask->origin();
  ask->text(200, from.client + ' ' + from.proto + ' ' + from.host + ' ' + ask->limit_key());
}

TEST(Proxies, AreBelievedFromTheirAddressesOnly) {
  const std::string fields = "X-Forwarded-For: 2001:db8::7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: h\r\n";
  running_server believing{tell_origin, behind(proxy_words::x_forwarded)};
  EXPECT_EQ(body_of(believing.get("/", fields)), "2001:db8::7 https h 2001:db8::/64");
  EXPECT_EQ(body_of(believing.get("/")), "127.0.0.1 http a 127.0.0.1");
  running_server other{tell_origin, behind(proxy_words::x_forwarded, "127.0.0.2")};
  EXPECT_EQ(body_of(other.get("/", fields)), "127.0.0.1 http a 127.0.0.1");
  running_server none{tell_origin};
  EXPECT_EQ(body_of(none.get("/", fields)), "127.0.0.1 http a 127.0.0.1");
}

std::string ask_behind(running_server& server, const std::string& header) {
  raw_client client = server.connect();
  client.write(header);
  client.write("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");
  return body_of(client.read_answer());
}

TEST(Proxies, SpeakTheProxyProtocolBeforeTheFirstRequest) {
  running_server server{tell_origin, behind(proxy_words::proxy_v2)};
  const auto tls = inet_addresses("192.0.2.7") + std::string("\x20\0\x05\x01\0\0\0\0", 8);
  EXPECT_EQ(ask_behind(server, proxy_header(0x21, 0x11, inet_addresses("192.0.2.7"))), "192.0.2.7 http a 192.0.2.7");
  EXPECT_EQ(ask_behind(server, proxy_header(0x21, 0x11, tls)), "192.0.2.7 https a 192.0.2.7");
  EXPECT_EQ(ask_behind(server, proxy_header(0x20, 0x00, {})), "127.0.0.1 http a 127.0.0.1") << "a health check";
  EXPECT_EQ(ask_behind(server, {}), "") << "no header, no answer";
  raw_client cut = server.connect();
  cut.write(proxy_header(0x21, 0x11, inet_addresses("192.0.2.7")).substr(0, 20));
  cut.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send);
  EXPECT_EQ(cut.read_to_end(), "");
  running_server strangers{tell_origin, behind(proxy_words::proxy_v2, "127.0.0.2")};
  EXPECT_EQ(ask_behind(strangers, {}), "127.0.0.1 http a 127.0.0.1") << "from elsewhere clients come without";
  raw_client forger = strangers.connect();
  forger.write(proxy_header(0x21, 0x11, inet_addresses("192.0.2.7")));
  EXPECT_EQ(status_of(forger.read_answer()), 400u);
}

TEST(Proxies, CountTheClientThatTheyNameForTheConnectionsOfAnAddress) {
  auto options = behind(proxy_words::proxy_v2);
  options.caps.per_address = 2;
  running_server server{tell_origin, options};
  const auto header = [](const char* client) { return proxy_header(0x21, 0x11, inet_addresses(client)); };
  std::vector<raw_client> kept;
  for (int i = 0; i < 2; ++i) {
    kept.push_back(server.connect());
    kept.back().write(header("192.0.2.7") + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(status_of(kept.back().read_answer()), 200u);
  }
  EXPECT_EQ(ask_behind(server, header("192.0.2.7")), "") << "a third of one client";
  EXPECT_EQ(ask_behind(server, header("192.0.2.8")), "192.0.2.8 http a 192.0.2.8");
  kept.pop_back();
  EXPECT_TRUE(eventually([&] { return !ask_behind(server, header("192.0.2.7")).empty(); }));
}

}  // namespace
}  // namespace greenroom::net::http
