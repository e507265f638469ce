#pragma once
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>

#include <chrono>
#include <utility>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace greenroom::gateway {

/// Asks the accounts of any users node, and calls `then` with the answer or the error of either step, on an
/// actor's thread. Two attempts, where an error may pass: the second may go to another node.
template <class Reply, class Request, class Then>
void ask_accounts(const actors::asker& asker, const actors::local_node_actor& node, Request request, Then then,
                  unsigned tries = 2) {
  static constexpr std::chrono::seconds find_timeout{1};
  static constexpr std::chrono::seconds ask_timeout{3};
  const auto weak = caf::actor_cast<caf::actor_addr>(node);
  const auto again = [asker, weak, request, then, tries](core::result<Reply> answer) {
    if (answer || tries <= 1 || !core::describe(answer.code()).retry) return then(std::move(answer));
    ask_accounts<Reply>(asker, caf::actor_cast<actors::local_node_actor>(weak), request, then, tries - 1);
  };
  asker.ask<actors::accounts_actor>(node, find_timeout, actors::find_accounts{},
                                    [asker, request, again](core::result<actors::accounts_actor> accounts) {
                                      if (!accounts) return again(accounts.why());
                                      asker.ask<Reply>(std::move(*accounts), ask_timeout, request, again);
                                    });
}

}  // namespace greenroom::gateway
