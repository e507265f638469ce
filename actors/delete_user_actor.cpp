#include "actors/delete_user_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "actors/failpoint.hpp"
#include "actors/guarded.hpp"
#include "actors/monitor_once.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

using delete_user_pointer = delete_user_actor::stateful_pointer<delete_user_state>;
using core::deletion_state;
using namespace std::chrono_literals;
namespace log = telemetry::log;

constexpr auto find_accounts_timeout = 1s;
constexpr auto hash_timeout = 5s;  // hashes may queue

void carry_out(delete_user_pointer self, core::delete_user_effects out);

// ---- the points where it can be made to fail

struct points {
  failpoint_name before;
  failpoint_name after;
};

points points_of(deletion_state to) {
  switch (to) {
    case deletion_state::hiding:
      break;
    case deletion_state::purging:
      return {"saga.before_delete", "saga.after_delete"};
    case deletion_state::completed:
      return {"saga.before_finish", "saga.after_finish"};
    case deletion_state::undoing:
      return {"saga.before_undo", "saga.after_undo"};
    case deletion_state::undone:
      return {"saga.before_undone", "saga.after_undone"};
  }
  return {"saga.before_begin", "saga.after_begin"};
}

points points_of(const core::begin_deletion&) { return {"saga.before_begin", "saga.after_begin"}; }
points points_of(const core::advance_deletion& step) { return points_of(step.to); }
points points_of(const core::hide_rooms&) { return {"saga.before_hide", "saga.after_hide"}; }
points points_of(const core::restore_rooms&) { return {"saga.before_restore", "saga.after_restore"}; }
points points_of(const core::purge_rooms&) { return {"saga.before_purge", "saga.after_purge"}; }

// A look at the row and a renewed lease aren't steps.
template <class Step>
bool is_step(delete_user_pointer self, const Step& step) {
  if constexpr (std::is_same_v<Step, core::read_deletion>) return false;
  if constexpr (std::is_same_v<Step, core::advance_deletion>) return step.to != self->state.machine->row().state;
  return true;
}

template <class Step>
core::ec reach(delete_user_pointer self, const Step& step, bool after) {
  if constexpr (!std::is_same_v<Step, core::read_deletion>) {
    if (!is_step(self, step)) return ec::none;
    const auto at = points_of(step);
    return failpoint(after ? at.after : at.before);
  }
  return ec::none;
}

// ---- the request of one step, and the actor that gets it

template <class Step>
struct asks_accounts {
  static constexpr auto timeout = std::is_same_v<Step, core::begin_deletion> ? hash_timeout : 2s;
  using finder = find_accounts;
  static accounts_actor& handle(delete_user_pointer self) { return self->state.accounts; }
};
template <class Step>
struct asks_catalog {
  static constexpr auto timeout = std::is_same_v<Step, core::purge_rooms> ? 5s : 3s;
  using finder = find_catalog;
  static catalog_actor& handle(delete_user_pointer self) { return self->state.catalog; }
};
template <class Step>
struct route_of : asks_catalog<Step> {};
template <>
struct route_of<core::begin_deletion> : asks_accounts<core::begin_deletion> {};
template <>
struct route_of<core::advance_deletion> : asks_accounts<core::advance_deletion> {};
template <>
struct route_of<core::read_deletion> : asks_accounts<core::read_deletion> {};

void answered(delete_user_pointer self, std::uint64_t number, core::result<core::saga_answer> answer) {
  auto& st = self->state;
  if (number != st.asked) return;
  st.asked = 0;
  st.asked_whom = nullptr;
  carry_out(self, st.machine->answered(number, std::move(answer), st.deps.clock->now().mono));
}

template <class Step>
void failed(delete_user_pointer self, std::uint64_t number, core::error why) {
  if (number != self->state.asked) return;
  // Another actor may do it.
  if (core::describe(why.code).retry) route_of<Step>::handle(self) = nullptr;
  if (self->state.machine->begun())
    log::info("deletion_step_failed",
              {{"state", core::to_string(self->state.machine->row().state)}, {"why", core::to_string(why.code)}});
  answered(self, number, std::move(why));
}

template <class Step>
void arrived(delete_user_pointer self, std::uint64_t number, const Step& step, core::saga_answer answer) {
  if (number != self->state.asked) return;
  if (const auto why = reach(self, step, true); why != ec::none) return failed<Step>(self, number, {why, {}, 1});
  answered(self, number, std::move(answer));
}

template <class Step>
void send_step(delete_user_pointer self, std::uint64_t number, const Step& step) {
  using route = route_of<Step>;
  const auto whom = route::handle(self);
  self->state.asked_whom = whom.address();
  const auto refused = [self, number](const caf::error& why) {
    guarded("delete_user", [&] { failed<Step>(self, number, from_caf(why)); });
  };
  auto asked = self->request(whom, route::timeout, step);
  if constexpr (std::is_same_v<Step, core::restore_rooms>) {
    asked.then([self, number, step] { guarded("delete_user", [&] { arrived(self, number, step, core::done{}); }); },
               refused);
  } else {
    using reply = std::conditional_t<
        std::is_same_v<Step, core::hide_rooms>, core::rooms_hidden,
        std::conditional_t<std::is_same_v<Step, core::purge_rooms>, core::rooms_purged, core::deletion>>;
    asked.then([self, number,
                step](reply& got) { guarded("delete_user", [&] { arrived(self, number, step, std::move(got)); }); },
               refused);
  }
}

template <class Step>
void run(delete_user_pointer self, std::uint64_t number, const Step& step) {
  using route = route_of<Step>;
  auto& st = self->state;
  st.asked = number;
  if (const auto why = reach(self, step, false); why != ec::none) return failed<Step>(self, number, {why, {}, 1});
  if (route::handle(self)) return send_step(self, number, step);
  using handle_type = std::decay_t<decltype(route::handle(self))>;
  self->request(st.deps.node, find_accounts_timeout, typename route::finder{})
      .then(
          [self, number, step](const handle_type& found) {
            guarded("delete_user", [&] {
              if (number != self->state.asked) return;
              route::handle(self) = found;
              monitor_once(self, found);
              send_step(self, number, step);
            });
          },
          [self, number](const caf::error& why) {
            guarded("delete_user", [&] { failed<Step>(self, number, from_caf(why)); });
          });
}

// ---- the outcome of a step

void count(delete_user_pointer self, std::string_view as) {
  auto& st = self->state;
  if (st.counted == as) return;
  if (!st.counted.empty()) st.deps.metrics.sagas.with({st.counted}).sub();
  if (!as.empty()) st.deps.metrics.sagas.with({as}).add();
  st.counted = as;
}

void tell_waiters(delete_user_pointer self, core::mono_time now) {
  auto& st = self->state;
  const auto late =
      std::partition(st.waiters.begin(), st.waiters.end(), [&](const auto& one) { return one.until > now; });
  for (auto one = late; one != st.waiters.end(); ++one) st.owed.keep(one->asker, st.machine->row());
  st.waiters.erase(late, st.waiters.end());
}

void finish(delete_user_pointer self) {
  auto& st = self->state;
  const auto& row = st.machine->row();
  if (!st.counted.empty() && core::has_ended(row.state)) {
    st.deps.metrics.sagas_ended.with({core::to_string(row.state)}).add();
    st.deps.metrics.saga_seconds.observe(std::chrono::duration<double>(row.ended - row.begun).count());
    log::info("deletion_ended", {{"state", core::to_string(row.state)}});
  }
  count(self, {});
  tell_waiters(self, core::mono_time::max());
  self->quit();
}

void carry_out(delete_user_pointer self, core::delete_user_effects out) {
  auto& st = self->state;
  const auto& machine = *st.machine;
  if (machine.begun() && !machine.following() && !core::has_ended(machine.row().state) && !out.refused)
    count(self, core::to_string(machine.row().state));
  if (out.ask) std::visit([&](const auto& step) { run(self, out.ask->number, step); }, out.ask->what);
  if (out.pause) self->delayed_send(self, *out.pause, step_tick::value);
  if (out.refused) {
    for (const auto& one : st.waiters) st.owed.refuse(one.asker, *out.refused);
    return self->quit();
  }
  if (out.over) return finish(self);
  if (machine.begun()) {
    tell_waiters(self, st.deps.clock->now().mono);
    if (machine.following() && st.waiters.empty()) self->quit();
  }
}

caf::result<core::deletion> wait(delete_user_pointer self, const await_deletion& request) {
  auto& st = self->state;
  auto owed = self->make_response_promise<core::deletion>();
  st.waiters.push_back({st.owed.add(owed), st.deps.clock->now().mono + request.patience});
  self->delayed_send(self, request.patience, step_tick::value);
  // Not before there is an asker to tell why it can't begin.
  if (!std::exchange(st.started, true)) self->send(self, step_tick::value);
  return owed;
}

void participant_down(delete_user_pointer self, const caf::actor_addr& who) {
  auto& st = self->state;
  if (st.accounts && st.accounts.address() == who) st.accounts = nullptr;
  if (st.catalog && st.catalog.address() == who) st.catalog = nullptr;
  if (st.asked != 0 && st.asked_whom == who) answered(self, st.asked, ec::unavailable);
}

}  // namespace

delete_user_actor::behavior_type delete_user_behavior(delete_user_pointer self, delete_user_deps deps,
                                                      std::variant<core::begin_deletion, core::deletion> what) {
  self->state.deps = std::move(deps);
  std::visit(
      [&](auto& one) {
        auto& st = self->state;
        st.machine.emplace(std::move(one), st.deps.limits, st.deps.clock->now().mono);
      },
      what);
  self->set_down_handler(
      [self](const caf::down_msg& down) { guarded("delete_user", [&] { participant_down(self, down.source); }); });
  self->state.started = self->state.machine->begun();
  if (self->state.started) self->send(self, step_tick::value);
  return {
      [self](const await_deletion& request) { return guarded("delete_user", [&] { return wait(self, request); }); },
      [self](const release_deletion&) {
        guarded("delete_user", [&] { carry_out(self, self->state.machine->release()); });
      },
      [self](step_tick) {
        guarded("delete_user", [&] { carry_out(self, self->state.machine->tick(self->state.deps.clock->now().mono)); });
      },
  };
}

}  // namespace greenroom::actors
