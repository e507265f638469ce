#include "net/stream.hpp"

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

#include "net/tls.hpp"

namespace greenroom::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

error_code last_error() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

// A client that offers protocols (ALPN, RFC 7301) must offer this one.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int how = SSL_select_next_proto(&found, size, ours, sizeof ours, offered, offered_size);
  *chosen = found;
  return how == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

core::result<tls_identity> https_identity(const std::string& cert_file, const std::string& key_file) {
  auto context = tls::server_context(cert_file, key_file);
  if (!context) return context.why();
  SSL_CTX_set_alpn_select_cb((*context)->native_handle(), choose_protocol, nullptr);
  return tls_identity(*context, (*context)->native_handle());
}

core::result<tls_identity> plain_identity(const std::string& cert_file, const std::string& key_file) {
  auto context = tls::server_context(cert_file, key_file);
  if (!context) return context.why();
  return tls_identity(*context, (*context)->native_handle());
}

stream::stream(socket_type socket, const tls_identity& identity, side here) : socket_(std::move(socket)) {
  if (identity) begin_tls(identity, here);
}

void stream::begin_tls(const tls_identity& identity, side here) {
  SSL* const ssl = SSL_new(identity.get());
  tls_ = std::make_unique<tls_session>(ssl, socket_.native_handle());
  SSL_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
  here == side::server ? SSL_set_accept_state(ssl) : SSL_set_connect_state(ssl);
}

stream::~stream() = default;
stream::stream(stream&&) noexcept = default;

bool stream::is_blocked(const error_code& wrong) noexcept { return wrong == asio::error::would_block; }

std::size_t stream::read_some(char* to, std::size_t size, error_code& wrong) {
  if (tls_) return tls_->read_some(to, size, wrong);
  ssize_t count = 0;
  do count = ::recv(socket_.native_handle(), to, size, MSG_DONTWAIT);
  while (count < 0 && errno == EINTR);
  waits_for_ = socket_type::wait_read;
  if (count > 0) return static_cast<std::size_t>(count);
  wrong = count == 0 ? error_code{asio::error::eof} : last_error();
  return 0;
}

std::size_t stream::write_some(const char* from, std::size_t size, error_code& wrong) {
  return tls_ ? tls_->write_some(from, size, wrong) : send_pieces({asio::buffer(from, size), {}}, wrong);
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

// Takes written bytes off the pieces, until nothing is left or nothing more goes.
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
  if (tls_ && socket_.is_open()) tls_->say_end();
  socket_.shutdown(socket_type::shutdown_send, ignored);
}

void stream::close() {
  error_code ignored;
  socket_.close(ignored);
  if (tls_) tls_->lose_socket();
}

}  // namespace greenroom::net
