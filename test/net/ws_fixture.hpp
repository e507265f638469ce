#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/certificates.hpp"
#include "net/hub.hpp"
#include "net/ws_connection.hpp"
#include "test/support/frames.hpp"

namespace greenroom::net::test {

using namespace std::chrono_literals;
using namespace std::string_literals;
using greenroom::test::server_text;

/// Longer than anything here takes; only a failing test waits for it.
constexpr auto patience = 5s;

/// What a server sent: a frame, or the end of the stream (opcode 0xff).
struct seen_frame {
  bool fin = false;
  std::uint8_t opcode = 0xff;
  std::string payload;

  [[nodiscard]] bool ended() const { return opcode == 0xff; }
  /// The code of a close frame; 0 without one.
  [[nodiscard]] unsigned code() const {
    if (opcode != 8 || payload.size() < 2) return 0;
    return static_cast<unsigned>(static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]));
  }
};

/// A client's frame (RFC 6455 section 5.2). `first` is the byte of FIN, RSV and opcode.
inline std::string masked(unsigned char first, std::string_view payload) {
  std::string out(1, static_cast<char>(first));
  const std::size_t size = payload.size();
  const std::size_t wide = size < 126 ? 0 : size < 65536 ? 2 : 8;
  out.push_back(static_cast<char>(0x80 | (wide == 0 ? size : wide == 2 ? 126 : 127)));
  for (std::size_t byte = wide; byte-- > 0;) out.push_back(static_cast<char>((size >> (8 * byte)) & 0xff));
  const std::array<char, 4> key{0x12, 0x34, 0x56, 0x78};
  out.append(key.data(), key.size());
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
  return out;
}
inline std::string text_frame(std::string_view payload) { return masked(0x81, payload); }
inline std::string close_payload(unsigned code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}.append(reason);
}

/// The client's end of a socket, byte by byte; every read waits at most for `patience`.
class raw_client {
 public:
  explicit raw_client(int fd) : fd_(fd) { wait_at_most(patience); }
  raw_client(raw_client&& from) noexcept
      : fd_(std::exchange(from.fd_, -1)), tls_(std::move(from.tls_)), buffer_(std::move(from.buffer_)) {}
  ~raw_client() { shut(); }

  /// From now on it speaks TLS; the other end must shake hands at the same time.
  void begin_tls() {
    static SSL_CTX* const context = ::SSL_CTX_new(::TLS_client_method());
    tls_.reset(::SSL_new(context));
    ::SSL_set_fd(tls_.get(), fd_);
    EXPECT_EQ(::SSL_connect(tls_.get()), 1);
  }

  void shut() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = tls_ ? ::SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  /// The head of the server's answer, to its empty line.
  std::string read_head() {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return {};
    std::string head = buffer_.substr(0, end + 4);
    buffer_.erase(0, end + 4);
    return head;
  }
  /// The next line, without its LF or CR LF; empty at the end of the stream.
  std::string read_line() {
    std::size_t end;
    while ((end = buffer_.find('\n')) == std::string::npos)
      if (!more()) return {};
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }
  seen_frame read_frame() {
    if (!have(2)) return {};
    std::size_t header = 2;
    std::uint64_t size = byte(1) & 0x7f;
    if (size >= 126) {
      const std::size_t wide = size == 126 ? 2 : 8;
      if (!have(header + wide)) return {};
      size = 0;
      for (std::size_t i = 0; i < wide; ++i) size = size << 8 | byte(header + i);
      header += wide;
    }
    if (!have(header + size)) return {};
    seen_frame out{(byte(0) & 0x80) != 0, static_cast<std::uint8_t>(byte(0) & 0x0f), buffer_.substr(header, size)};
    buffer_.erase(0, header + size);
    return out;
  }
  /// The payloads of the next `count` frames.
  std::vector<std::string> read_texts(std::size_t count) {
    std::vector<std::string> out;
    while (out.size() < count) {
      const seen_frame frame = read_frame();
      if (frame.opcode != 1) break;
      out.push_back(frame.payload);
    }
    return out;
  }
  /// Whether nothing comes for so long.
  bool silent_for(std::chrono::milliseconds time) {
    wait_at_most(time);
    const bool silent = buffer_.empty() && !more() && errno == EAGAIN;
    wait_at_most(patience);
    return silent;
  }

 private:
  void wait_at_most(std::chrono::microseconds time) const {
    const timeval wait{time / 1s, time % 1s / 1us};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
  }
  unsigned char byte(std::size_t at) const { return static_cast<unsigned char>(buffer_[at]); }
  bool have(std::size_t size) {
    while (buffer_.size() < size)
      if (!more()) return false;
    return true;
  }
  bool more() {
    std::array<char, 65536> chunk;
    errno = 0;
    const ssize_t n = tls_ ? ::SSL_read(tls_.get(), chunk.data(), static_cast<int>(chunk.size()))
                           : ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (n <= 0) return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(n));
    return true;
  }

  struct free_tls {
    void operator()(SSL* one) const noexcept { ::SSL_free(one); }
  };

  int fd_;
  std::unique_ptr<SSL, free_tls> tls_;
  std::string buffer_;
};

/// An owner that remembers what it hears.
class recording_owner : public core::client_owner {
 public:
  struct gap {
    core::topic_id topic;
    core::seq_no from, to;
    friend bool operator==(const gap&, const gap&) = default;
  };
  struct record {
    std::vector<std::string> texts;
    std::vector<std::size_t> calls;  ///< how many frames each call brought
    std::vector<gap> gaps;
    int roomy = 0;
    int closed = 0;
  };

  void received(std::vector<std::string> frames) override {
    if (on_received) on_received(frames);
    note([&](record& now) {
      now.calls.push_back(frames.size());
      for (auto& frame : frames) now.texts.push_back(std::move(frame));
    });
  }
  void missed(core::topic_id topic, core::seq_no from, core::seq_no to) override {
    note([&](record& now) { now.gaps.push_back({topic, from, to}); });
  }
  void roomy() override {
    note([](record& now) { ++now.roomy; });
  }
  void closed() override {
    note([](record& now) { ++now.closed; });
  }

  /// Waits until `enough` says so, for `patience` at most; what is known then.
  record wait(const std::function<bool(const record&)>& enough) {
    std::unique_lock hold(lock_);
    changed_.wait_for(hold, patience, [&] { return enough(record_); });
    return record_;
  }
  record wait_closed() {
    return wait([](const record& now) { return now.closed > 0; });
  }

  std::function<void(const std::vector<std::string>&)> on_received;

 private:
  template <class Act>
  void note(Act act) {
    const std::lock_guard hold(lock_);
    act(record_);
    changed_.notify_all();
  }

  std::mutex lock_;
  std::condition_variable changed_;
  record record_;
};

/// A websocket with both its ends.
struct websocket {
  raw_client peer;
  std::shared_ptr<recording_owner> owner;
  std::shared_ptr<ws_connection> connection;
};

/// A pool, a hub, and websockets over loopback.
class ws_fixture : public ::testing::Test {
 protected:
  ~ws_fixture() override { halt(); }

  void begin(std::size_t threads = 1, hub_settings bounds = {}, unsent_bounds waiting = {}) {
    pool_ = std::make_unique<io_pool>(threads, waiting);
    hub_ = std::make_unique<hub>(*pool_, bounds);
    pool_->start();
  }
  void halt() {
    if (hub_) hub_->stop();
    if (pool_) pool_->stop();
    hub_.reset();
    pool_.reset();
  }
  /// Waits until everything queued on the slot's thread before this call is done.
  void settle(std::size_t slot = 0) {
    std::mutex lock;
    std::condition_variable changed;
    bool done = false;
    boost::asio::post(pool_->context(slot), [&] {
      const std::lock_guard hold(lock);
      done = true;
      changed.notify_all();
    });
    std::unique_lock hold(lock);
    changed.wait(hold, [&] { return done; });
  }

  static http::request upgrade_request() {
    http::request head(boost::beast::http::verb::get, "/ws", 11);
    head.set("Host", "localhost");
    head.set("Upgrade", "websocket");
    head.set("Connection", "Upgrade");
    head.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    head.set("Sec-WebSocket-Version", "13");
    return head;
  }
  struct how {
    std::size_t slot = 0;
    ws_speech speech{};
    std::string read_ahead{};
    std::string client = "198.51.100.1";
    ws_settings settings{};
    int receive_buffer = 0;  ///< of the client; 0: the system's
    http::request head = upgrade_request();
  };

  /// Both ends of a connection, whose TLS handshake is over where it is `secure_`. `buffer`: the server's for sending
  /// and the client's for receiving, in bytes; 0: the system's.
  std::pair<stream, raw_client> socket_pair(std::size_t slot = 0, int buffer = 0) {
    using boost::asio::ip::tcp;
    tcp::acceptor door(pool_->context(slot), {boost::asio::ip::address_v4::loopback(), 0});
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    if (buffer > 0) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    const auto at = door.local_endpoint();
    const int now = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &now, sizeof(now));
    EXPECT_EQ(::connect(fd, at.data(), static_cast<socklen_t>(at.size())), 0);
    tcp_socket socket = door.accept(pool_->context(slot));
    if (buffer > 0) socket.set_option(boost::asio::socket_base::send_buffer_size(buffer));
    std::pair<stream, raw_client> both{stream{std::move(socket), secure_ ? identity() : nullptr}, raw_client(fd)};
    if (secure_) shake_hands(both.first, both.second);
    return both;
  }

  /// A websocket that isn't started.
  websocket prepare(how with) {
    auto [here, client] = socket_pair(with.slot, with.receive_buffer);
    http::upgraded upgrade{std::move(here), with.read_ahead, with.head, with.slot, admission{}};
    auto connection =
        ws_connection::make(*hub_, pool_->next_connection_id(with.slot), std::move(upgrade), std::move(with.speech),
                            std::make_shared<const ws_settings>(with.settings), with.client);
    return {std::move(client), std::make_shared<recording_owner>(), std::move(connection)};
  }
  void start(const websocket& one) {
    boost::asio::post(pool_->context(io_pool::slot_of(one.connection->id())),
                      [connection = one.connection, owner = one.owner] { connection->start(owner); });
  }
  /// A websocket whose upgrade was answered.
  websocket connect(how with) {
    websocket one = prepare(std::move(with));
    start(one);
    EXPECT_EQ(one.peer.read_head().substr(0, 12), "HTTP/1.1 101");
    return one;
  }
  websocket connect() { return connect(how{}); }
  /// The same, and it sends back what it gets.
  websocket connect_echo(how with) {
    websocket one = prepare(std::move(with));
    one.owner->on_received = [connection = std::weak_ptr(one.connection)](const std::vector<std::string>& frames) {
      const auto to = connection.lock();
      if (!to) return;
      for (const std::string& frame : frames) to->send(server_text(frame));
      to->release(static_cast<std::uint32_t>(frames.size()));
    };
    start(one);
    EXPECT_EQ(one.peer.read_head().substr(0, 12), "HTTP/1.1 101");
    return one;
  }

  static tls_identity identity() {
    const auto now = std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
    const certificates::subject whom{"localhost", now - std::chrono::hours{1}, now + std::chrono::hours{1}};
    const auto pair = *certificates::issue(*certificates::make_authority(whom), whom);
    const auto folder = std::filesystem::temp_directory_path() / ("greenroom-ws-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream{folder / "cert.pem"} << pair.certificate;
    std::ofstream{folder / "key.pem"} << pair.key;
    auto made = https_identity((folder / "cert.pem").string(), (folder / "key.pem").string());
    std::filesystem::remove_all(folder);
    EXPECT_TRUE(made.ok());
    return *made;
  }
  static void shake_hands(stream& here, raw_client& there) {
    std::thread client([&] { there.begin_tls(); });
    boost::system::error_code wrong;
    while (!here.tls().shake_hands(wrong) && wrong == boost::asio::error::would_block) {
      wrong = {};
      std::this_thread::sleep_for(1ms);
    }
    EXPECT_FALSE(wrong) << wrong.message();
    client.join();
  }

  bool secure_ = false;  ///< websockets are over TLS
  std::unique_ptr<io_pool> pool_;
  std::unique_ptr<hub> hub_;
};

}  // namespace greenroom::net::test
