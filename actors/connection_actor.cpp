#include "actors/connection_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>

#include "actors/audit_words.hpp"
#include "actors/connection_talk.hpp"
#include "actors/guarded.hpp"
#include "telemetry/audit.hpp"

namespace greenroom::actors {
namespace {

constexpr auto connection_ask_timeout = std::chrono::seconds(5);
constexpr auto connection_sweep_interval = std::chrono::seconds(1);
constexpr auto leave_patience = std::chrono::seconds(1);
constexpr core::milliseconds talk_patience{30'000};  // clients with a talk don't send again

core::instant now(connection_pointer self) { return self->state.ground->clock->now(); }

void say(connection_pointer self, const core::client_event& event) {
  if (self->state.talk) return tell_talk(self, event);
  auto frames = self->state.voice->encoded(event);
  if (!frames.empty()) self->state.client->send(std::move(frames));
}

void hang_up(connection_pointer self, ec why, std::string_view reason);

void hear(connection_pointer self, const core::user_news& news) {
  if (news.but && news.but == self->state.id) return;
  // Only clients of IRC have words for these.
  if (!self->state.talk && news.kind == core::news_kind::invited) return;
  if (!self->state.talk && news.kind == core::news_kind::killed) return hang_up(self, ec::removed, "ended by an admin");
  // The mark of an author is known where it was written.
  if (news.kind == core::news_kind::read && self->state.machine->has_posted(news.room, news.seq)) return;
  if (self->state.talk) return tell_talk(self, core::news_event{&news});
  auto frames = self->state.voice->encoded(core::news_event{&news});
  if (!frames.empty()) self->state.client->hint(std::move(frames));
}

void say_gap(connection_pointer self, core::topic_id topic, const core::gap_event& gap) {
  auto frames = self->state.voice->encoded(gap);
  if (!frames.empty()) self->state.client->send_gap(topic, gap.from, gap.to, std::move(frames));
}

void enter(connection_pointer self, core::enter_room request) {
  auto& st = self->state;
  const auto room = request.room;
  const auto user = request.user;
  self->request(st.ground->catalog, connection_ask_timeout, std::move(request))
      .then(
          [self, room, user](core::room_entered& answer) {
            if (answer.created)
              telemetry::audit::write(
                  {"create_room", "done", user.value, {}, answer.info.room.value, self->state.address});
            carry_out(self, self->state.machine->entered(room, std::move(answer), now(self)));
          },
          [self, room](const caf::error& why) {
            carry_out(self, self->state.machine->entered(room, from_caf(why), now(self)));
          });
}

void relay_found(connection_pointer self, const core::room_id& room, const local_relay_actor& relay) {
  auto& st = self->state;
  st.routes[room] = {relay, {}};
  self->monitor(relay);
  carry_out(self, st.machine->relay_found(room, ec::none, now(self)));
}

void find_relay_of(connection_pointer self, const core::room_id& room) {
  // The node answers at once, or is gone, which is an answer too; a time-out would wake CAF's clock.
  self->request(self->state.ground->node, caf::infinite, find_relay{room})
      .then([self, room](const local_relay_actor& relay) { relay_found(self, room, relay); },
            [self, room](const caf::error& why) {
              carry_out(self, self->state.machine->relay_found(room, from_caf(why).code, now(self)));
            });
}

void listen_to(connection_pointer self, const core::room_id& room, core::position from) {
  const auto& st = self->state;
  const auto route = st.routes.find(room);
  if (route == st.routes.end()) return;
  from.at_once = st.talk != nullptr;
  self->send(route->second.relay, listen{st.id, st.machine->user(), st.voice, from, st.own},
             local_connection_actor(self));
}

// Others are told at once of a client of IRC.
unlisten leaving(connection_pointer self, const core::room_id& room) {
  const auto& st = self->state;
  if (!st.talk) return {st.id, {}, false};
  return {st.id, st.talk->farewell(room), true};
}

void unlisten_to(connection_pointer self, const core::room_id& room) {
  auto& st = self->state;
  const auto route = st.routes.find(room);
  if (route == st.routes.end()) return;
  self->demonitor(route->second.relay.address());
  self->send(route->second.relay, leaving(self, room));
  st.routes.erase(route);
}

void tell_room(connection_pointer self, const core::room_id& room, core::room_message::content what) {
  struct teller {
    connection_pointer self;
    const room_actor& to;
    void operator()(std::vector<core::post>& posts) const {
      const auto& st = self->state;
      self->send(to, core::post_batch{st.machine->user(), st.id, std::move(posts)});
    }
    void operator()(core::note_typing& note) const { self->send(to, std::move(note)); }
    void operator()(core::note_read& note) const { self->send(to, std::move(note)); }
    void operator()(core::note_face& note) const { self->send(to, std::move(note)); }
  };
  const auto route = self->state.routes.find(room);
  if (route != self->state.routes.end() && route->second.room) std::visit(teller{self, route->second.room}, what);
}

void read_page(connection_pointer self, core::read_history request) {
  const auto room = request.room;
  self->request(self->state.ground->catalog, connection_ask_timeout, std::move(request))
      .then(
          [self, room](const core::history_page& page) {
            guarded("connection", [&] { say(self, core::history_event{room, &page}); });
            carry_out(self, self->state.machine->history_read());
          },
          [self, room](const caf::error& why) {
            guarded("connection", [&] { say(self, core::error_event{from_caf(why), room, {}}); });
            carry_out(self, self->state.machine->history_read());
          });
}

void read_rooms(connection_pointer self, core::sync_rooms request) {
  self->request(self->state.ground->catalog, connection_ask_timeout, std::move(request))
      .then(
          [self](const core::rooms_synced& page) {
            guarded("connection", [&] { say(self, core::synced_event{&page}); });
            carry_out(self, self->state.machine->history_read());
          },
          [self](const caf::error& why) {
            guarded("connection", [&] { say(self, core::error_event{from_caf(why), {}, {}}); });
            carry_out(self, self->state.machine->history_read());
          });
}

void store_marks(connection_pointer self, core::connection_effects& out) {
  if (!out.marks.empty())
    self->send(self->state.ground->marks,
               note_marks{self->state.machine->user(), self->state.id, std::move(out.marks)});
}

void leave_all(connection_pointer self, bool by_us) {
  auto last = self->state.machine->ended();
  store_marks(self, last);
  if (self->state.talk) end_talk(self, by_us);
  for (const auto& [room, route] : self->state.routes) self->send(route.relay, leaving(self, room));
  self->quit();
}

// The rooms are left at once: a client that doesn't answer the close must not be present until its socket gives up.
void hang_up(connection_pointer self, ec why, std::string_view reason) {
  self->state.client->close(why, reason);
  leave_all(self, true);
}

// For a node that goes away: posts under way are still answered.
void leave_if_answered(connection_pointer self) {
  auto& st = self->state;
  if (st.leaving && !st.machine->busy()) hang_up(self, ec::draining, "restarting");
}

void sweep_later(connection_pointer self) {
  auto& st = self->state;
  if (!(st.machine->must_be_swept() || (st.talk && st.talk->busy())) || std::exchange(st.sweeping, true)) return;
  self->delayed_send(self, connection_sweep_interval, sweep_tick::value);
}

}  // namespace

void carry_out(connection_pointer self, core::connection_effects out) {
  guarded("connection", [&] {
    auto& st = self->state;
    for (auto& one : out.tell) tell_room(self, one.room, std::move(one.what));
    for (const auto& room : out.unlisten) unlisten_to(self, room);
    for (auto& request : out.enter) enter(self, std::move(request));
    for (const auto& room : out.find_relay) find_relay_of(self, room);
    for (const auto& [room, from] : out.listen) listen_to(self, room, from);
    for (auto& request : out.history) read_page(self, std::move(request));
    for (auto& request : out.sync) read_rooms(self, std::move(request));
    store_marks(self, out);
    for (const auto& event : out.say) say(self, event);
    for (const auto& [topic, gap] : out.gaps) say_gap(self, topic, gap);
    for (const auto& [room, id, seq] : out.stored) talk_stored(self, room, id, seq);
    for (const auto& [room, entry] : out.repeated) say(self, core::message_event{room, {}, &entry, true, true});
    if (out.return_room > 0) st.client->return_room(out.return_room);
    if (out.ask_room) st.client->ask_room(*out.ask_room);
    // A talk's commands aren't frames: it knows itself when one is dealt with.
    if (out.release > 0 && !st.talk) st.client->release(out.release);
    if (out.close != ec::none) return hang_up(self, out.close, core::to_string(out.close));
    leave_if_answered(self);
    sweep_later(self);
  });
}

namespace {

// The mistake for a command that isn't carried out, by which the client can tell which.
core::client_mistake refusal(const core::client_command& command, core::error why) {
  core::client_mistake out{std::move(why), {}, core::room_of(command)};
  if (const auto* send = std::get_if<core::client_send>(&command)) out.client_id = send->client_id;
  if (const auto* mistake = std::get_if<core::client_mistake>(&command)) out.client_id = mistake->client_id;
  return out;
}

core::limit_class class_of(const core::client_command& command) {
  const auto* const send = std::get_if<core::client_send>(&command);
  return send != nullptr && !core::is_words(send->kind) ? core::limit_class::act : core::limit_class::send;
}

// The room writes an audit line of such an act, once it is done.
void put_address(connection_pointer self, core::client_command& command) {
  auto* const send = std::get_if<core::client_send>(&command);
  if (send == nullptr || !send->act || audit_word(send->kind).empty()) return;
  auto act = *send->act;
  act.address = self->state.address;
  send->act = std::make_shared<const core::act>(std::move(act));
}

// The bucket is asked before the frame is parsed; a refused frame is only searched for its id and room.
void take_frames(connection_pointer self, const std::vector<std::string>& frames) {
  auto& st = self->state;
  if (st.talk) return hear_frames(self, frames);
  const auto at = now(self);
  core::connection_effects out;
  for (const auto& frame : frames) {
    auto command = st.voice->dialect().decode(frame);
    const auto verdict = st.ground->rates->take(class_of(command), st.machine->user().value, 1);
    if (!verdict.allowed)
      command = refusal(command, {ec::rate_limited, {}, verdict.retry_after_s});
    else if (st.leaving && std::holds_alternative<core::client_send>(command))
      command = refusal(command, {ec::draining, {}, 1});
    put_address(self, command);
    out = st.machine->command(std::move(command), at, std::move(out));
  }
  carry_out(self, std::move(out));
}

void take_ready(connection_pointer self, const room_ready& told) {
  auto& st = self->state;
  const auto route = st.routes.find(told.room);
  if (route == st.routes.end()) return;
  const bool moved = told.again && route->second.room;
  if (told.refused.code == ec::none) {
    route->second.room = told.handle;
  } else {
    self->demonitor(route->second.relay.address());
    st.routes.erase(route);
  }
  carry_out(self, st.machine->ready(told.room, told.topic, moved, told.refused, now(self)));
  if (st.talk) talk_ready(self, told);
}

void relay_down(connection_pointer self, const caf::actor_addr& relay) {
  auto& st = self->state;
  const auto route = std::find_if(st.routes.begin(), st.routes.end(),
                                  [&](const auto& one) { return one.second.relay.address() == relay; });
  if (route == st.routes.end()) return;
  const auto room = route->first;
  st.routes.erase(route);
  carry_out(self, st.machine->relay_lost(room, now(self)));
}

}  // namespace

local_connection_actor::behavior_type connection_behavior(connection_pointer self, connection_deps deps) {
  auto& st = self->state;
  const bool one_room = !deps.voice->dialect().many_rooms();
  st.client = std::move(deps.client);
  st.ground = std::move(deps.ground);
  st.id = deps.id;
  st.voice = std::move(deps.voice);
  st.address = std::move(deps.address);
  st.talk = std::move(deps.talk);
  st.voice_of = std::move(deps.voice_of);
  st.session = std::move(deps.session);
  if (st.talk) st.own = std::make_shared<const protocol::own_words>(st.talk->own());
  auto bounds = st.ground->limits;
  if (st.talk) bounds.keep_trying = talk_patience;
  st.machine.emplace(std::move(deps.user), bounds, one_room ? deps.room : core::room_id{});
  self->set_down_handler(
      [self](caf::down_msg& down) { guarded("connection", [&] { relay_down(self, down.source); }); });
  if (!deps.room.value.empty()) carry_out(self, st.machine->begin(deps.room, deps.from));
  if (st.talk) guarded("connection", [&] { begin_talk(self); });
  return {
      [self](const core::posts_answered& answers) {
        carry_out(self, self->state.machine->answered(answers, now(self)));
      },
      [self](const frames_received& read) { guarded("connection", [&] { take_frames(self, read.frames); }); },
      [self](entries_missed gap) { carry_out(self, self->state.machine->missed(gap.topic, gap.from, gap.to)); },
      [self](outbox_roomy) { carry_out(self, self->state.machine->roomy(now(self))); },
      [self](socket_closed) { leave_all(self, false); },
      [self](const end_connection& end) {
        auto& state = self->state;
        if (end.why != ec::draining || state.leaving) return hang_up(self, end.why, end.reason);
        state.leaving = true;
        leave_if_answered(self);
        // Posts for a room that found no other home are not waited for: their authors send them again.
        self->delayed_send(self, leave_patience, end);
      },
      [self](const room_ready& told) { guarded("connection", [&] { take_ready(self, told); }); },
      [self](const core::user_news& news) { guarded("connection", [&] { hear(self, news); }); },
      [self](const core::user_seen& what) {
        if (self->state.talk) guarded("connection", [&] { talk_saw(self, what); });
      },
      [self](const hubs_told& told) { guarded("connection", [&] { talk_told(self, told); }); },
      [self](flush_tick) { guarded("connection", [&] { go_on_with_talk(self); }); },
      [self](sweep_tick) {
        self->state.sweeping = false;
        carry_out(self, self->state.machine->sweep(now(self)));
        if (self->state.talk) tick_talk(self);
      },
  };
}

}  // namespace greenroom::actors
