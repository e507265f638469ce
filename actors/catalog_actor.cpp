#include "actors/catalog_actor.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <optional>

#include "actors/catalog_direct.hpp"
#include "actors/errors.hpp"
#include "actors/failpoint.hpp"
#include "actors/guarded.hpp"
#include "actors/secrets.hpp"
#include "core/check.hpp"
#include "core/direct.hpp"
#include "core/page.hpp"

namespace greenroom::actors {
namespace {

using catalog_pointer = local_catalog_actor::stateful_pointer<catalog_state>;

constexpr core::milliseconds act_patience{4500}, act_pause{100};

// Requests that arrive during a query are queued and looked up together.
caf::result<core::room_entered> wait_to_enter(catalog_pointer self, core::enter_room& request) {
  auto& st = self->state;
  auto owed = self->make_response_promise<core::room_entered>();
  if (st.at_the_door.empty()) self->send(self, flush_tick::value);
  st.at_the_door.push_back(std::move(request));
  st.waiting.push_back(st.askers.add(owed));
  return owed;
}

// Null, or the reason why this user may make no room now.
std::optional<core::error> refuse_to_make(catalog_pointer self, const core::user_id& user) {
  const auto verdict = self->state.deps.rates->take(core::limit_class::create, user.value, 1);
  if (verdict.allowed) return std::nullopt;
  return core::error{ec::rate_limited, {}, verdict.retry_after_s};
}

// Fills in those of `entered` that are missing and may be made.
void make_missing(catalog_pointer self, const std::vector<core::enter_room>& visits, storage::room_entries& entered) {
  auto& st = self->state;
  std::vector<storage::room_visit> makers;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < visits.size(); ++i) {
    if (!visits[i].create || entered[i].code() != ec::not_found) continue;
    if (core::nature_of(visits[i].room) != core::room_nature::room) continue;
    if (auto why = refuse_to_make(self, visits[i].user)) {
      entered[i] = std::move(*why);
      continue;
    }
    makers.push_back({visits[i].room, visits[i].user, false});
    places.push_back(i);
  }
  if (makers.empty()) return;
  auto made = st.deps.store->create_rooms(makers, st.deps.clock->now().wall);
  for (std::size_t i = 0; i < places.size(); ++i)
    entered[places[i]] = made ? std::move((*made)[i]) : core::result<core::room_entered>(made.why());
}

core::result<storage::room_entries> enter(catalog_pointer self, const std::vector<core::enter_room>& visits) {
  std::vector<storage::room_visit> wanted;
  wanted.reserve(visits.size());
  for (const auto& visit : visits) wanted.push_back({visit.room, visit.user, visit.knocks});
  auto entered = self->state.deps.store->find_rooms(wanted, self->state.deps.clock->now().wall);
  if (entered) make_missing(self, visits, *entered);
  return entered;
}

void let_in(catalog_pointer self) {
  auto& st = self->state;
  const auto visits = std::exchange(st.at_the_door, {});
  const auto askers = std::exchange(st.waiting, {});
  core::result<storage::room_entries> entered{ec::internal};
  guarded("catalog", [&] { entered = enter(self, visits); });
  for (std::size_t i = 0; i < askers.size(); ++i) {
    auto answer = entered ? std::move((*entered)[i]) : core::result<core::room_entered>(entered.why());
    answer ? st.askers.keep(askers[i], std::move(*answer)) : st.askers.refuse(askers[i], answer.why());
  }
}

core::result<core::room_entered> create(catalog_pointer self, const core::create_room& request) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  auto there = st.deps.store->find_room(request.room, request.owner, now);
  if (there) return core::room_entered{std::move(*there), false};
  if (there.code() != ec::not_found) return there.why();
  if (const auto why = refuse_to_make(self, request.owner)) return *why;
  auto made = st.deps.store->create_room(request, now);
  if (made && made->created)
    for (const auto& member : request.members)
      if (member != request.owner) tell_added(self, member, made->info.room, request.owner);
  return made;
}

// Rooms live on any node: all of them hear of it.
template <class Event>
void announce_to_all(catalog_pointer self, Event event) {
  self->send(caf::actor_cast<local_node_actor>(self->state.deps.node), announce{std::move(event)});
}

// ---- acts

// An act stays until it is finished, and has one question out at a time: every answer finds it.
acting& act_of(catalog_pointer self, std::uint64_t number) {
  const auto job = self->state.acts.find(number);
  GREENROOM_CHECK(job != self->state.acts.end());
  return job->second;
}

void finish_act(catalog_pointer self, std::uint64_t number, core::result<core::act_performed> how) {
  auto& st = self->state;
  const auto job = st.acts.extract(number);
  GREENROOM_CHECK(job);
  if (!how) return st.askers.refuse(job.mapped().asker, how.why());
  if (job.mapped().doubtful) how->duplicate = false;  // its first one is an earlier attempt of this
  st.askers.keep(job.mapped().asker, std::move(*how));
}

// The room moves, or doesn't know what it did: another attempt tells, for it has the same id.
bool is_open_yet(ec why) { return why == ec::fenced || why == ec::draining || why == ec::unknown_outcome; }

// Where the room isn't found, or isn't there any more, it is looked for again, until it is too late for the asker.
void try_again(catalog_pointer self, std::uint64_t number, const core::error& why) {
  auto& st = self->state;
  const auto& job = act_of(self, number);
  const bool late = st.deps.clock->now().mono + act_pause >= job.deadline;
  if (!late) return self->delayed_send(self, act_pause, act_again{number});
  finish_act(self, number, job.doubtful ? core::error{ec::unknown_outcome, {}, 1} : why);
}

core::milliseconds time_left(catalog_pointer self, const acting& job) {
  const auto left = job.deadline - self->state.deps.clock->now().mono;
  return std::max(act_pause, std::chrono::duration_cast<core::milliseconds>(left));
}

void room_refused(catalog_pointer self, std::uint64_t number, const caf::error& error) {
  auto why = from_caf(error);
  // CAF says so: the room ended, is silent, or can't be reached. Its earlier effects are unknown.
  const bool lost = error.category() != caf::atom("greenroom") && why.code == ec::unavailable;
  if (lost || why.code == ec::unknown_outcome) act_of(self, number).doubtful = true;
  lost || is_open_yet(why.code) ? try_again(self, number, why) : finish_act(self, number, std::move(why));
}

void ask_room(catalog_pointer self, std::uint64_t number, const room_actor& room) {
  const auto& job = act_of(self, number);
  if (!room) return try_again(self, number, {ec::unavailable, {}, 1});
  self->request(room, time_left(self, job), job.request)
      .then([self, number](core::act_performed& done) { finish_act(self, number, std::move(done)); },
            [self, number](const caf::error& error) { room_refused(self, number, error); });
}

void find_room_to_act(catalog_pointer self, std::uint64_t number) {
  const auto& job = act_of(self, number);
  self->request(self->state.deps.node, time_left(self, job), core::find_room{job.request.room})
      .then([self, number](const room_actor& found) { guarded("catalog", [&] { ask_room(self, number, found); }); },
            [self, number](const caf::error& error) {
              auto why = from_caf(error);
              core::describe(why.code).retry ? try_again(self, number, why) : finish_act(self, number, std::move(why));
            });
}

// Somebody who doesn't see the room doesn't reach it, but for an admin, whom no direct room and no group knows; and of
// an invite's maker it says nothing to others.
caf::result<core::act_performed> perform(catalog_pointer self, core::perform_act& request) {
  auto& st = self->state;
  const auto now = st.deps.clock->now();
  const bool is_by_invite = request.what.act && request.what.act->is_by_invite();
  const bool rules = request.as_admin && core::nature_of(request.room) == core::room_nature::room;
  if (!is_by_invite && !rules)
    if (const auto room = st.deps.store->find_room(request.room, request.by, now.wall); !room)
      return to_caf(room.why());
  auto owed = self->make_response_promise<core::act_performed>();
  const auto number = ++st.last_act;
  st.acts.emplace(number, acting{std::move(request), st.askers.add(owed), now.mono + act_patience, false});
  find_room_to_act(self, number);
  return owed;
}

core::result<core::members_changed> join(catalog_pointer self, const core::join_members& request) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  const auto joined = st.deps.store->join_members(request, now);
  if (!joined) return joined.why();
  // Their other devices hear the name as it was first written.
  if (const auto room = st.deps.store->find_room(request.room, request.user, now))
    tell_added(self, request.user, room->room, request.user);
  return core::members_changed{};
}

core::result<core::room_gone> erase(catalog_pointer self, const core::delete_room& request) {
  const auto erased = self->state.deps.store->delete_room(request);
  if (!erased) return erased.why();
  announce_to_all(self, core::room_gone{request.room, ec::gone});
  return core::room_gone{request.room, ec::gone};
}

// ---- a member's own

core::result<core::rooms_synced> sync(catalog_pointer self, const core::sync_rooms& request) {
  auto page = self->state.deps.store->sync_rooms(request);
  if (page) core::cut_to_fit(*page);
  return page;
}

core::result<core::marks_moved> store_marks(catalog_pointer self, const core::move_marks& request) {
  const auto moved = self->state.deps.store->move_marks(request.marks);
  if (!moved) return moved.why();
  return core::marks_moved{*moved};
}

core::result<core::members_changed> set_notify(catalog_pointer self, const core::set_notify& request) {
  const auto set = self->state.deps.store->set_notify(request);
  if (!set) return set.why();
  core::user_news news{.user = request.user, .kind = core::news_kind::notify, .room = request.room};
  news.level = request.level;
  self->send(self->state.deps.node, std::move(news));
  return core::members_changed{};
}

// ---- invites

core::result<core::invite_made> make_invite(catalog_pointer self, const core::make_invite& request) {
  const auto& deps = self->state.deps;
  const auto now = deps.clock->now().wall;
  core::invite_made made{new_invite_id(now), random_id()};
  const auto stored = deps.store->add_invite(
      {request.room, request.by, made.id, invite_hash_of(made.invite), request.uses, now + request.life},
      deps.room_invites, now);
  if (!stored) return stored.why();
  return made;
}

core::result<core::invite_revoked> revoke(catalog_pointer self, const core::revoke_invite& request) {
  const auto revoked = self->state.deps.store->revoke_invite(request, self->state.deps.clock->now().wall);
  if (!revoked) return revoked.why();
  return core::invite_revoked{};
}

// ---- deletions

core::result<core::rooms_hidden> hide(catalog_pointer self, const core::hide_rooms& request) {
  if (const auto why = failpoint("catalog.before_hide"); why != ec::none) return why;
  auto hidden = self->state.deps.store->hide_rooms(request, self->state.deps.clock->now().wall);
  if (const auto why = failpoint("catalog.after_hide"); why != ec::none) return why;
  // Also where they were hidden before: the node that had to tell may have died before it did.
  if (hidden)
    for (const auto& room : hidden->rooms) announce_to_all(self, core::room_gone{room, ec::gone});
  if (!hidden) return hidden.why();
  return core::rooms_hidden{hidden->rooms.size()};
}

core::status restore(catalog_pointer self, const core::restore_rooms& request) {
  if (const auto why = failpoint("catalog.before_restore"); why != ec::none) return why;
  auto restored = self->state.deps.store->restore_rooms(request, self->state.deps.clock->now().wall);
  if (const auto why = failpoint("catalog.after_restore"); why != ec::none) return why;
  return restored;
}

caf::result<core::rooms_purged> begin_purge(catalog_pointer self, const core::purge_rooms& request) {
  if (const auto why = failpoint("catalog.before_purge"); why != ec::none) return to_caf({why, {}, 1});
  auto& st = self->state;
  auto owed = self->make_response_promise<core::rooms_purged>();
  auto& job = st.jobs[request.operation];
  if (job.askers.empty()) self->send(self, purge_chunk{request.operation});
  job.askers.push_back(st.askers.add(owed));
  // The newest coordinator's lease counts; an older one's request is answered all the same.
  if (job.request.lease <= request.lease) job.request = request;
  return owed;
}

core::result<storage::purged_chunk> purge_some(catalog_pointer self, const core::purge_rooms& request) {
  auto& st = self->state;
  auto chunk = st.deps.store->purge_rooms(request, st.deps.purge_chunk, st.deps.clock->now().wall);
  const auto why = chunk && chunk->more ? failpoint("catalog.between_chunks") : failpoint("catalog.after_purge");
  if (why != ec::none) return why;
  return chunk;
}

void go_on_purging(catalog_pointer self, const core::operation_id& operation) {
  auto& st = self->state;
  const auto job = st.jobs.find(operation);
  if (job == st.jobs.end()) return;
  core::result<storage::purged_chunk> chunk{ec::internal};
  guarded("catalog", [&] { chunk = purge_some(self, job->second.request); });
  if (chunk && chunk->more) return self->send(self, purge_chunk{operation});
  const auto& request = job->second.request;
  if (chunk) announce_to_all(self, core::author_erased{request.user, request.choices.erase_messages});
  for (const auto asker : job->second.askers)
    chunk ? st.askers.keep(asker, core::rooms_purged{chunk->receipt}) : st.askers.refuse(asker, chunk.why());
  st.jobs.erase(job);
}

core::result<members_to_check> sweep(catalog_pointer self, const sweep_members& request) {
  auto& store = *self->state.deps.store;
  const auto swept = store.members_swept();
  if (!swept) return swept.why();
  if (*swept) return members_to_check{{}, true};
  if (!request.strangers.empty())
    if (const auto removed = store.remove_strangers(request.strangers, request.before); !removed) return removed.why();
  if (request.finished) {
    if (const auto noted = store.note_members_swept(); !noted) return noted.why();
    return members_to_check{{}, true};
  }
  auto names = store.member_names(request.after, core::max_found_users);
  if (!names) return names.why();
  return members_to_check{std::move(*names), false};
}

template <class Reply, class Body>
caf::result<Reply> ask(Body body) {
  return guarded("catalog", [&]() -> caf::result<Reply> { return answer(body()); });
}

}  // namespace

local_catalog_actor::behavior_type catalog_behavior(catalog_pointer self, catalog_deps deps) {
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
        return ask<core::room_entered>([&] { return create(self, request); });
      },
      [self](const core::list_rooms& request) {
        return ask<core::room_list>([&] { return self->state.deps.store->list_rooms(request); });
      },
      [self](const core::list_members& request) {
        return ask<core::member_list>([&] { return self->state.deps.store->list_members(request); });
      },
      [self](core::perform_act& request) { return guarded("catalog", [&] { return perform(self, request); }); },
      [self](act_again again) { guarded("catalog", [&] { find_room_to_act(self, again.number); }); },
      [self](const core::join_members& request) {
        return ask<core::members_changed>([&] { return join(self, request); });
      },
      [self](const core::describe_room& request) {
        return ask<core::room_described>([&] { return self->state.deps.store->describe_room(request); });
      },
      [self](const core::list_mentions& request) {
        return ask<core::mention_list>([&] { return self->state.deps.store->list_mentions(request); });
      },
      [self](const core::list_pins& request) {
        return ask<core::history_page>([&] { return self->state.deps.store->list_pins(request); });
      },
      [self](const core::list_sanctions& request) {
        return ask<core::sanction_list>(
            [&] { return self->state.deps.store->list_sanctions(request, self->state.deps.clock->now().wall); });
      },
      [self](const core::read_audit& request) {
        return ask<core::audit_page>([&] { return self->state.deps.store->read_audit(request); });
      },
      [self](const core::make_invite& request) {
        return ask<core::invite_made>([&] { return make_invite(self, request); });
      },
      [self](const core::list_invites& request) {
        return ask<core::invite_list>(
            [&] { return self->state.deps.store->list_invites(request, self->state.deps.clock->now().wall); });
      },
      [self](const core::revoke_invite& request) {
        return ask<core::invite_revoked>([&] { return revoke(self, request); });
      },
      [self](const core::find_invite& request) {
        return ask<core::invite_found>(
            [&] { return self->state.deps.store->find_invite(request, self->state.deps.clock->now().wall); });
      },
      [self](core::open_direct& request) {
        return ask<core::room_entered>([&] { return open_direct(self, std::move(request)); });
      },
      [self](const core::put_block& request) {
        return ask<core::blocks_changed>([&] { return change_block(self, request); });
      },
      [self](const core::lift_block& request) {
        return ask<core::blocks_changed>([&] { return change_block(self, request); });
      },
      [self](const core::list_blocks& request) {
        return ask<core::block_list>([&] { return self->state.deps.store->list_blocks(request); });
      },
      [self](const core::read_own_settings& request) {
        return ask<core::own_settings>([&] { return self->state.deps.store->read_settings(request); });
      },
      [self](const core::change_own_settings& request) {
        return ask<core::own_settings>([&] { return change_settings(self, request); });
      },
      [self](const core::put_draft& request) {
        return ask<core::draft_kept>([&] { return keep_draft(self, request); });
      },
      [self](const core::list_drafts& request) {
        return ask<core::draft_list>([&] { return self->state.deps.store->list_drafts(request); });
      },
      [self](const core::delete_room& request) { return ask<core::room_gone>([&] { return erase(self, request); }); },
      [self](const core::read_history& request) {
        return ask<core::history_page>([&] { return self->state.deps.store->read_history(request); });
      },
      [self](const core::find_time& request) {
        return ask<core::time_found>([&] { return self->state.deps.store->find_time(request); });
      },
      [self](const core::list_recent& request) {
        return ask<core::recent_rooms>([&] { return self->state.deps.store->list_recent(request); });
      },
      [self](const core::find_mark& request) {
        return ask<core::mark_found>([&] { return self->state.deps.store->find_mark(request); });
      },
      [self](const core::find_device& request) {
        return ask<core::device_found>([&] { return self->state.deps.store->find_device(request); });
      },
      [self](const core::note_device& request) {
        return ask<core::device_noted>([&]() -> core::result<core::device_noted> {
          if (const auto noted = self->state.deps.store->note_device(request); !noted) return noted.why();
          return core::device_noted{request.at};
        });
      },
      [self](const core::read_heads& request) {
        return ask<core::room_heads>([&] { return self->state.deps.store->read_heads(request); });
      },
      [self](const core::sync_rooms& request) { return ask<core::rooms_synced>([&] { return sync(self, request); }); },
      [self](const core::move_marks& request) {
        return ask<core::marks_moved>([&] { return store_marks(self, request); });
      },
      [self](const core::set_notify& request) {
        return ask<core::members_changed>([&] { return set_notify(self, request); });
      },
      [self](const sweep_members& request) { return ask<members_to_check>([&] { return sweep(self, request); }); },
      [self](const core::maintain_database&) {
        return ask<core::database_maintained>([&] { return self->state.deps.store->maintain(); });
      },
      [self](const purge_chunk& next) { go_on_purging(self, next.operation); },
      [self](core::read_view) { return ask<std::uint64_t>([&] { return self->state.deps.store->count_rooms(); }); },
  };
}

}  // namespace greenroom::actors
