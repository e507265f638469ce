#pragma once
#include <optional>
#include <vector>

#include "core/messages/ownership.hpp"

namespace greenroom::core {

/// A requested change of a private room's members.
struct member_act {
  asker_id asker;
  user_id by;
  user_id member;
  bool add = false;       ///< else they are removed
  bool doubtful = false;  ///< an earlier attempt was perhaps stored: then the act is done if it holds already
};

/// The users who may be in a room: everybody in a public one, the members of a private one. It is read when the room is
/// opened, and changed as the database confirms it. Roles and bans will be kept here too.
class roster {
 public:
  /// Takes the members out of `opened`.
  explicit roster(room_opened& opened);

  [[nodiscard]] bool is_private() const noexcept { return number_.value != 0; }
  /// Whether this user may read and write in the room.
  [[nodiscard]] bool admits(const user_id& user) const { return !is_private() || has(user); }
  /// Nothing: the act is allowed, and must be stored. `none`: it is done already. Else the refusal: `not_found` where
  /// the asker isn't a member, or there is nobody to remove; `forbidden`; `conflict` for an owner who would leave,
  /// and in a public room, which keeps no members here.
  [[nodiscard]] std::optional<ec> judge(const member_act& act) const;
  /// The act is durable.
  void apply(const member_act& act);
  /// The members were read again. True: a former member is missing.
  bool renew(room_opened& opened);

  /// Rises with every removal, so that relays can compare it; 0 in a public room.
  [[nodiscard]] roster_no number() const noexcept { return number_; }
  /// The number in the database when it was read: another one there means that members were changed elsewhere.
  [[nodiscard]] membership_no membership() const noexcept { return membership_; }

 private:
  [[nodiscard]] bool has(const user_id& user) const;
  void take(room_opened& opened);

  roster_no number_;
  membership_no membership_;
  user_id owner_;
  std::vector<user_id> members_;  ///< sorted: 32 bytes each, as a large room may have many
};

}  // namespace greenroom::core
