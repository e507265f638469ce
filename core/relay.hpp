#pragma once
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/messages.hpp"
#include "core/ports.hpp"

namespace greenroom::core {

/// What a relay wants done after one input. Carried out top to bottom.
struct relay_effects {
  bool find = false;                                      ///< ask the node where the room is
  std::vector<join_room> join;                            ///< to the room
  std::optional<rejoin_room> rejoin;                      ///< to the room, in place of joins
  std::vector<connection_id> leave;                       ///< to the room
  std::vector<room_entry> deliver;                        ///< to the hubs, contiguous
  std::optional<seq_no> skip;                             ///< to the hubs: up to here nothing comes
  std::vector<room_joined> open;                          ///< to the hubs: the answer, what was missed, then live
  std::vector<std::pair<connection_id, ec>> turned_away;  ///< to these connections: not in the room
  bool ended = false;                                     ///< to the hubs and all connections: the room is gone
};

/// One room's batches for one node: whole and in order, else it resyncs from the room's log.
///
///   idle ──listen──► finding ──found──► following ──lost──► finding (rejoins with its own `after`)
///
/// Once it follows, the room's answers and batches are one FIFO: each batch continues the one before.
class relay {
 public:
  /// Somebody wants in. Answered by `open` or `turned_away`.
  relay_effects listen(listener who, position from);
  relay_effects unlisten(connection_id connection);

  /// The node found the room. Everybody who listens is brought in again.
  relay_effects found();
  /// The node can't have the room now: those who wait are turned away; those who listen wait on.
  relay_effects not_found(ec why);
  /// The room's actor ended, or its node's link.
  relay_effects lost();
  /// Time to look for a lost room again.
  relay_effects tick();

  relay_effects joined(room_joined answer);
  relay_effects rejoined(room_rejoined answer);
  relay_effects batch(room_batch batch);
  relay_effects gone();

  [[nodiscard]] bool empty() const noexcept { return listeners_.empty() && waiting_.empty(); }
  [[nodiscard]] bool following() const noexcept { return phase_ == phase::following; }
  [[nodiscard]] generation_id generation() const noexcept { return generation_; }
  [[nodiscard]] seq_no head() const noexcept { return head_; }
  /// Who a connection that listens is; null if it doesn't.
  [[nodiscard]] const user_id* user_of(connection_id connection) const;
  /// Everybody who listens.
  [[nodiscard]] std::vector<connection_id> listeners() const;

 private:
  enum class phase : std::uint8_t { idle, finding, following };
  void advance(std::vector<room_entry> entries, relay_effects& out);

  phase phase_ = phase::idle;
  generation_id generation_;
  seq_no head_;
  std::unordered_map<connection_id, user_id> listeners_;  ///< cursors that are open
  std::unordered_map<connection_id, join_room> waiting_;  ///< joins without an answer
};

}  // namespace greenroom::core
