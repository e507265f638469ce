#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "net/http/server.hpp"
#include "net/io_pool.hpp"

namespace greenroom::net::http {

using namespace std::chrono_literals;

/// A client that writes and reads bytes as the test says. Waits at most 10 s for anything.
class raw_client {
 public:
  explicit raw_client(const boost::asio::ip::tcp::endpoint& to) { socket_.connect(to); }
  raw_client(raw_client&&) = default;
  /// None: the context would go before the socket that stands on it.
  raw_client& operator=(raw_client&&) = delete;

  void write(std::string_view bytes) {
    boost::system::error_code ignored;  // the server may have closed already
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), ignored);
  }

  /// One answer: its head, and as many bytes as its Content-Length says, unless it answers a HEAD.
  std::string read_answer(bool head_only = false) {
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos && read_some()) {
    }
    if (end == std::string::npos) return std::exchange(buffer_, {});
    std::size_t size = end + 4;
    const std::size_t length = buffer_.find("Content-Length: ");
    if (!head_only && length < end) size += std::stoul(buffer_.substr(length + 16));
    while (buffer_.size() < size && read_some()) {
    }
    std::string answer = buffer_.substr(0, size);
    buffer_.erase(0, answer.size());
    return answer;
  }

  /// Everything until the server closes; with a mark at the end where it doesn't.
  std::string read_to_end() {
    while (read_some()) {
    }
    return std::exchange(buffer_, {}) + (timed_out_ ? "[still open]" : "");
  }

  bool is_open(std::chrono::milliseconds within = 0ms) {
    pollfd ready{socket_.native_handle(), POLLIN, 0};
    return ::poll(&ready, 1, static_cast<int>(within.count())) == 0;
  }

  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  bool read_some() {
    if (is_open(10s)) timed_out_ = true;
    if (timed_out_) return false;
    char chunk[4096];
    boost::system::error_code wrong;
    const std::size_t count = socket_.read_some(boost::asio::buffer(chunk), wrong);
    buffer_.append(chunk, count);
    return !wrong;
  }

  std::unique_ptr<boost::asio::io_context> context_ = std::make_unique<boost::asio::io_context>();
  boost::asio::ip::tcp::socket socket_{*context_};
  std::string buffer_;
  bool timed_out_ = false;
};

/// The status of an answer's first line, or 0.
inline unsigned status_of(std::string_view answer) {
  if (!answer.starts_with("HTTP/1.1 ") || answer.size() < 12) return 0;
  return static_cast<unsigned>(std::stoul(std::string(answer.substr(9, 3))));
}

/// The value of an answer's field, or `(none)`.
inline std::string field_of(const std::string& answer, const std::string& name) {
  const std::size_t at = answer.find("\r\n" + name + ": ");
  if (at == std::string::npos || at > answer.find("\r\n\r\n")) return "(none)";
  const std::size_t begin = at + name.size() + 4;
  return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

inline std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string{} : answer.substr(end + 4);
}

inline boost::asio::ip::tcp::endpoint any_port() { return {boost::asio::ip::address_v4::loopback(), 0}; }

/// A pool with a server, on a free port.
class running_server {
 public:
  explicit running_server(server::handler handle, server_options options = {}, std::size_t threads = 1,
                          unsent_bounds waiting = {})
      : pool_{threads, waiting}, server_{pool_, std::move(handle), std::move(options)} {
    EXPECT_TRUE(server_.listen(any_port()).ok());
    pool_.start();
  }

  raw_client connect() { return raw_client{server_.bound()}; }
  /// One request on a connection of its own, and the answer.
  std::string ask(std::string_view bytes) {
    raw_client client = connect();
    client.write(bytes);
    return client.read_answer(bytes.starts_with("HEAD"));
  }
  std::string get(const std::string& target, const std::string& fields = {}) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  }

  server& operator*() { return server_; }
  server* operator->() { return &server_; }
  io_pool& pool() { return pool_; }

 private:
  io_pool pool_;
  server server_;
};

/// Waits until `done` says so, at most 10 s; false if it never does.
inline bool eventually(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

}  // namespace greenroom::net::http
