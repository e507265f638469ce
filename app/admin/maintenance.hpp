#pragma once
#include <CLI/App.hpp>

#include <functional>
#include <iosfwd>

#include "app/config.hpp"

namespace greenroom::app::admin {

/// Adds `maintenance` below `admin`. `each` adds the options that all commands have; `chosen` is called when the
/// command was given.
void add_maintenance(CLI::App& admin, const std::function<void(CLI::App&)>& each, const std::function<void()>& chosen);

/// Has what was erased or deleted leave the files of both databases: of SQLite, by the server that has them or, where
/// none does, by this process; for PostgreSQL, `output` says what to run. Returns the exit status: 0, or 1 after a
/// plain message on `complaints`.
[[nodiscard]] int run_maintenance(const config& settings, std::ostream& output, std::ostream& complaints);

}  // namespace greenroom::app::admin
