#include "net/tls_session.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <new>

namespace greenroom::net {
namespace {

namespace asio = boost::asio;

// OpenSSL's own BIO of a socket would raise SIGPIPE, and wait on a blocking socket. The descriptor is its data.
int descriptor(BIO* of) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(of))); }
// NOLINTNEXTLINE(performance-no-int-to-ptr): nobody follows it
void set_descriptor(BIO* of, int fd) { BIO_set_data(of, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd))); }

int bio_result(BIO* of, ssize_t count) {
  BIO_clear_retry_flags(of);
  return static_cast<int>(count);
}

int bio_read(BIO* from, char* to, int size) {
  const ssize_t count = ::recv(descriptor(from), to, static_cast<std::size_t>(size), MSG_DONTWAIT);
  const bool again = count < 0 && (errno == EAGAIN || errno == EINTR);
  const int result = bio_result(from, count);
  if (again) BIO_set_retry_read(from);
  return result;
}

int bio_write(BIO* to, const char* from, int size) {
  const ssize_t count = ::send(descriptor(to), from, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  const bool again = count < 0 && (errno == EAGAIN || errno == EINTR);
  const int result = bio_result(to, count);
  if (again) BIO_set_retry_write(to);
  return result;
}

long bio_control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* bio_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "greenroom");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

tls_session::tls_session(ssl_st* ssl, int socket) : ssl_(ssl) {
  BIO* const bytes = ssl_ ? BIO_new(bio_method()) : nullptr;
  if (bytes == nullptr) throw std::bad_alloc();
  set_descriptor(bytes, socket);
  BIO_set_init(bytes, 1);
  SSL_set_bio(ssl_.get(), bytes, bytes);
  // A write that was cut short goes on from wherever its bytes are then.
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Many clients close without a word; what is spoken over TLS here says itself where it ends.
  SSL_set_options(ssl_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
}

void tls_session::free_ssl::operator()(ssl_st* one) const noexcept { SSL_free(one); }

// What OpenSSL's result means; its queue of errors is the thread's, and must not be left to the next connection.
void tls_session::failed(int result, error_code& wrong) {
  const int why = SSL_get_error(ssl_.get(), result);
  const int system = errno;
  const unsigned long reason = ERR_get_error();
  ERR_clear_error();
  switch (why) {
    case SSL_ERROR_WANT_READ:
      waits_for_ = wait_type::wait_read;
      wrong = asio::error::would_block;
      return;
    case SSL_ERROR_WANT_WRITE:
      waits_for_ = wait_type::wait_write;
      wrong = asio::error::would_block;
      return;
    case SSL_ERROR_ZERO_RETURN:
      wrong = asio::error::eof;
      return;
    case SSL_ERROR_SYSCALL:
      wrong = system != 0 ? error_code{system, boost::system::system_category()}
                          : error_code{asio::error::connection_reset};
      return;
    default:
      wrong = error_code{static_cast<int>(reason), asio::error::get_ssl_category()};
  }
}

bool tls_session::shake_hands(error_code& wrong) {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return true;
  failed(result, wrong);
  return false;
}

std::size_t tls_session::read_some(char* to, std::size_t size, error_code& wrong) {
  ERR_clear_error();
  const int result = SSL_read(ssl_.get(), to, clamp(size));
  if (result > 0) return static_cast<std::size_t>(result);
  failed(result, wrong);
  return 0;
}

std::size_t tls_session::write_some(const char* from, std::size_t size, error_code& wrong) {
  ERR_clear_error();
  const int result = SSL_write(ssl_.get(), from, clamp(size));
  if (result > 0) return static_cast<std::size_t>(result);
  failed(result, wrong);
  return 0;
}

bool tls_session::holds_input() const noexcept { return SSL_has_pending(ssl_.get()) == 1; }

void tls_session::say_end() {
  if (SSL_is_init_finished(ssl_.get()) != 1) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

void tls_session::lose_socket() noexcept { set_descriptor(SSL_get_rbio(ssl_.get()), -1); }

}  // namespace greenroom::net
