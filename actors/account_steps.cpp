#include "actors/account_steps.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <cstddef>

namespace greenroom::actors {

core::error with_retry(core::error why) {
  if (core::describe(why.code).retry && why.retry_after == 0) why.retry_after = 1;
  return why;
}

void tell_ended(accounts_pointer self, const std::vector<core::ended_token>& tokens) {
  for (std::size_t at = 0; at < tokens.size(); at += core::max_ended_told) {
    const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = tokens.begin() + static_cast<std::ptrdiff_t>(std::min(tokens.size(), at + core::max_ended_told));
    for (const auto& watcher : self->state.watchers)
      self->send(caf::actor_cast<local_node_actor>(watcher), announce{core::session_ended{{begin, end}}});
  }
}

core::result<core::token_checked> check(accounts_pointer self, const core::token_hash& token) {
  return self->state.deps.store->check_token(token, self->state.deps.clock->now().wall);
}

}  // namespace greenroom::actors
