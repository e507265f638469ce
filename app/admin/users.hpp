#pragma once
#include <CLI/App.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

#include "app/config.hpp"
#include "core/messages/accounts.hpp"

namespace greenroom::app::admin {

/// The arguments of `greenroom admin users`.
struct users_request {
  enum class action : std::uint8_t {
    create,
    create_many,
    grant,
    revoke,
    list,
    remove,
    password,
    disable,
    enable,
    sessions
  };

  action what = action::list;
  std::string name;
  std::string password_file;         ///< its first line is the password
  bool password_stdin = false;       ///< the first line of the input is; else one is made and printed
  bool admin = false;                ///< create: with an admin's rights
  bool sessions = false;             ///< revoke: the user's sessions instead of an admin's rights
  std::string session;               ///< sessions: end this one instead of printing all
  std::string reason;                ///< disable: the reason that the user gets …
  std::string until;                 ///< … and its end, as ISO 8601 has it; empty: for good
  core::deletion_choices choices{};  ///< remove
  std::uint32_t count = 0;           ///< create_many: this many users without a password …
  std::string prefix;                ///< … called this and 1 to `count`, …
  std::string tokens_file;           ///< … each with a session, its token a line here; `-` is the output
};

/// Adds `users` with its own subcommands below `admin`. `each` adds the options that all have; `chosen` is called when
/// one was given, after `request` was filled.
void add_users(CLI::App& admin, users_request& request, const std::function<void(CLI::App&)>& each,
               const std::function<void()>& chosen);

/// Works straight on the users database while no server uses it; else through the server, over a link with discovery,
/// so that sessions which end take their sockets with them. Returns the exit status: 0, or 1 after a plain message on
/// `complaints`.
[[nodiscard]] int run_users(const config& settings, const users_request& request, std::istream& input,
                            std::ostream& output, std::ostream& complaints);

}  // namespace greenroom::app::admin
