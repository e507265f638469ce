#include "actors/marks_actor.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/errors.hpp"
#include "actors/guarded.hpp"

namespace greenroom::actors {
namespace {

using marks_pointer = marks_actor::stateful_pointer<marks_state>;

constexpr auto write_patience = std::chrono::seconds(10);

void write_later(marks_pointer self);

void written(marks_pointer self, ec how) {
  self->state.machine->written(how);
  write_later(self);
}

void write(marks_pointer self) {
  auto& st = self->state;
  auto marks = st.machine->take(st.deps.clock->now().mono);
  if (marks.empty()) return;
  self->request(st.deps.catalog, write_patience, core::move_marks{std::move(marks)})
      .then(
          [self](core::marks_moved done) {
            self->state.deps.metrics.marks_stored.add(done.moved);
            guarded("marks", [&] { written(self, ec::none); });
          },
          [self](const caf::error& why) { guarded("marks", [&] { written(self, from_caf(why).code); }); });
}

// Writes what is due, else when it will be. One tick at a time: one that comes too early is sent again.
void write_later(marks_pointer self) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().mono;
  if (const auto due = st.machine->due(); due && *due <= now)
    write(self);
  else if (due && !std::exchange(st.ticking, true))
    self->delayed_send(self, std::chrono::duration_cast<std::chrono::microseconds>(*due - now), flush_tick::value);
  if (st.deps.waiting) *st.deps.waiting = st.machine->can_be_waited_for();
}

// The reader's other connections, in whatever rooms those are.
void tell_others(marks_pointer self, const note_marks& noted) {
  if (!self->state.deps.news) return;
  for (const auto& [room, seq] : noted.read)
    self->send(self->state.deps.news,
               core::user_news{
                   .user = noted.user, .kind = core::news_kind::read, .room = room, .seq = seq, .but = noted.from});
}

void take(marks_pointer self, const note_marks& noted) {
  auto& st = self->state;
  tell_others(self, noted);
  st.deps.metrics.marks_dropped.add(st.machine->add(noted.user, noted.read));
  write_later(self);
}

}  // namespace

marks_actor::behavior_type marks_behavior(marks_pointer self, marks_deps deps) {
  self->state.machine.emplace(deps.limits);
  self->state.deps = std::move(deps);
  return {
      [self](const note_marks& noted) { guarded("marks", [&] { take(self, noted); }); },
      [self](flush_tick) {
        self->state.ticking = false;
        guarded("marks", [&] { write_later(self); });
      },
  };
}

}  // namespace greenroom::actors
