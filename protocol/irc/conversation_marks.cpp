// A conversation's read markers (IRCv3 draft/read-marker): times to the client, places in logs to everybody else.
#include <algorithm>
#include <utility>

#include "core/direct.hpp"
#include "core/text.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/conversation_walk.hpp"
#include "protocol/irc/entry_lines.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

std::string marker_text(core::wall_time at) {
  return at == core::wall_time{} ? std::string("*") : "timestamp=" + core::time_text(at);
}

}  // namespace

// A mark only rises; one that is known here may not be stored yet.
const core::mark_found& conversation::keep_mark(const core::room_id& room, const core::mark_found& found) {
  auto& known = marks_[room];
  if (found.seq > known.seq) known = found;
  return known;
}

void conversation::with_mark(const core::room_id& room,
                             std::function<void(const core::result<core::mark_found>&)> use) {
  ask(core::find_mark{room, who_.user}, [this, room, use = std::move(use)](const auto& got) {
    const auto* found = answer_as<core::mark_found>(got);
    use(found != nullptr ? core::result<core::mark_found>{keep_mark(room, *found)} : got.why());
  });
}

void conversation::put_mark(const std::string& target, core::wall_time at, const answer_ptr& by) {
  to(by).say("MARKREAD", {target}, marker_text(at));
}

void conversation::run(mark_command& what, const answer_ptr& by) {
  const bool person = what.target.is_person();
  const auto room = room_of(what.target);
  const auto target = named_target(what.target);
  if (!person && inside(room) == nullptr)
    return to(by).fail("MARKREAD", "INVALID_PARAMS", {target}, "You aren't there.");
  ++by->waits_for;
  const auto failed = [this, target, by](const core::error& why) {
    // In a direct room that nobody has opened there is nothing to read.
    if (why.code == core::ec::not_found)
      put_mark(target, {}, by);
    else
      to(by).fail("MARKREAD", "INTERNAL_ERROR", {target}, why.text());
    one_done(by);
  };
  with_mark(room, [this, room, target, by, failed, wanted = what.read](const auto& mark) {
    if (!mark) return failed(mark.why());
    if (!wanted || *wanted <= mark->at) {
      put_mark(target, mark->at, by);
      return one_done(by);
    }
    ask(core::find_time{room, who_.user, *wanted},
        [this, room, target, by, failed, before = *mark, at = *wanted](const auto& got) {
          const auto* found = answer_as<core::time_found>(got);
          if (found == nullptr) return failed(got.why());
          auto shown = before.at;
          if (found->seq > before.seq) {
            shown = keep_mark(room, {found->seq, at}).at;
            order(core::client_read{room, found->seq, true});
          }
          put_mark(target, shown, by);
          one_done(by);
        });
  });
}

// Another connection of the user has read on, in whatever dialect.
void conversation::mark_moved(const core::room_id& room, core::seq_no seq) {
  const auto target = target_of(room, who_.user);
  const bool direct = core::nature_of(room) == core::room_nature::direct;
  if (!has(capability::read_marker) || target.empty() || (!direct && inside(room) == nullptr)) return;
  if (const auto known = marks_.find(room); known != marks_.end() && known->second.seq >= seq) return;
  core::read_history one{room, who_.user, seq + 1, {}, 1};
  ask(std::move(one), [this, room, target](const auto& got) {
    const auto* page = answer_as<core::history_page>(got);
    if (page == nullptr || page->entries.empty()) return;
    const core::mark_found there{page->entries.back().seq, page->entries.back().at};
    if (keep_mark(room, there).seq != there.seq) return;
    std::vector<std::string> lines;
    speaker(ground_.face->name, nick(), lines).say("MARKREAD", {target}, marker_text(there.at));
    say(std::move(lines));
  });
}

}  // namespace greenroom::protocol::irc
