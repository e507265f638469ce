#include "test/simulation/scenario.hpp"

#include "core/direct.hpp"

namespace greenroom::simulation {
namespace {

bounds some_bounds(chance& random) {
  bounds out;
  out.room.append = 2 + random.below(6);
  out.room.pending = 8 + random.below(30);
  out.room.ring.entries = 9 + random.below(30);
  out.room.gather.crowd = 2 + random.below(8);
  if (random.one_in(2)) out.room.gather.longest = {};
  if (random.one_in(4)) out.room.who.names = 3;
  if (random.one_in(4)) out.room.who.shown = 2;
  out.socket.outbox = 6 + random.below(20);
  out.socket.long_answer = 2 + random.below(3);
  out.socket.commands = 2 + random.below(10);
  out.wire_window = 1 + random.below(8);
  out.held_batches = static_cast<std::uint16_t>(1 + random.below(10));
  return out;
}

}  // namespace

scenario::scenario(const play& what)
    : what_(what),
      world_(what.seed, what.kept_lines),
      bounds_(some_bounds(world_.random)),
      cluster_(world_, bounds_, what.sabotage) {
  build();
  furnish();
}

// One process with everything, or several with a role or two each.
void scenario::build() {
  switch (world_.random.below(4)) {
    case 0:
      cluster_.add({"all"}, {true, true, true, true});
      break;
    case 1:
      cluster_.add({"d"}, {true, true, false, false});
      for (const auto* name : {"a", "b", "c"}) cluster_.add({name}, {false, false, true, true});
      break;
    case 2:
      cluster_.add({"d"}, {true, false, false, false});
      cluster_.add({"u"}, {false, true, false, false});
      for (const auto* name : {"a", "b"}) cluster_.add({name}, {false, false, true, true});
      cluster_.add({"g"}, {false, false, false, true});
      break;
    default:
      cluster_.add({"d"}, {true, true, false, true});
      for (const auto* name : {"a", "b", "c"}) cluster_.add({name}, {false, false, true, false});
      for (const auto* name : {"g", "h"}) cluster_.add({name}, {false, false, false, true});
  }
  for (auto& one : cluster_.members()) cluster_.start(one);
}

// Rooms whose names begin with a d are secret, those with an h are for the invited.
void scenario::furnish() {
  auto& random = world_.random;
  if (random.one_in(2)) world_.pace.slow_once_in = 5 + random.below(40);
  if (random.one_in(3)) world_.pace.slow_turn = milliseconds{200};
  if (random.one_in(3)) world_.pace.slow_wire = milliseconds{500};
  if (random.one_in(2)) cluster_.room_store.now = {random.below(60), random.below(30), random.below(60)};
  if (random.one_in(3)) cluster_.user_store.now = {random.below(60), random.below(30), random.below(60)};
  between_faults_ = random.one_in(8) ? microseconds{0} : random.between(milliseconds{50}, seconds{3});
  for (const auto* name : {"ann", "bob", "carl", "dora", "eve", "finn"}) {
    cluster_.people.push_back({name});
    cluster_.users.add({name});
  }
  rooms_ = {{"den"}, {"dome"}, {"park"}};
  if (random.one_in(3)) rooms_.push_back({"quay"});
  if (random.one_in(3)) rooms_.push_back({"hall"});
  const core::generation_id log{random.next() >> 1};
  std::uint64_t made = 0;
  const auto make = [&](const char* room, const char* owner, core::room_access access,
                        std::vector<core::user_id> members) {
    (void)cluster_.rooms.create({{room}, {owner}, access, std::move(members)}, log + made++, world_.wall());
  };
  make("den", "ann", core::room_access::secret, {{"bob"}, {"carl"}, {"dora"}});
  make("dome", "bob", core::room_access::secret, {{"ann"}, {"eve"}});
  if (random.one_in(2)) make("park", "carl", core::room_access::open, {{"dora"}});
  if (rooms_.back().value == "hall") make("hall", "eve", core::room_access::invited, {{"finn"}, {"ann"}});
  const core::room_id direct = core::direct_room_of({"ann"}, {"bob"});
  if (random.one_in(2)) (void)cluster_.rooms.open_direct({{"ann"}, {{"bob"}}, direct}, log + made++, world_.wall());
  const auto add = [&](const core::user_id& who, std::uint64_t device) {
    auto mine = rooms_;
    if (who < core::user_id{"dora"}) mine.push_back(direct);  // carl, too, who isn't let in
    people_.push_back(std::make_unique<person>(world_, cluster_, who, std::move(mine), device));
    people_.back()->live();
  };
  for (const auto& one : cluster_.people) add(one, 0);
  for (auto device = random.below(3); device > 0; --device) add({"ann"}, device);
  rooms_.push_back(direct);
}

void scenario::pass(core::mono_time::duration time) {
  const auto end = world_.time.now() + time;
  while (violations().empty() && world_.time.next() <= end && world_.time.step()) {
  }
}

void scenario::run() {
  schedule_fault();
  schedule_notice();
  while (violations().empty() && world_.events() < what_.events && world_.time.step()) {
  }
  heal();
  pass(seconds{10});
  heal();  // of those that were about to end
  pass(seconds{20});
  expect_all_in();
  if (violations().empty())
    world_.check.settle_marks(
        [this](const core::room_id& room, const core::user_id& user) { return cluster_.rooms.mark_of(room, user); });
  for (const auto& one : people_) {
    one->expect_reasons();
    one->say_something_everywhere();
  }
  pass(seconds{8});
  expect_all_in();
  if (violations().empty()) world_.check.settle();
  if (violations().empty()) compare_rosters();
  expect_whole_pictures();
  expect_all_followed();
  expect_all_read();
  expect_one_home();
  expect_notices();
}

// What live rooms know is what the database has.
void scenario::compare_rosters() {
  const core::instant now{world_.wall(), world_.time.now()};
  for (const auto* const one : world_.all<room_shell>()) {
    const auto& room = one->machine();
    if (room.epoch() != cluster_.rooms.epoch_of(room.key())) continue;  // it lives elsewhere by now
    for (const auto& user : cluster_.people)
      if (room.hears(user, now) !=
          (cluster_.rooms.admits(room.id(), user, now.wall) && !cluster_.rooms.is_blocked(room.id())))
        world_.check.violated(room.id().value + " has another opinion of " + user.value + " than its rows");
  }
}

// A slow wire that holds a frame at a time has a backlog to carry first.
void scenario::expect_all_in() {
  for (auto left = seconds{60}; left > seconds{0} && !amiss().empty(); --left) pass(seconds{1});
  if (!violations().empty()) return;
  for (const auto& what : amiss()) world_.check.violated(what);
}

// After the faults everybody is where they may be, and has an answer to all that they said.
std::vector<std::string> scenario::amiss() const {
  std::vector<std::string> out;
  for (const auto& one : people_) {
    const auto& name = one->user().value;
    if (!one->connected()) {
      out.push_back(name + " can't connect");
      continue;
    }
    if (one->unanswered() > 0)
      out.push_back(name + " waits for the answers to " + std::to_string(one->unanswered()) + " posts");
    for (const auto& room : one->rooms())
      if (cluster_.rooms.admits(room, one->user(), world_.wall()) != one->is_in(room))
        out.push_back(name + (one->is_in(room) ? " is in " : " isn't in ") + room.value);
  }
  return out;
}

}  // namespace greenroom::simulation
