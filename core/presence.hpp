#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>

#include "core/messages.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// Who is in a room: users, however many connections each has. What changed is held back for a moment, so that somebody
/// who reconnects is not seen leaving.
class presence {
 public:
  struct bounds {
    milliseconds interval{250};
    std::uint32_t names = 500;  ///< above so many members, only counts go out
    std::uint32_t shown = 100;  ///< names in `members()`
  };

  explicit presence(bounds limit) : limit_(limit) {}

  /// One more connection of `user`. `quietly`: a move brought it, nobody came.
  void join(const user_id& user, mono_time now, bool quietly = false);
  /// One connection of `user` less.
  void leave(const user_id& user, mono_time now);

  /// When `take` has something to say; nothing if nothing changed.
  [[nodiscard]] std::optional<mono_time> due() const noexcept { return due_; }
  /// What changed since the last call, if it is time.
  [[nodiscard]] std::optional<presence_changed> take(mono_time now);

  [[nodiscard]] room_members members() const;
  [[nodiscard]] std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(here_.size()); }

 private:
  void changed(mono_time now);

  bounds limit_;
  std::unordered_map<user_id, std::uint32_t> here_;  ///< connections of each
  std::set<user_id> joined_, left_;
  std::optional<mono_time> due_;
};

}  // namespace greenroom::core
