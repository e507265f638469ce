#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>

#include "core/time.hpp"

namespace greenroom::core {

/// How long a busy room waits for more before it appends again. Those who were just answered are about to post again;
/// their posts in one append cost one commit, one encoding and one write a listener, in several as many of each.
///
///   appends at once ──answered, a crowd was under way──► holds ──nearly as many wait, or it is due──► appends at once
///
/// A room where little is under way never holds.
class gathering {
 public:
  struct bounds {
    std::size_t crowd = 8;                      ///< posts under way that are worth waiting for
    std::chrono::microseconds least{1000};      ///< for the way there and back, whoever listens
    std::chrono::microseconds a_listener{8};    ///< and for each listener: to write to a socket, and hear of it
    std::chrono::microseconds longest{10'000};  ///< never longer; 0: never at all
  };

  explicit gathering(bounds within) : bounds_(within) {}

  /// An append was stored: it and what waits were `under_way`. The next one has room for `most` posts.
  void begin(std::size_t under_way, std::size_t listeners, std::size_t most, mono_time now) {
    due_.reset();
    if (under_way < bounds_.crowd || bounds_.longest.count() == 0) return;
    // Some lose patience or say less than before: the last of them isn't worth the rest of the time.
    wanted_ = std::min(most, under_way - under_way / 20);
    const auto all = static_cast<std::chrono::microseconds::rep>(listeners) * bounds_.a_listener;
    due_ = now + std::min(bounds_.longest, bounds_.least + all);
  }

  /// Whether an append of the `waiting` posts has still to wait. Once it hasn't, none has until the next `begin`.
  [[nodiscard]] bool holds(std::size_t waiting, mono_time now) {
    if (due_ && (waiting >= wanted_ || now >= *due_)) due_.reset();
    return due_.has_value();
  }

  /// When it is over at the latest; nothing while appends go at once.
  [[nodiscard]] std::optional<mono_time> due() const noexcept { return due_; }

 private:
  bounds bounds_;
  std::size_t wanted_ = 0;
  std::optional<mono_time> due_;
};

}  // namespace greenroom::core
