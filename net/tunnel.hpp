#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/listener.hpp"
#include "net/stream.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::net {

/// How long a tunnel waits.
struct tunnel_options {
  std::chrono::milliseconds stall_timeout{30'000};  ///< an end that takes nothing of what waits for it
  std::chrono::milliseconds half_timeout{5'000};    ///< the other end, after one said that it sends no more
};

/// Copies bytes between two connections, plain or under TLS, both ways, on the io thread of both. An end's bytes are
/// read only when the other end has taken those before, so that what waits is never more than one read of 64 KiB a
/// direction, and an idle tunnel holds no buffer. What one end closes is closed at the other after the bytes before it.
///
///     reading ──all taken──► reading                        both halves ended, an error, a stall: closed
///        │ some left over ──► writing ──all taken──► reading
///        └ end of stream ───► ended (the other end hears of it)
class tunnel final : public std::enable_shared_from_this<tunnel> {
 public:
  /// `admitted` keeps the client's connection counted. `passed` counts the bytes. `over` is called once, on the io
  /// thread, when it is closed.
  tunnel(stream client, stream upstream, admission admitted, tunnel_options options, std::function<void(tunnel*)> over,
         telemetry::counter passed = {});

  /// Begins; `to_client` and `to_upstream` are sent before what is read. This and `close` are called on the io thread.
  void start(std::string to_client, std::string to_upstream);
  /// Closes both ends at once.
  void close();

 private:
  using clock = std::chrono::steady_clock;
  using socket = tcp_socket;

  /// One direction.
  struct half {
    stream from;                // and the other half's destination
    std::string waiting;        // was read, and not taken yet
    clock::time_point since{};  // when `waiting` last got shorter
    bool ended = false;
  };
  half& other(const half& one) noexcept { return &one == &halves_[0] ? halves_[1] : halves_[0]; }

  void read_next(half& of);
  void wait_read(half& of, socket::wait_type until);
  void wait_write(half& of);
  void read(half& of);
  void write_rest(half& of);
  void end(half& of);
  [[nodiscard]] bool send(half& of, const char* bytes, std::size_t size);
  void look_after();
  [[nodiscard]] std::optional<clock::time_point> deadline() const noexcept;

  std::array<half, 2> halves_;  // from the client, from the upstream
  admission admitted_;
  tunnel_options options_;
  std::function<void(tunnel*)> over_;
  std::optional<boost::asio::steady_timer> timer_;  // made when the first deadline comes up
  bool timer_armed_ = false;
  std::optional<clock::time_point> half_ended_;
  telemetry::counter passed_;
  bool closed_ = false;
};

/// A plain socket that reads and writes what `secure` does, for those that know nothing of TLS: the other end of a pair
/// of local sockets, with a tunnel between them that lives until both are closed. On the io thread of `secure`, whose
/// handshake is over. Nothing where there is no descriptor left.
[[nodiscard]] std::optional<stream> plain_end(stream secure);

}  // namespace greenroom::net
