#include "bench/tls.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace greenroom::bench {
namespace {

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

ssize_t failed(SSL* one, int result) {
  const int why = SSL_get_error(one, result);
  ERR_clear_error();
  if (why == SSL_ERROR_ZERO_RETURN) return 0;
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
    errno = EAGAIN;
  else if (why != SSL_ERROR_SYSCALL || errno == 0)
    errno = EPROTO;
  return -1;
}

}  // namespace

tls_end tls_over(int fd) {
  static SSL_CTX* const context = [] {
    SSL_CTX* const made = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(made,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return made;
  }();
  tls_end out(SSL_new(context));
  SSL_set_fd(out.get(), fd);
  SSL_set_connect_state(out.get());
  return out;
}

ssize_t tls_receive(SSL* from, char* to, std::size_t size) {
  std::size_t all = 0;
  while (all < size) {
    const int got = SSL_read(from, to + all, clamp(size - all));
    if (got <= 0) {
      const ssize_t how = failed(from, got);
      return all > 0 ? static_cast<ssize_t>(all) : how;
    }
    all += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(all);
}

ssize_t tls_send(SSL* to, const char* from, std::size_t size) {
  const int sent = SSL_write(to, from, clamp(size));
  return sent > 0 ? sent : failed(to, sent);
}

}  // namespace greenroom::bench
