#include "edge/irc_numbers.hpp"

#include <algorithm>

namespace greenroom::edge {

void irc_numbers::heard(const core::cluster_counted& said) {
  const std::lock_guard hold(lock_);
  said_ = said;
}

protocol::irc::server_counts irc_numbers::now() {
  protocol::irc::server_counts out;
  out.local = clients_->load(std::memory_order_relaxed);
  const std::lock_guard hold(lock_);
  out.users = out.local + said_.elsewhere.clients;
  out.operators = operators_->load(std::memory_order_relaxed) + said_.elsewhere.operators;
  out.rooms = said_.here.rooms + said_.elsewhere.rooms;
  out.servers = 1 + said_.others;
  out.local_most = local_most_ = std::max(local_most_, out.local);
  out.users_most = users_most_ = std::max(users_most_, out.users);
  return out;
}

}  // namespace greenroom::edge
