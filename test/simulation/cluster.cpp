#include "test/simulation/cluster.hpp"

#include "test/simulation/catalog_shell.hpp"
#include "test/simulation/directory_shell.hpp"
#include "test/simulation/door_shell.hpp"
#include "test/simulation/follower_shell.hpp"
#include "test/simulation/journal_shell.hpp"
#include "test/simulation/marks_shell.hpp"
#include "test/simulation/people_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

core::node_record record_of(const cluster::member& who) {
  core::node_record out;
  out.name = who.name;
  out.incarnation = who.home->life();
  out.link = {"link", who.name.value, 1};
  const auto add = [&](bool plays, const char* role) {
    if (plays) out.http.push_back({role, who.name.value, 80});
  };
  add(who.plays.discovery, "discovery");
  add(who.plays.users, "users");
  add(who.plays.chat, "chat");
  if (who.plays.chat) out.chat_database = "rooms";
  if (who.plays.users) out.users_database = "users";
  return out;
}

}  // namespace

cluster::cluster(world& of, bounds within, sabotage wrong)
    : rooms(of.check, wrong),
      users(of.check),
      room_store(of),
      user_store(of),
      world_(of),
      bounds_(within),
      sabotage_(wrong) {}

void cluster::add(const core::node_name& name, part plays) { members_.push_back({name, plays}); }

void cluster::start(member& which) {
  auto& home = world_.start(which.name);
  which.home = &home;
  const auto audience = home.spawn<hub>(hub::deps{bounds_.held_batches});
  which.audience = static_cast<hub*>(world_.find(audience.actor));
  handle<journal_shell> journal;
  if (which.plays.chat) journal = home.spawn<journal_shell>(journal_shell::deps{&rooms, &room_store});
  const auto mesh = std::make_shared<std::weak_ptr<mesh_host>>();
  handle<follower_shell> follower;
  if (which.plays.chat) follower = home.spawn<follower_shell>(follower_shell::deps{&rooms, &room_store});
  const auto node = std::make_shared<handle<node_shell>>();
  const auto watch = [mesh, node, follower, &home](const core::cluster_view& view) {
    if (const auto known = mesh->lock()) known->view_changed(view);
    follow_view now{std::make_shared<const core::cluster_view>(view), *node};
    if (follower)
      home.send(follower, {{}, 0, false, std::make_unique<statement<follower_shell, follow_view>>(std::move(now))});
  };
  which.node = home.spawn<node_shell>(node_shell::deps{bounds_.room, journal, audience, sabotage_, watch, follower});
  *node = which.node;
  which.catalog = {};
  which.accounts = {};
  if (which.plays.chat) which.catalog = home.spawn<catalog_shell>(catalog_shell::deps{&rooms, &room_store, which.node});
  if (which.plays.users)
    which.accounts = home.spawn<accounts_shell>(accounts_shell::deps{&users, &user_store, which.node});
  which.door = home.spawn<door_shell>(door_shell::deps{which.node});
  handle<directory_shell> directory;
  if (which.plays.discovery) directory = home.spawn<directory_shell>();
  const auto marks = home.spawn<marks_shell>(marks_shell::deps{which.node, sabotage_.lose_marks});
  which.edge =
      home.spawn<edge_shell>(edge_shell::deps{which.node, which.door, which.catalog, which.accounts, marks,
                                              which.audience, bounds_.socket, bounds_.wire_window, bounds_.connection});
  const auto registry = home.spawn<people_shell>(people_shell::deps{which.node});
  core::node_name discovery;
  for (const auto& one : members_)
    if (one.plays.discovery) discovery = one.name;
  which.mesh = std::make_shared<mesh_host>(home, which.node, discovery, [this](const core::node_name& name) {
    for (const auto& one : members_)
      if (one.name == name && one.alive()) return one.mesh;
    return std::shared_ptr<mesh_host>{};
  });
  *mesh = which.mesh;
  home.send(which.node, {{},
                         0,
                         false,
                         std::make_unique<statement<node_shell, node_shell::roles>>(node_shell::roles{
                             record_of(which), which.catalog, which.accounts, which.door, directory, registry})});
  which.mesh->start();
  world_.say([&] { return "node " + which.name.value + " starts"; });
}

void cluster::kill(member& which) {
  if (!which.alive()) return;
  world_.say([&] { return "node " + which.name.value + " dies"; });
  which.home->die();
}

void cluster::stand_still(member& which) {
  if (!which.alive() || which.home->stands_still()) return;
  world_.say([&] { return "node " + which.name.value + " stands still"; });
  which.home->stand_still();
  world_.net.tire_of(*which.home);
}

void cluster::go_on(member& which) {
  if (!which.alive() || !which.home->stands_still()) return;
  world_.say([&] { return "node " + which.name.value + " goes on"; });
  which.home->go_on();
}

void cluster::drain(member& which) {
  if (!which.alive()) return;
  world_.say([&] { return "node " + which.name.value + " drains"; });
  which.home->send(which.edge, {{}, 0, false, std::make_unique<statement<edge_shell, begin_drain>>(begin_drain{})});
}

// As the directory passes it on: to all nodes.
void cluster::move(const core::room_id& room, const core::node_name& to) {
  world_.say([&] { return "room " + room.value + " is moved to " + to.value; });
  for (auto& one : members_)
    if (one.alive())
      one.home->send(one.node, {{}, 0, false, std::make_unique<statement<node_shell, pin_room>>(pin_room{{room, to}})});
}

}  // namespace greenroom::simulation
