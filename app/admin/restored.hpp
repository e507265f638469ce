#pragma once
#include <CLI/App.hpp>

#include <functional>
#include <iosfwd>

#include "app/config.hpp"

namespace greenroom::app::admin {

/// The arguments of `greenroom admin restored`.
struct restored_request {
  bool purge = false;         ///< purge from the chat database those whom the users database doesn't know
  bool nothing_lost = false;  ///< only take the databases as they are
};

/// Adds `restored` below `admin`. `each` adds the options that all commands have; `chosen` is called when the command
/// was given, after `request` was filled.
void add_restored(CLI::App& admin, restored_request& request, const std::function<void(CLI::App&)>& each,
                  const std::function<void()>& chosen);

/// Tells both databases that one of them was restored from a copy: rooms get new generations, all tokens end, and users
/// that the chat database names and the users database doesn't know are listed on `output`. Works on the databases
/// themselves; a server may run on PostgreSQL meanwhile, and must not on SQLite. Returns the exit status: 0, or 1 after
/// a plain message on `complaints`. Safe to repeat.
[[nodiscard]] int run_restored(const config& settings, const restored_request& request, std::ostream& output,
                               std::ostream& complaints);

}  // namespace greenroom::app::admin
