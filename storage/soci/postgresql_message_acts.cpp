#include "storage/soci/postgresql_message_acts.hpp"

#include "storage/soci/postgresql_act_sql.hpp"

namespace greenroom::storage::soci {
namespace {

using core::entry_kind;

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

// A verdict on the message with the number $11, which must be there and be words; `more` are further cases.
#define GREENROOM_ON_MESSAGE(more)                                                                                  \
  "select case when messages.kind is null or messages.kind not in (0, 7, 8, 9) then 2 when messages.kind = 7 then " \
  "4 " more                                                                                                         \
  "else 0 end as code from (select) as always left join messages on messages.room = $2::bigint "                    \
  "and messages.seq = $11::bigint"
#define GREENROOM_OWN_REACTION                                                                    \
  "select 1 from reactions where reactions.room = $2::bigint and reactions.target = $11::bigint " \
  "and reactions.mark = $8::text and reactions.author = $6::bigint"
#define GREENROOM_PIN "select 1 from pins where pins.room = $2::bigint and pins.target = $11::bigint"

// $14: whether anybody's message may be erased.
constexpr const char* erase_sql = GREENROOM_ACT(
    GREENROOM_ON_MESSAGE("when $14::bigint = 0 and messages.author <> $6::bigint then 3 "), "",
    ", erased as (update messages set kind = 7, body = '', extra = null, target = $1::bigint from moved "
    "where messages.room = moved.id and messages.seq = $11::bigint), "
    "emptied as (update messages set kind = 7, body = '', extra = '{}', target = $1::bigint from moved "
    "where messages.room = moved.id and messages.target = $11::bigint and messages.kind = 1), "
    "unreacted as (delete from reactions using moved where reactions.room = moved.id "
    "and reactions.target = $11::bigint), "
    "unpinned as (delete from pins using moved where pins.room = moved.id and pins.target = $11::bigint), "
    "unmentioned as (delete from mentions using moved where mentions.room = moved.id "
    "and mentions.message = $11::bigint)");

// $14: the greatest age of the message, in milliseconds.
constexpr const char* edit_sql = GREENROOM_ACT(
    GREENROOM_ON_MESSAGE("when messages.author <> $6::bigint or $9::bigint - messages.at > $14::bigint then 3 "), "",
    "");

// $14: how many marks a message may have, $15: how many of them from one person. The key leads from each mark to the
// next one, and to one's own, however many people gave it; and no other plan can seem better, whatever the statistics
// say: a `min`, a join or an `any` is answered by reading all reactions of the message where they expect few.
constexpr const char* react_sql = GREENROOM_ACT(
    "with recursive steps(mark) as (select ''::text union all select (select reactions.mark from reactions "
    "where reactions.room = $2::bigint and reactions.target = $11::bigint and reactions.mark > steps.mark "
    "order by reactions.mark limit 1) from steps where steps.mark is not null), "
    "marks as materialized (select mark from steps where mark <> '') " GREENROOM_ON_MESSAGE(
        "when exists (" GREENROOM_OWN_REACTION ") then 1 "
        "when not exists (select 1 from marks where marks.mark = $8::text) "
        "and (select count(*) from marks) >= $14::bigint then 5 "
        "when (select count(*) from marks where (select reactions.author from reactions "
        "where reactions.room = $2::bigint and reactions.target = $11::bigint and reactions.mark = marks.mark "
        "and reactions.author = $6::bigint) is not null) >= $15::bigint then 5 "),
    "",
    ", reacted as (insert into reactions (room, target, mark, author) select id, $11::bigint, $8::text, $6::bigint "
    "from moved)");

constexpr const char* unreact_sql =
    GREENROOM_ACT(GREENROOM_ON_MESSAGE("when not exists (" GREENROOM_OWN_REACTION ") then 2 "), "",
                  ", unreacted as (delete from reactions using moved where reactions.room = moved.id "
                  "and reactions.target = $11::bigint and reactions.mark = $8::text "
                  "and reactions.author = $6::bigint)");

// $14: how many pins a room may have.
constexpr const char* pin_sql = GREENROOM_ACT(
    GREENROOM_ON_MESSAGE("when exists (" GREENROOM_PIN
                         ") then 1 when (select count(*) from pins where pins.room = $2::bigint) >= "
                         "$14::bigint then 5 "),
    "", ", pinned as (insert into pins (room, target, seq) select id, $11::bigint, $1::bigint from moved)");

constexpr const char* unpin_sql =
    GREENROOM_ACT(GREENROOM_ON_MESSAGE("when not exists (" GREENROOM_PIN ") then 2 "), "",
                  ", unpinned as (delete from pins using moved where pins.room = moved.id "
                  "and pins.target = $11::bigint)");

constexpr const char* answer_sql = GREENROOM_ACT(GREENROOM_ON_MESSAGE(""), "", "");

// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace

postgresql_message_acts::postgresql_message_acts()
    : erase_("act_erase", erase_sql),
      edit_("act_edit", edit_sql),
      react_("act_react", react_sql),
      unreact_("act_unreact", unreact_sql),
      pin_("act_pin", pin_sql),
      unpin_("act_unpin", unpin_sql),
      answer_("answer", answer_sql) {}

binary_statement* postgresql_message_acts::statement_of(entry_kind of) {
  switch (of) {
    case entry_kind::erase:
      return &erase_;
    case entry_kind::edit:
      return &edit_;
    case entry_kind::react:
      return &react_;
    case entry_kind::unreact:
      return &unreact_;
    case entry_kind::pin:
      return &pin_;
    case entry_kind::unpin:
      return &unpin_;
    default:
      return core::is_words(of) ? &answer_ : nullptr;
  }
}

void postgresql_message_acts::put_own(binary_statement& to, entry_kind of, const core::act_effect& effect) {
  const auto number = [&](auto value) { to.put(static_cast<std::int64_t>(value)); };
  switch (of) {
    case entry_kind::erase:
      return number(effect.anybodys);
    case entry_kind::edit:
      return number(core::milliseconds{std::chrono::seconds{effect.edit_window_s}}.count());
    case entry_kind::react:
      number(core::max_reaction_kinds);
      return number(core::max_reactions_each);
    case entry_kind::pin:
      return number(core::max_pins);
    default:
      return;
  }
}

}  // namespace greenroom::storage::soci
