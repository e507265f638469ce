#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "net/http/server.hpp"
#include "test/net/http_fixture.hpp"

namespace greenroom::net::http {
namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

void echo(const exchange_ptr& ask) {
  ask->text(200, std::string(ask->method()) + ' ' + std::string(ask->target()) + ' ' + std::string(ask->body()));
}

// Keeps exchanges for the test to answer.
class in_tray {
 public:
  void operator()(const exchange_ptr& ask) {
    const std::lock_guard hold{lock_};
    waiting_.push_back(ask);
  }
  exchange_ptr take() {
    exchange_ptr first;
    EXPECT_TRUE(eventually([&] {
      const std::lock_guard hold{lock_};
      if (waiting_.empty()) return false;
      first = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
      return true;
    }));
    return first;
  }

 private:
  std::mutex lock_;
  std::vector<exchange_ptr> waiting_;
};

TEST(HttpServer, KeepsTheConnectionForTheNextRequest) {
  running_server server{echo};
  raw_client client = server.connect();
  for (int i = 0; i < 3; ++i) {
    client.write("POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(body_of(client.read_answer()), "POST /a?b hi");
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST(HttpServer, AnswersPipelinedRequestsOneAfterTheOther) {
  running_server server{echo};
  raw_client client = server.connect();
  client.write(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /3 HTTP/1.1\r\n");
  EXPECT_EQ(body_of(client.read_answer()), "GET /1 ");
  EXPECT_EQ(body_of(client.read_answer()), "POST /2 x");
  client.write("Host: a\r\nConnection: close\r\n\r\n");
  const std::string last = client.read_to_end();
  EXPECT_EQ(body_of(last), "GET /3 ");
  EXPECT_EQ(field_of(last, "Connection"), "close");
}

TEST(HttpServer, TakesARequestByteByByte) {
  running_server server{echo};
  raw_client client = server.connect();
  for (const char c :
       std::string{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"})
    client.write(std::string(1, c));
  EXPECT_EQ(body_of(client.read_answer()), "POST / hi");
}

TEST(HttpServer, AnswersHeadWithTheLengthButNoBody) {
  running_server server{[](const exchange_ptr& ask) { ask->text(200, "hello"); }};
  raw_client client = server.connect();
  client.write("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get);
  const std::string head = client.read_answer(true);
  EXPECT_EQ(field_of(head, "Content-Length"), "5");
  EXPECT_EQ(body_of(client.read_answer()), "hello");
}

TEST(HttpServer, GivesEveryAnswerItsDefaultFields) {
  running_server server{[](const exchange_ptr& ask) { ask->json(201, "{}"); }};
  const std::string answer = server.get("/", "X-Request-Id: abc-1.2_3\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201 Created\r\n"));
  EXPECT_EQ(field_of(answer, "Content-Type"), "application/json");
  EXPECT_EQ(field_of(answer, "X-Request-Id"), "abc-1.2_3");
  EXPECT_EQ(field_of(answer, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(field_of(answer, "Cache-Control"), "no-store");
  EXPECT_EQ(field_of(answer, "Date").size(), std::string_view{"Sun, 06 Nov 1994 08:49:37 GMT"}.size());
  EXPECT_EQ(field_of(answer, "Server"), "(none)");
}

TEST(HttpServer, ClosesAConnectionOnWhichNothingArrives) {
  server_options options;
  options.idle_timeout = 60ms;
  running_server server{echo, options};
  const auto began = std::chrono::steady_clock::now();
  raw_client silent = server.connect();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_GE(std::chrono::steady_clock::now() - began, 60ms);
  raw_client once = server.connect();
  once.write(get);
  EXPECT_EQ(status_of(once.read_to_end()), 200u);
  EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
}

TEST(HttpServer, LetsAHandlerTakeLongerThanTheIdleTimeout) {
  server_options options;
  options.idle_timeout = 30ms;
  in_tray tray;
  running_server server{std::ref(tray), options};
  raw_client client = server.connect();
  client.write(get);
  const auto ask = tray.take();
  EXPECT_TRUE(client.is_open(90ms));
  ask->empty(204);
  EXPECT_EQ(status_of(client.read_answer()), 204u);
}

TEST(HttpServer, RefusesAHeadThatComesTooSlowly) {
  server_options options;
  options.idle_timeout = 10s;
  options.head_timeout = 80ms;
  running_server server{echo, options};
  raw_client client = server.connect();
  client.write("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 200 && client.is_open(5ms); ++i) client.write("X: y\r\n");
  const std::string answer = client.read_answer();
  EXPECT_EQ(status_of(answer), 408u);
  EXPECT_EQ(field_of(answer, "Connection"), "close");
}

TEST(HttpServer, RefusesABodyThatComesTooSlowlyOrStops) {
  server_options slow;
  slow.idle_timeout = 10s;
  slow.body_timeout = 60ms;
  server_options stopped;
  stopped.idle_timeout = 60ms;
  for (const auto& options : {slow, stopped}) {
    running_server server{echo, options};
    EXPECT_EQ(status_of(server.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhi")), 408u);
  }
}

TEST(HttpServer, AnswersForAHandlerThatNeverDoes) {
  server_options options;
  options.answer_timeout = 50ms;
  in_tray tray;
  running_server server{std::ref(tray), options};
  raw_client client = server.connect();
  client.write(get);
  const auto ask = tray.take();
  const std::string answer = client.read_answer();
  EXPECT_EQ(status_of(answer), 503u);
  EXPECT_EQ(field_of(answer, "Retry-After"), "1");
  EXPECT_TRUE(ask->answered());
  ask->text(200, "too late");
  client.write(get);
  tray.take()->text(200, "in time");
  EXPECT_EQ(body_of(client.read_answer()), "in time");
}

TEST(HttpServer, TurnsADroppedRequestAndAnExceptionInto500) {
  running_server server{[](const exchange_ptr& ask) {
    if (ask->path() == "/throw") throw std::runtime_error{"secret"};
  }};
  for (const auto* path : {"/drop", "/throw"}) {
    const std::string answer = server.get(path);
    EXPECT_EQ(status_of(answer), 500u);
    EXPECT_EQ(answer.find("secret"), std::string::npos);
    EXPECT_NE(body_of(answer).find("\"internal\""), std::string::npos);
  }
}

TEST(HttpServer, TakesTheFirstAnswerFromAnyThread) {
  running_server server{[](const exchange_ptr& ask) {
                          std::thread{[ask] {
                            ask->text(200, "first");
                            ask->text(500, "second");
                          }}.detach();
                        },
                        {},
                        2};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(body_of(server.get("/")), "first");
}

TEST(HttpServer, TakesHostAndPathFromATargetInAbsoluteForm) {
  running_server server{[](const exchange_ptr& ask) {
    ask->text(200, std::string(ask->target()) + ' ' + ask->origin().host + ' ' + std::string(ask->header("Host")));
  }};
  const auto ask = [&](const std::string& target) {
    return body_of(server.ask("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"));
  };
  EXPECT_EQ(ask("http://b:5000/c?d=http://e/"), "/c?d=http://e/ b:5000 b:5000");
  EXPECT_EQ(ask("HTTPS://[::1]"), "/ [::1] [::1]");
  EXPECT_EQ(ask("/c"), "/c a a");
}

TEST(HttpServer, IgnoresEmptyLinesBeforeARequestButKeepsItsPatience) {
  server_options options;
  options.idle_timeout = 300ms;
  running_server server{echo, options};
  raw_client client = server.connect();
  client.write("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(client.read_answer()), 200u);
  client.write("\r\n");  // as some send behind a body
  client.write("\r");
  client.write("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(client.read_answer()), 200u);
  for (int i = 0; i < 20 && client.is_open(50ms); ++i) client.write("\r\n");
  EXPECT_EQ(client.read_to_end(), "") << "closed as one that is silent";
}

TEST(HttpServer, DropsTrailersAndExtensions) {
  running_server server{[](const exchange_ptr& ask) {
    ask->text(200, std::string(ask->body()) + std::string(ask->header("Authorization")));
  }};
  raw_client client = server.connect();
  for (int i = 0; i < 2; ++i) {
    client.write(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;a=\"b\"\r\nabc\r\n0\r\nAuthorization: Bearer x\r\nContent-Length: 7\r\n\r\n");
    EXPECT_EQ(body_of(client.read_answer()), "abc");
  }
}

TEST(HttpServer, LeavesAHandlerTheTimeThatItAsksFor) {
  server_options options;
  options.answer_timeout = 100ms;
  exchange_ptr held;
  std::mutex lock;
  running_server server{[&](const exchange_ptr& ask) {
                          ask->allow(5s);
                          const std::lock_guard guard{lock};
                          held = ask;
                        },
                        options};
  raw_client client = server.connect();
  client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.is_open(400ms)) << "no 503 yet";
  const std::lock_guard guard{lock};
  held->text(200, "at last");
  EXPECT_EQ(body_of(client.read_answer()), "at last");
}

TEST(HttpServer, KnowsWhenNobodyWaitsForAnAnswerAnyMore) {
  exchange_ptr held;
  std::promise<void> handled;
  running_server server{[&](const exchange_ptr& ask) {
    held = ask;
    handled.set_value();
  }};
  const auto is_abandoned = [&] {
    std::promise<bool> said;
    boost::asio::post(held->context(), [&] { said.set_value(held->is_abandoned()); });
    return said.get_future().get();
  };
  {
    raw_client client = server.connect();
    client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\n");
    handled.get_future().get();
    EXPECT_FALSE(is_abandoned());
  }
  EXPECT_TRUE(eventually(is_abandoned)) << "although bytes were there before it left";
  held.reset();
}

TEST(HttpServer, CountsAGatewaysConnectionForNoAddress) {
  server_options options;
  options.forwarded_secret = "secret";
  options.caps = {.total = 100, .per_address = 2, .count_loopback = true};
  running_server server{echo, options};
  field_list fields;
  sign_forwarded(fields, "secret", {"192.0.2.7", "a", "http", "", core::limit_class::api}, {"GET", "/"});
  std::vector<raw_client> kept;
  for (int i = 0; i < 5; ++i) {
    kept.push_back(server.connect());
    kept.back().write("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields.text()) + "\r\n");
    EXPECT_EQ(status_of(kept.back().read_answer()), 200u) << i;
  }
  for (int i = 0; i < 2; ++i) {
    kept.push_back(server.connect());
    kept.back().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(status_of(kept.back().read_answer()), 200u) << "a client's";
  }
  raw_client third = server.connect();
  EXPECT_EQ(third.read_to_end(), "") << "the third of a client";
}

TEST(HttpServer, TakesControlCharactersOutOfFields) {
  running_server server{[](const exchange_ptr& ask) {
    ask->set("X-Name", "a\r\nSet-Cookie: b");
    ask->send({200, "text/plain", {{"Content-Length", "99"}, {"Connection", "x"}}, "ok", nullptr});
  }};
  const std::string answer = server.get("/");
  EXPECT_EQ(field_of(answer, "X-Name"), "aSet-Cookie: b");
  EXPECT_EQ(field_of(answer, "Set-Cookie"), "(none)");
  EXPECT_EQ(field_of(answer, "Content-Length"), "2");
  EXPECT_EQ(field_of(answer, "Connection"), "(none)");
}

TEST(HttpServer, SaysContinueToAClientThatWaitsForIt) {
  running_server server{echo};
  raw_client client = server.connect();
  client.write("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.write("hi");
  EXPECT_EQ(body_of(client.read_answer()), "POST / hi");
}

TEST(HttpServer, LetsTheClientReadARefusalWhileItStillSends) {
  running_server server{echo};
  raw_client client = server.connect();
  client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(200000, 'x'));
  const std::string answer = client.read_to_end();
  EXPECT_EQ(status_of(answer), 413u);
  EXPECT_EQ(std::to_string(body_of(answer).size()), field_of(answer, "Content-Length"));
}

TEST(HttpServer, SendsAnswersOfAMegabyte) {
  running_server server{[](const exchange_ptr& ask) { ask->text(200, std::string(1 << 20, 'x')); }};
  EXPECT_EQ(body_of(server.get("/")).size(), std::size_t{1} << 20);
}

TEST(HttpServer, SurvivesAClientThatDoesNotWait) {
  in_tray tray;
  running_server server{std::ref(tray)};
  {
    raw_client client = server.connect();
    client.write(get);
  }
  tray.take()->text(200, std::string(1 << 20, 'x'));
  EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
}

TEST(HttpServer, GivesAnUpgradeAwayWithWhatWasReadAhead) {
  std::promise<upgraded> taken;
  running_server server{[&](const exchange_ptr& ask) {
    EXPECT_TRUE(ask->wants_websocket());
    auto given = ask->take_socket();
    ASSERT_TRUE(given);
    EXPECT_FALSE(ask->take_socket());
    ask->text(200, "nobody hears this");
    taken.set_value(*std::move(given));
  }};
  raw_client client = server.connect();
  client.write(
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\nahead");
  upgraded mine = taken.get_future().get();
  EXPECT_EQ(mine.read_ahead, "ahead");
  EXPECT_EQ(mine.head.target(), "/ws");
  EXPECT_EQ(mine.head["Sec-WebSocket-Version"], "13");
  EXPECT_EQ(server->connections(), 0u);
  boost::asio::write(mine.socket.socket(), boost::asio::buffer("raw", 3));
  server->stop();
  mine.socket.close();
  EXPECT_EQ(client.read_to_end(), "raw");
}

TEST(HttpServer, DrainsWithoutCuttingAnAnswer) {
  in_tray tray;
  running_server server{std::ref(tray), {}, 2};
  raw_client idle = server.connect();
  raw_client busy = server.connect();
  busy.write(get);
  const auto ask = tray.take();
  server->drain();
  EXPECT_EQ(idle.read_to_end(), "");
  ask->text(200, "done");
  const std::string answer = busy.read_answer();
  EXPECT_EQ(body_of(answer), "done");
  EXPECT_EQ(field_of(answer, "Connection"), "close");
  EXPECT_THROW(server.connect(), boost::system::system_error);
}

TEST(HttpServer, RunsNoHandlerOnceItHasStopped) {
  std::atomic<bool> stopped{false};
  std::atomic<bool> late{false};
  running_server server{[&](const exchange_ptr& ask) {
                          if (stopped) late = true;
                          ask->text(200, "");
                        },
                        {},
                        2};
  std::vector<raw_client> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(server.connect());
    clients.back().write(get + get + get);
  }
  server->stop();
  stopped = true;
  for (auto& client : clients) {
    client.write(get);
    client.read_to_end();
  }
  EXPECT_FALSE(late);
  EXPECT_EQ(server->connections(), 0u);
}

TEST(HttpServer, TellsItsObserverOfEveryAnswer) {
  std::mutex lock;
  std::vector<unsigned> seen;
  server_options options;
  options.observe = [&](unsigned status, double seconds) {
    const std::lock_guard hold{lock};
    EXPECT_GE(seconds, 0.0);
    EXPECT_LT(seconds, 10.0);
    seen.push_back(status);
  };
  running_server server{echo, options};
  server.get("/");
  server.ask("nonsense\r\n\r\n");
  const std::lock_guard hold{lock};
  EXPECT_EQ(seen, (std::vector<unsigned>{200, 400}));
}

TEST(HttpServer, BelievesForwardedFieldsOnlyWhenSigned) {
  server_options options;
  options.forwarded_secret = "of the cluster";
  running_server server{[](const exchange_ptr& ask) {
                          const forwarded& from = ask->origin();
                          ask->text(200, from.client + ' ' + from.host + ' ' + from.proto + ' ' + from.prefix + ' ' +
                                             std::string(to_string(from.counted)) +
                                             (ask->was_forwarded() ? " yes" : " no"));
                        },
                        options};
  const auto fields_signed_by = [](std::string_view secret, std::size_t leave_out = 99) {
    std::string text;
    field_list fields;
    sign_forwarded(fields, secret, {"192.0.2.7", "chat.example", "https", "/chat", core::limit_class::api},
                   {"GET", "/"});
    std::size_t i = 0;
    for (auto field = fields.begin(); field != fields.end(); ++field)
      if (i++ != leave_out) text += field.line();
    return text;
  };
  const std::string good = fields_signed_by("of the cluster");
  EXPECT_EQ(body_of(server.get("/", good)), "192.0.2.7 chat.example https /chat api yes");
  std::string tampered = good;
  tampered.replace(tampered.find("192.0.2.7"), 9, "192.0.2.8");
  std::string promoted = good;
  promoted.replace(promoted.find("Class: api"), 10, "Class: auth");
  for (const auto& bad : {fields_signed_by("of another"), tampered, promoted, good + "X-Forwarded-For: 192.0.2.9\r\n",
                          std::string{}, fields_signed_by("of the cluster", 3), fields_signed_by("of the cluster", 4),
                          fields_signed_by("of the cluster", 5)})
    EXPECT_EQ(body_of(server.get("/", bad)), "127.0.0.1 a http  none no") << bad;
  EXPECT_EQ(body_of(server.get("/another", good)), "127.0.0.1 a http  none no");
}

TEST(HttpServer, TakesALongAnswerOnlyWhereItFitsBesideWhatWaits) {
  running_server subject{
      [](const exchange_ptr& ask) { ask->text(200, std::string(8'000'000, 'x')); }, {}, 1, {10'000'000, 100'000'000}};
  std::optional<raw_client> deaf{subject.connect()};
  deaf->write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return subject.pool().waiting().bytes() == 8'000'000u; }));
  const auto refused = subject.get("/");
  EXPECT_NE(refused.find(" 503 "), refused.npos) << refused;
  EXPECT_NE(refused.find(R"("code":"overloaded")"), refused.npos);
  EXPECT_NE(refused.find("Retry-After: 1"), refused.npos);
  deaf.reset();
  ASSERT_TRUE(eventually([&] { return subject.pool().waiting().bytes() == 0u; })) << "whoever goes owes nothing";
  EXPECT_NE(subject.get("/").substr(0, 15).find("200"), std::string::npos);
}

}  // namespace
}  // namespace greenroom::net::http
