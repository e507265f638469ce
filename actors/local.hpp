#pragma once
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/node_id.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/listening.hpp"
#include "core/messages/follower.hpp"
#include "core/messages/invites.hpp"
#include "core/messages/mentions.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"
#include "core/session.hpp"
#include "storage/journal_store.hpp"

/// Never leaves the process: the messages that have no type id, and the interfaces that actors of this node show one
/// another.
namespace greenroom::actors {

// Atoms go only from an actor to itself.
using flush_tick = caf::atom_constant<caf::atom("flush")>;    ///< commit, or append, the queue
using sweep_tick = caf::atom_constant<caf::atom("sweep")>;    ///< time-outs, once a second
using damp_tick = caf::atom_constant<caf::atom("damp")>;      ///< presence that was held back
using beat_tick = caf::atom_constant<caf::atom("beat")>;      ///< a beat to discovery
using step_tick = caf::atom_constant<caf::atom("step")>;      ///< a deletion goes on
using find_tick = caf::atom_constant<caf::atom("find")>;      ///< look for a room again
using user_active = caf::atom_constant<caf::atom("active")>;  ///< a connection's user did something
using read_state = caf::atom_constant<caf::atom("state")>;    ///< how is the user of this home?
using read_people = caf::atom_constant<caf::atom("people")>;  ///< how many are in this room?
using leave_tick = caf::atom_constant<caf::atom("leave")>;    ///< a draining node has waited long enough for its view

/// The same, for itself.
using local_directory_actor = directory_actor::extend<caf::reacts_to<sweep_tick>>;

/// A room's append, and the room's answer to it.
struct append_entries {
  storage::room_append append;
};
struct entries_appended {
  core::ec code = core::ec::none;  ///< none: `outcome` holds; else unavailable or unknown_outcome
  storage::append_outcome outcome;
};
/// The room opens itself again after an unknown outcome, or to read its roster again.
struct reopen_room {
  core::open_room request;
};
struct room_reopened {
  core::result<core::room_opened> answer = core::ec::internal;
};
/// Asks for the epochs and memberships that the database has for rooms now.
struct check_epoch {
  core::room_key room;
  core::mono_time asked{};
};
struct check_epochs {
  std::vector<core::room_key> rooms;
};
struct epochs_checked {
  std::vector<storage::room_epoch> newest;  ///< without rooms that don't exist any more
};
/// The database's answer about a room; its epoch is 0 where there is no such room any more.
struct epoch_checked {
  core::result<core::room_standing> newest = core::ec::internal;
  core::mono_time asked{};  ///< the answer holds for then, or later
};
/// Asks for the highest version of a view in which rooms of the database were opened.
struct read_newest_view {};
struct newest_view {
  core::view_version version;
};
/// A node left the cluster: its relays are gone, though their link may be up.
struct relays_lost {
  caf::node_id node;
};
/// A relay's room, or a session's home, may be elsewhere now.
struct look_again {
  bool moved = false;  ///< it does, as the view says
};
/// There may be news about ended tokens.
struct pull_now {};

/// A connection's read marks.
struct note_marks {
  core::user_id user;
  core::connection_id from;
  std::vector<std::pair<core::room_id, core::seq_no>> read;
};
/// Stores the read marks of a node's clients, all together.
using marks_actor = caf::typed_actor<caf::reacts_to<note_marks>, caf::reacts_to<flush_tick>>;

/// The node says where homes are by a new view, and that it takes news for users.
struct follow_homes {
  news_actor news;
  std::shared_ptr<const core::cluster_view> view;
};
/// Reads the logs of the rooms that live on this node, behind the commit.
using follower_actor =
    caf::typed_actor<caf::reacts_to<core::log_grew>, caf::reacts_to<follow_homes>, caf::reacts_to<flush_tick>>;

/// A local connection, as its socket, its session and its relays see it.
using local_connection_actor =
    connection_actor::extend<caf::reacts_to<frames_received>, caf::reacts_to<entries_missed>,
                             caf::reacts_to<outbox_roomy>, caf::reacts_to<socket_closed>,
                             caf::reacts_to<end_connection>, caf::reacts_to<room_ready>,
                             caf::reacts_to<core::user_news>, caf::reacts_to<core::user_seen>,
                             caf::reacts_to<hubs_told>, caf::reacts_to<flush_tick>, caf::reacts_to<sweep_tick>>;

/// A connection wants to know how these users look, whenever that changes, and of others no more.
struct watch_people {
  std::vector<core::user_id> begin, end;
};

/// A local relay, as connections and its node see it.
using local_relay_actor =
    relay_actor::extend<caf::reacts_to<listen, local_connection_actor>, caf::reacts_to<unlisten>,
                        caf::reacts_to<open_room_for>, caf::reacts_to<expect_post>, caf::reacts_to<hear_otherwise>,
                        caf::replies_to<who_is_here>::with<people_here>, caf::reacts_to<core::room_head>,
                        caf::reacts_to<look_again>, caf::reacts_to<find_tick>, caf::reacts_to<sweep_tick>>;

/// A local room, as its journal and its node see it.
using local_room_actor =
    room_actor::extend<caf::reacts_to<entries_appended>, caf::reacts_to<room_reopened>, caf::reacts_to<epoch_checked>,
                       caf::reacts_to<relays_lost>, caf::replies_to<read_people>::with<core::people_counted>,
                       caf::reacts_to<damp_tick>, caf::reacts_to<flush_tick>, caf::reacts_to<sweep_tick>>;

/// Group commit of all rooms' appends. Appends are answered by plain messages to the sender.
using journal_actor =
    caf::typed_actor<caf::reacts_to<append_entries>, caf::reacts_to<reopen_room>, caf::reacts_to<check_epoch>,
                     caf::replies_to<check_epochs>::with<epochs_checked>,
                     caf::replies_to<read_newest_view>::with<newest_view>,
                     caf::replies_to<core::open_room>::with<core::room_opened>, caf::reacts_to<flush_tick>>;

/// Looks people up in the users role: the names as first written, in their order. `no_user` names the first one without
/// a user; `unavailable` where no users node answers.
using people_actor = caf::typed_actor<caf::replies_to<core::find_users>::with<core::users_found>>;

/// From a catalog to itself: it is time to look again for the room of an act.
struct act_again {
  std::uint64_t number = 0;
};
/// From a catalog to itself: the next chunk of a purge.
struct purge_chunk {
  core::operation_id operation;
};
/// From the sweeper of memberships: removes those of `strangers` that are older than `before`, and wants the next page.
struct sweep_members {
  std::vector<core::user_id> strangers;
  core::wall_time before{};
  core::user_id after;
  bool finished = false;  ///< there are no more pages: the database remembers that it was swept
};
struct members_to_check {
  std::vector<core::user_id> names;  ///< in order, after `after`; at most `core::max_found_users`
  bool swept = false;                ///< nothing is left to do
};
/// The catalog of rooms, as its own process sees it. Not found, forbidden, … are errors of the request.
using local_catalog_actor =
    catalog_actor::extend<caf::replies_to<core::create_room>::with<core::room_entered>,
                          caf::replies_to<core::join_members>::with<core::members_changed>,
                          caf::replies_to<core::set_notify>::with<core::members_changed>,
                          caf::replies_to<core::describe_room>::with<core::room_described>,
                          caf::replies_to<core::list_mentions>::with<core::mention_list>,
                          caf::replies_to<core::list_pins>::with<core::history_page>,
                          caf::replies_to<core::read_audit>::with<core::audit_page>,
                          caf::replies_to<core::make_invite>::with<core::invite_made>,
                          caf::replies_to<core::list_invites>::with<core::invite_list>,
                          caf::replies_to<core::revoke_invite>::with<core::invite_revoked>,
                          caf::replies_to<core::find_invite>::with<core::invite_found>,
                          caf::replies_to<core::put_block>::with<core::blocks_changed>,
                          caf::replies_to<core::lift_block>::with<core::blocks_changed>,
                          caf::replies_to<core::list_blocks>::with<core::block_list>,
                          caf::replies_to<core::read_own_settings>::with<core::own_settings>,
                          caf::replies_to<core::change_own_settings>::with<core::own_settings>,
                          caf::replies_to<core::put_draft>::with<core::draft_kept>,
                          caf::replies_to<core::list_drafts>::with<core::draft_list>,
                          caf::replies_to<core::delete_room>::with<core::room_gone>, caf::reacts_to<purge_chunk>,
                          caf::reacts_to<flush_tick>, caf::reacts_to<act_again>,
                          caf::replies_to<sweep_members>::with<members_to_check>,
                          caf::replies_to<core::read_view>::with<std::uint64_t>>;  ///< how many rooms

struct attach_connection {
  core::token_hash token;
};
/// A connection that speaks IRC says how its user looks from there; again whenever that changes.
struct describe_connection {
  core::connection_face face;
};
/// A signed-in user on this node. Ends every connection of a token that ended.
using session_actor = registered_session::extend<caf::reacts_to<attach_connection, local_connection_actor>,
                                                 caf::reacts_to<describe_connection>, caf::reacts_to<user_active>,
                                                 caf::reacts_to<core::session_ended>, caf::reacts_to<look_again>,
                                                 caf::reacts_to<sweep_tick>>;

/// The homes of users may be elsewhere now: of those whose home moved from one view to the other, or where there is no
/// `before`, of those whose home is at `linked`, which can be asked again. For sessions.
struct homes_changed {
  std::shared_ptr<const core::cluster_view> before, now;
  core::node_name linked;
};
/// Watches users for the connections of this node (`core::watching`).
using local_watch_actor = watcher_actor::extend<caf::reacts_to<watch_people, local_connection_actor>,
                                                caf::reacts_to<homes_changed>, caf::reacts_to<sweep_tick>>;
/// A home has no session any more.
struct home_idle {
  core::user_id user;
};
/// The home of a user, as its own node sees it.
using local_user_actor =
    user_actor::extend<caf::reacts_to<damp_tick>, caf::replies_to<read_state>::with<core::who_are>>;

struct admit_token {
  std::string token;
};
struct mint_ticket {
  std::string token;
};
struct ticket_minted {
  std::string ticket;
  core::user_id user;
  std::uint32_t expires_in_s = 0;
};
struct redeem_ticket {
  std::string ticket;
};
/// An asker is admitted.
struct admitted {
  core::token_checked who;
  core::token_hash token;
  session_actor session;
};
/// Tickets, checked tokens, sessions.
using door_actor =
    caf::typed_actor<caf::replies_to<admit_token>::with<admitted>, caf::replies_to<mint_ticket>::with<ticket_minted>,
                     caf::replies_to<redeem_ticket>::with<admitted>,
                     caf::replies_to<core::log_in>::with<core::logged_in>, caf::reacts_to<core::session_ended>,
                     caf::reacts_to<sweep_tick>>;

/// A session's open connections came in with these tokens: are they still good?
struct recheck_tokens {
  core::user_id user;
  std::vector<core::token_hash> tokens;
};
/// A session has no connection any more.
struct session_idle {
  core::user_id user;
};
/// The door, as its sessions and its node see it.
using local_door_actor =
    door_actor::extend<caf::replies_to<core::claim_ticket>::with<core::ticket_claimed>, caf::reacts_to<recheck_tokens>,
                       caf::reacts_to<session_idle>, caf::reacts_to<pull_now>, caf::reacts_to<homes_changed>>;

/// From now on the node is told at once of every token that ends.
struct watch_ended {};
struct count_users {};
/// A result from the hasher's threads for the accounts: the number of the work, and its outcome.
struct password_hashed {
  std::uint64_t work = 0;
  core::result<std::string> hash = core::ec::internal;
};
struct password_verified {
  std::uint64_t work = 0;
  core::result<core::hasher::verified> outcome = core::ec::internal;
};
/// The accounts, as their own process sees them.
using local_accounts_actor =
    accounts_actor::extend<caf::replies_to<core::admin_act>::with<core::administered>,
                           caf::reacts_to<watch_ended, node_actor>, caf::replies_to<count_users>::with<std::uint64_t>,
                           caf::reacts_to<password_hashed>, caf::reacts_to<password_verified>,
                           caf::reacts_to<flush_tick>, caf::reacts_to<sweep_tick>>;

/// Answered with the deletion when it has ended, or after `patience` as it is then; with an error where it couldn't
/// begin.
struct await_deletion {
  core::milliseconds patience{};
};
/// The gateway stops: the lease is released, so that another gateway continues the deletion.
struct release_deletion {};
/// The coordinator of one deletion, as its gateway sees it. Ends with it.
using delete_user_actor = caf::typed_actor<caf::replies_to<await_deletion>::with<core::deletion>,
                                           caf::reacts_to<release_deletion>, caf::reacts_to<step_tick>>;

struct find_relay {
  core::room_id room;
};
struct relay_idle {
  core::room_id room;
};
/// The accounts of this node, or of a live one that it is linked with; in turn, where there are several.
struct find_accounts {};
/// The same for a catalog, except one that failed, as long as there is another.
struct find_catalog {
  caf::actor_addr but{};
};
/// A ticket that another node minted is to be claimed there.
struct claim_ticket_at {
  core::node_name minter;
  core::claim_ticket what;
};
/// To the rooms and doors of every node, this one included.
struct announce {
  std::variant<core::room_gone, core::author_erased, core::session_ended, core::roster_changed> what;
};
/// This node dialled, and a link is up: `node` is at its other end.
struct link_up {
  core::node_name name;
  node_actor node;
};
struct read_load {};
/// The node drains: answered when its rooms are handed over, with the number left.
struct drain_rooms {};
/// From the roles of this process to their node: the actors that they host.
struct host_accounts {
  accounts_actor accounts;
};
struct host_door {
  local_door_actor door;
};
struct host_catalog {
  local_catalog_actor catalog;
};
/// This process plays the discovery role: the node registers here, and hands the directory out to its peers.
struct host_directory {
  directory_actor directory;
};
/// From now on the node registers with the directory, its own or the one at the other end of a link, and beats. The
/// callbacks are the process': they come on an actor's thread, must not block, and may be empty.
struct join_cluster {
  core::node_record record;
  std::function<void()> drain{};                      ///< an operator wants this process to drain and stop
  std::function<void(const core::error&)> refused{};  ///< discovery refuses this node: its database is another one
};
/// Subscribes to every view from now on, and to the present one at once.
struct watch_view {
  std::shared_ptr<core::view_watcher> watcher;
};
/// A node's further services for its own actors.
using local_node_actor = node_actor::extend<
    caf::replies_to<find_relay>::with<local_relay_actor>, caf::reacts_to<relay_idle, local_relay_actor>,
    caf::replies_to<find_accounts>::with<accounts_actor>, caf::replies_to<find_catalog>::with<catalog_actor>,
    caf::replies_to<claim_ticket_at>::with<core::ticket_claimed>, caf::reacts_to<announce>, caf::reacts_to<link_up>,
    caf::reacts_to<host_directory>, caf::replies_to<read_load>::with<core::node_load>, caf::reacts_to<host_accounts>,
    caf::reacts_to<host_door>, caf::reacts_to<host_catalog>, caf::reacts_to<join_cluster>, caf::reacts_to<watch_view>,
    caf::reacts_to<home_idle, local_user_actor>, caf::reacts_to<watch_people, local_connection_actor>,
    caf::replies_to<drain_rooms>::with<core::node_load>, caf::replies_to<core::find_users>::with<core::users_found>,
    caf::reacts_to<beat_tick>, caf::reacts_to<leave_tick>, caf::reacts_to<sweep_tick>>;

}  // namespace greenroom::actors

// Never leaves the process: no type id, so that no peer can send it.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::note_marks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::follow_homes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::append_entries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::entries_appended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::act_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::reopen_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::room_reopened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::check_epoch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::check_epochs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::epochs_checked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::read_newest_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::newest_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::epoch_checked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::relays_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::look_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::pull_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::homes_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::home_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::drain_rooms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::attach_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::describe_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::admit_token)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::mint_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::ticket_minted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::redeem_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::recheck_tokens)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::session_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::watch_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::count_users)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::password_hashed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::password_verified)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::purge_chunk)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::sweep_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::members_to_check)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::await_deletion)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::release_deletion)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::find_relay)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::watch_people)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::relay_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::find_accounts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::find_catalog)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::claim_ticket_at)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::announce)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::link_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::host_directory)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::read_load)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::host_accounts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::host_door)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::host_catalog)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::join_cluster)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::watch_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::admin_act)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::create_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::delete_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::join_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::members_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::set_notify)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::log_grew)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::list_mentions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::mention_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::list_pins)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::describe_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::room_described)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::read_audit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::audit_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::make_invite)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::invite_made)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::list_invites)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::invite_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::revoke_invite)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::invite_revoked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::find_invite)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::invite_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::put_block)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::lift_block)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::blocks_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::list_blocks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::block_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::read_own_settings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::own_settings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::change_own_settings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::put_draft)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::draft_kept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::list_drafts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::draft_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::open_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::core::room_opened)
