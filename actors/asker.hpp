#pragma once
#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/make_message.hpp>
#include <caf/response_type.hpp>
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
  void ask(const Handle& whom, std::chrono::milliseconds timeout, Request request, Then then) const {
    static_assert(std::is_invocable_v<Then&, core::result<Reply>>);
    using replied = std::conditional_t<std::is_same_v<Reply, core::done>, void, Reply>;
    static_assert(
        std::is_same_v<caf::response_type_t<typename Handle::signatures, Request>, caf::detail::type_list<replied>>);
    if (!whom) return then(core::result<Reply>{core::error{ec::unavailable, {}, 1}});
    auto told = std::make_shared<Then>(std::move(then));
    send<Reply>(caf::actor_cast<caf::actor>(whom), timeout, caf::make_message(std::move(request)),
                [told](core::result<Reply> answer) { (*told)(std::move(answer)); });
  }
  /// Callers that wait for an answer aren't called any more. Before the actor system ends.
  void stop() const;

 private:
  template <class Reply>
  using answer_function = std::function<void(core::result<Reply>)>;

  // Knows neither the question's type nor the caller's: CAF's part of it takes a second to compile for each answer.
  template <class Reply>
  void send(caf::actor whom, std::chrono::milliseconds timeout, caf::message what, answer_function<Reply> then) const {
    const auto asking = caf::actor_cast<asker_actor>(actor_);
    if (!asking) return then(core::error{ec::unavailable, {}, 1});
    caf::anon_send(asking, errand{[whom, timeout, what, then](asker_pointer self) {
                     const auto number = begin(self, whom.address(), timeout, [then](core::error why) {
                       guarded("ask", [&] { then(std::move(why)); });
                     });
                     const auto tell = [self, then, number](core::result<Reply> answer) {
                       if (self->state.asked.answered(number)) guarded("ask", [&] { then(std::move(answer)); });
                     };
                     const auto failed = [tell](const caf::error& why) { tell(from_caf(why)); };
                     auto asked = self->request(whom, caf::infinite, what);
                     if constexpr (std::is_same_v<Reply, core::done>)
                       asked.then([tell] { tell(core::done{}); }, failed);
                     else
                       asked.then([tell](Reply& reply) { tell(std::move(reply)); }, failed);
                   }});
  }
  static std::uint64_t begin(asker_pointer self, caf::actor_addr whom, std::chrono::milliseconds timeout,
                             questions::failed_function failed);

  caf::actor_addr actor_;
};

}  // namespace greenroom::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::errand)
