#include "actors/any_catalog.hpp"

#include <chrono>
#include <functional>
#include <utility>

#include "actors/errors.hpp"
#include "actors/guarded.hpp"
#include "actors/monitor_once.hpp"

namespace greenroom::actors {
namespace {

using any_catalog_pointer = any_catalog_actor::stateful_pointer<any_catalog_state>;
using namespace std::chrono_literals;

using choice = core::catalog_choice;

constexpr auto sweep_every = 250ms;  // while there are questions
constexpr auto node_timeout = 1s;

core::mono_time now(any_catalog_pointer self) { return self->state.deps.clock->now().mono; }

void sweep_later(any_catalog_pointer self) {
  if (self->state.asked.empty() || std::exchange(self->state.sweeping, true)) return;
  self->delayed_send(self, sweep_every, sweep_tick::value);
}

/// Calls `use` with a catalog, at once where one is kept.
void with_catalog(any_catalog_pointer self, std::function<void(core::result<catalog_actor>)> use) {
  auto& st = self->state;
  if (st.catalog && st.choice.keeps(now(self))) return use(st.catalog);
  self->request(st.deps.node, node_timeout, find_catalog{st.catalog.address()})
      .then(
          [self, use](catalog_actor& found) {
            auto& state = self->state;
            monitor_once(self, found);
            state.catalog = std::move(found);
            state.choice.found(now(self));
            use(state.catalog);
          },
          [use](const caf::error& why) {
            use(core::error{ec::unavailable, from_caf(why).detail, 1});
          });
}

template <class Reply, class Request>
void ask(any_catalog_pointer self, unsigned tried, const Request& request, caf::typed_response_promise<Reply> owed) {
  with_catalog(self, [=](const core::result<catalog_actor>& found) mutable {
    if (!found) {
      owed.deliver(to_caf(found.why()));
      return;
    }
    auto& st = self->state;
    const questions::failed_function failed = [=, turn = st.choice.turn()](core::error why) mutable {
      if (self->state.choice.failed(turn, tried, why.code)) return ask(self, tried + 1, request, std::move(owed));
      owed.deliver(to_caf(why));
    };
    const auto number = st.asked.ask(found->address(), now(self) + choice::patience, failed);
    sweep_later(self);
    self->request(*found, caf::infinite, request)
        .then(
            [self, number, owed](Reply& reply) mutable {
              if (self->state.asked.answered(number)) owed.deliver(std::move(reply));
            },
            [self, number, failed](const caf::error& error) {
              if (self->state.asked.answered(number)) failed(from_caf(error));
            });
  });
}

template <class Reply, class Request>
caf::result<Reply> take(any_catalog_pointer self, const Request& request) {
  auto owed = self->template make_response_promise<Reply>();
  guarded("any_catalog", [&] { ask(self, 1, request, owed); });
  return owed;
}

}  // namespace

any_catalog_actor::behavior_type any_catalog_behavior(any_catalog_pointer self, any_catalog_deps deps) {
  self->state.deps = std::move(deps);
  self->set_down_handler([self](const caf::down_msg& down) {
    auto& st = self->state;
    if (st.catalog && st.catalog.address() == down.source) {
      st.catalog = nullptr;
      st.choice.lost();
    }
    guarded("any_catalog", [&] { st.asked.give_up_on(down.source); });
  });
  return {
      [self](const core::enter_room& request) { return take<core::room_entered>(self, request); },
      [self](const core::read_history& request) { return take<core::history_page>(self, request); },
      [self](const core::find_time& request) { return take<core::time_found>(self, request); },
      [self](const core::list_recent& request) { return take<core::recent_rooms>(self, request); },
      [self](const core::find_device& request) { return take<core::device_found>(self, request); },
      [self](const core::note_device& request) { return take<core::device_noted>(self, request); },
      [self](const core::list_rooms& request) { return take<core::room_list>(self, request); },
      [self](const core::list_members& request) { return take<core::member_list>(self, request); },
      [self](const core::open_direct& request) { return take<core::room_entered>(self, request); },
      [self](const core::perform_act& request) { return take<core::act_performed>(self, request); },
      [self](const core::list_sanctions& request) { return take<core::sanction_list>(self, request); },
      [self](const core::read_heads& request) { return take<core::room_heads>(self, request); },
      [self](const core::sync_rooms& request) { return take<core::rooms_synced>(self, request); },
      [self](const core::find_mark& request) { return take<core::mark_found>(self, request); },
      [self](const core::move_marks& request) { return take<core::marks_moved>(self, request); },
      [self](sweep_tick) {
        self->state.sweeping = false;
        guarded("any_catalog", [&] { self->state.asked.give_up_late(now(self)); });
        sweep_later(self);
      },
  };
}

}  // namespace greenroom::actors
