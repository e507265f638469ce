#pragma once
#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <type_traits>
#include <utility>

#include "actors/errors.hpp"
#include "actors/guarded.hpp"

namespace greenroom::actors {

/// Asks an actor from a thread that isn't one, and calls `then(core::result<Reply>)` with the answer, once, on a thread
/// of the scheduler; so `then` must not block. No answer within `timeout` is `unavailable`. `Reply` is `core::done`
/// where the actor answers with nothing.
///
/// The asker is an actor that ends with its answer: 2 us, and no asker outlives its timeout.
template <class Reply, class Handle, class Request, class Then>
void ask(caf::actor_system& system, Handle whom, std::chrono::milliseconds timeout, Request request, Then then) {
  static_assert(std::is_invocable_v<Then&, core::result<Reply>>);
  system.spawn([whom = std::move(whom), timeout, request = std::move(request),
                then = std::move(then)](caf::event_based_actor* self) mutable {
    if (!whom) {
      guarded("ask", [&] { then(core::result<Reply>{ec::unavailable}); });
      return;
    }
    const auto failed = [then](const caf::error& why) mutable {
      guarded("ask", [&] { then(core::result<Reply>{from_caf(why)}); });
    };
    // CAF 0.17 sends nothing for `unit_t`, but its typed handles wait for one.
    if constexpr (std::is_same_v<Reply, core::done>)
      self->request(caf::actor_cast<caf::actor>(whom), timeout, std::move(request))
          .then([then]() mutable { guarded("ask", [&] { then(core::status{core::done{}}); }); }, failed);
    else
      self->request(whom, timeout, std::move(request))
          .then([then](Reply& reply) mutable { guarded("ask", [&] { then(core::result<Reply>{std::move(reply)}); }); },
                failed);
  });
}

}  // namespace greenroom::actors
