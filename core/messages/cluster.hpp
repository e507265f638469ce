#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.hpp"

/// The nodes of a cluster, as discovery and they themselves see them.
namespace greenroom::core {

struct node_load {
  std::uint32_t connections = 0;
  std::uint32_t rooms = 0;
};
struct role_address {
  std::string role;  ///< discovery, users, chat, gateway
  std::string host;
  std::uint16_t port = 0;
};
/// A node as it registers with discovery.
struct node_record {
  node_name name;
  incarnation_id incarnation;
  std::vector<role_address> http;
  std::string version;
  std::string users_database;  ///< the database's random id; empty without the users role
  std::string chat_database;   ///< the same of the chat role
  bool draining = false;
  view_version seen;  ///< the view it brings
  node_load load;
  role_address link{};          ///< where it takes links from other nodes; its role is `link`
  std::vector<room_id> pins{};  ///< rooms that an operator moved here: they live here as long as this node does
  incarnation_id seen_of{};     ///< the directory that published the view it brings
  view_version stored{};        ///< the highest version that the rooms of its chat database were opened in
  bool database_away = false;   ///< its chat database doesn't answer it
};
/// The nodes that are alive, as discovery sees them. Only the version counts: a lower one is ignored.
struct cluster_view {
  view_version version;
  std::vector<node_record> nodes;
  incarnation_id directory{};  ///< the life of the directory that published it
};
struct beat {
  node_name name;
  incarnation_id incarnation;
  node_load load;
  bool draining = false;
  bool database_away = false;  ///< the node's chat database doesn't answer it
};
struct read_view {};

/// An operator wants a node to drain and stop.
struct drain_node {
  node_name node;
};
/// An operator wants a room to live on a node: that node pins the room, all others unpin it.
struct move_room {
  room_id room;
  node_name node;
};

/// Asks the node that minted a ticket to use it up.
struct claim_ticket {
  std::string ticket;
};
struct ticket_claimed {
  token_hash token;
};

}  // namespace greenroom::core
