#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/accounts.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "protocol/irc/credentials.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/negotiation.hpp"
#include "protocol/irc/sasl.hpp"
#include "protocol/irc/server_words.hpp"

namespace greenroom::protocol::irc {

/// From when on a client may make itself an account.
enum class account_making : std::uint8_t { off, registered, connected };

struct sign_on_settings {
  capability_offer offer{};
  account_making making = account_making::connected;
  bool takes_passwords = true;  ///< false on a transport that others may read
  std::string safe_port{};      ///< where passwords are taken instead, for people; empty: not said
  unsigned max_failures = 4;    ///< wrong passwords, after which the connection ends
  core::seconds patience{60};   ///< until 001
  core::seconds outside{300};   ///< from 001 on, without an account
};

/// Questions to the users role. Each is answered by `sign_on::answered`.
struct sign_in {
  credentials whom;
  bool with_token = false;    ///< the password is a session's token: to be checked, and it must be that user's
  core::scram_proof proof{};  ///< in the password's place
};
struct make_account {
  core::user_id user;
  std::string password;
};
using account_question = std::variant<sign_in, make_account, core::find_scram>;

/// The answer to one of them.
struct account_answer {
  core::user_id user{};           ///< as the name was first written; of a `find_scram`: empty
  std::string signature{};        ///< to a `sign_in` with a proof: ServerSignature
  core::scram_found challenge{};  ///< to a `find_scram`
};

/// A client that is signed in and registered, as its connection goes on.
struct signed_on {
  core::user_id user;
  std::string device{};  ///< empty: none was named
  std::string ident{};   ///< of USER, without its `~`
  std::string realname{};
  std::optional<std::string> away{};
  negotiation capabilities{};
};

/// The effects of one input on a sign-on, to be carried out top to bottom.
struct sign_on_effects {
  std::vector<std::string> say{};         ///< lines to the client, without their ends
  std::optional<account_question> ask{};  ///< until it is answered no line is to be handed in
  std::optional<signed_on> done{};        ///< nothing more is to be handed in here
  bool close = false;                     ///< end the connection
};

/// The facts of the moment in which an input comes.
struct sign_on_moment {
  core::instant now{};
  server_counts counts{};
};

/// One connection from its first byte until it is signed in: registration, capabilities, passwords.
///
///   connected ── NICK, USER, CAP END ──► (password asked) ──► done, where an account was named by then
///       │                                     │ none: outside ── AUTHENTICATE, REGISTER, NickServ ──► done
///       └── 60 s, QUIT, a wrong PASS, four wrong passwords, 5 min outside ──► close
///
/// Outside, a connection is in no room, nobody sees it, and its nick reserves nothing. A question and what came behind
/// it are in order: the shell hands in no line while `waiting`. Passwords are in questions, and in no line or log.
class sign_on {
 public:
  /// `settings` and `face` outlive it. `already` has signed in, by a ticket; empty: nobody.
  sign_on(const sign_on_settings& settings, const server_face& face, core::mono_time now, core::user_id already = {});

  /// One line of the client.
  sign_on_effects heard(const received& got, const sign_on_moment& at);
  /// The answer to `ask`, or why there is none.
  sign_on_effects answered(const core::result<account_answer>& answer, const sign_on_moment& at);
  /// Time passes: to be called when `deadline` is reached, or later.
  sign_on_effects late(core::mono_time now);

  /// When the client's time is over.
  [[nodiscard]] core::mono_time deadline() const noexcept { return deadline_; }
  /// Whether a question is under way.
  [[nodiscard]] bool waiting() const noexcept { return asking_ != purpose::none; }
  /// The capabilities that are on.
  [[nodiscard]] capability_set on() const noexcept { return caps_.on(); }

 private:
  enum class purpose : std::uint8_t {
    none,
    pass,
    sasl,
    scram_find,
    scram,
    make,
    sign_in_made,
    service_make,
    service_sign_in
  };

  [[nodiscard]] speaker to(sign_on_effects& out) const;
  [[nodiscard]] bool signed_in() const noexcept { return !user_.value.empty(); }
  [[nodiscard]] std::string mask() const;

  void obey(const line& what, const sign_on_moment& at, sign_on_effects& out);
  void obey_word(const line& what, const sign_on_moment& at, sign_on_effects& out);
  void obey_outside(const line& what, const sign_on_moment& at, sign_on_effects& out);
  void take_nick(const line& what, sign_on_effects& out);
  void take_user(const line& what, sign_on_effects& out);
  void take_pass(const line& what, sign_on_effects& out);
  void authenticate(const line& what, sign_on_effects& out);
  void make(const line& what, sign_on_effects& out);
  void service(std::string_view text, sign_on_effects& out);

  void ask(purpose why, account_question what, sign_on_effects& out);
  void ask_sign_in(purpose why, credentials whom, sign_on_effects& out, core::scram_proof proof = {});
  void let_in(purpose why, const account_answer& answer, sign_on_effects& out);
  void be(purpose why, const credentials& whom, sign_on_effects& out);
  void turn_away(purpose why, const core::error& refusal, sign_on_effects& out);
  void refuse_unsafe(sign_on_effects& out) const;
  void count_failure(sign_on_effects& out);
  void go_on(const sign_on_moment& at, sign_on_effects& out);
  void welcome(const sign_on_moment& at, sign_on_effects& out);
  void finish(sign_on_effects& out);
  void end(std::string_view why, sign_on_effects& out) const;

  const sign_on_settings& settings_;
  const server_face& face_;
  core::mono_time deadline_;
  core::user_id user_;
  credentials proved_;  ///< who has proved to be that, and hasn't heard yet that this side believes it
  std::string nick_ = "*";
  std::string device_;
  std::string ident_;
  std::string realname_;
  std::optional<std::string> away_;
  std::optional<credentials> pass_;  ///< until it is asked about
  credentials asked_;                ///< of the question under way, its password only for an account that is made
  std::string label_;                ///< of the command whose question is under way
  negotiation caps_;
  sasl sasl_;
  purpose asking_ = purpose::none;
  unsigned failures_ = 0;
  bool heard_ = false;    ///< a first line
  bool outside_ = false;  ///< behind 001
};

}  // namespace greenroom::protocol::irc
