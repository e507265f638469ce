#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "test/simulation/task.hpp"

namespace greenroom::simulation {

/// Virtual time, and what is to happen when. Everything happens on one thread, one after the other.
class scheduler {
 public:
  /// `what` happens at `when`, or now where that is over. What is due at the same time happens in the order of the
  /// calls.
  void at(core::mono_time when, task what);
  void after(core::mono_time::duration wait, task what) { at(now_ + wait, std::move(what)); }

  /// Does what is due next, and moves the time there. False: nothing is left.
  bool step();

  [[nodiscard]] core::mono_time now() const noexcept { return now_; }
  /// When `step` does something; `now()` where nothing is left.
  [[nodiscard]] core::mono_time next() const noexcept { return due_.empty() ? now_ : due_.front().when; }
  /// What has been done since the beginning.
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

 private:
  struct entry {
    core::mono_time when;
    std::uint64_t order;
    std::size_t place;  ///< in `tasks_`

    friend bool operator<(const entry& a, const entry& b) noexcept {  // a heap has its largest in front
      return a.when != b.when ? a.when > b.when : a.order > b.order;
    }
  };

  core::mono_time now_{seconds_from_start};
  std::uint64_t order_ = 0;
  std::uint64_t steps_ = 0;
  std::vector<entry> due_;
  std::vector<task> tasks_;
  std::vector<std::size_t> free_;

  /// Clocks that stand at zero hide mistakes.
  static constexpr core::seconds seconds_from_start{1000};
};

}  // namespace greenroom::simulation
