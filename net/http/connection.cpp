#include "net/http/connection.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "net/http/answer_text.hpp"
#include "net/listener.hpp"
#include "net/peer_tls.hpp"
#include "net/proxy_protocol.hpp"
#include "protocol/problem.hpp"
#include "telemetry/log_sparse.hpp"

namespace greenroom::net::http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using core::ec;

namespace {

constexpr std::size_t read_size = 4 * 1024;
constexpr std::size_t copied_body = 2 * 1024;  // up to here one piece costs the kernel less than two
constexpr std::size_t max_lingered = 256 * 1024;
constexpr std::string_view continue_text = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view view(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.data().size()};
}

boost::beast::string_view to_beast(std::string_view text) { return {text.data(), text.size()}; }

// Replaces an answer that there is no room for.
answer overloaded(const answer& instead) {
  const std::string id(instead.fields.find("X-Request-Id").value_or(""));
  const core::error why{ec::overloaded, "Too much waits to be read by this client, or by all.", 1};
  return {core::describe(why.code).http_status,
          std::string(protocol::problem_media_type),
          {{"Retry-After", "1"}, {"X-Request-Id", id}},
          protocol::problem(why, id),
          nullptr,
          {}};
}

std::size_t count_fields(const beast_http::fields& fields) {
  return static_cast<std::size_t>(std::distance(fields.begin(), fields.end()));
}

bool is_believed(std::string_view secret, const request& what) {
  const auto method = what.method_string();
  const auto target = what.target();
  return believe_forwarded(secret, what, {{method.data(), method.size()}, {target.data(), target.size()}}).has_value();
}

}  // namespace

connection::connection(std::shared_ptr<server::shared> common, accepted from)
    : common_(std::move(common)),
      stream_(std::move(from.socket), common_->options.tls ? common_->tls.load() : nullptr),
      slot_(from.slot),
      peer_(from.peer.address()),
      admitted_(std::move(from.admitted)),
      timer_(common_->pool.context(slot_)) {}

void connection::start() {
  common_->by_slot[slot_].insert(this);
  common_->open.fetch_add(1, std::memory_order_relaxed);
  const auto* const proxies = common_->options.proxies.get();
  if (proxies == nullptr || proxies->words != proxy_words::proxy_v2 || !proxies->from.contains(peer_)) return begin();
  phase_ = phase::proxied;
  set_deadline(clock::now() + common_->options.head_timeout);
  read_proxy_head();
}

// ---- a proxy's header, before the first byte of its client's (TLS or not): exactly its bytes are read

void connection::read_proxy_head() {
  proxy_header_.resize(proxy_head_size);
  asio::async_read(stream_.socket(), asio::buffer(proxy_header_),
                   [self = shared_from_this()](error_code wrong, std::size_t) {
                     if (self->phase_ != phase::proxied) return;
                     if (wrong) return self->close();
                     const auto rest = proxy_rest_size(self->proxy_header_);
                     rest ? self->read_proxy_rest(*rest) : self->refuse_proxied(rest.why());
                   });
}

void connection::read_proxy_rest(std::size_t size) {
  proxy_header_.resize(proxy_head_size + size);
  asio::async_read(stream_.socket(), asio::buffer(proxy_header_.data() + proxy_head_size, size),
                   [self = shared_from_this()](error_code wrong, std::size_t) {
                     if (self->phase_ == phase::proxied) wrong ? self->close() : self->take_proxied();
                   });
}

void connection::take_proxied() {
  const std::string_view header = proxy_header_;
  const auto said = read_proxied(header.substr(0, proxy_head_size), header.substr(proxy_head_size));
  if (!said) return refuse_proxied(said.why());
  client_secure_ = said->secure;
  if (said->client) {
    peer_ = *said->client;
    if (!admitted_.count_as(peer_)) return close();
  }
  proxy_header_ = {};
  begin();
}

void connection::refuse_proxied(const core::error& why) {
  telemetry::log::write_sparsely(telemetry::log::level::warn, "proxy_header_refused", why.detail,
                                 {{"peer", address_text(peer_)}});
  close();
}

void connection::begin() {
  phase_ = phase::handshake;
  if (stream_.secure()) return shake_hands();
  common_->options.peers ? tell_tls_from_http() : next_request();
}

// The first byte of TLS is a record's of its handshake (RFC 8446 section 5.1), and no request begins with it.
void connection::tell_tls_from_http() {
  set_deadline(clock::now() + common_->options.idle_timeout);
  stream_.socket().async_wait(tcp_socket::wait_read, [self = shared_from_this()](error_code wrong) {
    if (self->phase_ != phase::handshake) return;
    if (wrong) return self->close();
    constexpr char handshake_record = 22;
    char first = 0;
    const auto count = ::recv(self->stream_.socket().native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count != 1 || first != handshake_record) return self->next_request();
    self->stream_.begin_tls(self->common_->options.peers->identity(), stream::side::server);
    self->shake_hands();
  });
}

void connection::shake_hands() {
  set_deadline(clock::now() + common_->options.head_timeout);
  stream_.async_handshake([self = shared_from_this()](error_code wrong) {
    if (self->phase_ != phase::handshake) return;
    const auto& peers = self->common_->options.peers;
    const bool is_known = !wrong && (!peers || peers->is_peer(self->stream_.tls().native(), {}));
    is_known ? self->next_request() : self->close();
  });
}

void connection::drain() {
  if (phase_ == phase::idle || phase_ == phase::handshake || phase_ == phase::proxied) close();
}

void connection::close() {
  if (phase_ == phase::closed) return;
  forget();
  stream_.close();
}

// The connection is no longer this server's.
void connection::forget() {
  phase_ = phase::closed;
  timer_.cancel();
  common_->by_slot[slot_].erase(this);
  common_->open.fetch_sub(1, std::memory_order_relaxed);
}

// ---- reading

void connection::read_more() {
  stream_.async_read_some(buffer_.prepare(read_size),
                          [self = shared_from_this()](error_code wrong, std::size_t n) { self->has_read(wrong, n); });
}

void connection::has_read(error_code wrong, std::size_t count) {
  if (phase_ == phase::closed) return;
  if (wrong) return close();
  buffer_.commit(count);
  switch (phase_) {
    case phase::idle:
      phase_ = phase::head;
      phase_began_ = clock::now();
      return read_head(phase_began_);
    case phase::head:
      return read_head(clock::now());
    case phase::body:
      return read_body();
    default:
      buffer_.clear();
      lingered_ += count;
      return lingered_ > max_lingered ? close() : read_more();
  }
}

void connection::next_request() {
  if (common_->draining.load(std::memory_order_relaxed) && buffer_.size() == 0) return close();
  parser_.reset();
  scanned_ = 0;
  phase_began_ = clock::now();
  if (buffer_.size() > 0) {
    phase_ = phase::head;
    return read_head(phase_began_);
  }
  phase_ = phase::idle;
  set_deadline(phase_began_ + common_->options.idle_timeout);
  // Reads after the handlers that are ready now: by then the next request may be here, and else nothing is lost. A read
  // at once would only find that the client hasn't seen its answer yet.
  asio::post(common_->pool.context(slot_), [self = shared_from_this()] {
    if (self->phase_ == phase::idle) self->read_more();
  });
}

void connection::read_head(clock::time_point now) {
  const head_scan found = scan_head(view(buffer_), scanned_, common_->options.limits);
  if (found.wrong != ec::none) return fail(found.wrong);
  if (found.skip > 0) {
    buffer_.consume(found.skip);
    scanned_ = 0;
    if (buffer_.size() == 0) {
      phase_ = phase::idle;  // until the same deadline
      return read_more();
    }
  }
  if (found.size == 0) {
    scanned_ = buffer_.size();
    wait_for_bytes(phase_began_ + common_->options.head_timeout);
    return read_more();
  }
  head_complete_ = now;
  const accepted_head head = judge_head(view(buffer_).substr(0, found.size), common_->options.limits);
  if (head.wrong != ec::none) return fail(head.wrong);
  begin_body(found.size, head);
}

void connection::begin_body(std::size_t head_size, const accepted_head& head) {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(common_->options.limits.head));
  parser_->body_limit(common_->options.limits.body);
  error_code wrong;
  const std::size_t used = parser_->put(asio::buffer(buffer_.data(), head_size), wrong);
  // The policy has passed this head; if Beast reads it otherwise, one of the two is mistaken.
  if (wrong || used != head_size || !parser_->is_header_done() || parser_->chunked() != head.chunked)
    return fail(ec::bad_request);
  if (!head.authority.empty()) {
    parser_->get().set(beast_http::field::host, to_beast(head.authority));
    parser_->get().target(to_beast(head.target));
  }
  buffer_.consume(head_size);
  const std::size_t fields = count_fields(parser_->get());
  const auto& limits = common_->options.limits;
  const bool uses_room = head_size + gateway_bytes > limits.head || fields + gateway_fields > limits.fields;
  if (!common_->options.forwarded_secret.empty() && uses_room && !is_believed(believed_secret(), parser_->get()))
    return fail(ec::headers_too_big);
  keep_alive_ = head.keep_alive;
  head_only_ = parser_->get().method() == beast_http::verb::head;
  chunks_.reset();
  if (parser_->is_done()) return handle_request();
  parser_->eager(true);
  if (head.chunked) chunks_.emplace(limits);
  phase_ = phase::body;
  phase_began_ = head_complete_;
  if (head.expects_continue && buffer_.size() == 0) return say_continue();
  read_body();
}

void connection::say_continue() {
  set_deadline(phase_began_ + common_->options.body_timeout);
  stream_.async_write({asio::buffer(continue_text), {}}, [self = shared_from_this()](error_code wrong, std::size_t) {
    if (self->phase_ == phase::body) wrong ? self->close() : self->read_body();
  });
}

void connection::read_body() {
  if (const ec wrong = take_body(); wrong != ec::none) return fail(wrong);
  if (chunks_ ? chunks_->done() : parser_->is_done()) return handle_request();
  wait_for_bytes(phase_began_ + common_->options.body_timeout);
  read_more();
}

ec connection::take_body() {
  if (chunks_) {
    buffer_.consume(chunks_->take(view(buffer_), parser_->get().body()));
    return chunks_->wrong();
  }
  error_code wrong;
  while (buffer_.size() > 0 && !parser_->is_done()) {
    buffer_.consume(parser_->put(buffer_.data(), wrong));
    if (wrong) return wrong == beast_http::error::body_limit ? ec::too_big : ec::bad_request;
  }
  return ec::none;
}

// ---- answering

// A secret that comes in the clear from elsewhere may have been seen on the way.
std::string_view connection::believed_secret() const noexcept {
  return stream_.secure() || is_loopback(peer_) ? std::string_view{common_->options.forwarded_secret}
                                                : std::string_view{};
}

void connection::handle_request() {
  phase_ = phase::handling;
  set_deadline(head_complete_ + common_->options.answer_timeout);
  auto ask =
      std::make_shared<exchange>(parser_->release(),
                                 exchange::place{&common_->pool.context(slot_), slot_, peer_, believed_secret(),
                                                 stream_.secure() || client_secure_, common_->options.proxies.get()},
                                 shared_from_this());
  handled_ = ask;
  if (ask->was_forwarded() && !std::exchange(is_gateways_, true)) admitted_.count_as_nobodys();
  try {
    common_->handle(ask);
  } catch (const std::exception& problem) {
    telemetry::log::write_sparsely(telemetry::log::level::error, "handler_threw", "exception",
                                   {{"what", problem.what()}, {"request_id", ask->request_id()}});
    ask->problem({ec::internal, {}, 0});
  } catch (...) {
    telemetry::log::write_sparsely(telemetry::log::level::error, "handler_threw", "not an exception",
                                   {{"request_id", ask->request_id()}});
    ask->problem({ec::internal, {}, 0});
  }
}

// It is unknown where the next request begins: the answer is the connection's last.
void connection::fail(ec why) {
  keep_alive_ = false;
  if (phase_ == phase::head) head_complete_ = clock::now();
  phase_ = phase::handling;
  const std::string id = new_request_id();
  write({core::describe(why).http_status,
         std::string(protocol::problem_media_type),
         {{"X-Request-Id", id}},
         protocol::problem({why, {}, 0}, id),
         nullptr});
}

void connection::send(std::shared_ptr<answerer> self, answer what) {
  auto& context = common_->pool.context(slot_);
  if (context.stopped()) return;
  asio::dispatch(context,
                 [me = std::static_pointer_cast<connection>(std::move(self)), what = std::move(what)]() mutable {
                   if (me->phase_ == phase::handling) me->write(std::move(what));
                 });
}

// An answer is taken only where it fits beside the bytes that wait for this client already, and for all.
bool connection::count_body(const answer& what) {
  if (what.client.empty()) return true;
  const auto account = common_->pool.waiting().of(what.client);
  if (!account->take(what.body.size())) return false;
  counted_ = std::shared_ptr<void>(nullptr, [account, bytes = what.body.size()](void*) { account->remove(bytes); });
  return true;
}

void connection::write(answer what) {
  phase_ = phase::writing;
  if (!count_body(what)) what = overloaded(what);
  keep_alive_ = keep_alive_ && !common_->draining.load(std::memory_order_relaxed);
  const auto now = clock::now();
  if (common_->options.observe)
    common_->options.observe(what.status, std::chrono::duration<double>(now - head_complete_).count());
  set_deadline(now + common_->options.write_timeout);
  // A browser is told to use HTTPS only by a server that speaks it with browsers.
  const bool says_https = stream_.secure() && !common_->options.peers;
  const framing how{keep_alive_, head_only_, says_https ? common_->options.only_https : std::chrono::milliseconds{0}};
  outgoing_ = std::move(what);
  write_head(outgoing_head_, outgoing_, how);
  std::string_view body = body_text(outgoing_, how);
  if (body.size() <= copied_body) {
    outgoing_head_ += body;
    body = {};
  }
  stream_.async_write({asio::buffer(outgoing_head_), asio::buffer(body.data(), body.size())},
                      [self = shared_from_this()](error_code wrong, std::size_t) { self->has_written(wrong); });
}

void connection::has_written(error_code wrong) {
  if (phase_ == phase::closed) return;
  if (wrong) return close();
  outgoing_ = {};
  counted_.reset();
  head_only_ = false;
  if (!keep_alive_) return linger();
  if (buffer_.size() == 0) return next_request();
  // Answers may be written within the call that asks for them: posting keeps the calls of waiting requests unnested.
  asio::post(common_->pool.context(slot_), [self = shared_from_this()] {
    if (self->phase_ == phase::writing) self->next_request();
  });
}

// Closing with unread bytes would reset the connection, and the client might lose the answer (RFC 9112 section 9.6).
void connection::linger() {
  phase_ = phase::lingering;
  stream_.shutdown_send();
  buffer_.clear();
  set_deadline(clock::now() + common_->options.linger);
  read_more();
}

std::optional<upgraded> connection::give_away(request head) {
  if (phase_ != phase::handling) return std::nullopt;
  forget();
  if (common_->options.observe) {
    const std::chrono::duration<double> taken = clock::now() - head_complete_;
    common_->options.observe(101, taken.count());
  }
  return upgraded{std::move(stream_), std::string(view(buffer_)), std::move(head), slot_, std::move(admitted_)};
}

void connection::allow(std::chrono::milliseconds time) {
  if (phase_ == phase::handling) set_deadline(clock::now() + time);
}

// A pending read would take the next request's bytes for this one's, so the kernel is asked instead.
bool connection::is_abandoned() const {
  if (phase_ == phase::closed) return true;
  pollfd asked{const_cast<connection*>(this)->stream_.socket().native_handle(), POLLRDHUP, 0};
  return ::poll(&asked, 1, 0) > 0;
}

// ---- time

// Without a byte for the idle timeout, or after `whole`.
void connection::wait_for_bytes(clock::time_point whole) {
  set_deadline(std::min(clock::now() + common_->options.idle_timeout, whole));
}

// Most deadlines only move on, so the timer is left alone and looks again when it fires.
void connection::set_deadline(clock::time_point when) {
  deadline_ = when;
  if (!timer_armed_ || when < timer_.expiry()) arm_timer();
}

void connection::arm_timer() {
  timer_armed_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([self = shared_from_this()](error_code aborted) {
    if (aborted || self->phase_ == phase::closed) return;
    clock::now() < self->deadline_ ? self->arm_timer() : self->timed_out();
  });
}

void connection::timed_out() {
  timer_armed_ = false;
  switch (phase_) {
    case phase::head:
    case phase::body:
      return fail(ec::request_timeout);
    case phase::handling:
      if (const auto ask = handled_.lock()) ask->expire();
      return;
    default:
      return close();
  }
}

}  // namespace greenroom::net::http
