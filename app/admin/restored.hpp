#pragma once
#include <CLI/App.hpp>

#include <functional>
#include <iosfwd>

#include "app/config.hpp"

namespace greenroom::app::admin {

/// What `greenroom admin restored` is asked to do.
struct restored_request {
  bool purge = false;         ///< purge from the chat database those whom the users database doesn't know
  bool nothing_lost = false;  ///< only take the databases as they are
};

/// Adds `restored` below `admin`. `each` adds what every command has; `chosen` is called when it was asked for, after
/// `request` was filled.
void add_restored(CLI::App& admin, restored_request& request, const std::function<void(CLI::App&)>& each,
                  const std::function<void()>& chosen);

/// Tells both databases that one of them was put back from a copy: rooms get new generations, all tokens end, and whom
/// the chat database names and the users database doesn't know is listed on `output`. Works on the databases
/// themselves; a server may run on PostgreSQL meanwhile, and must not on SQLite. Returns the exit status: 0, or 1 after
/// a plain message on `complaints`. Safe to repeat.
[[nodiscard]] int run_restored(const config& settings, const restored_request& request, std::ostream& output,
                               std::ostream& complaints);

}  // namespace greenroom::app::admin
