// The faults of a scenario, and how they are healed.
#include "test/simulation/scenario.hpp"

namespace greenroom::simulation {

void scenario::schedule_fault() {
  if (between_faults_ == microseconds{0}) return;
  world_.time.after(world_.random.between(between_faults_ / 2, 2 * between_faults_), [this] {
    if (healed_) return;
    world_.count();
    befall();
    schedule_fault();
  });
}

void scenario::befall() {
  auto& random = world_.random;
  auto& one = some_member();
  auto& other = some_member();
  const auto later = [&](microseconds least, microseconds most, task what) {
    world_.time.after(random.between(least, most), std::move(what));
  };
  switch (random.below(10)) {
    case 0:
      cluster_.kill(one);
      later(milliseconds{200}, seconds{6}, [this, &one] {
        if (!one.alive()) cluster_.start(one);
      });
      break;
    case 1:
    case 2:
      cluster_.stand_still(one);
      later(milliseconds{20}, seconds{random.one_in(2) ? 1 : 8}, [this, &one] { cluster_.go_on(one); });
      break;
    case 3:
    case 4:
      if (&one == &other) break;
      world_.say([&] { return "links between " + one.name.value + " and " + other.name.value + " break"; });
      world_.net.cut(one.name, other.name);
      break;
    case 5:
      if (&one == &other) break;
      world_.say([&] { return one.name.value + " and " + other.name.value + " are parted"; });
      world_.net.part(one.name, other.name);
      later(milliseconds{500}, seconds{8}, [this] { world_.net.mend(); });
      break;
    case 6:
      cluster_.drain(one);
      later(seconds{6}, seconds{9}, [this, &one] {
        if (!one.alive()) cluster_.start(one);
      });
      break;
    case 7: {
      const auto until = world_.time.now() + random.between(milliseconds{200}, seconds{5});
      world_.say([&] { return "the databases don't answer " + one.name.value; });
      cluster_.room_store.take_away(one.name, until);
      if (random.one_in(2)) cluster_.user_store.take_away(one.name, until);
      if (random.one_in(3))
        for (const auto& each : cluster_.members()) cluster_.room_store.take_away(each.name, until);
      break;
    }
    case 8:
      cluster_.move(random.pick(rooms_), one.name);
      break;
    default: {
      const auto& room = random.pick(rooms_);
      const auto& who = random.pick(cluster_.people);
      const bool add = random.one_in(2);
      world_.say([&] { return who.value + (add ? " is added to " : " is removed from ") + room.value + " elsewhere"; });
      cluster_.rooms.change_elsewhere(room, who, add);
    }
  }
}

void scenario::heal() {
  healed_ = true;
  world_.say([] { return std::string("everything is healed"); });
  world_.net.mend();
  cluster_.room_store.now = cluster_.user_store.now = {};
  cluster_.room_store.bring_back();
  cluster_.user_store.bring_back();
  for (auto& one : cluster_.members()) {
    cluster_.go_on(one);
    if (!one.alive()) cluster_.start(one);
  }
  for (const auto& one : people_) one->calm();
}

}  // namespace greenroom::simulation
