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
    milliseconds quiet{2000};   ///< after a move nothing is said for so long: who was here comes back
  };

  explicit presence(bounds limit) : limit_(limit) {}

  /// One more connection of `user`.
  void join(const user_id& user, mono_time now);
  /// One connection of `user` less.
  void leave(const user_id& user, mono_time now);
  /// The room moved, or a part of its listeners was lost: nothing is said until the quiet time is over.
  void hush(mono_time now);
  /// Some listeners were told that these are here. Of those who are not when the quiet time is over, everybody hears.
  void told(const std::vector<user_id>& shown);

  /// When `take` has something to say; nothing if nothing changed.
  [[nodiscard]] std::optional<mono_time> due() const noexcept { return due_; }
  /// What changed since the last call, if it is time.
  [[nodiscard]] std::optional<presence_changed> take(mono_time now);

  /// Who is here, for somebody who comes: they are told.
  [[nodiscard]] room_members members();
  [[nodiscard]] std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(here_.size()); }

 private:
  void changed(mono_time now);
  void compare();

  bounds limit_;
  std::unordered_map<user_id, std::uint32_t> here_;  ///< connections of each
  std::set<user_id> joined_, left_;
  std::optional<mono_time> due_;
  bool quiet_ = false;
  bool anybody_told_ = false;                    ///< some listener here heard who is here
  std::set<user_id> told_some_;                  ///< while it is quiet: of these somebody was told
  std::optional<std::set<user_id>> told_all_{};  ///< … and of these everybody; nothing: nobody was told anything
};

}  // namespace greenroom::core
