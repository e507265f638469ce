#include "test/simulation/room_shell.hpp"

#include <algorithm>

#include "test/simulation/connection_shell.hpp"
#include "test/simulation/follower_shell.hpp"
#include "test/simulation/journal_shell.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/people_shell.hpp"
#include "test/simulation/relay_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr std::size_t most_in_a_message = 5;  // entries; the actor counts bytes
constexpr milliseconds grown_pause{250};
constexpr seconds find_patience{8};  // longer than it takes to ask the users role twice

}  // namespace

room_shell::room_shell(process& home, actor_no number, deps with)
    : actor(home, number),
      machine_(with.opened, with.limits),
      view_(with.view),
      journal_(with.journal),
      people_(with.people),
      node_(with.node),
      follower_(with.follower),
      sabotage_(with.sabotage) {
  if (sabotage_.judge_early) early_.emplace(std::move(with.opened));
}

// ---- effects

void room_shell::carry_out(core::room_effects out, core::instant now) {
  store(out, now);
  for (const auto& user : out.find_users) find_user(user);
  if (!sabotage_.lose_removals) {
    for (const auto& who : out.removed) tell_relays(who);
    for (const auto& [relay, what] : out.compare) tell_relay(relay, what);
  }
  for (auto& news : out.news) send(node_, std::move(news));
  for (auto& [relay, answer] : out.joined) tell_relay(relay, std::move(answer));
  for (auto& [relay, answer] : out.rejoined) tell_relay(relay, std::move(answer));
  for (const auto& arrival : out.arrived) tell_relays(arrival);
  if (!out.publish.empty()) {
    publish(std::move(out.publish));
    tell_follower(now);
  }
  for (auto& [asker, done] : out.performed)
    done ? askers_.keep(asker, std::move(*done)) : askers_.refuse(asker, done.why());
  if (!out.answers.empty()) send_answers(out);
  if (out.presence) tell_relays(*out.presence);
  if (out.stop == ec::gone) tell_relays(core::room_gone{machine_.id(), ec::gone});
  if (out.stop != ec::none) return quit();
  tick_later<damp_tick>(machine_.presence_due(), damping_, now);
  tick_later<flush_tick>(machine_.append_due(), gathering_, now);
}

void room_shell::store(core::room_effects& out, core::instant now) {
  if (early_) {
    early_judge::unmask(out.append);
    early_judge::unmask(out.publish);
    for (auto& [relay, answer] : out.joined) early_judge::unmask(answer.missed);
    for (auto& [relay, answer] : out.rejoined) early_judge::unmask(answer.missed);
    if (out.effect) early_->sent(out.append.front(), out.effect);
  }
  if (!out.append.empty())
    send(journal_,
         append_entries{{machine_.key(), out.epoch, std::move(out.append), std::move(out.effect), out.look_only}});
  if (out.reopen) send(journal_, reopen_room{{machine_.id(), home().name(), view_}});
  if (out.check_epoch) send(journal_, check_epoch{machine_.key(), now.mono});
}

void room_shell::find_user(const core::user_id& user) {
  request<core::users_found>(people_, find_patience, core::find_users{{user}},
                             [this, user](const core::result<core::users_found>& found) {
                               const auto now = home().now();
                               auto named = found ? core::result(found->users.front()) : found.why();
                               carry_out(machine_.user_found(user, named, now), now);
                             });
}

void room_shell::send_answers(const core::room_effects& out) {
  std::map<core::connection_id, core::posts_answered> batches;
  for (const auto& [connection, answer] : out.answers) batches[connection].answers.push_back(answer);
  for (const auto& [connection, why] : out.refusals) batches[connection].refusals.push_back(why);
  for (auto& [whom, answered] : batches) {
    const auto known = posters_.find(whom);
    if (known == posters_.end()) continue;
    known->second.unanswered -= std::min(known->second.unanswered, answered.answers.size());
    send(known->second.who, std::move(answered));
    if (known->second.unanswered == 0) posters_.erase(known);
  }
}

void room_shell::publish(std::vector<core::room_entry> entries) {
  auto& random = home().of().random;
  for (std::size_t from = 0; from < entries.size(); from += most_in_a_message) {
    const auto to = std::min(entries.size(), from + most_in_a_message);
    core::room_batch batch{machine_.id(), machine_.generation(), {}};
    for (auto i = from; i < to; ++i) batch.entries.push_back(entries[i]);
    if (sabotage_.lose_batches && random.one_in(20)) continue;
    tell_relays(batch);
  }
}

// Now and then: it reads what was stored since, also where nothing more is said.
void room_shell::tell_follower(core::instant now) {
  if (!follower_ || now.mono - follower_told_ < grown_pause) return;
  follower_told_ = now.mono;
  send(follower_, core::log_grew{machine_.key(), machine_.head()});
}

template <class Message>
void room_shell::tell_relays(const Message& what) {
  for (const auto& [number, relay] : relays_) send(relay, what);
}

template <class Message>
void room_shell::tell_relay(core::relay_no number, Message what) {
  if (const auto relay = relays_.find(number); relay != relays_.end()) send(relay->second, std::move(what));
}

template <class Tick>
void room_shell::tick_later(std::optional<core::mono_time> due, bool& under_way, core::instant now) {
  if (!due || std::exchange(under_way, true)) return;
  send_later(this, std::max(*due - now.mono, core::mono_time::duration{0}), Tick{});
}

// ---- relays

core::relay_no room_shell::relay_of_sender() {
  const auto [known, added] = numbers_.try_emplace(sender().actor);
  if (added) {
    known->second = {++last_relay_};
    relays_.emplace(known->second, handle_cast<relay_shell>(sender()));
    monitor(sender());
  }
  return known->second;
}

void room_shell::down(const address& source) {
  const auto known = numbers_.extract(source.actor);
  if (!known) return;
  relays_.erase(known.mapped());
  const auto now = home().now();
  carry_out(machine_.relay_lost(known.mapped(), now), now);
}

void room_shell::receive(relays_lost& gone) {
  std::vector<core::relay_no> lost;
  for (const auto& [number, relay] : relays_)
    if (home().of().home_of(relay.actor) == gone.node) lost.push_back(number);
  const auto now = home().now();
  carry_out(machine_.relays_lost(lost, now), now);
}

void room_shell::receive(core::join_room& request) {
  const auto now = home().now();
  carry_out(machine_.join(relay_of_sender(), std::move(request), now), now);
}

void room_shell::receive(core::rejoin_room& request) {
  const auto now = home().now();
  carry_out(machine_.rejoin(relay_of_sender(), std::move(request), now), now);
}

void room_shell::receive(core::leave_room& request) {
  const auto now = home().now();
  carry_out(machine_.leave(request.connection, now), now);
}

void room_shell::receive(core::roster_compared& seen) {
  if (const auto relay = numbers_.find(sender().actor); relay != numbers_.end())
    machine_.compared(relay->second, seen.roster);
}

// ---- posts and acts

void room_shell::receive(core::post_batch& batch) {
  if (!sender()) return;
  auto& from = posters_[batch.from];
  if (!from.who) from.who = handle_cast<connection_shell>(sender());
  from.unanswered += batch.posts.size();
  const auto now = home().now();
  if (early_) early_->judge(batch, now.wall);
  carry_out(machine_.post(std::move(batch), now), now);
}

void room_shell::receive(core::perform_act& request, promise<core::act_performed> owed) {
  const auto now = home().now();
  carry_out(machine_.perform(askers_.add(std::move(owed)), std::move(request), now), now);
}

void room_shell::receive(core::note_typing& note) {
  if (machine_.hears(note.user, home().now())) tell_relays(note);
}

void room_shell::receive(core::note_read& note) {
  if (!machine_.hears(note.user, home().now())) return;
  if (const auto mark = machine_.marked(note)) tell_relays(*mark);
}

// ---- its end, the journal, time

void room_shell::receive(core::retire_room& why) { carry_out(machine_.retire(why.reason), home().now()); }

void room_shell::receive(core::room_gone&) { carry_out(machine_.retire(ec::gone), home().now()); }

void room_shell::receive(core::roster_changed&) {
  const auto now = home().now();
  carry_out(machine_.roster_changed(now), now);
}

void room_shell::receive(entries_appended& answer) {
  const auto now = home().now();
  if (early_) early_->answered(answer.answer.what == core::append_result::kind::stored);
  carry_out(machine_.appended(answer.answer, now), now);
}

void room_shell::receive(room_reopened& answer) {
  const auto now = home().now();
  if (early_ && answer.answer) early_->reopened(*answer.answer);
  carry_out(machine_.reopened(std::move(answer.answer), now), now);
}

void room_shell::receive(epoch_checked& answer) {
  const auto now = home().now();
  carry_out(machine_.epoch_checked(answer.newest, answer.asked, now), now);
}

void room_shell::receive(flush_tick&) {
  gathering_ = false;
  const auto now = home().now();
  carry_out(machine_.tick(now), now);
}

void room_shell::receive(damp_tick&) {
  damping_ = false;
  const auto now = home().now();
  carry_out(machine_.tick(now), now);
}

void room_shell::receive(sweep_tick&) {
  const auto now = home().now();
  carry_out(machine_.sweep(), now);
  if (!ended() && machine_.empty() && relays_.empty()) carry_out(machine_.retire(ec::fenced), now);
}

}  // namespace greenroom::simulation
