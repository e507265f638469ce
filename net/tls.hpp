#pragma once
#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// TLS contexts, and the names on certificates. Every error is `bad_request` with a plain message that names the file.
namespace greenroom::net::tls {

/// The state that connections share. Thread safe once made.
using context_ptr = std::shared_ptr<boost::asio::ssl::context>;

/// For clients over HTTPS: TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only (RFC 9325). The files
/// are PEM: the certificate with its chain, and its key without a passphrase.
[[nodiscard]] core::result<context_ptr> server_context(const std::string& cert_file, const std::string& key_file);

/// The shortest secret that `link_context` takes, in bytes: whoever plays a node may guess a short one at leisure.
inline constexpr std::size_t least_secret = 16;

/// The protocol under a key that is derived from the secret: each has a key of its own, so that nobody can bring a
/// connection for one to the port of the other (RFC 9257 section 6).
enum class secret_use : bool { link, http };

/// For connections of which both ends have the secret: TLS 1.3 with an external key (RFC 8446 section 4.2.11, RFC 9257)
/// that is derived from the secret, with a Diffie-Hellman exchange, and nothing else: no certificates, no tickets, no
/// early data. For both ends of a connection.
[[nodiscard]] core::result<context_ptr> link_context(std::string_view secret, secret_use use = secret_use::link);

/// For connections of which both ends have a certificate that `ca_file` vouches for: TLS 1.3, no tickets, no early
/// data. For both ends of a connection.
[[nodiscard]] core::result<context_ptr> link_context(const std::string& cert_file, const std::string& key_file,
                                                     const std::string& ca_file);

/// Whether the peer's certificate has `name` as a DNS name among its subject alternative names, byte by byte: no
/// wildcards, and the subject doesn't count (RFC 9525). False where it sent none.
[[nodiscard]] bool peer_is_named(SSL* connection, std::string_view name);

/// Whether the handshake was made with the external key of `link_context(secret)`.
[[nodiscard]] bool by_secret(SSL* connection);

}  // namespace greenroom::net::tls
