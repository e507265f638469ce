#include "actors/relay_actor.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>

#include "actors/failpoint.hpp"
#include "actors/guarded.hpp"
#include "actors/monitor_once.hpp"
#include "actors/relay_passing.hpp"
#include "core/check.hpp"
#include "core/direct.hpp"

namespace greenroom::actors {
namespace {

using relay_pointer = local_relay_actor::stateful_pointer<relay_state>;

constexpr auto find_room_timeout = std::chrono::seconds(10);
constexpr std::size_t most_expected = 1024;  // marks of one connection: of refused posts they stay for a while

// The same event in every voice that has a form for it.
std::shared_ptr<core::encoded_event> encode_for_all(relay_pointer self, const core::client_event& event) {
  auto out = std::make_shared<core::encoded_event>();
  for (const auto& [voice, listeners] : self->state.voices) voice->encode(event, (*out)[voice->id()]);
  return out;
}

// The connections with a talk of this user.
const std::vector<core::connection_id>& talkers_of(relay_pointer self, const core::user_id& user) {
  static const std::vector<core::connection_id> none;
  const auto found = self->state.talkers.find(user);
  return found == self->state.talkers.end() ? none : found->second;
}

// Whether an entry is a connection's own. One that is read again from the log has no poster any more.
bool is_of(const core::room_entry& entry, core::connection_id connection, const relay_state::local_listener& who) {
  return entry.poster == connection || (who.own && !entry.client_id.empty() && !who.own->ids.empty() &&
                                        std::string_view{entry.client_id}.starts_with(who.own->ids));
}

// A connection with a talk: what its user says is left out where its client doesn't want it, or carries a mark.
void encode_for_talk(relay_pointer self, core::connection_id connection, relay_state::local_listener& who,
                     const core::room_entry& entry, std::uint32_t index, core::encoded_batch& out) {
  const auto& st = self->state;
  const bool mine = is_of(entry, connection, who);
  const bool direct = core::nature_of(st.deps.room) == core::room_nature::direct;
  const bool to_oneself = direct && core::people_of(st.deps.room).size() < 2;
  const bool heard_once = protocol::is_said(entry.kind);
  if (to_oneself && heard_once && !(mine && who.own->posted)) return;  // as anybody who is spoken to
  if (heard_once && (mine ? !who.own->posted : direct && !who.own->elsewhere))
    return out.personal.push_back({connection, index, {}});
  if (!mine) return;
  core::message_event event{st.deps.room, st.machine.generation(), &entry, true, false};
  const auto mark = std::find_if(who.posts.begin(), who.posts.end(),
                                 [&](const relay_state::expected& one) { return one.id == entry.client_id; });
  if (mark != who.posts.end()) event.tag = mark->tag, event.tag_value = mark->value;
  auto frames = who.voice->encoded(event);
  // Words to oneself are echoed, and come as well.
  if (to_oneself && heard_once) {
    event.with_id = false;
    event.tag = event.tag_value = {};
    frames += who.voice->encoded(event);
  }
  out.personal.push_back({connection, index, std::move(frames)});
  // Posts are stored in their order: those before it were refused.
  if (mark != who.posts.end()) who.posts.erase(who.posts.begin(), mark + 1);
}

// An entry's author gets it with the id that they know it by, on the connection that posted it.
void encode_personal(relay_pointer self, const core::room_entry& entry, std::uint32_t index, core::encoded_batch& out) {
  auto& st = self->state;
  if (!st.talkers.empty())
    for (const auto connection : talkers_of(self, entry.author))
      encode_for_talk(self, connection, st.connections.at(connection), entry, index, out);
  if (entry.client_id.empty() || !entry.poster) return;
  const auto poster = st.connections.find(entry.poster);
  if (poster == st.connections.end() || poster->second.own || !poster->second.voice->dialect().has_ids()) return;
  const core::message_event event{st.deps.room, st.machine.generation(), &entry, true, false};
  out.personal.push_back({entry.poster, index, poster->second.voice->encoded(event)});
}

// Behind this, talks know that the hubs have their posts.
void tell_talks(relay_pointer self, const std::vector<core::room_entry>& entries) {
  const auto& st = self->state;
  for (const auto& entry : entries)
    for (const auto connection : talkers_of(self, entry.author))
      if (const auto& who = st.connections.at(connection); is_of(entry, connection, who))
        self->send(who.handle, hubs_told{st.deps.room, hubs_told::what::posts, entry.seq});
}

// The bytes of a frame besides its text, roughly: enough that the buffer hardly ever grows.
constexpr std::size_t around_text = 160;

void encode_shared(relay_pointer self, const std::vector<core::room_entry>& entries, core::encoded_batch& out) {
  const auto& st = self->state;
  core::client_event event = core::message_event{st.deps.room, st.machine.generation(), nullptr, false, false};
  auto& message = std::get<core::message_event>(event);
  std::size_t expected = 0;
  for (const auto& entry : entries) expected += entry.text.size() + around_text;
  for (const auto& [voice, listeners] : st.voices) {
    core::encoded& text = out.text[voice->id()];
    text.bytes.reserve(expected);
    text.ends.reserve(entries.size());
    for (const auto& entry : entries) {
      message.entry = &entry;
      voice->encode(event, text.bytes);
      text.end_event();
    }
  }
}

void deliver(relay_pointer self, const std::vector<core::room_entry>& entries) {
  auto& st = self->state;
  auto out = std::make_shared<core::encoded_batch>();
  out->first = entries.front().seq;
  out->count = static_cast<std::uint32_t>(entries.size());
  encode_shared(self, entries, *out);
  for (std::uint32_t i = 0; i < out->count; ++i) encode_personal(self, entries[i], i, *out);
  std::stable_sort(out->personal.begin(), out->personal.end(),
                   [](const auto& a, const auto& b) { return a.connection < b.connection; });
  st.deps.audience->deliver(st.deps.topic, std::move(out));
  if (!st.talkers.empty()) tell_talks(self, entries);
}

void hold_afresh(relay_pointer self, core::connection_id connection) {
  auto& st = self->state;
  const auto who = st.connections.find(connection);
  if (who != st.connections.end()) st.deps.audience->listen(st.deps.topic, connection, who->second.voice->hearing());
}

void keep_people(relay_pointer self, const std::vector<core::user_id>& here) {
  auto& known = self->state.here;
  known.clear();
  known.insert(here.begin(), here.end());
}

// Sends the answer to a join and the missed entries, in one go; then the cursor opens. A talk says by itself what comes
// first, and opens it.
void open(relay_pointer self, const core::room_joined& answer) {
  auto& st = self->state;
  const auto who = st.connections.find(answer.connection);
  const auto* user = st.machine.user_of(answer.connection);
  if (who == st.connections.end() || user == nullptr) return;
  if (who->second.own) {
    keep_people(self, answer.members.first);
    return self->send(who->second.handle, room_ready{st.deps.room,
                                                     st.deps.topic,
                                                     st.room,
                                                     {ec::none, {}, 0},
                                                     false,
                                                     std::make_shared<const core::room_joined>(answer)});
  }
  const auto& voice = *who->second.voice;
  auto first = voice.encoded(
      core::joined_event{st.deps.room, answer.generation, answer.head, answer.members, answer.recovered, &answer.face});
  for (const auto& entry : answer.missed)
    voice.encode(core::message_event{st.deps.room, answer.generation, &entry, entry.author == *user, false}, first);
  // The connection must know the topic before the hub can report a gap in it.
  self->send(who->second.handle, room_ready{st.deps.room, st.deps.topic, st.room});
  st.deps.audience->open(st.deps.topic, answer.connection, std::move(first), answer.head + 1);
}

auto find_voice(relay_state& st, const protocol::voice_pointer& voice) {
  return std::find_if(st.voices.begin(), st.voices.end(), [&](const auto& one) { return one.voice == voice; });
}

void take_voice(relay_state& st, const protocol::voice_pointer& voice) {
  const auto at = find_voice(st, voice);
  if (at == st.voices.end()) return st.voices.push_back({voice, 1});
  ++at->listeners;
}

void drop_voice(relay_state& st, const protocol::voice_pointer& voice) {
  const auto at = find_voice(st, voice);
  GREENROOM_CHECK(at != st.voices.end());
  if (--at->listeners == 0) st.voices.erase(at);
}

void drop_talker(relay_state& st, core::connection_id connection) {
  for (auto of = st.talkers.begin(); of != st.talkers.end(); ++of)
    if (std::erase(of->second, connection) > 0) {
      if (of->second.empty()) st.talkers.erase(of);
      break;
    }
  if (st.talkers.empty()) st.here.clear();
}

void forget(relay_pointer self, core::connection_id connection) {
  auto& st = self->state;
  const auto who = st.connections.find(connection);
  if (who == st.connections.end()) return;
  drop_voice(st, who->second.voice);
  if (who->second.own) drop_talker(st, connection);
  self->demonitor(who->second.handle.address());
  st.connections.erase(who);
}

// Includes the connection's own messages among `owed`: their return is their acknowledgement.
void turn_away(relay_pointer self, core::connection_id connection, const core::error& why,
               const std::vector<core::room_entry>& owed) {
  auto& st = self->state;
  const auto who = st.connections.find(connection);
  if (who == st.connections.end()) return;
  std::string last;
  for (const auto& entry : owed)
    if (entry.poster == connection)
      who->second.voice->encode(core::message_event{st.deps.room, st.machine.generation(), &entry, true, false}, last);
  st.deps.audience->leave(st.deps.topic, connection, std::move(last));
  self->send(who->second.handle, room_ready{st.deps.room, st.deps.topic, {}, why});
  forget(self, connection);
}

void take_out(relay_pointer self, core::connection_id connection, const core::member_removed& how) {
  auto& st = self->state;
  const auto who = st.connections.find(connection);
  if (who == st.connections.end()) return;
  const bool by_somebody = how.reason == ec::removed || how.reason == ec::banned;
  const core::gone_event told{st.deps.room, how.reason, by_somebody ? &how.because : nullptr};
  st.deps.audience->leave(st.deps.topic, connection, who->second.voice->encoded(told));
  self->send(who->second.handle, room_ready{st.deps.room, st.deps.topic, {}, {how.reason, {}, 0}});
  forget(self, connection);
}

void end_all(relay_pointer self) {
  auto& st = self->state;
  st.deps.audience->end(st.deps.topic, encode_for_all(self, core::gone_event{st.deps.room, ec::gone}));
  for (const auto& [connection, who] : st.connections)
    self->send(who.handle, room_ready{st.deps.room, st.deps.topic, {}, {ec::gone, {}, 0}});
  st.connections.clear();
  st.voices.clear();
  st.talkers.clear();
  st.here.clear();
}

void hand_out_room(relay_pointer self) {
  auto& st = self->state;
  for (const auto connection : st.machine.listeners())
    if (const auto who = st.connections.find(connection); who != st.connections.end())
      self->send(who->second.handle, room_ready{st.deps.room, st.deps.topic, st.room, {ec::none, {}, 0}, true});
}

void find(relay_pointer self);

// A room that went down meanwhile hears nothing: the next one is told all of it.
template <class Message>
void tell_room(relay_pointer self, Message message) {
  if (self->state.room) self->send(self->state.room, std::move(message));
}

void carry_out(relay_pointer self, core::relay_effects out) {
  auto& st = self->state;
  for (auto& request : out.rejoin) tell_room(self, std::move(request));
  for (auto& request : out.join) tell_room(self, std::move(request));
  for (const auto connection : out.leave) tell_room(self, core::leave_room{connection, out.why_left, out.left_at_once});
  if (out.compared) tell_room(self, *out.compared);
  for (const auto& [connection, how] : out.removed) take_out(self, connection, how);
  if (out.resumed) hand_out_room(self);
  if (out.skip) st.deps.audience->skip(st.deps.topic, *out.skip);
  if (!out.deliver.empty()) deliver(self, out.deliver);
  for (const auto connection : out.afresh) hold_afresh(self, connection);
  for (const auto& answer : out.open) open(self, answer);
  for (const auto& [connection, why] : out.turned_away) turn_away(self, connection, why, out.owed);
  if (out.ended) end_all(self);
  if (out.find) find(self);
  if (out.find_in && !std::exchange(st.pausing, true)) self->delayed_send(self, *out.find_in, find_tick::value);
}

// Messages of a room that isn't this relay's any more are left out: the next room repeats them.
bool from_room(relay_pointer self) {
  const auto& room = self->state.room;
  return room && self->current_sender() != nullptr &&
         caf::actor_cast<caf::actor_addr>(self->current_sender()) == room.address();
}

template <class Body>
void heard(relay_pointer self, Body body) {
  if (from_room(self)) guarded("relay", body);
}

void look(relay_pointer self, bool moved) {
  auto& st = self->state;
  carry_out(self, moved && st.machine.following() ? st.machine.lost() : st.machine.tick());
}

void room_found(relay_pointer self, const room_actor& room) {
  auto& st = self->state;
  st.finding = false;
  // CAF reads a handle of a node that it has no link with as null.
  if (!room) return carry_out(self, st.machine.not_found(ec::unavailable));
  st.room = room;
  monitor_once(self, room);
  carry_out(self, st.machine.found());
}

void find(relay_pointer self) {
  auto& st = self->state;
  st.room = nullptr;
  if (std::exchange(st.finding, true)) return;
  self->request(st.deps.node, find_room_timeout, core::find_room{st.deps.room})
      .then([self](const room_actor& room) { guarded("relay", [&] { room_found(self, room); }); },
            [self](const caf::error& why) {
              guarded("relay", [&] {
                self->state.finding = false;
                const auto code = from_caf(why).code;
                carry_out(self, self->state.machine.not_found(code == ec::not_found ? ec::gone : code));
              });
            });
}

void take_listener(relay_pointer self, listen& request, const local_connection_actor& handle) {
  auto& st = self->state;
  forget(self, request.connection);
  st.connections.emplace(request.connection, relay_state::local_listener{handle, request.voice, request.own});
  if (request.own) st.talkers[request.user].push_back(request.connection);
  take_voice(st, request.voice);
  self->monitor(handle);
  st.deps.audience->listen(st.deps.topic, request.connection, request.voice->hearing());
  carry_out(self, st.machine.listen({request.connection, std::move(request.user)}, request.from));
}

void drop_listener(relay_pointer self, core::connection_id connection, core::farewell why, bool at_once) {
  auto& st = self->state;
  const auto who = st.connections.find(connection);
  if (who == st.connections.end()) return;
  st.deps.audience->leave(st.deps.topic, connection, who->second.voice->encoded(core::left_event{st.deps.room}));
  if (who->second.own) self->send(who->second.handle, hubs_told{st.deps.room, hubs_told::what::left, {}});
  forget(self, connection);
  carry_out(self, st.machine.unlisten(connection, std::move(why), at_once));
}

void open_for(relay_pointer self, open_room_for& what) {
  auto& st = self->state;
  const auto who = st.connections.find(what.connection);
  if (who == st.connections.end()) return;
  st.deps.audience->open(st.deps.topic, what.connection, std::move(what.first), what.next);
  self->send(who->second.handle, hubs_told{st.deps.room, hubs_told::what::opened, {}});
}

void expect(relay_pointer self, expect_post& what) {
  auto& st = self->state;
  const auto who = st.connections.find(what.connection);
  if (who == st.connections.end()) return;
  auto& posts = who->second.posts;
  if (posts.size() >= most_expected) posts.erase(posts.begin());
  posts.push_back({std::move(what.id), std::move(what.tag), std::move(what.value)});
}

void hear_so(relay_pointer self, const hear_otherwise& what) {
  auto& st = self->state;
  const auto who = st.connections.find(what.connection);
  if (who == st.connections.end() || !who->second.own) return;
  who->second.own = what.own;
  if (who->second.voice == what.voice) return;
  drop_voice(st, who->second.voice);
  take_voice(st, what.voice);
  who->second.voice = what.voice;
  st.deps.audience->rehear(st.deps.topic, what.connection, what.voice->hearing());
}

people_here who_are_here(relay_pointer self) {
  people_here out;
  out.members.first.assign(self->state.here.begin(), self->state.here.end());
  out.members.count = static_cast<std::uint32_t>(out.members.first.size());
  return out;
}

// Without a listener for a whole sweep, the node may end it.
void sweep(relay_pointer self) {
  auto& st = self->state;
  const bool was_idle = std::exchange(st.idle, st.machine.empty());
  if (was_idle && st.idle) return self->send(st.deps.node, relay_idle{st.deps.room}, local_relay_actor(self));
  carry_out(self, st.machine.sweep());
}

void source_down(relay_pointer self, const caf::actor_addr& source) {
  auto& st = self->state;
  if (source == st.deps.node.address()) return self->quit();
  if (st.room && st.room.address() == source) {
    st.room = nullptr;  // also where no one listens any more
    return carry_out(self, st.machine.lost());
  }
  const auto who = std::find_if(st.connections.begin(), st.connections.end(),
                                [&](const auto& one) { return one.second.handle.address() == source; });
  if (who != st.connections.end()) drop_listener(self, who->first, {core::departure::quit, {}, {}}, false);
}

template <class Event>
void tell(relay_pointer self, core::latest kind, const Event& event) {
  if (!self->state.machine.hears()) return;
  self->state.deps.audience->tell(self->state.deps.topic, kind, encode_for_all(self, event));
}

// Nobody hears it of themselves.
void tell_face(relay_pointer self, const core::note_face& note) {
  auto& st = self->state;
  if (!st.machine.hears() || st.talkers.empty()) return;
  auto out = encode_for_all(self, core::face_event{st.deps.room, note});
  for (const auto connection : talkers_of(self, note.user)) out->personal.emplace_back(connection, std::string{});
  st.deps.audience->tell(st.deps.topic, core::latest::presence, std::move(out));
}

void follow_presence(relay_pointer self, const core::presence_changed& change) {
  auto& known = self->state.here;
  if (change.whole) known.clear();
  for (const auto& user : change.left) known.erase(user);
  known.insert(change.joined.begin(), change.joined.end());
}

// A connection with a talk doesn't hear of its own user: it said so itself.
void tell_presence(relay_pointer self, const core::presence_changed& change) {
  auto& st = self->state;
  if (!st.machine.hears()) return;
  auto out = encode_for_all(self, core::presence_event{st.deps.room, &change});
  if (!st.talkers.empty()) follow_presence(self, change);
  for (const auto& user : change.joined)
    for (const auto connection : talkers_of(self, user)) {
      auto others = change;
      std::erase(others.joined, user);
      out->personal.emplace_back(
          connection, st.connections.at(connection).voice->encoded(core::presence_event{st.deps.room, &others}));
    }
  st.deps.audience->tell(st.deps.topic, core::latest::presence, std::move(out));
}

void tell_passing(relay_pointer self, const core::note_passing& note) {
  auto& st = self->state;
  if (st.machine.hears()) st.deps.audience->tell(st.deps.topic, core::latest::passing, encode_passing(st, note));
}

}  // namespace

local_relay_actor::behavior_type relay_behavior(relay_pointer self, relay_deps deps) {
  self->state.deps = std::move(deps);
  self->monitor(self->state.deps.node);
  self->set_down_handler([self](caf::down_msg& down) { guarded("relay", [&] { source_down(self, down.source); }); });
  return {
      [self](core::room_joined& answer) {
        heard(self, [&] { carry_out(self, self->state.machine.joined(std::move(answer))); });
      },
      [self](core::room_rejoined& answer) {
        heard(self, [&] { carry_out(self, self->state.machine.rejoined(std::move(answer))); });
      },
      [self](core::room_batch& batch) {
        heard(self, [&] { carry_out(self, self->state.machine.batch(std::move(batch))); });
      },
      [self](const core::presence_changed& change) { heard(self, [&] { tell_presence(self, change); }); },
      [self](const core::note_typing& note) {
        heard(self, [&] { tell(self, core::latest::typing, core::typing_event{self->state.deps.room, note}); });
      },
      [self](const core::note_read& note) {
        heard(self, [&] { tell(self, core::latest::read, core::read_event{self->state.deps.room, note}); });
      },
      [self](const core::note_passing& note) { heard(self, [&] { tell_passing(self, note); }); },
      [self](const core::note_face& note) { heard(self, [&] { tell_face(self, note); }); },
      [self](const core::room_gone&) { guarded("relay", [&] { carry_out(self, self->state.machine.gone()); }); },
      [self](const core::member_removed& who) {
        if (failpoint("relay.before_removed") != ec::none) return;
        heard(self, [&] {
          self->state.here.erase(who.user);
          carry_out(self, self->state.machine.removed(who));
        });
      },
      [self](const core::author_left& who) {
        heard(self, [&] { tell(self, core::latest::erased, core::erased_event{self->state.deps.room, &who}); });
      },
      [self](const core::compare_roster& asked) {
        heard(self, [&] { carry_out(self, self->state.machine.compare(asked)); });
      },
      [self](listen& request, const local_connection_actor& who) {
        guarded("relay", [&] { take_listener(self, request, who); });
      },
      [self](open_room_for& what) { guarded("relay", [&] { open_for(self, what); }); },
      [self](expect_post& what) { guarded("relay", [&] { expect(self, what); }); },
      [self](const hear_otherwise& what) { guarded("relay", [&] { hear_so(self, what); }); },
      [self](who_is_here) { return who_are_here(self); },
      [self](unlisten& request) {
        guarded("relay", [&] { drop_listener(self, request.connection, std::move(request.why), request.at_once); });
      },
      [self](const core::room_head& head) {
        const std::vector<core::room_head> one{head};
        guarded("relay", [&] { tell(self, core::latest::heads, core::heads_event{&one}); });
      },
      [self](look_again told) { guarded("relay", [&] { look(self, told.moved); }); },
      [self](find_tick) {
        self->state.pausing = false;
        guarded("relay", [&] { look(self, false); });
      },
      [self](sweep_tick) { guarded("relay", [&] { sweep(self); }); },
  };
}

}  // namespace greenroom::actors
