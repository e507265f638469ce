#include "core/balancer.hpp"

#include <algorithm>
#include <utility>

namespace greenroom::core {

void balancer::set(std::vector<instance> instances) {
  std::vector<entry> entries;
  entries.reserve(instances.size());
  for (auto& who : instances) {
    entry* const known = find(who);
    entries.push_back({std::move(who), known != nullptr ? known->health : breaker{rest_}});
  }
  entries_ = std::move(entries);
}

std::optional<node_name> balancer::pick(mono_time now, std::span<const node_name> tried) {
  entry* longest_open = nullptr;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::size_t at = (next_ + i) % entries_.size();
    entry& candidate = entries_[at];
    if (std::find(tried.begin(), tried.end(), candidate.who.name) != tried.end()) continue;
    if (candidate.health.allows(now)) {
      next_ = at + 1;
      candidate.health.begin(now);
      return candidate.who.name;
    }
    if (longest_open == nullptr || candidate.health.since() < longest_open->health.since()) longest_open = &candidate;
  }
  if (longest_open == nullptr) return std::nullopt;
  longest_open->health.begin(now);
  return longest_open->who.name;
}

void balancer::again(const node_name& name, mono_time now) noexcept {
  for (auto& known : entries_) {
    if (known.who.name == name) known.health.begin(now);
  }
}

void balancer::succeeded(const instance& which) noexcept {
  if (entry* const known = find(which)) known->health.succeeded();
}

void balancer::failed(const instance& which, mono_time now) noexcept {
  if (entry* const known = find(which)) known->health.failed(now);
}

circuit balancer::state(const node_name& name) const noexcept {
  for (const auto& known : entries_) {
    if (known.who.name == name) return known.health.state();
  }
  return circuit::closed;
}

balancer::entry* balancer::find(const instance& which) noexcept {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.who == which; });
  return at == entries_.end() ? nullptr : &*at;
}

}  // namespace greenroom::core
