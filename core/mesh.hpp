#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/messages/cluster.hpp"
#include "core/time.hpp"

namespace greenroom::core {

using link_no = number_id<struct link_tag>;  ///< one link, on the node that counted it

struct mesh_limits {
  milliseconds first_retry{100};     ///< doubled with each failure; a third of it is left to chance
  milliseconds longest_retry{2000};  ///< also how long a link must live for the next failure to count as the first
};

/// Where a link is wanted to.
struct mesh_dial {
  std::uint64_t which = 0;
  std::string host;
  std::uint16_t port = 0;
  node_name expected;  ///< who must answer; empty: whoever is discovery
};

/// What a mesh wants done after one input. Carried out top to bottom.
struct mesh_effects {
  std::vector<link_no> close;   ///< cut these; `link_down` follows
  std::vector<link_no> open;    ///< actors may talk over these from now on
  std::vector<mesh_dial> dial;  ///< answered by `link_up` or `dial_failed`
};

/// Which links a node has, and which it wants. Every node has one to every other: of two the one with the smaller name
/// dials. Where discovery is, who has its role doesn't dial, and all others dial the address that they were told.
///
///     (idle) ── view, tick ──► dialling ── link_up ──► linked ── link_down ──┐
///        ▲                         │                                         │
///        └──────── backoff ────────┴── dial_failed ◄─────────────────────────┘
///
/// Two links to one node would be one too many: what is newer replaces what is older, for the other end has lost it or
/// was started again. But of two that were dialled from both ends, both ends keep the one of the smaller name.
class mesh {
 public:
  struct identity {
    node_name name;
    bool has_discovery = false;  ///< plays the discovery role
    std::string discovery_host;  ///< where discovery takes links; not used by itself
    std::uint16_t discovery_port = 0;
  };

  /// `seed` is what chance is made of.
  mesh(identity self, mesh_limits limits, std::uint64_t seed);

  /// Begins to dial discovery. Once.
  [[nodiscard]] mesh_effects start(mono_time now);
  /// Nodes of the view are dialled; those that are not in it any more aren't. Links stay until they go down.
  [[nodiscard]] mesh_effects view_changed(const cluster_view& view, mono_time now);
  /// A link is up, from `dialled` or from the other end. Not to be used before it is in `open`.
  [[nodiscard]] mesh_effects link_up(link_no link, const node_name& name, incarnation_id incarnation, bool dialled,
                                     mono_time now);
  /// A link is down. One that isn't known is ignored.
  [[nodiscard]] mesh_effects link_down(link_no link, mono_time now);
  /// A dial came to nothing. One that isn't known is ignored.
  [[nodiscard]] mesh_effects dial_failed(std::uint64_t which, mono_time now);
  /// Time passes: to be called at `next`.
  [[nodiscard]] mesh_effects tick(mono_time now);
  /// When there is something to dial; nothing: not before the next input.
  [[nodiscard]] std::optional<mono_time> next() const;

  /// Nodes at the other end of a link that is open.
  [[nodiscard]] std::vector<node_name> linked() const;

 private:
  // Something to dial: under the name of a node, or under none for discovery.
  struct target {
    std::string host;
    std::uint16_t port = 0;
    std::uint64_t dialling = 0;  // 0: not now
    unsigned failures = 0;
    mono_time due{};
    link_no link;  // that came of it
    mono_time linked_at{};
  };
  struct one_link {
    link_no link;
    incarnation_id incarnation;
    bool dialled = false;
  };
  // The other end: the link that holds, and one that waits for its end.
  struct peer {
    one_link now;
    std::optional<one_link> next;
  };

  [[nodiscard]] bool is_mine_to_dial(const node_record& node) const;
  [[nodiscard]] target* target_of(const node_name& name, bool dialled);
  [[nodiscard]] bool is_linked(const node_name& name, const target& where) const;
  void failed(target& where, mono_time now);
  void take(mesh_effects& out, const node_name& name, one_link link);
  void dial_due(mesh_effects& out, mono_time now);
  [[nodiscard]] std::uint64_t chance() noexcept;

  identity self_;
  mesh_limits limits_;
  std::uint64_t chance_;
  std::uint64_t last_dial_ = 0;
  std::map<node_name, target> targets_;
  std::map<node_name, peer> peers_;
};

}  // namespace greenroom::core
