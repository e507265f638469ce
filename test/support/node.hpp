#pragma once
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/after.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "actors/errors.hpp"
#include "actors/interfaces.hpp"
#include "actors/system.hpp"
#include "core/ports.hpp"

/// One node's actors, run step by step on the test's own thread: nothing happens but in `settle` and `advance`.
namespace greenroom::test {

/// A clock that stands still until it is told.
class stopped_clock final : public core::clock {
 public:
  [[nodiscard]] core::instant now() const override { return now_; }
  void advance(core::milliseconds by) {
    now_.wall += by;
    now_.mono += by;
  }

 private:
  core::instant now_{core::wall_time{std::chrono::hours{480000}}, core::mono_time{std::chrono::hours{1000}}};
};

struct testing_config : actors::system_config {
  testing_config() : system_config(1) { set("scheduler.policy", caf::atom("testing")); }
};

class node {
 public:
  node() = default;
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  ~node() {
    for (const auto& one : spawned_) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    spawned_.clear();
    settle();
  }

  /// As `caf::actor_system::spawn` with at least one argument (CAF 0.17 dereferences a null tuple where there is none);
  /// the actor is ended with the node.
  template <class Behavior, class... Args>
    requires(sizeof...(Args) > 0)
  auto spawn(Behavior behavior, Args&&... args) {
    auto handle = system.spawn(std::move(behavior), std::forward<Args>(args)...);
    spawned_.push_back(caf::actor_cast<caf::actor>(handle));
    return handle;
  }

  /// An actor that answers only what the test is about, in place of one that answers more.
  template <class Handle, class... Handlers>
  Handle dummy(Handlers... handlers) {
    const auto behavior = [](caf::event_based_actor* one, Handlers... each) -> caf::behavior {
      one->set_default_handler(caf::drop);
      return {each...};
    };
    return caf::actor_cast<Handle>(spawn(behavior, handlers...));
  }

  /// Ends an actor.
  template <class Handle>
  void kill(const Handle& handle) {
    caf::anon_send_exit(handle, caf::exit_reason::kill);
    settle();
  }

  /// Whether an actor hasn't ended yet.
  [[nodiscard]] bool lives(const caf::actor_addr& whom) {
    const auto handle = caf::actor_cast<caf::actor>(whom);
    if (!handle) return false;
    self->monitor(handle);
    bool out = true;
    self->receive([&](const caf::down_msg&) { out = false; }, caf::after(std::chrono::milliseconds{0}) >> [] {});
    return out;
  }

  /// Runs until nobody has anything to do.
  void settle() {
    while (scheduler.try_run_once()) {
    }
  }

  /// Lets time pass, for the clock and for CAF's timers, in steps of at most a second.
  void advance(core::milliseconds by) {
    settle();
    while (by > core::milliseconds::zero()) {
      const auto step = std::min(by, core::milliseconds{1000});
      clock->advance(step);
      scheduler.clock().advance_time(step);
      settle();
      by -= step;
    }
  }

  /// Sends a request and settles: the answer, if there is one by then, else `request_timeout`.
  template <class Reply, class Handle, class Request>
  core::result<Reply> ask(const Handle& whom, Request request) {
    auto pending = self->request(whom, std::chrono::milliseconds{1}, std::move(request));
    settle();
    core::result<Reply> out{core::ec::request_timeout};
    scheduler.clock().advance_time(std::chrono::milliseconds{1});
    const auto failed = [&](const caf::error& why) {
      if (why != caf::sec::request_timeout) out = actors::from_caf(why);
    };
    if constexpr (std::is_same_v<Reply, core::done>)
      pending.receive([&] { out = core::done{}; }, failed);
    else
      pending.receive([&](Reply& reply) { out = std::move(reply); }, failed);
    return out;
  }

  testing_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system, true};
  caf::scheduler::test_coordinator& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  std::shared_ptr<stopped_clock> clock = std::make_shared<stopped_clock>();

 private:
  std::vector<caf::actor> spawned_;
};

}  // namespace greenroom::test
