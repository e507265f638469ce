#pragma once
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>

#include <memory>
#include <string>
#include <vector>

#include "actors/packed.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/act.hpp"
#include "core/messages/catalog.hpp"
#include "core/messages/cluster.hpp"
#include "core/messages/counts.hpp"
#include "core/messages/deletion.hpp"
#include "core/messages/devices.hpp"
#include "core/messages/direct.hpp"
#include "core/messages/log.hpp"
#include "core/messages/maintenance.hpp"
#include "core/messages/marks.hpp"
#include "core/messages/ownership.hpp"
#include "core/messages/room.hpp"
#include "core/messages/user.hpp"

/// How CAF reads and writes those messages of core/messages/ that cross the wire. Field order is the wire's: append
/// only.
namespace greenroom::core {

template <class Inspector, class Tag>
typename Inspector::result_type inspect(Inspector& f, name_id<Tag>& x) {
  return f(x.value);
}
template <class Inspector, class Tag>
typename Inspector::result_type inspect(Inspector& f, text_id<Tag>& x) {
  return f(x.value);
}
template <class Inspector, class Tag>
typename Inspector::result_type inspect(Inspector& f, number_id<Tag>& x) {
  return f(x.value);
}

// Written like a string; a text that is read has bytes of its own.
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shared_text& x) {
  if constexpr (Inspector::reads_state) {
    std::string bytes(x.view());
    return f(bytes);
  } else {
    std::string bytes;
    const auto keep = [&]() -> caf::error {
      x = shared_text(bytes);
      return caf::none;
    };
    return f(bytes, caf::meta::load_callback(keep));
  }
}

// Packed, a plain text says in one byte that it is no more.
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, room_entry& x) {
  if constexpr (actors::packed::packs<Inspector>) {
    bool more = !is_plain(x);
    f(x.seq, x.author, x.client_id, x.text, x.at, x.poster, more);
    if (more)
      f(x.kind, x.target, x.subject, x.extra);
    else if constexpr (Inspector::writes_state)
      x.kind = {}, x.target = {}, x.subject = {}, x.extra = {};
  } else {
    return f(caf::meta::type_name("room_entry"), x.seq, x.author, x.client_id, x.text, x.at, x.poster, x.kind, x.target,
             x.subject, x.extra);
  }
}

// NOLINTBEGIN(cppcoreguidelines-macro-usage): CAF 0.17 wants one function per type, and all look alike.
// Of a type that may not leave the process CAF sends nothing, not even as a part of another one, and says nothing.
#define GREENROOM_INSPECT(type, ...)                                                \
  static_assert(!caf::allowed_unsafe_message_type<type>::value);                    \
  template <class Inspector>                                                        \
  typename Inspector::result_type inspect(Inspector& f, [[maybe_unused]] type& x) { \
    return f(caf::meta::type_name(#type) __VA_OPT__(, ) __VA_ARGS__);               \
  }
// A sequence of them is one text. To append a field there takes a new version of the link (net/link_hello).
#define GREENROOM_PACK(type)                                                    \
  template <class Inspector>                                                    \
  typename Inspector::result_type inspect(Inspector& f, std::vector<type>& x) { \
    return actors::packed::inspect_records(f, x);                               \
  }
// NOLINTEND(cppcoreguidelines-macro-usage)

GREENROOM_INSPECT(room_modes, x.flags, x.most, x.key, x.masks)
GREENROOM_INSPECT(mode_change, x.letter, x.on, x.value)
GREENROOM_PACK(mode_change)
GREENROOM_INSPECT(room_settings, x.access, x.post, x.slow_s, x.title, x.topic, x.data, x.edit_window_s, x.receipts,
                  x.modes, x.topic_by, x.topic_at)
GREENROOM_INSPECT(settings_change, x.which, x.to, x.modes)
GREENROOM_INSPECT(act, x.target, x.subject, x.until, x.role, x.set, x.extra, x.invite, x.address, x.out_only)
GREENROOM_INSPECT(sanction, x.user, x.by, x.why, x.until)

// Acts travel by value. Packed, words end with their kind, in whose byte a bit says that what they answer follows, and
// another one that their `extra` does.
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, post& x) {
  core::act what;
  if constexpr (Inspector::reads_state)
    if (x.act) what = *x.act;
  [[maybe_unused]] const auto keep = [&]() -> caf::error {
    x.act = is_words(x.kind) ? nullptr : std::make_shared<const core::act>(std::move(what));
    return caf::none;
  };
  if constexpr (actors::packed::packs<Inspector>) {
    constexpr std::uint8_t answers = 0x80, has_more = 0x40, passes = 0x20;
    auto kind = static_cast<std::uint8_t>(static_cast<std::uint8_t>(x.kind) | (x.target ? answers : 0) |
                                          (x.extra.empty() ? 0 : has_more) | (x.passing ? passes : 0));
    f(x.ticket, x.client_id, x.text, kind);
    if constexpr (Inspector::writes_state) {
      x.kind = static_cast<entry_kind>(kind & ~(answers | has_more | passes));
      x.target = {};
      x.extra = {};
      x.passing = (kind & passes) != 0;
      x.heard_by = {};
    }
    if ((kind & answers) != 0) f(x.target);
    if ((kind & has_more) != 0) f(x.extra);
    if ((kind & passes) != 0) f(x.heard_by);
    if (!is_words(x.kind)) f(what);
    if constexpr (Inspector::writes_state) (void)keep();
  } else if constexpr (Inspector::writes_state) {
    return f(caf::meta::type_name("post"), x.ticket, x.client_id, x.text, x.kind, x.target, x.extra, x.passing,
             x.heard_by, what, caf::meta::load_callback(keep));
  } else {
    return f(caf::meta::type_name("post"), x.ticket, x.client_id, x.text, x.kind, x.target, x.extra, x.passing,
             x.heard_by, what);
  }
}

GREENROOM_INSPECT(post_answer, x.ticket, x.code, x.seq, x.at, x.duplicate)
GREENROOM_PACK(room_entry)
GREENROOM_PACK(post)
GREENROOM_PACK(post_answer)
GREENROOM_INSPECT(post_batch, x.author, x.from, x.posts)
GREENROOM_INSPECT(refusal, x.ticket, x.because, x.retry_after_s)
GREENROOM_INSPECT(posts_answered, x.answers, x.refusals)
GREENROOM_INSPECT(perform_act, x.room, x.by, x.what, x.as_admin)
GREENROOM_INSPECT(act_performed, x.entry, x.generation, x.duplicate)
GREENROOM_INSPECT(room_batch, x.room, x.generation, x.entries)
GREENROOM_INSPECT(position, x.known, x.after, x.generation, x.last, x.key, x.at_once)
GREENROOM_INSPECT(join_room, x.connection, x.user, x.from)
GREENROOM_INSPECT(room_members, x.count, x.first)
GREENROOM_INSPECT(room_face, x.access, x.owner, x.role, x.title, x.topic, x.modes, x.edit_window_s, x.topic_by,
                  x.topic_at)
GREENROOM_INSPECT(room_joined, x.connection, x.generation, x.head, x.recovered, x.missed, x.members, x.refused,
                  x.roster, x.face, x.because, x.bar)
GREENROOM_INSPECT(farewell, x.how, x.text, x.by)
GREENROOM_INSPECT(leave_room, x.connection, x.why, x.at_once)
GREENROOM_INSPECT(listener, x.connection, x.user)
GREENROOM_INSPECT(rejoin_room, x.generation, x.after, x.listeners, x.first, x.part)
GREENROOM_INSPECT(room_rejoined, x.generation, x.head, x.recovered, x.missed, x.refused, x.part, x.roster, x.outsiders)
GREENROOM_INSPECT(presence_changed, x.joined, x.left, x.count, x.whole, x.farewells)
GREENROOM_INSPECT(note_typing, x.user, x.state)
GREENROOM_INSPECT(note_read, x.user, x.seq)
GREENROOM_INSPECT(note_passing, x.user, x.from, x.kind, x.id, x.text, x.extra, x.heard_by, x.hearers, x.at)
GREENROOM_INSPECT(note_face, x.user, x.away, x.realname)
GREENROOM_INSPECT(invite_person, x.room, x.by, x.user)
GREENROOM_INSPECT(person_invited, x.room)
GREENROOM_INSPECT(room_gone, x.room, x.reason)
GREENROOM_INSPECT(member_removed, x.room, x.user, x.roster, x.reason, x.because)
GREENROOM_INSPECT(compare_roster, x.roster)
GREENROOM_INSPECT(roster_compared, x.roster)
GREENROOM_INSPECT(retire_room, x.reason)
GREENROOM_INSPECT(find_room, x.room, x.forwarded)
GREENROOM_INSPECT(live_room, x.room, x.epoch)
GREENROOM_INSPECT(list_live_rooms, x.node, x.after)
GREENROOM_INSPECT(live_rooms, x.rooms, x.more)
GREENROOM_INSPECT(room_info, x.room, x.owner, x.settings, x.generation, x.head, x.created)
GREENROOM_INSPECT(enter_room, x.room, x.user, x.create, x.knocks)
GREENROOM_INSPECT(room_entered, x.info, x.created)
GREENROOM_INSPECT(list_rooms, x.viewer, x.after, x.limit)
GREENROOM_INSPECT(room_list, x.rooms, x.more)
GREENROOM_INSPECT(list_members, x.room, x.viewer, x.after, x.limit)
GREENROOM_INSPECT(room_member, x.user, x.role)
GREENROOM_INSPECT(member_list, x.members, x.more)
GREENROOM_INSPECT(open_direct, x.by, x.with, x.room, x.by_nick)
GREENROOM_INSPECT(list_sanctions, x.room, x.viewer, x.kind, x.after, x.limit)
GREENROOM_INSPECT(listed_sanction, x.what, x.at)
GREENROOM_INSPECT(sanction_list, x.sanctions, x.more)
GREENROOM_INSPECT(kind_set, x.bits)
GREENROOM_INSPECT(read_history, x.room, x.viewer, x.before, x.after, x.limit, x.from_start, x.newest, x.without)
GREENROOM_INSPECT(reaction, x.text, x.count, x.mine)
GREENROOM_INSPECT(message_state, x.seq, x.edited, x.edited_at, x.reactions, x.pinned)
GREENROOM_INSPECT(history_page, x.entries, x.more, x.as_of, x.states, x.generation)
GREENROOM_INSPECT(find_time, x.room, x.viewer, x.at)
GREENROOM_INSPECT(time_found, x.seq, x.generation)
GREENROOM_INSPECT(list_recent, x.viewer, x.rooms, x.after, x.before, x.limit, x.newest)
GREENROOM_INSPECT(recent_room, x.room, x.at)
GREENROOM_INSPECT(recent_rooms, x.rooms)
GREENROOM_INSPECT(read_heads, x.rooms)
GREENROOM_INSPECT(room_head, x.room, x.head)
GREENROOM_INSPECT(room_heads, x.heads)
GREENROOM_INSPECT(find_mark, x.room, x.viewer)
GREENROOM_INSPECT(mark_found, x.seq, x.at)
GREENROOM_INSPECT(read_mark, x.room, x.user, x.seq)
GREENROOM_INSPECT(move_marks, x.marks)
GREENROOM_INSPECT(marks_moved, x.moved)
GREENROOM_INSPECT(sync_rooms, x.viewer, x.after, x.limit)
GREENROOM_INSPECT(synced_room, x.room, x.title, x.access, x.generation, x.head, x.unread, x.mentions, x.read, x.role,
                  x.notify, x.last)
GREENROOM_INSPECT(rooms_synced, x.rooms, x.more)
GREENROOM_INSPECT(request_origin, x.address, x.request_id)
GREENROOM_INSPECT(register_user, x.user, x.password, x.from)
GREENROOM_INSPECT(user_registered, x.user, x.weak_password, x.first)
GREENROOM_INSPECT(scram_proof, x.message, x.proof)
GREENROOM_INSPECT(find_scram, x.user)
GREENROOM_INSPECT(scram_found, x.salt, x.rounds, x.nonce)
GREENROOM_INSPECT(log_in, x.user, x.password, x.client, x.from, x.for_room, x.scram)
GREENROOM_INSPECT(logged_in, x.token, x.user, x.session, x.expires_at, x.scram_signature)
GREENROOM_INSPECT(check_token, x.token, x.in_use)
GREENROOM_INSPECT(token_checked, x.user, x.session, x.expires_at, x.admin, x.for_room)
GREENROOM_INSPECT(log_out, x.token, x.from)
GREENROOM_INSPECT(session_info, x.session, x.client, x.created_at, x.expires_at, x.current)
GREENROOM_INSPECT(list_sessions, x.token)
GREENROOM_INSPECT(session_list, x.sessions)
GREENROOM_INSPECT(end_session, x.token, x.session, x.from)
GREENROOM_INSPECT(change_password, x.token, x.old_password, x.new_password, x.from)
GREENROOM_INSPECT(password_changed, x.weak_password)
GREENROOM_INSPECT(ended_token, x.number, x.token)
GREENROOM_INSPECT(session_ended, x.tokens)
GREENROOM_INSPECT(pull_ended, x.after)
GREENROOM_INSPECT(find_users, x.names)
GREENROOM_INSPECT(users_found, x.users)
GREENROOM_INSPECT(account_record, x.user, x.password_hash, x.admin, x.deleting, x.suspended, x.suspended_why,
                  x.suspended_until, x.token, x.session, x.expires_at)
GREENROOM_INSPECT(deletion_choices, x.keep_rooms, x.erase_messages)
GREENROOM_INSPECT(administer, x.act, x.user, x.session, x.text, x.operation, x.accounts, x.until, x.choices)
GREENROOM_INSPECT(administered, x.ended, x.accounts, x.more, x.sessions, x.operation, x.state)
GREENROOM_INSPECT(node_load, x.connections, x.rooms)
GREENROOM_INSPECT(role_address, x.role, x.host, x.port)
GREENROOM_INSPECT(node_record, x.name, x.incarnation, x.http, x.version, x.users_database, x.chat_database, x.draining,
                  x.seen, x.load, x.link, x.pins, x.seen_of, x.stored, x.database_away)
GREENROOM_INSPECT(cluster_view, x.version, x.nodes, x.directory)
GREENROOM_INSPECT(beat, x.name, x.incarnation, x.load, x.draining, x.database_away)
GREENROOM_INSPECT(read_view)
GREENROOM_INSPECT(drain_node, x.node)
GREENROOM_INSPECT(maintain_database, x.node, x.database)
GREENROOM_INSPECT(database_maintained, x.bytes_before, x.bytes_after, x.to_run)
GREENROOM_INSPECT(move_room, x.room, x.node)
GREENROOM_INSPECT(deletion_receipt, x.rooms, x.messages, x.anonymised, x.memberships, x.passed_on, x.sessions, x.erased)
GREENROOM_INSPECT(deletion, x.operation, x.user, x.state, x.lease, x.begun, x.ended, x.receipt, x.choices)
GREENROOM_INSPECT(begin_deletion, x.operation, x.user, x.token, x.password, x.holder, x.from, x.choices)
GREENROOM_INSPECT(claim_deletions, x.holder, x.limit)
GREENROOM_INSPECT(deletions, x.found)
GREENROOM_INSPECT(read_deletion, x.operation)
GREENROOM_INSPECT(advance_deletion, x.operation, x.lease, x.to, x.receipt, x.release)
GREENROOM_INSPECT(hide_rooms, x.operation, x.lease, x.user, x.choices)
GREENROOM_INSPECT(rooms_hidden, x.rooms)
GREENROOM_INSPECT(restore_rooms, x.operation, x.lease)
GREENROOM_INSPECT(purge_rooms, x.operation, x.lease, x.user, x.choices)
GREENROOM_INSPECT(rooms_purged, x.receipt)
GREENROOM_INSPECT(author_erased, x.user, x.erase)
GREENROOM_INSPECT(author_left, x.author, x.erase, x.seqs)
GREENROOM_INSPECT(roster_changed, x.room)
GREENROOM_INSPECT(claim_ticket, x.ticket)
GREENROOM_INSPECT(ticket_claimed, x.token)
GREENROOM_INSPECT(find_device, x.user, x.device)
GREENROOM_INSPECT(device_found, x.seen)
GREENROOM_INSPECT(note_device, x.user, x.device, x.at)
GREENROOM_INSPECT(device_noted, x.at)
GREENROOM_INSPECT(user_face, x.irc, x.away, x.realname, x.bot, x.idle_s, x.ident, x.oper, x.since)
GREENROOM_INSPECT(user_state, x.online, x.away, x.idle_ms, x.sessions, x.connections, x.irc, x.realname, x.bot, x.ident,
                  x.oper, x.since)
GREENROOM_INSPECT(who_is, x.users, x.forwarded)
GREENROOM_INSPECT(known_user, x.user, x.state)
GREENROOM_INSPECT(who_are, x.users)
GREENROOM_INSPECT(register_session, x.user, x.connections, x.number, x.forwarded, x.face)
GREENROOM_INSPECT(session_registered, x.number)
GREENROOM_INSPECT(watch_user, x.user, x.stop, x.number, x.forwarded)
GREENROOM_INSPECT(user_seen, x.user, x.state, x.number)
GREENROOM_INSPECT(user_news, x.user, x.kind, x.room, x.by, x.reason, x.text, x.until, x.what, x.role, x.seq, x.but,
                  x.forwarded, x.level)
GREENROOM_INSPECT(count_people, x.rooms, x.forwarded)
GREENROOM_INSPECT(room_crowd, x.room, x.people)
GREENROOM_INSPECT(people_counted, x.rooms)
GREENROOM_INSPECT(count_cluster, x.forwarded)
GREENROOM_INSPECT(node_count, x.clients, x.rooms, x.operators)
GREENROOM_INSPECT(cluster_counted, x.here, x.elsewhere, x.others)
#undef GREENROOM_INSPECT
#undef GREENROOM_PACK

}  // namespace greenroom::core
