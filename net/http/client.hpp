#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "net/http/forwarded.hpp"
#include "net/io_pool.hpp"
#include "net/stream.hpp"

namespace greenroom::net {
class peer_tls;
}

namespace greenroom::net::http {

/// A server to ask.
struct target {
  std::string host;  ///< a name or a numeric address
  std::uint16_t port = 0;
  std::string node{};  ///< speaks TLS as this node of the cluster (`client_options::peers`); empty: plain HTTP
  friend auto operator<=>(const target&, const target&) = default;
};

/// A request to send. `Host` is the target's unless the fields have one; `Content-Length` is added.
struct call {
  target to{};
  std::string method = "GET";
  std::string path = "/";  ///< with its query, percent-encoded
  field_list fields{};
  std::string body{};
  std::chrono::milliseconds deadline{10'000};  ///< for all of it, connecting included
  bool bare = false;  ///< the fields have neither `Host` nor a body's length or coding, so they need no check
};

/// An answer to a call.
struct response {
  unsigned status = 0;
  field_list fields;  ///< in the order they came, hop-by-hop ones included
  std::string body;

  /// The first field of that name, without regard to case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// The outcome of a call.
struct outcome {
  /// Or: `upstream_late` over the deadline, `upstream_failed` where it can't be reached, closes or answers with
  /// garbage, `too_big` over the limit of an answer.
  core::result<response> reply;
  bool written = false;  ///< a byte of the request may have reached the server: only GET and HEAD may be retried
};

/// Everything that may be set about a client.
struct client_options {
  std::chrono::milliseconds idle_lifetime{2'000};  ///< of a kept connection: 1 s less than the server's idle timeout
  std::size_t max_idle = 64;                       ///< kept connections for each target and slot
  std::size_t answer_limit = 16 * 1024 * 1024;     ///< bytes of an answer's body
  std::shared_ptr<const peer_tls> peers{};         ///< for targets that are nodes; null: there are none
};

/// An HTTP/1.1 client that keeps connections. Everything for a slot happens on that slot's thread.
class client {
 public:
  explicit client(io_pool& pool, client_options options = {});
  /// Closes kept connections; calls that are under way still end.
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Sends the call and calls `then` once, on the slot's thread. Thread safe.
  void send(std::size_t slot, call what, std::function<void(outcome)> then);
  /// The same call to `to` with that deadline in place of its own: a call that is tried again needs no copy.
  void send(std::size_t slot, std::shared_ptr<const call> what, target to, std::chrono::milliseconds deadline,
            std::function<void(outcome)> then);

 private:
  class conversation;  // one connection
  struct shared;       // the state of all calls
  std::shared_ptr<shared> shared_;
};

}  // namespace greenroom::net::http
