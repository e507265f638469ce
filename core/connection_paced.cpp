// A connection's long answers: one at a time, each when the outbox has room for it.
#include <utility>

#include "core/check.hpp"
#include "core/connection.hpp"

namespace greenroom::core {

void connection::pace(long_answer next, connection_effects& out) {
  paced_.push_back(std::move(next));
  ask_room(out);
}

void connection::ask_room(connection_effects& out) {
  if (paced_.empty() || std::exchange(asking_, true)) return;
  out.ask_room = std::holds_alternative<room_id>(paced_.front()) ? answer_kind::replay : answer_kind::page;
}

connection_effects connection::roomy(instant now) {
  connection_effects out;
  if (!std::exchange(asking_, false)) return out;
  GREENROOM_CHECK(!paced_.empty());
  auto next = std::move(paced_.front());
  paced_.erase(paced_.begin());
  if (auto* const page = std::get_if<read_history>(&next)) {
    out.history.push_back(std::move(*page));
  } else if (auto* const rooms = std::get_if<sync_rooms>(&next)) {
    out.sync.push_back(std::move(*rooms));
  } else {
    const auto where = rooms_.find(std::get<room_id>(next));
    if (where == rooms_.end() || where->second.at != phase::pausing) {  // dropped, or lost, meanwhile
      ++out.return_room;
    } else {
      where->second.at = phase::joining;
      if (!std::exchange(where->second.replay_at, now.mono)) ++replays_;
      out.listen.emplace_back(where->first, where->second.from);
    }
  }
  ask_room(out);
  return out;
}

void connection::return_room(place& where, connection_effects& out) {
  if (!std::exchange(where.replay_at, std::nullopt)) return;
  take_off(replays_, 1);
  ++out.return_room;
}

connection_effects connection::history_read() {
  connection_effects out;
  out.return_room = 1;
  out.release = 1;
  return out;
}

}  // namespace greenroom::core
