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

namespace asio = boost::asio;

/// Where a session's bytes go, and come from: the data of its BIO.
struct tls_session::wire {
  int socket = -1;
  bool keeps = false;  ///< in `output`, instead of sending
  std::string output;

  static wire& of(BIO* one) { return *static_cast<wire*>(BIO_get_data(one)); }
  static int read(BIO* from, char* to, int size);
  static int write(BIO* to, const char* from, int size);
  static const BIO_METHOD* method();
};

namespace {

int bio_result(BIO* of, ssize_t count) {
  BIO_clear_retry_flags(of);
  return static_cast<int>(count);
}

long bio_control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

// OpenSSL's own BIO of a socket would raise SIGPIPE, and wait on a blocking socket.
int tls_session::wire::read(BIO* from, char* to, int size) {
  const ssize_t count = ::recv(of(from).socket, to, static_cast<std::size_t>(size), MSG_DONTWAIT);
  const bool again = count < 0 && (errno == EAGAIN || errno == EINTR);
  const int result = bio_result(from, count);
  if (again) BIO_set_retry_read(from);
  return result;
}

int tls_session::wire::write(BIO* to, const char* from, int size) {
  wire& here = of(to);
  if (here.keeps) {
    here.output.append(from, static_cast<std::size_t>(size));
    return bio_result(to, size);
  }
  const ssize_t count = ::send(here.socket, from, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  const bool again = count < 0 && (errno == EAGAIN || errno == EINTR);
  const int result = bio_result(to, count);
  if (again) BIO_set_retry_write(to);
  return result;
}

const BIO_METHOD* tls_session::wire::method() {
  static const BIO_METHOD* const one = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "greenroom");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(made, read);
    BIO_meth_set_write(made, write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return one;
}

tls_session::tls_session(ssl_st* ssl, int socket) : wire_(new wire{socket, false, {}}), ssl_(ssl) {
  BIO* const bytes = ssl_ ? BIO_new(wire::method()) : nullptr;
  if (bytes == nullptr) throw std::bad_alloc();
  BIO_set_data(bytes, wire_.get());
  BIO_set_init(bytes, 1);
  SSL_set_bio(ssl_.get(), bytes, bytes);
  // A write that was cut short continues from the place where its bytes are then.
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Many clients close without TLS's own end; every protocol over TLS here marks its own end.
  SSL_set_options(ssl_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
}

tls_session::~tls_session() = default;
tls_session::tls_session(tls_session&&) noexcept = default;

void tls_session::free_ssl::operator()(ssl_st* one) const noexcept { SSL_free(one); }

// Translates OpenSSL's result; its queue of errors is the thread's, and must not be left to the next connection.
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

void tls_session::lose_socket() noexcept { wire_->socket = -1; }

void tls_session::keep_output() noexcept { wire_->keeps = true; }

std::string& tls_session::output() noexcept { return wire_->output; }

}  // namespace greenroom::net
