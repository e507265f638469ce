#pragma once
#include <caf/error.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include "actors/wire.hpp"

/// The interfaces that other nodes may hold: typed handles, with the messages that each takes and answers. Interfaces
/// of this process alone are in actors/local.hpp.
namespace greenroom::actors {

using core::ec;

/// A connection, as rooms see it.
using connection_actor = caf::typed_actor<caf::reacts_to<core::posts_answered>>;  ///< the outcomes of its posts

/// A relay, as rooms see it: one FIFO of answers and batches.
using relay_actor =
    caf::typed_actor<caf::reacts_to<core::room_joined>,       ///< the answer to `join_room`
                     caf::reacts_to<core::room_rejoined>,     ///< the answer to one part of a `rejoin_room`
                     caf::reacts_to<core::room_batch>,        ///< durable entries, for all its listeners
                     caf::reacts_to<core::presence_changed>,  ///< users who came and went
                     caf::reacts_to<core::note_typing>,       ///< a user types, pauses or is done
                     caf::reacts_to<core::note_read>,         ///< a user has read up to there
                     caf::reacts_to<core::note_passing>,      ///< a user says something that isn't stored
                     caf::reacts_to<core::note_face>,         ///< a user looks so by now
                     caf::reacts_to<core::room_gone>,         ///< the room was deleted: its listeners leave
                     caf::reacts_to<core::member_removed>,    ///< a user's connections leave the room
                     caf::reacts_to<core::author_left>,       ///< an author was deleted
                     caf::reacts_to<core::compare_roster>>;   ///< has it heard of all removals from the room?

/// A live room. Posts and acts come from connections; joins and leaves from relays; both are answered by plain
/// messages. Acts of people without a connection come from catalogs: `fenced` and `draining` where it is about to live
/// elsewhere.
using room_actor =
    caf::typed_actor<caf::reacts_to<core::post_batch>,   ///< to store, in this order; `posts_answered` comes back
                     caf::reacts_to<core::join_room>,    ///< a connection wants to listen
                     caf::reacts_to<core::rejoin_room>,  ///< a relay found the room again, with its listeners
                     caf::reacts_to<core::leave_room>,   ///< a connection listens no more
                     caf::reacts_to<core::note_typing>,  ///< for the other listeners; not stored
                     caf::reacts_to<core::note_read>,    ///< the same
                     caf::reacts_to<core::note_face>,    ///< the same
                     caf::replies_to<core::invite_person>::with<core::person_invited>,  ///< told to that person
                     caf::reacts_to<core::retire_room>,                                 ///< the room stops here
                     caf::reacts_to<core::room_gone>,        ///< it was deleted or hidden: it says so, and stops
                     caf::reacts_to<core::author_erased>,    ///< the author's entries in its ring become `deleted`'s
                     caf::reacts_to<core::roster_changed>,   ///< it reads its roster again
                     caf::reacts_to<core::roster_compared>,  ///< the answer to `compare_roster`
                     caf::replies_to<core::perform_act>::with<core::act_performed>>;  ///< once it is durable

/// The users role's actor.
using accounts_actor = caf::typed_actor<
    caf::replies_to<core::register_user>::with<core::user_registered>,     ///< a new account
    caf::replies_to<core::log_in>::with<core::logged_in>,                  ///< a new session, with its token
    caf::replies_to<core::find_scram>::with<core::scram_found>,            ///< for a log_in without a password
    caf::replies_to<core::check_token>::with<core::token_checked>,         ///< who owns the token, and until when?
    caf::replies_to<core::log_out>::with<core::session_ended>,             ///< ends the token's own session
    caf::replies_to<core::list_sessions>::with<core::session_list>,        ///< the sessions of the token's user
    caf::replies_to<core::end_session>::with<core::session_ended>,         ///< ends another session of that user
    caf::replies_to<core::change_password>::with<core::password_changed>,  ///< … and ends the user's other sessions
    caf::replies_to<core::pull_ended>::with<core::session_ended>,          ///< tokens that ended after a number
    caf::replies_to<core::begin_deletion>::with<core::deletion>,           ///< a deletion's first step
    caf::replies_to<core::claim_deletions>::with<core::deletions>,         ///< those without a live coordinator
    caf::replies_to<core::read_deletion>::with<core::deletion>,            ///< how far is it?
    caf::replies_to<core::advance_deletion>::with<core::deletion>,         ///< writes down its next state
    caf::replies_to<core::find_users>::with<core::users_found>,            ///< which of these names have a user?
    caf::replies_to<core::administer>::with<core::administered>,           ///< an operator's act
    caf::replies_to<core::maintain_database>::with<core::database_maintained>>;  ///< rewrites what was deleted

/// The catalog of rooms, as an edge sees it.
using entrance_actor =
    caf::typed_actor<caf::replies_to<core::enter_room>::with<core::room_entered>,    ///< may the user come in?
                     caf::replies_to<core::read_history>::with<core::history_page>,  ///< a page of a room's log
                     caf::replies_to<core::find_time>::with<core::time_found>,       ///< where is a time in a log?
                     caf::replies_to<core::list_recent>::with<core::recent_rooms>,   ///< rooms by their newest words
                     caf::replies_to<core::find_device>::with<core::device_found>,   ///< when was it there?
                     caf::replies_to<core::note_device>::with<core::device_noted>,   ///< it is there now
                     caf::replies_to<core::list_rooms>::with<core::room_list>,       ///< rooms that the user may see
                     caf::replies_to<core::list_members>::with<core::member_list>,   ///< a room's members
                     caf::replies_to<core::open_direct>::with<core::room_entered>,   ///< a direct room, or a new group
                     caf::replies_to<core::perform_act>::with<core::act_performed>,  ///< of somebody who isn't there
                     caf::replies_to<core::list_sanctions>::with<core::sanction_list>,  ///< for moderators
                     caf::replies_to<core::read_heads>::with<core::room_heads>,         ///< the ends of rooms' logs
                     caf::replies_to<core::sync_rooms>::with<core::rooms_synced>,       ///< the rooms of a member
                     caf::replies_to<core::find_mark>::with<core::mark_found>,          ///< how far has somebody read?
                     caf::replies_to<core::move_marks>::with<core::marks_moved>>;       ///< how far members have read

/// The same, with the requests of a deletion's coordinator.
using catalog_actor = entrance_actor::extend<
    caf::replies_to<core::hide_rooms>::with<core::rooms_hidden>,                 ///< closes a user's private rooms
    caf::replies_to<core::restore_rooms>::with<void>,                            ///< … undoes it
    caf::replies_to<core::purge_rooms>::with<core::rooms_purged>,                ///< … deletes them, in chunks
    caf::replies_to<core::maintain_database>::with<core::database_maintained>>;  ///< rewrites what was deleted

/// A session, as its user's home sees it.
using registered_session = caf::typed_actor<caf::reacts_to<core::session_registered>,  ///< the answer to its message
                                            caf::reacts_to<core::user_news>,           ///< for its connections
                                            caf::reacts_to<core::user_seen>>;          ///< how the user looks now
/// A node's watcher of users, as their homes see it.
using watcher_actor = caf::typed_actor<caf::reacts_to<core::user_seen>>;

/// The home of a user who is online.
using user_actor = caf::typed_actor<caf::reacts_to<core::register_session>,  ///< from a session of the user's
                                    caf::reacts_to<core::user_news>,         ///< for all of them
                                    caf::reacts_to<core::watch_user>>;       ///< from a node's watcher

/// Passes news on to the user's home: a node.
using news_actor = caf::typed_actor<caf::reacts_to<core::user_news>>;

struct node_card;

/// A node: the only published actor. Hands out this node's other handles.
using node_actor =
    caf::typed_actor<caf::replies_to<core::find_room>::with<room_actor>,  ///< the room, opened here if it lives here
                     caf::reacts_to<core::session_ended>,                 ///< told to the door here
                     caf::reacts_to<core::cluster_view>,                  ///< from discovery
                     caf::reacts_to<node_card>,               ///< the node at the other end of a link introduces itself
                     caf::reacts_to<core::room_gone>,         ///< a room was deleted: told to it, if it lives here
                     caf::reacts_to<core::author_erased>,     ///< told to all rooms that live here
                     caf::reacts_to<core::roster_changed>,    ///< told to the room, if it lives here
                     caf::reacts_to<core::register_session>,  ///< for the home of its user
                     caf::reacts_to<core::user_news>,         ///< the same
                     caf::reacts_to<core::watch_user>,        ///< the same
                     caf::replies_to<core::who_is>::with<core::who_are>,                 ///< who of them is online?
                     caf::replies_to<core::count_people>::with<core::people_counted>,    ///< who is in these rooms?
                     caf::replies_to<core::count_cluster>::with<core::cluster_counted>,  ///< how many are there in all?
                     caf::replies_to<core::claim_ticket>::with<core::ticket_claimed>,    ///< a ticket of this node's
                     caf::replies_to<core::list_live_rooms>::with<core::live_rooms>,     ///< the rooms that live here
                     caf::replies_to<core::drain_node>::with<void>,                ///< this node drains, and stops
                     caf::replies_to<core::move_room>::with<void>,                 ///< pins the room here, or unpins it
                     caf::replies_to<core::administer>::with<core::administered>,  ///< for the accounts here
                     caf::replies_to<core::maintain_database>::with<core::database_maintained>>;  ///< one of this
                                                                                                  ///< node's

/// Discovery's directory. Operators' requests are passed on to the nodes concerned.
using directory_actor =
    caf::typed_actor<caf::replies_to<core::node_record, node_actor>::with<core::cluster_view>,  ///< a node registers
                     caf::reacts_to<core::beat>,                                                ///< a node is alive
                     caf::replies_to<core::read_view>::with<core::cluster_view>,                ///< which nodes live?
                     caf::replies_to<core::list_live_rooms>::with<core::live_rooms>,  ///< for the node that it names
                     caf::replies_to<core::drain_node>::with<void>,                   ///< the same
                     caf::replies_to<core::move_room>::with<void>,                    ///< for all nodes
                     caf::replies_to<core::administer>::with<core::administered>,     ///< for a node with accounts
                     caf::replies_to<core::maintain_database>::with<core::database_maintained>>;  ///< the node named

/// A node introduces itself over a link; null: it hasn't got that role.
struct node_card {
  core::node_name name;
  core::incarnation_id incarnation;
  node_actor node;
  accounts_actor accounts;
  catalog_actor catalog;
  directory_actor directory;
  bool answer = false;  ///< the other one's card is wanted in return
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_card& x) {
  return f(caf::meta::type_name("node_card"), x.name, x.incarnation, x.node, x.accounts, x.catalog, x.directory,
           x.answer);
}

}  // namespace greenroom::actors

// At the end, for it names the types above.
#include "actors/type_ids.hpp"
