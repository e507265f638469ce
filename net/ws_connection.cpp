#include "net/ws_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/http/field.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <span>
#include <utility>

#include "core/messages/log.hpp"
#include "net/hub_shard.hpp"
#include "net/ws_frame.hpp"

namespace greenroom::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using field = boost::beast::http::field;

core::mono_time now() { return std::chrono::steady_clock::now(); }

// Errors after which a websocket stays open have no code of their own.
std::uint16_t close_code(core::ec why) {
  const core::error_info& info = core::describe(why);
  if (info.close_code != 0) return info.close_code;
  return info.http_status < 500 ? 1008 : 1011;
}

slice whole(std::string bytes) { return slice(std::make_shared<const std::string>(std::move(bytes))); }

// Less than 0: nothing is there now. 0: it has ended, or is broken.
ssize_t read_some(int fd, std::span<char> into) {
  for (;;) {
    const ssize_t count = ::recv(fd, into.data(), into.size(), MSG_DONTWAIT);
    if (count >= 0) return count;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return -1;
    if (errno != EINTR) return 0;
  }
}

// RFC 6455 section 4.2.2.
std::string accept_of(std::string key) {
  key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> text;
  const int length = EVP_EncodeBlock(text.data(), digest.data(), SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

}  // namespace

/// The state that the connections of an io thread share.
struct ws_connection::readers {
  static constexpr std::size_t buffer_size = 64 * 1024;
  /// All of them read into it; its contents mean nothing after that.
  std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(buffer_size);
  /// Connections with something to hand over when everything that was ready has been read. Not empty: a task is posted.
  std::vector<std::shared_ptr<ws_connection>> full;

  static readers& of_this_thread() {
    thread_local readers one;
    return one;
  }
  std::span<char> room() noexcept { return {buffer.get(), buffer_size}; }
};

std::shared_ptr<ws_connection> ws_connection::make(hub& hub, core::connection_id id, http::upgraded upgrade,
                                                   std::string subprotocol, std::shared_ptr<const ws_settings> settings,
                                                   std::string_view counted_as) {
  return std::shared_ptr<ws_connection>(
      new ws_connection(hub, id, std::move(upgrade), std::move(subprotocol), std::move(settings), counted_as));
}

ws_connection::ws_connection(hub& hub, core::connection_id id, http::upgraded&& upgrade, std::string&& subprotocol,
                             std::shared_ptr<const ws_settings>&& settings, std::string_view counted_as)
    : outlet(id, hub.settings().outbox_bytes, hub.pool().waiting().of(counted_as)),
      socket_(std::move(upgrade.socket)),
      settings_(std::move(settings)),
      foreign_shard_(hub.shard(io_pool::slot_of(id))),
      shard_(*hub.shard(io_pool::slot_of(id))),
      asked_(new upgrade_asked{std::move(upgrade), std::move(subprotocol)}),
      admitted_(std::move(asked_->upgrade.admitted)),
      reader_(settings_->message_bytes) {
  if (!socket_.secure()) return;
  tls_ = &socket_.tls();
  tls_->keep_output();
}

ws_connection::~ws_connection() = default;

std::shared_ptr<ws_connection> ws_connection::self() {
  return std::static_pointer_cast<ws_connection>(shared_from_this());
}

// ---- the client port: calls take their turn among what relays ask of the shard

void ws_connection::call(client_call::any what) {
  if (const auto shard = foreign_shard_.lock()) shard->push(hub_command::call{shared_from_this(), std::move(what)});
}

void ws_connection::send(std::string frames) { call(client_call::send{whole(std::move(frames))}); }

void ws_connection::hint(std::string frames) { call(client_call::hint{whole(std::move(frames))}); }

void ws_connection::send_gap(core::topic_id topic, core::seq_no from, core::seq_no to, std::string frames) {
  call(client_call::send_gap{topic, {from, to}, whole(std::move(frames))});
}

void ws_connection::close(core::ec why, std::string_view reason) { call(client_call::close{why, std::string(reason)}); }

void ws_connection::release(std::uint32_t count) { call(client_call::release{count}); }

void ws_connection::ask_room(core::answer_kind what) { call(client_call::ask_room{what}); }

void ws_connection::return_room(std::uint32_t count) { call(client_call::return_room{count}); }

void ws_connection::carry_out(client_call::any& what) {
  if (phase_ == phase::gone) return;
  if (phase_ == phase::prepared) return asked_->early.push_back(std::move(what));
  std::visit([this](auto& one) { run(one); }, what);
}

void ws_connection::run(client_call::send& what) { shard_.answer(*this, std::move(what.frames)); }

void ws_connection::run(client_call::hint& what) { shard_.hint(*this, std::move(what.frames)); }

void ws_connection::run(client_call::send_gap& what) { shard_.tell_gap(*this, what); }

void ws_connection::run(client_call::close& what) { close_with(close_code(what.why), what.reason); }

void ws_connection::run(client_call::release& what) {
  unreleased_ -= std::min(unreleased_, what.count);
  read();
}

void ws_connection::run(client_call::ask_room& what) {
  wanted_ = what.what;
  grant();
}

void ws_connection::run(client_call::return_room& what) {
  take_back(what.count);
  grant();
}

// ---- beginning

void ws_connection::start(std::shared_ptr<core::client_owner> owner) {
  owner_ = std::move(owner);
  const auto asked = std::exchange(asked_, nullptr);
  error_code ignored;
  socket_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  taken_at_ = heard_at_ = now();
  deadline_ = heard_at_ + settings_->handshake_for;
  shard_.add(shared_from_this());
  phase_ = phase::open;
  answer_upgrade(*asked);
  for (client_call::any& early : asked->early) carry_out(early);
  reader_.take(asked->upgrade.read_ahead);
  read();
  reader_.keep();
}

// First in the outbox. The client was admitted before; the version is what makes this an answer.
void ws_connection::answer_upgrade(const upgrade_asked& asked) {
  const http::request& head = asked.upgrade.head;
  if (head[field::sec_websocket_version] != "13") {
    out_.seal(
        whole("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: close, Upgrade\r\n"
              "Sec-WebSocket-Version: 13\r\nServer: greenroom\r\nContent-Length: 0\r\n\r\n"));
    return linger();
  }
  std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nServer: greenroom\r\n"
      "Sec-WebSocket-Accept: ";
  answer += accept_of(std::string(head[field::sec_websocket_key]));
  if (!asked.subprotocol.empty()) answer.append("\r\nSec-WebSocket-Protocol: ").append(asked.subprotocol);
  answer += "\r\n\r\n";
  shard_.answer(*this, whole(std::move(answer)));
}

// ---- reading

// Reads bytes that are here already, then those that the socket brings.
void ws_connection::read() {
  if (reading_ || phase_ == phase::prepared || phase_ > phase::closing) return;
  reading_ = true;
  reading_ = take_frames();
  if (reading_) await_readable();
}

// To wait for bytes costs one system call less than to wait until there are some.
void ws_connection::await_readable() {
  if (tls_ != nullptr) return await_records();
  socket_.socket().async_read_some(asio::buffer(first_), [me = self()](error_code failure, std::size_t count) {
    if (me->phase_ == phase::gone) return;
    if (me->phase_ == phase::lingering) return failure ? me->vanish() : me->discard();
    me->got(failure ? 0 : count);
  });
}

// Bytes may be here that were taken off the socket with others.
void ws_connection::await_records() {
  const auto ready = [me = self()](error_code failure) {
    if (me->phase_ == phase::gone) return;
    if (me->phase_ == phase::lingering) return failure ? me->vanish() : me->discard();
    failure ? me->ended() : me->read_records();
  };
  if (phase_ != phase::lingering && tls_->holds_input()) return asio::post(shard_.context(), [ready] { ready({}); });
  socket_.socket().async_wait(tcp_socket::wait_read, ready);
}

void ws_connection::read_records() {
  const std::span<char> room = readers::of_this_thread().room();
  std::size_t count = 0;
  error_code wrong;
  while (!wrong && count < room.size()) count += tls_->read_some(room.data() + count, room.size() - count, wrong);
  if (!tls_->output().empty()) {  // to a client that changes its keys
    out_.take_records(std::exchange(tls_->output(), {}));
    shard_.mark_dirty(*this);
  }
  if (count > 0) return take(room.first(count));
  wrong == asio::error::would_block ? await_records() : ended();
}

// The client has closed. After a close frame there is time to read it.
void ws_connection::ended() {
  hand_over();
  out_.sealed() ? linger() : vanish();
}

void ws_connection::got(std::size_t count) {
  if (count == 0) return ended();
  std::span<char> bytes(first_.data(), count);
  if (count == first_.size()) {
    const std::span<char> room = readers::of_this_thread().room();
    std::copy(first_.begin(), first_.end(), room.begin());
    const ssize_t rest = read_some(handle(), room.subspan(count));
    bytes = room.first(count + static_cast<std::size_t>(std::max<ssize_t>(rest, 0)));
  }
  take(bytes);
}

void ws_connection::take(std::span<char> bytes) {
  heard_ = true;
  reader_.take(bytes);
  reading_ = take_frames();
  reader_.keep();
  if (reading_) await_readable();
}

// Whether the socket may be asked for more.
bool ws_connection::take_frames() {
  while (phase_ <= phase::closing) {
    if (phase_ == phase::open && unreleased_ + inbox_.size() >= settings_->window) return false;
    if (phase_ == phase::open && out_.over()) {  // a client that doesn't take answers gets no more
      awaits_room_ = true;
      return false;
    }
    const ws_reader::found one = reader_.next();
    switch (one.what) {
      case ws_reader::kind::nothing:
        return true;
      case ws_reader::kind::text:
        if (phase_ != phase::open) break;
        if (inbox_.empty()) hand_over_soon();
        inbox_.emplace_back(one.bytes);
        break;
      case ws_reader::kind::ping:
        answer_ping(one.bytes);
        break;
      case ws_reader::kind::close:
      case ws_reader::kind::wrong:
        goodbye(one.code);
        return false;
    }
  }
  return false;
}

// Pings pass by the window and the rate limits.
void ws_connection::answer_ping(std::string_view payload) {
  shard_.answer(*this, whole(ws_control_frame(ws_opcode::pong, payload)));
  if (phase_ == phase::open && ++pongs_ > settings_->pongs_a_tick)
    close_with(close_code(core::ec::rate_limited), "too many pings");
}

// After all handlers that are ready now: messages of many connections go up at once, and actors find them together.
void ws_connection::hand_over_soon() {
  auto& full = readers::of_this_thread().full;
  full.push_back(self());
  if (full.size() > 1) return;
  asio::post(shard_.context(), [] {
    const auto all = std::exchange(readers::of_this_thread().full, {});
    for (const auto& one : all) one->hand_over();
  });
}

void ws_connection::hand_over() {
  if (inbox_.empty() || phase_ != phase::open) return;
  unreleased_ += static_cast<std::uint32_t>(inbox_.size());
  owner_->received(std::exchange(inbox_, {}));
}

// ---- writing

int ws_connection::handle() { return socket_.socket().native_handle(); }

void ws_connection::await_writable() {
  socket_.socket().async_wait(tcp_socket::wait_write, [me = self()](error_code failure) {
    if (me->phase_ == phase::gone) return;
    if (failure) return me->vanish();
    me->shard_.writable(*me);
  });
}

void ws_connection::written() {
  if (phase_ == phase::lingering) discard();
}

void ws_connection::broken() { vanish_soon(); }

void ws_connection::missed(core::topic_id topic, core::seq_no from, core::seq_no to) {
  if (phase_ == phase::open) owner_->missed(topic, from, to);
}

// ---- long answers

void ws_connection::grant() {
  if (!wanted_ || phase_ != phase::open) return;
  const bool nothing_waits = out_.empty() && granted_ == 0;
  const bool beside =
      *wanted_ == core::answer_kind::replay && out_.bytes() + (granted_ + 1) * core::long_answer_bytes <= out_.bound();
  if ((!nothing_waits && !beside) || !owed().take(core::long_answer_bytes)) {
    awaits_room_ = true;
    return;
  }
  wanted_.reset();
  ++granted_;
  owner_->roomy();
}

void ws_connection::take_back(std::uint32_t count) {
  count = std::min(count, granted_);
  granted_ -= count;
  owed().remove(count * core::long_answer_bytes);
}

// In a task of its own: this is called in the middle of writing.
void ws_connection::drained() {
  awaits_room_ = false;
  asio::post(shard_.context(), [me = self()] {
    me->grant();
    me->read();
  });
}

// ---- the end

void ws_connection::overflowed() {
  out_.forget_unbegun();
  close_with(close_code(core::ec::too_slow), core::to_string(core::ec::too_slow));
}

void ws_connection::close_with(std::uint16_t code, std::string_view reason) {
  if (phase_ > phase::open || out_.sealed()) return;
  out_.seal(whole(ws_close_frame(code, reason)));
  shard_.mark_dirty(*this);
  begin_end(phase::closing);
  read();
}

// The client's own close, or what it broke, ends the reading.
void ws_connection::goodbye(std::uint16_t code) {
  hand_over();
  out_.seal(whole(ws_close_frame(code, {})));
  linger();
}

void ws_connection::begin_end(phase next) {
  if (phase_ < phase::closing) deadline_ = now() + settings_->close_for;
  phase_ = next;
  std::vector<std::string>().swap(inbox_);
}

void ws_connection::linger() {
  begin_end(phase::lingering);
  reader_.stop();
  out_.seal({});
  if (out_.empty())
    discard();
  else
    shard_.mark_dirty(*this);
}

// Closing a socket with bytes unread would reset it, and the close frame could get lost.
void ws_connection::discard() {
  if (!std::exchange(half_closed_, true)) say_end();
  read_some(handle(), readers::of_this_thread().room()) == 0 ? vanish_soon() : await_readable();
}

// All written bytes are out, so TLS's last record goes at once, or not at all.
void ws_connection::say_end() {
  if (tls_ != nullptr) {
    tls_->say_end();
    const std::string& last = tls_->output();
    (void)::send(handle(), last.data(), last.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  error_code ignored;
  socket_.socket().shutdown(tcp_socket::shutdown_send, ignored);
}

void ws_connection::tick(core::mono_time at) {
  if (phase_ == phase::gone) return;
  if (phase_ != phase::open || out_.taken() == 0) {
    if (at >= deadline_) vanish_soon();
    return;
  }
  if (stalled(at)) return shard_.overflow(*this);
  grant();  // other connections of the same client may have made room
  pongs_ = 0;
  // While the window is full this side doesn't read.
  if (std::exchange(heard_, false) || !reading_) {
    heard_at_ = at;
    pings_ = 0;
  }
  const auto quiet = at - heard_at_;
  if (quiet >= settings_->idle_after) {
    close_with(close_code(core::ec::idle), core::to_string(core::ec::idle));
  } else if (quiet >= settings_->ping_every * (pings_ + 1)) {
    static const auto ping = std::make_shared<const std::string>(ws_control_frame(ws_opcode::ping, {}));
    ++pings_;
    shard_.answer(*this, slice(ping));
  }
}

bool ws_connection::stalled(core::mono_time at) {
  if (out_.empty() || std::exchange(taken_, out_.taken()) != out_.taken()) taken_at_ = at;
  return at - taken_at_ >= settings_->stall_after;
}

void ws_connection::cut() { vanish(); }

void ws_connection::vanish_soon() {
  asio::post(shard_.context(), [me = self()] { me->vanish(); });
}

void ws_connection::vanish() {
  if (std::exchange(phase_, phase::gone) == phase::gone) return;
  const auto alive = self();
  take_back(granted_);
  shard_.remove(*this);
  socket_.close();
  admitted_ = {};
  inbox_ = {};
  reader_.stop();
  owner_->closed();
  owner_.reset();
}

}  // namespace greenroom::net
