#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/ids.hpp"
#include "core/messages/cluster.hpp"

namespace greenroom::core {

/// A hash that is the same in every process, build and version: every node places rooms by it.
[[nodiscard]] std::uint64_t stable_hash(std::string_view bytes) noexcept;

/// Whether `node` has the role, as its record says.
[[nodiscard]] bool has_role(const node_record& node, std::string_view role) noexcept;

/// A room's home: the node with the highest random weight among the view's chat nodes that are not draining, or among
/// those of them that pin the room; nothing where there is none. Nodes whose database doesn't answer are left out while
/// another one's does. Depends on the set of nodes and their pins only, so that a change moves no room but those of the
/// node that left or came. A hint for liveness: safety comes from the
/// epoch in the database.
[[nodiscard]] std::optional<node_name> placement(const cluster_view& view, const room_id& room);

/// The node of a user's home: by the same weights, for the user's name, over the chat nodes that aren't draining,
/// whatever their databases do; nothing where there is none.
[[nodiscard]] std::optional<node_name> home_of(const cluster_view& view, const user_id& user);

/// Whether no user's home is elsewhere in one of these views than in the other.
[[nodiscard]] bool same_homes(const cluster_view& before, const cluster_view& after);

}  // namespace greenroom::core
