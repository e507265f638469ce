#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/accounts.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// Lifetimes and bounds of the door's records.
struct door_limits {
  milliseconds ticket_life{30000};  ///< a ticket that isn't redeemed by then is void
  seconds check_life{30};           ///< a checked token is believed this long
  seconds tombstone_life{60};       ///< longer than any check of a token may take
  seconds token_life{90};           ///< a token that no session mentions for this long isn't in use here
  seconds session_life{60};  ///< from handing out a session to its end at the earliest: an attach may be on its way
  seconds pull_every{5};
  std::size_t max_tickets = 65536;
  std::size_t max_tokens = 262144;
  std::size_t max_tombstones = 65536;
  std::size_t max_waiting = 4096;  ///< askers that wait for a check
};

/// An asker is admitted.
struct admission {
  asker_id asker;
  token_hash token;
  token_checked who;
};
/// A ticket was made.
struct minting {
  asker_id asker;
  std::string ticket;
  user_id user;
  std::uint32_t expires_in_s = 0;
};

/// A ticket that another node minted is shown here.
struct ticket_claim {
  asker_id asker;
  node_name minter;
  std::string ticket;
};

/// The effects of one input on the door, to be carried out top to bottom.
struct door_effects {
  std::vector<std::pair<user_id, ended_token>> ended;  ///< to that user's session, before any admission
  std::vector<user_id> retire;                         ///< end these users' sessions: they have no connection left
  std::vector<token_hash> check;                       ///< ask the users role about these
  std::vector<admission> admitted;                     ///< answer these
  std::vector<minting> minted;
  std::vector<std::pair<asker_id, error>> refused;
  std::optional<std::uint64_t> pull;       ///< ask the users role what ended after this number
  std::vector<ticket_claim> claim{};       ///< ask the nodes that minted these; answered by `claimed`
  std::vector<token_hash> check_in_use{};  ///< ask about these as tokens in use, so that sessions for a room last
};

/// Decides who may enter a node: one-time tickets, checked tokens, and tombstones of ended ones.
///
///            admit, mint, redeem                    checked: valid
///   token ────────────────────────► being checked ─────────────────► known ──┐ in_use: checked again when
///     ▲                                   │ checked: invalid           ▲     │ older than check_life
///     │ tombstone_life                    ▼                            └─────┘
///     └──────────────────────────── refused ◄──── tombstone ◄── ended, pulled ── known
///
/// A check's answer that meets a tombstone is refused: the token ended while the answer was on its way.
class door {
 public:
  /// `node` goes into the tickets, so that a node that redeems one knows where to claim it.
  explicit door(node_name node, door_limits limits = {});

  /// `asker` shows a token.
  door_effects admit(asker_id asker, const token_hash& token, instant now);
  /// `asker` wants a ticket for a token. `secret`: at least 128 random bits, without a dot.
  door_effects mint(asker_id asker, const token_hash& token, std::string secret, instant now);
  /// `asker` shows a ticket, which is used up by that. One of another node is claimed there. Its token is checked here.
  door_effects redeem(asker_id asker, std::string_view ticket, instant now);
  /// The minter's answer to a claim: the ticket's token.
  door_effects claimed(asker_id asker, const result<token_hash>& answer, instant now);
  /// Another node shows a ticket of this one, which is used up by that.
  [[nodiscard]] result<token_hash> claim(std::string_view ticket, instant now);
  /// There may be news about ended tokens: a users node can be asked again.
  door_effects pull_now();
  /// The users role's answer about a token. Errors other than `invalid_token` leave open connections alone.
  door_effects checked(const token_hash& token, const result<token_checked>& answer, instant now);

  /// Tokens that ended, as the users role tells.
  door_effects ended(const std::vector<ended_token>& tokens, instant now);
  /// The same as an answer to `pull`. A full page makes the next pull follow at once.
  door_effects pulled(const std::vector<ended_token>& tokens, instant now);
  /// A pull had no answer; the next one follows at its usual time.
  void pull_failed();

  /// A session has open connections with these tokens.
  door_effects in_use(const user_id& user, const std::vector<token_hash>& tokens, instant now);
  /// A session has no connection any more.
  door_effects session_idle(const user_id& user, instant now);
  /// A session is no more.
  void session_gone(const user_id& user);

  /// Forgets what has expired, and pulls in time. To be called once a second.
  door_effects sweep(instant now);

 private:
  struct waiter {
    asker_id asker;
    std::string ticket_secret;  ///< not empty: wants a ticket
  };
  struct known_token {
    token_checked who;
    mono_time checked{};
    mono_time seen{};
    bool valid = false;  ///< false: only mentioned by a session so far
  };
  struct ticket {
    token_hash token;
    mono_time expires{};
  };

  door_effects use(asker_id asker, const token_hash& token, instant now);
  void wait(door_effects& out, const token_hash& token, waiter who, bool in_use = false);
  void let_in(door_effects& out, const token_hash& token, const token_checked& who, waiter&& asker, instant now);
  void end(door_effects& out, const ended_token& token, instant now);
  void drop_token(door_effects& out, const ended_token& token);
  [[nodiscard]] bool fresh(const known_token& token, instant now) const;

  node_name node_;
  door_limits limits_;
  std::unordered_map<std::string, ticket> tickets_;
  std::deque<std::pair<mono_time, std::string>> ticket_ends_;
  std::unordered_map<token_hash, known_token> tokens_;
  std::unordered_map<token_hash, std::vector<waiter>> checks_;
  std::size_t waiting_ = 0;
  std::size_t claiming_ = 0;
  std::unordered_map<token_hash, mono_time> tombstones_;
  std::deque<std::pair<mono_time, token_hash>> tombstone_ends_;
  std::unordered_map<user_id, mono_time> sessions_;  ///< when each was last handed out
  std::uint64_t pulled_up_to_ = 0;
  bool pulling_ = false;
  mono_time next_pull_{};
  mono_time next_token_sweep_{};
};

}  // namespace greenroom::core
