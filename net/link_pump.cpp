#include "net/link_pump.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "telemetry/log.hpp"

namespace greenroom::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t chunk = 128 * 1024;
// What a queue that was long gives back.
constexpr std::size_t kept_queue = 1024 * 1024;

core::mono_time now() { return std::chrono::steady_clock::now(); }

}  // namespace

void link_handle::close() {
  if (const auto pump = pump_.lock()) pump->cut(link_cut::stopped);
}

link_pump::link_pump(std::shared_ptr<link_common> common, std::size_t slot, std::unique_ptr<link_stream> stream,
                     link_identity peer, bool dialled, admission admitted)
    : common_(std::move(common)),
      stream_(std::move(stream)),
      local_(common_->pool.context(slot)),
      tick_(common_->pool.context(slot)),
      peer_(std::move(peer)),
      dialled_(dialled),
      admitted_(std::move(admitted)),
      guard_(common_->options.max_frame, dialled),
      silence_(common_->options.silence, now()),
      from_peer_(chunk),
      from_local_(chunk) {}

link_pump::~link_pump() = default;

core::status link_pump::start() {
  const auto owner = common_->owner.lock();
  std::array<int, 2> ends{-1, -1};
  error_code wrong;
  if (!owner || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
    wrong.assign(owner ? errno : ECANCELED, boost::system::system_category());
  else
    local_.assign(asio::local::stream_protocol{}, ends[0], wrong);
  if (wrong) {
    ended_ = true;
    for (const int end : ends)
      if (end >= 0) ::close(end);
    common_->remove(this);
    telemetry::log::error("link_not_begun", {{"peer", peer_.node.value}, {"what", wrong.message()}});
    return core::error{core::ec::unavailable, "no socketpair for a link: " + wrong.message(), 0};
  }
  local_.non_blocking(true, wrong);
  handle_ = std::make_shared<link_handle>(peer_, dialled_, weak_from_this());
  common_->metrics.links.add();
  telemetry::log::info("link_up", {{"peer", peer_.node.value}, {"dialled", dialled_}});
  owner->link_up(handle_, ends[1]);
  read_peer();
  read_local();
  watch();
  return core::done{};
}

void link_pump::cut(link_cut) {
  asio::post(tick_.get_executor(), [self = shared_from_this()] { self->end("closed", "this node cut it"); });
}

void link_pump::read_peer() {
  stream_->async_read_some(asio::buffer(from_peer_),
                           [self = shared_from_this()](const error_code& wrong, std::size_t bytes) {
                             if (self->ended_) return;
                             if (wrong) return self->end("closed", wrong.message());
                             self->take_from_peer(bytes);
                           });
}

void link_pump::take_from_peer(std::size_t bytes) {
  silence_.heard(now());
  const auto verdict = guard_.judge({from_peer_.data(), bytes});
  if (verdict != link_guard::verdict::good) return end("guard", std::string{to_string(verdict)});
  error_code wrong;
  const std::size_t taken = local_.write_some(asio::buffer(from_peer_.data(), bytes), wrong);
  if (wrong && wrong != asio::error::would_block) return end("closed", wrong.message());
  if (taken == bytes) return read_peer();
  write_local(taken, bytes);
}

void link_pump::write_local(std::size_t from, std::size_t to) {
  local_full_ = true;
  asio::async_write(local_, asio::buffer(from_peer_.data() + from, to - from),
                    [self = shared_from_this()](const error_code& wrong, std::size_t) {
                      if (self->ended_) return;
                      if (wrong) return self->end("closed", wrong.message());
                      self->local_full_ = false;
                      self->silence_.heard(now());
                      self->read_peer();
                    });
}

void link_pump::read_local() {
  local_.async_read_some(asio::buffer(from_local_),
                         [self = shared_from_this()](const error_code& wrong, std::size_t bytes) {
                           if (self->ended_) return;
                           if (wrong) return self->local_ended();
                           self->take_from_local(bytes);
                         });
}

void link_pump::take_from_local(std::size_t bytes) {
  if (queued() + bytes > common_->options.queue_bytes) return end("overflow", "the peer doesn't read");
  common_->metrics.link_queue_bytes.add(static_cast<double>(bytes));
  gathering_.append(from_local_.data(), bytes);
  if (writing_.empty()) write_peer();
  read_local();
}

void link_pump::local_ended() {
  local_ended_ = true;
  if (writing_.empty()) end("closed", "this node closed its end");
}

void link_pump::write_peer() {
  if (written_ == writing_.size()) {
    writing_.clear();
    written_ = 0;
    writing_.swap(gathering_);
    if (gathering_.capacity() > kept_queue) gathering_ = {};
  }
  stream_->async_write_some(asio::buffer(writing_.data() + written_, writing_.size() - written_),
                            [self = shared_from_this()](const error_code& wrong, std::size_t bytes) {
                              if (self->ended_) return;
                              if (wrong) return self->end("closed", wrong.message());
                              self->written_to_peer(bytes);
                            });
}

void link_pump::written_to_peer(std::size_t bytes) {
  common_->metrics.link_queue_bytes.sub(static_cast<double>(bytes));
  written_ += bytes;
  if (queued() > 0) return write_peer();
  writing_.clear();
  written_ = 0;
  if (local_ended_) end("closed", "this node closed its end");
}

void link_pump::watch() {
  tick_.expires_after(silence_.tick());
  tick_.async_wait([self = shared_from_this()](const error_code& aborted) {
    if (!aborted && !self->ended_) self->look();
  });
}

void link_pump::look() {
  error_code wrong;
  // What waits to be read was not silence: neither where the socketpair is full, nor where this thread was busy.
  if (local_full_ || stream_->next_layer().available(wrong) > 0) silence_.heard(now());
  if (silence_.is_silent(now())) return end("silent", "nothing came from the peer");
  watch();
}

void link_pump::end(std::string_view reason, const std::string& why) {
  if (std::exchange(ended_, true)) return;
  common_->remove(this);
  tick_.cancel();
  error_code ignored;
  local_.close(ignored);
  stream_->next_layer().close(ignored);
  if (!handle_) return;
  common_->metrics.links.sub();
  common_->metrics.links_lost.with({reason}).add();
  common_->metrics.link_queue_bytes.sub(static_cast<double>(queued()));
  telemetry::log::info("link_down", {{"peer", peer_.node.value}, {"reason", reason}, {"what", why}});
  if (const auto owner = common_->owner.lock()) owner->link_down(handle_);
}

}  // namespace greenroom::net
