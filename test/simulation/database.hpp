#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/messages/catalog.hpp"
#include "core/messages/deletion.hpp"
#include "core/messages/log.hpp"
#include "core/messages/ownership.hpp"
#include "core/result.hpp"
#include "core/room.hpp"
#include "test/simulation/checker.hpp"

namespace greenroom::simulation {

using core::ec;

/// What one room wants appended, and the fence that it depends on.
struct room_append {
  core::room_key room;
  core::epoch_no epoch;
  std::vector<core::room_entry> entries;
};
/// One member more or less of a private room, likewise.
struct member_change {
  core::room_key room;
  core::epoch_no epoch;
  core::seq_no head;
  core::user_id member;
  bool add = false;
};
/// A room's row, as the comparison of epochs reads it.
struct room_row {
  core::room_key room;
  core::room_standing standing;
};

/// The chat database in the plainest words: each function is one statement, which happens at once. It tells the checker
/// what it has done.
class database {
 public:
  explicit database(checker& told) : check_(told) {}

  // ---- as the journal sees it (`storage::journal_store`)

  core::result<core::room_opened> open(const core::open_room& wanted, std::uint32_t tail);
  core::append_result append(const room_append& wanted);
  core::change_result change_member(const member_change& wanted);
  [[nodiscard]] std::vector<room_row> standings(const std::vector<core::room_key>& rooms) const;
  [[nodiscard]] core::view_version newest_view() const;

  // ---- as the catalog sees it (`storage::room_store`)

  core::result<core::room_entered> enter(const core::enter_room& visit, core::generation_id fresh);
  core::result<core::room_entered> create(const core::create_room& wanted, core::generation_id fresh);
  [[nodiscard]] core::result<core::room_info> find(const core::room_id& room, const core::user_id& user) const;
  core::status delete_room(const core::delete_room& wanted);
  [[nodiscard]] core::result<core::history_page> read_history(const core::read_history& wanted) const;
  [[nodiscard]] core::room_heads read_heads(const core::read_heads& wanted) const;

  /// Somebody changes the members of a private room behind its owner's back, as a deletion or an operator does. An
  /// owner of the room stays.
  void change_elsewhere(const core::room_id& room, const core::user_id& member, bool add);

  [[nodiscard]] bool exists(const core::room_id& room) const { return rooms_.contains(room); }
  [[nodiscard]] bool admits(const core::room_id& room, const core::user_id& user) const;

 private:
  struct row {
    core::room_info info;
    core::room_key key;
    core::epoch_no epoch;
    core::node_name node;
    core::view_version view;
    core::membership_no membership{1};
    std::set<core::user_id> members;
    std::vector<core::room_entry> log;
    std::map<std::pair<std::string, std::string>, core::seq_no> ids;
  };

  core::room_entered make(const core::room_id& room, const core::user_id& owner, bool is_private,
                          const std::vector<core::user_id>& members, core::generation_id fresh);
  [[nodiscard]] row* find(core::room_key key);

  checker& check_;
  std::uint64_t last_key_ = 0;
  std::map<core::room_id, std::unique_ptr<row>> rooms_;
};

}  // namespace greenroom::simulation
