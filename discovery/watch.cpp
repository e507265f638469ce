#include "discovery/watch.hpp"

#include <boost/asio/post.hpp>

#include <string>
#include <utility>
#include <vector>

#include "protocol/discovery_api.hpp"

namespace greenroom::discovery {

// By any thread. The timer goes to its own one first: who has the answer may end all that both stand on, before this
// returns.
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
  const auto timer = std::make_shared<boost::asio::steady_timer>(ask->context(), patience);
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
      waiting_.emplace(number, waiter{ask, index, timer});
    }
  }
  if (full) return ask->problem({core::ec::overloaded, {}, 1});
  if (number == 0) return ask->json(200, protocol::nodes(now));
  timer->async_wait([me = weak_from_this(), number, timer](boost::system::error_code cancelled) {
    const auto self = me.lock();
    if (!cancelled && self) self->patience_over(number);
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
