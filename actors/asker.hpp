#pragma once
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "actors/errors.hpp"
#include "actors/guarded.hpp"
#include "actors/local.hpp"
#include "core/ports.hpp"

namespace greenroom::actors {

struct errand;
/// Runs errands: what is to be asked, and who hears the answer.
using asker_actor = caf::typed_actor<caf::reacts_to<errand>, caf::reacts_to<sweep_tick>>;

/// The questions that aren't answered yet. Their timeouts are its own, looked at twice a second: CAF's wake a thread.
struct asker_state {
  static inline const char* name = "asker";

  std::shared_ptr<const core::clock> clock;
  std::unordered_map<std::uint64_t, std::function<void(core::error)>> open;
  std::deque<std::pair<core::mono_time, std::uint64_t>> deadlines;
  std::uint64_t last = 0;
  bool sweeping = false;  ///< a sweep is on its way
};
using asker_pointer = asker_actor::stateful_pointer<asker_state>;

struct errand {
  std::function<void(asker_pointer)> go;
};

asker_actor::behavior_type asker_behavior(asker_pointer self, std::shared_ptr<const core::clock> clock);

/// Asks as `ask` does, for whoever asks often: one actor asks everything. Thread safe; `then` comes on a thread of the
/// scheduler, one at a time, and must not block. A timeout may be half a second late.
class asker {
 public:
  asker(caf::actor_system& system, std::shared_ptr<const core::clock> clock)
      : actor_(system.spawn(asker_behavior, std::move(clock))) {}
  /// Stops.
  ~asker() { stop(); }
  asker(const asker&) = delete;
  asker& operator=(const asker&) = delete;

  template <class Reply, class Handle, class Request, class Then>
  void ask(Handle whom, std::chrono::milliseconds timeout, Request request, Then then) const {
    static_assert(std::is_invocable_v<Then&, core::result<Reply>>);
    auto told = std::make_shared<Then>(std::move(then));
    caf::anon_send(actor_, errand{[=, what = std::move(request)](asker_pointer self) mutable {
                     if (!whom) return (*told)(core::result<Reply>{ec::unavailable});
                     const auto number = begin(
                         self, timeout, [told](core::error why) { (*told)(core::result<Reply>{std::move(why)}); });
                     const auto tell = [self, told, number](core::result<Reply> answer) {
                       if (self->state.open.erase(number) > 0) guarded("ask", [&] { (*told)(std::move(answer)); });
                     };
                     self->request(whom, caf::infinite, std::move(what))
                         .then([tell](Reply& reply) { tell(std::move(reply)); },
                               [tell](const caf::error& why) { tell(from_caf(why)); });
                   }});
  }
  /// Who waits for an answer is not told any more. Before the actor system ends, when nobody asks any more.
  void stop() {
    if (actor_) caf::anon_send_exit(std::exchange(actor_, nullptr), caf::exit_reason::user_shutdown);
  }

 private:
  static std::uint64_t begin(asker_pointer self, std::chrono::milliseconds timeout,
                             std::function<void(core::error)> expired);

  asker_actor actor_;
};

}  // namespace greenroom::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::errand)
