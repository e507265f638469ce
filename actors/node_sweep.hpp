#pragma once
#include "actors/node_rooms.hpp"

/// A node's comparisons with the database at its sweeps. Runs inside the node actor.
namespace greenroom::actors {

/// Tells the relays here the heads of their rooms' logs, so that a silent loss is seen.
void tell_heads(node_pointer self);
/// Compares the epochs and membership numbers of all live rooms with the database, in one statement: lost rooms
/// retire, and a private room whose members were changed elsewhere reads them again.
void check_all(node_pointer self);

}  // namespace greenroom::actors
