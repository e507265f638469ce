#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/messages/cluster.hpp"
#include "core/messages/ownership.hpp"
#include "core/node.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

using handle_no = number_id<struct handle_tag>;  ///< an actor of a peer: each life has its own number; 0: none

/// How a node looks after its place in the cluster.
struct cluster_limits {
  milliseconds database_patience{900};  ///< less than a second: an answer that hasn't come by the next tick is late.
                                        ///< Discovery waits a second more, and the rest of 5 s is for the view and
                                        ///< for the rooms to open elsewhere
  std::size_t max_pins = 1000;          ///< of more rooms, those that were pinned first are let go
};

/// The actors of this process that the node hands out, or needs itself.
enum class hosted_role : std::uint8_t { accounts, catalog, directory, door };

/// A peer's card: which actors it has. The handles stay in the shell's table.
struct peer_card {
  node_name name;
  incarnation_id incarnation;
  handle_no node;
  bool accounts = false;
  bool catalog = false;
  handle_no directory;
  bool answer = false;  ///< the peer wants this node's card in return
};

/// The directory refused to register this node.
struct registration_refusal {
  error why;
  bool for_good = false;  ///< no attempt will succeed: the process must know
};

/// The effects of one input on a node's place in the cluster, to be carried out top to bottom.
struct cluster_effects {
  bool keep = false;                  ///< this card is the peer's from now on: the shell's table takes its handles
  bool watch = false;                 ///< its node is another actor than before; answered by `gone` when that goes down
  std::vector<node_name> introduce;   ///< send these peers this node's card, which wants no answer
  std::optional<node_name> linked;    ///< to `core::node`
  std::optional<node_name> unlinked;  ///< to `core::node`; the shell's table forgets the peer first
  bool pull = false;                  ///< tell the door that the accounts may have news about ended tokens
  std::vector<node_name> lost;        ///< tell the rooms here that the relays of these peers are gone
  std::optional<registration_refusal> refused;  ///< to the log
  std::optional<bool> database_away;            ///< it went away (true), or came back: to the log
  bool probe = false;                           ///< ask the chat database anything; answered by `probed`
  bool read_stored = false;                     ///< ask it for its newest view; answered by `stored_read`
  std::optional<node_record> enter;  ///< to the directory, with the present load; answered by a view or by `refused`
  std::optional<core::beat> beat;    ///< to the directory, with the present load
};

/// A node's place in the cluster: its registration and its beats, and the nodes at the other ends of its links with the
/// actors that they lend it.
///
///   waiting ── joined, a directory is known ──► reading ── stored_read ──► registering ── in the view ──► beating
///                                      (only with a database)                   ▲                           │
///                                                                               └── the view leaves it out ─┘
///
/// The directory is this process' own, or else that of the peer whose card brought one last. It goes with the peer.
class cluster {
 public:
  /// `rooms`: whether this node has a chat database, which it then asks for its newest view, and once a second
  /// anything.
  explicit cluster(node_name self, rooms_here rooms = rooms_here::yes, cluster_limits limits = {});

  // ---- this process

  /// The process hosts such an actor from now on. Peers are told by another card, except of a door.
  cluster_effects hosted(hosted_role role);
  /// From now on this node is to be in the cluster, as `record` says, whose pins replace all from before. Views that
  /// it brings, its load, and whether it drains or misses its database needn't be filled in.
  cluster_effects joined(node_record record);
  /// An operator moved a room, here or elsewhere: the room is pinned here, or isn't any more. A pinned room lives here
  /// as long as this node does.
  cluster_effects pinned(const move_room& move);
  /// This node is to leave: it says so at once, and in all that it tells the directory. Nothing the second time.
  cluster_effects drain();
  /// A second went by: beats, and sees whether the database answers.
  cluster_effects tick(mono_time now);
  /// The database's answer to `probe`: whether it did what it was asked.
  cluster_effects probed(bool well);
  /// The database's answer to `read_stored`: the highest version of a view in which its rooms were opened; nothing
  /// where it can't say, and the node registers all the same.
  cluster_effects stored_read(std::optional<view_version> newest);
  /// The journal didn't open a room. Where that is because of another owner, perhaps no view is as new as the room's.
  cluster_effects room_refused(ec why);

  // ---- the directory

  /// Whether `view` is newer than the one that the node follows: else it is ignored.
  [[nodiscard]] bool is_news(const cluster_view& view) const noexcept { return view.version > seen_; }
  /// A newer view, published or as the answer to a registration. Peers that left it, or are in it with another life,
  /// are lost, though their links may be up.
  cluster_effects view_changed(const cluster_view& view);
  /// The directory, or the way there, refused a registration. Only `conflict` is for good: another database than that
  /// of its role's other nodes. `unavailable` isn't worth a word: the next tick tries again.
  [[nodiscard]] static cluster_effects refused(error why);

  // ---- peers

  /// A node at the other end of a link introduces itself, or says what is new. Ignored where it is no other node.
  cluster_effects introduced(const peer_card& card);
  /// A watched node went down. Nothing where the peer has another life by now.
  cluster_effects gone(const node_name& peer, handle_no node);

  // ---- questions

  /// Where the directory is: with this node (its own name), with a peer, or nowhere.
  [[nodiscard]] const std::optional<node_name>& directory() const noexcept { return directory_; }
  /// The node whose accounts to use: this one, else a peer, in turn; one that drains only where all do. Nothing where
  /// there are none.
  [[nodiscard]] std::optional<node_name> accounts();
  /// The same for a catalog; that of `but`, which just failed, only where there is no other. Empty: any will do.
  [[nodiscard]] std::optional<node_name> catalog(const node_name& but = {});
  /// The peer at which to claim a ticket that `minter` made. Where it is no peer: `unavailable`, retry after 1 s, where
  /// the view has it, else `invalid_ticket`.
  [[nodiscard]] result<node_name> claim_at(const node_name& minter) const;
  /// This life of the node; 0 before `joined`.
  [[nodiscard]] incarnation_id incarnation() const noexcept { return record_.incarnation; }

 private:
  /// A node as the view has it.
  struct standing {
    incarnation_id incarnation;
    bool draining = false;
  };
  using standings = std::map<node_name, standing>;

  [[nodiscard]] static bool lives(const standings& in, const node_name& name, incarnation_id incarnation);
  [[nodiscard]] bool in_view() const;
  [[nodiscard]] bool drains(const node_name& peer) const;
  [[nodiscard]] bool hosts_directory() const { return directory_ == self_; }
  [[nodiscard]] std::optional<node_name> in_turn(bool peer_card::*role, const node_name& but);
  void introduce_again(cluster_effects& out) const;
  void enter(cluster_effects& out);
  void read_stored(cluster_effects& out);
  void send_beat(cluster_effects& out);
  void database_answers(bool well, cluster_effects& out);

  node_name self_;
  rooms_here rooms_;
  cluster_limits limits_;
  node_record record_;
  bool hosts_accounts_ = false, hosts_catalog_ = false, hosts_door_ = false;
  bool joined_ = false, draining_ = false;
  bool knows_stored_ = false;           ///< `record_.stored` was read, or can't be
  bool reads_stored_ = false;           ///< it is being read
  std::optional<mono_time> probed_at_;  ///< the database was asked then, and hasn't answered
  view_version seen_;
  incarnation_id seen_of_;
  standings view_;
  std::map<node_name, peer_card> peers_;
  std::optional<node_name> directory_;
  std::size_t turn_ = 0;
};

}  // namespace greenroom::core
