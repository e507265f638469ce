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
using watcher_no = number_id<struct watcher_tag>;     ///< a home that monitors this one's user, likewise

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
  std::vector<std::pair<watcher_no, bool>> seen;  ///< to the homes that monitor: whether the user is online
};

/// How others see a user.
struct user_state {
  bool online = false;
  shared_text away{};          ///< their words, where they are away on every node; else empty
  milliseconds idle_for{};     ///< since they did anything, on any node
  std::uint32_t sessions = 0;  ///< nodes on which they are
  std::uint32_t connections = 0;

  friend bool operator==(const user_state&, const user_state&) = default;
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
  /// A session registers, says how many connections it has, or that it has none.
  user_effects registered(session_no session, const register_session& what, mono_time now);
  /// A session's actor ended, or its node is out of reach.
  user_effects lost(session_no session);
  /// A session's user is away, in their own words; empty: back.
  void away(session_no session, shared_text words);
  /// A session's user did something.
  void active(session_no session, mono_time now);

  // ---- news
  /// Passes it on, or holds it back.
  user_effects news(user_news what, mono_time now);
  /// Passes on what was held back for long enough.
  user_effects tick(mono_time now);
  /// When that is; nothing: never.
  [[nodiscard]] std::optional<mono_time> due() const;

  // ---- people who want to know whether the user is online
  /// Says at once whether they are, and whenever it changes.
  user_effects monitor(watcher_no who);
  void unmonitor(watcher_no who) { watchers_.erase(who); }

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
    shared_text away{};
    std::uint64_t away_since = 0;  ///< rises with every word of any session
  };
  struct head {
    mono_time told{};
    std::optional<user_news> held{};  ///< for the pause's end
  };

  void forget(session_no which, user_effects& out);
  void tell_watchers(bool online, user_effects& out) const;

  user_limits limits_;
  std::map<session_no, registered_session> sessions_;  ///< mostly one
  std::set<watcher_no> watchers_;
  std::unordered_map<room_id, head> heads_;  ///< told in the last `pause_of_heads`, or held back
  std::uint64_t away_words_ = 0;
};

}  // namespace greenroom::core
