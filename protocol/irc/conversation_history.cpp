// A conversation's history: CHATHISTORY and HISTORY.
#include <algorithm>
#include <utility>

#include "core/direct.hpp"
#include "core/text.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/conversation_walk.hpp"
#include "protocol/irc/isupport.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::uint32_t history_of_people = 50;  // messages, where HISTORY names no number

core::client_history asked_of(const core::read_history& page) {
  core::client_history out{page.room, std::nullopt, std::nullopt, page.limit};
  if (page.before) out.before = page.before;
  if (page.after || page.from_start) out.after = page.after;
  out.newest = page.newest;
  out.without = page.without;
  return out;
}

}  // namespace

// ---- one walk after the other ----------------------------------------------------------------------------------

// Questions of time are asked at once; pages wait for room in the outbox (`core::connection`).
void conversation::walk(history_walk what, walked use) {
  history_ = std::make_shared<walk_under_way>(walk_under_way{std::move(what), std::move(use)});
  walk_on();
}

void conversation::walk_on() {
  auto next = history_->walk.next();
  if (auto* const page = std::get_if<core::read_history>(&next)) {
    history_->page = page->limit;
    return order(asked_of(*page));
  }
  if (auto* const time = std::get_if<core::find_time>(&next))
    return ask(std::move(*time), [this, of = history_](const auto& got) {
      if (history_ != of) return;
      if (const auto* found = answer_as<core::time_found>(got))
        of->walk.take(*found);
      else
        of->walk.refused(got.code());
      walk_on();
    });
  const auto done = std::exchange(history_, nullptr);
  done->use(done->walk);
}

// The walk waits for a page of this room. Else it is one of another walk, which was given up.
bool conversation::reads_in(const core::room_id& room) const {
  return history_ && history_->page > 0 && history_->walk.room() == room;
}

void conversation::heard(const core::history_event& what) {
  if (!reads_in(what.room) || what.page->entries.size() > history_->page) return;
  history_->page = 0;
  history_->walk.take(*what.page);
  walk_on();
}

// ---- CHATHISTORY -----------------------------------------------------------------------------------------------

void conversation::run(history_command& what, const answer_ptr& by) {
  if (what.what == history_command::verb::targets) return list_targets(what, by);
  const bool person = what.target->is_person();
  const auto room = room_of(*what.target);
  const auto target = named_target(*what.target);
  if (!person && inside(room) == nullptr)
    return to(by).fail("CHATHISTORY", "INVALID_TARGET", {std::string(what.word), target},
                       "Messages could not be retrieved");
  ++by->waits_for;
  walk({std::move(what), room, who_.user, has(capability::event_playback)}, [this, target, by](history_walk& done) {
    if (done.wrong())
      to(by).complain("CHATHISTORY", *done.wrong());
    else
      put_history(done, target, by);
    one_done(by);
  });
}

void conversation::list_targets(const history_command& what, const answer_ptr& by) {
  ++by->waits_for;
  ask(targets_asked(what, who_.user, rooms_inside()), [this, by](const auto& got) {
    const auto reference = next_history_batch();
    if (const auto* found = answer_as<core::recent_rooms>(got))
      put_lines(
          [&](frame_writer& out) {
            append_targets(*found, who_.user, {ground_.face->name, reference}, out);
          },
          by->lines);
    else
      to(by).fail("CHATHISTORY", "MESSAGE_ERROR", {"TARGETS"}, "Messages could not be retrieved");
    one_done(by);
  });
}

// Of the lines of one answer of history; empty for clients that know no batches.
std::string conversation::next_history_batch() {
  return has(capability::batch) ? "h" + std::to_string(++last_batch_) : std::string{};
}

void conversation::put_history(const history_walk& done, std::string_view target, const answer_ptr& by) {
  const auto reference = next_history_batch();
  put_lines(
      [&](frame_writer& out) {
        append_history(done, {ground_.face->name, reference, target}, hearing_, out);
      },
      by->lines);
}

// Appends what `write` says, line by line.
void conversation::put_lines(const std::function<void(frame_writer&)>& write, std::vector<std::string>& lines) const {
  std::string text;
  frame_writer out(text, framing::line);
  write(out);
  for (std::string_view rest = text; !rest.empty();) {
    auto one = core::take_until(rest, '\n');
    if (one.ends_with('\r')) one.remove_suffix(1);
    lines.emplace_back(one);
  }
}

// ---- HISTORY #room [n], for people -----------------------------------------------------------------------------

void conversation::history_word(const line& what, const answer_ptr& by) {
  auto target = target_from(what[0]);
  if (const auto* wrong = std::get_if<complaint>(&target)) return to(by).complain("HISTORY", *wrong);
  const auto& of = std::get<message_target>(target);
  const bool person = of.is_person();
  const auto room = room_of(of);
  const auto name = named_target(of);
  if (!person && inside(room) == nullptr) return to(by).numeric(numeric::err_notonchannel, {name});
  const auto wanted = core::number_from<std::uint32_t>(what[1]).value_or(history_of_people);
  history_command how{history_command::verb::latest, "LATEST"};
  how.limit = std::clamp<std::uint32_t>(wanted, 1, max_history_page);
  ++by->waits_for;
  walk({std::move(how), room, who_.user, false}, [this, name, by](history_walk& done) {
    if (done.wrong())
      to(by).numeric(numeric::err_unknownerror, {"HISTORY", name}, done.wrong()->text);
    else
      put_history(done, name, by);
    one_done(by);
  });
}

}  // namespace greenroom::protocol::irc
