#include "actors/room_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/audit_words.hpp"
#include "actors/guarded.hpp"
#include "telemetry/audit.hpp"

namespace greenroom::actors {
namespace {

using room_pointer = local_room_actor::stateful_pointer<room_state>;

constexpr core::milliseconds grown_pause{250};
constexpr auto find_patience = std::chrono::seconds(5);  // longer than the lookup's own

void carry_out(room_pointer self, core::room_effects out, core::instant now);

// Gives the machine its input with `now`, read once, and carries out the effects.
template <class Input>
void feed(room_pointer self, Input input) {
  guarded("room", [&] {
    const auto now = self->state.deps.clock->now();
    carry_out(self, input(*self->state.machine, now), now);
  });
}

void count_refused(room_pointer self, ec why) {
  self->state.deps.metrics.posts_refused.with({core::to_string(why)}).add();
}

using answer_batches = std::unordered_map<core::connection_id, core::posts_answered>;

answer_batches batches_of(room_pointer self, const core::room_effects& out) {
  answer_batches batches;
  auto batch = batches.end();
  std::uint64_t durable = 0;
  for (const auto& [connection, answer] : out.answers) {
    if (answer.code != ec::none)
      count_refused(self, answer.code);
    else if (answer.seq && !answer.duplicate)
      ++durable;
    if (batch == batches.end() || batch->first != connection) batch = batches.try_emplace(connection).first;
    batch->second.answers.push_back(answer);
  }
  self->state.deps.metrics.posts.add(durable);
  for (const auto& [connection, why] : out.refusals) batches[connection].refusals.push_back(why);
  return batches;
}

void send_answers(room_pointer self, const core::room_effects& out, core::instant now) {
  auto& st = self->state;
  for (auto& [whom, answered] : batches_of(self, out)) {
    const auto poster = st.posters.find(whom);
    if (poster == st.posters.end()) continue;
    poster->second.unanswered -= std::min(poster->second.unanswered, answered.answers.size());
    st.deps.metrics.post_seconds.observe(
        std::chrono::duration<double>(now.mono - std::exchange(poster->second.since, now.mono)).count());
    self->send(poster->second.handle, std::move(answered));
    if (poster->second.unanswered == 0) st.posters.erase(poster);
  }
}

void answer_performers(room_pointer self, core::room_effects& out) {
  auto& st = self->state;
  for (auto& [asker, done] : out.performed) {
    if (!done) {
      count_refused(self, done.code());
      st.askers.refuse(asker, done.why());
      continue;
    }
    if (done->entry.seq && !done->duplicate) st.deps.metrics.posts.add();
    st.askers.keep(asker, std::move(*done));
  }
}

// Always answered: acts about that person wait for it.
void find_user(room_pointer self, const core::user_id& user) {
  const auto found = [self, user](const core::result<core::user_id>& who) {
    feed(self, [&](core::room& room, core::instant now) { return room.user_found(user, who, now); });
  };
  self->request(self->state.deps.people, find_patience, core::find_users{{user}})
      .then(
          [found](const core::users_found& answer) {
            found(answer.users.empty() ? core::result<core::user_id>(ec::no_user) : answer.users.front());
          },
          [found](const caf::error& why) { found(from_caf(why)); });
}

// No message between nodes is so long that it delays a heartbeat.
constexpr std::size_t message_bytes = 256 * 1024;

template <class Message>
void tell_relays(room_pointer self, Message message) {
  auto& relays = self->state.relays;
  if (relays.size() == 1) return self->send(relays.begin()->second, std::move(message));
  // One payload for all of them: CAF's messages are copied on write.
  const auto shared = caf::make_message(std::move(message));
  for (auto& [number, relay] : relays) relay->enqueue(self->ctrl(), caf::make_message_id(), shared, self->context());
}

// A relay that went down is forgotten here, though the machine may still answer it.
template <class Message>
void tell_relay(room_pointer self, core::relay_no number, Message message) {
  const auto& relays = self->state.relays;
  if (const auto relay = relays.find(number); relay != relays.end()) self->send(relay->second, std::move(message));
}

// Acts without a connection are noted where they come in.
void note_act(room_pointer self, const core::room_entry& entry, const std::string& address) {
  const auto word = audit_word(entry.kind);
  if (word.empty() || !entry.poster) return;
  const auto& room = self->state.machine->id().value;
  telemetry::audit::write({word, "done", entry.author.value, entry.subject.value, room, address});
}

void publish(room_pointer self, std::vector<core::room_entry> entries, const std::string& act_address) {
  const auto& room = *self->state.machine;
  core::room_batch batch{room.id(), room.generation(), {}};
  std::size_t bytes = 0;
  for (auto& entry : entries) {
    note_act(self, entry, act_address);
    const auto weight = sizeof(entry) + entry.text.size() + entry.author.value.size() + entry.client_id.size() +
                        entry.subject.value.size() + entry.extra.size();
    if (!batch.entries.empty() && bytes + weight > message_bytes) {
      tell_relays(self, std::exchange(batch, {room.id(), room.generation(), {}}));
      bytes = 0;
    }
    bytes += weight;
    batch.entries.push_back(std::move(entry));
  }
  tell_relays(self, std::move(batch));
}

// In pieces that are short frames.
void tell_authors_left(room_pointer self, std::vector<core::author_left> authors) {
  for (auto& left : authors) {
    const auto seqs = std::move(left.seqs);
    std::size_t from = 0;
    do {
      const auto end = std::min(from + core::max_erased_seqs, seqs.size());
      left.seqs.assign(seqs.begin() + static_cast<std::ptrdiff_t>(from),
                       seqs.begin() + static_cast<std::ptrdiff_t>(end));
      tell_relays(self, left);
      from = end;
    } while (from < seqs.size());
  }
}

// Now and then: it reads what was stored since, also where nothing more is said.
void tell_follower(room_pointer self, core::mono_time now) {
  auto& st = self->state;
  if (!st.deps.follower || now - st.follower_told < grown_pause) return;
  st.follower_told = now;
  self->send(st.deps.follower, core::log_grew{st.machine->key(), st.machine->head()});
}

template <class Note>
void pass_on(room_pointer self, Note note) {
  auto& st = self->state;
  if (st.machine->hears(note.user, st.deps.clock->now())) tell_relays(self, std::move(note));
}

// At most one `tick` is `under_way`: one that comes before its time is sent again.
template <class Tick>
void tick_later(room_pointer self, std::optional<core::mono_time> due, bool& under_way, Tick tick, core::instant now) {
  if (!due || std::exchange(under_way, true)) return;
  const auto wait = std::max(*due - now.mono, core::mono_time::duration{0});
  self->delayed_send(self, std::chrono::duration_cast<std::chrono::microseconds>(wait), tick);
}

void carry_out(room_pointer self, core::room_effects out, core::instant now) {
  auto& st = self->state;
  if (!out.append.empty())
    self->send(st.deps.journal,
               append_entries{{st.machine->key(), out.epoch, std::move(out.append), out.effect, out.look_only}});
  if (out.reopen) self->send(st.deps.journal, reopen_room{{st.machine->id(), st.deps.node, st.deps.view}});
  if (out.check_epoch) self->send(st.deps.journal, check_epoch{st.machine->key(), now.mono});
  for (const auto& user : out.find_users) find_user(self, user);
  for (auto& who : out.removed) tell_relays(self, std::move(who));
  if (st.deps.news)
    for (auto& news : out.news) self->send(st.deps.news, std::move(news));
  for (const auto& [relay, question] : out.compare) tell_relay(self, relay, question);
  for (auto& [relay, answer] : out.joined) tell_relay(self, relay, std::move(answer));
  for (auto& [relay, answer] : out.rejoined) tell_relay(self, relay, std::move(answer));
  for (auto& arrival : out.arrived) tell_relays(self, std::move(arrival));
  if (!out.publish.empty()) {
    publish(self, std::move(out.publish), out.act_address);
    tell_follower(self, now.mono);
  }
  for (auto& note : out.passing) tell_relays(self, std::move(note));
  answer_performers(self, out);
  if (!out.answers.empty()) send_answers(self, out, now);
  if (!out.authors_left.empty()) tell_authors_left(self, std::move(out.authors_left));
  if (out.presence) tell_relays(self, std::move(*out.presence));
  if (out.stop == ec::gone) tell_relays(self, core::room_gone{st.machine->id(), ec::gone});
  if (out.stop == ec::fenced && !st.told_to_stop) st.deps.metrics.rooms_fenced.add();
  if (out.stop != ec::none) return self->quit();
  tick_later(self, st.machine->presence_due(), st.damping, damp_tick::value, now);
  tick_later(self, st.machine->append_due(), st.gathering, flush_tick::value, now);
}

core::relay_no relay_of_sender(room_pointer self) {
  auto& st = self->state;
  const auto sender = self->current_sender();
  const auto [known, added] = st.numbers.try_emplace(caf::actor_cast<caf::actor_addr>(sender));
  if (added) {
    known->second = {++st.last_relay};
    const auto relay = caf::actor_cast<relay_actor>(sender);
    st.relays.emplace(known->second, relay);
    self->monitor(relay);
  }
  return known->second;
}

void relay_down(room_pointer self, const caf::actor_addr& relay) {
  auto& st = self->state;
  const auto known = st.numbers.extract(relay);
  if (!known) return;
  st.relays.erase(known.mapped());
  const auto now = st.deps.clock->now();
  carry_out(self, st.machine->relay_lost(known.mapped(), now), now);
}

void relays_down(room_pointer self, const caf::node_id& node) {
  auto& st = self->state;
  std::vector<core::relay_no> lost;
  for (const auto& [number, relay] : st.relays)
    if (relay.node() == node) lost.push_back(number);
  const auto now = st.deps.clock->now();
  carry_out(self, st.machine->relays_lost(lost, now), now);
}

void take_posts(room_pointer self, core::post_batch& batch) {
  auto& st = self->state;
  if (self->current_sender() == nullptr) return;  // there is no one to answer
  auto& poster = st.posters[batch.from];
  if (!poster.handle) poster.handle = caf::actor_cast<connection_actor>(self->current_sender());
  const auto now = st.deps.clock->now();
  if (poster.unanswered == 0) poster.since = now.mono;
  poster.unanswered += batch.posts.size();
  carry_out(self, st.machine->post(std::move(batch), now), now);
}

caf::result<core::act_performed> perform(room_pointer self, core::perform_act& request) {
  auto& st = self->state;
  auto promise = self->make_response_promise<core::act_performed>();
  const auto asker = st.askers.add(promise);
  const auto now = st.deps.clock->now();
  carry_out(self, st.machine->perform(asker, std::move(request), now), now);
  return promise;
}

caf::result<core::person_invited> invite(room_pointer self, const core::invite_person& who) {
  auto& st = self->state;
  const auto now = st.deps.clock->now();
  auto out = st.machine->invite(who, now);
  if (!out) return to_caf(out.why());
  carry_out(self, std::move(*out), now);
  return core::person_invited{st.machine->id()};
}

core::append_result to_result(const entries_appended& answer) {
  using kind = core::append_result::kind;
  core::append_result out;
  if (answer.code != ec::none) {
    out.what = answer.code == ec::unavailable ? kind::unavailable : kind::unknown;
    return out;
  }
  switch (answer.outcome.what) {
    case storage::append_outcome::kind::stored:
      out.what = kind::stored;
      break;
    case storage::append_outcome::kind::repeated:
      out.what = kind::repeated;
      break;
    case storage::append_outcome::kind::fenced:
      out.what = kind::fenced;
      break;
    case storage::append_outcome::kind::refused:
      out.what = kind::refused;
      out.why = answer.outcome.why;
      break;
    case storage::append_outcome::kind::unchanged:
      out.what = kind::unchanged;
      break;
  }
  out.was_member = answer.outcome.was_member;
  for (const auto& known : answer.outcome.repeated)
    out.repeated.push_back({known.index, known.seq, known.at, known.same});
  return out;
}

}  // namespace

local_room_actor::behavior_type room_behavior(room_pointer self, room_deps deps) {
  auto& st = self->state;
  st.machine.emplace(std::move(deps.opened), deps.limits);
  st.deps = std::move(deps);
  st.deps.metrics.rooms_live.add();
  self->attach_functor([metrics = st.deps.metrics](const caf::error&) { metrics.rooms_live.sub(); });
  self->monitor(st.deps.journal);
  self->set_down_handler([self](caf::down_msg& down) {
    if (down.source == self->state.deps.journal.address()) return self->quit();
    guarded("room", [&] { relay_down(self, down.source); });
  });
  return {
      [self](core::post_batch& batch) { guarded("room", [&] { take_posts(self, batch); }); },
      [self](core::join_room& request) {
        if (self->current_sender() == nullptr) return;  // there is no one to answer
        feed(self, [&](core::room& room, core::instant now) {
          return room.join(relay_of_sender(self), std::move(request), now);
        });
      },
      [self](core::rejoin_room& request) {
        if (self->current_sender() == nullptr) return;
        feed(self, [&](core::room& room, core::instant now) {
          return room.rejoin(relay_of_sender(self), std::move(request), now);
        });
      },
      [self](core::roster_compared seen) {
        const auto relay = self->state.numbers.find(caf::actor_cast<caf::actor_addr>(self->current_sender()));
        if (relay != self->state.numbers.end()) self->state.machine->compared(relay->second, seen.roster);
      },
      [self](core::perform_act& request) { return guarded("room", [&] { return perform(self, request); }); },
      [self](core::leave_room request) {
        feed(self, [&](core::room& room, core::instant now) {
          return room.leave(request.connection, now, std::move(request.why), request.at_once);
        });
      },
      [self](core::note_typing& note) { guarded("room", [&] { pass_on(self, std::move(note)); }); },
      [self](core::note_read& note) {
        guarded("room", [&] {
          if (auto mark = self->state.machine->marked(std::move(note))) pass_on(self, std::move(*mark));
        });
      },
      [self](core::note_face& note) {
        guarded("room", [&] {
          if (auto looks = self->state.machine->looked(std::move(note))) pass_on(self, std::move(*looks));
        });
      },
      [self](const core::invite_person& who) { return guarded("room", [&] { return invite(self, who); }); },
      [self](core::retire_room why) {
        self->state.told_to_stop = true;
        feed(self, [&](core::room& room, core::instant) { return room.retire(why.reason); });
      },
      [self](const core::room_gone&) {
        feed(self, [&](core::room& room, core::instant) { return room.retire(ec::gone); });
      },
      [self](const core::roster_changed&) {
        feed(self, [](core::room& room, core::instant now) { return room.roster_changed(now); });
      },
      [self](const core::author_erased& who) {
        feed(self, [&](core::room& room, core::instant) { return room.erase_author(who); });
      },
      [self](entries_appended& answer) {
        feed(self, [&](core::room& room, core::instant now) { return room.appended(to_result(answer), now); });
      },
      [self](room_reopened& answer) {
        feed(self, [&](core::room& room, core::instant now) { return room.reopened(std::move(answer.answer), now); });
      },
      [self](const epoch_checked& answer) {
        feed(self,
             [&](core::room& room, core::instant now) { return room.epoch_checked(answer.newest, answer.asked, now); });
      },
      [self](const relays_lost& gone) { guarded("room", [&] { relays_down(self, gone.node); }); },
      [self](read_people) {
        const auto& room = *self->state.machine;
        return core::people_counted{{{room.id(), room.people()}}};
      },
      [self](flush_tick) {
        self->state.gathering = false;
        feed(self, [&](core::room& room, core::instant now) { return room.tick(now); });
      },
      [self](damp_tick) {
        self->state.damping = false;
        feed(self, [&](core::room& room, core::instant now) { return room.tick(now); });
      },
      [self](sweep_tick) {
        auto& state = self->state;
        feed(self, [](core::room& room, core::instant) { return room.sweep(); });
        if (!state.machine->empty() || !state.relays.empty()) return;
        state.told_to_stop = true;  // no one needs it
        feed(self, [&](core::room& room, core::instant) { return room.retire(ec::fenced); });
      },
  };
}

}  // namespace greenroom::actors
