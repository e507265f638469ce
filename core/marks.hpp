#pragma once
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/messages/marks.hpp"
#include "core/time.hpp"

namespace greenroom::core {

struct marks_limits {
  milliseconds pause{1000};       ///< from the begin of one write to the next
  std::size_t written = 1000;     ///< in one write, at most
  std::size_t waiting = 100'000;  ///< marks of further rooms and users are dropped
};

/// The read marks of a node's clients, on their way to the database: of each user and room the highest waits. One write
/// at a time, and one a second. A mark only rises, so a write whose outcome isn't known is made again.
class marks {
 public:
  explicit marks(marks_limits limits) : limits_(limits) {}

  /// A client's marks, which reach a user's rooms from now on. Returns how many were dropped, as too many wait.
  std::size_t add(const user_id& user, const std::vector<std::pair<room_id, seq_no>>& read);
  /// When `take` has the next write; nothing: no mark waits, or a write is under way.
  [[nodiscard]] std::optional<mono_time> due() const;
  /// The next write, if it is due. `written` has its outcome.
  std::vector<read_mark> take(mono_time now);
  /// `none`: it is durable; else all of it waits again.
  void written(ec outcome);
  /// Whether marks wait, and the database took the last ones.
  [[nodiscard]] bool can_be_waited_for() const noexcept {
    return !failing_ && (!waiting_.empty() || !under_way_.empty());
  }

 private:
  using reader = std::pair<user_id, room_id>;
  struct hash {
    std::size_t operator()(const reader& one) const noexcept {
      return hash_folded(one.first.value) * 31 + hash_folded(one.second.value);
    }
  };

  bool keep(reader whose, seq_no seq);

  marks_limits limits_;
  std::unordered_map<reader, seq_no, hash> waiting_;
  std::vector<read_mark> under_way_;
  mono_time next_at_{};                 ///< the next write begins then, or later
  std::size_t most_ = limits_.written;  ///< of the next write: half as many after each that failed
  bool failing_ = false;
};

}  // namespace greenroom::core
