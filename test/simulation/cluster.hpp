#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "test/simulation/accounts_shell.hpp"
#include "test/simulation/database.hpp"
#include "test/simulation/edge_shell.hpp"
#include "test/simulation/mesh_host.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/store.hpp"
#include "test/simulation/users_database.hpp"

namespace greenroom::simulation {

/// What a node plays. Each has a door for requests; `edge`: it takes websockets.
struct part {
  bool discovery = false;
  bool users = false;
  bool chat = false;
  bool edge = false;
};

/// How the machines of all nodes are bounded: low, so that bounds are met.
struct bounds {
  core::room_limits room;
  core::connection_limits connection;
  socket_limits socket;
  std::size_t wire_window = 4;
  std::uint16_t held_batches = 8;
};

/// The nodes, by name, and their present lives.
class cluster {
 public:
  struct member {
    core::node_name name;
    part plays;
    process* home = nullptr;
    handle<node_shell> node{};
    handle<edge_shell> edge{};
    handle<catalog_shell> catalog{};
    handle<accounts_shell> accounts{};
    handle<door_shell> door{};
    std::shared_ptr<mesh_host> mesh{};
    hub* audience = nullptr;

    [[nodiscard]] bool alive() const { return home != nullptr && home->alive(); }
  };

  cluster(world& of, bounds within, sabotage wrong);

  void add(const core::node_name& name, part plays);
  void start(member& which);
  void kill(member& which);
  void stand_still(member& which);
  void go_on(member& which);
  void drain(member& which);
  void move(const core::room_id& room, const core::node_name& to);

  [[nodiscard]] std::vector<member>& members() noexcept { return members_; }

  std::vector<core::user_id> people;
  database rooms;
  users_database users;
  store room_store;
  store user_store;

 private:
  world& world_;
  bounds bounds_;
  sabotage sabotage_;
  std::vector<member> members_;
};

}  // namespace greenroom::simulation
