#include "gateway/admins.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

#include "actors/secrets.hpp"
#include "gateway/accounts.hpp"

namespace greenroom::gateway {

using core::ec;

admins::admins(actors::asker asker, const actors::local_node_actor& node)
    : asker_(std::move(asker)), node_(caf::actor_cast<caf::actor_addr>(node)) {}

void admins::check(const net::http::exchange_ptr& ask, std::function<void(core::status)> then) const {
  const auto token = ask->bearer();
  if (!token) return then(ask->header("Authorization").empty() ? ec::unauthorized : ec::invalid_token);
  const auto node = caf::actor_cast<actors::local_node_actor>(node_);
  if (!node) return then(ec::draining);
  ask_accounts<core::token_checked>(asker_, node, core::check_token{actors::token_hash_of(*token)},
                                    [then = std::move(then)](const core::result<core::token_checked>& who) {
                                      if (!who) return then(who.why());
                                      then(who->admin ? core::status{core::done{}} : core::status{ec::forbidden});
                                    });
}

}  // namespace greenroom::gateway
