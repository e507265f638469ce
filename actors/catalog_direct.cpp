#include "actors/catalog_direct.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

#include "actors/secrets.hpp"
#include "core/direct.hpp"

namespace greenroom::actors {
namespace {

core::wall_time wall_now(catalog_self self) { return self->state.deps.clock->now().wall; }

// The room may live on any node.
core::blocks_changed tell_room_of(catalog_self self, const core::user_id& one, const core::user_id& other) {
  self->send(caf::actor_cast<local_node_actor>(self->state.deps.node),
             announce{core::roster_changed{core::direct_room_of(one, other)}});
  return {};
}

}  // namespace

void tell_added(catalog_self self, const core::user_id& user, const core::room_id& room, const core::user_id& by) {
  self->send(self->state.deps.node, core::user_news{.user = user, .room = room, .by = by});
}

core::result<core::room_entered> open_direct(catalog_self self, core::open_direct request) {
  const auto& deps = self->state.deps;
  if (request.with.size() > 1) {
    request.room = core::group_of(random_number());
  } else {
    auto there = deps.store->find_room(request.room, request.by, wall_now(self));
    if (there) return core::room_entered{std::move(*there), false};
    if (there.code() != ec::not_found) return there.why();
  }
  if (const auto verdict = deps.rates->take(core::limit_class::create, request.by.value, 1); !verdict.allowed)
    return core::error{ec::rate_limited, {}, verdict.retry_after_s};
  auto opened = deps.store->open_direct(request, wall_now(self));
  if (opened && opened->created)
    for (const auto& person : request.with)
      if (person != request.by) tell_added(self, person, opened->info.room, request.by);
  return opened;
}

core::result<core::blocks_changed> change_block(catalog_self self, const core::put_block& request) {
  const auto& deps = self->state.deps;
  if (const auto put = deps.store->put_block(request, deps.blocks, wall_now(self)); !put) return put.why();
  return tell_room_of(self, request.by, request.blocked);
}

core::result<core::blocks_changed> change_block(catalog_self self, const core::lift_block& request) {
  if (const auto lifted = self->state.deps.store->lift_block(request); !lifted) return lifted.why();
  return tell_room_of(self, request.by, request.blocked);
}

core::result<core::own_settings> change_settings(catalog_self self, const core::change_own_settings& request) {
  if (const auto changed = self->state.deps.store->change_settings(request); !changed) return changed.why();
  return request.to;
}

core::result<core::draft_kept> keep_draft(catalog_self self, const core::put_draft& request) {
  const auto& deps = self->state.deps;
  if (const auto kept = deps.store->put_draft(request, deps.drafts, wall_now(self)); !kept) return kept.why();
  self->send(deps.node,
             core::user_news{
                 .user = request.user, .kind = core::news_kind::draft, .room = request.room, .text = request.text});
  return core::draft_kept{};
}

}  // namespace greenroom::actors
