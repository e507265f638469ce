#pragma once
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// A catalog that an edge found: the how manyth.
using catalog_turn = number_id<struct catalog_turn_tag>;

/// Chooses the catalog for the next question of an edge that has none of its own, of which any node's will do:
///
///   none ──found──► kept ── 10 s passed, a question to it failed, lost ──► none
///
/// A question that a catalog couldn't answer is asked again, of another one; three times in all. An error that is about
/// the question itself is its answer.
class catalog_choice {
 public:
  static constexpr unsigned tries = 3;              ///< of one question
  static constexpr milliseconds patience{1000};     ///< with one catalog, before another is asked
  static constexpr milliseconds keeps_for{10'000};  ///< one catalog, before the next has its turn

  /// Whether the catalog that was found last is asked; else one is to be found, another where there is another.
  [[nodiscard]] bool keeps(mono_time now) const noexcept { return kept_ && now < renew_at_; }
  /// One was found.
  void found(mono_time now) noexcept {
    kept_ = true;
    renew_at_ = now + keeps_for;
    ++turn_;
  }
  /// The one that was found last.
  [[nodiscard]] catalog_turn turn() const noexcept { return turn_; }
  /// That one went down.
  void lost() noexcept { kept_ = false; }
  /// A question to the catalog of that turn failed, its `tried`th try. Returns whether it is to be asked again.
  [[nodiscard]] bool failed(catalog_turn asked, unsigned tried, ec why) noexcept {
    if (why != ec::unavailable) return false;
    if (asked == turn_) kept_ = false;
    return tried < tries;
  }

 private:
  catalog_turn turn_;
  bool kept_ = false;
  mono_time renew_at_{};
};

}  // namespace greenroom::core
