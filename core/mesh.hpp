#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/messages/cluster.hpp"
#include "core/time.hpp"

namespace greenroom::core {

using link_no = number_id<struct link_tag>;  ///< one link, on the node that counted it

struct mesh_limits {
  milliseconds first_retry{100};     ///< doubled with each failure; a third of it is left to chance
  milliseconds longest_retry{2000};  ///< also the life after which a link's next failure counts as the first
  milliseconds other_end{1000};      ///< the node with the larger name dials too where no link came for this long
};

/// The target of one dial.
struct mesh_dial {
  std::uint64_t which = 0;
  std::string host;
  std::uint16_t port = 0;
  node_name expected;  ///< the node that must answer; empty: the discovery node
};

/// The effects of one input on a mesh, to be carried out top to bottom.
struct mesh_effects {
  std::vector<link_no> close;   ///< cut these; `link_down` follows
  std::vector<link_no> open;    ///< actors may talk over these from now on
  std::vector<mesh_dial> dial;  ///< answered by `link_up` or `dial_failed`
};

/// The links that a node has and wants. Every node has one to every other: of two nodes the one with the smaller name
/// dials. The other one dials too where no link came, for the first may not get through: a connection or a name server
/// that hangs since before the other node started again. All nodes without the discovery role also dial discovery, at
/// the address from their configuration.
///
///     (idle) ── view, tick ──► dialling ── link_up ──► linked ── link_down ──┐
///        ▲                         │                                         │
///        └──────── backoff ────────┴── dial_failed ◄─────────────────────────┘
///
/// Two links to one node would be one too many: the newer one replaces the older one, which the other end has lost in a
/// crash or a cut. But of two that were dialled from both ends, both ends keep the one that the smaller name dialled.
class mesh {
 public:
  struct identity {
    node_name name;
    bool has_discovery = false;  ///< plays the discovery role
    std::string discovery_host;  ///< where discovery takes links; not used by discovery itself
    std::uint16_t discovery_port = 0;
  };

  /// `seed` starts its random numbers.
  mesh(identity self, mesh_limits limits, std::uint64_t seed);

  /// Begins to dial discovery. Once.
  [[nodiscard]] mesh_effects start(mono_time now);
  /// Nodes of the view are dialled, without a pause where they have another address or life than before; those that
  /// left it aren't any more. Links stay until they go down.
  [[nodiscard]] mesh_effects view_changed(const cluster_view& view, mono_time now);
  /// A link is up, from `dialled` or from the other end. Not to be used before it is in `open`.
  [[nodiscard]] mesh_effects link_up(link_no link, const node_name& name, incarnation_id incarnation, bool dialled,
                                     mono_time now);
  /// A link is down. One that isn't known is ignored.
  [[nodiscard]] mesh_effects link_down(link_no link, mono_time now);
  /// A dial failed. One that isn't known is ignored.
  [[nodiscard]] mesh_effects dial_failed(std::uint64_t which, mono_time now);
  /// Time passes: to be called at `next`.
  [[nodiscard]] mesh_effects tick(mono_time now);
  /// When the next dial is due; nothing: not before the next input.
  [[nodiscard]] std::optional<mono_time> next() const;

  /// Nodes at the other end of a link that is open.
  [[nodiscard]] std::vector<node_name> linked() const;

 private:
  // A target to dial: under the name of a node, or under none for discovery.
  struct target {
    std::string host;
    std::uint16_t port = 0;
    incarnation_id incarnation;
    std::uint64_t dialling = 0;  // 0: not now
    unsigned failures = 0;
    mono_time due{};
    link_no link;  // the link that the last dial made
    mono_time linked_at{};
  };
  struct one_link {
    link_no link;
    incarnation_id incarnation;
    bool dialled = false;
  };
  // The other end: its current link, and a newer one that waits for the end of that.
  struct peer {
    one_link now;
    std::optional<one_link> next;
  };

  [[nodiscard]] bool takes_dials(const node_record& node) const;
  [[nodiscard]] mono_time first_dial(const node_name& name, mono_time now) const;
  [[nodiscard]] target* target_of(const node_name& name, bool dialled);
  [[nodiscard]] bool is_linked(const node_name& name, const target& where) const;
  void failed(target& where, mono_time now);
  void take(mesh_effects& out, const node_name& name, one_link link);
  void dial_due(mesh_effects& out, mono_time now);

  identity self_;
  mesh_limits limits_;
  std::minstd_rand chance_;
  std::uint64_t last_dial_ = 0;
  std::map<node_name, target> targets_;
  std::map<node_name, peer> peers_;
};

}  // namespace greenroom::core
