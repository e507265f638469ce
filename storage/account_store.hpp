#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/messages/accounts.hpp"
#include "core/messages/act.hpp"
#include "core/messages/deletion.hpp"
#include "core/messages/maintenance.hpp"
#include "core/result.hpp"
#include "storage/standing.hpp"

namespace greenroom::storage {

/// A user's row, as a login needs it.
struct account {
  core::user_id user;         ///< as first written
  std::string password_hash;  ///< from the hasher
  bool active = true;         ///< false: being deleted
  bool admin = false;
  std::optional<core::sanction> suspended{};  ///< the last suspension that nobody ended; it may have ended by itself

  [[nodiscard]] bool is_suspended(core::wall_time now) const noexcept { return suspended && suspended->holds(now); }
  /// An admin who can do what admins may.
  [[nodiscard]] bool is_able_admin(core::wall_time now) const noexcept { return admin && active && !is_suspended(now); }
};

/// The refusal of an act that would leave nobody who can administer.
[[nodiscard]] inline core::error last_admin() {
  return {core::ec::conflict, "The last admin can't be suspended or deleted, nor lose the right.", 0};
}

/// A login to store. Only the token's hash gets here.
struct new_session {
  core::token_hash token;
  core::session_id session;
  core::user_id user;
  std::string client;
  core::wall_time created_at{};
  core::wall_time expires_at{};
  bool for_room = false;        ///< of a websocket that POST /room gave: `extend_session` while it is open
  std::uint32_t most = 100;     ///< sessions of the user with this one: the oldest beyond it end
  std::string verified_hash{};  ///< the hash that the password was compared with; empty: none was
  std::string better_hash{};    ///< replaces the stored hash; empty: keeps it
  std::string network{};        ///< is familiar from now on; empty: none
};

/// The most networks that are remembered per user.
inline constexpr std::size_t networks_known = 16;
inline constexpr std::chrono::hours network_kept{90 * 24};

/// A new password, by a holder of a token who knows the old one.
struct password_change {
  core::token_hash token;     ///< of the session that stays
  std::string verified_hash;  ///< the hash that the old password was compared with
  std::string password_hash;  ///< of the new one
  std::string network{};      ///< the only one that is familiar from now on; empty: none
};

/// A deletion as it is now, and the tokens that this step ended.
struct deletion_step {
  core::deletion row;
  std::vector<core::ended_token> ended;
};

/// The users database. Blocking; one thread at a time. Errors, besides those named: `unavailable` (nothing happened),
/// `unknown_outcome` (the connection broke during a commit), `internal`.
class account_store {
 public:
  virtual ~account_store() = default;

  /// The random id that the first migration wrote.
  virtual core::result<std::string> database_id() = 0;

  /// Creates a user. `taken` if the name is in use in any case, or belonged to a deleted user.
  virtual core::status create_user(const core::user_id& user, const std::string& password_hash,
                                   core::wall_time now) = 0;
  /// Creates many in one transaction; `taken` (with the first such name as detail) leaves none.
  virtual core::status create_users(const std::vector<account>& users, core::wall_time now) = 0;
  /// The user's row; `not_found`.
  virtual core::result<account> find_user(const core::user_id& user) = 0;
  /// Users in order of their folded names, after `after` (exclusive; empty: from the start).
  virtual core::result<std::vector<account>> list_users(const core::user_id& after, std::uint32_t limit) = 0;
  /// Replaces the password's hash; `not_found`.
  virtual core::status set_password_hash(const core::user_id& user, const std::string& password_hash) = 0;
  /// Those of these users that exist, as first written, in any order; including those who are being deleted.
  virtual core::result<std::vector<core::user_id>> find_users(const std::vector<core::user_id>& names) = 0;
  /// Keeps a user from logging in until then, for a reason, and ends all of their sessions, in one transaction, which
  /// also compares whether another admin is left. The sessions that ended are returned. Replaces a suspension that
  /// there is. `not_found`; `conflict` for the last admin.
  virtual core::result<std::vector<core::ended_token>> suspend(const core::sanction& what, core::wall_time now) = 0;
  /// Ends a suspension, where there is one; `not_found`.
  virtual core::status resume(const core::user_id& user) = 0;
  /// Makes the user an admin, or takes that back; `not_found`; `conflict` for the last admin, compared in the same
  /// transaction. Those who are suspended or being deleted don't count among them.
  virtual core::status set_admin(const core::user_id& user, bool admin, core::wall_time now) = 0;

  /// Whether the user has logged in from this network in the last 90 days; only the last 16 networks are known. False
  /// for an unknown user.
  virtual core::result<bool> is_familiar(const core::user_id& user, const std::string& network) = 0;
  /// Replaces the password's hash and ends all sessions but the token's, in one transaction, whose statement checks
  /// token and hash: `invalid_token` as in `check_token`; `conflict` if another hash than `verified_hash` is stored.
  /// Returns the sessions that ended.
  virtual core::result<std::vector<core::ended_token>> change_password(const password_change& change,
                                                                       core::wall_time now) = 0;

  /// Replaces the password's hash without a comparison, and ends all sessions, in one transaction: an operator's act.
  /// Returns the sessions that ended; `not_found`.
  virtual core::result<std::vector<core::ended_token>> reset_password(const core::user_id& user,
                                                                      const std::string& password_hash,
                                                                      core::wall_time now) = 0;

  /// Stores a login, in one statement that checks the user's state: `bad_credentials` if not active any more,
  /// `conflict` if another hash than `verified_hash` is stored, `suspended` (because of the suspension) while that
  /// holds: then nothing is stored. Ends the user's oldest sessions beyond `session.most`, which are the answer.
  virtual core::result<std::vector<core::ended_token>> add_session(const new_session& session) = 0;
  /// Stores many in one transaction, for load tests; `most` is ignored, none ends.
  virtual core::status add_sessions(const std::vector<new_session>& sessions) = 0;
  /// The owner of a token; `invalid_token` if unknown, ended, expired at `now`, or of a user who isn't active.
  virtual core::result<core::token_checked> check_token(const core::token_hash& token, core::wall_time now) = 0;
  /// Extends the session of this token to `until`, if it is `for_room` and hasn't expired at `now`; else does nothing.
  virtual core::status extend_session(const core::token_hash& token, core::wall_time now, core::wall_time until) = 0;
  /// The user's sessions that haven't expired, newest first, at most 1000.
  virtual core::result<std::vector<core::session_info>> list_sessions(const core::user_id& user,
                                                                      core::wall_time now) = 0;
  /// Ends the session with this token; `invalid_token`.
  virtual core::result<std::vector<core::ended_token>> end_token(const core::token_hash& token,
                                                                 core::wall_time now) = 0;
  /// Ends one session of the user; `not_found`.
  virtual core::result<std::vector<core::ended_token>> end_session(const core::user_id& user,
                                                                   const core::session_id& session,
                                                                   core::wall_time now) = 0;
  /// Ends all sessions of the user but `kept` (empty: all).
  virtual core::result<std::vector<core::ended_token>> end_sessions(const core::user_id& user,
                                                                    const core::session_id& kept,
                                                                    core::wall_time now) = 0;
  /// Tokens that were ended after number `after`, ascending, at most 1000. Numbers rise in commit order.
  virtual core::result<std::vector<core::ended_token>> ended_since(std::uint64_t after) = 0;
  /// Forgets expired sessions, and ended tokens older than a day. Returns the number of rows.
  virtual core::result<std::uint64_t> sweep(core::wall_time now) = 0;

  // -- deletions: the saga's log. A lease that ran out at `now` may be claimed; a step with another lease than the
  // row's is `fenced`. For a completed deletion, the user's name reads `deleted`.

  /// Begins to delete an active user, in one transaction: the state becomes `deleting`, all tokens end (their hashes
  /// stay for a day), the row is written with lease 1 for `request.holder` until `lease_until`. A user who is being
  /// deleted or was deleted: their newest deletion, with lease 0 and no tokens. The same operation of the
  /// same holder again: as the first time, with the present lease. `not_found`; `bad_credentials` if another hash than
  /// `verified_hash` (where that isn't empty) is stored; `conflict` for the last admin.
  virtual core::result<deletion_step> begin_deletion(const core::begin_deletion& request, core::wall_time now,
                                                     core::wall_time lease_until,
                                                     const std::string& verified_hash = {}) = 0;
  /// The deletion that ended this token, for a second DELETE with it; `not_found`.
  virtual core::result<core::deletion> deletion_by_token(const core::token_hash& token) = 0;
  /// Deletions that haven't ended and whose lease ran out, each with a lease one higher for `request.holder`.
  virtual core::result<std::vector<core::deletion>> claim_deletions(const core::claim_deletions& request,
                                                                    core::wall_time now,
                                                                    core::wall_time lease_until) = 0;
  /// `not_found`.
  virtual core::result<core::deletion> read_deletion(const core::operation_id& operation) = 0;
  /// The next state, in one transaction with its effect on the user (`core::advance_deletion`), and the lease until
  /// `lease_until`. A state that the deletion is in, or has been in: only the lease changes. The sessions in the
  /// receipt are those that `begin_deletion` ended, not those of the request. `fenced`, `conflict`, `not_found`.
  virtual core::result<core::deletion> advance_deletion(const core::advance_deletion& request, core::wall_time now,
                                                        core::wall_time lease_until) = 0;

  // -- after a restore

  /// Makes the name one that no user can take, as if its user had been deleted. `taken` if a user has it.
  virtual core::status bar_name(const core::user_id& name, core::wall_time now) = 0;

  /// As `room_store::maintain`.
  virtual core::result<core::database_maintained> maintain() = 0;

  /// Why nothing can be stored now; updated as that changes. Thread safe.
  [[nodiscard]] virtual std::shared_ptr<const standing> state() const = 0;
  /// The number of users, for /status.
  virtual core::result<std::uint64_t> count_users() = 0;
};

}  // namespace greenroom::storage
