#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "core/client_messages.hpp"
#include "core/messages/catalog.hpp"
#include "core/messages/log.hpp"
#include "core/messages/marks.hpp"
#include "core/messages/room.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

struct connection_limits {
  std::size_t rooms = 200;            ///< per connection, at most
  milliseconds post_timeout{10'000};  ///< a post that isn't answered by then is `unknown_outcome`
  /// Posts, which all have an id, are sent again until then where a retry may help, and the end of each is told. For
  /// clients that don't send again themselves; 0: no.
  milliseconds keep_trying{0};
};

/// A message of a client to a room. Posts that follow one another are one batch.
struct room_message {
  using content = std::variant<std::vector<post>, note_typing, note_read, note_face>;
  room_id room;
  content what;
};

/// The effects of one input on a connection, to be carried out top to bottom.
struct connection_effects {
  std::vector<room_message> tell;                        ///< to the rooms, in the order in which the client said it
  std::vector<room_id> unlisten;                         ///< to the room's relay, after what was told to the room
  std::vector<enter_room> enter;                         ///< ask the catalog; answered by `entered`
  std::vector<room_id> find_relay;                       ///< ask the node; answered by `relay_found`
  std::vector<std::pair<room_id, position>> listen;      ///< to the room's relay; answered by `ready`
  std::vector<read_history> history;                     ///< ask the catalog; answered by `history_read`
  std::vector<sync_rooms> sync;                          ///< the same
  std::vector<std::pair<room_id, seq_no>> marks;         ///< read marks of the user, to be stored
  std::vector<client_event> say;                         ///< to the client, in order
  std::vector<std::pair<topic_id, gap_event>> gaps;      ///< to the client: entries that it will not get
  std::vector<std::pair<room_id, room_entry>> repeated;  ///< to the client: the first message of a repeated id
  /// Posts that are durable: room, the client's id, seq. Only of connections that keep trying.
  std::vector<std::tuple<room_id, std::string, seq_no>> stored;
  std::uint32_t return_room = 0;        ///< number of long answers that were sent, or won't be
  std::optional<answer_kind> ask_room;  ///< ask the socket; answered by `roomy`
  std::uint32_t release = 0;            ///< number of frames that are handled
  ec close = ec::none;                  ///< not none: the connection ends
};

/// One websocket: which rooms it is in, which of its posts are under way.
///
///   (absent) ──join──► entering ──entered──► finding ──relay──► pausing ──roomy──► joining ──ready──► in
///     ▲  ▲                 │ refused            │ refused           │ nothing was missed ▲   │ refused │ leave
///     │  └─────────────────┴────────────────────┴────────────────────────────────────────┴───┘ gone    ▼
///     └──────────────────────────────────────────────────────── its posts are answered ──────────── leaving
///
/// A room's commands are carried out in the order in which they came. Commands after an unfinished join or leave wait
/// for it, and a leave waits for the answers to the posts before it.
///
/// Answers that may be long (history pages, and replays for readers who come back) are made one after the other, as the
/// socket has room for them.
class connection {
 public:
  /// `only`: the room of a connection whose dialect has one room and no command to join; empty for the others.
  connection(user_id user, connection_limits limits, room_id only);

  /// Joins a room from the start, for `/room/{room}`: the catalog has let it in already.
  connection_effects begin(const room_id& room, position from);
  /// One command of the client. Its effects are added to `out`, those of earlier commands of this read; posts of one
  /// room become one batch.
  connection_effects command(client_command command, instant now, connection_effects out = {});

  /// The catalog's answer: the room as first written, or the error.
  connection_effects entered(const room_id& asked, const result<room_entered>& answer, instant now);
  connection_effects relay_found(const room_id& room, ec code, instant now);
  /// The relay's answer: posts go to the room now; or the connection isn't in it (any more).
  connection_effects ready(const room_id& room, topic_id topic, bool moved, const error& refused, instant now);
  /// The relay ended without an answer.
  connection_effects relay_lost(const room_id& room, instant now);
  connection_effects answered(const posts_answered& answers, instant now);
  connection_effects missed(topic_id topic, seq_no from, seq_no to);
  /// The socket has room for the long answer that `ask_room` asked for.
  connection_effects roomy(instant now);
  /// Gives up on posts that were never answered, and lets go of read marks. To be called once a second.
  connection_effects sweep(instant now);
  /// The connection ends: what it has kept is let go.
  connection_effects ended();
  /// A page, of history or of rooms, or an error, went to the client.
  connection_effects history_read();

  [[nodiscard]] const user_id& user() const noexcept { return user_; }
  /// Whether this connection has posted words up to there, so that its user has read as far.
  [[nodiscard]] bool has_posted(const room_id& room, seq_no upto) const {
    const auto where = rooms_.find(room);
    return where != rooms_.end() && where->second.posted >= upto;
  }
  /// Whether something is under way, which should be over before the connection ends.
  [[nodiscard]] bool busy() const noexcept { return !flights_.empty() || queued_ > 0 || replays_ > 0; }
  /// Whether `sweep` is needed.
  [[nodiscard]] bool must_be_swept() const noexcept { return busy() || !marks_.empty(); }

 private:
  enum class phase : std::uint8_t { entering, finding, pausing, joining, in, leaving };
  struct queued {
    client_command what;
    mono_time deadline{};  ///< a post that isn't on its way by then is refused
  };
  using queue = std::vector<queued>;
  struct place {
    phase at = phase::entering;
    position from;
    topic_id topic;
    bool creating = false;
    bool knocks = false;
    seq_no posted;                       ///< the newest words that this connection knows to be its own
    bool joined = false;                 ///< was ready once: the client isn't told when a lost relay is found again
    std::optional<mono_time> replay_at;  ///< it has had room for its replay since then
    queue behind;                        ///< commands that wait for this join or leave
  };
  struct flight {
    room_id room;
    post what;
    mono_time deadline{};
    bool held = false;     ///< waits for the room to be ready
    bool settled = false;  ///< is about to be forgotten
    bool again = false;    ///< held, because the room refused it for now: sent again by the next sweep
  };
  using long_answer = std::variant<room_id, read_history, sync_rooms>;

  using places = std::map<room_id, place>;

  void perform(client_command command, places::iterator where, instant now, connection_effects& out);
  void go_on(const room_id& room, queue rest, instant now, connection_effects& out);
  void join(places::iterator known, const room_id& room, position from, bool knocks, connection_effects& out);
  void leave(places::iterator where, const room_id& room, connection_effects& out);
  void finish_leaving(instant now, connection_effects& out);
  void listen(const room_id& room, place& where, connection_effects& out);
  void pace(long_answer next, connection_effects& out);
  void ask_room(connection_effects& out);
  void return_room(place& where, connection_effects& out);
  void mark(const room_id& room, seq_no read, connection_effects& out);
  void let_go(connection_effects& out);
  void send(places::iterator where, client_send& what, instant now, connection_effects& out);
  [[nodiscard]] static std::vector<post>& batch_of(const room_id& room, connection_effects& out);
  void send_held(const room_id& room, bool also_in_flight, connection_effects& out);
  void try_again(connection_effects& out);
  [[nodiscard]] bool keeps_trying(ec code) const noexcept;
  [[nodiscard]] milliseconds post_patience() const noexcept;
  void drop(const room_id& room, const error& why, instant now, connection_effects& out);
  void refuse_queued(queue& rest, const room_id& room, const error& why, connection_effects& out);
  [[nodiscard]] flight* find(std::uint64_t ticket);
  void settle(flight& one, const post_answer& answer, const std::vector<refusal>& refusals, connection_effects& out);
  void refuse(error why, const room_id& room, std::string client_id, connection_effects& out) const;
  [[nodiscard]] const room_id& room_or_only(const room_id& room) const { return room.value.empty() ? only_ : room; }
  [[nodiscard]] bool posts_in(const room_id& room) const;
  [[nodiscard]] bool waits_in(const room_id& room) const;

  user_id user_;
  connection_limits limits_;
  room_id only_;
  places rooms_;                 ///< few: a tree takes less room than a table
  std::vector<flight> flights_;  ///< by rising ticket
  std::uint64_t last_ticket_ = 0;
  std::vector<long_answer> paced_;                 ///< wait for room, which the first one has asked for
  std::vector<std::pair<room_id, seq_no>> marks_;  ///< read marks until the next sweep: few, each room once
  bool asking_ = false;                            ///< for room for the first of `paced_`
  std::uint32_t queued_ = 0;                       ///< commands in all `behind`
  std::uint32_t replays_ = 0;                      ///< places with `replay_at`
  std::uint32_t leaving_ = 0;                      ///< places that are
};

}  // namespace greenroom::core
