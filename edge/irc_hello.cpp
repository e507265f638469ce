#include "edge/irc_hello.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "telemetry/log_sparse.hpp"

namespace greenroom::edge {
namespace {

using boost::system::error_code;
constexpr std::chrono::seconds hello_patience{10};

}  // namespace

irc_hello::irc_hello(boost::asio::io_context& context, net::accepted from, net::tls_identity identity,
                     const net::networks& proxies, taker welcome)
    : socket_(std::move(from.socket)),
      from_{net::tcp_socket(context), from.slot, from.peer, std::move(from.admitted)},
      identity_(std::move(identity)),
      proxies_(proxies),
      welcome_(std::move(welcome)),
      timer_(context) {}

void irc_hello::begin() {
  const bool from_proxy = proxies_.contains(from_.peer.address());
  if (!from_proxy && !identity_) return done();
  timer_.expires_after(hello_patience);
  timer_.async_wait([weak = weak_from_this()](error_code cancelled) {
    if (const auto late = weak.lock(); late && !cancelled) late->close();
  });
  from_proxy ? await_header() : begin_tls();
}

void irc_hello::close() {
  closed_ = true;
  timer_.cancel();
  socket_.close();
}

// Bytes that are TLS's must not be taken from the socket.
void irc_hello::await_header() {
  socket_.socket().async_wait(net::tcp_socket::wait_read, [self = shared_from_this()](error_code wrong) {
    if (self->closed_ || wrong) return self->close();
    char first = 0;
    const auto count = ::recv(self->socket_.socket().native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0) return self->close();
    count == 1 && net::may_begin_proxy_header(first) ? self->read_header() : self->begin_tls();
  });
}

void irc_hello::read_header() {
  if (preamble_.wants() == 0) return take_header();
  const auto count = std::min(bytes_.size(), preamble_.wants());
  socket_.async_read_some(boost::asio::buffer(bytes_.data(), count),
                          [self = shared_from_this()](error_code wrong, std::size_t got) {
                            if (self->closed_ || wrong) return self->close();
                            self->preamble_.take({self->bytes_.data(), got});
                            self->read_header();
                          });
}

void irc_hello::take_header() {
  const auto& said = preamble_.outcome();
  if (!said) {
    telemetry::log::write_sparsely(telemetry::log::level::warn, "proxy_header_refused", said.why().detail,
                                   {{"peer", net::address_text(from_.peer.address())}});
    return close();
  }
  secure_ = said->secure;
  if (said->client) {
    from_.peer = {*said->client, 0};
    if (!from_.admitted.count_as(*said->client)) return close();
  }
  read_ahead_ = std::move(preamble_).rest();
  begin_tls();
}

void irc_hello::begin_tls() {
  if (!identity_) return done();
  if (!read_ahead_.empty()) return close();  // neither a header nor TLS
  socket_.begin_tls(identity_, net::stream::side::server);
  socket_.async_handshake([self = shared_from_this()](error_code wrong) {
    if (self->closed_ || wrong) return self->close();
    self->secure_ = true;
    self->done();
  });
}

void irc_hello::done() {
  timer_.cancel();
  welcome_({std::move(socket_), std::move(from_), secure_, std::move(read_ahead_)});
}

}  // namespace greenroom::edge
