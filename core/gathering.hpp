#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>

#include "core/time.hpp"

namespace greenroom::core {

/// How long a busy room waits for more posts before it appends again. Authors who were just answered are about to post
/// again; in one append their posts cost one commit, one encoding and one write per listener, in several, many of each.
///
///   appends at once ──answered, a crowd was under way──► holds ──nearly as many wait, or it is due──► appends at once
///
/// A room where little is under way never holds.
class gathering {
 public:
  struct bounds {
    std::size_t crowd = 8;                      ///< posts under way that are worth waiting for
    std::chrono::microseconds least{1000};      ///< for the round trip, whatever the number of listeners
    std::chrono::microseconds a_listener{8};    ///< and for each listener: to write to it and hear of it
    std::chrono::microseconds longest{10'000};  ///< never longer; 0: never at all
  };

  explicit gathering(bounds within) : bounds_(within) {}

  /// An append was stored: its posts and the waiting ones were `under_way`. The next one has room for `most` posts.
  void begin(std::size_t under_way, std::size_t listeners, std::size_t most, mono_time now) {
    due_.reset();
    if (under_way < bounds_.crowd || bounds_.longest.count() == 0) return;
    // Some authors lose patience or write less than before: the last of them isn't worth the rest of the time.
    wanted_ = std::min(most, under_way - under_way / 20);
    const auto all = static_cast<std::chrono::microseconds::rep>(listeners) * bounds_.a_listener;
    due_ = now + std::min(bounds_.longest, bounds_.least + all);
  }

  /// Whether an append of the `waiting` posts still has to wait. After the first false, none waits until `begin`.
  [[nodiscard]] bool holds(std::size_t waiting, mono_time now) {
    if (due_ && (waiting >= wanted_ || now >= *due_)) due_.reset();
    return due_.has_value();
  }

  /// When the wait ends at the latest; nothing while appends go at once.
  [[nodiscard]] std::optional<mono_time> due() const noexcept { return due_; }

 private:
  bounds bounds_;
  std::size_t wanted_ = 0;
  std::optional<mono_time> due_;
};

}  // namespace greenroom::core
