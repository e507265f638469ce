#pragma once
#include <map>
#include <optional>
#include <vector>

#include "core/messages/cluster.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

struct directory_limits {
  milliseconds beat_timeout{3000};    ///< a node that is silent for this long is removed
  milliseconds grace{500};            ///< a node whose link closed is removed unless it is back by then
  milliseconds database_grace{1000};  ///< a node must report for this long that its database is away: where
                                      ///< all lose it, all have reported it by then, and no room moves
};

/// The effects of one input on a directory, to be carried out top to bottom.
struct directory_effects {
  std::optional<cluster_view> publish;  ///< to every node that registered, the lost ones included
  std::vector<node_name> lost;          ///< removed nodes: forget their handles
};

/// Tracks which nodes live: registrations, beats and closed links in, a versioned view out. It decides liveness, not
/// safety; it has no state that the nodes do not bring back.
///
///     (unknown) ── enter ──► alive ── closed ──► closing ── grace ran out ──► (unknown)
///         ▲                   │ ▲ ▲                │
///         └── silent too long ┘ │ └─ enter, beat ──┘
///                               └ beat, enter of the next incarnation
///
/// Versions only rise: above the highest view that any node brings, and above the highest in which rooms of its chat
/// database were opened, which is kept when all nodes are gone. No clock is involved. Where a node brings a view of
/// another life of a directory, other nodes may exist that haven't registered yet: then nothing is published for one
/// beat timeout after the start, the view published before is forgotten, and registering nodes keep the view that they
/// have.
class directory {
 public:
  /// `life` is random: views carry it, so that a node's past with another directory can be told from one with this one.
  directory(directory_limits limits, incarnation_id life, mono_time started) noexcept;

  /// A node registers, or comes back. Refused with `conflict` where its database isn't that of its role's other nodes:
  /// two chat nodes on two databases would silently fork every room.
  [[nodiscard]] result<directory_effects> enter(node_record node, mono_time now);
  /// A node's beat; ignored from an unknown life. A database that is away is published by `sweep`, when the grace is
  /// over; one that is back, at once.
  [[nodiscard]] directory_effects beat(const core::beat& from, mono_time now);
  /// A node's link closed: `sweep` removes the node when the grace is over. Ignored for an unknown life.
  void closed(const node_name& name, incarnation_id incarnation, mono_time now) noexcept;
  /// Time passes; call it at least twice a grace. A directory that was itself stopped for longer than a beat timeout
  /// doesn't take that for the nodes' silence.
  [[nodiscard]] directory_effects sweep(mono_time now);

  /// The view as published last, with each node's newest load; version 0 while nothing was published.
  [[nodiscard]] cluster_view view() const;

 private:
  struct member {
    node_record record;
    mono_time heard{};
    std::optional<mono_time> closed;
    std::optional<mono_time> database_away;  ///< it has reported this since then
  };
  [[nodiscard]] static bool hear_of_database(member& of, bool away, mono_time now) noexcept;
  [[nodiscard]] status check_databases(const node_record& node) const;
  [[nodiscard]] bool quiet(mono_time now) const noexcept;
  [[nodiscard]] directory_effects publish(mono_time now, std::vector<node_name> lost = {});
  [[nodiscard]] member* find(const node_name& name, incarnation_id incarnation) noexcept;

  directory_limits limits_;
  incarnation_id life_;
  mono_time started_;
  mono_time last_sweep_;
  std::map<node_name, member> members_;
  view_version version_;
  bool has_past_ = false;  // a node brought a view of another directory
  bool waiting_ = false;   // there is news to publish when the quiet time is over
  cluster_view published_;
};

}  // namespace greenroom::core
