// The homes of users on a node, and the way to the others (actors/node_homes.cpp).
#include "core/placement.hpp"
#include "test/simulation/door_shell.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/user_shell.hpp"

namespace greenroom::simulation {

// The receiver answers the one who sent it here.
template <class To, class What>
void node_shell::hand_on(const handle<To>& to, What what) {
  home().send(to, {sender(), 0, false, std::make_unique<statement<To, What>>(std::move(what))});
}

// Whether the message is for a home here; else it is sent on, if there is a way.
template <class What>
bool node_shell::is_for_here(What& what) {
  const auto to = machine_.way_home(what.user, what.forwarded);
  if (!to || *to == home().name()) return to.has_value();
  const auto peer = peers_.find(*to);
  if (peer == peers_.end()) return false;
  what.forwarded = true;
  hand_on(peer->second.node, what);
  return false;
}

void node_shell::receive(core::register_session& what) {
  if (!is_for_here(what)) return;
  auto& at = homes_[what.user];
  if (!at) {
    at = home().spawn<user_shell>(user_shell::deps{what.user, self(this)});
    monitor(at);
  }
  hand_on(at, what);
}

void node_shell::receive(core::user_news& news) {
  if (!is_for_here(news)) return;
  if (const auto at = homes_.find(news.user); at != homes_.end()) hand_on(at->second, news);
}

void node_shell::receive(home_idle& idle) {
  const auto known = homes_.find(idle.user);
  if (known == homes_.end() || !(known->second == idle.home)) return;
  homes_.erase(known);
  send_exit(idle.home);
}

bool node_shell::home_down(const address& source) {
  return std::erase_if(homes_, [&](const auto& one) { return one.second == source; }) > 0;
}

void node_shell::homes_moved_since(const core::cluster_view& before) {
  if (roles_.door && !deps_.sabotage.lose_moves && !core::same_homes(before, machine_.view()))
    send(roles_.door, homes_changed{std::make_shared<const core::cluster_view>(before),
                                    std::make_shared<const core::cluster_view>(machine_.view()),
                                    {}});
}

void node_shell::homes_reached(const core::node_name& peer) {
  if (roles_.door && !deps_.sabotage.lose_moves)
    send(roles_.door, homes_changed{{}, std::make_shared<const core::cluster_view>(machine_.view()), peer});
}

}  // namespace greenroom::simulation
