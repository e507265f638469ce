#pragma once
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

/// Makes certificates: X.509 v3, ECDSA on P-256, all as PEM text.
namespace greenroom::net::certificates {

/// A certificate and its key.
struct pair {
  std::string certificate;
  std::string key;  ///< PKCS 8, without a passphrase: a secret
};

/// The name on a certificate, and its lifetime.
struct subject {
  std::string name;  ///< the common name, at most 64 bytes; of a node also its one subject alternative name, a DNS name
  core::wall_time from;
  core::wall_time until;
};

/// An authority that signs itself, and may sign nodes only. `bad_request` for a name that is empty or too long.
[[nodiscard]] core::result<pair> make_authority(const subject& whom);

/// A node's certificate, for both ends of a link. `bad_request` as above, or with a plain message where `authority`
/// isn't a certificate and its key.
[[nodiscard]] core::result<pair> issue(const pair& authority, const subject& whom);

}  // namespace greenroom::net::certificates
