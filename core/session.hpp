#pragma once
#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/user.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// Limits of one user on one node.
struct session_limits {
  std::size_t max_connections = 1024;
  seconds tombstone_life{60};  ///< an attach with an ended token may be under way this long
};

/// How the user looks from one connection that speaks IRC. Others say nothing: there nobody is away.
struct connection_face {
  shared_text away{};      ///< their words; empty: they are there
  shared_text realname{};  ///< at most 128 bytes
  bool bot = false;
  shared_text ident{};  ///< empty: none
  bool oper = false;    ///< it acts as an admin of the server
  wall_time since{};    ///< when it came
};

/// The effects of one input on a session, to be carried out top to bottom.
struct session_effects {
  std::vector<std::pair<connection_id, ec>> close;  ///< end these connections, and why
  std::vector<token_hash> in_use;                   ///< tell the door, which checks them again
  bool idle = false;                                ///< tell the door that no connection is left
};

/// One signed-in user on one node: their connections by token, so that the end of a token ends all of it.
///
///   attach ──► attached ── detach ──► gone
///                 │ ended(token)
///                 └────────► closed, with invalid_token; an attach that comes later too
class session {
 public:
  explicit session(session_limits limits = {});

  /// A connection opened with `token`. Over the limit, or with a token that has ended, it is closed again.
  session_effects attach(connection_id connection, const token_hash& token, mono_time now);
  /// A connection is gone.
  void detach(connection_id connection);
  /// A connection speaks IRC, and the user looks like that from there.
  void look(connection_id connection, connection_face face);
  /// The user did something.
  void active(mono_time now) { active_ = now; }
  /// How the user looks from all connections.
  [[nodiscard]] user_face face(mono_time now) const;
  /// Tokens ended: so do their connections here.
  session_effects ended(const std::vector<ended_token>& tokens, mono_time now);
  /// Says which tokens are in use, or that none is. Every 30 s.
  session_effects sweep(mono_time now);

  /// Number of connections.
  [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }

 private:
  [[nodiscard]] std::vector<std::pair<connection_id, token_hash>>::iterator find(connection_id connection);

  session_limits limits_;
  std::vector<std::pair<connection_id, token_hash>> connections_;  ///< mostly one
  std::vector<std::pair<connection_id, connection_face>> faces_;   ///< of some of those; the last to say so at the end
  mono_time active_{};
  std::unordered_map<token_hash, mono_time> ended_;
};

}  // namespace greenroom::core
