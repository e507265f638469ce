#include "test/simulation/world.hpp"

namespace greenroom::simulation {

world::world(std::uint64_t seed, std::size_t kept_lines)
    : random(seed), log(kept_lines), net(*this), check([this] { return time.now(); }), actors_(1) {}

world::~world() = default;

process& world::start(const core::node_name& name) {
  processes_.push_back(std::make_unique<process>(*this, name, core::incarnation_id{random.next() >> 1 | 1}));
  return *processes_.back();
}

actor_no world::next_number() {
  actors_.emplace_back();
  return {actors_.size() - 1};
}

void world::add(std::unique_ptr<actor> made) {
  auto& place = actors_[made->number().value];
  place.home = &made->home();
  if (log.on()) place.name = made->home().name().value + "/" + made->name();
  place.who = std::move(made);
}

actor* world::find(actor_no who) const { return actors_[who.value].who.get(); }

process* world::home_of(actor_no who) const { return actors_[who.value].home; }

void world::remove(actor_no who) { actors_[who.value].who.reset(); }

std::string world::name_of(const address& who) const {
  return who ? actors_[who.actor.value].name + "#" + std::to_string(who.actor.value) : "-";
}

microseconds world::wire_time() {
  if (random.one_in(pace.slow_once_in)) return random.between(pace.wire, pace.slow_wire);
  return random.between(pace.wire / 4, pace.wire);
}

}  // namespace greenroom::simulation
