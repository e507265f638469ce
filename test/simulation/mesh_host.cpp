#include "test/simulation/mesh_host.hpp"

#include <algorithm>

#include "test/simulation/node_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr seconds handshake_deadline{3};

}  // namespace

mesh_host::mesh_host(process& home, handle<node_shell> node, core::node_name discovery, phone_book book)
    : home_(home),
      node_(node),
      discovery_(std::move(discovery)),
      book_(std::move(book)),
      machine_({home.name(), home.name() == discovery_, discovery_.value, 1}, {}, home.of().random.next()) {}

void mesh_host::start() { carry_out(machine_.start(home_.now().mono)); }

// On a thread of its own.
void mesh_host::view_changed(const core::cluster_view& view) {
  home_.later(microseconds{10}, [me = shared_from_this(), view] {
    me->carry_out(me->machine_.view_changed(view, me->home_.now().mono));
  });
}

void mesh_host::carry_out(core::mesh_effects out) {
  for (const auto number : out.close)
    if (const auto known = links_.find(number); known != links_.end()) known->second.end->close();
  for (const auto number : out.open) open(number);
  for (const auto& to : out.dial) dial(to);
  wake_later();
}

void mesh_host::wake_later() {
  const auto next = machine_.next();
  const auto waking = ++wakings_;
  if (!next) return;
  const auto wait = std::max(*next - home_.now().mono, core::mono_time::duration{0});
  home_.later(wait, [me = shared_from_this(), waking] {
    if (waking == me->wakings_) me->carry_out(me->machine_.tick(me->home_.now().mono));
  });
}

// ---- dialling

// The other end must live, be reachable, and not stand still while the two greet one another.
void mesh_host::dial(const core::mesh_dial& to) {
  const auto name = to.expected.value.empty() ? discovery_ : to.expected;
  auto& all = home_.of();
  const auto there = all.net.reachable(home_.name(), name) ? book_(name) : nullptr;
  const bool answers = there && !there->home_.stands_still();
  const auto wait = answers || there == nullptr ? 3 * all.wire_time() : microseconds{handshake_deadline};
  home_.later(wait, [me = shared_from_this(), which = to.which, there, answers] {
    me->answer_dial(which, answers ? there : nullptr);
  });
}

void mesh_host::answer_dial(std::uint64_t which, const std::shared_ptr<mesh_host>& there) {
  const bool linked = there && there->home_.alive() && !there->home_.stands_still() &&
                      home_.of().net.reachable(home_.name(), there->home_.name());
  if (!linked) return carry_out(machine_.dial_failed(which, home_.now().mono));
  const auto [mine, other] = home_.of().net.connect(home_, shared_from_this(), there->home_, there);
  there->home_.later(home_.of().wire_time(), [there, end = other, name = home_.name(), life = home_.life()] {
    if (!end->over()) there->link_up(*end, name, life, false);
  });
  link_up(*mine, there->home_.name(), there->home_.life(), true);
}

void mesh_host::link_up(link_end& end, const core::node_name& peer, core::incarnation_id life, bool dialled) {
  links_[end.number()] = {&end, dialled};
  carry_out(machine_.link_up(end.number(), peer, life, dialled, home_.now().mono));
}

void mesh_host::link_down(link_end& end) {
  if (links_.erase(end.number()) > 0) carry_out(machine_.link_down(end.number(), home_.now().mono));
}

// ---- use

// CAF's handshake: the end that dialled gets the node that the other one published.
void mesh_host::open(link_no number) {
  const auto known = links_.find(number);
  if (known == links_.end()) return;
  auto& end = *known->second.end;
  home_.of().say([&] { return home_.name().value + ": link to " + end.other().home().name().value + " is open"; });
  end.open();
  if (!known->second.dialled) return;
  end.tell([from = weak_from_this()](link_end& there) {
    const auto dialler = from.lock();
    auto* const host = dynamic_cast<mesh_host*>(there.user().get());
    if (!dialler || host == nullptr) return;
    there.tell([dialler, name = host->home_.name(), node = host->node_](link_end& here) {
      const simulation::link_up told{name, here.home().import(node)};
      here.home().send(dialler->node_,
                       {{}, 0, false, std::make_unique<statement<node_shell, simulation::link_up>>(told)});
    });
  });
}

}  // namespace greenroom::simulation
