#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/client_messages.hpp"
#include "core/messages.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

struct connection_limits {
  std::size_t rooms = 200;            ///< one connection is in no more
  milliseconds post_timeout{10'000};  ///< a post that isn't answered by then is `unknown_outcome`
};

/// What a connection wants done after one input. Carried out top to bottom.
struct connection_effects {
  std::vector<enter_room> enter;                             ///< ask the catalog; answered by `entered`
  std::vector<room_id> find_relay;                           ///< ask the node; answered by `relay_found`
  std::vector<std::pair<room_id, position>> listen;          ///< to the room's relay; answered by `ready`
  std::vector<room_id> unlisten;                             ///< to the room's relay
  std::vector<std::pair<room_id, std::vector<post>>> posts;  ///< to the room
  std::vector<std::pair<room_id, note_typing>> typing;       ///< to the room
  std::vector<std::pair<room_id, note_read>> read;           ///< to the room
  std::vector<read_history> history;                         ///< ask the catalog; answered by `history_read`
  std::vector<client_event> say;                             ///< to the client, in order
  std::vector<std::pair<topic_id, gap_event>> gaps;          ///< to the client: what it will not get
  std::vector<std::pair<room_id, room_entry>> repeated;      ///< to the client: the first message of a repeated id
  std::uint32_t release = 0;                                 ///< frames that are dealt with
  ec close = ec::none;                                       ///< not none: the connection ends
};

/// One websocket: which rooms it is in, which of its posts are under way.
///
///   (absent) ──join──► entering ──entered──► finding ──relay──► joining ──ready──► in
///       ▲                  │ refused            │ refused           │ refused       │ leave, gone
///       └──────────────────┴────────────────────┴───────────────────┴───────────────┘
///
/// What is posted before a room is ready, or while it moves, is held and sent when it is.
class connection {
 public:
  /// `only`: the room of a connection that has one from the start and no word for joining; empty for the others.
  connection(user_id user, connection_limits limits, room_id only);

  /// Joins a room from the start, for `/room/{room}`: the catalog has let it in already.
  connection_effects begin(const room_id& room, position from);
  /// One command of the client. What it wants is added to what the earlier ones of the same read wanted; posts of one
  /// room become one batch.
  connection_effects command(client_command command, instant now, connection_effects out = {});

  /// The catalog's answer: the room as first written, or why not.
  connection_effects entered(const room_id& asked, const result<room_entered>& answer);
  connection_effects relay_found(const room_id& room, ec code);
  /// The relay's word: posts go to the room now; or the connection isn't in it (any more).
  connection_effects ready(const room_id& room, topic_id topic, bool moved, ec refused, instant now);
  /// The relay ended without a word.
  connection_effects relay_lost(const room_id& room);
  connection_effects answered(const posts_answered& answers, instant now);
  connection_effects missed(topic_id topic, seq_no from, seq_no to);
  /// Posts that were never answered. Once a second.
  connection_effects sweep(instant now);
  /// A page, or an error, went to the client.
  connection_effects history_read();

  [[nodiscard]] const user_id& user() const noexcept { return user_; }
  /// Whether posts are under way, so that `sweep` is needed.
  [[nodiscard]] bool busy() const noexcept { return !flights_.empty(); }
  /// The rooms that a relay brought it into, or is about to.
  [[nodiscard]] std::vector<room_id> rooms() const;

 private:
  enum class phase : std::uint8_t { entering, finding, joining, in };
  struct place {
    phase at = phase::entering;
    position from;
    topic_id topic;
    bool creating = false;
    bool joined = false;  ///< was ready once: a relay that is lost is found again with nothing to say
  };
  struct flight {
    room_id room;
    post what;
    mono_time deadline{};
    bool held = false;     ///< waits for the room to be ready
    bool settled = false;  ///< is about to be forgotten
  };

  void join(const room_id& room, position from, connection_effects& out);
  void send(const room_id& room, std::string client_id, shared_text text, instant now, connection_effects& out);
  [[nodiscard]] static std::vector<post>& batch_of(const room_id& room, connection_effects& out);
  void send_held(const room_id& room, bool also_in_flight, connection_effects& out);
  void drop(const room_id& room, ec why, connection_effects& out);
  [[nodiscard]] flight* find(std::uint64_t ticket);
  void settle(flight& one, const post_answer& answer, connection_effects& out);
  void refuse(error why, const room_id& room, std::string client_id, connection_effects& out) const;
  [[nodiscard]] const room_id& room_or_only(const room_id& room) const { return room.value.empty() ? only_ : room; }
  [[nodiscard]] bool is_in(const room_id& room) const;

  user_id user_;
  connection_limits limits_;
  room_id only_;
  std::map<room_id, place> rooms_;  ///< few: a tree takes less room than a table
  std::vector<flight> flights_;     ///< by rising ticket
  std::uint64_t last_ticket_ = 0;
};

}  // namespace greenroom::core
