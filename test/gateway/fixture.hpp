#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "actors/system.hpp"
#include "gateway/role.hpp"

namespace greenroom::gateway {

using namespace std::chrono_literals;
using tcp = boost::asio::ip::tcp;

/// One end of a connection, that writes and reads as the test says. Waits at most 10 s for anything.
class peer {
 public:
  peer() = default;
  explicit peer(tcp::socket socket) : socket_(std::move(socket)) {}

  void connect(const tcp::endpoint& to) { socket_.connect(to); }
  /// As a process that is killed: the other end is told by a reset (RFC 9293, section 3.10.7). May meet `stop`.
  void die() {
    const std::lock_guard guard{*ending_};
    socket_.set_option(boost::asio::socket_base::linger{true, 0});
    socket_.close();
  }
  /// Ends what another thread reads and writes here.
  void stop() {
    const std::lock_guard guard{*ending_};
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
  }

  /// False where the other end is gone.
  bool write(std::string_view bytes) {
    boost::system::error_code wrong;
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), wrong);
    return !wrong;
  }
  bool is_silent(std::chrono::milliseconds within) {
    pollfd ready{socket_.native_handle(), POLLIN, 0};
    return ::poll(&ready, 1, static_cast<int>(within.count())) == 0;
  }
  /// Reads on; false at the end of the stream, an error, or after 10 s without a byte.
  bool more() {
    if (is_silent(10s)) return false;
    char chunk[16 * 1024];
    boost::system::error_code wrong;
    const std::size_t count = socket_.read_some(boost::asio::buffer(chunk), wrong);
    read_.append(chunk, count);
    return !wrong;
  }
  /// One message: a head, and what its Content-Length says.
  std::string read_message(bool head_only = false) {
    std::size_t end = 0;
    while ((end = read_.find("\r\n\r\n")) == std::string::npos && more()) {
    }
    if (end == std::string::npos) return {};
    const std::size_t length = read_.find("Content-Length: ");
    const std::size_t body = length < end && !head_only ? std::stoul(read_.substr(length + 16)) : 0;
    return read_exactly(end + 4 + body);
  }
  std::string read_exactly(std::size_t size) {
    while (read_.size() < size && more()) {
    }
    std::string out = read_.substr(0, size);
    read_.erase(0, out.size());
    return out;
  }
  std::string read_to_end() {
    while (more()) {
    }
    return std::exchange(read_, {});
  }
  tcp::socket& socket() { return socket_; }

 private:
  std::unique_ptr<boost::asio::io_context> context_ = std::make_unique<boost::asio::io_context>();
  tcp::socket socket_{*context_};
  std::string read_;
  std::unique_ptr<std::mutex> ending_ = std::make_unique<std::mutex>();
};

/// An instance that does what a test tells it with each connection, on a thread of its own.
class scripted_upstream {
 public:
  using script = std::function<void(scripted_upstream&, peer&)>;

  explicit scripted_upstream(script act) : act_(std::move(act)), accepting_([this] { accept(); }) {}
  ~scripted_upstream() {
    boost::system::error_code ignored;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    accepting_.join();
    acceptor_.close(ignored);
    {
      const std::lock_guard guard{lock_};
      for (auto& one : peers_) one->stop();
    }
    for (auto& one : threads_) one.join();
  }
  scripted_upstream(const scripted_upstream&) = delete;
  scripted_upstream& operator=(const scripted_upstream&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// Requests that arrived whole.
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard guard{lock_};
    return requests_;
  }
  [[nodiscard]] std::size_t connections() const {
    const std::lock_guard guard{lock_};
    return peers_.size();
  }
  /// Reads a request and remembers it; empty where none came.
  std::string take(peer& from) {
    std::string request = from.read_message();
    const std::lock_guard guard{lock_};
    if (!request.empty()) requests_.push_back(request);
    return request;
  }

 private:
  void accept() {
    while (true) {
      boost::system::error_code wrong;
      tcp::socket socket = acceptor_.accept(wrong);
      if (wrong) return;
      const auto one = std::make_shared<peer>(std::move(socket));
      const std::lock_guard guard{lock_};
      peers_.push_back(one);
      threads_.emplace_back([this, one] {
        act_(*this, *one);
        boost::system::error_code ignored;
        one->socket().shutdown(tcp::socket::shutdown_both, ignored);
      });
    }
  }

  script act_;
  boost::asio::io_context context_;
  tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
  mutable std::mutex lock_;
  std::vector<std::string> requests_;
  std::vector<std::shared_ptr<peer>> peers_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

inline std::string answer(std::string_view status, std::string_view body, std::string_view fields = {}) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// Answers every request with `text`, on connections that stay open.
inline scripted_upstream::script always(std::string text) {
  return [text](scripted_upstream& self, peer& from) {
    while (!self.take(from).empty()) from.write(text);
  };
}

/// Takes one request, writes `text` and closes.
inline scripted_upstream::script once(std::string text) {
  return [text](scripted_upstream& self, peer& from) {
    if (!self.take(from).empty()) from.write(text);
  };
}

/// A port that refuses connections.
inline std::uint16_t refusing_port() {
  boost::asio::io_context context;
  const tcp::acceptor taken{context, {boost::asio::ip::address_v4::loopback(), 0}};
  return taken.local_endpoint().port();
}

inline unsigned status_of(std::string_view answer) {
  return answer.starts_with("HTTP/1.1 ") && answer.size() >= 12
             ? static_cast<unsigned>(std::stoul(std::string(answer.substr(9, 3))))
             : 0;
}

/// The value of a message's field, or `(none)`; names as they are written.
inline std::string field_of(const std::string& message, const std::string& name) {
  const std::size_t at = message.find("\r\n" + name + ": ");
  if (at == std::string::npos || at > message.find("\r\n\r\n")) return "(none)";
  const std::size_t begin = at + name.size() + 4;
  return message.substr(begin, message.find("\r\n", begin) - begin);
}

inline std::string body_of(const std::string& message) {
  const std::size_t end = message.find("\r\n\r\n");
  return end == std::string::npos ? std::string{} : message.substr(end + 4);
}

/// An instance in a view.
struct placed {
  std::string node;
  std::string role;
  std::uint16_t port = 0;
  std::uint64_t incarnation = 1;
  bool draining = false;
};

/// A whole gateway on a free port.
class running_gateway {
 public:
  static role_settings quick() {
    role_settings out;
    out.listen = {boost::asio::ip::address_v4::loopback(), 0};
    out.operators_listen = out.listen;
    out.forwarded_secret = "a secret of the cluster";
    out.attempt_deadline = 400ms;
    out.whole_deadline = 3s;
    return out;
  }

  explicit running_gateway(const std::vector<placed>& instances, role_settings settings = quick(),
                           std::shared_ptr<core::limits> limits = nullptr)
      : role_({nullptr, &pool_, std::move(limits), std::make_shared<actors::system_clock>(), {}, {"earth"}, "1.2.3"},
              std::move(settings)) {
    see(instances);
    const auto started = role_.start();
    EXPECT_TRUE(started) << (started ? "" : started.why().text());
    pool_.start();
  }

  /// A new view.
  void see(const std::vector<placed>& instances) {
    core::cluster_view view{++version_, {}};
    for (const auto& one : instances)
      view.nodes.push_back(
          {{one.node}, {one.incarnation}, {{one.role, "127.0.0.1", one.port}}, "1", {}, {}, one.draining, {}, {}});
    role_.watcher()->view_changed(view);
  }
  peer connect() {
    peer out;
    out.connect(role_.bound());
    return out;
  }
  /// One request on a connection of its own, and the answer.
  std::string ask(std::string_view bytes) {
    peer client = connect();
    client.write(bytes);
    return client.read_message(bytes.starts_with("HEAD"));
  }
  /// One request where operators ask, and the answer.
  std::string get_as_operator(const std::string& target) {
    peer client;
    client.connect(*role_.bound_for_operators());
    client.write("GET " + target + " HTTP/1.1\r\nHost: talk.example\r\n\r\n");
    return client.read_message();
  }
  std::string get(const std::string& target, const std::string& fields = {}) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: talk.example\r\n" + fields + "\r\n");
  }
  std::string post(const std::string& target, const std::string& body, const std::string& fields = {}) {
    return ask("POST " + target + " HTTP/1.1\r\nHost: talk.example\r\n" + fields +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  role& operator*() { return role_; }
  role* operator->() { return &role_; }

 private:
  net::io_pool pool_{2};
  core::view_version version_;
  role role_;
};

}  // namespace greenroom::gateway
