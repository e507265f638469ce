#pragma once
#include <string>

#include "app/config.hpp"
#include "core/messages/cluster.hpp"
#include "core/result.hpp"
#include "discovery/mesh.hpp"
#include "net/peer_tls.hpp"

/// What a process must know to be a node of a cluster, made of the configuration.
namespace greenroom::app {

/// Whether nobody but this machine can reach this node's links.
[[nodiscard]] bool is_local(const config& settings);

/// Refuses, with a message that says what to set, to take links off loopback without a secret or certificates, and to
/// look for discovery at the own address.
[[nodiscard]] core::status check_links(const config& settings);

/// The secret that all nodes of the cluster share: from `cluster_secret_file`; else, on loopback, from
/// `DATA_DIR/cluster.secret`, which is made where it is missing, readable by its owner only, so that processes of one
/// machine with the same data directory just work; else (there are certificates) one that nobody else has.
/// `bad_request` for a file that can't be read, that everybody can read, or whose secret is weak (`weakness_of`).
[[nodiscard]] core::result<std::string> cluster_secret(const config& settings);

/// The address that others are told for something that listens on `bound`: the advertised host, else what it listens
/// on; where that is all addresses, the node's name, or loopback for a node whose links are on loopback.
[[nodiscard]] core::role_address advertised(const config& settings, std::string role,
                                            const boost::asio::ip::tcp::endpoint& bound);

/// What this node shows to others of the cluster, and checks of them.
[[nodiscard]] net::link_credentials link_credentials(const config& settings, const std::string& secret);

/// Whom and how this node links with. Without the databases' ids.
[[nodiscard]] discovery::mesh_options mesh_options(const config& settings, const std::string& secret,
                                                   const core::node_record& self);

}  // namespace greenroom::app
