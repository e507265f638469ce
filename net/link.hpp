#pragma once
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "net/io_pool.hpp"
#include "net/link_channel.hpp"
#include "net/peer_tls.hpp"
#include "telemetry/metrics.hpp"

/// Links between nodes: TLS 1.3 (net/peer_tls), a hello, then frames of CAF's protocol, checked (net/link_guard) and
/// bounded. By certificate a node's name counts up to a slash: an operator's program calls itself `NODE/something`
/// beside the node whose certificate it uses.
namespace greenroom::net {

/// An end's own description in its hello.
struct link_identity {
  std::string cluster;  ///< the cluster's name: nodes of another one are refused
  core::node_name node;
  core::incarnation_id incarnation;
  std::string users_database;
  std::string chat_database;
};

/// Everything that may be set about links.
struct link_options {
  core::milliseconds handshake_deadline{3000};  ///< from a TCP connection to the end of the hello
  core::milliseconds silence{3000};             ///< a link on which no byte came for this long is cut
  std::size_t queue_bytes = 64u << 20;          ///< bytes that may wait for the peer to read; more drops the link
  std::uint32_t max_frame = 4u << 20;           ///< bytes of one BASP message
  std::size_t max_handshakes = 64;              ///< of accepted ones at one time; one more ends the oldest
};

/// One link that is up.
class link {
 public:
  virtual ~link() = default;
  [[nodiscard]] virtual const link_identity& peer() const noexcept = 0;
  /// Whether this node dialled.
  [[nodiscard]] virtual bool dialled() const noexcept = 0;
  /// Cuts it; `down` follows. Thread safe.
  virtual void close() = 0;
};
using link_ptr = std::shared_ptr<link>;

/// The receiver of link events. Called on any thread; must not block.
class link_owner {
 public:
  virtual ~link_owner() = default;
  /// A link is up, and the owner speaks over `channel`.
  virtual void link_up(link_ptr link, link_channel_ptr channel) = 0;
  /// A link is down, once. Not called for a link that never was up.
  virtual void link_down(const link_ptr& link) = 0;
  /// `dial` number `which` failed; `why` is for the log.
  virtual void dial_failed(std::uint64_t which, const core::error& why) = 0;
};

/// This node's link port, and the links that it dialled. Thread safe.
class links {
 public:
  /// Reads the certificates, or derives the key from the secret. `bad_request` with a plain message where they can't be
  /// used. `pool` outlives this; `owner` is held weakly.
  static core::result<std::unique_ptr<links>> make(io_pool& pool, link_identity self,
                                                   const link_credentials& credentials, link_options options,
                                                   std::weak_ptr<link_owner> owner, telemetry::metrics metrics);
  virtual ~links() = default;

  /// Accepts links from now on; `unavailable` where the address can't be bound.
  virtual core::status listen(const boost::asio::ip::tcp::endpoint& at) = 0;
  [[nodiscard]] virtual boost::asio::ip::tcp::endpoint bound() const = 0;
  /// Begins to dial; `link_up` or `dial_failed` with `which` follows. `host` may be a DNS name. The answering node must
  /// be `expected`, unless that is empty.
  virtual void dial(std::uint64_t which, std::string host, std::uint16_t port, core::node_name expected) = 0;
  /// Reads the certificates again; `peer_tls::read_again`. Links that are up stay.
  virtual core::status read_again() = 0;
  /// Cuts all, and accepts and dials no more.
  virtual void stop() = 0;
};

}  // namespace greenroom::net
