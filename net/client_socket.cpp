#include "net/client_socket.hpp"

#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "core/messages/log.hpp"
#include "net/hub_shard.hpp"

namespace greenroom::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

core::mono_time now() { return std::chrono::steady_clock::now(); }

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

}  // namespace

/// The state that the connections of an io thread share.
struct client_socket::readers {
  static constexpr std::size_t buffer_size = 64 * 1024;
  /// All of them read into it; its contents mean nothing after that.
  std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(buffer_size);
  /// Connections with something to hand over when everything that was ready has been read. Not empty: a task is posted.
  std::vector<std::shared_ptr<client_socket>> full;

  static readers& of_this_thread() {
    thread_local readers one;
    return one;
  }
  std::span<char> room() noexcept { return {buffer.get(), buffer_size}; }
};

client_socket::client_socket(hub& hub, core::connection_id id, stream socket, admission admitted,
                             std::shared_ptr<const client_socket_settings> settings, std::string_view counted_as)
    : outlet(id, hub.settings().outbox_bytes, hub.pool().waiting().of(counted_as)),
      socket_(std::move(socket)),
      settings_(std::move(settings)),
      foreign_shard_(hub.shard(io_pool::slot_of(id))),
      shard_(*hub.shard(io_pool::slot_of(id))),
      early_(std::make_unique<std::vector<client_call::any>>()),
      admitted_(std::move(admitted)) {
  if (!socket_.secure()) return;
  tls_ = &socket_.tls();
  tls_->keep_output();
}

client_socket::~client_socket() = default;

std::shared_ptr<client_socket> client_socket::self() {
  return std::static_pointer_cast<client_socket>(shared_from_this());
}

// ---- the client port: calls take their turn among what relays ask of the shard

void client_socket::call(client_call::any what) {
  if (const auto shard = foreign_shard_.lock()) shard->push(hub_command::call{shared_from_this(), std::move(what)});
}

void client_socket::send(std::string frames) { call(client_call::send{whole(std::move(frames))}); }

void client_socket::hint(std::string frames) { call(client_call::hint{whole(std::move(frames))}); }

void client_socket::send_gap(core::topic_id topic, core::seq_no from, core::seq_no to, std::string frames) {
  call(client_call::send_gap{topic, {from, to}, whole(std::move(frames))});
}

void client_socket::close(core::ec why, std::string_view reason) { call(client_call::close{why, std::string(reason)}); }

void client_socket::release(std::uint32_t count) { call(client_call::release{count}); }

void client_socket::ask_room(core::answer_kind what) { call(client_call::ask_room{what}); }

void client_socket::return_room(std::uint32_t count) { call(client_call::return_room{count}); }

void client_socket::carry_out(client_call::any& what) {
  if (phase_ == phase::gone) return;
  if (phase_ == phase::prepared) return early_->push_back(std::move(what));
  std::visit([this](auto& one) { run(one); }, what);
}

void client_socket::run(client_call::send& what) { shard_.answer(*this, std::move(what.frames)); }

void client_socket::run(client_call::hint& what) { shard_.hint(*this, std::move(what.frames)); }

void client_socket::run(client_call::send_gap& what) { shard_.tell_gap(*this, what); }

void client_socket::run(client_call::close& what) { end(what.why, what.reason); }

void client_socket::run(client_call::release& what) {
  unreleased_ -= std::min(unreleased_, what.count);
  read();
}

void client_socket::run(client_call::ask_room& what) {
  wanted_ = what.what;
  grant();
}

void client_socket::run(client_call::return_room& what) {
  take_back(what.count);
  grant();
}

// ---- beginning

void client_socket::start(std::shared_ptr<core::client_owner> owner) {
  owner_ = std::move(owner);
  const auto early = std::exchange(early_, nullptr);
  error_code ignored;
  socket_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  taken_at_ = heard_at_ = now();
  deadline_ = heard_at_ + settings_->handshake_for;
  shard_.add(shared_from_this());
  phase_ = phase::open;
  begin();
  greets_ = !out_.empty();
  for (client_call::any& one : *early) carry_out(one);
  read();
  keep();
}

// ---- reading

// Reads bytes that are here already, then those that the socket brings.
void client_socket::read() {
  if (reading_ || phase_ == phase::prepared || phase_ > phase::closing) return;
  reading_ = true;
  reading_ = take_messages();
  if (reading_) await_readable();
}

// To wait for bytes costs one system call less than to wait until there are some.
void client_socket::await_readable() {
  if (tls_ != nullptr) return await_records();
  socket_.socket().async_read_some(asio::buffer(first_), [me = self()](error_code failure, std::size_t count) {
    if (me->phase_ == phase::gone) return;
    if (me->phase_ == phase::lingering) return failure ? me->vanish() : me->discard();
    me->got(failure ? 0 : count);
  });
}

// Bytes may be here that were taken off the socket with others.
void client_socket::await_records() {
  const auto ready = [me = self()](error_code failure) {
    if (me->phase_ == phase::gone) return;
    if (me->phase_ == phase::lingering) return failure ? me->vanish() : me->discard();
    failure ? me->ended() : me->read_records();
  };
  if (phase_ != phase::lingering && tls_->holds_input()) return asio::post(shard_.context(), [ready] { ready({}); });
  socket_.socket().async_wait(tcp_socket::wait_read, ready);
}

void client_socket::read_records() {
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
void client_socket::ended() {
  hand_over();
  out_.sealed() ? linger() : vanish();
}

void client_socket::got(std::size_t count) {
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

void client_socket::take(std::span<char> bytes) {
  heard_ = true;
  take_bytes(bytes);
  reading_ = take_messages();
  keep();
  if (reading_) await_readable();
}

// Whether the socket may be asked for more.
bool client_socket::take_messages() {
  while (phase_ <= phase::closing) {
    if (phase_ == phase::open && unreleased_ + inbox_.size() >= settings_->window) return false;
    if (phase_ == phase::open && out_.over()) {  // a client that doesn't take answers gets no more
      awaits_room_ = true;
      return false;
    }
    const found one = next();
    switch (one.what) {
      case found::kind::nothing:
        return true;
      case found::kind::message:
        if (phase_ != phase::open) break;
        if (inbox_.empty()) hand_over_soon();
        inbox_.emplace_back(one.bytes);
        break;
      case found::kind::dealt:
        break;
      case found::kind::end:
        hand_over();
        out_.seal(whole(last_words()));
        linger();
        return false;
    }
  }
  return false;
}

// After all handlers that are ready now: messages of many connections go up at once, and actors find them together.
void client_socket::hand_over_soon() {
  auto& full = readers::of_this_thread().full;
  full.push_back(self());
  if (full.size() > 1) return;
  asio::post(shard_.context(), [] {
    const auto all = std::exchange(readers::of_this_thread().full, {});
    for (const auto& one : all) one->hand_over();
  });
}

void client_socket::hand_over() {
  if (inbox_.empty() || phase_ != phase::open) return;
  unreleased_ += static_cast<std::uint32_t>(inbox_.size());
  owner_->received(std::exchange(inbox_, {}));
}

// ---- writing

void client_socket::answer(std::string bytes) { shard_.answer(*this, whole(std::move(bytes))); }

void client_socket::linger_after(std::string bytes) {
  out_.seal(whole(std::move(bytes)));
  linger();
}

int client_socket::handle() { return socket_.socket().native_handle(); }

void client_socket::await_writable() {
  socket_.socket().async_wait(tcp_socket::wait_write, [me = self()](error_code failure) {
    if (me->phase_ == phase::gone) return;
    if (failure) return me->vanish();
    me->shard_.writable(*me);
  });
}

void client_socket::written() {
  if (phase_ == phase::lingering) discard();
}

void client_socket::broken() { vanish_soon(); }

void client_socket::missed(core::topic_id topic, core::seq_no from, core::seq_no to) {
  if (phase_ == phase::open) owner_->missed(topic, from, to);
}

// ---- long answers

void client_socket::grant() {
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

void client_socket::take_back(std::uint32_t count) {
  count = std::min(count, granted_);
  granted_ -= count;
  owed().remove(count * core::long_answer_bytes);
}

// In a task of its own: this is called in the middle of writing.
void client_socket::drained() {
  awaits_room_ = false;
  asio::post(shard_.context(), [me = self()] {
    me->grant();
    me->read();
  });
}

// ---- the end

void client_socket::overflowed() {
  out_.forget_unbegun();
  end(core::ec::too_slow, core::to_string(core::ec::too_slow));
}

void client_socket::end(core::ec why, std::string_view reason) {
  if (phase_ > phase::open || out_.sealed()) return;
  out_.seal(whole(goodbye(why, reason)));
  shard_.mark_dirty(*this);
  begin_end(phase::closing);
  read();
}

void client_socket::begin_end(phase next) {
  if (phase_ < phase::closing) deadline_ = now() + settings_->close_for;
  phase_ = next;
  std::vector<std::string>().swap(inbox_);
}

void client_socket::linger() {
  begin_end(phase::lingering);
  stop_reading();
  out_.seal({});
  if (out_.empty())
    discard();
  else
    shard_.mark_dirty(*this);
}

// Closing a socket with bytes unread would reset it, and the close frame could get lost.
void client_socket::discard() {
  if (!std::exchange(half_closed_, true)) say_end();
  read_some(handle(), readers::of_this_thread().room()) == 0 ? vanish_soon() : await_readable();
}

// All written bytes are out, so TLS's last record goes at once, or not at all.
void client_socket::say_end() {
  if (tls_ != nullptr) {
    tls_->say_end();
    const std::string& last = tls_->output();
    (void)::send(handle(), last.data(), last.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  error_code ignored;
  socket_.socket().shutdown(tcp_socket::shutdown_send, ignored);
}

void client_socket::tick(core::mono_time at) {
  if (phase_ == phase::gone) return;
  if (phase_ != phase::open || (greets_ && out_.taken() == 0)) {
    if (at >= deadline_) vanish_soon();
    return;
  }
  if (stalled(at)) return shard_.overflow(*this);
  check_if_they_came(at);
  grant();  // other connections of the same client may have made room
  ticked();
  // While the window is full this side doesn't read.
  if (std::exchange(heard_, false) || !reading_) {
    heard_at_ = at;
    pings_ = 0;
  }
  const auto quiet = at - heard_at_;
  if (quiet >= settings_->idle_after) {
    end(core::ec::idle, core::to_string(core::ec::idle));
  } else if (quiet >= settings_->ping_every * (pings_ + 1)) {
    ++pings_;
    shard_.answer(*this, ping());
  }
}

bool client_socket::stalled(core::mono_time at) {
  if (out_.empty() || std::exchange(taken_, out_.taken()) != out_.taken()) taken_at_ = at;
  return at - taken_at_ >= settings_->stall_after;
}

// Bytes that wait would be asked about with those that are on the way. Those of the beginning aren't asked about at
// once.
void client_socket::check_if_they_came(core::mono_time at) {
  if (settings_->check_every == core::milliseconds{0}) return;
  if (checked_at_ == core::mono_time{}) checked_at_ = at;
  if (!out_.empty() || out_.taken() == checked_) return;
  if (at - checked_at_ < settings_->check_every) return;
  const auto question = check(at);
  if (question.empty()) return;
  checked_ = out_.taken() + question.size();
  checked_at_ = at;
  shard_.answer(*this, slice(std::make_shared<const std::string>(question)));
}

void client_socket::cut() { vanish(); }

void client_socket::vanish_soon() {
  asio::post(shard_.context(), [me = self()] { me->vanish(); });
}

void client_socket::vanish() {
  if (std::exchange(phase_, phase::gone) == phase::gone) return;
  const auto alive = self();
  take_back(granted_);
  shard_.remove(*this);
  socket_.close();
  admitted_ = {};
  inbox_ = {};
  stop_reading();
  owner_->closed();
  owner_.reset();
}

}  // namespace greenroom::net
