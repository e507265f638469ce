#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "storage/room_store.hpp"
#include "storage/soci/database.hpp"
#include "storage/soci/maintain.hpp"

namespace greenroom::storage::soci {

/// The catalog's store in SQL.
class room_store final : public storage::room_store {
 public:
  explicit room_store(std::unique_ptr<database> connection) : database_(std::move(connection)) {}

  core::result<std::string> database_id() override;
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
  core::result<core::database_maintained> maintain() override {
    return soci::maintain(*database_,
                          "messages, authors, rooms, members, settings, sanctions, drafts, mentions, pg_statistic");
  }
  [[nodiscard]] std::shared_ptr<const standing> state() const override { return database_->care().state; }
  core::result<std::uint64_t> count_rooms() override;

  /// Removes the logs of deleted rooms, in steps that each are short. The next call removes what a crash has left.
  core::status sweep_dead_rooms();

 private:
  /// A room, and what a user is in it.
  struct view {
    core::room_key key;
    core::room_info info;
    core::room_role role = core::room_role::outsider;
    std::optional<core::sanction> ban{};
    std::uint64_t members = 0;  ///< where they were counted

    [[nodiscard]] core::error refusal() const;  ///< `admission`
  };

  struct tombstone {
    std::string state;
    core::lease_no lease;
    long long author = 0;
    core::deletion_receipt receipt;
    core::deletion_choices choices{};
  };

  // These run inside a transaction or read.
  /// The room, if it is there and not hidden. `sql` is one of the statements in room_view.cpp.
  std::optional<view> look_at(const char* sql, const core::room_id& room, const core::user_id& user,
                              core::wall_time now);
  std::optional<view> look_at(const core::room_id& room, const core::user_id& user, core::wall_time now);
  /// The room, if this user may read in it.
  core::result<view> enter(const core::room_id& room, const core::user_id& user, core::wall_time now);
  /// Why a statement with GREENROOM_READABLE found nothing; with GREENROOM_MODERATED and nothing to be found: `none`.
  core::error why_unreadable(const core::room_id& room, const core::user_id& user, core::wall_time now);
  core::error why_unmoderated(const core::room_id& room, const core::user_id& user, core::wall_time now);
  /// The key of the new room; nothing where there is one of that name.
  std::optional<core::room_key> insert_room(const core::create_room& request, core::wall_time now);
  /// Returns whether they weren't a member before.
  bool insert_member(core::room_key room, const core::user_id& member, core::wall_time now);
  void raise_membership(core::room_key room);
  /// … of the direct room of these two, if there is one.
  void raise_membership(const core::user_id& one, const core::user_id& other);
  /// Whether one of these people has blocked this one.
  bool is_blocked_by(const core::user_id& user, const std::vector<core::user_id>& people);
  /// The same, or this one has blocked one of them.
  bool is_blocked(const core::user_id& user, const std::vector<core::user_id>& people);
  /// Whether all of these people want to be written to by this one.
  bool take_direct(const std::vector<core::user_id>& people, const core::user_id& from, bool by_nick);
  bool refuses(const std::vector<core::user_id>& users);
  /// Deletes the invites of a room that have expired, and used up ones beyond the last `kept`.
  void sweep_invites(core::room_key room, std::uint32_t kept, core::wall_time now);
  /// Deletes the messages of a deleted room, up to `end` (exclusive). Returns how many.
  std::uint64_t delete_messages(core::room_key room, std::uint64_t end);
  /// Those of these hashes of names whose users are being deleted or were.
  std::unordered_set<std::string> refused_among(const std::vector<std::string>& accounts);

  // Many users who enter at once, in room_door.cpp. Inside a transaction or read, too.
  using made_rooms = std::unordered_map<core::room_id, core::room_info>;
  using person_in_room = std::pair<std::string, std::string>;  ///< folded names of the room and the user
  room_entries look_up(const std::vector<room_visit>& visits, core::wall_time now);
  /// Which of the visitors are members, `users` being their folded names; `access`: what each room is, by its folded
  /// name, at the same moment.
  std::set<person_in_room> members_among(const std::vector<room_visit>& visits, const std::vector<std::string>& users,
                                         std::map<std::string, core::room_access>& access);
  std::map<person_in_room, core::sanction> bans_among(const std::vector<std::string>& users,
                                                      const std::vector<std::string>& rooms, core::wall_time now);
  room_entries make_missing(const std::vector<room_visit>& visits, core::wall_time now);
  made_rooms insert_plain(const std::map<std::string, const room_visit*>& makers, core::wall_time now);

  // The saga's steps, in room_deletions.cpp. Inside a transaction, too.
  void exclude_writers();
  std::optional<tombstone> find_tombstone(const core::operation_id& operation);
  core::status bury(const core::hide_rooms& request, core::wall_time now);
  void renew(const core::operation_id& operation, core::lease_no lease, const char* state, core::wall_time now);
  void begin_purge(const core::purge_rooms& request, const tombstone& row, core::wall_time now);
  /// Deletes what this person kept for themselves, and all blocks of and by them.
  void forget_own(const core::user_id& user);
  std::uint64_t pass_on(core::room_key room);
  bool purge_hidden(const core::purge_rooms& request, std::uint64_t chunk, core::deletion_receipt& receipt);
  bool scan(const core::operation_id& operation, const tombstone& row, std::uint32_t chunk,
            core::deletion_receipt& receipt);
  void take_off(const tombstone& row, core::room_key room, core::seq_no after, core::seq_no up_to);
  void disown(const tombstone& row, core::room_key room, core::seq_no after, core::seq_no up_to,
              core::deletion_receipt& receipt);
  core::result<purged_chunk> purge_chunk(const core::purge_rooms& request, std::uint32_t chunk, core::wall_time now);

  std::unique_ptr<database> database_;
};

}  // namespace greenroom::storage::soci
