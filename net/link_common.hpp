#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/link.hpp"
#include "net/peer_tls.hpp"

namespace greenroom::net {

/// Why a node ends what is, or may become, a link.
enum class link_cut : std::uint8_t {
  stopped,  ///< `links` was stopped
  busy,     ///< too many handshakes at one time
};

/// A link, or a connection that may become one.
class link_part {
 public:
  virtual ~link_part() = default;
  /// Ends it. Thread safe, and returns before it is done.
  virtual void cut(link_cut why) = 0;
};

/// The state that all links of a node share. Thread safe; outlives `links` until the last link is gone.
class link_common {
 public:
  link_common(io_pool& on, link_identity identity, link_options chosen, std::weak_ptr<link_owner> who,
              telemetry::metrics counts, std::shared_ptr<peer_tls> how, std::string greeting)
      : pool(on),
        self(std::move(identity)),
        options(chosen),
        owner(std::move(who)),
        metrics(std::move(counts)),
        peers(std::move(how)),
        hello(std::move(greeting)) {}

  io_pool& pool;
  const link_identity self;
  const link_options options;
  const std::weak_ptr<link_owner> owner;
  const telemetry::metrics metrics;
  const std::shared_ptr<peer_tls> peers;
  const std::string hello;  ///< the bytes of this node's

  /// False once stopped: then the part must not begin. `accepted` and not yet up: counted among `max_handshakes`, and
  /// over that the oldest of them is cut. So silent connections don't keep out those that speak.
  bool add(const std::shared_ptr<link_part>& part, bool accepted);
  void remove(link_part* part);
  /// Cuts every part; none is added any more.
  void stop();

  /// Counts and logs a connection that didn't become a link.
  void refused(std::string_view reason, const std::string& peer, const std::string& why) const;

 private:
  std::mutex lock_;
  bool stopped_ = false;
  std::unordered_map<link_part*, std::weak_ptr<link_part>> parts_;
  std::deque<link_part*> greeting_;  ///< accepted and not yet up, the oldest first
};

}  // namespace greenroom::net
