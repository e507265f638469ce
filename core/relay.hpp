#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/messages/log.hpp"
#include "core/messages/room.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// The effects of one input on a relay, to be carried out top to bottom.
struct relay_effects {
  bool find = false;                      ///< ask the node where the room is
  std::optional<milliseconds> find_in{};  ///< ask it then
  std::vector<join_room> join;            ///< to the room
  std::vector<rejoin_room> rejoin;        ///< to the room, if it is still known, before it is looked for
  std::vector<connection_id> leave;       ///< to the room
  farewell why_left{};                    ///< of those
  bool left_at_once = false;              ///< … and others hear it at once
  std::vector<room_entry> deliver;        ///< to the hubs, contiguous
  std::optional<seq_no> skip;             ///< to the hubs: no entries up to this one will come
  std::vector<connection_id> afresh;      ///< to the hubs: these wait on, and what they hold is of a log that is gone
  std::vector<room_joined> open;          ///< to the hubs: the answer, the missed entries, then live
  std::vector<room_entry> owed;           ///< to their authors, before they are turned away
  std::vector<std::pair<connection_id, error>> turned_away;  ///< to these connections: not in the room
  /// To these listeners: they may not be in the room any more. The reason is `not_found` where only that is known.
  std::vector<std::pair<connection_id, member_removed>> removed;
  std::optional<roster_compared> compared{};  ///< to the room
  bool resumed = false;  ///< to all listeners: this room goes on with the log that they know, and takes their posts
  bool ended = false;    ///< to the hubs and all connections: the room is gone
};

/// One room's batches for one node: whole and in order, or else fetched again from the room's log.
///
///   idle ──listen──► finding ──found──► following ──lost──► finding (rejoins with its own `after`)
///
/// Once it follows, the room's answers and batches are one FIFO: each batch continues the one before. Where the room
/// says that its log is another one, or ends before what was delivered (a database that was restored from a copy), no
/// listener can go on: all of them are turned away with `unavailable`, and join again from where they are. Joins that
/// wait begin afresh: the hubs hold entries for them, which are of the log that is gone.
///
/// A room of that name may be another one by now, which has other members. So posts go to a room that was found again
/// only once it has answered a rejoin, and has the same log.
///
/// A room says with each answer which roster it stands for, and counts its removals. While all of that arrives,
/// the relay knows that every listener is allowed by the present roster, and says so. Where a removal is missing, all
/// listeners rejoin, and until the room has answered for every one of them, none hears anything of it.
class relay {
 public:
  /// A connection wants to join. Answered by `open` or `turned_away`.
  relay_effects listen(listener who, position from);
  /// A connection leaves; others hear its farewell.
  relay_effects unlisten(connection_id connection, farewell why = {}, bool at_once = false);

  /// The node found the room. All listeners join again.
  relay_effects found();
  /// The node can't find the room now: the relay asks again, after pauses that grow from 100 ms to a second. Listeners
  /// wait on; waiting joins are turned away after five failures, at once where no retry helps.
  relay_effects not_found(ec why);
  /// The room's actor ended, or its node's link; or the view says that it lives elsewhere now.
  relay_effects lost();
  /// Time to look for a lost room again.
  relay_effects tick();
  /// As `tick`, every two seconds. A rejoin that wasn't answered since the last sweep is made again.
  relay_effects sweep();

  relay_effects joined(room_joined answer);
  relay_effects rejoined(room_rejoined answer);
  relay_effects batch(room_batch batch);
  /// A user was removed from the room, banned, or left it elsewhere.
  relay_effects removed(const member_removed& who);
  /// The room asks which roster the listeners stand on.
  relay_effects compare(const compare_roster& asked);
  relay_effects gone();

  [[nodiscard]] bool empty() const noexcept { return listeners_.empty() && waiting_.empty(); }
  /// Whether listeners may hear of events in the room.
  [[nodiscard]] bool hears() const noexcept { return judged_ && parts_.empty(); }
  [[nodiscard]] bool following() const noexcept { return phase_ == phase::following; }
  [[nodiscard]] generation_id generation() const noexcept { return generation_; }
  [[nodiscard]] seq_no head() const noexcept { return head_; }
  /// The user of a connection that listens; null if it doesn't.
  [[nodiscard]] const user_id* user_of(connection_id connection) const;
  /// All connections that listen.
  [[nodiscard]] std::vector<connection_id> listeners() const;

 private:
  enum class phase : std::uint8_t { idle, finding, following };
  void advance(std::vector<room_entry> entries, relay_effects& out);
  void turn_back(relay_effects& out);
  [[nodiscard]] bool continues(const room_joined& answer) const noexcept;
  void rejoin(relay_effects& out);
  void settle(roster_no now, relay_effects& out);
  bool drop(connection_id connection, const member_removed& why, relay_effects& out);

  phase phase_ = phase::idle;
  generation_id generation_;
  seq_no head_;
  unsigned failures_ = 0;                                 ///< since it was lost, or first looked for
  std::unordered_map<connection_id, user_id> listeners_;  ///< cursors that are open
  std::unordered_map<connection_id, join_room> waiting_;  ///< joins without an answer
  std::optional<roster_no> judged_;    ///< every listener but those in `parts_` is allowed by this roster
  std::optional<roster_no> answered_;  ///< the last one told to the room
  bool resumes_ = false;               ///< found again, and hasn't answered yet
  std::set<part_no> parts_;            ///< rejoins without an answer
  part_no last_part_;
  bool late_ = false;  ///< some were unanswered at the last sweep
};

}  // namespace greenroom::core
