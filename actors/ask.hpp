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
/// The asker is an actor that ends with its answer; none outlives its timeout.
template <class Reply, class Handle, class Request, class Then>
void ask(caf::actor_system& system, Handle whom, std::chrono::milliseconds timeout, Request request, Then then) {
  static_assert(std::is_invocable_v<Then&, core::result<Reply>>);
  // Arguments rather than captures: CAF 0.17 dereferences a null tuple where there is no argument.
  system.spawn(
      [](caf::event_based_actor* self, const Handle& to, std::chrono::milliseconds limit, Request what, Then answered) {
        auto tell = [answered = std::move(answered)](core::result<Reply> answer) mutable {
          guarded("ask", [&] { answered(std::move(answer)); });
        };
        if (!to) return tell(ec::unavailable);
        auto failed = [tell](const caf::error& why) mutable { tell(from_caf(why)); };
        if constexpr (std::is_same_v<Reply, core::done>)
          self->request(to, limit, std::move(what)).then([tell]() mutable { tell(core::done{}); }, failed);
        else
          self->request(to, limit, std::move(what))
              .then([tell](Reply& reply) mutable { tell(std::move(reply)); }, failed);
      },
      std::move(whom), timeout, std::move(request), std::move(then));
}

}  // namespace greenroom::actors
