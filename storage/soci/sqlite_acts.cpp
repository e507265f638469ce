#include "storage/soci/sqlite_acts.hpp"

#include "storage/soci/columns.hpp"
#include "storage/soci/takes_direct.hpp"

namespace greenroom::storage::soci {
namespace {

using core::ec;
using core::entry_kind;
using kind = append_outcome::kind;

append_outcome refusal(ec why) { return {kind::refused, {}, why}; }
append_outcome stored_if(bool any) { return any ? append_outcome{} : append_outcome{kind::unchanged, {}}; }

// The kind of the sanction that this kind of act gives or takes back.
entry_kind sanction_of(entry_kind act) {
  if (act == entry_kind::unban) return entry_kind::ban;
  return act == entry_kind::unmute ? entry_kind::mute : act;
}

// Acts on messages, and answers.
bool is_about_message(entry_kind act) { return core::is_on_message(act) || core::is_words(act); }

const core::room_entry& act_of(const pending& room) { return room.wanted->entries.front(); }

bool is_member(database& in, const pending& room) {
  return in
      .row<int>("select 1 from members where room = :room and folded = :user", with("room", room.wanted->room),
                with("user", folded(act_of(room).subject)))
      .has_value();
}

bool is_invited(database& in, const pending& room) {
  const auto& invite = room.wanted->effect->what.invite;
  return in
      .row<int>(
          "select 1 from invites where hash = :hash and room = :room and expires_at > :now "
          "and (uses_left is null or uses_left > 0)",
          with("hash", core::to_hex(invite.value)), with("room", room.wanted->room), with("now", act_of(room).at))
      .has_value();
}

bool has_blocked(database& in, const core::user_id& by, const core::user_id& whom) {
  return in
      .row<int>("select 1 from blocks where folded = :by and blocked = :whom", with("by", folded(by)),
                with("whom", folded(whom)))
      .has_value();
}

bool takes_direct(database& in, const core::user_id& person, const core::user_id& from) {
  return in
      .row<int>(
          "select 1 from (select :person as name) as person where " GREENROOM_TAKES_DIRECT("person.name", ":from"),
          with("person", folded(person)), with("from", folded(from)))
      .has_value();
}

append_outcome judge_add(database& in, const pending& room) {
  if (is_member(in, room)) return {kind::unchanged, {}};
  const auto& act = act_of(room);
  const auto& effect = *room.wanted->effect;
  if (effect.what.is_by_invite()) return is_invited(in, room) ? append_outcome{} : refusal(ec::gone);
  if (has_blocked(in, act.subject, act.author)) return refusal(ec::blocked);
  return !effect.must_agree || takes_direct(in, act.subject, act.author) ? append_outcome{} : refusal(ec::forbidden);
}

// A role makes members, too.
append_outcome judge_role(database& in, const pending& room) {
  const auto& act = act_of(room);
  if (is_member(in, room)) return {kind::stored, {}, ec::internal, true};
  return has_blocked(in, act.subject, act.author) ? refusal(ec::blocked) : append_outcome{};
}

bool is_sanctioned(database& in, const pending& room) {
  return in
      .row<int>("select 1 from sanctions where room = :room and subject = :subject and kind = :kind",
                with("room", room.wanted->room), with("subject", room.subject),
                with("kind", static_cast<int>(sanction_of(act_of(room).kind))))
      .has_value();
}

// A new topic's setter or time, or those that there are.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): a part of a literal
#define GREENROOM_TOPIC(column, now)                                                                          \
  "case when :topic = '' then 0 when :topic = coalesce((select topic from settings where room = :room), '') " \
  "then (select " column " from settings where room = :room) else " now " end"

void set(database& in, const pending& room) {
  const auto& set = room.wanted->effect->settings;
  in.execute("update rooms set private = :access where id = :room", with("access", static_cast<int>(set.access)),
             with("room", room.wanted->room));
  in.execute(
      "insert or replace into settings (room, title, topic, post, slow, data, edit_window, receipts, flags, most, "
      "room_key, masks, topic_by, topic_at) values (:room, :title, :topic, :post, :slow, :data, :edit_window, "
      ":receipts, :flags, :most, :key, :masks, " GREENROOM_TOPIC("topic_by", ":author") ", " GREENROOM_TOPIC("topic_at",
                                                                                                             ":at") ")",
      with("room", room.wanted->room), with("title", set.title), with("topic", set.topic),
      with("post", static_cast<int>(set.post)), with("slow", set.slow_s), with("data", set.data),
      with("edit_window", set.edit_window_s), with("receipts", static_cast<int>(set.receipts)),
      with("flags", static_cast<int>(set.modes.flags)), with("most", set.modes.most), with("key", set.modes.key),
      with("masks", set.modes.masks), with("author", room.authors.front()), with("at", act_of(room).at));
}

void add_member(database& in, const pending& room) {
  const auto& act = act_of(room);
  in.execute(
      "insert into members (room, name, folded, added_at, read_seq, read_texts) "
      "select id, :name, :folded, :at, head, texts from rooms where id = :room on conflict do nothing",
      with("name", act.subject.value), with("folded", folded(act.subject)), with("at", act.at),
      with("room", room.wanted->room));
}

void use_invite(database& in, const pending& room) {
  const auto& what = room.wanted->effect->what;
  if (what.is_by_invite())
    in.execute("update invites set uses_left = uses_left - 1 where hash = :hash",
               with("hash", core::to_hex(what.invite.value)));
}

void set_role(database& in, const pending& room, const core::user_id& member, core::room_role role) {
  in.execute("update members set role = :role where room = :room and folded = :folded",
             with("role", static_cast<int>(role)), with("room", room.wanted->room), with("folded", folded(member)));
}

void give_role(database& in, const pending& room) {
  const auto& subject = act_of(room).subject;
  const auto& effect = *room.wanted->effect;
  add_member(in, room);
  if (effect.what.role != core::room_role::owner) return set_role(in, room, subject, effect.what.role);
  in.execute("update rooms set owner = :owner, owner_folded = :folded where id = :room", with("owner", subject.value),
             with("folded", folded(subject)), with("room", room.wanted->room));
  set_role(in, room, effect.owner_before, core::room_role::moderator);
}

void remove_member(database& in, const pending& room) {
  in.execute("delete from members where room = :room and folded = :folded", with("room", room.wanted->room),
             with("folded", folded(act_of(room).subject)));
}

void sanction(database& in, const pending& room) {
  const auto& act = act_of(room);
  in.execute(
      "insert or replace into sanctions (room, subject, kind, until, reason, by_author, seq, at) "
      "values (:room, :subject, :kind, nullif(:until, 0), :reason, :author, :seq, :at)",
      with("room", room.wanted->room), with("subject", room.subject), with("kind", static_cast<int>(act.kind)),
      with("until", room.wanted->effect->what.until), with("reason", act.text), with("author", room.authors.front()),
      with("seq", act.seq), with("at", act.at));
}

void lift_sanction(database& in, const pending& room) {
  in.execute("delete from sanctions where room = :room and subject = :subject and kind = :kind",
             with("room", room.wanted->room), with("subject", room.subject),
             with("kind", static_cast<int>(sanction_of(act_of(room).kind))));
}

}  // namespace

append_outcome judge_act(database& in, const pending& room) {
  if (is_about_message(act_of(room).kind)) return judge_on_message(in, room);
  switch (act_of(room).kind) {
    case entry_kind::add:
      return judge_add(in, room);
    case entry_kind::role:
      return judge_role(in, room);
    case entry_kind::remove:
      return room.wanted->effect->must_be_member && !is_member(in, room) ? refusal(ec::not_found) : append_outcome{};
    case entry_kind::unban:
    case entry_kind::unmute:
      return stored_if(is_sanctioned(in, room));
    default:
      return {};
  }
}

void carry_out_act(database& in, const pending& room) {
  if (is_about_message(act_of(room).kind)) return carry_out_on_message(in, room);
  switch (act_of(room).kind) {
    case entry_kind::settings:
      return set(in, room);
    case entry_kind::role:
      return give_role(in, room);
    case entry_kind::add:
      add_member(in, room);
      return use_invite(in, room);
    case entry_kind::remove:
      return room.wanted->effect->for_now ? void() : remove_member(in, room);
    case entry_kind::ban:
      sanction(in, room);
      return remove_member(in, room);
    case entry_kind::mute:
      return sanction(in, room);
    case entry_kind::unban:
    case entry_kind::unmute:
      return lift_sanction(in, room);
    default:
      return;
  }
}

}  // namespace greenroom::storage::soci
