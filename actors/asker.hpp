#pragma once
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "actors/errors.hpp"
#include "actors/guarded.hpp"
#include "actors/local.hpp"
#include "actors/questions.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"

namespace greenroom::actors {

struct errand;
/// Runs errands: a question and the callback for its answer.
using asker_actor = caf::typed_actor<caf::reacts_to<errand>, caf::reacts_to<sweep_tick>>;

struct asker_state {
  static inline const char* name = "asker";

  std::shared_ptr<const core::clock> clock;
  questions asked;
  bool sweeping = false;  ///< a sweep is on its way
  asker_actor self;       ///< until it is stopped: the only reference
};
using asker_pointer = asker_actor::stateful_pointer<asker_state>;

struct errand {
  std::function<void(asker_pointer)> go;
};

/// Asks actors from threads that aren't one: an actor of its own asks everything. A cheap value, whose copies are the
/// same asker; none of them keeps an actor, so an owner that outlives the actor system may hold one.
class asker {
 public:
  /// Asks no actor: every answer is `unavailable`.
  asker() = default;
  asker(caf::actor_system& system, std::shared_ptr<const core::clock> clock);

  /// Asks `whom`, and calls `then(core::result<Reply>)` once: with the answer, on a thread of the scheduler, one call
  /// at a time, where it must not block; with `unavailable` where none comes within `timeout` (up to half a second
  /// later), or at once, on this thread, where there is no actor to ask. `Reply` is `core::done` for one that answers
  /// with nothing. Thread safe.
  template <class Reply, class Handle, class Request, class Then>
  void ask(Handle whom, std::chrono::milliseconds timeout, Request request, Then then) const {
    static_assert(std::is_invocable_v<Then&, core::result<Reply>>);
    const auto actor = caf::actor_cast<asker_actor>(actor_);
    if (!actor || !whom) return then(core::result<Reply>{core::error{ec::unavailable, {}, 1}});
    auto told = std::make_shared<Then>(std::move(then));
    caf::anon_send(actor, errand{[=, what = std::move(request)](asker_pointer self) mutable {
                     const auto number = begin(self, whom.address(), timeout, [told](core::error why) {
                       guarded("ask", [&] { (*told)(core::result<Reply>{std::move(why)}); });
                     });
                     const auto tell = [self, told, number](core::result<Reply> answer) {
                       if (self->state.asked.answered(number)) guarded("ask", [&] { (*told)(std::move(answer)); });
                     };
                     const auto failed = [tell](const caf::error& why) { tell(from_caf(why)); };
                     auto asking = self->request(whom, caf::infinite, std::move(what));
                     if constexpr (std::is_same_v<Reply, core::done>)
                       asking.then([tell] { tell(core::done{}); }, failed);
                     else
                       asking.then([tell](Reply& reply) { tell(std::move(reply)); }, failed);
                   }});
  }
  /// Callers that wait for an answer aren't called any more. Before the actor system ends.
  void stop() const;

 private:
  static std::uint64_t begin(asker_pointer self, caf::actor_addr whom, std::chrono::milliseconds timeout,
                             questions::failed_function failed);

  caf::actor_addr actor_;
};

}  // namespace greenroom::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::errand)
