#include "test/simulation/user_shell.hpp"

#include <algorithm>

#include "test/simulation/node_shell.hpp"
#include "test/simulation/session_shell.hpp"

namespace greenroom::simulation {

void user_shell::carry_out(core::user_effects out) {
  for (const auto& [number, answer] : out.answer)
    if (const auto session = sessions_.find(number); session != sessions_.end()) send(session->second, answer);
  for (const auto& news : out.tell)
    for (const auto& [number, session] : sessions_) send(session, news);
  if (const auto due = machine_.due(); due && !std::exchange(damping_, true))
    send_later(this, std::max(*due - home().now().mono, core::mono_time::duration{0}), damp_tick{});
  if (machine_.empty()) send(deps_.node, home_idle{deps_.user, self(this)});
}

void user_shell::receive(core::register_session& what) {
  if (!sender()) return;
  const auto [known, added] = numbers_.try_emplace(sender().actor);
  if (added) {
    known->second = {++last_session_};
    sessions_.emplace(known->second, handle_cast<session_shell>(sender()));
    monitor(sender());
  }
  const auto number = known->second;
  carry_out(machine_.registered(number, what, home().now().mono));
  if (machine_.knows(number)) return;
  demonitor(sender());
  sessions_.erase(number);
  numbers_.erase(sender().actor);
}

void user_shell::receive(core::user_news& news) { carry_out(machine_.news(std::move(news), home().now().mono)); }

void user_shell::receive(damp_tick&) {
  damping_ = false;
  carry_out(machine_.tick(home().now().mono));
}

void user_shell::down(const address& source) {
  const auto known = numbers_.extract(source.actor);
  if (!known) return;
  sessions_.erase(known.mapped());
  carry_out(machine_.lost(known.mapped()));
}

}  // namespace greenroom::simulation
