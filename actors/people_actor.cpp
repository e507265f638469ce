#include "actors/people_actor.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "actors/errors.hpp"
#include "actors/guarded.hpp"

namespace greenroom::actors {
namespace {

using people_pointer = people_actor::stateful_pointer<people_state>;
using people_promise = caf::typed_response_promise<core::users_found>;
using names_list = std::vector<core::user_id>;

constexpr unsigned people_tries = 2;                               // the first node asked may be going down
constexpr auto people_patience = std::chrono::milliseconds(1500);  // with one node

core::mono_time now(people_pointer self) { return self->state.deps.clock->now().mono; }

core::result<core::users_found> resolve(people_pointer self, const names_list& names) {
  auto found = self->state.known.resolve(names, now(self));
  if (!found) return found.why();
  return core::users_found{std::move(*found)};
}

void ask_accounts(people_pointer self, names_list names, names_list unknown, unsigned tries, people_promise owed) {
  const auto failed = [=](const caf::error& why) mutable {
    if (tries > 1 && core::describe(from_caf(why).code).retry)
      return ask_accounts(self, names, unknown, tries - 1, owed);
    owed.deliver(to_caf({ec::unavailable, "No users node answers, so it isn't known who exists.", 1}));
  };
  const auto heard = [=](const core::users_found& answer) mutable {
    self->state.known.heard(answer.users, now(self));
    const auto found = resolve(self, names);
    found ? owed.deliver(*found) : owed.deliver(to_caf(found.why()));
  };
  self->request(self->state.deps.node, people_patience, find_accounts{})
      .then(
          [=](const accounts_actor& accounts) {
            self->request(accounts, people_patience, core::find_users{unknown}).then(heard, failed);
          },
          failed);
}

caf::result<core::users_found> find(people_pointer self, core::find_users& asked) {
  auto unknown = self->state.known.unknown(asked.names, now(self));
  if (unknown.empty()) return answer(resolve(self, asked.names));
  auto owed = self->make_response_promise<core::users_found>();
  ask_accounts(self, std::move(asked.names), std::move(unknown), people_tries, owed);
  return owed;
}

}  // namespace

people_actor::behavior_type people_behavior(people_pointer self, people_deps deps) {
  self->monitor(deps.node);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->state.deps = std::move(deps);
  return {
      [self](core::find_users& asked) { return guarded("people", [&] { return find(self, asked); }); },
  };
}

}  // namespace greenroom::actors
