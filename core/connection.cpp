#include "core/connection.hpp"

#include <algorithm>

namespace greenroom::core {
namespace {

// A room that is being found again takes its posts then: nothing of them was stored.
constexpr bool moves(ec code) noexcept { return code == ec::fenced || code == ec::draining; }

// A connection that is idle again keeps room for this many posts under way.
constexpr std::size_t kept_flights = 32;

}  // namespace

connection::connection(user_id user, connection_limits limits, room_id only)
    : user_(std::move(user)), limits_(limits), only_(std::move(only)) {}

connection_effects connection::begin(const room_id& room, position from) {
  connection_effects out;
  rooms_.emplace(room, place{phase::finding, from, {}, false, false});
  out.find_relay.push_back(room);
  return out;
}

connection_effects connection::command(client_command command, instant now, connection_effects out) {
  struct visitor {
    connection& self;
    instant now;
    connection_effects& out;

    void operator()(client_join& c) const {
      ++out.release;
      position from{c.after.has_value(), c.after.value_or(seq_no{}), c.generation.value_or(generation_id{}), 0};
      self.join(c.room, from, out);
    }
    void operator()(client_leave& c) const {
      ++out.release;
      if (self.rooms_.erase(c.room) == 0) return self.refuse({ec::not_joined, {}, 0}, c.room, {}, out);
      out.unlisten.push_back(c.room);
    }
    void operator()(client_send& c) const {
      self.send(self.room_or_only(c.room), std::move(c.client_id), std::move(c.text), now, out);
    }
    void operator()(client_history& c) const {
      const auto& room = self.room_or_only(c.room);
      read_history request{room, self.user_, c.before.value_or(seq_no{}), c.after.value_or(seq_no{}), c.limit};
      request.from_start = c.after && !*c.after;
      out.history.push_back(std::move(request));
    }
    void operator()(client_typing& c) const {
      ++out.release;
      if (!self.is_in(c.room)) return self.refuse({ec::not_joined, {}, 0}, c.room, {}, out);
      out.typing.emplace_back(c.room, note_typing{self.user_, c.state});
    }
    void operator()(client_read& c) const {
      ++out.release;
      if (!self.is_in(c.room)) return self.refuse({ec::not_joined, {}, 0}, c.room, {}, out);
      out.read.emplace_back(c.room, note_read{self.user_, c.seq});
    }
    void operator()(client_ping&) const {
      ++out.release;
      out.say.emplace_back(pong_event{});
    }
    void operator()(client_mistake& c) const {
      ++out.release;
      self.refuse(std::move(c.why), c.room, std::move(c.client_id), out);
    }
  };
  std::visit(visitor{*this, now, out}, command);
  return out;
}

void connection::join(const room_id& room, position from, connection_effects& out) {
  const auto known = rooms_.find(room);
  if (known != rooms_.end()) {
    known->second.from = from;
    if (known->second.at == phase::in) {  // asks again, perhaps because it lost something
      known->second.at = phase::joining;
      out.listen.emplace_back(room, from);
    }
    return;
  }
  if (rooms_.size() >= limits_.rooms)
    return refuse({ec::overloaded, "This connection is in too many rooms.", 0}, room, {}, out);
  rooms_.emplace(room, place{phase::entering, from, {}, false, false});
  out.enter.push_back({room, user_, false});
}

connection_effects connection::entered(const room_id& asked, const result<room_entered>& answer) {
  connection_effects out;
  const auto where = rooms_.find(asked);
  if (where == rooms_.end() || where->second.at != phase::entering) return out;
  auto& room = where->second;
  if (answer) {
    room.at = phase::finding;
    out.find_relay.push_back(answer->info.room);
  } else if (answer.code() == ec::not_found && !room.from.known && !room.creating) {
    room.creating = true;  // whoever names a room that isn't there gets one; but nobody resumes into a new one
    out.enter.push_back({asked, user_, true});
  } else {
    drop(asked, answer.code() == ec::not_found && room.from.known ? ec::gone : answer.code(), out);
  }
  return out;
}

connection_effects connection::relay_found(const room_id& room, ec code) {
  connection_effects out;
  const auto where = rooms_.find(room);
  if (where == rooms_.end() || where->second.at != phase::finding) return out;
  if (code != ec::none) {
    drop(room, code, out);
  } else {
    where->second.at = phase::joining;
    out.listen.emplace_back(room, where->second.from);
  }
  return out;
}

connection_effects connection::ready(const room_id& room, topic_id topic, bool moved, ec refused, instant) {
  connection_effects out;
  const auto where = rooms_.find(room);
  if (where == rooms_.end()) return out;
  if (refused != ec::none) {
    drop(room, refused, out);
    return out;
  }
  where->second.at = phase::in;
  where->second.topic = topic;
  where->second.joined = true;
  send_held(room, moved, out);
  return out;
}

connection_effects connection::relay_lost(const room_id& room) {
  connection_effects out;
  const auto where = rooms_.find(room);
  if (where == rooms_.end() || where->second.at == phase::entering || where->second.at == phase::finding) return out;
  if (!where->second.joined) {  // it was idle and went just then
    where->second.at = phase::finding;
    out.find_relay.push_back(room);
  } else {  // the client is told: it joins again with what it has, and gets the rest
    drop(room, ec::unavailable, out);
  }
  return out;
}

std::vector<post>& connection::batch_of(const room_id& room, connection_effects& out) {
  const auto same =
      std::find_if(out.posts.begin(), out.posts.end(), [&](const auto& one) { return one.first == room; });
  return same != out.posts.end() ? same->second : out.posts.emplace_back(room, std::vector<post>{}).second;
}

void connection::send(const room_id& room, std::string client_id, shared_text text, instant now,
                      connection_effects& out) {
  const auto where = rooms_.find(room);
  if (where == rooms_.end()) {
    ++out.release;
    return refuse({ec::not_joined, {}, 0}, room, std::move(client_id), out);
  }
  const auto ticket = ++last_ticket_;
  const bool ready = where->second.at == phase::in;
  auto& one = flights_.emplace_back(
      flight{where->first, {ticket, std::move(client_id), std::move(text)}, now.mono + limits_.post_timeout, !ready});
  if (ready) batch_of(room, out).push_back(one.what);
}

// In the order in which they were written. After a move, what was under way goes again if it has an id: the log knows
// whether it was stored.
void connection::send_held(const room_id& room, bool also_in_flight, connection_effects& out) {
  std::vector<post> batch;
  for (auto& one : flights_) {
    if (!(one.room == room) || !(one.held || (also_in_flight && !one.what.client_id.empty()))) continue;
    one.held = false;
    batch.push_back(one.what);
  }
  if (!batch.empty()) out.posts.emplace_back(room, std::move(batch));
}

void connection::drop(const room_id& room, ec why, connection_effects& out) {
  const bool was_in = rooms_.at(room).joined;
  rooms_.erase(room);
  std::erase_if(flights_, [&](auto& one) {
    if (!(one.room == room)) return false;
    ++out.release;
    refuse({one.held ? why : ec::unknown_outcome, {}, 0}, room, one.what.client_id, out);
    return true;
  });
  const bool comes_back = was_in && describe(why).retry;
  if ((why == ec::gone && !was_in) || comes_back)
    out.say.emplace_back(gone_event{room, why});
  else if (why != ec::gone && !(why == ec::not_found && was_in))
    refuse({why, {}, 0}, room, {}, out);
  if (room == only_) out.close = why;
}

connection_effects connection::answered(const posts_answered& answers, instant) {
  connection_effects out;
  for (const auto& answer : answers.answers) {
    auto* const one = find(answer.ticket);
    if (one == nullptr || one->settled) continue;
    if (moves(answer.code)) {
      one->held = true;
      continue;
    }
    settle(*one, answer, out);
    one->settled = true;
    ++out.release;
  }
  std::erase_if(flights_, [](const flight& one) { return one.settled; });
  if (flights_.empty() && flights_.capacity() > kept_flights) std::vector<flight>().swap(flights_);
  return out;
}

// Answers come in the order of the posts, so the first one in flight is mostly the one.
connection::flight* connection::find(std::uint64_t ticket) {
  const auto at = std::lower_bound(flights_.begin(), flights_.end(), ticket,
                                   [](const flight& one, std::uint64_t wanted) { return one.what.ticket < wanted; });
  return at != flights_.end() && at->what.ticket == ticket ? &*at : nullptr;
}

void connection::settle(flight& one, const post_answer& answer, connection_effects& out) {
  if (answer.code != ec::none) return refuse({answer.code, {}, 0}, one.room, one.what.client_id, out);
  if (!answer.duplicate) return;  // the message itself, with its id, is the acknowledgement
  room_entry first{answer.seq, user_, std::move(one.what.client_id), std::move(one.what.text), answer.at, {}};
  out.repeated.emplace_back(one.room, std::move(first));
}

connection_effects connection::missed(topic_id topic, seq_no from, seq_no to) {
  connection_effects out;
  for (const auto& [room, where] : rooms_)
    if (where.topic == topic) out.gaps.emplace_back(topic, gap_event{room, from, to});
  return out;
}

connection_effects connection::sweep(instant now) {
  connection_effects out;
  std::erase_if(flights_, [&](auto& one) {
    if (now.mono < one.deadline) return false;
    ++out.release;
    refuse({one.held ? ec::unavailable : ec::unknown_outcome, {}, 0}, one.room, one.what.client_id, out);
    return true;
  });
  return out;
}

connection_effects connection::history_read() {
  connection_effects out;
  out.release = 1;
  return out;
}

void connection::refuse(error why, const room_id& room, std::string client_id, connection_effects& out) const {
  out.say.emplace_back(error_event{std::move(why), room, std::move(client_id)});
}

std::vector<room_id> connection::rooms() const {
  std::vector<room_id> out;
  for (const auto& [room, where] : rooms_)
    if (where.at == phase::joining || where.at == phase::in) out.push_back(room);
  return out;
}

bool connection::is_in(const room_id& room) const {
  const auto where = rooms_.find(room);
  return where != rooms_.end() && where->second.at == phase::in;
}

}  // namespace greenroom::core
