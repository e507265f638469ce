#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "core/check.hpp"

namespace greenroom::core {

/// Collects the next commit: the appends that were queued while the last one ran, across rooms, without a timer.
/// `Append` is one room's append, `Asker` stands for its answer; at most one per room is here at a time.
template <class Append, class Asker>
class journal {
 public:
  struct group {
    std::vector<Append> appends;
    std::vector<Asker> askers;  ///< as long as `appends`

    [[nodiscard]] bool empty() const noexcept { return appends.empty(); }
  };

  /// `entries`: a commit is not begun with more than this.
  explicit journal(std::size_t entries) : limit_(entries) {}

  /// Queues an append of `entries` entries. True: the shell must send itself a flush, for none is on its way.
  [[nodiscard]] bool add(Append append, Asker asker, std::size_t entries) {
    queue_.push_back({std::move(append), std::move(asker), entries});
    return !std::exchange(flushing_, true);
  }

  /// The next commit: as many appends as fit, at least one. Those that don't fit stay for the next.
  [[nodiscard]] group take() {
    group out;
    std::size_t entries = 0, count = 0;
    for (auto& one : queue_) {
      if (count > 0 && entries + one.entries > limit_) break;
      entries += one.entries;
      ++count;
      out.appends.push_back(std::move(one.append));
      out.askers.push_back(std::move(one.asker));
    }
    GREENROOM_CHECK(count > 0 || queue_.empty());
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    return out;
  }

  /// The flush is done. True: the shell must send itself another one.
  [[nodiscard]] bool flushed() {
    flushing_ = !queue_.empty();
    return flushing_;
  }

 private:
  struct queued {
    Append append;
    Asker asker;
    std::size_t entries = 0;
  };
  std::size_t limit_;
  bool flushing_ = false;
  std::vector<queued> queue_;
};

}  // namespace greenroom::core
