// A connection's read marks: kept for a moment, for a reader moves them with every message.
#include <algorithm>
#include <iterator>

#include "core/connection.hpp"

namespace greenroom::core {

// The highest of each room. Where marks of as many rooms wait as there may be, all of them go.
void connection::mark(const room_id& room, seq_no read, connection_effects& out) {
  const auto same = [&](const auto& one) { return one.first == room; };
  const auto known = std::find_if(marks_.begin(), marks_.end(), same);
  if (known != marks_.end()) {
    known->second = std::max(known->second, read);
    return;
  }
  if (marks_.size() >= limits_.rooms) let_go(out);
  marks_.emplace_back(room, read);
}

void connection::let_go(connection_effects& out) {
  out.marks.insert(out.marks.end(), std::make_move_iterator(marks_.begin()), std::make_move_iterator(marks_.end()));
  marks_.clear();
}

connection_effects connection::ended() {
  connection_effects out;
  let_go(out);
  return out;
}

}  // namespace greenroom::core
