#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "core/gathering.hpp"
#include "core/history.hpp"
#include "core/messages/deletion.hpp"
#include "core/messages/log.hpp"
#include "core/messages/ownership.hpp"
#include "core/messages/room.hpp"
#include "core/messages/user.hpp"
#include "core/presence.hpp"
#include "core/result.hpp"
#include "core/roster.hpp"

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
  roster_limits roster;
  milliseconds trust{2000};  ///< an epoch that was compared longer ago is compared again before a join is answered
};

/// The effects of one input on a room, to be carried out top to bottom.
struct room_effects {
  /// Not empty: to the journal, with the epoch. Nothing else is in flight then.
  std::vector<room_entry> append;
  /// Not null: the only entry of `append` is an act, or an answer to an old message, and this is part of its statement.
  std::shared_ptr<const act_effect> effect;
  /// Nothing of `append` is to be stored: does the log have its id? Answered by `appended`, as `repeated` or
  /// `unchanged`.
  bool look_only = false;
  epoch_no epoch;
  /// Ask the journal to open the room again, with a higher epoch.
  bool reopen = false;
  /// Ask the database whether the epoch is still the newest, and the roster is still the one that was read.
  bool check_epoch = false;
  /// Ask the users role whether these people exist; answered by `user_found`.
  std::vector<user_id> find_users;
  /// To every relay: these users' connections leave, and new ones aren't let in by an older roster.
  std::vector<member_removed> removed;
  /// To the homes of those whom acts are about.
  std::vector<user_news> news;
  /// To one relay each: has it heard of all removals?
  std::vector<std::pair<relay_no, compare_roster>> compare;
  /// To one relay each, before what is published.
  std::vector<std::pair<relay_no, room_joined>> joined;
  std::vector<std::pair<relay_no, room_rejoined>> rejoined;
  /// To every relay, before what those who come publish.
  std::vector<presence_changed> arrived;
  /// Durable now, contiguous: to every relay.
  std::vector<room_entry> publish;
  /// Of an act in `publish`: the address of the client that did it, where it is known.
  std::string act_address;
  /// To those who asked without a connection.
  std::vector<std::pair<asker_id, result<act_performed>>> performed;
  /// To the connections that asked; and what is behind some of the answers.
  std::vector<std::pair<connection_id, post_answer>> answers;
  std::vector<std::pair<connection_id, refusal>> refusals;
  /// To every relay: not stored, and sent as soon as it is allowed.
  std::vector<note_passing> passing;
  /// To every relay, in pieces: authors who were deleted.
  std::vector<author_left> authors_left;
  /// To every relay.
  std::optional<presence_changed> presence;
  /// Not none: no effects follow. `gone`: tell the relays so; else they find the room again.
  ec stop = ec::none;
};

/// The journal's answer to the append in flight.
struct append_result {
  enum class kind : std::uint8_t { stored, repeated, unchanged, fenced, refused, unavailable, unknown };
  struct known {
    std::uint32_t index = 0;  ///< into the append
    seq_no seq;
    wall_time at{};
    bool same = true;  ///< not only the id, but all of it
  };
  kind what = kind::stored;
  std::vector<known> repeated;
  ec why = ec::internal;    ///< refused
  bool was_member = false;  ///< stored, a `role`: its subject was a member before
};

/// One room on its owner node: order, storing exactly once, presence, and who may do what.
///
///            post            appended(stored): publish, answer, append the next
///   ┌──────┐ ────► in flight ────────────────────────────────────────────────► open
///   │ open │           │ unknown: refuse, reopen    reopened: publish what the log has
///   └──────┘           ▼                                                     │
///                  reopening ────────────────────────────────────────────────┘
///   any ── fenced, retire, gone ──► stopped (refuses everything)
///
/// Joins are never answered from a stale epoch: a room that hasn't compared its epoch lately does so before it lets
/// somebody in.
///
/// A room knows its roster: who may be in it, write in it, and run it. The roster changes in the order of the log, each
/// act alone in flight; so a post is judged when it gets its number, and a member who was removed, banned or muted
/// before that has written nothing. Where the database says that the roster was changed elsewhere, the room opens again
/// to read it, and until then lets nobody in and appends nothing. Relays answer with the roster that they know; one
/// that doesn't answer with the present one is asked at every sweep, and then all its listeners rejoin. So a removal
/// that got lost is made up for.
///
/// One append is in flight at a time; posts that come meanwhile are the next, and in a busy room those about to come,
/// too. So a refused append never leaves a later one behind it with wrong numbers.
class room {
 public:
  room(room_opened opened, room_limits limits);

  /// Posts and acts of one connection: numbered now, or when the append in flight is answered.
  room_effects post(post_batch batch, instant now);
  /// The same for one of somebody without a connection. Answered by `performed` when it is durable, or refused.
  room_effects perform(asker_id asker, perform_act request, instant now);
  /// The users role's answer to `find_users`: the name as first written, or why the acts about them are refused.
  room_effects user_found(const user_id& asked, const result<user_id>& found, instant now);
  /// The journal's answer.
  room_effects appended(const append_result& answer, instant now);
  /// The room was opened again after `reopen`, or could not be.
  room_effects reopened(result<room_opened> answer, instant now);
  /// The database's answer to a check that began at `asked`.
  room_effects epoch_checked(const result<room_standing>& newest, mono_time asked, instant now);
  /// The roster was changed elsewhere, and is to be read again at once.
  room_effects roster_changed(instant now);
  /// Relays whose node left the cluster: as `relay_lost`; those that still run are asked to come back.
  room_effects relays_lost(const std::vector<relay_no>& relays, instant now);
  /// Entries of this author belong to `deleted` from now on, and may be emptied. Listeners hear of it where the last
  /// entries have something of theirs.
  room_effects erase_author(const author_erased& which);
  /// A read mark for others: at most the head, as nobody has read beyond it. Nothing where the room doesn't want it
  /// told, or is too large. An open room's people are those who are in it now; any other's its members.
  [[nodiscard]] std::optional<note_read> marked(note_read mark) const;

  /// A relay brings a connection in; answered by `joined`, now or when the epoch was checked.
  room_effects join(relay_no relay, join_room request, instant now);
  /// A relay comes back after a move with all its listeners, or with a part of them, or leaves with none. Answered by
  /// `rejoined`, which names those who may not be here any more; now, or when the epoch was checked and the members
  /// were read.
  room_effects rejoin(relay_no relay, rejoin_room request, instant now);
  /// A relay's answer to `removed`, `compare`, `joined` and `rejoined`.
  void compared(relay_no relay, roster_no seen);
  /// Every two seconds: relays that haven't answered are asked again.
  room_effects sweep();
  /// `at_once`: others are told at once, where they are few.
  room_effects leave(connection_id connection, instant now, farewell why = {}, bool at_once = false);
  /// Somebody invites a person: the effects tell them. `not_joined`: the inviter isn't here; `conflict`: the person is;
  /// `forbidden`: it is no open room, whose members are added.
  [[nodiscard]] result<room_effects> invite(const invite_person& who, instant now);
  /// How a user looks now, for the others; nothing where they know it, or aren't told.
  [[nodiscard]] std::optional<note_face> looked(note_face note);
  /// A relay's node died: all its listeners are gone.
  room_effects relay_lost(relay_no relay, instant now);
  /// Releases presence and posts that were held back.
  room_effects tick(instant now);

  /// No more posts: `draining` or `fenced` (it lives elsewhere now), `gone` (it was deleted). Waits for the append in
  /// flight.
  room_effects retire(ec why);

  [[nodiscard]] std::optional<mono_time> presence_due() const noexcept { return presence_.due(); }
  /// When posts that are held back are appended at the latest; nothing where no tick would append anything.
  [[nodiscard]] std::optional<mono_time> append_due() const noexcept {
    const bool appends = phase_ == phase::open && !stale_ && in_flight_.empty() && !waiting_.empty();
    return appends ? gathering_.due() : std::nullopt;
  }
  /// How many people are here.
  [[nodiscard]] std::uint32_t people() const noexcept { return presence_.count(); }
  [[nodiscard]] seq_no head() const noexcept { return ring_.head(); }
  [[nodiscard]] room_key key() const noexcept { return key_; }
  [[nodiscard]] epoch_no epoch() const noexcept { return epoch_; }
  [[nodiscard]] const room_id& id() const noexcept { return id_; }
  [[nodiscard]] generation_id generation() const noexcept { return generation_; }
  [[nodiscard]] bool empty() const noexcept {
    return listeners_.empty() && pending_posts() == 0 && in_flight_.empty() && unsure_.empty();
  }
  /// Whether others may be told what this user does.
  [[nodiscard]] bool hears(const user_id& user, instant now) const {
    return !must_read() && !roster_.blocked() && roster_.admits(user, now.wall);
  }

 private:
  enum class phase : std::uint8_t { open, reopening, closed, stopped };
  struct ask {
    connection_id from;  ///< 0: nobody's; then `ticket` is an `asker_id`
    std::uint64_t ticket = 0;
    bool conflicts = false;  ///< the same id, but not the same post: refused when the first one is settled
  };
  struct pending {
    room_entry entry;
    ask first;                               ///< of the one who posted it
    std::vector<ask> others;                 ///< of those who posted it again meanwhile
    bool settled = false;                    ///< the log had it already
    std::shared_ptr<const core::act> act{};  ///< null: words
    bool as_admin = false;                   ///< an admin's of the server

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

  // posts, in room.cpp
  void accept(const user_id& author, ask whose, core::post one, room_effects& out, bool as_admin = false);
  void pass(const user_id& author, ask whose, core::post one, room_effects& out, instant now) const;
  bool join_pending(const id_key& key, ask who, const core::post& wanted);
  void go_on(room_effects& out, instant now);
  void append_next(room_effects& out, instant now);
  void number_words(room_effects& out, instant now);
  void number(pending& one, room_effects& out);
  [[nodiscard]] std::optional<error> judge_words(const room_entry& next, instant now);
  [[nodiscard]] ec judge_answer(seq_no target) const;
  [[nodiscard]] unsigned slow_seconds_left(const user_id& author, mono_time now);
  void remember_posts();
  void publish_in_flight(const append_result& result, room_effects& out, instant now);
  void publish(room_entry&& entry, room_effects& out);
  void tell_people(room_effects& out) const;
  void settle_repeated(const append_result& answer, room_effects& out);
  void settle(const append_result& answer, room_effects& out, instant now);
  void look(error refusal, room_effects& out, instant now);
  void settle_looked(const append_result& answer, room_effects& out);
  void answer(const ask& whom, const pending& of, const post_answer& what, room_effects& out) const;
  static void refuse(const ask& whom, const error& why, room_effects& out);
  void refuse(pending& which, const error& why, room_effects& out);
  void refuse_all(std::deque<pending>& which, ec why, room_effects& out);
  void refuse_waiting(ec why, room_effects& out);
  void forget_id(const room_entry& entry);
  void requeue_in_flight();
  void stop_if_idle(room_effects& out);
  void reopen(room_effects& out);
  void empty_as_in(const std::vector<room_entry>& tail, room_effects& out);
  // acts, in room_acts.cpp
  [[nodiscard]] bool must_be_found(const pending& one) const;
  [[nodiscard]] static bool is_by_invite(const pending& one) { return one.act && one.act->is_by_invite(); }
  bool act_next(room_effects& out, instant now);
  void settle_unchanged(room_effects& out);
  void take_effect(const pending& done, bool was_member, room_effects& out, instant now);
  void follow(const room_entry& entry, roster_no number, room_effects& out, instant now);
  void give_notice(const room_entry& entry, const user_id& to, room_effects& out, wall_time now) const;
  [[nodiscard]] user_news news_of(const room_entry& entry, news_kind kind) const;
  void drop_user(const user_id& user, const farewell& why, instant now);
  [[nodiscard]] bool listens(const user_id& user) const;
  [[nodiscard]] error refusal_of_act(ec why, wall_time now) const;
  // joins, in room_joins.cpp
  void take_roster(room_opened& opened, room_effects& out, instant now);
  /// The roster may have changed since it was read: nobody is let in, nothing is appended.
  [[nodiscard]] bool must_read() const noexcept { return stale_ || phase_ != phase::open; }
  [[nodiscard]] std::size_t pending_posts() const noexcept { return waiting_.size() + unfound_.size(); }
  void wait(relay_no relay, std::variant<join_room, rejoin_room> request, room_effects& out);
  void let_in(room_effects& out, instant now);
  void turn_away(ec why, room_effects& out);
  void turn_away_joins(ec why, room_effects& out);
  void refuse_join(relay_no relay, const join_room& request, ec why, room_effects& out, wall_time now,
                   room_bar bar = room_bar::none) const;
  void answer_join(relay_no relay, const join_room& request, room_effects& out, instant now);
  void answer_rejoin(relay_no relay, const rejoin_room& request, room_effects& out, instant now);
  void admit(relay_no relay, connection_id connection, const user_id& user, instant now, bool at_once = false);
  bool trusts_itself(instant now);
  void drop_listeners_of(relay_no relay, instant now);
  void drop_outsiders(instant now);
  [[nodiscard]] bool opens_for(const user_id& user, mono_time now);

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
  roster roster_;
  bool stale_ = false;  ///< the roster was changed elsewhere, and is to be read again
  bool again_ = false;  ///< … and once more, for it was changed while it was read
  presence presence_;
  gathering gathering_;
  std::deque<pending> waiting_;    ///< not numbered yet
  std::deque<pending> in_flight_;  ///< numbered, at the journal
  std::optional<error> foregone_;  ///< the answer to the one in flight, unless the log has it: it isn't to be stored
  std::shared_ptr<const act_effect> effect_;           ///< of the entry in flight
  std::deque<pending> unfound_;                        ///< acts about people of whom it isn't known whether they exist
  std::unordered_map<user_id, mono_time> last_posts_;  ///< where posts are slowed down: of the last `slow_s` seconds
  std::unordered_map<id_key, pending*, id_hash> by_id_;
  std::unordered_map<connection_id, member> listeners_;
  /// Relays' requests that wait for the epoch's check, or for the members to be read.
  std::vector<std::pair<relay_no, std::variant<join_room, rejoin_room>>> unsure_;
  std::unordered_map<relay_no, roster_no> compared_;  ///< relays, and what they answered last
  std::optional<mono_time> confirmed_;                ///< the epoch was the newest then
  mono_time appended_at_{};                           ///< the append in flight was sent then
  std::map<user_id, mono_time> openings_;             ///< the door is open for these until then
  std::map<user_id, note_face> faces_;                ///< of people here, where others were told of it
};

}  // namespace greenroom::core
