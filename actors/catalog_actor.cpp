#include "actors/catalog_actor.hpp"

#include <caf/actor_cast.hpp>

#include "actors/errors.hpp"
#include "actors/failpoint.hpp"
#include "actors/guarded.hpp"

namespace greenroom::actors {
namespace {

using pointer = local_catalog_actor::stateful_pointer<catalog_state>;

// Whoever comes while the database is asked for others waits at the door, and is asked for with all who wait there.
caf::result<core::room_entered> wait_to_enter(pointer self, core::enter_room& request) {
  auto& st = self->state;
  auto owed = self->make_response_promise<core::room_entered>();
  if (st.at_the_door.empty()) self->send(self, flush_tick::value);
  st.at_the_door.emplace_back(std::move(request), st.entered.add(owed));
  return owed;
}

core::result<core::room_entered> enter(pointer self, const core::enter_room& request,
                                       core::result<core::room_info> found) {
  auto& st = self->state;
  if (found) return core::room_entered{std::move(*found), false};
  if (found.code() != ec::not_found || !request.create) return found.why();
  return st.deps.store->create_room({request.room, request.user, false, {}}, st.deps.clock->now().wall);
}

void let_in(pointer self) {
  auto& st = self->state;
  const auto waiting = std::exchange(st.at_the_door, {});
  std::vector<storage::room_visit> visits;
  visits.reserve(waiting.size());
  for (const auto& [request, asker] : waiting) visits.push_back({request.room, request.user});
  core::result<std::vector<core::result<core::room_info>>> found{ec::internal};
  guarded("catalog", [&] { found = st.deps.store->find_rooms(visits); });
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const auto& [request, asker] = waiting[i];
    core::result<core::room_entered> answer{ec::internal};
    guarded("catalog", [&] {
      answer = enter(self, request, found ? std::move((*found)[i]) : core::result<core::room_info>(found.why()));
    });
    answer ? st.entered.keep(asker, std::move(*answer)) : st.entered.refuse(asker, answer.why());
  }
}

/// Rooms live on any node: all of them hear of it.
template <class Event>
void announce_to_all(pointer self, Event event) {
  self->send(caf::actor_cast<local_node_actor>(self->state.deps.node), announce{std::move(event)});
}

core::status remove(pointer self, const core::remove_member& request) {
  auto& st = self->state;
  auto removed = st.deps.store->remove_member(request);
  // Who lost a private room can't find it any more: only then do their connections leave.
  if (removed && st.deps.store->find_room(request.room, request.member).code() == ec::not_found)
    announce_to_all(self, core::member_removed{request.room, request.member});
  return removed;
}

core::result<core::room_gone> erase(pointer self, const core::delete_room& request) {
  const auto erased = self->state.deps.store->delete_room(request);
  if (!erased) return erased.why();
  announce_to_all(self, core::room_gone{request.room, ec::gone});
  return core::room_gone{request.room, ec::gone};
}

// ---- deletions

core::result<core::rooms_hidden> hide(pointer self, const core::hide_rooms& request) {
  if (const auto why = failpoint("catalog.before_hide"); why != ec::none) return why;
  auto hidden = self->state.deps.store->hide_rooms(request, self->state.deps.clock->now().wall);
  if (const auto why = failpoint("catalog.after_hide"); why != ec::none) return why;
  // Also where they were hidden before: whoever was told to tell may have died before it did.
  if (hidden)
    for (const auto& room : hidden->rooms) announce_to_all(self, core::room_gone{room, ec::gone});
  return hidden;
}

core::status restore(pointer self, const core::restore_rooms& request) {
  if (const auto why = failpoint("catalog.before_restore"); why != ec::none) return why;
  const auto restored = self->state.deps.store->restore_rooms(request, self->state.deps.clock->now().wall);
  if (const auto why = failpoint("catalog.after_restore"); why != ec::none) return why;
  return restored;
}

caf::result<core::rooms_purged> begin_purge(pointer self, const core::purge_rooms& request) {
  if (const auto why = failpoint("catalog.before_purge"); why != ec::none) return to_caf({why, {}, 1});
  auto& st = self->state;
  auto owed = self->make_response_promise<core::rooms_purged>();
  auto& job = st.jobs[request.operation];
  if (job.askers.empty()) self->send(self, purge_chunk{request.operation});
  job.askers.push_back(st.purges.add(owed));
  // The newest coordinator's lease counts; an older one's request is answered all the same.
  if (job.request.lease <= request.lease) job.request = request;
  return owed;
}

core::result<storage::purged_chunk> purge_some(pointer self, const core::purge_rooms& request) {
  auto& st = self->state;
  auto chunk = st.deps.store->purge_rooms(request, st.deps.purge_chunk, st.deps.clock->now().wall);
  const auto why = chunk && chunk->more ? failpoint("catalog.between_chunks") : failpoint("catalog.after_purge");
  if (why != ec::none) return why;
  return chunk;
}

void go_on_purging(pointer self, const core::operation_id& operation) {
  auto& st = self->state;
  const auto job = st.jobs.find(operation);
  if (job == st.jobs.end()) return;
  core::result<storage::purged_chunk> chunk{ec::internal};
  guarded("catalog", [&] { chunk = purge_some(self, job->second.request); });
  if (chunk && chunk->more) return self->send(self, purge_chunk{operation});
  if (chunk) announce_to_all(self, core::author_erased{job->second.request.user});
  for (const auto asker : job->second.askers)
    chunk ? st.purges.keep(asker, {chunk->receipt}) : st.purges.refuse(asker, chunk.why());
  st.jobs.erase(job);
}

template <class Reply, class Body>
caf::result<Reply> ask(Body body) {
  return guarded("catalog", [&]() -> caf::result<Reply> { return answer(body()); });
}

}  // namespace

local_catalog_actor::behavior_type catalog_behavior(pointer self, catalog_deps deps) {
  self->state.deps = std::move(deps);
  return {
      [self](const core::hide_rooms& request) { return ask<core::rooms_hidden>([&] { return hide(self, request); }); },
      [self](const core::restore_rooms& request) { return ask<void>([&] { return restore(self, request); }); },
      [self](const core::purge_rooms& request) {
        return guarded("catalog", [&] { return begin_purge(self, request); });
      },
      [self](core::enter_room& request) { return wait_to_enter(self, request); },
      [self](flush_tick) { let_in(self); },
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
      [self](const purge_chunk& next) { go_on_purging(self, next.operation); },
      [self](core::read_view) { return ask<std::uint64_t>([&] { return self->state.deps.store->count_rooms(); }); },
  };
}

}  // namespace greenroom::actors
