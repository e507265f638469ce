#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/messages/cluster.hpp"
#include "core/messages/ownership.hpp"
#include "core/placement.hpp"
#include "core/result.hpp"

namespace greenroom::core {

/// A request to another node for a room; answered by `forward_answered` or `forward_failed`.
struct room_forward {
  asker_id asker;
  room_id room;
  node_name to;
};

/// The effects of one input on a node, to be carried out top to bottom.
struct node_effects {
  std::vector<open_room> open;                      ///< to the journal; answered by `opened`
  std::vector<room_forward> forward;                ///< to linked nodes
  std::vector<room_opened> spawn;                   ///< rooms that live here from now on
  std::vector<std::pair<asker_id, room_id>> found;  ///< answer these with the room's handle
  std::vector<std::pair<asker_id, error>> refused;  ///< answer these
  std::vector<std::pair<room_id, ec>> retire;       ///< tell these rooms to stop
};

/// Whether rooms may live on a node: not where it has no chat database, like a gateway's.
enum class rooms_here : bool { no, yes };

/// The rooms that live on this node, and the nodes to ask for the others.
///
///   (absent) ──find──► opening ──opened──► live ──retire──► (stops by itself) ──stopped──► (absent)
///
/// `placement` says where a room lives; the epoch in the database makes sure that it lives nowhere else. A room that
/// lives on another node is asked for there, once: a node that another node asks forwards nothing.
class node {
 public:
  explicit node(node_name self, rooms_here may = rooms_here::yes) : self_(std::move(self)), may_(may) {}

  /// An asker needs the room. Answered when it is live here, by the node where it lives, or refused, retryable:
  /// `fenced` where `forwarded` and it lives elsewhere, `unavailable` where that node isn't linked or no node takes
  /// rooms, `draining`.
  node_effects find(asker_id asker, const room_id& room, bool forwarded = false);
  /// The journal's answer. Where it is `fenced`, the detail names the owner in the database, and that node is asked.
  node_effects opened(const room_id& room, result<room_opened> answer);
  /// The other node gave the room's handle.
  void forward_answered(asker_id asker);
  /// The other node refused, or was lost.
  node_effects forward_failed(asker_id asker, error why);
  /// A live room's actor ended.
  node_effects stopped(const room_id& room);
  /// A node can be asked from now on.
  void linked(const node_name& peer);
  /// A node or its link is gone: requests that it was asked are refused at once.
  node_effects unlinked(const node_name& peer);
  /// A newer view: rooms whose home is elsewhere retire, and all of them where it says that this node drains. Askers
  /// that wait for a node that isn't the room's home any more are refused, retryable. An older view is ignored.
  node_effects view_changed(const cluster_view& view);
  /// Takes no more rooms. The live ones stay until the view says so, or `hand_over`: first others must look elsewhere.
  void drain() noexcept { draining_ = true; }
  /// The live rooms retire now.
  node_effects hand_over();

  /// The node to which a message for the user's home goes: this one, or one that is linked; nothing where there is no
  /// way there now. A message that another node `forwarded` stays here: the other one's view may be the newer one.
  [[nodiscard]] std::optional<node_name> way_home(const user_id& user, bool forwarded) const;

  [[nodiscard]] const cluster_view& view() const noexcept { return view_; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  /// Drained, and no room is left.
  [[nodiscard]] bool drained() const noexcept { return handing_over_ && rooms_.empty(); }
  /// Rooms that are live or being opened.
  [[nodiscard]] std::size_t rooms() const noexcept { return rooms_.size(); }

 private:
  struct waiter {
    asker_id asker;
    bool forwarded = false;
  };
  struct place {
    bool live = false;
    bool retiring = false;
    std::vector<waiter> askers;  ///< wait for it to be opened
  };
  /// The room's home, where that is another node.
  [[nodiscard]] std::optional<node_name> home_elsewhere(const room_id& room) const;
  void ask_elsewhere(waiter who, const room_id& room, const node_name& owner, node_effects& out);
  void find_into(waiter who, const room_id& room, node_effects& out);
  void retire(const room_id& room, place& where, node_effects& out) const;

  node_name self_;
  rooms_here may_;
  cluster_view view_;
  bool draining_ = false;
  bool handing_over_ = false;
  std::set<node_name> linked_;
  std::unordered_map<room_id, place> rooms_;
  std::unordered_map<asker_id, std::pair<room_id, node_name>> forwards_;
};

/// The first `max_live_rooms_told` of these rooms after `after`, by name.
[[nodiscard]] live_rooms page_of(std::vector<live_room> rooms, const room_id& after);

}  // namespace greenroom::core
