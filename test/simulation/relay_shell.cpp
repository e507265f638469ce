#include "test/simulation/relay_shell.hpp"

#include <algorithm>

#include "test/simulation/connection_shell.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/room_shell.hpp"

namespace greenroom::simulation {
namespace {

constexpr seconds find_timeout{10};

// What an entry is for everybody: without the id that its author knows it by.
frame_ptr public_frame(const core::room_id& room, core::room_entry entry) {
  entry.client_id.clear();
  entry.poster = {};
  return make_frame(message_frame{room, std::move(entry), false});
}

frame_ptr own_frame(const core::room_id& room, core::room_entry entry) {
  entry.poster = {};
  return make_frame(message_frame{room, std::move(entry), false});
}

}  // namespace

template <class Message>
void relay_shell::tell_room(Message what) {
  if (room_) send(room_, std::move(what));
}

template <class Command>
void relay_shell::tell_hub(Command what) {
  send(deps_.audience, std::move(what));
}

// ---- effects

void relay_shell::carry_out(core::relay_effects out) {
  for (auto& request : out.rejoin) tell_room(std::move(request));
  for (auto& request : out.join) tell_room(std::move(request));
  for (const auto connection : out.leave) tell_room(core::leave_room{connection});
  if (out.compared) tell_room(*out.compared);
  for (const auto& [connection, why] : out.removed) take_out(connection, why);
  if (out.resumed) hand_out_room();
  if (out.skip) tell_hub(hub_command::skip{deps_.topic, *out.skip});
  if (!out.deliver.empty()) deliver(out.deliver);
  for (const auto connection : out.afresh)
    if (connections_.contains(connection)) tell_hub(hub_command::listen{deps_.topic, connection});
  for (const auto& answer : out.open) open(answer);
  for (const auto& [connection, why] : out.turned_away) turn_away(connection, why, out.owed);
  if (out.ended) end_all();
  if (out.find) find();
  if (out.find_in && !std::exchange(pausing_, true)) send_later(this, *out.find_in, find_tick{});
}

void relay_shell::deliver(const std::vector<core::room_entry>& entries) {
  auto out = std::make_shared<framed_batch>();
  out->first = entries.front().seq;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    out->frames.push_back(public_frame(deps_.room, entry));
    if (!entry.client_id.empty() && entry.poster && connections_.contains(entry.poster))
      out->personal.emplace(std::pair{entry.poster, i}, own_frame(deps_.room, entry));
  }
  tell_hub(hub_command::deliver{deps_.topic, std::move(out)});
}

void relay_shell::open(const core::room_joined& answer) {
  const auto who = connections_.find(answer.connection);
  const auto* const user = machine_.user_of(answer.connection);
  if (who == connections_.end() || user == nullptr) return;
  std::vector<frame_ptr> first{make_frame(
      joined_frame{deps_.room, answer.generation, answer.head, answer.members, answer.recovered, answer.face})};
  for (const auto& entry : answer.missed)
    first.push_back(entry.author == *user ? own_frame(deps_.room, entry) : public_frame(deps_.room, entry));
  send(who->second, room_ready{deps_.room, deps_.topic, room_});
  tell_hub(hub_command::open{deps_.topic, answer.connection, std::move(first), answer.head + 1});
}

void relay_shell::forget(core::connection_id connection) {
  const auto who = connections_.find(connection);
  if (who == connections_.end()) return;
  demonitor(who->second);
  connections_.erase(who);
}

void relay_shell::turn_away(core::connection_id connection, const core::error& why,
                            const std::vector<core::room_entry>& owed) {
  const auto who = connections_.find(connection);
  if (who == connections_.end()) return;
  std::vector<frame_ptr> last;
  for (const auto& entry : owed)
    if (entry.poster == connection) last.push_back(own_frame(deps_.room, entry));
  tell_hub(hub_command::leave{deps_.topic, connection, std::move(last)});
  send(who->second, room_ready{deps_.room, deps_.topic, {}, why});
  forget(connection);
}

void relay_shell::take_out(core::connection_id connection, const core::member_removed& why) {
  const auto who = connections_.find(connection);
  if (who == connections_.end()) return;
  tell_hub(hub_command::leave{deps_.topic, connection, {make_frame(gone_frame{deps_.room, why.reason, why.because})}});
  send(who->second,
       room_ready{
           deps_.room, deps_.topic, {}, {why.reason, {}, 0, std::make_shared<const core::sanction>(why.because)}});
  forget(connection);
}

void relay_shell::end_all() {
  tell_hub(hub_command::end{deps_.topic, make_frame(gone_frame{deps_.room, ec::gone})});
  for (const auto& [connection, who] : connections_)
    send(who, room_ready{deps_.room, deps_.topic, {}, {ec::gone, {}, 0}});
  connections_.clear();
}

// ---- the room

void relay_shell::find() {
  room_ = {};
  if (std::exchange(finding_, true)) return;
  request<room_found>(deps_.node, find_timeout, core::find_room{deps_.room}, [this](core::result<room_found> answer) {
    finding_ = false;
    if (answer) return room_found_at(answer->at);
    const auto code = answer.code();
    carry_out(machine_.not_found(code == ec::not_found ? ec::gone : code));
  });
}

void relay_shell::room_found_at(const handle<room_shell>& room) {
  if (machine_.following()) return;
  if (!room) return carry_out(machine_.not_found(ec::unavailable));
  room_ = room;
  monitor(room);
  carry_out(machine_.found());
}

void relay_shell::hand_out_room() {
  for (const auto connection : machine_.listeners())
    if (const auto who = connections_.find(connection); who != connections_.end())
      send(who->second, room_ready{deps_.room, deps_.topic, room_, {ec::none, {}, 0}, true});
}

void relay_shell::look(bool moved) { carry_out(moved && machine_.following() ? machine_.lost() : machine_.tick()); }

void relay_shell::down(const address& source) {
  if (source == deps_.node) return quit();
  if (room_ && room_ == source) {
    room_ = {};
    return carry_out(machine_.lost());
  }
  const auto who =
      std::find_if(connections_.begin(), connections_.end(), [&](const auto& one) { return one.second == source; });
  if (who != connections_.end()) drop_listener(who->first);
}

// ---- listeners

void relay_shell::receive(listen& request) {
  forget(request.connection);
  connections_.emplace(request.connection, request.who);
  monitor(request.who);
  tell_hub(hub_command::listen{deps_.topic, request.connection});
  carry_out(machine_.listen({request.connection, std::move(request.user)}, request.from));
}

void relay_shell::drop_listener(core::connection_id connection) {
  if (!connections_.contains(connection)) return;
  tell_hub(hub_command::leave{deps_.topic, connection, {make_frame(left_frame{deps_.room})}});
  forget(connection);
  carry_out(machine_.unlisten(connection));
}

void relay_shell::receive(unlisten& request) { drop_listener(request.connection); }

// ---- messages

void relay_shell::tell(const frame_ptr& event, bool keep) {
  if (machine_.hears()) tell_hub(hub_command::tell{deps_.topic, event, keep});
}

void relay_shell::receive(core::room_joined& answer) {
  if (from_room()) carry_out(machine_.joined(std::move(answer)));
}
void relay_shell::receive(core::room_rejoined& answer) {
  if (from_room()) carry_out(machine_.rejoined(std::move(answer)));
}
void relay_shell::receive(core::room_batch& batch) {
  if (from_room()) carry_out(machine_.batch(std::move(batch)));
}
void relay_shell::receive(core::presence_changed& change) {
  if (from_room()) tell(make_frame(presence_frame{deps_.room, std::move(change)}), true);
}
void relay_shell::receive(core::note_typing&) {
  if (from_room()) tell(make_frame(other_frame{}), false);
}
void relay_shell::receive(core::note_read&) {
  if (from_room()) tell(make_frame(other_frame{}), false);
}
void relay_shell::receive(core::room_gone&) { carry_out(machine_.gone()); }
void relay_shell::receive(core::member_removed& who) {
  if (from_room()) carry_out(machine_.removed(who));
}
void relay_shell::receive(core::compare_roster& asked) {
  if (from_room()) carry_out(machine_.compare(asked));
}
void relay_shell::receive(core::room_head&) { tell(make_frame(other_frame{}), false); }
void relay_shell::receive(look_again& told) { look(told.moved); }
void relay_shell::receive(find_tick&) {
  pausing_ = false;
  look(false);
}

void relay_shell::receive(sweep_tick&) {
  const bool was_idle = std::exchange(idle_, machine_.empty());
  if (was_idle && idle_) return send(deps_.node, relay_idle{deps_.room, self(this)});
  carry_out(machine_.sweep());
}

}  // namespace greenroom::simulation
