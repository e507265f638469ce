#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/direct.hpp"
#include "core/messages/log.hpp"
#include "test/simulation/room_state.hpp"

namespace greenroom::simulation {

/// What a room's log implies, entry by entry: who is what in the room, how it is set up, and whether the next entry may
/// stand where it does. It knows nothing of the room's machine but the table of who may do what.
///
/// Members are also changed behind the room's back. Until the room is opened again, it may go by what they were before.
class ledger {
 public:
  ledger() = default;
  /// A new room, and everybody who has an account.
  ledger(room_state made, const std::set<core::user_id>* people, core::room_nature nature = core::room_nature::room)
      : state_(std::move(made)), people_(people), nature_(nature) {}

  /// The next entry, with its effect. Returns what is wrong with it; empty: nothing.
  std::string append(const core::room_entry& entry);
  /// The user is a member now, or isn't one, though no entry says so.
  void changed_elsewhere(const core::user_id& user, bool is_member);
  /// One of the people of a direct room has blocked the other, or no more.
  void block_changed(bool stands) { blocks_.insert(blocked_ = stands); }
  /// An owner has read all of it.
  void opened() {
    before_.clear();
    blocks_ = {blocked_};
  }

  [[nodiscard]] bool may_read(const core::user_id& user, core::wall_time now) const;
  /// Whether a room may take them for that.
  [[nodiscard]] bool may_be(const core::user_id& user, core::room_role role) const;
  [[nodiscard]] const room_state& state() const noexcept { return state_; }
  [[nodiscard]] bool blocked() const noexcept { return blocked_; }
  /// The reactions to a message that stand, and whether it is pinned.
  [[nodiscard]] message_rows rows_of(core::seq_no message) const;

 private:
  using roles = std::set<core::room_role>;
  struct written {
    core::user_id author;
    core::entry_kind kind;
    core::wall_time at;
    core::seq_no target;
  };

  [[nodiscard]] roles roles_of(const core::user_id& user) const;
  [[nodiscard]] bool may_be_in(const core::user_id& user) const;
  [[nodiscard]] std::string judge(const core::room_entry& entry, const core::act& what) const;
  [[nodiscard]] std::string judge_written(const core::room_entry& entry, core::room_role by) const;
  [[nodiscard]] std::string judge_on_message(const core::room_entry& entry, core::room_role by) const;
  [[nodiscard]] std::string judge_react(const core::room_entry& entry) const;
  [[nodiscard]] std::string judge_act(const core::room_entry& entry, const core::act& what, core::room_role by) const;
  [[nodiscard]] std::string judge_subject(const core::room_entry& entry, const core::act& what) const;
  void carry_out(const core::room_entry& entry, const core::act& what);
  void carry_out_on_message(const core::room_entry& entry);

  room_state state_;
  const std::set<core::user_id>* people_ = nullptr;
  core::room_nature nature_ = core::room_nature::room;
  bool blocked_ = false;
  std::set<bool> blocks_{false};  ///< what it was since an owner read it last
  std::map<core::seq_no, reaction_rows> reactions_;
  std::set<core::seq_no> pins_;
  std::map<core::user_id, roles> before_;  ///< what they were when an owner read it last
  std::vector<written> log_;
};

}  // namespace greenroom::simulation
