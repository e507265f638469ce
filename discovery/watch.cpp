#include "discovery/watch.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "protocol/discovery_api.hpp"

namespace greenroom::discovery {
namespace {

using namespace std::chrono_literals;
constexpr auto look_every = 1s;  // for clients that have gone
constexpr auto grace = 5s;       // beyond the patience, until the server answers in place of a handler that hangs

}  // namespace

// On any thread. The timer is passed to its own thread first: the recipient of the answer may end all that both depend
// on, before this returns.
void watch::answer(waiter one, const core::cluster_view& view) {
  const auto on = one.timer->get_executor();
  boost::asio::post(on, [timer = std::move(one.timer)] { timer->cancel(); });
  one.ask->json(200, protocol::nodes(view));
}

void watch::view_changed(const core::cluster_view& view) {
  std::vector<waiter> ready;
  {
    const std::lock_guard guard{lock_};
    view_ = view;
    for (auto at = waiting_.begin(); at != waiting_.end();) {
      if (view.version.value > at->second.index) {
        ready.push_back(std::move(at->second));
        at = waiting_.erase(at);
      } else {
        ++at;
      }
    }
  }
  for (auto& one : ready) answer(std::move(one), view);
}

core::cluster_view watch::get() const {
  const std::lock_guard guard{lock_};
  return view_;
}

void watch::answer_after(const net::http::exchange_ptr& ask, std::uint64_t index, core::milliseconds patience) {
  const waiter one{ask, index, std::make_shared<boost::asio::steady_timer>(ask->context()),
                   std::chrono::steady_clock::now() + patience};
  std::uint64_t number = 0;
  core::cluster_view now;
  bool full = false;
  {
    const std::lock_guard guard{lock_};
    if (stopped_ || view_.version.value > index || patience <= core::milliseconds::zero()) {
      now = view_;
    } else if (waiting_.size() >= max_waiting_) {
      full = true;
    } else {
      number = ++last_;
      waiting_.emplace(number, one);
    }
  }
  if (full) return ask->problem({core::ec::overloaded, {}, 1});
  if (number == 0) return ask->json(200, protocol::nodes(now));
  ask->allow(patience + grace);
  look_after(number, one);
}

void watch::look_after(std::uint64_t number, const waiter& one) {
  one.timer->expires_at(std::min(one.until, std::chrono::steady_clock::now() + look_every));
  one.timer->async_wait([me = weak_from_this(), number, one](boost::system::error_code cancelled) {
    const auto self = me.lock();
    if (cancelled || !self || one.ask->answered()) return;
    const bool is_over = std::chrono::steady_clock::now() >= one.until || one.ask->is_abandoned();
    is_over ? self->patience_over(number) : self->look_after(number, one);
  });
}

void watch::patience_over(std::uint64_t number) {
  std::unique_lock guard{lock_};
  const auto late = waiting_.extract(number);
  const auto view = view_;
  guard.unlock();
  if (late) late.mapped().ask->json(200, protocol::nodes(view));
}

void watch::stop() {
  std::map<std::uint64_t, waiter> left;
  std::unique_lock guard{lock_};
  stopped_ = true;
  left.swap(waiting_);
  const auto view = view_;
  guard.unlock();
  for (auto& [number, one] : left) answer(std::move(one), view);
}

}  // namespace greenroom::discovery
