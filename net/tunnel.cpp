#include "net/tunnel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace greenroom::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t read_size = 64 * 1024;
// So many reads on end, then the other sockets of the thread have their turn.
constexpr int reads_on_end = 4;

// One buffer a thread: between two events an idle tunnel holds none.
std::array<char, read_size>& thread_buffer() {
  static thread_local std::array<char, read_size> buffer;
  return buffer;
}

}  // namespace

tunnel::tunnel(stream client, stream upstream, admission admitted, tunnel_options options,
               std::function<void(tunnel*)> over, telemetry::counter passed)
    : halves_{half{std::move(client), {}, {}, false}, half{std::move(upstream), {}, {}, false}},
      admitted_(std::move(admitted)),
      options_(options),
      over_(std::move(over)),
      passed_(passed) {}

void tunnel::start(std::string to_client, std::string to_upstream) {
  halves_[0].waiting = std::move(to_upstream);
  halves_[1].waiting = std::move(to_client);
  for (auto& one : halves_) {
    error_code ignored;
    one.from.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
  }
  for (auto& one : halves_) {
    if (closed_) return;
    one.waiting.empty() ? read_next(one) : write_rest(one);
  }
}

void tunnel::close() {
  if (std::exchange(closed_, true)) return;
  for (auto& one : halves_) one.from.close();
  if (timer_) timer_->cancel();
  if (over_) std::exchange(over_, nullptr)(this);
}

// What is here of a TLS record is no event of the socket's any more, so it is looked for.
void tunnel::read_next(half& of) {
  if (!of.from.secure()) return wait_read(of, socket::wait_read);
  asio::post(of.from.socket().get_executor(), [self = shared_from_this(), &of] {
    if (!self->closed_) self->read(of);
  });
}

void tunnel::wait_read(half& of, socket::wait_type until) {
  of.from.socket().async_wait(until, [self = shared_from_this(), &of](error_code wrong) {
    if (self->closed_) return;
    wrong ? self->close() : self->read(of);
  });
}

void tunnel::wait_write(half& of) {
  auto& to = other(of).from;
  to.socket().async_wait(to.waits_for(), [self = shared_from_this(), &of](error_code wrong) {
    if (self->closed_) return;
    wrong ? self->close() : self->write_rest(of);
  });
}

void tunnel::read(half& of) {
  auto& buffer = thread_buffer();
  for (int i = 0; i < reads_on_end; ++i) {
    error_code wrong;
    const std::size_t size = of.from.read_some(buffer.data(), buffer.size(), wrong);
    if (wrong == asio::error::would_block) return wait_read(of, of.from.waits_for());
    if (wrong == asio::error::eof) return end(of);
    if (wrong) return close();
    passed_.add(size);
    if (!send(of, buffer.data(), size)) return;
    if (!of.from.secure() && size < buffer.size()) break;
  }
  read_next(of);
}

// Whether all was taken; if not, the rest waits, or the tunnel is closed.
bool tunnel::send(half& of, const char* bytes, std::size_t size) {
  error_code wrong;
  std::size_t sent = 0;
  while (sent < size && !wrong) sent += other(of).from.write_some(bytes + sent, size - sent, wrong);
  if (sent == size) return true;
  if (wrong != asio::error::would_block) {
    close();
    return false;
  }
  of.waiting.assign(bytes + sent, size - sent);
  of.since = clock::now();
  wait_write(of);
  look_after();
  return false;
}

void tunnel::write_rest(half& of) {
  const std::string rest = std::exchange(of.waiting, {});
  if (send(of, rest.data(), rest.size())) read_next(of);
}

void tunnel::end(half& of) {
  of.ended = true;
  if (other(of).ended) return close();
  other(of).from.shutdown_send();
  half_ended_ = clock::now();
  look_after();
}

std::optional<tunnel::clock::time_point> tunnel::deadline() const noexcept {
  std::optional<clock::time_point> first;
  if (half_ended_) first = *half_ended_ + options_.half_timeout;
  for (const auto& one : halves_) {
    if (one.waiting.empty()) continue;
    const auto stalled = one.since + options_.stall_timeout;
    first = first ? std::min(*first, stalled) : stalled;
  }
  return first;
}

// Most deadlines pass without need, so the timer is left alone and looks again when it fires.
void tunnel::look_after() {
  const auto when = deadline();
  if (closed_ || !when || (timer_armed_ && timer_->expiry() <= *when)) return;
  if (!timer_) timer_.emplace(halves_[0].from.socket().get_executor());
  timer_armed_ = true;
  timer_->expires_at(*when);
  timer_->async_wait([self = shared_from_this()](error_code aborted) {
    if (aborted || self->closed_) return;
    self->timer_armed_ = false;
    const auto due = self->deadline();
    due&&* due <= clock::now() ? self->close() : self->look_after();
  });
}

std::optional<stream> plain_end(stream secure) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) return std::nullopt;
  // What waits here waits unseen: little, so that who writes finds out how slow the other end is.
  constexpr int buffered = 32 * 1024;
  for (const int end : ends) ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &buffered, sizeof buffered);
  const auto context = secure.socket().get_executor();
  // Asio asks nothing of a socket that only those of its protocol can answer.
  tcp_socket ours{context, asio::ip::tcp::v4(), ends[0]};
  stream theirs{tcp_socket{context, asio::ip::tcp::v4(), ends[1]}};
  std::make_shared<tunnel>(std::move(secure), stream{std::move(ours)}, admission{}, tunnel_options{}, nullptr)
      ->start({}, {});
  return theirs;
}

}  // namespace greenroom::net
