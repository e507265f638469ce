#pragma once
#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>

namespace greenroom::bench {

struct free_tls {
  void operator()(SSL* one) const noexcept { SSL_free(one); }
};
using tls_end = std::unique_ptr<SSL, free_tls>;

/// A client's end of TLS over a connected socket that doesn't block. Believes any certificate.
[[nodiscard]] tls_end tls_over(int fd);

/// As recv(2) and send(2): what was read or written, 0 at the end, -1 with errno, which is EAGAIN where there is
/// nothing now. `tls_receive` reads as many records as there are and fit.
[[nodiscard]] ssize_t tls_receive(SSL* from, char* to, std::size_t size);
[[nodiscard]] ssize_t tls_send(SSL* to, const char* from, std::size_t size);

}  // namespace greenroom::bench
