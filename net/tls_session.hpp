#pragma once
#include <boost/asio/socket_base.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <string>

struct ssl_st;

namespace greenroom::net {

/// One end of a TLS connection (RFC 8446) over a socket that another object owns. Nothing waits, and nothing raises
/// SIGPIPE. On one thread at a time; at most one read and one write at a time.
class tls_session {
 public:
  using error_code = boost::system::error_code;
  using wait_type = boost::asio::socket_base::wait_type;

  /// Takes `ssl`; its bytes go over `socket` from now on. Throws `bad_alloc`.
  tls_session(ssl_st* ssl, int socket);
  ~tls_session();
  tls_session(tls_session&&) noexcept;
  tls_session& operator=(tls_session&&) = delete;

  /// OpenSSL's own object, for its facts about the peer.
  [[nodiscard]] ssl_st* native() const noexcept { return ssl_.get(); }

  /// Whether both sides agree; else `would_block`, or why they don't: of Asio's TLS category where it is TLS itself.
  [[nodiscard]] bool shake_hands(error_code& wrong);
  /// Reads available bytes: `would_block` where there are none, `eof` at the end. No more than one record.
  std::size_t read_some(char* to, std::size_t size, error_code& wrong);
  /// Writes as much as there is room for: `would_block` where that is nothing; then the same bytes come first in the
  /// next call, wherever they are then. No more than one record.
  std::size_t write_some(const char* from, std::size_t size, error_code& wrong);
  /// The event for which the last call would have blocked: under TLS a read may wait to write, and vice versa.
  [[nodiscard]] wait_type waits_for() const noexcept { return waits_for_; }
  /// Whether bytes were taken off the socket that weren't read yet: the next read may need nothing more.
  [[nodiscard]] bool holds_input() const noexcept;

  /// From now on bytes to the peer are kept in `output`, for its owner to send: many records with one call of the
  /// kernel. Then writing never blocks.
  void keep_output() noexcept;
  /// The kept bytes, in order; the owner takes them out. Holds no memory while it is empty.
  [[nodiscard]] std::string& output() noexcept;

  /// Tells the peer that nothing more will be sent, where there is room.
  void say_end();
  /// The socket is closed: its number may be another connection's soon.
  void lose_socket() noexcept;

 private:
  void failed(int result, error_code& wrong);

  struct free_ssl {
    void operator()(ssl_st* one) const noexcept;
  };
  struct wire;

  std::unique_ptr<wire> wire_;  ///< where its bytes go; the BIO points to it
  std::unique_ptr<ssl_st, free_ssl> ssl_;
  wait_type waits_for_ = wait_type::wait_read;
};

}  // namespace greenroom::net
