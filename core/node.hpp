#pragma once
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/messages.hpp"
#include "core/placement.hpp"
#include "core/result.hpp"

namespace greenroom::core {

/// What a node wants done after one input. Carried out top to bottom.
struct node_effects {
  std::vector<open_room> open;                      ///< to the journal; answered by `opened`
  std::vector<room_opened> spawn;                   ///< rooms that live here from now on
  std::vector<std::pair<asker_id, room_id>> found;  ///< answer these with the room's handle
  std::vector<std::pair<asker_id, error>> refused;  ///< answer these
  std::vector<std::pair<room_id, ec>> retire;       ///< tell these rooms to stop
};

/// Which rooms live on this node.
///
///   (absent) ──find──► opening ──opened──► live ──retire──► (stops by itself) ──stopped──► (absent)
///
/// Where a room lives is `placement`'s word; that it lives nowhere else is the epoch's in the database.
class node {
 public:
  explicit node(node_name self) : self_(std::move(self)) {}

  /// Somebody needs the room. Answered when it is live here, or refused: `fenced` where it lives on another node.
  node_effects find(asker_id asker, const room_id& room);
  /// The journal's answer.
  node_effects opened(const room_id& room, result<room_opened> answer);
  /// A live room's actor ended.
  node_effects stopped(const room_id& room);
  /// A newer view: rooms whose home is elsewhere retire. An older one is ignored.
  node_effects view_changed(const cluster_view& view);
  /// No more rooms; the live ones retire.
  node_effects drain();

  [[nodiscard]] const cluster_view& view() const noexcept { return view_; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  /// Rooms that are live or being opened.
  [[nodiscard]] std::size_t rooms() const noexcept { return rooms_.size(); }

 private:
  struct place {
    bool live = false;
    bool retiring = false;
    std::vector<asker_id> askers;  ///< wait for it to be opened
  };
  [[nodiscard]] bool lives_here(const room_id& room) const;

  node_name self_;
  cluster_view view_;
  bool draining_ = false;
  std::unordered_map<room_id, place> rooms_;
};

}  // namespace greenroom::core
