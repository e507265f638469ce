#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/ports.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// A rate: at most `quota` in any `window_s` seconds. Quota 0: no limit.
struct limit_policy {
  std::uint32_t quota = 0;
  std::uint32_t window_s = 0;

  [[nodiscard]] constexpr bool off() const noexcept { return quota == 0; }
  friend bool operator==(const limit_policy&, const limit_policy&) = default;
};

/// A policy for each `limit_class`, by its number.
using limit_policies = std::array<limit_policy, limit_class_count>;

/// The policies where nothing is configured: status 3/10, auth 10/60, api 100/10, send 50/10, create 20/3600,
/// failures 10/60, guesses 30/60, act 30/10.
[[nodiscard]] limit_policies default_limit_policies() noexcept;

/// One policy over many keys, exact: in no window do more than `quota` pass, and as many pass again once the window is
/// over. Refused requests don't count.
///
///   key ──► marks, oldest first:  [t1 ×1] [t2 ×1] [t3 ×5]   sum ≤ quota; a mark leaves at its time + window
///
/// A key has at most 17 marks: above that, requests within a 16th of a window share one, which leaves when the last of
/// them would, so that a quota over 16 may refuse a 16th of a window longer than it must, and never passes too
/// much. Above `max_keys`, the key that was asked for least recently is forgotten.
class rate_limiter {
 public:
  explicit rate_limiter(limit_policy policy, std::size_t max_keys = 65536);

  /// Takes `count` for `key`, all or nothing. `now` never runs backwards. More than the quota at once is always
  /// refused.
  limit_verdict take(std::string_view key, std::uint32_t count, mono_time now);

  /// Takes back the last charge of `key`, up to `count` of it: it turned out not to count.
  void give_back(std::string_view key, std::uint32_t count);

  /// Keys remembered, for tests and metrics.
  [[nodiscard]] std::size_t keys() const noexcept { return by_key_.size(); }
  [[nodiscard]] const limit_policy& policy() const noexcept { return policy_; }

 private:
  struct mark {
    mono_time first;
    mono_time last;
    std::uint32_t count = 0;
  };
  struct entry {
    std::string key;
    std::vector<mark> marks;
    std::uint32_t used = 0;  // the sum of the marks
  };

  entry& find_or_add(std::string_view key);
  void forget_old(entry& which, mono_time now) const;
  void add_mark(entry& which, std::uint32_t count, mono_time now) const;
  [[nodiscard]] std::uint32_t wait_for(const entry& which, std::uint32_t count, mono_time now) const;

  limit_policy policy_;
  std::size_t max_keys_;
  std::list<entry> by_age_;                                                  // most recently asked for first
  std::unordered_map<std::string_view, std::list<entry>::iterator> by_key_;  // views into the list's entries
};

}  // namespace greenroom::core
