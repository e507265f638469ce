#pragma once
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "core/messages/log.hpp"

namespace greenroom::core {

/// The last entries of a room's log, bounded in number and bytes. Every answer says whether it is complete.
class history {
 public:
  struct bounds {
    std::size_t entries = 500;
    std::size_t bytes = 256 * 1024;
  };
  struct slice {
    std::vector<room_entry> entries;  ///< contiguous, up to the head
    bool complete = true;             ///< false: older entries that were asked for aren't here any more
  };

  /// The findings of `pass_on`.
  struct passed {
    bool any = false;             ///< something of the author's, or about them
    std::vector<seq_no> emptied;  ///< ascending
  };

  /// An empty ring of a log whose head is `head`.
  history(bounds limit, seq_no head) : limit_(limit), head_(head) {}

  /// Keeps the entry that follows the head; drops the oldest where the bounds say so.
  void push(room_entry&& entry);
  /// Everything after `after`. Empty and complete at the head; empty and incomplete beyond it.
  [[nodiscard]] slice after(seq_no after) const;
  /// The last `count`, or as many as there are.
  [[nodiscard]] slice last(std::size_t count) const;

  /// The entry with this number, if it is still here; null: it isn't, or isn't yet.
  [[nodiscard]] const room_entry* find(seq_no seq) const;
  /// Empties the message at `target` and its edits, as far as they are still here: `by` is the entry that erases it.
  void erase(seq_no target, seq_no by);
  /// Makes `heir` the author of what `author` wrote, without the client ids, and the subject of entries about `author`.
  /// With `erase`, what they wrote is emptied (`is_written`). Returns whether there was anything, and what was emptied.
  passed pass_on(const user_id& author, const user_id& heir, bool erase = false);
  /// Empties messages here that are empty in the log by now, whose last entries are `tail`. Returns those of them that
  /// no entry erased, by their authors: these were deleted.
  std::vector<std::pair<user_id, seq_no>> empty_as_in(const std::vector<room_entry>& tail);

  [[nodiscard]] seq_no head() const noexcept { return head_; }
  [[nodiscard]] std::size_t size() const noexcept { return ring_.size(); }

 private:
  void empty(room_entry& entry, seq_no by);

  bounds limit_;
  seq_no head_;
  std::size_t bytes_ = 0;
  std::deque<room_entry> ring_;
};

}  // namespace greenroom::core
