#include "actors/catalog_actor.hpp"

#include "actors/errors.hpp"
#include "actors/guarded.hpp"

namespace greenroom::actors {
namespace {

using pointer = local_catalog_actor::stateful_pointer<catalog_state>;

core::result<core::room_entered> enter(pointer self, const core::enter_room& request) {
  auto& st = self->state;
  auto found = st.deps.store->find_room(request.room, request.user);
  if (found) return core::room_entered{std::move(*found), false};
  if (found.code() != ec::not_found || !request.create) return found.why();
  return st.deps.store->create_room({request.room, request.user, false, {}}, st.deps.clock->now().wall);
}

core::status remove(pointer self, const core::remove_member& request) {
  auto& st = self->state;
  auto removed = st.deps.store->remove_member(request);
  // Who lost a private room can't find it any more: only then do their connections leave.
  if (removed && st.deps.store->find_room(request.room, request.member).code() == ec::not_found)
    self->send(st.deps.node, core::member_removed{request.room, request.member});
  return removed;
}

core::result<core::room_gone> erase(pointer self, const core::delete_room& request) {
  const auto erased = self->state.deps.store->delete_room(request);
  if (!erased) return erased.why();
  self->send(self->state.deps.node, core::room_gone{request.room, ec::gone});
  return core::room_gone{request.room, ec::gone};
}

template <class Reply, class Body>
caf::result<Reply> ask(Body body) {
  return guarded("catalog", [&]() -> caf::result<Reply> { return answer(body()); });
}

}  // namespace

local_catalog_actor::behavior_type catalog_behavior(pointer self, catalog_deps deps) {
  self->state.deps = std::move(deps);
  return {
      [](const core::hide_rooms&) -> caf::result<core::rooms_hidden> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::restore_rooms&) -> caf::result<void> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::purge_rooms&) -> caf::result<core::rooms_purged> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [self](const core::enter_room& request) { return ask<core::room_entered>([&] { return enter(self, request); }); },
      [self](const core::create_room& request) {
        return ask<core::room_entered>(
            [&] { return self->state.deps.store->create_room(request, self->state.deps.clock->now().wall); });
      },
      [self](const core::list_rooms& request) {
        return ask<core::room_list>([&] { return self->state.deps.store->list_rooms(request); });
      },
      [self](const core::list_members& request) {
        return ask<core::member_list>([&] { return self->state.deps.store->list_members(request); });
      },
      [self](const core::add_member& request) {
        return ask<void>(
            [&] { return self->state.deps.store->add_member(request, self->state.deps.clock->now().wall); });
      },
      [self](const core::remove_member& request) { return ask<void>([&] { return remove(self, request); }); },
      [self](const core::delete_room& request) { return ask<core::room_gone>([&] { return erase(self, request); }); },
      [self](const core::read_history& request) {
        return ask<core::history_page>([&] { return self->state.deps.store->read_history(request); });
      },
      [self](const core::read_heads& request) {
        return ask<core::room_heads>([&] { return self->state.deps.store->read_heads(request); });
      },
      [self](core::read_view) { return ask<std::uint64_t>([&] { return self->state.deps.store->count_rooms(); }); },
  };
}

}  // namespace greenroom::actors
