#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/gathering.hpp"
#include "core/history.hpp"
#include "core/messages.hpp"
#include "core/presence.hpp"
#include "core/result.hpp"

namespace greenroom::core {

/// A relay, as its room numbers it.
using relay_no = number_id<struct relay_tag>;

struct room_limits {
  std::size_t pending = 4096;  ///< posts that wait or are in flight; beyond: `overloaded`
  std::size_t append =
      256;  ///< entries in one append; smaller than `ring.entries`, so that a reopening sees all of a lost one
  history::bounds ring;
  presence::bounds who;
  gathering::bounds gather;
  milliseconds trust{2000};  ///< an epoch that was compared longer ago is compared before somebody is let in
};

/// What a room wants done after one input. Carried out top to bottom.
struct room_effects {
  /// Not empty: to the journal, with the epoch. Nothing else is in flight then.
  std::vector<room_entry> append;
  epoch_no epoch;
  /// Ask the journal to open the room again, with a higher epoch.
  bool reopen = false;
  /// Ask the database whether the epoch is still the newest.
  bool check_epoch = false;
  /// Durable now, contiguous: to every relay.
  std::vector<room_entry> publish;
  /// To one relay each, after what was published.
  std::vector<std::pair<relay_no, room_joined>> joined;
  std::vector<std::pair<relay_no, room_rejoined>> rejoined;
  /// To the connections that asked.
  std::vector<std::pair<connection_id, post_answer>> answers;
  /// To every relay.
  std::optional<presence_changed> presence;
  /// Not none: nothing comes any more. `gone`: tell the relays so; else they find the room again.
  ec stop = ec::none;
};

/// What the journal said of the append in flight.
struct append_result {
  enum class kind : std::uint8_t { stored, repeated, fenced, refused, unavailable, unknown };
  struct known {
    std::uint32_t index = 0;  ///< into the append
    seq_no seq;
    wall_time at{};
    bool same_text = true;
  };
  kind what = kind::stored;
  std::vector<known> repeated;
};

/// One room on its owner node: order, exactly once, who is here.
///
///            post            appended(stored): publish, answer, append the next
///   ┌──────┐ ────► in flight ────────────────────────────────────────────────► open
///   │ open │           │ unknown: refuse, reopen    reopened: publish what the log has
///   └──────┘           ▼                                                     │
///                  reopening ────────────────────────────────────────────────┘
///   any ── fenced, retire, gone ──► stopped (refuses everything)
///
/// Nobody is answered from the past: a room that hasn't compared its epoch lately does so before it lets somebody in.
///
/// One append is in flight at a time; what is posted meanwhile is the next, and in a busy room what is about to be
/// posted, too. So a refused append never leaves a later one behind it with numbers that are wrong.
class room {
 public:
  room(room_opened opened, room_limits limits);

  /// Posts of one connection: numbered now or when the append in flight is answered.
  room_effects post(post_batch batch, instant now);
  /// The journal's answer.
  room_effects appended(const append_result& answer, instant now);
  /// The room was opened again after `reopen`, or could not be.
  room_effects reopened(result<room_opened> answer, instant now);
  /// The database's answer to a check that was asked for at `asked`: the newest epoch, 0 where there is no such room.
  room_effects epoch_checked(const result<epoch_no>& newest, mono_time asked, instant now);
  /// Relays whose node left the cluster: as `relay_lost`; those that still run are told to come back.
  room_effects relays_lost(const std::vector<relay_no>& relays, instant now);
  /// Entries of this author belong to `deleted` from now on.
  void erase_author(const user_id& author);

  /// A relay brings somebody in; answered by `joined`, now or when the epoch was checked.
  room_effects join(relay_no relay, join_room request, instant now);
  /// A relay comes back after a move with all its listeners, or leaves with none. Answered by `rejoined`, now or when
  /// the epoch was checked.
  room_effects rejoin(relay_no relay, const rejoin_room& request, instant now);
  room_effects leave(connection_id connection, instant now);
  /// A relay's node died: all its listeners are gone.
  room_effects relay_lost(relay_no relay, instant now);
  /// Presence or posts that were held back.
  room_effects tick(instant now);

  /// No more posts: `draining` or `fenced` (it lives elsewhere now), `gone` (it was deleted). Waits for the append in
  /// flight.
  room_effects retire(ec why);

  [[nodiscard]] std::optional<mono_time> presence_due() const noexcept { return presence_.due(); }
  [[nodiscard]] std::optional<mono_time> append_due() const noexcept { return gathering_.due(); }
  [[nodiscard]] seq_no head() const noexcept { return ring_.head(); }
  [[nodiscard]] room_key key() const noexcept { return key_; }
  [[nodiscard]] epoch_no epoch() const noexcept { return epoch_; }
  [[nodiscard]] const room_id& id() const noexcept { return id_; }
  [[nodiscard]] generation_id generation() const noexcept { return generation_; }
  [[nodiscard]] bool empty() const noexcept { return listeners_.empty() && waiting_.empty() && in_flight_.empty(); }

 private:
  enum class phase : std::uint8_t { open, reopening, closed, stopped };
  struct ask {
    connection_id from;
    std::uint64_t ticket = 0;
    bool conflicts = false;  ///< the same id with another text: refused when the first one is settled
  };
  struct pending {
    room_entry entry;
    ask first;                ///< whose connection posted it
    std::vector<ask> others;  ///< who posted it again meanwhile
    bool settled = false;     ///< the log had it already

    template <class Each>
    void for_each_ask(Each each) const {
      each(first);
      for (const auto& who : others) each(who);
    }
  };
  struct member {
    relay_no relay;
    user_id user;
  };
  using id_key = std::pair<std::string, std::string>;  ///< folded author, client's id
  struct id_hash {
    std::size_t operator()(const id_key& key) const noexcept {
      return std::hash<std::string>{}(key.first) * 31 + std::hash<std::string>{}(key.second);
    }
  };

  void accept(const user_id& author, connection_id from, core::post one, room_effects& out);
  bool join_pending(const id_key& key, const ask& who, const shared_text& wanted);
  void append_next(room_effects& out, instant now);
  void publish_in_flight(room_effects& out);
  void settle_repeated(const append_result& answer, room_effects& out);
  void refuse(pending& which, ec why, room_effects& out);
  void refuse_all(std::deque<pending>& which, ec why, room_effects& out);
  void forget_id(const room_entry& entry);
  void requeue_in_flight();
  void stop_if_idle(room_effects& out);
  void answer_join(relay_no relay, const join_room& request, room_effects& out, instant now);
  void answer_rejoin(relay_no relay, const rejoin_room& request, room_effects& out, instant now);
  void admit(relay_no relay, connection_id connection, const user_id& user, instant now);
  bool trusts_itself(instant now);
  void drop_listeners_of(relay_no relay, instant now);

  room_id id_;
  room_key key_;
  epoch_no epoch_;
  generation_id generation_;
  room_limits limits_;
  phase phase_ = phase::open;
  ec stop_ = ec::none;
  std::size_t append_limit_;  ///< 1 while a refused append is sent again one by one
  std::size_t cautious_ = 0;  ///< entries still to be sent one by one
  wall_time last_at_{};
  history ring_;
  presence presence_;
  gathering gathering_;
  std::deque<pending> waiting_;    ///< not numbered yet
  std::deque<pending> in_flight_;  ///< numbered, at the journal
  std::unordered_map<id_key, pending*, id_hash> by_id_;
  std::unordered_map<connection_id, member> listeners_;
  std::vector<std::pair<relay_no, join_room>> unsure_;              ///< joins that wait for the epoch's check
  std::vector<std::pair<relay_no, rejoin_room>> unsure_returns_{};  ///< rejoins that do
  std::optional<mono_time> confirmed_;                              ///< the epoch was the newest then
  mono_time appended_at_{};                                         ///< the append in flight was sent then
};

}  // namespace greenroom::core
