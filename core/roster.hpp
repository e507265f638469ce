#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_set>

#include "core/direct.hpp"
#include "core/messages/ownership.hpp"

namespace greenroom::core {

/// How many of something a room may have.
struct roster_limits {
  std::size_t moderators = 200;
  std::size_t mutes = 1000;
  std::size_t bans = 100'000;
};

/// The verdict on an act: it is to be stored with its effect, or it isn't.
struct verdict {
  ec code = ec::none;                          ///< the refusal
  bool unchanged = false;                      ///< allowed, but nothing would change
  std::shared_ptr<const act_effect> effect{};  ///< neither: to be stored
};

/// The people who may be in a room, their roles, and its settings. It is read when the room is opened, and changed as
/// the database confirms it.
class roster {
 public:
  /// Takes settings, members, moderators, bans and mutes out of `opened`.
  roster(room_opened& opened, roster_limits limits, room_nature nature = room_nature::room);

  /// Whether this user may read in the room.
  [[nodiscard]] bool admits(const user_id& user, wall_time now) const { return refusal_of(user, now) == ec::none; }
  /// Why not: `banned`, `forbidden` or `not_found`; `none`: they may.
  [[nodiscard]] ec refusal_of(const user_id& user, wall_time now) const;
  /// The mode that keeps this user out, who may read. Nothing keeps moderators out. `people`: how many are there
  /// now; 0 for somebody who is one of them.
  [[nodiscard]] room_bar bar_to(const user_id& user, std::string_view key, std::uint32_t people) const;
  /// Whether this user may write there: `none`, or that, or `muted`, `read_only`, `blocked`; `forbidden` where a mask
  /// keeps them out.
  [[nodiscard]] ec may_write(const user_id& user, wall_time now) const;
  /// The ban, or else the mute, of that user that holds; null: none.
  [[nodiscard]] const sanction* sanction_of(const user_id& user, wall_time now) const;
  /// The mute that holds; null: none.
  [[nodiscard]] const sanction* mute_of(const user_id& user, wall_time now) const;

  /// The effect that an act of `by` would have, which isn't words. Refusals: those of `permitted` and `refusal_of`;
  /// `limit_reached`; `not_found` for a person who isn't a member where they must be one; `conflict` for adding who is
  /// banned; `bad_request` for an end that has passed, or is more than ten years away. `here`: the person listens in
  /// the room, so that they can be removed from it without being a member. An invite is refused only with `banned`, of
  /// the person who comes by it, and with `gone`, whatever it is that its maker may not do. `as_admin`: an admin of the
  /// server does it, who may be banned here, or not be let in. Edits and reactions are for those who `may_write`,
  /// admins or not; `forbidden` where nobody may edit.
  [[nodiscard]] verdict judge(entry_kind kind, const act& what, const user_id& by, wall_time now, bool here = false,
                              bool as_admin = false) const;
  /// The act is durable, done by `by` with this reason.
  void apply(entry_kind kind, const act_effect& done, const user_id& by, const shared_text& why);
  /// Forgets bans and mutes that have ended.
  void forget_ended(wall_time now);
  /// All of it was read again. True: somebody may be in the room no more who could be in it before.
  bool renew(room_opened& opened);

  [[nodiscard]] room_role role_of(const user_id& user) const;
  /// Whether the person is known to exist, for they have a role here.
  [[nodiscard]] bool knows(const user_id& user) const { return role_of(user) != room_role::outsider; }
  [[nodiscard]] const room_settings& settings() const noexcept { return settings_; }
  /// A direct room: one of its people has blocked the other.
  [[nodiscard]] bool blocked() const noexcept { return blocked_; }
  [[nodiscard]] const user_id& owner() const noexcept { return owner_; }
  /// All members, where a room knows them (`knows_members`), in no order.
  [[nodiscard]] const std::unordered_set<user_id>& members() const noexcept { return members_; }
  /// Rises with every removal, so that relays can compare it. Never 0.
  [[nodiscard]] roster_no number() const noexcept { return number_; }
  /// The number in the database when it was read: another one there means that the roster was changed elsewhere.
  [[nodiscard]] membership_no membership() const noexcept { return membership_; }
  /// It is to be read again: the settings changed so that members count who aren't known, or so that others must leave.
  [[nodiscard]] bool must_be_read() const noexcept { return unread_; }

 private:
  // Looked up for every post. By hash, as a search among 100,000 names costs more than all the rest of a post.
  struct hash_of_user {
    using is_transparent = void;
    std::size_t operator()(const user_id& user) const noexcept { return std::hash<user_id>{}(user); }
    std::size_t operator()(const sanction& one) const noexcept { return (*this)(one.user); }
  };
  struct same_user {
    using is_transparent = void;
    bool operator()(const sanction& a, const sanction& b) const noexcept { return a.user == b.user; }
    bool operator()(const sanction& a, const user_id& user) const noexcept { return a.user == user; }
    bool operator()(const user_id& user, const sanction& a) const noexcept { return a.user == user; }
  };
  using people = std::unordered_set<user_id>;
  using sanctions = std::unordered_set<sanction, hash_of_user, same_user>;  ///< one a user

  void take(room_opened& opened);
  [[nodiscard]] static const sanction* holding(const sanctions& among, const user_id& user, wall_time now);
  [[nodiscard]] bool is_member(const user_id& user) const;
  [[nodiscard]] verdict judge_own(entry_kind kind, const act& what, const user_id& by, wall_time now, bool here,
                                  bool as_admin) const;
  [[nodiscard]] verdict judge_written(entry_kind kind, const act& what, const user_id& by, wall_time now) const;
  [[nodiscard]] verdict about_person(entry_kind kind, const act& what, room_role on, bool must_be_member,
                                     wall_time now) const;
  void set_role(const user_id& user, room_role role);
  void take_out(const user_id& user);

  roster_limits limits_;
  roster_no number_{1};
  membership_no membership_;
  room_settings settings_;
  bool unread_ = false;
  user_id owner_;
  room_nature nature_;
  bool blocked_ = false;
  people members_;  ///< where they must be known
  people moderators_;
  sanctions bans_, mutes_;
};

}  // namespace greenroom::core
