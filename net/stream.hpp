#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "net/socket.hpp"
#include "net/tls_session.hpp"

struct ssl_ctx_st;

namespace greenroom::net {

/// The TLS identity and settings of an end: OpenSSL's `SSL_CTX`, shared by its connections; null: plain TCP.
using tls_identity = std::shared_ptr<ssl_ctx_st>;

/// A server's for HTTPS, of `tls::server_context` and with its errors; it speaks `http/1.1` only.
[[nodiscard]] core::result<tls_identity> https_identity(const std::string& cert_file, const std::string& key_file);
/// A server's for any other protocol: whatever a client offers (ALPN, RFC 7301) is passed over.
[[nodiscard]] core::result<tls_identity> plain_identity(const std::string& cert_file, const std::string& key_file);

/// A connection's bytes, plain or under TLS (RFC 8446). Plain costs one branch more than the socket. On one io thread;
/// at most one read and one write at a time.
class stream {
 public:
  using socket_type = tcp_socket;
  using error_code = boost::system::error_code;
  enum class side : bool { server, client };

  /// Of a socket that is connected. TLS where there is an identity; then `async_handshake` comes first.
  explicit stream(socket_type socket, const tls_identity& identity = nullptr, side here = side::server);
  ~stream();
  stream(stream&&) noexcept;
  stream& operator=(stream&&) = delete;

  [[nodiscard]] socket_type& socket() noexcept { return socket_; }
  /// The plain socket itself; only where it isn't secure, and nothing is under way.
  [[nodiscard]] socket_type release() && { return std::move(socket_); }
  [[nodiscard]] bool secure() const noexcept { return tls_ != nullptr; }
  /// From now on it speaks TLS, of which no byte was read yet; then `async_handshake` comes first.
  void begin_tls(const tls_identity& identity, side here);
  /// Its TLS; only where it is secure.
  [[nodiscard]] tls_session& tls() noexcept { return *tls_; }
  /// The same for good, over the same socket; only where nothing is under way.
  [[nodiscard]] tls_session release_tls() && { return std::move(*tls_); }

  /// Reads available bytes, without waiting: `would_block` where there are none, `eof` at the end. Reads no more than
  /// one TLS record.
  std::size_t read_some(char* to, std::size_t size, error_code& wrong);
  /// Writes as much as there is room for, without waiting: `would_block` where that is nothing.
  std::size_t write_some(const char* from, std::size_t size, error_code& wrong);
  /// The event for which the last call would have blocked: under TLS a read may wait to write, and vice versa.
  [[nodiscard]] socket_type::wait_type waits_for() const noexcept { return tls_ ? tls_->waits_for() : waits_for_; }

  /// Says that nothing more will be sent.
  void shutdown_send();
  /// Closes at once; operations under way end with an error.
  void close();

  /// Calls `then(error_code)` when both sides agree; at once for plain TCP.
  template <class Then>
  void async_handshake(Then then) {
    error_code wrong;
    if (!tls_ || tls_->shake_hands(wrong) || !is_blocked(wrong)) return then(wrong);
    socket_.async_wait(waits_for(), [this, then = std::move(then)](error_code failed) mutable {
      failed ? then(failed) : async_handshake(std::move(then));
    });
  }

  /// Calls `then(error_code, bytes)` when there is something; never within this call. The owner keeps this stream
  /// until then.
  template <class Then>
  void async_read_some(boost::asio::mutable_buffer to, Then then) {
    if (!tls_) return socket_.async_read_some(boost::asio::buffer(to), std::move(then));
    error_code wrong;
    const std::size_t count = read_some(static_cast<char*>(to.data()), to.size(), wrong);
    if (!is_blocked(wrong))
      return boost::asio::post(socket_.get_executor(),
                               [then = std::move(then), wrong, count]() mutable { then(wrong, count); });
    socket_.async_wait(waits_for(), [this, to, then = std::move(then)](error_code failed) mutable {
      if (failed) return then(failed, 0);
      error_code stopped;
      const std::size_t got = read_some(static_cast<char*>(to.data()), to.size(), stopped);
      is_blocked(stopped) ? async_read_some(to, std::move(then)) : then(stopped, got);
    });
  }

  /// Writes both pieces, and calls `then(error_code, bytes)` when all is written: within this call where there is room.
  template <class Then>
  void async_write(std::array<boost::asio::const_buffer, 2> pieces, Then then) {
    async_write_from(pieces, 0, std::move(then));
  }

 private:
  using pieces_type = std::array<boost::asio::const_buffer, 2>;

  template <class Then>
  void async_write_from(pieces_type pieces, std::size_t before, Then then) {
    error_code wrong;
    before += write_pieces(pieces, wrong);
    if (!is_blocked(wrong)) return then(wrong, before);
    socket_.async_wait(waits_for(), [this, pieces, before, then = std::move(then)](error_code failed) mutable {
      failed ? then(failed, before) : async_write_from(pieces, before, std::move(then));
    });
  }

  [[nodiscard]] static bool is_blocked(const error_code& wrong) noexcept;
  std::size_t send_pieces(const pieces_type& pieces, error_code& wrong);
  std::size_t encrypt_pieces(const pieces_type& pieces, error_code& wrong);
  std::size_t write_pieces(pieces_type& pieces, error_code& wrong);

  socket_type socket_;
  std::unique_ptr<tls_session> tls_;
  socket_type::wait_type waits_for_ = socket_type::wait_read;  ///< of a plain socket
};

}  // namespace greenroom::net
