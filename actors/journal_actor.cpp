#include "actors/journal_actor.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <chrono>

#include "actors/guarded.hpp"

namespace greenroom::actors {
namespace {

using journal_pointer = journal_actor::stateful_pointer<journal_state>;

// Only rooms append, open again and check: their node spawned them.
template <class Message>
void tell(journal_pointer self, const caf::strong_actor_ptr& whom, Message message) {
  self->send(caf::actor_cast<local_room_actor>(whom), std::move(message));
}

void flush_later(journal_pointer self) {
  if (!std::exchange(self->state.flushing, true)) self->send(self, flush_tick::value);
}

void take_append(journal_pointer self, append_entries& request) {
  const auto entries = request.append.entries.size();
  if (self->state.machine->add(std::move(request.append), self->current_sender(), entries)) flush_later(self);
}

// A store that throws has not said what it stored.
core::result<std::vector<storage::append_outcome>> append(storage::journal_store& store,
                                                          const std::vector<storage::room_append>& appends) {
  try {
    return store.append(appends);
  } catch (const std::exception& what) {
    report_exception("journal", what);
    return ec::unknown_outcome;
  }
}

void commit(journal_pointer self) {
  auto& st = self->state;
  auto group = st.machine->take();
  if (!group.empty()) {
    const auto begun = std::chrono::steady_clock::now();
    auto answer = append(*st.deps.store, group.appends);
    st.deps.metrics.commits.add();
    st.deps.metrics.commit_seconds.observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    std::size_t entries = 0;
    for (std::size_t i = 0; i < group.askers.size(); ++i) {
      entries += group.appends[i].entries.size();
      entries_appended told;
      if (answer)
        told.outcome = std::move((*answer)[i]);
      else
        told.code = answer.code() == ec::unavailable ? ec::unavailable : ec::unknown_outcome;
      tell(self, group.askers[i], std::move(told));
    }
    st.deps.metrics.commit_entries.observe(static_cast<double>(entries));
  }
  if (st.machine->flushed()) flush_later(self);
}

void answer_opening(journal_pointer self, const std::variant<core::asker_id, caf::strong_actor_ptr>& whom,
                    core::result<core::room_opened> opened) {
  if (const auto* room = std::get_if<caf::strong_actor_ptr>(&whom))
    return tell(self, *room, room_reopened{std::move(opened)});
  const auto asker = std::get<core::asker_id>(whom);
  if (opened)
    self->state.opened.keep(asker, std::move(*opened));
  else
    self->state.opened.refuse(asker, opened.why());
}

void open_rooms(journal_pointer self) {
  auto opens = std::exchange(self->state.opens, {});
  if (opens.empty()) return;
  std::vector<core::open_room> requests;
  requests.reserve(opens.size());
  for (auto& [request, whom] : opens) requests.push_back(request);
  auto answer = self->state.deps.store->open(requests, self->state.deps.tail);
  for (std::size_t i = 0; i < opens.size(); ++i)
    answer_opening(self, opens[i].second,
                   answer ? std::move((*answer)[i]) : core::result<core::room_opened>(answer.why()));
}

void answer_checks(journal_pointer self) {
  auto checks = std::exchange(self->state.checks, {});
  if (checks.empty()) return;
  std::vector<core::room_key> keys;
  keys.reserve(checks.size());
  for (auto& [check, room] : checks) keys.push_back(check.room);
  const auto answer = self->state.deps.store->epochs(keys);
  for (auto& [check, room] : checks) {
    core::result<core::room_standing> newest =
        answer ? core::result<core::room_standing>(core::room_standing{}) : answer.why();
    if (answer)
      for (const auto& one : *answer)
        if (one.room == check.room) newest = core::room_standing{one.epoch, one.membership};
    tell(self, room, epoch_checked{std::move(newest), check.asked});
  }
}

}  // namespace

journal_actor::behavior_type journal_behavior(journal_pointer self, journal_deps deps) {
  self->state.machine.emplace(deps.commit_entries);
  self->state.deps = std::move(deps);
  return {
      [self](append_entries& request) { take_append(self, request); },
      [self](reopen_room& request) {
        self->state.opens.emplace_back(std::move(request.request), self->current_sender());
        flush_later(self);
      },
      [self](const check_epoch& request) {
        self->state.checks.emplace_back(request, self->current_sender());
        flush_later(self);
      },
      [self](const check_epochs& request) -> caf::result<epochs_checked> {
        return guarded("journal", [&]() -> caf::result<epochs_checked> {
          auto newest = self->state.deps.store->epochs(request.rooms);
          if (!newest) return to_caf(newest.why());
          return epochs_checked{std::move(*newest)};
        });
      },
      [self](read_newest_view) -> caf::result<newest_view> {
        return guarded("journal", [&]() -> caf::result<newest_view> {
          const auto newest = self->state.deps.store->newest_view();
          if (!newest) return to_caf(newest.why());
          return newest_view{*newest};
        });
      },
      [self](core::open_room& request) -> caf::result<core::room_opened> {
        auto promise = self->make_response_promise<core::room_opened>();
        self->state.opens.emplace_back(std::move(request), self->state.opened.add(promise));
        flush_later(self);
        return promise;
      },
      [self](flush_tick) {
        self->state.flushing = false;
        guarded("journal", [&] { open_rooms(self); });
        guarded("journal", [&] { answer_checks(self); });
        guarded("journal", [&] { commit(self); });
      },
  };
}

}  // namespace greenroom::actors
