#include "storage/soci/postgresql_acts.hpp"

#include "storage/soci/columns.hpp"
#include "storage/soci/postgresql_act_sql.hpp"
#include "storage/soci/takes_direct.hpp"

namespace greenroom::storage::soci {
namespace {

using core::entry_kind;
using kind = append_outcome::kind;

// The verdict of a statement on its act (postgresql_act_sql.hpp).
enum verdict_code : std::int64_t {
  fine_with_a_member = -1,
  fine = 0,
  without_change = 1,
  missing = 2,
  not_theirs = 3,
  over = 4,
  full = 5,
  shut_out = 6
};

append_outcome as_outcome(std::int64_t code) {
  switch (code) {
    case without_change:
      return {kind::unchanged, {}};
    case missing:
      return {kind::refused, {}, core::ec::not_found};
    case not_theirs:
      return {kind::refused, {}, core::ec::forbidden};
    case over:
      return {kind::refused, {}, core::ec::gone};
    case full:
      return {kind::refused, {}, core::ec::limit_reached};
    case shut_out:
      return {kind::refused, {}, core::ec::blocked};
    default:
      return {kind::stored, {}};
  }
}

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

#define GREENROOM_ALWAYS "select 0 as code"
#define GREENROOM_MEMBERSHIP "select 1 from members where room = $2::bigint and folded = $14::text"
#define GREENROOM_SANCTION_COLUMNS "room, subject, kind, until, reason, by_author, seq, at"
#define GREENROOM_SANCTION(until)                                                                          \
  ", sanctioned as (insert into sanctions (" GREENROOM_SANCTION_COLUMNS                                    \
  ") select id, $13::bigint, $10::bigint, " until                                                          \
  "::bigint, $8::text, $6::bigint, $1::bigint, $9::bigint from moved on conflict (room, subject, kind) "   \
  "do update set until = excluded.until, reason = excluded.reason, by_author = excluded.by_author, seq = " \
  "excluded.seq, at = excluded.at)"
// A new member has read all up to there.
#define GREENROOM_MEMBER_COLUMNS "room, name, folded, added_at, read_seq, read_texts"
#define GREENROOM_NEW_MEMBER "id, $15::text, $14::text, $9::bigint, $1::bigint, texts"
#define GREENROOM_ADD_MEMBER                                                                    \
  ", added as (insert into members (" GREENROOM_MEMBER_COLUMNS ") select " GREENROOM_NEW_MEMBER \
  " from moved "                                                                                \
  "on conflict do nothing)"
#define GREENROOM_REMOVE_MEMBER \
  ", removed as (delete from members using moved where members.room = moved.id and members.folded = $14::text)"

// $14 access, $15 title, $16 topic, $17 post, $18 slow, $19 data, $20 edit_window, $21 receipts, $22 256 times `most`
// and the flags, for a statement has 24 parameters at most, $23 key, $24 masks.
constexpr const char* settings_sql = GREENROOM_ACT(
    GREENROOM_ALWAYS, ", private = $14::bigint",
    ", made as (insert into settings (room, title, topic, post, slow, data, edit_window, receipts, flags, most, "
    "room_key, masks, topic_by, topic_at) select id, $15::text, $16::text, $17::bigint, $18::bigint, $19::text, "
    "$20::bigint, $21::bigint, $22::bigint % 256, $22::bigint / 256, $23::text, $24::text, "
    "case when $16::text = '' then 0 else $6::bigint end, case when $16::text = '' then 0 else $9::bigint end "
    "from moved "
    "on conflict (room) do update set title = excluded.title, topic = excluded.topic, "
    "post = excluded.post, slow = excluded.slow, data = excluded.data, "
    "edit_window = excluded.edit_window, receipts = excluded.receipts, flags = excluded.flags, most = excluded.most, "
    "room_key = excluded.room_key, masks = excluded.masks, "
    "topic_by = case when settings.topic = excluded.topic then settings.topic_by else excluded.topic_by end, "
    "topic_at = case when settings.topic = excluded.topic then settings.topic_at else excluded.topic_at end)");

// In the acts on members, $14 is the person's folded name, and $15 the name where they may become a member.
// In those that make somebody a member, $16 is the author's folded name.
#define GREENROOM_BLOCKED "select 1 from blocks where folded = $14::text and blocked = $16::text"
#define GREENROOM_UNLESS_BLOCKED                                                               \
  "select case when exists (" GREENROOM_MEMBERSHIP ") then -1 when exists (" GREENROOM_BLOCKED \
  ") then 6 else 0 end as code"

// $17: the folded name of the owner before.
constexpr const char* owner_sql =
    GREENROOM_ACT(GREENROOM_UNLESS_BLOCKED, ", owner = $15::text, owner_folded = $14::text",
                  GREENROOM_ADD_MEMBER
                  ", before as (update members set role = 2 from moved where members.room = moved.id "
                  "and members.folded = $17::text)");

// $17: the role.
constexpr const char* role_sql =
    GREENROOM_ACT(GREENROOM_UNLESS_BLOCKED, "",
                  ", made as (insert into members (" GREENROOM_MEMBER_COLUMNS ", role) select " GREENROOM_NEW_MEMBER
                  ", $17::bigint from moved on conflict (room, folded) do update set role = excluded.role)");

// $17: whether the person must want to be written to by the author.
constexpr const char* add_sql =
    GREENROOM_ACT("select case when exists (" GREENROOM_MEMBERSHIP ") then 1 when exists (" GREENROOM_BLOCKED
                  ") then 6 when $17::bigint = 1 and not " GREENROOM_TAKES_DIRECT(
                      "$14::text", "$16::text") " then 3 else 0 end as code",
                  "", GREENROOM_ADD_MEMBER);

// $16: the hash of the invite by which they come, which is used. The room is locked before it, as where the room is
// deleted; and its row, so that it isn't revoked meanwhile.
constexpr const char* invited_sql = GREENROOM_ACT(
    "with live as materialized (select invites.hash from (select id from rooms where id = $2::bigint "
    "for no key update) as mine join invites on invites.room = mine.id where invites.hash = $16::text "
    "and invites.expires_at > $9::bigint and (invites.uses_left is null or invites.uses_left > 0) "
    "for update of invites) "
    "select case when exists (" GREENROOM_MEMBERSHIP
    ") then 1 when exists (select from live) then 0 else 4 end as code",
    "",
    GREENROOM_ADD_MEMBER
    ", used as (update invites set uses_left = uses_left - 1 from moved where invites.room = moved.id "
    "and invites.hash = $16::text)");

// $15: whether they must be a member.
constexpr const char* remove_sql = GREENROOM_ACT(
    "select case when $15::bigint = 1 and not exists (" GREENROOM_MEMBERSHIP ") then 2 else 0 end as code", "",
    GREENROOM_REMOVE_MEMBER);

// $15: the end.
constexpr const char* ban_sql = GREENROOM_ACT(GREENROOM_ALWAYS, "", GREENROOM_SANCTION("$15") GREENROOM_REMOVE_MEMBER);

// $14: the end.
constexpr const char* mute_sql = GREENROOM_ACT(GREENROOM_ALWAYS, "", GREENROOM_SANCTION("$14"));

// The kind of what is taken back is the one before the act's.
constexpr const char* lift_sql = GREENROOM_ACT(
    "select case when exists (select 1 from sanctions where room = $2::bigint and subject = $13::bigint "
    "and kind = $10::bigint - 1) then 0 else 1 end as code",
    "",
    ", lifted as (delete from sanctions using moved where sanctions.room = moved.id "
    "and sanctions.subject = $13::bigint and sanctions.kind = $10::bigint - 1)");

constexpr const char* tag_sql = GREENROOM_ACT(GREENROOM_ALWAYS, "", "");

// NOLINTEND(cppcoreguidelines-macro-usage)

// The parameters that are an act's own, in the order of its statement. The names live until it has run.
void put_own(binary_statement& to, const core::room_entry& act, const core::act_effect& effect, const std::string& name,
             const std::string& owner_before, const std::string& invite, const std::string& author) {
  const auto number = [&](auto value) { to.put(static_cast<std::int64_t>(value)); };
  const auto end = effect.what.until.time_since_epoch().count();
  const auto put_end = [&] { end == 0 ? to.put_null() : to.put(std::int64_t{end}); };
  const auto& set = effect.settings;
  switch (act.kind) {
    case entry_kind::settings:
      number(set.access);
      to.put(set.title.view()).put(set.topic.view());
      number(set.post);
      number(set.slow_s);
      to.put(set.data.view());
      number(set.edit_window_s);
      number(set.receipts);
      number((std::uint64_t{set.modes.most} << 8) + set.modes.flags);
      to.put(set.modes.key.view()).put(set.modes.masks.view());
      return;
    case entry_kind::role:
      to.put(name).put(act.subject.value).put(author);
      if (effect.what.role != core::room_role::owner) return number(effect.what.role);
      to.put(owner_before);
      return;
    case entry_kind::add:
      to.put(name).put(act.subject.value);
      to.put(invite.empty() ? author : invite);
      if (invite.empty()) number(effect.must_agree);
      return;
    case entry_kind::remove:
      if (effect.for_now) return;
      to.put(name);
      return number(effect.must_be_member);
    case entry_kind::ban:
      to.put(name);
      return put_end();
    case entry_kind::mute:
      return put_end();
    default:
      return;
  }
}

}  // namespace

void put_fences(binary_statement& to, const pending& room, long long fence) {
  const auto& wanted = *room.wanted;
  to.put(static_cast<std::int64_t>(wanted.entries.back().seq.value))
      .put(static_cast<std::int64_t>(wanted.room.value))
      .put(static_cast<std::int64_t>(wanted.epoch.value))
      .put(static_cast<std::int64_t>(wanted.entries.front().seq.value - 1))
      .put(std::int64_t{fence});
}

postgresql_acts::postgresql_acts()
    : settings_("act_settings", settings_sql),
      owner_("act_owner", owner_sql),
      role_("act_role", role_sql),
      add_("act_add", add_sql),
      invited_("act_invited", invited_sql),
      remove_("act_remove", remove_sql),
      ban_("act_ban", ban_sql),
      mute_("act_mute", mute_sql),
      lift_("act_lift", lift_sql),
      tag_("act_tag", tag_sql) {}

binary_statement& postgresql_acts::statement_of(entry_kind of, const core::act_effect& effect) {
  const auto& what = effect.what;
  switch (of) {
    case entry_kind::settings:
      return settings_;
    case entry_kind::role:
      return what.role == core::room_role::owner ? owner_ : role_;
    case entry_kind::add:
      return what.is_by_invite() ? invited_ : add_;
    case entry_kind::remove:
      return effect.for_now ? tag_ : remove_;
    case entry_kind::ban:
      return ban_;
    case entry_kind::mute:
      return mute_;
    case entry_kind::tag:
      return tag_;
    default:
      return lift_;
  }
}

void postgresql_acts::store(database& in, const pending& room, long long fence) {
  const auto& act = room.wanted->entries.front();
  const auto& effect = *room.wanted->effect;
  auto* const on_message = on_messages_.statement_of(act.kind);
  auto& statement = on_message != nullptr ? *on_message : statement_of(act.kind, effect);
  const auto name = folded(act.subject);
  const auto owner_before = folded(effect.owner_before);
  const auto invite = core::to_hex(effect.what.invite.value);
  const auto author = folded(act.author);
  statement.start();
  put_fences(statement, room, fence);
  put_act(statement, act, room.authors.front(), room.subject);
  if (on_message != nullptr)
    postgresql_message_acts::put_own(statement, act.kind, effect);
  else
    put_own(statement, act, effect, name, owner_before, invite, author);
  const auto answer = statement.run(in);
  enum column { moved, held, first_seq, first_at, same, code };
  auto& outcome = *room.outcome;
  if (answer.number(0, moved) != 0)
    outcome = {kind::stored, {}, core::ec::internal, answer.number(0, code) == fine_with_a_member};
  else if (const core::seq_no first{count(answer.number(0, first_seq))})
    outcome = {kind::repeated, {{0, first, to_time(answer.number(0, first_at)), answer.number(0, same) != 0}}};
  else if (answer.number(0, held) != 0 && answer.number(0, code) > fine)
    outcome = as_outcome(answer.number(0, code));
  else
    outcome = {kind::fenced, {}};
}

}  // namespace greenroom::storage::soci
