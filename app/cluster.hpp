#pragma once
#include <string>

#include "app/config.hpp"
#include "core/messages/cluster.hpp"
#include "core/result.hpp"
#include "discovery/mesh.hpp"
#include "net/peer_tls.hpp"

/// The settings of a node of a cluster, made from the configuration.
namespace greenroom::app {

/// Whether only this machine can reach this node's links.
[[nodiscard]] bool is_local(const config& settings);

/// Refuses, with a message that says what to set, to take links off loopback without a secret or certificates, and to
/// look for discovery at the own address.
[[nodiscard]] core::status check_links(const config& settings);

/// The secret that all nodes of the cluster share: from `cluster_secret_file`; else, on loopback, from
/// `DATA_DIR/cluster.secret`, which is made where it is missing, readable by its owner only, so that processes of one
/// machine with the same data directory just work; else (there are certificates) one that no other process has.
/// `bad_request` for a file that can't be read, that everybody can read, or whose secret is weak (`weakness_of`).
[[nodiscard]] core::result<std::string> cluster_secret(const config& settings);

/// The address that others get for a listener on `bound`: the advertised host, else the listener's own;
/// where that is all addresses, the node's name, or loopback for a node whose links are on loopback.
[[nodiscard]] core::role_address advertised(const config& settings, std::string role,
                                            const boost::asio::ip::tcp::endpoint& bound);

/// The credentials that this node shows to others of the cluster, and its checks of theirs.
[[nodiscard]] net::link_credentials link_credentials(const config& settings, const std::string& secret);

/// This node's links: with which nodes and how. Without the databases' ids.
[[nodiscard]] discovery::mesh_options mesh_options(const config& settings, const std::string& secret,
                                                   const core::node_record& self);

}  // namespace greenroom::app
