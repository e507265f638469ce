#include "net/peer_tls.hpp"

#include <boost/asio/ssl/context.hpp>

#include <utility>

#include "net/tls.hpp"

namespace greenroom::net {

core::result<std::shared_ptr<peer_tls>> peer_tls::make(link_credentials credentials, tls::secret_use use) {
  std::shared_ptr<peer_tls> out{new peer_tls(std::move(credentials), use)};
  if (auto good = out->read(); !good) return good.why();
  return out;
}

core::status peer_tls::read() {
  auto context = by_certificate()
                     ? tls::link_context(credentials_.cert_file, credentials_.key_file, credentials_.ca_file)
                     : tls::link_context(credentials_.secret, use_);
  if (!context) return context.why();
  identity_.store(tls_identity(*context, (*context)->native_handle()));
  return core::done{};
}

core::status peer_tls::read_again() {
  if (!by_certificate()) return core::done{};
  return read();
}

bool peer_tls::is_peer(ssl_st* connection, std::string_view expected) const {
  if (!by_certificate()) return tls::by_secret(connection);
  // The handshake has checked the signer.
  return expected.empty() || tls::peer_is_named(connection, expected);
}

}  // namespace greenroom::net
