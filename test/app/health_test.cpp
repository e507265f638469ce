#include "app/health.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace greenroom::app {
namespace {

using boost::asio::ip::tcp;

/// Takes one connection, reads a request's head, and writes the scripted answer (nothing where it is empty).
class scripted_server {
 public:
  explicit scripted_server(std::string answer) : thread_{[this, answer = std::move(answer)] { serve(answer); }} {}
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  std::string request() {
    thread_.join();
    return request_;
  }

 private:
  void serve(const std::string& answer) {
    auto socket = acceptor_.accept();
    boost::system::error_code ended;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(request_), "\r\n\r\n", ended);
    if (!answer.empty()) boost::asio::write(socket, boost::asio::buffer(answer), ended);
    // Held open until the client gives up or has read its answer.
    char byte = 0;
    socket.read_some(boost::asio::buffer(&byte, 1), ended);
  }

  boost::asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
  std::string request_;
  std::jthread thread_;
};

TEST(Health, Is0WhenReadyzIs200) {
  scripted_server server{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"};
  EXPECT_EQ(0, health(server.url()));
  const auto request = server.request();
  EXPECT_TRUE(request.starts_with("GET /readyz HTTP/1.1\r\n")) << request;
}

TEST(Health, Is1WhenTheServerDrains) {
  scripted_server server{"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"};
  EXPECT_EQ(1, health(server.url()));
}

TEST(Health, Is1WhenTheAnswerIsNoHttp) {
  scripted_server server{"hello\r\n\r\n"};
  EXPECT_EQ(1, health(server.url()));
}

TEST(Health, Is1WhenNothingAnswersInTime) {
  scripted_server server{""};
  EXPECT_EQ(1, health(server.url(), std::chrono::milliseconds{50}));
}

TEST(Health, Is1WhenNobodyListens) {
  std::string url;
  {
    boost::asio::io_context context;
    const tcp::acceptor closed{context, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    url = "http://127.0.0.1:" + std::to_string(closed.local_endpoint().port());
  }
  EXPECT_EQ(1, health(url));
}

TEST(Health, Is2ForWhatIsNoUrl) {
  for (const char* wrong : {"", "localhost:5000", "ftp://localhost", "http://", "http://a b/"}) {
    EXPECT_EQ(2, health(wrong)) << wrong;
  }
}

TEST(Health, AsksItsOwnFirstRoleOnLoopback) {
  config settings;
  EXPECT_EQ("http://127.0.0.1:5000", health_url(settings));
  settings.tls_cert = "cert.pem";
  EXPECT_EQ("https://127.0.0.1:5000", health_url(settings));
  settings.roles.gateway = false;
  settings.chat_listen = {"0.0.0.0", 9000};
  EXPECT_EQ("http://127.0.0.1:9000", health_url(settings));
  settings.roles.chat = false;
  settings.users_listen = {"::", 9001};
  EXPECT_EQ("http://[::1]:9001", health_url(settings));
  settings.roles.users = false;
  EXPECT_EQ("http://127.0.0.1:8080", health_url(settings));
}

}  // namespace
}  // namespace greenroom::app
