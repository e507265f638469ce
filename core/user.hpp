#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/messages/user.hpp"
#include "core/time.hpp"

namespace greenroom::core {

using session_no = number_id<struct session_no_tag>;  ///< a session, as its user's home numbers it
using watcher_no = number_id<struct watcher_tag>;     ///< a node that watches the user, likewise

struct user_limits {
  std::size_t sessions = 256;        ///< of one user, one a node; the next one isn't registered
  std::size_t held = 200;            ///< rooms whose heads are held back; news of further ones is dropped
  std::size_t watchers = 4096;       ///< the next one isn't told anything
  milliseconds pause_of_heads{250};  ///< between two heads of one room
};

/// The effects of one input on a user, to be carried out top to bottom.
struct user_effects {
  std::vector<std::pair<session_no, session_registered>> answer;  ///< to one session each
  std::vector<user_news> tell;                                    ///< to all sessions, in order
  std::vector<watcher_no> seen;                                   ///< to those who watch: how the user looks
  bool seen_by_own = false;                                       ///< to all sessions: the same
};

/// A user who is online somewhere: the sessions that they have on the nodes, and what others want to know of them. All
/// of it comes from the sessions, so that it is there again when the home has moved.
///
/// The home ends when it is `empty`. News is passed on at once, and kept nowhere; only heads of rooms are held back,
/// the last of each room.
class user {
 public:
  explicit user(user_limits limits = {}) : limits_(limits) {}

  // ---- sessions
  /// A session registers, says how many connections it has and how the user looks there, or that it has none.
  user_effects registered(session_no session, const register_session& what, mono_time now);
  /// A session's actor ended, or its node is out of reach.
  user_effects lost(session_no session);

  // ---- news
  /// Passes it on, or holds it back.
  user_effects news(user_news what, mono_time now);
  /// Passes on what was held back for long enough.
  user_effects tick(mono_time now);
  /// When that is; nothing: never.
  [[nodiscard]] std::optional<mono_time> due() const;

  // ---- nodes whose clients want to know how the user looks
  /// Says at once how, and whenever it changes.
  user_effects watch(watcher_no who);
  void unwatch(watcher_no who) { watchers_.erase(who); }
  [[nodiscard]] bool is_watched_by(watcher_no who) const { return watchers_.contains(who); }

  [[nodiscard]] user_state state(mono_time now) const;
  [[nodiscard]] bool knows(session_no session) const { return sessions_.contains(session); }
  /// How many sessions are registered.
  [[nodiscard]] std::size_t sessions() const noexcept { return sessions_.size(); }
  /// Whether nobody needs this home.
  [[nodiscard]] bool empty() const noexcept { return sessions_.empty() && watchers_.empty(); }

 private:
  struct registered_session {
    std::uint64_t number = 0;
    std::uint32_t connections = 0;
    mono_time active{};
    user_face face{};
    std::uint64_t away_since = 0;  ///< rises with every word of any session
  };
  struct head {
    mono_time told{};
    std::optional<user_news> held{};  ///< for the pause's end
  };

  void forget(session_no which, user_effects& out);
  void tell_change(user_effects& out);

  user_limits limits_;
  std::map<session_no, registered_session> sessions_;  ///< mostly one
  std::set<watcher_no> watchers_;
  user_state told_;                          ///< how the user looked last, without what no change is told of
  std::unordered_map<room_id, head> heads_;  ///< told in the last `pause_of_heads`, or held back
  std::uint64_t away_words_ = 0;
};

}  // namespace greenroom::core
