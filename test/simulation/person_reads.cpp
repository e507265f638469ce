// How a person follows what others write, on this device, and whom they write to alone.
#include <algorithm>

#include "core/direct.hpp"
#include "test/simulation/person.hpp"

namespace greenroom::simulation {

// A direct room may be called by the other's name alone.
core::room_id person::as_said(const core::room_id& room) {
  const auto people = core::people_of(room);
  if (people.size() != 2 || !world_.random.one_in(3)) return room;
  if (people[0] != user_ && people[1] != user_) return room;
  return {"@" + (people[0] == user_ ? people[1] : people[0]).value};
}

void person::read(const core::room_id& room, core::seq_no seq) {
  world_.check.read(reader_, room, seq);
  speak(core::client_read{as_said(room), seq});
}

void person::page(const core::room_id& room, std::optional<core::seq_no> before, std::optional<core::seq_no> after,
                  std::uint32_t limit) {
  auto& in = places_[room];
  in.pages.push_back(in.log);
  speak(core::client_history{as_said(room), before, after, limit});
}

void person::read_everything() {
  for (const auto& [room, in] : places_)
    if (in.at == presence::in && in.after) read(room, *in.after);
}

void person::ask_for_rooms() {
  rooms_told_.reset();
  if (connected()) speak(core::client_sync{});
}

const picture* person::whole_picture(const core::room_id& room) const {
  const auto& in = places_.at(room);
  const auto& made = pictures_.at(room);
  return in.after && made.log() == in.log && !made.lacks(*in.after) ? &made : nullptr;
}

// One of the two opens their room, and blocks the other, or thinks better of it. Others have no part in it.
void person::meet(const core::room_id& room) {
  auto* const at = some_node(&part::chat);
  const auto people = core::people_of(room);
  if (at == nullptr || (people[0] != user_ && people[1] != user_)) return;
  const auto& other = people[0] == user_ ? people[1] : people[0];
  switch (world_.random.below(8)) {
    case 0:
    case 1:
      return call<core::blocks_changed>(*at, at->catalog, core::put_block{user_, other}, [](const auto&) {});
    case 2:
    case 3:
    case 4:
      return call<core::blocks_changed>(*at, at->catalog, core::lift_block{user_, other}, [](const auto&) {});
    default:
      return call<core::room_entered>(*at, at->catalog, core::open_direct{user_, {other}, room}, [](const auto&) {});
  }
}

}  // namespace greenroom::simulation
