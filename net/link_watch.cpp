#include "net/link_watch.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include <utility>

#include "net/link_channel.hpp"
#include "telemetry/log.hpp"

namespace greenroom::net {

void link_handle::close() {
  if (const auto watch = watch_.lock()) watch->cut(link_cut::stopped);
}

link_watch::link_watch(std::shared_ptr<link_common> common, std::size_t slot, link_identity peer, bool dialled,
                       admission admitted)
    : common_(std::move(common)),
      tick_(common_->pool.context(slot)),
      peer_(std::move(peer)),
      dialled_(dialled),
      admitted_(std::move(admitted)),
      heard_(now()),
      silence_(common_->options.silence, now()) {}

core::status link_watch::start(stream from) {
  const auto owner = common_->owner.lock();
  boost::system::error_code wrong = boost::asio::error::operation_aborted;
  const int socket = owner ? from.socket().release(wrong) : -1;
  if (wrong) {
    {
      const std::lock_guard hold{lock_};
      ended_ = true;  // a cut after this finds nothing that was up
    }
    common_->remove(this);
    return core::error{core::ec::unavailable, "the link was lost: " + wrong.message(), 0};
  }
  auto channel = std::make_unique<link_channel>(std::move(from).release_tls(), socket,
                                                link_guard{common_->options.max_frame, dialled_}, shared_from_this());
  handle_ = std::make_shared<link_handle>(peer_, dialled_, weak_from_this());
  socket_ = socket;
  common_->metrics.links.add();
  telemetry::log::info("link_up", {{"peer", peer_.node.value}, {"dialled", dialled_}});
  owner->link_up(handle_, std::move(channel));
  wait();
  return core::done{};
}

// On the slot's thread, so that a link that is just beginning is up before it is down.
void link_watch::cut(link_cut) {
  boost::asio::post(tick_.get_executor(), [self = shared_from_this()] { self->end("closed", "this node cut it"); });
}

void link_watch::hold(std::size_t bytes) {
  {
    const std::lock_guard hold{lock_};
    if (ended_) return;
    if (bytes != held_)
      common_->metrics.link_queue_bytes.add(static_cast<double>(bytes) -
                                            static_cast<double>(std::exchange(held_, bytes)));
    if (bytes <= common_->options.queue_bytes) return;
  }
  end("overflow", "the peer doesn't read");
}

void link_watch::end(std::string_view reason, const std::string& why) {
  std::size_t held = 0;
  {
    const std::lock_guard hold{lock_};
    if (std::exchange(ended_, true)) return;
    held = std::exchange(held_, 0);
    // The reactor that waits for the channel's socket finds that it ended.
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  }
  common_->remove(this);
  common_->metrics.links.sub();
  common_->metrics.links_lost.with({reason}).add();
  common_->metrics.link_queue_bytes.sub(static_cast<double>(held));
  telemetry::log::info("link_down", {{"peer", peer_.node.value}, {"reason", reason}, {"what", why}});
  if (const auto owner = common_->owner.lock()) owner->link_down(handle_);
  boost::asio::post(tick_.get_executor(), [self = shared_from_this()] { self->tick_.cancel(); });
}

void link_watch::lose_socket() {
  end("closed", "this node closed its end");
  const std::lock_guard hold{lock_};
  socket_ = -1;
}

void link_watch::wait() {
  tick_.expires_after(silence_.tick());
  tick_.async_wait([self = shared_from_this()](const boost::system::error_code& aborted) {
    if (!aborted) self->look();
  });
}

void link_watch::look() {
  ssize_t waiting = 0;
  {
    const std::lock_guard hold{lock_};
    if (ended_) return;
    char next = 0;
    waiting = ::recv(socket_, &next, sizeof next, MSG_PEEK | MSG_DONTWAIT);
  }
  if (waiting == 0) return end("closed", "the peer closed it");
  // Bytes that wait to be read are not silence, whichever side doesn't read them.
  silence_.heard(waiting > 0 ? now() : heard_.load(std::memory_order_relaxed));
  if (silence_.is_silent(now())) return end("silent", "nothing came from the peer");
  wait();
}

}  // namespace greenroom::net
