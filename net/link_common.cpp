#include "net/link_common.hpp"

#include <algorithm>
#include <vector>

#include "telemetry/log_sparse.hpp"

namespace greenroom::net {

bool link_common::add(const std::shared_ptr<link_part>& part, bool accepted) {
  std::shared_ptr<link_part> oldest;
  {
    const std::lock_guard hold{lock_};
    if (stopped_) return false;
    parts_.emplace(part.get(), part);
    if (accepted) {
      if (greeting_.size() >= options.max_handshakes && !greeting_.empty()) {
        oldest = parts_[greeting_.front()].lock();
        greeting_.pop_front();
      }
      greeting_.push_back(part.get());
    }
  }
  if (oldest) oldest->cut(link_cut::busy);
  return true;
}

void link_common::remove(link_part* part) {
  const std::lock_guard hold{lock_};
  parts_.erase(part);
  std::erase(greeting_, part);
}

void link_common::stop() {
  std::vector<std::shared_ptr<link_part>> all;
  {
    const std::lock_guard hold{lock_};
    stopped_ = true;
    for (const auto& [key, part] : parts_)
      if (auto alive = part.lock()) all.push_back(std::move(alive));
  }
  for (const auto& part : all) part->cut(link_cut::stopped);
}

void link_common::refused(std::string_view reason, const std::string& peer, const std::string& why) const {
  metrics.links_refused.with({reason}).add();
  telemetry::log::write_sparsely(telemetry::log::level::info, "link_refused", reason, {{"peer", peer}, {"what", why}});
}

}  // namespace greenroom::net
