#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/check.hpp"
#include "core/ids.hpp"

namespace greenroom::core {

/// Entries that were not sent and will not be: both ends included.
struct entry_gap {
  seq_no from;
  seq_no to;
  friend bool operator==(const entry_gap&, const entry_gap&) = default;
};

/// The frames [begin, end) of a batch; nothing where they are equal.
struct frame_range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  [[nodiscard]] bool empty() const noexcept { return begin == end; }
};

/// One subscription of one connection: which entries of a room go out, which wait, which are missed. In whatever order
/// entries are offered, each is sent at most once and in order, and those left out are in a gap.
///
///     closed ── open ──► open ── refused, skip, a batch too far ahead ──► hole
///       │ holds batches    ▲                                               │ grows with every batch
///       └ beyond its       └── told ── telling ◄── drained: names the gap ─┘
///         bound: loses                   └ holds, and loses, like a closed one
///
/// Entries after a gap are sent only once the listener was told of the gap.
///
/// `Batch` is a handle of a batch's frames; only those of held batches are copied.
template <class Batch>
class cursor {
 public:
  /// An effect of `open`: send these frames of that batch, the first of which is entry `first`.
  struct piece {
    Batch what;
    seq_no first;
    frame_range frames;
  };

  /// Closed. Holds `hold_limit` batches until it is opened.
  explicit cursor(std::uint16_t hold_limit) : hold_limit_(hold_limit) {}

  /// Entries `first` to `first + count - 1` are here. Says which frames to send now.
  [[nodiscard]] frame_range batch(seq_no first, std::uint32_t count, const Batch& what) {
    if (count == 0) return {};
    const seq_no last = first + (count - 1);
    if (last < next_) return {};
    if (phase_ == phase::open) {
      if (first > next_) {
        tear(last);
        return {};
      }
      const auto begin = static_cast<std::uint32_t>(next_ - first);
      next_ = last + 1;
      return {begin, count};
    }
    if (phase_ == phase::hole || until_ || held_count() == hold_limit_) {
      until_ = std::max(until_, last);
      return {};
    }
    if (!held_) held_ = std::make_unique<std::vector<held>>();
    held_->push_back({what, first, count});
    return {};
  }

  /// Everything before `next` was sent in another way. Returns the parts of held batches to send, in order; a `hole`
  /// may follow. A cursor that was opened before only moves on.
  [[nodiscard]] std::vector<piece> open(seq_no next) { return let_out(std::max(next_, next)); }

  /// The listener was told of `gap`: works as `open` does. Nothing where another gap, or none, is being told.
  [[nodiscard]] std::vector<piece> told(const entry_gap& gap) {
    if (!tells(gap)) return {};
    return let_out(next_);
  }

  /// Entries up to `head` can't be fetched: those that weren't sent are a hole, unless they are held.
  void skip(seq_no head) {
    if (head < next_) return;
    switch (phase_) {
      case phase::open:
        tear(head);
        break;
      case phase::hole:
        until_ = std::max(until_, head);
        break;
      case phase::closed:
      case phase::telling:
        if (held_count() == 0 || head >= held_->back().first + held_->back().count) until_ = std::max(until_, head);
        break;
    }
  }

  /// Frames that this cursor said to send were refused, from entry `from` on.
  void refused(seq_no from) {
    if (holds() || from >= next_) return;
    if (phase_ == phase::open) tear(next_ - 1);
    next_ = from;
  }

  /// There is room again. Returns the gap to name, after which `told` continues behind it; nothing without a hole.
  [[nodiscard]] std::optional<entry_gap> drained() {
    if (phase_ != phase::hole) return std::nullopt;
    const entry_gap gap{next_, until_};
    GREENROOM_CHECK(gap.from <= gap.to);
    phase_ = phase::telling;
    told_from_ = next_;
    next_ = until_ + 1;
    until_ = {};
    return gap;
  }

  /// Whether it waits for `told` of `gap`: no other gap may be named to the listener until then.
  [[nodiscard]] bool tells(const entry_gap& gap) const noexcept {
    return phase_ == phase::telling && gap == entry_gap{told_from_, next_ - 1};
  }
  /// Whether entries were left out that no gap has named yet.
  [[nodiscard]] bool holed() const noexcept { return phase_ == phase::hole; }
  /// Whether `open` hasn't come yet.
  [[nodiscard]] bool closed() const noexcept { return phase_ == phase::closed; }

 private:
  enum class phase : std::uint8_t { closed, open, hole, telling };
  struct held {
    Batch what;
    seq_no first;
    std::uint32_t count;
  };

  [[nodiscard]] bool holds() const noexcept { return phase_ == phase::closed || phase_ == phase::telling; }
  [[nodiscard]] std::size_t held_count() const noexcept { return held_ ? held_->size() : 0; }
  std::vector<piece> let_out(seq_no next) {
    std::vector<piece> out;
    phase_ = phase::open;
    next_ = next;
    const seq_no lost = std::exchange(until_, {});
    if (const auto waiting = std::move(held_)) {
      for (held& one : *waiting) {
        const frame_range range = batch(one.first, one.count, one.what);
        if (!range.empty()) out.push_back({std::move(one.what), one.first + range.begin, range});
      }
    }
    skip(lost);
    return out;
  }
  void tear(seq_no until) {
    phase_ = phase::hole;
    until_ = until;
  }

  phase phase_ = phase::closed;
  std::uint16_t hold_limit_;
  seq_no next_;                              ///< the next to send; in a hole the first that is missing
  seq_no until_;                             ///< in a hole, or lost while holding: the last that is missing; else 0
  seq_no told_from_;                         ///< while telling: the first of the gap
  std::unique_ptr<std::vector<held>> held_;  ///< only while closed or telling
};

}  // namespace greenroom::core
