#include "net/stream.hpp"

#include <boost/asio/ssl/context.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <new>

#include "net/tls.hpp"

namespace greenroom::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

error_code last_error() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

// OpenSSL's own BIO of a socket would raise SIGPIPE, and wait on a blocking socket. The descriptor is its data.
int descriptor(BIO* of) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(of))); }

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

// Whoever offers protocols (ALPN, RFC 7301) must offer this one.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int how = SSL_select_next_proto(&found, size, ours, sizeof ours, offered, offered_size);
  *chosen = found;
  return how == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

core::result<tls_identity> https_identity(const std::string& cert_file, const std::string& key_file) {
  auto context = tls::server_context(cert_file, key_file);
  if (!context) return context.why();
  SSL_CTX_set_alpn_select_cb((*context)->native_handle(), choose_protocol, nullptr);
  return tls_identity(*context, (*context)->native_handle());
}

stream::stream(socket_type socket, const tls_identity& identity) : socket_(std::move(socket)) {
  if (!identity) return;
  tls_.reset(SSL_new(identity.get()));
  BIO* const bytes = tls_ ? BIO_new(bio_method()) : nullptr;
  if (bytes == nullptr) throw std::bad_alloc();
  BIO_set_data(bytes, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket_.native_handle())));
  BIO_set_init(bytes, 1);
  SSL_set_bio(tls_.get(), bytes, bytes);
  SSL_set_accept_state(tls_.get());
  // A write that was cut short goes on from wherever its bytes are then; many clients close without a word.
  SSL_set_mode(tls_.get(),
               SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_set_options(tls_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
}

stream::~stream() = default;
stream::stream(stream&&) noexcept = default;

void stream::free_tls::operator()(ssl_st* one) const noexcept { SSL_free(one); }

bool stream::is_blocked(const error_code& wrong) noexcept { return wrong == asio::error::would_block; }

// What OpenSSL's result means; its queue of errors is the thread's, and must not be left to the next connection.
void stream::failed(int result, error_code& wrong) {
  const int why = SSL_get_error(tls_.get(), result);
  const int system = errno;
  ERR_clear_error();
  switch (why) {
    case SSL_ERROR_WANT_READ:
      waits_for_ = socket_type::wait_read;
      wrong = asio::error::would_block;
      return;
    case SSL_ERROR_WANT_WRITE:
      waits_for_ = socket_type::wait_write;
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
      wrong = asio::error::connection_aborted;
  }
}

bool stream::shake_hands(error_code& wrong) {
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  if (result == 1) return true;
  failed(result, wrong);
  return false;
}

std::size_t stream::read_some(char* to, std::size_t size, error_code& wrong) {
  if (tls_) {
    ERR_clear_error();
    const int result = SSL_read(tls_.get(), to, clamp(size));
    if (result > 0) return static_cast<std::size_t>(result);
    failed(result, wrong);
    return 0;
  }
  ssize_t count = 0;
  do count = ::recv(socket_.native_handle(), to, size, MSG_DONTWAIT);
  while (count < 0 && errno == EINTR);
  waits_for_ = socket_type::wait_read;
  if (count > 0) return static_cast<std::size_t>(count);
  wrong = count == 0 ? error_code{asio::error::eof} : last_error();
  return 0;
}

std::size_t stream::write_some(const char* from, std::size_t size, error_code& wrong) {
  if (!tls_) return send_pieces({asio::buffer(from, size), {}}, wrong);
  ERR_clear_error();
  const int result = SSL_write(tls_.get(), from, clamp(size));
  if (result > 0) return static_cast<std::size_t>(result);
  failed(result, wrong);
  return 0;
}

// One call of the kernel for both; for one piece the shorter one.
std::size_t stream::send_pieces(const pieces_type& pieces, error_code& wrong) {
  constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  std::array<iovec, 2> parts;
  for (std::size_t i = 0; i < parts.size(); ++i)  // sendmsg only reads
    parts[i] = {const_cast<void*>(pieces[i].data()), pieces[i].size()};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  const int to = socket_.native_handle();
  ssize_t count = 0;
  do
    count =
        pieces[1].size() == 0 ? ::send(to, pieces[0].data(), pieces[0].size(), flags) : ::sendmsg(to, &message, flags);
  while (count < 0 && errno == EINTR);
  waits_for_ = socket_type::wait_write;
  if (count >= 0) return static_cast<std::size_t>(count);
  wrong = last_error();
  return 0;
}

// One record for both where they fit one. After a cut the same bytes come again, because none of them were taken off.
std::size_t stream::encrypt_pieces(const pieces_type& pieces, error_code& wrong) {
  const std::size_t size = pieces[0].size() + pieces[1].size();
  if (pieces[0].size() == 0 || pieces[1].size() == 0 || size > SSL3_RT_MAX_PLAIN_LENGTH) {
    const auto& first = pieces[0].size() > 0 ? pieces[0] : pieces[1];
    return write_some(static_cast<const char*>(first.data()), first.size(), wrong);
  }
  std::string both(size, '\0');
  asio::buffer_copy(asio::buffer(both), pieces);
  return write_some(both.data(), both.size(), wrong);
}

// Takes what was written off the pieces, until nothing is left or nothing more goes.
std::size_t stream::write_pieces(pieces_type& pieces, error_code& wrong) {
  std::size_t all = 0;
  while (!wrong && pieces[0].size() + pieces[1].size() > 0) {
    std::size_t count = tls_ ? encrypt_pieces(pieces, wrong) : send_pieces(pieces, wrong);
    all += count;
    for (auto& one : pieces) {
      const std::size_t here = std::min(count, one.size());
      one += here;
      count -= here;
    }
  }
  return all;
}

void stream::shutdown_send() {
  error_code ignored;
  if (tls_ && socket_.is_open() && SSL_is_init_finished(tls_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  socket_.shutdown(socket_type::shutdown_send, ignored);
}

void stream::close() {
  error_code ignored;
  socket_.close(ignored);
  // The number may be another connection's soon.
  if (tls_) BIO_set_data(SSL_get_rbio(tls_.get()), reinterpret_cast<void*>(std::intptr_t{-1}));
}

}  // namespace greenroom::net
