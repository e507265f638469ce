#include "actors/node_homes.hpp"

#include <iterator>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "actors/node_gathering.hpp"
#include "actors/user_actor.hpp"
#include "actors/watch_actor.hpp"
#include "core/placement.hpp"

namespace greenroom::actors {
namespace {

// The receiver answers the one who sent it here.
template <class Handle, class Message>
void hand_on(node_pointer self, const Handle& to, Message& what) {
  to->enqueue(self->current_sender(), caf::make_message_id(), caf::make_message(std::move(what)), self->context());
}

const local_user_actor& home_for(node_pointer self, const core::user_id& user) {
  auto& st = self->state;
  auto& home = st.homes[user];
  if (!home) {
    home = self->spawn(user_behavior, user_deps{user, local_node_actor(self), st.deps.clock, st.deps.metrics});
    self->monitor(home);
    st.user_of.emplace(home.address(), user);
  }
  return home;
}

// Whether the message is for a home here; else it is sent on, if there is a way.
template <class Message>
bool is_for_here(node_pointer self, Message& what) {
  auto& st = self->state;
  const auto to = st.machine->way_home(what.user, what.forwarded);
  if (!to || *to == st.deps.name) return to.has_value();
  const auto peer = st.peers.find(*to);
  if (peer == st.peers.end()) return false;
  what.forwarded = true;
  hand_on(self, peer->second.card.node, what);
  return false;
}

void tell_followers(node_pointer self, homes_changed what) {
  const auto& st = self->state;
  if (st.watch) self->send(st.watch, what);
  if (st.door) self->send(st.door, std::move(what));
}

std::shared_ptr<const core::cluster_view> copy_of(const core::cluster_view& view) {
  return std::make_shared<const core::cluster_view>(view);
}

void add(core::who_are& into, core::who_are& more) {
  into.users.insert(into.users.end(), std::make_move_iterator(more.users.begin()),
                    std::make_move_iterator(more.users.end()));
}

}  // namespace

void take_home(node_pointer self, core::register_session& what) {
  if (is_for_here(self, what)) hand_on(self, home_for(self, what.user), what);
}

void take_home(node_pointer self, core::user_news& news) {
  if (!is_for_here(self, news)) return;
  const auto home = self->state.homes.find(news.user);
  if (home != self->state.homes.end()) hand_on(self, home->second, news);
}

void take_home(node_pointer self, core::watch_user& what) {
  if (!is_for_here(self, what)) return;
  const auto& homes = self->state.homes;
  if (!what.stop || homes.contains(what.user)) hand_on(self, home_for(self, what.user), what);
}

void watch_for(node_pointer self, watch_people& what, const local_connection_actor& connection) {
  auto& st = self->state;
  if (!st.watch) st.watch = self->spawn(watch_behavior, watch_deps{local_node_actor(self), st.deps.clock});
  self->send(st.watch, std::move(what), connection);
}

caf::result<core::who_are> find_out(node_pointer self, const core::who_is& asked) {
  auto& st = self->state;
  const auto all = begin_gathering<core::who_are>(self, add);
  std::map<core::node_name, core::who_is> elsewhere;
  std::vector<local_user_actor> here;
  for (const auto& user : asked.users) {
    const auto way = st.machine->way_home(user, asked.forwarded);
    if (!way) continue;
    if (*way != st.deps.name)
      elsewhere[*way].users.push_back(user);
    else if (const auto home = st.homes.find(user); home != st.homes.end())
      here.push_back(home->second);
  }
  for (const auto& home : here) gather_from(self, home, all, read_state::value);
  gather_from_nodes(self, elsewhere, all);
  all->answered();
  return all->owed;
}

void let_go(node_pointer self, const core::user_id& user, const local_user_actor& home) {
  auto& st = self->state;
  const auto known = st.homes.find(user);
  if (known == st.homes.end() || known->second != home) return;
  self->demonitor(home.address());
  st.user_of.erase(home.address());
  st.homes.erase(known);
  // A session that was known there just now sees it go down, and asks again.
  self->send_exit(home, caf::exit_reason::user_shutdown);
}

bool home_down(node_pointer self, const caf::actor_addr& source) {
  const auto user = self->state.user_of.extract(source);
  if (!user) return false;
  self->state.homes.erase(user.mapped());
  return true;
}

void homes_moved_since(node_pointer self, const core::cluster_view& before) {
  const auto& now = self->state.machine->view();
  if (!core::same_homes(before, now)) tell_followers(self, {copy_of(before), copy_of(now), {}});
}

void homes_reached(node_pointer self, const core::node_name& peer) {
  tell_followers(self, {{}, copy_of(self->state.machine->view()), peer});
}

}  // namespace greenroom::actors
