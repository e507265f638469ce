#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "core/ids.hpp"
#include "core/ports.hpp"

namespace greenroom::app {

/// The newest view's statements about this node. Thread safe.
class membership final : public core::view_watcher {
 public:
  membership(core::node_name name, core::incarnation_id incarnation);

  void view_changed(const core::cluster_view& view) override;

  /// Whether this life of the node is in the view. It stays so while discovery is away.
  [[nodiscard]] bool is_member() const noexcept { return member_; }
  /// Blocks until all nodes were told that this node drains, or for that long. At once where it is no member.
  void wait_until_draining(std::chrono::milliseconds patience);

 private:
  const core::node_name name_;
  const core::incarnation_id incarnation_;
  std::atomic<bool> member_{false};
  std::mutex lock_;
  std::condition_variable changed_;
  bool draining_ = false;
};

}  // namespace greenroom::app
