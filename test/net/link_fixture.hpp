#pragma once
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/certificates.hpp"
#include "net/link.hpp"
#include "net/link_channel.hpp"
#include "net/link_hello.hpp"
#include "net/tls.hpp"

namespace greenroom::net::test {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// Longer than anything here takes; only a failing test waits for it.
constexpr auto link_patience = 5s;

constexpr const char* secret = "a secret that nobody would guess";
constexpr const char* other_secret = "a secret that somebody guessed";

/// A frame of CAF's protocol.
inline std::string frame(unsigned char operation, std::string_view payload, std::size_t claimed = std::string::npos) {
  const std::size_t size = claimed == std::string::npos ? payload.size() : claimed;
  std::string out(32, '\0');
  out[0] = static_cast<char>(operation);
  for (unsigned i = 0; i < 4; ++i) out[4 + i] = static_cast<char>(size >> (8 * (3 - i)) & 0xff);
  return out.append(payload);
}
inline std::string server_handshake() { return frame(0, "server"); }
inline std::string client_handshake() { return frame(1, "client"); }
inline std::string heartbeat() { return frame(6, ""); }

inline bool ready(int fd, short what, std::chrono::milliseconds within) {
  pollfd one{fd, what, 0};
  return ::poll(&one, 1, static_cast<int>(within.count())) == 1;
}
inline bool readable(int fd, std::chrono::milliseconds within) { return ready(fd, POLLIN, within); }

/// The end of a link that its owner got.
class link_end {
 public:
  explicit link_end(link_channel_ptr channel) : channel_(std::move(channel)) {}
  void shut() { channel_.reset(); }
  [[nodiscard]] bool is_up() const { return channel_ != nullptr; }

  /// Whether all of it was taken in time. Leaves to the channel's bound how much may wait for the peer.
  [[nodiscard]] bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = channel_->write_some(bytes.data(), bytes.size());
      if (!sent) return false;
      bytes.remove_prefix(*sent);
      if (*sent == 0 && !ready(channel_->socket(), POLLOUT, link_patience)) return false;
    }
    return true;
  }
  /// Sends for an owner that keeps what the peer doesn't read. Returns whether the link is still up.
  [[nodiscard]] bool queue(std::string_view bytes) {
    queued_.append(bytes);
    const auto sent = channel_->write_some(queued_.data(), queued_.size());
    if (!sent) return false;
    queued_.erase(0, *sent);
    channel_->hold(queued_.size());
    return true;
  }
  /// So many bytes, or what came before the end or in time.
  [[nodiscard]] std::string receive(std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) {
      std::string chunk(bytes - out.size(), '\0');
      const auto got = channel_->read_some(chunk.data(), chunk.size());
      if (!got || (*got == 0 && !readable(channel_->socket(), link_patience))) break;
      out.append(chunk, 0, *got);
    }
    return out;
  }
  /// Whether the link ends without another byte.
  [[nodiscard]] bool ends() {
    char bytes[64];
    std::optional<std::size_t> got = 0;
    while (got == 0u && readable(channel_->socket(), link_patience)) got = channel_->read_some(bytes, sizeof bytes);
    return !got;
  }

 private:
  link_channel_ptr channel_;
  std::string queued_;
};

/// An owner that remembers what it hears.
class recording_link_owner final : public link_owner {
 public:
  struct record {
    std::vector<link_ptr> up;
    std::vector<link_ptr> down;
    std::vector<std::pair<std::uint64_t, core::error>> failed;
  };

  void link_up(link_ptr link, link_channel_ptr channel) override {
    const std::lock_guard hold{lock_};
    record_.up.push_back(std::move(link));
    ends_.emplace_back(std::move(channel));
    changed_.notify_all();
  }
  void link_down(const link_ptr& link) override {
    const std::lock_guard hold{lock_};
    record_.down.push_back(link);
    changed_.notify_all();
  }
  void dial_failed(std::uint64_t which, const core::error& why) override {
    const std::lock_guard hold{lock_};
    record_.failed.emplace_back(which, why);
    changed_.notify_all();
  }

  /// Waits until `enough` says so, for `link_patience` at most; what is known then.
  record wait(const std::function<bool(const record&)>& enough) {
    std::unique_lock hold{lock_};
    changed_.wait_for(hold, link_patience, [&] { return enough(record_); });
    return record_;
  }
  record wait_down(std::size_t count = 1) {
    return wait([&](const record& now) { return now.down.size() >= count; });
  }
  record wait_failed(std::size_t count = 1) {
    return wait([&](const record& now) { return now.failed.size() >= count; });
  }
  record seen() {
    return wait([](const record&) { return true; });
  }
  /// The end of the next link; nothing in time: a closed one.
  link_end take_end() {
    std::unique_lock hold{lock_};
    changed_.wait_for(hold, link_patience, [&] { return taken_ < ends_.size(); });
    if (taken_ == ends_.size()) return link_end{nullptr};
    return std::move(ends_[taken_++]);
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  record record_;
  std::vector<link_end> ends_;
  std::size_t taken_ = 0;
};

inline link_credentials by_secret(const char* which = secret) { return {which, {}, {}, {}}; }
inline link_identity identity_of(std::string node, std::string cluster = "test") {
  return {std::move(cluster), {std::move(node)}, {0x0123456789abcdef}, "users-db", "chat-db"};
}
inline link_options quick() {
  link_options out;
  out.handshake_deadline = 400ms;
  out.silence = 60s;
  return out;
}

/// A node as far as links go.
struct link_node {
  explicit link_node(const std::string& name, link_options options = quick(), link_credentials how = by_secret(),
                     const std::string& cluster = "test")
      : pool(2), owner(std::make_shared<recording_link_owner>()), metrics(telemetry::metrics::live("test")) {
    auto made = links::make(pool, identity_of(name, cluster), std::move(how), options, owner, metrics);
    EXPECT_TRUE(made.ok());
    all = std::move(*made);
    pool.start();
  }
  ~link_node() {
    all->stop();
    pool.stop();
  }

  void listen() { EXPECT_TRUE(all->listen({boost::asio::ip::address_v4::loopback(), 0}).ok()); }
  void dial(const link_node& to, const std::string& expected = {}, std::uint64_t which = 1) const {
    all->dial(which, "127.0.0.1", to.all->bound().port(), {expected});
  }
  /// A metric's number, by its line: `links_refused_total{reason="tls"}`.
  [[nodiscard]] double number(const std::string& line) const {
    const std::string text = metrics.text();
    const std::size_t at = text.find("\ngreenroom_" + line + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + 12 + line.size()));
  }
  [[nodiscard]] double refused(const std::string& reason) const {
    return number("links_refused_total{reason=\"" + reason + "\"}");
  }
  [[nodiscard]] double lost(const std::string& reason) const {
    return number("links_lost_total{reason=\"" + reason + "\"}");
  }
  [[nodiscard]] double links_up() const { return number("links"); }

  io_pool pool;
  std::shared_ptr<recording_link_owner> owner;
  telemetry::metrics metrics;
  std::unique_ptr<links> all;
};

/// Waits until `done` says so, for `link_patience` at most.
inline bool eventually(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + link_patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

/// Certificates in files, in a directory of its own.
class certificate_files {
 public:
  certificate_files() : folder_(std::filesystem::temp_directory_path() / "greenroom-links-XXXXXX") {
    std::string path = folder_.string();
    folder_ = ::mkdtemp(path.data());
    authority_ = authority("ca");
    other_ = authority("other");
  }
  ~certificate_files() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  certificate_files(const certificate_files&) = delete;
  certificate_files& operator=(const certificate_files&) = delete;

  /// The credentials of a node of that name; its certificate is valid from and until so many hours from now.
  [[nodiscard]] link_credentials of(const std::string& node, int from = -1, int until = 1) const {
    return issued(authority_, node, from, until);
  }
  /// The same of another authority, though this one is trusted.
  [[nodiscard]] link_credentials forged(const std::string& node) const { return issued(other_, node, -1, 1); }
  [[nodiscard]] std::string path(const std::string& file) const { return (folder_ / file).string(); }

 private:
  static core::wall_time hours_from_now(int hours) {
    return std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now()) +
           std::chrono::hours{hours};
  }
  void put(const std::string& file, const std::string& text) const { std::ofstream{folder_ / file} << text; }
  [[nodiscard]] certificates::pair authority(const std::string& name) const {
    auto made = certificates::make_authority({name, hours_from_now(-2), hours_from_now(2)});
    EXPECT_TRUE(made.ok());
    put(name + ".pem", made->certificate);
    return *made;
  }
  [[nodiscard]] link_credentials issued(const certificates::pair& by, const std::string& node, int from,
                                        int until) const {
    const auto made = certificates::issue(by, {node, hours_from_now(from), hours_from_now(until)});
    EXPECT_TRUE(made.ok());
    put(node + ".pem", made->certificate);
    put(node + ".key", made->key);
    return {{}, path(node + ".pem"), path(node + ".key"), path("ca.pem")};
  }

  std::filesystem::path folder_;
  certificates::pair authority_;
  certificates::pair other_;
};

/// A TCP connection to a node's link port that does as the test says.
class raw_socket {
 public:
  explicit raw_socket(const link_node& to, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const auto at = to.all->bound();
    EXPECT_EQ(::connect(fd_, at.data(), static_cast<socklen_t>(at.size())), 0);
  }
  raw_socket(raw_socket&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
  ~raw_socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }
  void send(std::string_view bytes) const { (void)::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// Whether the node closes it, whatever it answers before.
  [[nodiscard]] bool is_cut(std::chrono::milliseconds within = link_patience) const {
    const auto until = std::chrono::steady_clock::now() + within;
    char bytes[4096];
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left <= 0ms || !readable(fd_, left)) return false;
      if (::recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT) <= 0) return true;
    }
  }

 private:
  int fd_;
};

/// The same with TLS inside, as `context` says.
class raw_peer {
 public:
  raw_peer(const link_node& to, const tls::context_ptr& context, int receive_buffer = 0)
      : socket_(to, receive_buffer), ssl_(SSL_new(context->native_handle()), SSL_free) {
    const timeval wait{link_patience / 1s, 0};
    ::setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ::signal(SIGPIPE, SIG_IGN);
    SSL_set_fd(ssl_.get(), socket_.fd());
  }

  [[nodiscard]] bool shake_hands() const { return SSL_connect(ssl_.get()) == 1; }
  void send(std::string_view bytes) const { (void)SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())); }
  /// So many bytes, or what came before the end.
  [[nodiscard]] std::string receive(std::size_t bytes) const {
    std::string out(bytes, '\0');
    std::size_t have = 0;
    while (have < bytes) {
      const int got = SSL_read(ssl_.get(), out.data() + have, static_cast<int>(bytes - have));
      if (got <= 0) break;
      have += static_cast<std::size_t>(got);
    }
    out.resize(have);
    return out;
  }
  /// Handshake, hellos and welcomes; whether all went well.
  [[nodiscard]] bool greet(const link_identity& as) const {
    if (!shake_hands()) return false;
    send(*link_hello::write(as));
    const std::string head = receive(link_hello::head_size);
    const auto rest = link_hello::read_head(head);
    if (rest.wrong != link_hello::fault::none || !link_hello::read_rest(receive(rest.rest)).ok()) return false;
    send({&link_hello::welcome, 1});
    return receive(1) == std::string(1, link_hello::welcome);
  }
  [[nodiscard]] bool is_cut(std::chrono::milliseconds within = link_patience) const { return socket_.is_cut(within); }
  [[nodiscard]] SSL* native() const { return ssl_.get(); }

 private:
  raw_socket socket_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

}  // namespace greenroom::net::test
