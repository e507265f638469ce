#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

#include "core/messages/room.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// The users in a room, however many connections each of them has.
///
/// Listeners are told state, never a difference that assumes one common past. A new listener gets the list as it stands
/// (`members`). Changes are held back for an interval, and then each user who changed is reported as being here or not:
/// operations on a set, which mean the same to every listener, whatever list it started from. A user who left and came
/// back within the interval isn't mentioned, unless some listener was given a list in between. Where it isn't known
/// what listeners were told (`doubt`), all of them get the whole list.
class presence {
 public:
  struct bounds {
    milliseconds interval{250};
    std::uint32_t names = 500;   ///< above this many members, only counts go out
    std::uint32_t shown = 100;   ///< names in `members()`
    milliseconds quiet{2000};    ///< after a move no changes are told for this long, because users come back
    std::uint32_t prompt = 100;  ///< up to this many members, changes are told at once where that is wanted
  };

  explicit presence(bounds limit) : limit_(limit) {}

  /// One more connection of `user`. `at_once`: to be told without an interval, as far as that is done.
  void join(const user_id& user, mono_time now, bool at_once = false);
  /// One connection of `user` less. Ignored where the user has none. Others hear the farewell of the last one.
  void leave(const user_id& user, mono_time now, farewell why = {}, bool at_once = false);
  /// Some listeners' node was lost: no changes are told until the quiet time is over, because they come back by another
  /// one. A quiet time that has begun isn't prolonged.
  void hush(mono_time now);
  /// Listeners came with a past that isn't known here: from another owner of the room, or from behind a link that was
  /// broken. As `hush`; the first change after it is the whole list.
  void doubt(mono_time now);

  /// When `take` has a change to tell; nothing if nothing changed.
  [[nodiscard]] std::optional<mono_time> due() const noexcept { return due_; }
  /// The change to tell every listener now, if it is time and something changed.
  [[nodiscard]] std::optional<presence_changed> take(mono_time now);
  /// Whether there are changes that listeners haven't been told of.
  [[nodiscard]] bool holds_back() const noexcept { return !changes_.empty(); }
  /// That this user came, if listeners haven't been told of it and hear names: also within an interval, or a quiet
  /// time.
  [[nodiscard]] std::optional<presence_changed> announce(const user_id& user);

  /// The users who are here at this moment, for one new listener: at most `shown` names.
  [[nodiscard]] room_members members();
  /// Whether there are so few that others hear their names.
  [[nodiscard]] bool tells_names() const { return here_.size() <= limit_.names; }
  /// Whether the user is one of them.
  [[nodiscard]] bool has(const user_id& user) const { return here_.contains(user); }
  [[nodiscard]] std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(here_.size()); }

 private:
  /// A user who came or went since the last `take`.
  struct change {
    bool was_here = false;    ///< at the last `take`
    bool told_other = false;  ///< a list was given while the user was in the opposite state
    std::uint64_t lists = 0;  ///< how many lists had been given when the user changed last
    farewell why{};           ///< of one who left
  };
  void changed(const user_id& user, mono_time now, farewell why, bool at_once);
  [[nodiscard]] presence_changed tell_changes() const;
  [[nodiscard]] presence_changed tell_all() const;

  bounds limit_;
  std::unordered_map<user_id, std::uint32_t> here_;  ///< connections of each
  std::map<user_id, change> changes_;                ///< since the last `take`; without those who are back unnoticed
  std::optional<mono_time> due_;
  std::uint64_t lists_ = 0;  ///< given by `members`
  bool quiet_ = false;
  bool doubtful_ = false;  ///< some listener's list isn't known
  bool stale_ = false;     ///< changes were told by number only: names that listeners have are out of date
  bool partial_ = false;   ///< some listener was given a part of the names
};

}  // namespace greenroom::core
