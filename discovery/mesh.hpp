#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <caf/actor_system.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "actors/local.hpp"
#include "core/mesh.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"
#include "net/io_pool.hpp"
#include "net/link.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::discovery {

/// The dependencies of a mesh.
struct mesh_deps {
  caf::actor_system* system = nullptr;  ///< outlives the mesh; its config was given to `load_scribe`
  net::io_pool* pool = nullptr;         ///< outlives the system: its actors tell of views and links
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  actors::local_node_actor node;  ///< published to peers; hears of links that this node dialled, and tells of views
  std::function<void()> broken;   ///< CAF's io ended by itself: the process must end. Any thread
};

/// Everything that may be set about it.
struct mesh_options {
  net::link_identity self;
  net::link_credentials credentials;
  net::link_options links;
  core::mesh_limits limits;
  boost::asio::ip::tcp::endpoint listen;
  bool has_discovery = false;  ///< this process plays the discovery role: others dial it
  std::string discovery_host;  ///< where discovery takes links, else
  std::uint16_t discovery_port = 0;
};

/// Keeps a link to discovery and to every node of the view, on every node: carries out what `core::mesh` decides, and
/// hands each link to CAF.
class mesh {
 public:
  /// `bad_request` with a plain message where secret or certificates can't be used.
  static core::result<std::unique_ptr<mesh>> make(mesh_deps deps, mesh_options options);
  /// Stops.
  ~mesh();
  mesh(const mesh&) = delete;
  mesh& operator=(const mesh&) = delete;

  /// Takes links from now on; `unavailable` where the address can't be bound.
  core::status listen();
  /// The address where it takes links; only after `listen`.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const;
  /// Follows the node's views, and dials from now on.
  void start();
  /// Reads the certificates again; `net::links::read_again`.
  core::status read_again();
  /// Cuts all links, and takes and dials no more.
  void stop();

 private:
  class state;
  explicit mesh(std::shared_ptr<state> inner) : inner_(std::move(inner)) {}

  std::shared_ptr<state> inner_;
};

}  // namespace greenroom::discovery
