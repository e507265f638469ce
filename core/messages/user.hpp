#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/messages/act.hpp"
#include "core/messages/log.hpp"
#include "core/messages/marks.hpp"
#include "core/shared_text.hpp"
#include "core/time.hpp"

/// Messages between a user's home, the sessions that it knows, and those who have news for the user.
namespace greenroom::core {

/// How a user looks from the connections of one node.
struct user_face {
  std::uint32_t irc = 0;     ///< of the connections, those that speak IRC
  shared_text away{};        ///< their words, where they are away on every one; else empty
  shared_text realname{};    ///< what they call themselves on IRC, at most 128 bytes; empty: nothing
  bool bot = false;          ///< on one of them, at least
  std::uint32_t idle_s = 0;  ///< for how many seconds they have done nothing
  shared_text ident{};       ///< of the oldest of their connections that speak IRC; empty: none
  bool oper = false;         ///< on one of them they act as an admin of the server
  wall_time since{};         ///< when the first of those that speak IRC came; 0: none did

  friend bool operator==(const user_face&, const user_face&) = default;
};

/// A session says how many connections of its user are open on its node. Answered by `session_registered`, unless there
/// are none: then the home forgets the session.
struct register_session {
  user_id user;
  std::uint32_t connections = 0;
  std::uint64_t number = 0;  ///< the session's own, rising: an older one is out of date
  bool forwarded = false;    ///< by another node, which takes this one for the home's
  user_face face{};
};
/// The home knows the session now.
struct session_registered {
  std::uint64_t number = 0;
};

/// How others see a user.
struct user_state {
  bool online = false;
  shared_text away{};          ///< their words, where they are away on every node; else empty
  std::uint64_t idle_ms = 0;   ///< since they did anything, on any node, as far as the nodes have said so
  std::uint32_t sessions = 0;  ///< nodes on which they are
  std::uint32_t connections = 0;
  std::uint32_t irc = 0;  ///< of those
  shared_text realname{};
  bool bot = false;
  shared_text ident{};
  bool oper = false;
  wall_time since{};  ///< when the first of their connections that speak IRC came; 0: not known

  friend bool operator==(const user_state&, const user_state&) = default;
};

/// Asks which of these users are online, and how they look. A node asks the homes; one that doesn't answer in time
/// knows nobody.
struct who_is {
  std::vector<user_id> users{};  ///< at most `max_asked_users`
  bool forwarded = false;        ///< as in `register_session`
};
inline constexpr std::size_t max_asked_users = 1000;
struct known_user {
  user_id user{};
  user_state state{};
};
struct who_are {
  std::vector<known_user> users{};  ///< those who are online, in no order
};

/// A node wants to be told how a user looks, at once and whenever it changes; or no more. Answered by `user_seen`.
struct watch_user {
  user_id user;
  bool stop = false;
  std::uint64_t number = 0;  ///< the node's own of this question, rising; of a `stop`, that of the question it is about
  bool forwarded = false;    ///< as in `register_session`
};
/// A user's home tells those who watch it, and its own sessions.
struct user_seen {
  user_id user;
  user_state state{};        ///< `idle_ms` as it was then
  std::uint64_t number = 0;  ///< of the last question of the node that is told; 0: it is a session of the user's
};

/// The numbers are those of the wire.
enum class news_kind : std::uint8_t {
  added = 0,    ///< the user is a member of the room now
  removed = 1,  ///< they were removed from it, or banned, or left it
  read = 2,     ///< they have read up to there, on another device
  notice = 3,   ///< something else was done to them, in a room that they may not be in
  head = 4,     ///< there is more in a room that they may not have joined
  notify = 5,   ///< they want to be called for other entries of a room
  draft = 6,    ///< their unfinished text for a room is another one
  invited = 7,  ///< somebody who is in an open room asks them in
  killed = 8,   ///< an admin of the server ends all their connections
};

/// News for one user, for all their connections, in whatever rooms those are. A hint: a connection that misses it
/// learns of it when it asks.
struct user_news {
  user_id user;
  news_kind kind = news_kind::added;
  room_id room{};
  user_id by{};          ///< `added`, `removed`, `notice`, `invited`, `killed`: who did it
  ec reason = ec::none;  ///< `removed`: `removed`, `banned` or `left`
  shared_text text{};   ///< `removed`, `notice`, `killed`: why, in a person's words; may be empty. `draft`: the new one
  wall_time until{};    ///< a ban's or a mute's end; 0: none
  entry_kind what{};    ///< `notice`: `role`, `unban`, `mute` or `unmute`
  room_role role{};     ///< `notice` of a `role`: theirs by now
  seq_no seq{};         ///< `read`: up to there; `head`: the head
  connection_id but{};  ///< this connection isn't told: it is the one that did it; 0: all are
  bool forwarded = false;  ///< as in `register_session`
  notify_level level{};    ///< `notify`: the new one
};

}  // namespace greenroom::core
