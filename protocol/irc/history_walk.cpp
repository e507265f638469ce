#include "protocol/irc/history_walk.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/check.hpp"
#include "core/direct.hpp"
#include "core/page.hpp"
#include "core/text.hpp"
#include "protocol/irc/entry_lines.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/json_text.hpp"

namespace greenroom::protocol::irc {
namespace {

using asking = history_command::verb;

constexpr auto first_place = std::size_t{0}, second_place = std::size_t{1};  // of the two places

const message_reference* message_of(const history_point& point) noexcept {
  return std::get_if<message_reference>(&point);
}

// A page has the newest text of a message; its sender cut the first one.
void forget_cuts_of_edited(core::history_page& page) {
  auto entry = page.entries.begin();
  for (const auto& state : page.states) {
    if (!state.edited) continue;
    entry = std::find_if(entry, page.entries.end(), [&](const auto& one) { return one.seq == state.seq; });
    if (entry == page.entries.end()) return;
    if (entry->extra.empty()) continue;
    json_reader extra{entry->extra, core::ec::bad_json};
    entry->extra = kept_as_extra(extra.text_or("tags", ""), {});
  }
}

}  // namespace

core::kind_set left_out_of_history(bool events) noexcept {
  using enum core::entry_kind;
  if (events) return core::kind_set::of({erase, erased});
  return core::kind_set::of(
      {erase, erased, react, unreact, pin, unpin, tag, settings, role, add, remove, ban, unban, mute, unmute});
}

history_walk::history_walk(history_command what, core::room_id room, core::user_id viewer, bool events)
    : what_(std::move(what)),
      room_(std::move(room)),
      viewer_(std::move(viewer)),
      without_(left_out_of_history(events)) {
  places_[first_place].point = what_.from;
  places_[second_place].point = what_.to;
  for (auto& one : places_)
    if (const auto* const message = message_of(one.point)) {
      one.before = message->seq.value - std::min<std::uint64_t>(message->seq.value, 1);
      one.upto = message->seq.value;
    }
  plan();
}

std::optional<std::uint64_t> history_walk::place::*history_walk::unknown_of(const place& one,
                                                                            history_command::verb what) {
  if (!std::holds_alternative<core::wall_time>(one.point)) return nullptr;
  const bool before = what != asking::latest && what != asking::after;
  const bool upto = what != asking::before && what != asking::around;
  if (before && !one.before) return &place::before;
  return upto && !one.upto ? &place::upto : nullptr;
}

// Entries have a time in milliseconds. Those before a time are those up to the millisecond before it.
std::optional<core::find_time> history_walk::unplaced() const {
  for (const auto& one : places_) {
    const auto wanted = unknown_of(one, what_.what);
    if (wanted == nullptr) continue;
    const core::milliseconds earlier{wanted == &place::before ? 1 : 0};
    return core::find_time{room_, viewer_, std::get<core::wall_time>(one.point) - earlier};
  }
  return std::nullopt;
}

history_walk::question history_walk::next() const {
  if (wrong_) return {};
  if (auto wanted = unplaced()) return *std::move(wanted);
  if (left_.empty()) return {};
  const auto& now = left_.back();
  core::read_history page{room_, viewer_, now.before, now.after, static_cast<std::uint32_t>(now.want)};
  page.newest = now.newest;
  page.from_start = !now.newest && !now.after;
  page.without = without_;
  return page;
}

void history_walk::take(const core::time_found& found) {
  for (auto& one : places_) {
    const auto wanted = unknown_of(one, what_.what);
    if (wanted == nullptr) continue;
    one.*wanted = found.seq.value;
    break;
  }
  generation_ = found.generation;
  plan();
}

void history_walk::plan() {
  if (planned_ || unplaced()) return;
  planned_ = true;
  const auto low = [&](std::size_t which) { return core::seq_no{places_[which].upto.value_or(0)}; };
  const auto high = [&](std::size_t which) { return core::seq_no{places_[which].before.value_or(0) + 1}; };
  const std::size_t want = what_.limit;
  switch (what_.what) {
    case asking::latest:
      left_.push_back({{}, low(first_place), true, want});
      break;
    case asking::before:
      left_.push_back({high(first_place), {}, true, want});
      break;
    case asking::after:
      left_.push_back({{}, low(first_place), false, want});
      break;
    case asking::around:
      left_.push_back({{}, high(first_place) - 1, false, want - want / 2});
      if (want > 1) left_.push_back({high(first_place), {}, true, want / 2});
      break;
    case asking::between:
      if (low(first_place) <= low(second_place))
        left_.push_back({high(second_place), low(first_place), false, want});
      else
        left_.push_back({high(first_place), low(second_place), true, want});
      break;
    case asking::targets:
      break;
  }
}

// A message of another log, or one that isn't there yet, is no place in this one.
void history_walk::check(const core::history_page& page) {
  for (const auto& one : places_) {
    const auto* const message = message_of(one.point);
    if (message == nullptr || (message->generation == page.generation && message->seq <= page.as_of)) continue;
    wrong_ = complaint{{},
                       "MESSAGE_ERROR",
                       {std::string(what_.word), target_of(room_, viewer_)},
                       "There is no such message in this room."};
  }
}

void history_walk::take(core::history_page page) {
  GREENROOM_CHECK(!left_.empty());
  check(page);
  if (wrong_) return;
  generation_ = page.generation;
  auto& now = left_.back();
  forget_cuts_of_edited(page);
  const auto count = page.entries.size();
  GREENROOM_CHECK(count <= now.want);
  bytes_ += core::page_weight(page.entries);
  // Of AROUND the older part is read first, so that each part goes to an end of what is there.
  if (count > 0 && now.newest) now.before = page.entries.front().seq;
  if (count > 0 && !now.newest) now.after = page.entries.back().seq;
  const auto at = now.newest ? entries_.begin() : entries_.end();
  entries_.insert(at, std::move_iterator(page.entries.begin()), std::move_iterator(page.entries.end()));
  now.want -= count;
  if (page.more && now.want > 0 && count > 0 && bytes_ < max_history_bytes) return;
  end_ = end_ && !page.more;
  left_.pop_back();
}

void history_walk::refused(core::ec why) {
  using core::ec;
  left_.clear();
  for (auto& one : places_) one.before = one.upto = 0;
  planned_ = true;
  const bool shut = why == ec::not_found || why == ec::forbidden || why == ec::banned || why == ec::gone;
  if (why == ec::not_found && core::nature_of(room_) == core::room_nature::direct) return;
  wrong_ = complaint{{},
                     shut ? "INVALID_TARGET" : "MESSAGE_ERROR",
                     {std::string(what_.word), target_of(room_, viewer_)},
                     "Messages could not be retrieved"};
}

std::uint64_t history_walk::earlier() const noexcept {
  const auto low = places_[first_place].upto.value_or(0);
  const auto first = entries_.empty() ? low : entries_.front().seq.value - 1;
  return end_ || first < low ? 0 : first - low;
}

// ---- the answer ------------------------------------------------------------------------------------------------

namespace {

void begin_batch(const history_place& place, std::string_view type, std::string_view target, bool end,
                 frame_writer& out) {
  if (place.reference.empty()) return;
  line_writer line(out.begin());
  if (end) line.tag("draft/chathistory-end");
  line.begin_batch(place.server, place.reference, type);
  if (!target.empty()) line.middle(target);
  out.end();
}

void end_batch(const history_place& place, frame_writer& out) {
  if (place.reference.empty()) return;
  line_writer(out.begin()).end_batch(place.server, place.reference);
  out.end();
}

}  // namespace

void append_history(const history_walk& walked, const history_place& place, features with, frame_writer& out) {
  const auto target = place.target.empty() ? target_of(walked.room(), walked.viewer()) : std::string(place.target);
  begin_batch(place, "chathistory", target, walked.is_end(), out);
  for (const auto& entry : walked.entries()) {
    const bool own = entry.author == walked.viewer();
    append_entry(entry, {walked.room(), walked.generation(), place.reference, own}, with, out);
  }
  end_batch(place, out);
}

core::list_recent targets_asked(const history_command& what, core::user_id viewer, std::vector<core::room_id> joined) {
  const auto time_of = [](const history_point& point) {
    const auto* const at = std::get_if<core::wall_time>(&point);
    return at == nullptr ? core::wall_time{} : *at;
  };
  const auto first = time_of(what.from), second = time_of(what.to);
  return {std::move(viewer),       std::move(joined), std::min(first, second),
          std::max(first, second), what.limit,        /* newest */ second < first};
}

void append_targets(const core::recent_rooms& found, const core::user_id& viewer, const history_place& place,
                    frame_writer& out) {
  begin_batch(place, "draft/chathistory-targets", {}, false, out);
  for (const auto& one : found.rooms) {
    const auto target = target_of(one.room, viewer);
    if (target.empty()) continue;
    line_writer line(out.begin());
    if (!place.reference.empty()) line.tag("batch", place.reference);
    line.from(place.server).command("CHATHISTORY").middle("TARGETS").middle(target).middle(core::time_text(one.at));
    out.end();
  }
  end_batch(place, out);
}

}  // namespace greenroom::protocol::irc
