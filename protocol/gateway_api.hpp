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

/// The body of a request to delete a user.
struct deletion_request {
  std::string password;  ///< empty: none was given
  core::deletion_choices choices;
};
/// `DELETE /users/{user_id} {password?,private_rooms?,messages?}`; a choice that is missing is the default. `bad_json`,
/// `too_big`; `bad_request` for any other value of a choice, a password that is no string, and any other field: a
/// choice that is misspelt would be made otherwise, for good. A password that no user can have is `bad_credentials`.
[[nodiscard]] core::result<deletion_request> read_deletion_request(std::string_view body);

/// `{operation,state,private_rooms,messages,begun_at,ended_at?,receipt?}`: the last two of a deletion that has ended,
/// the receipt of a completed one: `{rooms,messages,anonymised,erased,memberships,passed_on,sessions}`.
[[nodiscard]] std::string to_json(const core::deletion& known);

}  // namespace greenroom::protocol
