#pragma once
#include <cstdint>
#include <vector>

#include "core/ids.hpp"

/// How many there are: people in rooms, and clients, rooms and nodes in all.
namespace greenroom::core {

/// Asks how many people are in these rooms. A node asks the rooms that live on it, and the other nodes for theirs; a
/// room that doesn't answer within a second is left out.
struct count_people {
  std::vector<room_id> rooms{};  ///< as many as a list's page has
  bool forwarded = false;        ///< by another node: only rooms that live here are asked
};
struct room_crowd {
  room_id room{};
  std::uint32_t people = 0;
};
struct people_counted {
  std::vector<room_crowd> rooms{};  ///< those of them in which somebody may be, in no order
};

struct node_count {
  std::uint32_t clients = 0;    ///< that are signed in
  std::uint32_t rooms = 0;      ///< that are live
  std::uint32_t operators = 0;  ///< clients that act as admins of the server
};
/// Asks a node for the numbers of all nodes; of one that doesn't answer within a second nothing is counted.
struct count_cluster {
  bool forwarded = false;  ///< by another node: only for its own numbers
};
struct cluster_counted {
  node_count here{};         ///< of the node that answers
  node_count elsewhere{};    ///< of all others
  std::uint32_t others = 0;  ///< nodes that have answered it
};

}  // namespace greenroom::core
