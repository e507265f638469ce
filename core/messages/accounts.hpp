#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"

/// Requests to the users role.
namespace greenroom::core {

/// The origin of a request, for the audit lines (docs/operations.md). Both fields are empty where unknown.
struct request_origin {
  std::string address;     ///< of the client, as the gateway saw it
  std::string request_id;  ///< X-Request-Id of the HTTP request
};

struct register_user {
  user_id user;
  std::string password;
  request_origin from{};
};
struct user_registered {
  user_id user;
  bool weak_password = false;
  bool first = false;  ///< there is nobody else here
};
/// The end of a SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), in a password's place. Empty: there is a password.
struct scram_proof {
  std::string message;  ///< AuthMessage: all that was said, without the proof
  std::string proof;    ///< ClientProof
};
/// Begins such an exchange. `bad_credentials` where there is no such user, or no key of their password to compare with.
struct find_scram {
  user_id user;
};
struct scram_found {
  std::string salt;  ///< in base64
  std::uint32_t rounds = 0;
  std::string nonce;  ///< this side's part of it
};
struct log_in {
  user_id user;
  std::string password;
  std::string client;  ///< for `GET /sessions`: the client's address and program
  request_origin from{};
  bool for_room = false;  ///< the session lasts as long as the websocket that it is for, or half a minute without one
  scram_proof scram{};    ///< in the place of `password`
};
struct logged_in {
  std::string token;
  user_id user;
  session_id session;
  wall_time expires_at{};
  std::string scram_signature{};  ///< ServerSignature, to a `scram_proof`
};
struct check_token {
  token_hash token;
  bool in_use = false;  ///< a ticket was redeemed or a socket is open: a session for a room lasts on
};
/// The owner of a token.
struct token_checked {
  user_id user;
  session_id session;
  wall_time expires_at{};
  bool admin = false;
  bool for_room = false;  ///< ends soon after its last check with `in_use`
};
struct log_out {
  token_hash token;
  request_origin from{};
};
struct session_info {
  session_id session;
  std::string client;
  wall_time created_at{};
  wall_time expires_at{};
  bool current = false;
};
struct list_sessions {
  token_hash token;
};
struct session_list {
  std::vector<session_info> sessions;
};
struct end_session {
  token_hash token;    ///< the asker's own
  session_id session;  ///< the session to end
  request_origin from{};
};
struct change_password {
  token_hash token;
  std::string old_password;
  std::string new_password;
  request_origin from{};
};
struct password_changed {
  bool weak_password = false;
};
/// A token that must not be believed any more, with its rising number.
struct ended_token {
  std::uint64_t number = 0;
  token_hash token;
};
/// The most tokens in one message: 100 KB on a link.
inline constexpr std::size_t max_ended_told = 1000;
struct session_ended {
  std::vector<ended_token> tokens;  ///< at most `max_ended_told`
};
struct pull_ended {
  std::uint64_t after = 0;
};

/// Asks which of these names have a user. A user who is being deleted keeps the name until the deletion is final.
struct find_users {
  std::vector<user_id> names;  ///< at most `max_found_users`
};
inline constexpr std::size_t max_found_users = 500;
struct users_found {
  std::vector<user_id> users;  ///< those that exist, as first written, in any order
};

/// The choices in deleting a user about what others see, too. By default private rooms go, and messages stay.
struct deletion_choices {
  bool keep_rooms = false;      ///< rooms that aren't open stay where they have other members; else all of them go
  bool erase_messages = false;  ///< messages in rooms that stay are emptied; else they only lose their author's name

  friend bool operator==(const deletion_choices&, const deletion_choices&) = default;
};

/// An operator's acts on accounts (`greenroom admin users`).
enum class account_act : std::uint8_t {
  create,        ///< `accounts`, all or none; `taken` with the first such name as detail
  list,          ///< all after `user`, a page
  grant,         ///< an admin's rights to `user`
  revoke,        ///< … taken back
  set_password,  ///< `user`'s becomes the one with the hash `text`; all sessions end
  suspend,       ///< `user` can't log in before `until`, for the reason `text`; all sessions end
  resume,        ///< … undone
  sessions,      ///< lists those of `user`
  end_sessions,  ///< `user`'s end: all, or only `session`
  remove,        ///< begins to delete `user` with `choices`, as `operation`; a gateway continues it
};
/// An account to create, or as it is stored.
struct account_record {
  user_id user;
  std::string password_hash;  ///< create: from the hasher; list: empty
  bool admin = false;
  bool deleting = false;
  bool suspended = false;  ///< now
  std::string suspended_why{};
  wall_time suspended_until{};  ///< its end; 0: none
  token_hash token{};  ///< create: of a session that it has from the start, with `session` and `expires_at`; or empty
  session_id session{};
  wall_time expires_at{};
};
/// The most accounts in one message of the two below.
inline constexpr std::size_t max_accounts_told = 1000;
/// Sent over a link by a holder of the cluster's secret. The act decides which of the fields count.
struct administer {
  account_act act = account_act::list;
  user_id user{};
  session_id session{};
  std::string text{};
  std::string operation{};
  std::vector<account_record> accounts{};
  wall_time until{};  ///< 0: for good
  deletion_choices choices{};
};
/// The same by an admin. Only from the users role's own HTTP table: whoever shows the token is who does it.
struct admin_act {
  token_hash token;
  administer what;
  request_origin from{};
};
struct administered {
  std::uint64_t ended = 0;                 ///< sessions
  std::vector<account_record> accounts{};  ///< list
  bool more = false;                       ///< … and there are more
  std::vector<session_info> sessions{};    ///< sessions
  std::string operation{};                 ///< remove: the deletion under way, and …
  std::string state{};                     ///< … its state
};

}  // namespace greenroom::core
