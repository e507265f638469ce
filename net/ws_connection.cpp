#include "net/ws_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/error.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/hub_shard.hpp"
#include "net/ws_frame.hpp"

namespace greenroom::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr std::uint16_t not_text = 1003;
constexpr std::uint16_t broken_text = 1007;

core::mono_time now() { return std::chrono::steady_clock::now(); }

// Errors after which a websocket stays open have no code of their own.
std::uint16_t close_code(core::ec why) {
  const core::error_info& info = core::describe(why);
  if (info.close_code != 0) return info.close_code;
  return info.http_status < 500 ? 1008 : 1011;
}

slice whole(std::string bytes) { return slice(std::make_shared<const std::string>(std::move(bytes))); }

// Beast checks UTF-8 as it comes, but not that a message ends with a whole character when its last fragment is empty.
bool ends_whole(std::string_view text) {
  std::size_t tail = 0;
  while (tail < text.size() && tail < 4) {
    const auto byte = static_cast<unsigned char>(text[text.size() - 1 - tail]);
    ++tail;
    if (byte < 0x80) return true;
    if (byte >= 0xc0) return tail == (byte >= 0xf0 ? 4u : byte >= 0xe0 ? 3u : 2u);
  }
  return tail == 0;
}

}  // namespace

std::shared_ptr<ws_connection> ws_connection::make(hub& hub, core::connection_id id, http::upgraded upgrade,
                                                   std::string subprotocol, ws_settings settings) {
  return std::shared_ptr<ws_connection>(
      new ws_connection(hub, id, std::move(upgrade), std::move(subprotocol), settings));
}

ws_connection::ws_connection(hub& hub, core::connection_id id, http::upgraded&& upgrade, std::string&& subprotocol,
                             ws_settings settings)
    : outlet(id, hub.settings().outbox_bytes),
      settings_(settings),
      outbox_bytes_(hub.settings().outbox_bytes),
      foreign_shard_(hub.shard(io_pool::slot_of(id))),
      shard_(*hub.shard(io_pool::slot_of(id))),
      subprotocol_(std::move(subprotocol)),
      upgrade_(std::move(upgrade)) {}

ws_connection::~ws_connection() = default;

std::shared_ptr<ws_connection> ws_connection::self() {
  return std::static_pointer_cast<ws_connection>(shared_from_this());
}

// ---- the client port: other threads leave it in the mailbox

template <class Act>
void ws_connection::under_lock(Act act) {
  {
    const std::lock_guard hold(lock_);
    if (mail_.refused) return;
    act(mail_);
    if (std::exchange(mail_.announced, true)) return;
  }
  if (const auto shard = foreign_shard_.lock()) shard->push(hub_command::collect{shared_from_this()});
}

void ws_connection::send(std::string frame) {
  under_lock([&](mailbox& mail) {
    if (mail.close) return;
    if (mail.frames.size() > outbox_bytes_) {
      mail.close = close_order{close_code(core::ec::too_slow), std::string(core::to_string(core::ec::too_slow))};
      return;
    }
    append_ws_frame(mail.frames, ws_opcode::text, frame);
  });
}

void ws_connection::close(core::ec why, std::string_view reason) {
  under_lock([&](mailbox& mail) {
    if (!mail.close) mail.close = close_order{close_code(why), std::string(reason)};
  });
}

void ws_connection::release(std::uint32_t count) {
  under_lock([&](mailbox& mail) { mail.released += count; });
}

void ws_connection::collect() {
  if (phase_ == phase::gone) return;
  mailbox mail;
  mail.announced = false;
  {
    const std::lock_guard hold(lock_);
    std::swap(mail, mail_);
  }
  if (!mail.frames.empty()) shard_.answer(*this, whole(std::move(mail.frames)));
  if (mail.close) close_with(mail.close->code, mail.close->reason);
  if (mail.released > 0) {
    unreleased_ -= std::min(unreleased_, mail.released);
    read();
  }
}

// ---- beginning

void ws_connection::start(std::shared_ptr<core::client_owner> owner) {
  owner_ = std::move(owner);
  http::upgraded upgrade = std::move(*upgrade_);
  upgrade_.reset();
  admitted_ = std::move(upgrade.admitted);
  error_code ignored;
  upgrade.socket.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  stream_.emplace(std::move(upgrade.socket).release(), std::move(upgrade.read_ahead), shard_.context(),
                  static_cast<wire_end&>(*this));
  stream_->read_message_max(settings_.message_bytes);
  stream_->set_option(beast::websocket::stream_base::decorator([this](beast::websocket::response_type& answer) {
    answer.set(beast::http::field::server, "greenroom");
    if (!subprotocol_.empty()) answer.set(beast::http::field::sec_websocket_protocol, subprotocol_);
  }));
  heard_at_ = now();
  deadline_ = heard_at_ + settings_.handshake_for;
  shard_.add(shared_from_this());
  // Beast hands its whole answer to `write` within this call, so that it is first in the outbox.
  stream_->async_accept(upgrade.head, [me = self()](error_code failure) { me->accepted(failure); });
  collect();
}

void ws_connection::accepted(error_code failure) {
  if (phase_ == phase::gone) return;
  if (failure) return linger();
  stream_->set_option(beast::websocket::stream_base::decorator([](beast::websocket::response_type&) {}));
  std::string().swap(subprotocol_);
  if (phase_ == phase::handshaking) phase_ = phase::open;
  read();
}

// ---- reading

void ws_connection::read() {
  if (reading_ || phase_ == phase::handshaking || phase_ > phase::closing) return;
  if (phase_ == phase::open && unreleased_ + inbox_.size() >= settings_.window) return hand_over();
  reading_ = true;
  stream_->async_read_some(asio::buffer(chunk_),
                           [me = self()](error_code failure, std::size_t bytes) { me->got(failure, bytes); });
}

void ws_connection::reading() {
  heard_ = true;
  if (inbox_.empty() || std::exchange(handing_over_, true)) return;
  hand_over_when_quiet();
}

// What the socket has ready comes before this task; while it still brings frames, they go up together.
void ws_connection::hand_over_when_quiet() {
  asio::post(shard_.context(), [me = self(), before = inbox_.size()] {
    if (me->inbox_.size() > before) return me->hand_over_when_quiet();
    me->handing_over_ = false;
    me->hand_over();
  });
}

void ws_connection::got(error_code failure, std::size_t bytes) {
  reading_ = false;
  if (phase_ == phase::gone) return;
  if (failure) {
    if (phase_ == phase::open) hand_over();
    // Where Beast or we have said goodbye, the other side gets the time to read it.
    return out_.sealed() ? linger() : vanish();
  }
  if (phase_ == phase::open) {
    if (stream_->got_text())
      take_chunk(bytes);
    else
      close_with(not_text, "text only");
  }
  read();
}

void ws_connection::take_chunk(std::size_t bytes) {
  const std::string_view chunk(chunk_.data(), bytes);
  if (!stream_->is_message_done()) {
    message_.append(chunk);
    return;
  }
  std::string message = std::exchange(message_, {});
  message.append(chunk);
  if (!ends_whole(message)) return close_with(broken_text, {});
  inbox_.push_back(std::move(message));
}

void ws_connection::hand_over() {
  if (inbox_.empty() || phase_ != phase::open) return;
  unreleased_ += static_cast<std::uint32_t>(inbox_.size());
  owner_->received(std::exchange(inbox_, {}));
}

// ---- writing

int ws_connection::handle() { return stream_->next_layer().socket().native_handle(); }

void ws_connection::write(std::string bytes) {
  if (is_ws_close(bytes)) {
    out_.seal(whole(std::move(bytes)));
    shard_.mark_dirty(*this);
    return;
  }
  shard_.answer(*this, whole(std::move(bytes)));
  // Pings pass by the window and the rate limits.
  if (phase_ == phase::open && ++pongs_ > settings_.pongs_a_tick)
    close_with(close_code(core::ec::rate_limited), "too many pings");
}

void ws_connection::await_writable() {
  stream_->next_layer().socket().async_wait(asio::ip::tcp::socket::wait_write, [me = self()](error_code failure) {
    if (me->phase_ == phase::gone) return;
    if (failure) return me->vanish();
    me->shard_.writable(*me);
  });
}

void ws_connection::written() {
  answered_ = true;
  if (phase_ == phase::lingering) discard();
}

void ws_connection::broken() { vanish_soon(); }

void ws_connection::missed(core::topic_id topic, core::seq_no from, core::seq_no to) {
  if (phase_ == phase::open) owner_->missed(topic, from, to);
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
  // Before the handshake is done, its end begins to read.
  if (stream_->is_open()) read();
}

void ws_connection::begin_end(phase next) {
  if (phase_ < phase::closing) deadline_ = now() + settings_.close_for;
  phase_ = next;
  std::vector<std::string>().swap(inbox_);
  std::string().swap(message_);
}

void ws_connection::linger() {
  begin_end(phase::lingering);
  out_.seal({});
  if (out_.empty())
    discard();
  else
    shard_.mark_dirty(*this);
}

// Closing a socket with bytes unread would reset it, and the close frame could get lost.
void ws_connection::discard() {
  auto& socket = stream_->next_layer().socket();
  error_code ignored;
  if (!std::exchange(half_closed_, true)) socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  socket.async_read_some(asio::buffer(chunk_), [me = self()](error_code failure, std::size_t) {
    if (me->phase_ == phase::gone) return;
    failure ? me->vanish() : me->discard();
  });
}

void ws_connection::tick(core::mono_time at) {
  if (phase_ == phase::gone) return;
  if (phase_ != phase::open || !answered_) {
    if (at >= deadline_) vanish_soon();
    return;
  }
  pongs_ = 0;
  // While the window is full it is us who don't listen.
  if (std::exchange(heard_, false) || !reading_) {
    heard_at_ = at;
    pings_ = 0;
  }
  const auto quiet = at - heard_at_;
  if (quiet >= settings_.idle_after) {
    close_with(close_code(core::ec::idle), core::to_string(core::ec::idle));
  } else if (quiet >= settings_.ping_every * (pings_ + 1)) {
    static const auto ping = std::make_shared<const std::string>("\x89\x00", 2);
    ++pings_;
    shard_.answer(*this, slice(ping));
  }
}

void ws_connection::cut() { vanish(); }

void ws_connection::vanish_soon() {
  asio::post(shard_.context(), [me = self()] { me->vanish(); });
}

void ws_connection::vanish() {
  if (std::exchange(phase_, phase::gone) == phase::gone) return;
  const auto alive = self();
  {
    const std::lock_guard hold(lock_);
    mail_ = {};
    mail_.refused = true;
  }
  shard_.remove(*this);
  // A read of Beast's that is under way ends by itself when its stream is gone.
  stream_.reset();
  admitted_ = {};
  inbox_ = {};
  message_ = {};
  owner_->closed();
  owner_.reset();
}

}  // namespace greenroom::net
