#pragma once
#include <cstddef>
#include <memory>
#include <optional>

#include "net/link_guard.hpp"
#include "net/tls_session.hpp"

namespace greenroom::net {

class link_watch;

/// The bytes of a link that is up, for its owner: frames of CAF's protocol, with incoming ones judged
/// (net/link_guard), under TLS. Nothing waits. On one thread at a time. To destroy it ends the link; the pool lives
/// longer.
class link_channel {
 public:
  /// Over `socket`, which this closes unless it is taken.
  link_channel(tls_session tls, int socket, link_guard guard, std::shared_ptr<link_watch> watch);
  ~link_channel();
  link_channel(const link_channel&) = delete;
  link_channel& operator=(const link_channel&) = delete;

  /// Reads available bytes, no more than a TLS record; 0 where there are none: more may come when the socket is
  /// readable. Nothing where the link ended.
  std::optional<std::size_t> read_some(char* to, std::size_t size);
  /// Whether there is something to read though the socket may never be readable again.
  [[nodiscard]] bool holds_input() const noexcept { return tls_.holds_input(); }
  /// Writes as much as there is room for. The rest must come first in the next call, when the socket is writable.
  /// Nothing where the link ended.
  std::optional<std::size_t> write_some(const char* from, std::size_t size);
  /// The owner holds this many bytes that wait for room. More than `link_options::queue_bytes` end the link.
  void hold(std::size_t bytes);

  /// For waiting only: its user neither reads nor writes.
  [[nodiscard]] int socket() const noexcept { return socket_; }
  /// The same, for a user that closes it too, after this was destroyed.
  [[nodiscard]] int take_socket() noexcept;

 private:
  void fail(const boost::system::error_code& wrong);

  tls_session tls_;
  int socket_;
  bool taken_ = false;
  link_guard guard_;
  std::shared_ptr<link_watch> watch_;
};
using link_channel_ptr = std::unique_ptr<link_channel>;

}  // namespace greenroom::net
