#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "net/stream.hpp"

struct ssl_st;

namespace greenroom::net {

namespace tls {
enum class secret_use : bool;
}

/// The credentials by which the nodes of a cluster know one another. Either the secret (TLS 1.3 external PSK, RFC 8446
/// section 4.2.11), or certificates, whose subject alternative name must be the node's name.
struct link_credentials {
  std::string secret;     ///< of the cluster; not used where there are certificates
  std::string cert_file;  ///< PEM: this node's certificate chain, its key, and the authority of the cluster's
  std::string key_file;
  std::string ca_file;

  /// Whether nodes show certificates, rather than prove that they have the secret.
  [[nodiscard]] bool certified() const noexcept { return !cert_file.empty() || !key_file.empty() || !ca_file.empty(); }
};

/// TLS between a cluster's nodes, for both ends of their connections. Thread safe.
class peer_tls {
 public:
  /// Reads the certificates, or derives from the secret the key that is for `use`. `bad_request` with a plain message
  /// where they can't be used.
  static core::result<std::shared_ptr<peer_tls>> make(link_credentials credentials, tls::secret_use use);
  peer_tls(const peer_tls&) = delete;
  peer_tls& operator=(const peer_tls&) = delete;

  /// Reads the certificates again, for connections that begin from now on. The errors of `make`; then all stays as it
  /// is. Does nothing with a secret.
  core::status read_again();
  /// The context for a new connection: what it shows and checks.
  [[nodiscard]] tls_identity identity() const { return identity_.load(); }
  [[nodiscard]] bool by_certificate() const noexcept { return credentials_.certified(); }
  /// After a handshake: whether the other end is of the cluster, and `expected`, unless that is empty. With a secret
  /// every node may take any name.
  [[nodiscard]] bool is_peer(ssl_st* connection, std::string_view expected) const;

 private:
  peer_tls(link_credentials credentials, tls::secret_use use) : credentials_(std::move(credentials)), use_(use) {}
  core::status read();

  const link_credentials credentials_;
  const tls::secret_use use_;
  std::atomic<tls_identity> identity_;
};

}  // namespace greenroom::net
