#include "test/simulation/directory_shell.hpp"

#include "test/simulation/node_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {

directory_shell::directory_shell(process& home, actor_no number)
    : actor(home, number), machine_(limits_, core::incarnation_id{home.of().random.next() >> 1 | 1}, home.now().mono) {
  send_later(this, limits_.grace / 5, sweep_tick{});
}

void directory_shell::carry_out(core::directory_effects out) {
  if (out.publish)
    for (const auto& [name, known] : nodes_) send(known.node, *out.publish);
  for (const auto& name : out.lost) nodes_.erase(name);
}

void directory_shell::receive(registration& what, promise<core::cluster_view> owed) {
  if (!what.node) return owed.refuse({ec::unavailable, {}, 1});
  const core::node_record known = what.record;
  auto effects = machine_.enter(std::move(what.record), home().now().mono);
  if (!effects) return owed.refuse(effects.why());
  auto& place = nodes_[known.name];
  place.incarnation = known.incarnation;
  if (!place.node.same_way(what.node)) {
    place.node = what.node;
    monitor(what.node);
  }
  carry_out(std::move(*effects));
  owed.keep(machine_.view());
}

void directory_shell::receive(core::beat& from) { carry_out(machine_.beat(from, home().now().mono)); }

void directory_shell::receive(sweep_tick&) {
  send_later(this, limits_.grace / 5, sweep_tick{});
  carry_out(machine_.sweep(home().now().mono));
}

void directory_shell::down(const address& source) {
  for (const auto& [name, known] : nodes_)
    if (known.node.same_way(source)) machine_.closed(name, known.incarnation, home().now().mono);
}

}  // namespace greenroom::simulation
