#include "app/membership.hpp"

#include <algorithm>
#include <utility>

namespace greenroom::app {

membership::membership(core::node_name name, core::incarnation_id incarnation)
    : name_(std::move(name)), incarnation_(incarnation) {}

void membership::view_changed(const core::cluster_view& view) {
  const auto me = std::find_if(view.nodes.begin(), view.nodes.end(), [this](const core::node_record& node) {
    return node.name == name_ && node.incarnation == incarnation_;
  });
  {
    const std::lock_guard guard(lock_);
    member_ = me != view.nodes.end();
    draining_ = member_ && me->draining;
  }
  changed_.notify_all();
}

void membership::wait_until_draining(std::chrono::milliseconds patience) {
  std::unique_lock guard(lock_);
  changed_.wait_for(guard, patience, [this] { return draining_ || !member_; });
}

}  // namespace greenroom::app
