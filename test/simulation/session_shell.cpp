#include "test/simulation/session_shell.hpp"

#include <algorithm>

#include "test/simulation/node_shell.hpp"
#include "test/simulation/user_shell.hpp"

namespace greenroom::simulation {

void session_shell::receive(attach_connection& what) {
  monitor(what.connection);
  connections_.push_back(what.connection);
  carry_out(machine_.attach(name_of(what.connection), what.token, home().now().mono));
  count();
}

void session_shell::receive(core::session_ended& what) {
  carry_out(machine_.ended(what.tokens, home().now().mono));
  count();
}

void session_shell::receive(sweep_tick&) {
  carry_out(machine_.sweep(home().now().mono));
  carry_out(homing_.sweep());
}

void session_shell::receive(core::session_registered& answer) {
  if (!sender()) return;
  carry_out(homing_.registered(answer.number, at_ && sender() == at_));
}

void session_shell::receive(core::user_news& news) {
  for (const auto& one : connections_) send(one, news);
}

void session_shell::receive(look_again& told) { carry_out(homing_.look(told.moved)); }

void session_shell::down(const address& source) {
  if (at_ && source == at_) {
    at_ = {};
    return carry_out(homing_.lost());
  }
  std::erase_if(connections_, [&](const auto& one) { return one == source; });
  machine_.detach(name_of(source));
  count();
}

void session_shell::carry_out(core::session_effects out) {
  for (const auto& [connection, why] : out.close)
    for (const auto& one : connections_)
      if (name_of(one) == connection) send(one, end_connection{why});
  std::erase_if(connections_, [&](const auto& one) {
    return std::any_of(out.close.begin(), out.close.end(),
                       [&](const auto& closed) { return closed.first == name_of(one); });
  });
  if (!out.in_use.empty()) send(deps_.door, recheck_tokens{deps_.user, std::move(out.in_use)});
  if (out.idle) send(deps_.door, session_idle{deps_.user});
}

void session_shell::carry_out(const core::homing_effects& out) {
  if (out.turn_down) send(handle_cast<user_shell>(sender()), *out.turn_down);
  if (out.settle) {
    at_ = handle_cast<user_shell>(sender());
    monitor(at_);
  }
  if (out.tell) send(at_, *out.tell);
  if (out.part) {
    demonitor(at_);
    at_ = {};
  }
  if (out.ask) send(deps_.node, *out.ask);
}

}  // namespace greenroom::simulation
