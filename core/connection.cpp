#include "core/connection.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/check.hpp"
#include "core/direct.hpp"
#include "core/message_refusal.hpp"

namespace greenroom::core {
namespace {

// With these errors the room is looked for again and the posts are sent to it again: none of them was stored.
constexpr bool moves(ec code) noexcept { return code == ec::fenced || code == ec::draining; }

// An idle connection keeps capacity for this many posts in flight.
constexpr std::size_t kept_flights = 32;

// A replay that is late by this much no longer keeps other answers waiting: its room may be moving.
constexpr milliseconds replay_patience{1000};

// With these errors the relay has told the client already that it isn't in the room any more, and why.
constexpr bool takes_out(ec code) noexcept {
  return code == ec::not_found || code == ec::forbidden || code == ec::removed || code == ec::banned ||
         code == ec::left;
}

// All other commands belong to no room, or are answered at once.
bool has_place_in_order(const client_command& command) noexcept {
  return !std::holds_alternative<client_ping>(command) && !std::holds_alternative<client_sync>(command) &&
         !std::holds_alternative<client_mistake>(command);
}

// A direct room has one name in all frames, whatever this client calls it.
void name_in_full(client_command& command, const user_id& by) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.room; })
          if (nature_of(one.room) != room_nature::room) one.room = room_meant(std::move(one.room), by);
      },
      command);
}

}  // namespace

connection::connection(user_id user, connection_limits limits, room_id only)
    : user_(std::move(user)), limits_(limits), only_(std::move(only)) {}

connection_effects connection::begin(const room_id& room, position from) {
  connection_effects out;
  place where;
  where.at = phase::finding;
  where.from = from;
  rooms_.emplace(room, std::move(where));
  out.find_relay.push_back(room);
  return out;
}

// ---- commands, in order

connection_effects connection::command(client_command command, instant now, connection_effects out) {
  name_in_full(command, user_);
  const auto where = has_place_in_order(command) ? rooms_.find(room_or_only(room_of(command))) : rooms_.end();
  if (where != rooms_.end() && where->second.at != phase::in) {
    where->second.behind.push_back({std::move(command), now.mono + post_patience()});
    ++queued_;
  } else {
    perform(std::move(command), where, now, out);
  }
  return out;
}

void connection::perform(client_command command, places::iterator where, instant now, connection_effects& out) {
  struct visitor {
    connection& self;
    places::iterator where;
    instant now;
    connection_effects& out;

    void operator()(client_join& c) const {
      ++out.release;
      position from{c.after.has_value(), c.after.value_or(seq_no{}), c.generation.value_or(generation_id{}), 0, c.key};
      self.join(where, c.room, from, c.knocks, out);
    }
    void operator()(client_leave& c) const { self.leave(where, c.room, out); }
    void operator()(client_send& c) const { self.send(where, c, now, out); }
    void operator()(client_history& c) const {
      const auto& room = self.room_or_only(c.room);
      read_history request{room, self.user_, c.before.value_or(seq_no{}), c.after.value_or(seq_no{}), c.limit};
      request.from_start = c.after && !*c.after && !c.newest;
      request.newest = c.newest;
      request.without = c.without;
      self.pace(std::move(request), out);
    }
    void operator()(client_typing& c) const { note(c.room, note_typing{self.user_, c.state}); }
    void operator()(client_read& c) const {
      if (c.quiet) {
        ++out.release;
        return self.mark(c.room, c.seq, out);
      }
      note(c.room, note_read{self.user_, c.seq});
      if (where != self.rooms_.end()) self.mark(where->first, c.seq, out);
    }
    void operator()(client_face& c) const {
      c.looks.user = self.user_;
      note(c.room, std::move(c.looks));
    }
    void operator()(client_sync& c) const {
      self.pace(sync_rooms{self.user_, room_meant(std::move(c.after), self.user_)}, out);
    }
    void operator()(client_ping&) const {
      ++out.release;
      out.say.emplace_back(pong_event{});
    }
    void operator()(client_mistake& c) const {
      ++out.release;
      self.refuse(std::move(c.why), c.room, std::move(c.client_id), out);
    }
    void note(const room_id& room, room_message::content what) const {
      ++out.release;
      if (where == self.rooms_.end()) return self.refuse({ec::not_joined, {}, 0}, room, {}, out);
      out.tell.push_back({room, std::move(what)});
    }
  };
  std::visit(visitor{*this, where, now, out}, command);
}

// Carries out the commands that waited for a join or a leave, up to the next one that isn't done at once.
void connection::go_on(const room_id& room, queue rest, instant now, connection_effects& out) {
  take_off(queued_, static_cast<std::uint32_t>(rest.size()));
  for (auto next = rest.begin(); next != rest.end(); ++next) {
    const auto where = rooms_.find(room);
    if (where != rooms_.end() && where->second.at != phase::in) {
      queued_ += static_cast<std::uint32_t>(rest.end() - next);
      where->second.behind.assign(std::make_move_iterator(next), std::make_move_iterator(rest.end()));
      return;
    }
    perform(std::move(next->what), where, now, out);
  }
}

void connection::join(places::iterator known, const room_id& room, position from, bool knocks,
                      connection_effects& out) {
  if (known != rooms_.end()) {  // asks again, perhaps because it lost something
    known->second.from = from;
    return listen(room, known->second, out);
  }
  if (rooms_.size() >= limits_.rooms)
    return refuse({ec::limit_reached, "This connection is in as many rooms as it may be: leave one first.", 0}, room,
                  {}, out);
  place where;
  where.from = from;
  where.knocks = knocks;
  rooms_.emplace(room, std::move(where));
  out.enter.push_back({room, user_, false, knocks});
}

void connection::leave(places::iterator where, const room_id& room, connection_effects& out) {
  if (where != rooms_.end() && posts_in(where->first)) {
    where->second.at = phase::leaving;
    ++leaving_;
    return;
  }
  ++out.release;
  if (where == rooms_.end()) return refuse({ec::not_joined, {}, 0}, room, {}, out);
  rooms_.erase(where);
  out.unlisten.push_back(room);
}

// Completes the leave of rooms whose posts have all been answered.
void connection::finish_leaving(instant now, connection_effects& out) {
  for (auto next = rooms_.begin(); leaving_ > 0 && next != rooms_.end();) {
    const auto where = next++;
    if (where->second.at != phase::leaving || posts_in(where->first)) continue;
    take_off(leaving_, 1);
    ++out.release;
    const auto room = where->first;
    auto rest = std::move(where->second.behind);
    rooms_.erase(where);
    out.unlisten.push_back(room);
    go_on(room, std::move(rest), now, out);
    next = rooms_.begin();  // the commands may have changed the rooms
  }
}

// ---- into a room

connection_effects connection::entered(const room_id& asked, const result<room_entered>& answer, instant now) {
  connection_effects out;
  const auto where = rooms_.find(asked);
  if (where == rooms_.end() || where->second.at != phase::entering) return out;
  auto& room = where->second;
  if (answer) {
    room.at = phase::finding;
    out.find_relay.push_back(answer->info.room);
  } else if (answer.code() == ec::not_found && !room.from.known && !room.creating &&
             nature_of(asked) == room_nature::room) {
    room.creating = true;  // joining a missing room creates it, but resuming never does
    out.enter.push_back({asked, user_, true, room.knocks});
  } else {
    drop(asked, answer.code() == ec::not_found && room.from.known ? error{ec::gone, {}, 0} : answer.why(), now, out);
  }
  return out;
}

connection_effects connection::relay_found(const room_id& room, ec code, instant now) {
  connection_effects out;
  const auto where = rooms_.find(room);
  if (where == rooms_.end() || where->second.at != phase::finding) return out;
  if (code != ec::none)
    drop(room, {code, {}, 0}, now, out);
  else
    listen(room, where->second, out);
  return out;
}

void connection::listen(const room_id& room, place& where, connection_effects& out) {
  if (where.from.known || where.from.last > 0) {
    where.at = phase::pausing;
    return pace(room, out);
  }
  where.at = phase::joining;
  out.listen.emplace_back(room, where.from);
}

connection_effects connection::ready(const room_id& room, topic_id topic, bool moved, const error& refused,
                                     instant now) {
  connection_effects out;
  const auto where = rooms_.find(room);
  if (where == rooms_.end()) return out;
  if (refused.code != ec::none) {
    drop(room, refused, now, out);
    return out;
  }
  auto& here = where->second;
  here.topic = topic;
  here.joined = true;
  return_room(here, out);
  send_held(room, moved, out);
  if (here.at != phase::joining) return out;
  here.at = phase::in;
  if (!here.behind.empty()) go_on(room, std::exchange(here.behind, {}), now, out);
  return out;
}

connection_effects connection::relay_lost(const room_id& room, instant now) {
  connection_effects out;
  const auto where = rooms_.find(room);
  if (where == rooms_.end() || where->second.at == phase::entering || where->second.at == phase::finding) return out;
  if (!where->second.joined) {  // the relay was idle and ended just then
    return_room(where->second, out);
    where->second.at = phase::finding;
    out.find_relay.push_back(room);
  } else {  // the client is told, joins again from its last entry, and gets the rest
    drop(room, {ec::unavailable, {}, 0}, now, out);
  }
  return out;
}

// ---- posts

std::vector<post>& connection::batch_of(const room_id& room, connection_effects& out) {
  const auto last =
      std::find_if(out.tell.rbegin(), out.tell.rend(), [&](const room_message& one) { return one.room == room; });
  if (last != out.tell.rend())
    if (auto* const posts = std::get_if<std::vector<post>>(&last->what)) return *posts;
  return std::get<std::vector<post>>(out.tell.emplace_back(room_message{room, std::vector<post>{}}).what);
}

void connection::send(places::iterator where, client_send& what, instant now, connection_effects& out) {
  if (where == rooms_.end()) {
    ++out.release;
    return refuse({ec::not_joined, {}, 0}, room_or_only(what.room), std::move(what.client_id), out);
  }
  const auto ticket = ++last_ticket_;
  GREENROOM_CHECK(flights_.empty() || flights_.back().what.ticket < ticket);  // `find` is a binary search
  auto& one = flights_.emplace_back(flight{where->first,
                                           {.ticket = ticket,
                                            .client_id = std::move(what.client_id),
                                            .text = std::move(what.text),
                                            .kind = what.kind,
                                            .act = std::move(what.act),
                                            .target = what.target,
                                            .extra = std::move(what.extra),
                                            .passing = what.passing,
                                            .heard_by = what.heard_by},
                                           now.mono + post_patience()});
  if (waits_in(where->first)) {  // it mustn't overtake those that are to be sent again
    one.held = one.again = true;
    return;
  }
  batch_of(where->first, out).push_back(one.what);
}

// Sends posts in the order in which they were written. After a move, posts in flight are sent again if they have an id:
// the log knows whether they were stored.
void connection::send_held(const room_id& room, bool also_in_flight, connection_effects& out) {
  for (auto& one : flights_) {
    if (!(one.room == room) || !(one.held || (also_in_flight && !one.what.client_id.empty()))) continue;
    one.held = one.again = false;
    batch_of(room, out).push_back(one.what);
  }
}

void connection::drop(const room_id& room, const error& why, instant now, connection_effects& out) {
  auto gone = std::move(rooms_.extract(room).mapped());
  return_room(gone, out);
  std::erase_if(flights_, [&](auto& one) {
    if (!(one.room == room)) return false;
    ++out.release;
    refuse(one.held ? why : error{ec::unknown_outcome, {}, 0}, room, one.what.client_id, out);
    return true;
  });
  const bool was_in = gone.joined;
  const bool comes_back = was_in && describe(why.code).retry;
  if ((why.code == ec::gone && !was_in) || comes_back)
    out.say.emplace_back(gone_event{room, why.code});
  else if (why.code != ec::gone && !(was_in && takes_out(why.code)))
    refuse(why, room, {}, out);
  if (gone.at == phase::leaving) {
    take_off(leaving_, 1);
    ++out.release;
    out.say.emplace_back(left_event{room});
  } else {
    refuse_queued(gone.behind, room, why, out);
  }
  if (room == only_) out.close = why.code;
  go_on(room, std::move(gone.behind), now, out);
}

// Commands after a failed join, up to the next join or leave, fail for the same reason; a page never needed the join.
void connection::refuse_queued(queue& rest, const room_id& room, const error& why, connection_effects& out) {
  const auto end = std::find_if(rest.begin(), rest.end(), [](const queued& one) {
    return std::holds_alternative<client_join>(one.what) || std::holds_alternative<client_leave>(one.what);
  });
  const auto kept = std::stable_partition(
      rest.begin(), end, [](const queued& one) { return std::holds_alternative<client_history>(one.what); });
  for (auto one = kept; one != end; ++one) {
    ++out.release;
    auto* const post = std::get_if<client_send>(&one->what);
    refuse(why, room, post != nullptr ? std::move(post->client_id) : std::string{}, out);
  }
  take_off(queued_, static_cast<std::uint32_t>(end - kept));
  rest.erase(kept, end);
}

connection_effects connection::answered(const posts_answered& answers, instant now) {
  connection_effects out;
  for (const auto& answer : answers.answers) {
    auto* const one = find(answer.ticket);
    if (one == nullptr || one->settled) continue;
    if (moves(answer.code)) {
      one->held = true;
      continue;
    }
    if (keeps_trying(answer.code)) {
      one->held = one->again = true;
      continue;
    }
    settle(*one, answer, answers.refusals, out);
    one->settled = true;
    ++out.release;
  }
  std::erase_if(flights_, [](const flight& one) { return one.settled; });
  if (flights_.empty() && flights_.capacity() > kept_flights) std::vector<flight>().swap(flights_);
  finish_leaving(now, out);
  return out;
}

// Answers come in the order of the posts, so the first post in flight is usually the right one.
connection::flight* connection::find(std::uint64_t ticket) {
  const auto at = std::lower_bound(flights_.begin(), flights_.end(), ticket,
                                   [](const flight& one, std::uint64_t wanted) { return one.what.ticket < wanted; });
  return at != flights_.end() && at->what.ticket == ticket ? &*at : nullptr;
}

void connection::settle(flight& one, const post_answer& answer, const std::vector<refusal>& refusals,
                        connection_effects& out) {
  if (answer.code != ec::none) {
    auto why = refusal_of(one.what.kind, bool{one.what.target}, answer.code);
    if (why.code == ec::bad_request) why.code = ec::bad_frame;
    const auto more =
        std::find_if(refusals.begin(), refusals.end(), [&](const refusal& of) { return of.ticket == answer.ticket; });
    if (more != refusals.end()) {
      why.retry_after = more->retry_after_s;
      if (!more->because.user.value.empty()) why.because = std::make_shared<const sanction>(more->because);
    }
    return refuse(std::move(why), one.room, one.what.client_id, out);
  }
  if (!answer.seq) {
    out.say.emplace_back(unchanged_event{one.room, one.what.client_id});
    return;
  }
  if (is_words(one.what.kind))
    if (const auto where = rooms_.find(one.room); where != rooms_.end())
      where->second.posted = std::max(where->second.posted, answer.seq);
  if (limits_.keep_trying.count() > 0) out.stored.emplace_back(one.room, one.what.client_id, answer.seq);
  if (!answer.duplicate) return;  // the entry itself, with its id, is the acknowledgement
  room_entry first{.seq = answer.seq,
                   .author = user_,
                   .client_id = std::move(one.what.client_id),
                   .text = std::move(one.what.text),
                   .at = answer.at,
                   .kind = one.what.kind,
                   .target = one.what.target,
                   .extra = one.what.extra};
  if (const auto& act = one.what.act) {
    first.target = act->target;
    first.subject = act->subject;
    first.extra = act->extra;
  }
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
  let_go(out);
  std::erase_if(flights_, [&](auto& one) {
    if (now.mono < one.deadline) return false;
    ++out.release;
    refuse({one.held ? ec::unavailable : ec::unknown_outcome, {}, 0}, one.room, one.what.client_id, out);
    return true;
  });
  try_again(out);
  for (auto& [room, where] : rooms_) {
    if (where.replay_at && now.mono - *where.replay_at >= replay_patience) return_room(where, out);
    const auto before = where.behind.size();
    std::erase_if(where.behind, [&, &name = room](queued& one) {
      auto* const post = std::get_if<client_send>(&one.what);
      if (post == nullptr || now.mono < one.deadline) return false;
      ++out.release;
      refuse({ec::unavailable, {}, 0}, name, std::move(post->client_id), out);
      return true;
    });
    take_off(queued_, static_cast<std::uint32_t>(before - where.behind.size()));
  }
  finish_leaving(now, out);
  return out;
}

void connection::refuse(error why, const room_id& room, std::string client_id, connection_effects& out) const {
  out.say.emplace_back(error_event{std::move(why), room, std::move(client_id)});
}

bool connection::posts_in(const room_id& room) const {
  return std::any_of(flights_.begin(), flights_.end(), [&](const flight& one) { return one.room == room; });
}

}  // namespace greenroom::core
