#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/deletion.hpp"
#include "core/opaque_string.hpp"
#include "core/password_queue.hpp"
#include "core/ports.hpp"
#include "core/rate_limiter.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// Limits on wrong passwords and on waiting requests.
struct account_limits {
  limit_policy failures{10, 60};  ///< wrong passwords of one user from one network, or by one token; then refused
  limit_policy guesses{30,
                       60};  ///< wrong passwords of one user from all networks where they never logged in; then slow
  milliseconds guess_delay{2'000};  ///< how long a slowed attempt is held, one after the other per network
  std::size_t min_password_bytes = 4;
  password_queue_limits queue{};
};

/// A user's row, as far as a password concerns it.
struct credentials {
  user_id user;  ///< as first written
  std::string password_hash;
  bool active = true;     ///< may log in
  bool familiar = false;  ///< has logged in from this network before
};

// ---- effects; each names its work, and the outcome comes back with that number

/// Read the user's row, and whether they logged in from `network` before: `accounts::found`.
struct credentials_look {
  work_id work;
  user_id user;
  std::string network;
};
/// Make a hash: `accounts::hashed`.
struct hash_start {
  work_id work;
  std::string password;
};
/// Compare with a stored hash, which is empty for a user who can't log in: `accounts::verified`.
struct comparison_start {
  work_id work;
  password_forms password;
  std::string stored;
  scram_proof scram{};  ///< in the password's place
};
/// Store a user and answer: `accounts::stored`.
struct user_creation {
  work_id work;
  asker_id asker;
  user_id user;
  std::string password_hash;
  bool weak_password = false;
  request_origin from{};
};
/// Store a session and answer, in a statement that compares `verified` with the stored hash. `better` (if not empty)
/// replaces that hash in the same transaction. `conflict` in `accounts::stored`: another hash is stored.
struct session_start {
  work_id work;
  asker_id asker;
  user_id user;  ///< as first written
  log_in request;
  std::string network;
  std::string verified;
  std::string better;
  std::string scram_signature{};  ///< for the answer
};
/// Replace the hash where it still is `verified`, and end all other sessions, in one transaction; then answer.
struct password_replacement {
  work_id work;
  asker_id asker;
  user_id user;
  token_hash token;  ///< of the session that stays
  std::string network;
  std::string verified;
  std::string password_hash;
  bool weak_password = false;
  request_origin from{};
};
/// Begin to delete the user where the hash still is `verified`, and answer. `verified` is empty where an admin deletes
/// another user. `bad_credentials` in `accounts::stored`: another hash is stored.
struct deletion_start {
  work_id work;
  asker_id asker;
  begin_deletion request;
  std::string verified;
};
/// Answer with an error.
struct account_refusal {
  asker_id asker;
  user_id user;
  error why;
  std::variant<register_user, log_in, change_password, begin_deletion> request;  ///< without its passwords
};

/// The effects of one input on the accounts, to be carried out top to bottom.
struct accounts_effects {
  std::vector<credentials_look> look{};
  std::vector<hash_start> hash{};
  std::vector<comparison_start> compare{};
  std::vector<user_creation> create{};
  std::vector<session_start> start{};
  std::vector<password_replacement> replace{};
  std::vector<deletion_start> remove{};
  std::vector<account_refusal> refused{};
  std::size_t slowed = 0;  ///< attempts that are held back, to be counted
};

/// Every request that takes a password: how often a user may try, which requests wait for the hashing pool, which hash
/// is compared, and what is stored afterwards.
///
///   register ──► look ─────────────────► queue ─► hash ─► create
///   log in  ───► look ─► may try? ─► queue ─► compare ─► start ────┐
///   change  ───► look ─► may try? ─► queue ─► compare ─► hash ─► replace ─┤ conflict: the hash is another one by now,
///   delete  ───► look ─► may try? ─► queue ─► compare ─► remove ───┘ look again and compare with that
///
/// Hashing takes long, and anything may happen meanwhile, here or at another users node. So every effect of a
/// comparison names the hash that was compared, and applies only while that hash is still stored.
class accounts {
 public:
  explicit accounts(account_limits limits);

  /// `taken`, `bad_name`, `bad_password`.
  accounts_effects register_user(asker_id asker, core::register_user request, instant now);
  /// `bad_credentials`, `rate_limited`.
  accounts_effects log_in(asker_id asker, core::log_in request, instant now);
  /// By a token that was checked. `bad_credentials`, `bad_password`, `rate_limited`.
  accounts_effects change_password(asker_id asker, core::change_password request, const token_checked& who,
                                   instant now);
  /// By the user's own token, which was checked, and the password. `bad_credentials`, `rate_limited`.
  accounts_effects delete_user(asker_id asker, core::begin_deletion request, const token_checked& who, instant now);

  /// The user's row, or `not_found`, or the error that prevented reading it.
  accounts_effects found(work_id work, const result<credentials>& row, instant now);
  accounts_effects hashed(work_id work, const result<std::string>& hash, instant now);
  accounts_effects verified(work_id work, const result<hasher::verified>& outcome, instant now);
  /// The outcome of `create`, `start`, `replace` or `remove`. On success the shell has answered already.
  accounts_effects stored(work_id work, const status& outcome, instant now);
  /// Time passes: held attempts become due, requests that waited for too long are refused. To be called now and then
  /// while `waiting()`.
  accounts_effects tick(instant now);

  /// Passwords that wait for the hashing pool.
  [[nodiscard]] std::size_t waiting() const noexcept { return queue_.waiting(); }

 private:
  struct job {
    asker_id asker;
    std::variant<core::register_user, core::log_in, core::change_password, core::begin_deletion> request;
    user_id user;
    std::string network;
    std::string session{};      ///< of the token that was shown; empty: none was
    password_forms password{};  ///< to be compared …
    scram_proof scram{};        ///< … or this
    std::string to_hash{};      ///< a new password
    bool weak_password = false;
    std::string stored_hash{};  ///< to be compared with `password`
    std::string new_hash{};     ///< of `to_hash`
    bool matched = false;       ///< `password` goes with `stored_hash`
    bool familiar = false;
    bool charged = false;  ///< counts as a failure until it is known not to be one
    unsigned comparisons = 0;
  };
  using jobs = std::unordered_map<work_id, job>;

  [[nodiscard]] static bool is_stale(const job& about, ec why);
  work_id begin(job what, accounts_effects& out);
  [[nodiscard]] std::string charge_key(const job& what) const;
  void try_first(accounts_effects& out, jobs::iterator what, instant now);
  void line_up(accounts_effects& out, jobs::iterator what, instant now, milliseconds hold = {});
  void store(accounts_effects& out, jobs::iterator what, hasher::verified outcome);
  void refuse(accounts_effects& out, jobs::iterator what, error why);
  void start_next(accounts_effects& out, instant now);

  account_limits limits_;
  rate_limiter failures_;
  rate_limiter guesses_;
  password_queue queue_;
  jobs jobs_;
  work_id last_;
};

}  // namespace greenroom::core
