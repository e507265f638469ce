#include "actors/follower_actor.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/failpoint.hpp"
#include "actors/guarded.hpp"
#include "core/notices.hpp"

namespace greenroom::actors {
namespace {

using follower_pointer = follower_actor::stateful_pointer<follower_state>;

core::mono_time time_of(follower_pointer self) { return self->state.deps.clock->now().mono; }

constexpr core::milliseconds early{1};  // a tick may be, for the timer's grain

// One tick counts at a time: an earlier one replaces it, and then the later one is too late, or too early for the next.
void wake_later(follower_pointer self) {
  auto& st = self->state;
  st.deps.metrics.follower_behind.with({"notices"}).set(static_cast<double>(st.machine->behind()));
  const auto due = st.machine->due();
  if (!due || (st.waking && *st.waking <= *due)) return;
  st.waking = due;
  const auto wait = std::max(*due - time_of(self), core::mono_time::duration{0});
  if (wait == wait.zero()) return self->send(self, flush_tick::value);
  self->delayed_send(self, std::chrono::ceil<core::milliseconds>(wait), flush_tick::value);
}

void scan(follower_pointer self, core::room_key after) {
  auto& st = self->state;
  core::result<core::rooms_behind> page{ec::internal};
  guarded("follower", [&] { page = st.deps.store->find_behind(after, st.deps.page); });
  st.machine->found(page, time_of(self));
}

// The author's own devices, those that haven't posted it.
void tell_authors(follower_pointer self, const core::notices_stored& stored) {
  if (!self->state.news) return;
  for (const auto& [room, user, seq] : stored.marks)
    self->send(self->state.news,
               core::user_news{.user = user, .kind = core::news_kind::read, .room = room, .seq = seq});
}

core::followed outcome_of(const core::follow_room& wanted, const std::vector<core::followed_log>& logs,
                          const core::notices_stored& stored) {
  const auto log = std::find_if(logs.begin(), logs.end(), [&](const auto& one) { return one.key == wanted.key; });
  if (log == logs.end()) return {wanted.key, {}, {}, true};
  const bool moved = std::find(stored.rooms.begin(), stored.rooms.end(), wanted.key) != stored.rooms.end();
  return {wanted.key, moved ? log->upto : log->cursor, log->head};
}

core::result<std::vector<core::followed>> follow(follower_pointer self, const std::vector<core::follow_room>& batch) {
  const auto& deps = self->state.deps;
  const auto logs = deps.store->read(batch);
  if (!logs) return logs.why();
  const auto notices = core::notices_of(*logs);
  if (const auto why = failpoint("follower.before_store"); why != ec::none) return why;
  core::notices_stored stored;
  if (!notices.steps.empty()) {
    auto answer = deps.store->store(notices);
    if (!answer) return answer.why();
    stored = *std::move(answer);
  }
  if (const auto why = failpoint("follower.after_store"); why != ec::none) return why;
  tell_authors(self, stored);
  deps.metrics.mentions.add(stored.mentions);
  for (const auto& step : notices.steps)
    if (std::find(stored.rooms.begin(), stored.rooms.end(), step.key) != stored.rooms.end())
      deps.metrics.entries_followed.add(step.to - step.from);
  std::vector<core::followed> out;
  for (const auto& wanted : batch) out.push_back(outcome_of(wanted, *logs, stored));
  return out;
}

void step(follower_pointer self) {
  auto& st = self->state;
  const auto next = st.machine->next(time_of(self));
  if (next.scan) scan(self, *next.scan);
  if (next.batch.empty()) return;
  core::result<std::vector<core::followed>> stored{ec::internal};
  guarded("follower", [&] { stored = follow(self, next.batch); });
  st.machine->done(stored, time_of(self));
}

}  // namespace

follower_actor::behavior_type follower_behavior(follower_pointer self, follower_deps deps) {
  self->state.machine.emplace(deps.node, deps.limits);
  self->state.deps = std::move(deps);
  return {
      [self](const core::log_grew& news) {
        self->state.machine->grew(news, time_of(self));
        wake_later(self);
      },
      [self](follow_homes& where) {
        self->state.news = std::move(where.news);
        self->state.machine->view_changed(std::move(where.view));
        wake_later(self);
      },
      [self](flush_tick) {
        auto& waking = self->state.waking;
        if (!waking || time_of(self) + early < *waking) return;
        waking.reset();
        guarded("follower", [&] { step(self); });
        wake_later(self);
      },
  };
}

}  // namespace greenroom::actors
