#pragma once
#include <memory>

#include "storage/memory/chat_database.hpp"
#include "storage/room_store.hpp"

namespace greenroom::storage::memory {

/// The catalog's contract in its plain form. Nothing survives the process.
class room_store final : public storage::room_store {
 public:
  explicit room_store(std::shared_ptr<chat_database> database) : database_(std::move(database)) {}

  core::result<std::string> database_id() override { return database_->id; }
  core::result<core::room_entered> create_room(const core::create_room& request, core::wall_time now) override;
  core::result<room_entries> create_rooms(const std::vector<room_visit>& visits, core::wall_time now) override;
  core::result<room_entries> find_rooms(const std::vector<room_visit>& visits, core::wall_time now) override;
  core::result<core::room_list> list_rooms(const core::list_rooms& request) override;
  core::result<core::member_list> list_members(const core::list_members& request) override;
  core::result<core::room_described> describe_room(const core::describe_room& request) override;
  core::status join_members(const core::join_members& request, core::wall_time now) override;
  core::result<core::sanction_list> list_sanctions(const core::list_sanctions& request, core::wall_time now) override;
  core::result<core::audit_page> read_audit(const core::read_audit& request) override;
  core::status add_invite(const new_invite& made, std::uint32_t most, core::wall_time now) override;
  core::result<core::invite_list> list_invites(const core::list_invites& request, core::wall_time now) override;
  core::status revoke_invite(const core::revoke_invite& request, core::wall_time now) override;
  core::result<core::invite_found> find_invite(const core::find_invite& request, core::wall_time now) override;
  core::status delete_room(const core::delete_room& request) override;
  core::result<core::history_page> read_history(const core::read_history& request) override;
  core::result<core::time_found> find_time(const core::find_time& request) override;
  core::result<core::recent_rooms> list_recent(const core::list_recent& request) override;
  core::result<core::history_page> list_pins(const core::list_pins& request) override;
  core::result<core::room_heads> read_heads(const core::read_heads& request) override;
  core::result<std::uint32_t> move_marks(const std::vector<core::read_mark>& marks) override;
  core::result<core::mark_found> find_mark(const core::find_mark& request) override;
  core::status set_notify(const core::set_notify& request) override;
  core::result<core::rooms_synced> sync_rooms(const core::sync_rooms& request) override;
  core::result<core::mention_list> list_mentions(const core::list_mentions& request) override;
  core::result<core::room_entered> open_direct(const core::open_direct& request, core::wall_time now) override;
  core::status put_block(const core::put_block& request, std::uint32_t most, core::wall_time now) override;
  core::status lift_block(const core::lift_block& request) override;
  core::result<core::block_list> list_blocks(const core::list_blocks& request) override;
  core::status change_settings(const core::change_own_settings& request) override;
  core::result<core::own_settings> read_settings(const core::read_own_settings& request) override;
  core::status put_draft(const core::put_draft& request, std::uint32_t most, core::wall_time now) override;
  core::result<core::draft_list> list_drafts(const core::list_drafts& request) override;
  core::result<core::device_found> find_device(const core::find_device& request) override;
  core::status note_device(const core::note_device& request) override;
  core::result<hidden_rooms> hide_rooms(const core::hide_rooms& request, core::wall_time now) override;
  core::status restore_rooms(const core::restore_rooms& request, core::wall_time now) override;
  core::result<purged_chunk> purge_rooms(const core::purge_rooms& request, std::uint32_t chunk,
                                         core::wall_time now) override;
  core::result<bool> members_swept() override;
  core::status note_members_swept() override;
  core::result<std::vector<core::user_id>> member_names(const core::user_id& after, std::uint32_t limit) override;
  core::status remove_strangers(const std::vector<core::user_id>& names, core::wall_time before) override;
  core::result<std::vector<core::user_id>> list_people(const core::user_id& after, std::uint32_t limit) override;
  core::result<core::operation_id> find_deletion(const core::user_id& user) override;
  core::result<core::database_maintained> maintain() override { return core::database_maintained{}; }
  [[nodiscard]] std::shared_ptr<const standing> state() const override { return state_; }
  core::result<std::uint64_t> count_rooms() override;

 private:
  /// The room if it is there and the viewer may read in it at `now`.
  core::result<room*> enter(const core::room_id& name, const core::user_id& viewer, core::wall_time now);
  /// The same, at the time of the database's clock.
  core::result<room*> enter(const core::room_id& name, const core::user_id& viewer);
  /// The same, for moderators and the owner.
  core::result<room*> enter_to_moderate(const core::room_id& name, const core::user_id& viewer, core::wall_time now);
  core::result<core::room_entered> make_room(const core::create_room& request, core::wall_time now);
  core::status hide(const core::hide_rooms& request);
  void begin_purge(const core::purge_rooms& request, tombstone& row);
  /// Whether that room goes with the user.
  static bool goes_with(const room& which, const core::user_id& user, const core::deletion_choices& choices);
  /// Whether there is more than `chunk` messages.
  bool purge_hidden(const core::operation_id& operation, std::uint64_t chunk, core::deletion_receipt& receipt);
  void leave(room& from, const core::user_id& user, core::deletion_receipt& receipt);

  std::shared_ptr<chat_database> database_;
  const std::shared_ptr<const standing> state_ = std::make_shared<standing>();  // nothing can go wrong here
};

}  // namespace greenroom::storage::memory
