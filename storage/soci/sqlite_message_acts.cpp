#include "storage/soci/columns.hpp"
#include "storage/soci/maintain.hpp"
#include "storage/soci/sqlite_acts.hpp"

namespace greenroom::storage::soci {
namespace {

using core::ec;
using core::entry_kind;
using kind = append_outcome::kind;

append_outcome refused(ec why) { return {kind::refused, {}, why}; }

const core::room_entry& entry_of(const pending& room) { return room.wanted->entries.front(); }

bool has_reacted(database& in, const pending& room) {
  return in
      .row<int>("select 1 from reactions where room = :room and target = :target and mark = :mark and author = :author",
                with("room", room.wanted->room), with("target", entry_of(room).target),
                with("mark", entry_of(room).text), with("author", room.authors.front()))
      .has_value();
}

// The key leads from each mark to the next one, however many people gave it.
bool may_react(database& in, const pending& room) {
  const auto& act = entry_of(room);
  std::size_t marks = 0, own = 0;
  bool known = false;
  in.rows<std::string, int>(
      "with recursive marks(mark) as (select '' union all select (select mark from reactions where room = :room "
      "and target = :target and mark > marks.mark order by mark limit 1) from marks where marks.mark is not null) "
      "select marks.mark, case when exists (select 1 from reactions where room = :of_room and target = :of_target "
      "and mark = marks.mark and author = :author) then 1 else 0 end from marks where marks.mark <> ''",
      [&](const std::string& mark, int given) {
        ++marks;
        if (given != 0) ++own;
        known = known || act.text.view() == mark;
      },
      with("room", room.wanted->room), with("target", act.target), with("of_room", room.wanted->room),
      with("of_target", act.target), with("author", room.authors.front()));
  return (known || marks < core::max_reaction_kinds) && own < core::max_reactions_each;
}

bool is_pinned(database& in, const pending& room) {
  return in
      .row<int>("select 1 from pins where room = :room and target = :target", with("room", room.wanted->room),
                with("target", entry_of(room).target))
      .has_value();
}

bool may_pin(database& in, const pending& room) {
  const auto pins = in.row<long long>("select count(*) from pins where room = :room", with("room", room.wanted->room));
  return count(std::get<0>(*pins)) < core::max_pins;
}

append_outcome judge_edit(const pending& room, bool own, core::wall_time written) {
  const auto age = entry_of(room).at - written;
  const bool young = age <= std::chrono::seconds{room.wanted->effect->edit_window_s};
  return own && young ? append_outcome{} : refused(ec::forbidden);
}

append_outcome judge_react(database& in, const pending& room) {
  if (has_reacted(in, room)) return {kind::unchanged, {}};
  return may_react(in, room) ? append_outcome{} : refused(ec::limit_reached);
}

append_outcome judge_pin(database& in, const pending& room) {
  if (is_pinned(in, room)) return {kind::unchanged, {}};
  return may_pin(in, room) ? append_outcome{} : refused(ec::limit_reached);
}

void erase(database& in, const pending& room) {
  const auto& act = entry_of(room);
  note_remnants(in);
  in.execute(
      "update messages set kind = 7, body = '', extra = case when kind = 1 then '{}' end, target = :seq "
      "where room = :room "
      "and (seq = :message or (target = :target and kind = 1))",
      with("seq", act.seq), with("room", room.wanted->room), with("message", act.target), with("target", act.target));
  in.execute("delete from reactions where room = :room and target = :target", with("room", room.wanted->room),
             with("target", act.target));
  in.execute("delete from pins where room = :room and target = :target", with("room", room.wanted->room),
             with("target", act.target));
  in.execute("delete from mentions where room = :room and message = :target", with("room", room.wanted->room),
             with("target", act.target));
}

void react(database& in, const pending& room) {
  in.execute("insert into reactions (room, target, mark, author) values (:room, :target, :mark, :author)",
             with("room", room.wanted->room), with("target", entry_of(room).target), with("mark", entry_of(room).text),
             with("author", room.authors.front()));
}

void unreact(database& in, const pending& room) {
  in.execute("delete from reactions where room = :room and target = :target and mark = :mark and author = :author",
             with("room", room.wanted->room), with("target", entry_of(room).target), with("mark", entry_of(room).text),
             with("author", room.authors.front()));
}

void pin(database& in, const pending& room) {
  in.execute("insert into pins (room, target, seq) values (:room, :target, :seq)", with("room", room.wanted->room),
             with("target", entry_of(room).target), with("seq", entry_of(room).seq));
}

void unpin(database& in, const pending& room) {
  in.execute("delete from pins where room = :room and target = :target", with("room", room.wanted->room),
             with("target", entry_of(room).target));
}

}  // namespace

append_outcome judge_on_message(database& in, const pending& room) {
  const auto message =
      in.row<int, long long, long long>("select kind, author, at from messages where room = :room and seq = :target",
                                        with("room", room.wanted->room), with("target", entry_of(room).target));
  if (!message) return refused(ec::not_found);
  const auto& [number, author, at] = *message;
  const auto of_kind = static_cast<entry_kind>(number);
  if (of_kind == entry_kind::erased) return refused(ec::gone);
  if (!core::is_words(of_kind)) return refused(ec::not_found);
  const bool own = author == room.authors.front();
  switch (entry_of(room).kind) {
    case entry_kind::erase:
      return own || room.wanted->effect->anybodys ? append_outcome{} : refused(ec::forbidden);
    case entry_kind::edit:
      return judge_edit(room, own, to_time(at));
    case entry_kind::react:
      return judge_react(in, room);
    case entry_kind::unreact:
      return has_reacted(in, room) ? append_outcome{} : refused(ec::not_found);
    case entry_kind::pin:
      return judge_pin(in, room);
    case entry_kind::unpin:
      return is_pinned(in, room) ? append_outcome{} : refused(ec::not_found);
    default:
      return {};
  }
}

void carry_out_on_message(database& in, const pending& room) {
  switch (entry_of(room).kind) {
    case entry_kind::erase:
      return erase(in, room);
    case entry_kind::react:
      return react(in, room);
    case entry_kind::unreact:
      return unreact(in, room);
    case entry_kind::pin:
      return pin(in, room);
    case entry_kind::unpin:
      return unpin(in, room);
    default:
      return;
  }
}

}  // namespace greenroom::storage::soci
