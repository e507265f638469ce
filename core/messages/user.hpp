#pragma once
#include <cstdint>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/shared_text.hpp"
#include "core/time.hpp"

/// Messages between a user's home, the sessions that it knows, and those who have news for the user.
namespace greenroom::core {

/// A session says how many connections of its user are open on its node. Answered by `session_registered`, unless there
/// are none: then the home forgets the session.
struct register_session {
  user_id user;
  std::uint32_t connections = 0;
  std::uint64_t number = 0;  ///< the session's own, rising: an older one is out of date
  bool forwarded = false;    ///< by another node, which takes this one for the home's
};
/// The home knows the session now.
struct session_registered {
  std::uint64_t number = 0;
};

/// The numbers are those of the wire.
enum class news_kind : std::uint8_t {
  added = 0,    ///< the user is a member of the room now
  removed = 1,  ///< they were removed from it, or banned, or left it
  read = 2,     ///< they have read up to there, on another device
  notice = 3,   ///< a word to them
  head = 4,     ///< there is more in a room that they may not have joined
};

/// News for one user, for all their connections, in whatever rooms those are. A hint: a connection that misses it
/// learns of it when it asks.
struct user_news {
  user_id user;
  news_kind kind = news_kind::added;
  room_id room{};          ///< of all but `notice`
  user_id by{};            ///< `added`, `removed`: who did it
  ec reason = ec::none;    ///< `removed`: `removed`, `banned` or `left`
  shared_text text{};      ///< `removed`: why, in a person's words; may be empty. `notice`: the text
  wall_time until{};       ///< a ban's end, or the notice's; 0: none
  seq_no seq{};            ///< `read`: up to there; `head`: the head
  connection_id but{};     ///< this connection isn't told: it is the one that did it; 0: all are
  bool forwarded = false;  ///< as in `register_session`
};

}  // namespace greenroom::core
