#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "net/http/client.hpp"
#include "test/net/http_fixture.hpp"

namespace greenroom::net::http {
namespace {

using boost::asio::ip::tcp;
using core::ec;

target at(const tcp::endpoint& where) { return {where.address().to_string(), where.port()}; }

// A call whose end the test waits for.
outcome wait_for(client& asker, call what, std::size_t slot = 0) {
  std::promise<outcome> ended;
  asker.send(slot, std::move(what), [&](outcome how) { ended.set_value(std::move(how)); });
  return ended.get_future().get();
}

// A server that reads one request on each connection, says what it was given to say, and closes.
class script {
 public:
  explicit script(std::string says, bool then_close = true) : says_(std::move(says)), close_(then_close) {
    thread_ = std::thread{[this] { run(); }};
  }
  ~script() {
    stopping_ = true;
    boost::asio::io_context context;
    tcp::socket wake{context};
    wake.connect(door_.local_endpoint());
    thread_.join();
  }
  target where() const { return at(door_.local_endpoint()); }
  std::string heard() {
    const std::lock_guard hold{lock_};
    return heard_;
  }

 private:
  void run() {
    std::vector<tcp::socket> open;
    while (true) {
      tcp::socket socket = door_.accept();
      if (stopping_) return;
      std::string request;
      boost::system::error_code wrong;
      char chunk[1024];
      while (!wrong && request.find("\r\n\r\n") == std::string::npos)
        request.append(chunk, socket.read_some(boost::asio::buffer(chunk), wrong));
      {
        const std::lock_guard hold{lock_};
        heard_ = request;
      }
      boost::asio::write(socket, boost::asio::buffer(says_), wrong);
      if (!close_) open.push_back(std::move(socket));
    }
  }

  std::string says_;
  bool close_;
  std::atomic<bool> stopping_{false};
  boost::asio::io_context context_;
  tcp::acceptor door_{context_, any_port()};
  std::mutex lock_;
  std::string heard_;
  std::thread thread_;
};

// A pool and a client on it.
struct asking {
  explicit asking(client_options options = {}) : asker(pool, options) { pool.start(); }
  ~asking() { pool.stop(); }
  outcome ask(call what) { return wait_for(asker, std::move(what)); }
  outcome get(const target& to) { return ask({.to = to}); }

  io_pool pool{1};
  client asker;
};

TEST(HttpClient, BringsTheRequestThereAndTheAnswerBack) {
  running_server server{[](const exchange_ptr& ask) {
    ask->set("X-Seen", std::string(ask->header("X-Given")));
    ask->text(201, std::string(ask->method()) + ' ' + std::string(ask->target()) + ' ' + std::string(ask->body()) +
                       ' ' + std::string(ask->header("Host")));
  }};
  asking us;
  const target to = at(server->bound());
  const auto how = us.ask({to, "POST", "/a?b=c", {{"X-Given", "yes"}, {"Content-Length", "99"}}, "body", 5s});
  ASSERT_TRUE(how.reply.ok());
  EXPECT_TRUE(how.written);
  EXPECT_EQ(how.reply->status, 201u);
  EXPECT_EQ(how.reply->header("x-seen"), "yes");
  EXPECT_EQ(how.reply->body, "POST /a?b=c body 127.0.0.1:" + std::to_string(to.port));
}

TEST(HttpClient, KeepsItsConnections) {
  running_server server{[](const exchange_ptr& ask) { ask->text(200, "ok"); }};
  asking us;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(us.get(at(server->bound())).reply->body, "ok");
  EXPECT_EQ(server->connections(), 1u);
}

TEST(HttpClient, ClosesAKeptConnectionBeforeTheServerDoes) {
  running_server server{[](const exchange_ptr& ask) { ask->text(200, "ok"); }};
  client_options options;
  options.idle_lifetime = 0ms;
  asking us{options};
  EXPECT_TRUE(us.get(at(server->bound())).reply.ok());
  EXPECT_TRUE(us.get(at(server->bound())).reply.ok());
  EXPECT_TRUE(eventually([&] { return server->connections() <= 1; }));
}

TEST(HttpClient, NoticesThatTheServerClosedAKeptConnection) {
  server_options options;
  options.idle_timeout = 20ms;
  running_server server{[](const exchange_ptr& ask) { ask->text(200, "ok"); }, options};
  asking us;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(us.ask({.to = at(server->bound()), .method = "POST"}).reply.ok());
    EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
  }
}

TEST(HttpClient, KeepsNothingThatTheServerWillClose) {
  script upstream{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false};
  asking us;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(us.get(upstream.where()).reply->body, "ok");
}

TEST(HttpClient, ReadsABodyUntilTheEndAndSkipsInterimAnswers) {
  script upstream{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil the end"};
  asking us;
  const auto how = us.get(upstream.where());
  ASSERT_TRUE(how.reply.ok());
  EXPECT_EQ(how.reply->status, 200u);
  EXPECT_EQ(how.reply->body, "until the end");
}

TEST(HttpClient, WaitsForNoBodyAfterHead) {
  script upstream{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", false};
  asking us;
  const auto how = us.ask({.to = upstream.where(), .method = "HEAD"});
  ASSERT_TRUE(how.reply.ok());
  EXPECT_EQ(how.reply->header("Content-Length"), "1000");
}

TEST(HttpClient, SaysThatNothingWasWrittenWhereNobodyListens) {
  boost::asio::io_context context;
  tcp::acceptor reserved{context, any_port()};
  const target nobody = at(reserved.local_endpoint());
  reserved.close();
  asking us;
  const auto how = us.get(nobody);
  EXPECT_EQ(how.reply.code(), ec::upstream_failed);
  EXPECT_FALSE(how.written);
}

TEST(HttpClient, SaysThatBytesWereWrittenWhereTheAnswerIsCutOrGarbage) {
  for (const auto* says :
       {"", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n"}) {
    script upstream{says};
    asking us;
    const auto how = us.get(upstream.where());
    EXPECT_EQ(how.reply.code(), ec::upstream_failed) << says;
    EXPECT_TRUE(how.written);
  }
}

TEST(HttpClient, GivesUpAtItsDeadline) {
  script silent{"", false};
  asking us;
  const auto began = std::chrono::steady_clock::now();
  const auto how = us.ask({.to = silent.where(), .deadline = 50ms});
  EXPECT_EQ(how.reply.code(), ec::upstream_late);
  EXPECT_TRUE(how.written);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 50ms);
}

TEST(HttpClient, RefusesAnAnswerOverItsLimit) {
  running_server server{[](const exchange_ptr& ask) { ask->text(200, std::string(1001, 'x')); }};
  client_options options;
  options.answer_limit = 1000;
  asking us{options};
  EXPECT_EQ(us.get(at(server->bound())).reply.code(), ec::too_big);
}

TEST(HttpClient, SendsNothingThatWouldBeTwoRequests) {
  script upstream{"HTTP/1.1 204 No Content\r\n\r\n"};
  asking us;
  EXPECT_EQ(us.ask({.to = upstream.where(), .path = "/ HTTP/1.1\r\nX: y"}).reply.code(), ec::bad_request);
  EXPECT_TRUE(us.ask({.to = upstream.where(), .fields = {{"X", "y\r\nZ: z"}}}).reply.ok());
  EXPECT_NE(upstream.heard().find("\r\nX: yZ: z\r\n"), std::string::npos);
}

TEST(HttpClient, ResolvesNames) {
  running_server server{[](const exchange_ptr& ask) { ask->text(200, "ok"); }};
  asking us;
  EXPECT_TRUE(us.get(target{"localhost", server->bound().port()}).reply.ok());
  EXPECT_EQ(us.get(target{"no-such-name.invalid", 80}).reply.code(), ec::upstream_failed);
}

TEST(HttpClient, AsksManyThingsAtOnce) {
  running_server server{[](const exchange_ptr& ask) { ask->text(200, std::string(ask->path())); }, {}, 2};
  asking us;
  std::atomic<int> good{0};
  std::atomic<int> ended{0};
  for (int i = 0; i < 200; ++i) {
    const std::string path = '/' + std::to_string(i);
    us.asker.send(0, {.to = at(server->bound()), .path = path}, [&, path](const outcome& how) {
      if (how.reply.ok() && how.reply->body == path) ++good;
      ++ended;
    });
  }
  EXPECT_TRUE(eventually([&] { return ended == 200; }));
  EXPECT_EQ(good, 200);
}

}  // namespace
}  // namespace greenroom::net::http
