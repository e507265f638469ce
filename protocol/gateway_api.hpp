#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/messages/cluster.hpp"
#include "core/messages/deletion.hpp"
#include "core/result.hpp"
#include "protocol/status.hpp"

namespace greenroom::protocol {

/// An instance behind the gateway, and whether it gets requests.
struct upstream_instance {
  std::string_view role;
  core::node_name node;
  std::string_view host;
  std::uint16_t port = 0;
  std::string_view circuit;  ///< closed, open, half_open
  bool draining = false;
  core::node_load load;
};

/// The gateway's `GET /status`: the head, the counts, `upstreams:[{role,node,address,circuit,draining,load}]`.
[[nodiscard]] std::string gateway_status(const status_head& head, std::span<const status_count> counts,
                                         std::span<const upstream_instance> upstreams);

/// `DELETE /users/{user_id} {password}`: the password. `bad_json`, `too_big`; `bad_request` where it is missing or no
/// string; one that no user can have is `bad_credentials`.
[[nodiscard]] core::result<std::string> read_deletion_password(std::string_view body);

/// `{operation,state,begun_at,ended_at?,receipt?}`: the last two of a deletion that has ended, the receipt of a
/// completed one: `{rooms,messages,anonymised,memberships,passed_on,sessions}`.
[[nodiscard]] std::string to_json(const core::deletion& known);

}  // namespace greenroom::protocol
