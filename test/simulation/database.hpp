#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/messages/catalog.hpp"
#include "core/messages/deletion.hpp"
#include "core/messages/direct.hpp"
#include "core/messages/follower.hpp"
#include "core/messages/log.hpp"
#include "core/messages/marks.hpp"
#include "core/messages/ownership.hpp"
#include "core/result.hpp"
#include "core/room.hpp"
#include "storage/journal_store.hpp"
#include "test/simulation/checker.hpp"
#include "test/simulation/followed_rows.hpp"
#include "test/simulation/room_state.hpp"
#include "test/simulation/sabotage.hpp"

namespace greenroom::simulation {

using core::ec;

using storage::room_append;

/// A room's row, as the comparison of epochs reads it.
struct room_row {
  core::room_key room;
  core::room_standing standing;
};

/// The chat database in the plainest words: each function is one statement, which happens at once. It tells the checker
/// what it has done.
class database {
 public:
  database(checker& told, sabotage wrong) : check_(told), wrong_(wrong) {}

  // ---- as the journal sees it (`storage::journal_store`)

  core::result<core::room_opened> open(const core::open_room& wanted, std::uint32_t tail);
  core::append_result append(const room_append& wanted);
  [[nodiscard]] std::vector<room_row> standings(const std::vector<core::room_key>& rooms) const;
  [[nodiscard]] core::view_version newest_view() const;

  // ---- as the catalog sees it (`storage::room_store`)

  core::result<core::room_entered> enter(const core::enter_room& visit, core::generation_id fresh, core::wall_time now);
  core::result<core::room_entered> create(const core::create_room& wanted, core::generation_id fresh,
                                          core::wall_time now);
  [[nodiscard]] core::result<core::room_info> find(const core::room_id& room, const core::user_id& user,
                                                   core::wall_time now) const;
  core::status join_members(const core::join_members& wanted, core::wall_time now);
  core::status delete_room(const core::delete_room& wanted, core::wall_time now);
  [[nodiscard]] core::result<core::history_page> read_history(const core::read_history& wanted,
                                                              core::wall_time now) const;
  [[nodiscard]] core::room_heads read_heads(const core::read_heads& wanted) const;

  // ---- people, in database_people.cpp

  core::marks_moved move_marks(const core::move_marks& wanted);
  [[nodiscard]] core::rooms_synced sync_rooms(const core::sync_rooms& wanted, core::wall_time now) const;
  core::result<core::room_entered> open_direct(const core::open_direct& wanted, core::generation_id fresh,
                                               core::wall_time now);
  /// `by` blocks the other, or doesn't any more.
  core::blocks_changed change_block(const core::user_id& by, const core::user_id& blocked, bool stands);
  /// Whether one of the people of that direct room has blocked the other.
  [[nodiscard]] bool is_blocked(const core::room_id& room) const;
  /// A member's mark; nothing: they aren't one.
  [[nodiscard]] std::optional<core::seq_no> mark_of(const core::room_id& room, const core::user_id& user) const;

  // ---- as the follower sees it (`storage::follower_store`), in database_follower.cpp

  [[nodiscard]] core::rooms_behind find_behind(core::room_key after, std::uint32_t limit) const;
  [[nodiscard]] std::vector<core::followed_log> read_logs(const std::vector<core::follow_room>& rooms) const;
  core::notices_stored store(const core::notices& wanted);
  /// Null: there is no such room.
  [[nodiscard]] const followed_rows* followed(const core::room_id& room) const;

  /// Somebody changes the members of a room behind its owner's back, as a deletion or an operator does. An owner of the
  /// room stays; nobody who is banned comes in.
  void change_elsewhere(const core::room_id& room, const core::user_id& member, bool add);

  [[nodiscard]] bool exists(const core::room_id& room) const { return rooms_.contains(room); }
  [[nodiscard]] core::seq_no head_of(const core::room_id& room) const { return {rooms_.at(room)->log.size()}; }
  [[nodiscard]] bool admits(const core::room_id& room, const core::user_id& user, core::wall_time now) const;
  /// The newest epoch of the room with that key; 0 where there is no such room.
  [[nodiscard]] core::epoch_no epoch_of(core::room_key key) const;

 private:
  struct own_part {
    core::seq_no read;
    std::uint64_t read_texts = 0;
  };
  struct row {
    core::room_info info;  ///< its settings and its owner are in `state`
    core::room_key key;
    core::epoch_no epoch;
    core::node_name node;
    core::view_version view;
    core::membership_no membership{1};
    room_state state;
    std::vector<core::room_entry> log;
    std::map<std::pair<std::string, std::string>, core::seq_no> ids;
    std::map<core::seq_no, message_rows> messages;  ///< those with reactions, or a pin
    std::size_t pins = 0;
    std::uint64_t texts = 0;                  ///< words of the log, erased ones too
    std::map<core::user_id, own_part> marks;  ///< of the members
    followed_rows followed;
  };

  core::room_entered make(const core::room_id& room, const core::user_id& owner, core::room_access access,
                          const std::vector<core::user_id>& members, core::generation_id fresh);
  [[nodiscard]] row* find(core::room_key key);
  [[nodiscard]] static core::room_info info_of(const row& room);
  [[nodiscard]] static core::error refusal_of(const row& room, const core::user_id& user, core::wall_time now);
  // acts, in database_acts.cpp
  [[nodiscard]] static core::append_result judge(const row& in, const core::room_entry& act,
                                                 const core::act_effect& effect);
  [[nodiscard]] static core::append_result judge_on_message(const row& in, const core::room_entry& act,
                                                            const core::act_effect& effect);
  static void carry_out(row& in, const core::room_entry& act, const core::act_effect& effect);
  static void carry_out_on_message(row& in, const core::room_entry& act);
  void show_effect(const row& in, const core::room_entry& act);
  static void mark_newcomers(row& in, core::seq_no upto);
  [[nodiscard]] bool loses_effect();
  [[nodiscard]] static core::followed_log read_log(const row& of, std::uint32_t limit);
  void mention(row& in, const core::mention& one) const;
  /// Whether the entry counts as a text; an erased one does where it was words (`core::empty_out`).
  [[nodiscard]] static bool is_counted(const core::room_entry& entry) {
    return entry.kind == core::entry_kind::erased ? entry.extra.empty() : core::is_words(entry.kind);
  }

  checker& check_;
  sabotage wrong_;
  std::uint64_t last_key_ = 0;
  std::uint64_t acts_ = 0;
  std::uint64_t notices_ = 0;
  std::map<core::room_id, std::unique_ptr<row>> rooms_;
  std::set<std::pair<core::user_id, core::user_id>> blocks_;  ///< by whom, and whom
};

}  // namespace greenroom::simulation
