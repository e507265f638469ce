#include "net/limits.hpp"

#include <utility>

namespace greenroom::net {

limits::limits(const core::limit_policies& policies, const core::clock& clock, observer refused, std::size_t max_keys)
    : clock_(clock), refused_(std::move(refused)) {
  for (std::size_t i = 1; i < classes_.size(); ++i)
    if (!policies[i].off()) classes_[i].limiter.emplace(policies[i], max_keys);
}

core::limit_verdict limits::take(core::limit_class which, std::string_view key, std::uint32_t count) {
  guarded_limiter& guarded = classes_[static_cast<std::size_t>(which)];
  if (!guarded.limiter) return {};
  core::limit_verdict verdict;
  {
    // The clock is read under the lock: the limiter wants a time that never runs backwards.
    const std::lock_guard hold{guarded.lock};
    verdict = guarded.limiter->take(key, count, clock_.now().mono);
  }
  if (!verdict.allowed && refused_) refused_(which);
  return verdict;
}

}  // namespace greenroom::net
