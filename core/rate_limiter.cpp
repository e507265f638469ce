#include "core/rate_limiter.hpp"

#include <algorithm>

namespace greenroom::core {
namespace {

constexpr std::uint32_t exact_marks = 16;  // a quota up to this never shares marks
}  // namespace

limit_policies default_limit_policies() noexcept {
  limit_policies policies{};
  policies[static_cast<std::size_t>(limit_class::status)] = {3, 10};
  policies[static_cast<std::size_t>(limit_class::auth)] = {10, 60};
  policies[static_cast<std::size_t>(limit_class::api)] = {100, 10};
  policies[static_cast<std::size_t>(limit_class::send)] = {50, 10};
  policies[static_cast<std::size_t>(limit_class::create)] = {20, 3600};
  policies[static_cast<std::size_t>(limit_class::failures)] = {10, 60};
  policies[static_cast<std::size_t>(limit_class::guesses)] = {30, 60};
  policies[static_cast<std::size_t>(limit_class::act)] = {30, 10};
  return policies;
}

rate_limiter::rate_limiter(limit_policy policy, std::size_t max_keys)
    : policy_(policy), max_keys_(std::max<std::size_t>(1, max_keys)) {}

limit_verdict rate_limiter::take(std::string_view key, std::uint32_t count, mono_time now) {
  if (policy_.off()) return {};
  entry& which = find_or_add(key);
  forget_old(which, now);
  limit_verdict verdict{true, policy_.quota, policy_.window_s, 0, 0};
  if (count <= policy_.quota - which.used) {
    add_mark(which, count, now);
  } else {
    verdict.allowed = false;
    verdict.retry_after_s = wait_for(which, count, now);
  }
  verdict.remaining = policy_.quota - which.used;
  return verdict;
}

void rate_limiter::give_back(std::string_view key, std::uint32_t count) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  entry& which = *found->second;
  while (count > 0 && !which.marks.empty()) {
    mark& newest = which.marks.back();
    const auto back = std::min(count, newest.count);
    newest.count -= back;
    which.used -= back;
    count -= back;
    if (newest.count == 0) which.marks.pop_back();
  }
}

rate_limiter::entry& rate_limiter::find_or_add(std::string_view key) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    by_age_.splice(by_age_.begin(), by_age_, found->second);
    return *found->second;
  }
  if (by_key_.size() >= max_keys_) {
    by_key_.erase(by_age_.back().key);
    by_age_.pop_back();
  }
  by_age_.push_front({std::string(key), {}, 0});
  by_key_.emplace(by_age_.front().key, by_age_.begin());
  return by_age_.front();
}

void rate_limiter::forget_old(entry& which, mono_time now) const {
  const auto current = std::find_if(which.marks.begin(), which.marks.end(),
                                    [&](const mark& m) { return now < m.last + seconds(policy_.window_s); });
  for (auto old = which.marks.begin(); old != current; ++old) which.used -= old->count;
  which.marks.erase(which.marks.begin(), current);
}

void rate_limiter::add_mark(entry& which, std::uint32_t count, mono_time now) const {
  if (count == 0) return;
  which.used += count;
  const auto shared = std::chrono::duration_cast<mono_time::duration>(seconds(policy_.window_s)) / exact_marks;
  if (policy_.quota > exact_marks && !which.marks.empty() && now - which.marks.back().first < shared) {
    which.marks.back().count += count;
    which.marks.back().last = now;
  } else {
    which.marks.push_back({now, now, count});
  }
}

// Until enough marks are gone; rounded up, because a client that comes back too early is refused again.
std::uint32_t rate_limiter::wait_for(const entry& which, std::uint32_t count, mono_time now) const {
  std::uint32_t used = which.used;
  for (const mark& m : which.marks) {
    used -= m.count;
    if (count <= policy_.quota && used <= policy_.quota - count) {
      const auto left = std::chrono::ceil<seconds>(m.last + seconds(policy_.window_s) - now).count();
      return static_cast<std::uint32_t>(std::max<std::int64_t>(1, left));
    }
  }
  return policy_.window_s;
}

}  // namespace greenroom::core
