#include "app/admin/maintenance.hpp"

#include <chrono>
#include <memory>
#include <ostream>
#include <string>

#include "app/admin/command.hpp"
#include "app/admin/remote.hpp"
#include "core/messages/maintenance.hpp"
#include "core/placement.hpp"
#include "storage/open.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app::admin {
namespace {

using core::database_name;
using outcome = core::result<core::database_maintained>;

const std::string& url_of(const config& settings, database_name which) {
  return which == database_name::chat ? settings.chat_db : settings.users_db;
}

outcome maintain_here(const config& settings, database_name which) {
  if (which == database_name::users) {
    const auto users = storage::open_users(settings.users_db, {});
    return users ? (*users)->maintain() : outcome{users.why()};
  }
  const auto chat = storage::open_chat(settings.chat_db, {});
  return chat ? chat->rooms->maintain() : outcome{chat.why()};
}

// A SQLite database has one server, on this machine.
outcome ask_server(const config& settings, database_name which) {
  remote_directory server(settings);
  if (auto up = server.connect(); !up) return up.why();
  const auto view = server.ask<core::cluster_view>(core::read_view{});
  if (!view) return view.why();
  outcome last{complaint(core::ec::no_upstream, "No node of the cluster has it.")};
  for (const auto& node : view->nodes) {
    if (!core::has_role(node, core::to_string(which))) continue;
    last = server.ask<core::database_maintained>(core::maintain_database{node.name, which}, core::maintenance_patience);
    if (last && last->to_run.empty()) return last;
  }
  return last;
}

core::status report(database_name which, const outcome& done, std::ostream& output) {
  if (!done) return core::error{done.code(), std::string(core::to_string(which)) + ": " + done.why().text(), 0};
  output << core::to_string(which) << ": ";
  if (!done->to_run.empty())
    output << "PostgreSQL does this: run `" << done->to_run << "` in it; tables are locked meanwhile\n";
  else if (done->bytes_before == 0)
    output << "nothing was erased since the last time\n";
  else
    output << "rewritten, " << done->bytes_before << " bytes before, " << done->bytes_after << " now\n";
  output << std::flush;
  return core::done{};
}

core::status maintain(const config& settings, database_name which, std::ostream& output) {
  const auto& url = url_of(settings, which);
  if (url.starts_with("memory:")) {
    output << core::to_string(which) << ": in memory, there is no file\n";
    return core::done{};
  }
  auto done = maintain_here(settings, which);
  const bool in_use = done.code() == core::ec::conflict;
  return report(which, in_use ? ask_server(settings, which) : done, output);
}

}  // namespace

void add_maintenance(CLI::App& admin, const std::function<void(CLI::App&)>& each, const std::function<void()>& chosen) {
  auto* command = admin.add_subcommand(
      "maintenance",
      "Has what was erased leave the files of the databases too. A server does that by itself each day for SQLite "
      "(--maintenance-at); for PostgreSQL this says what to run.");
  each(*command);
  command->footer(
      "A database that a server has open is maintained by that server, asked through discovery (--discovery, default "
      "127.0.0.1:7000). Nobody can write while SQLite rewrites its file, and it needs free space twice the file's "
      "size.");
  command->callback(chosen);
}

int run_maintenance(const config& settings, std::ostream& output, std::ostream& complaints) {
  telemetry::log::configure({.threshold = telemetry::log::level::error,
                             .shape = settings.log_format,
                             .node = settings.node,
                             .stream = nullptr});
  int status = 0;
  for (const auto which : {database_name::chat, database_name::users}) {
    const auto done = maintain(settings, which, output);
    if (done) continue;
    complaints << "greenroom: " << done.why().text() << '\n';
    status = 1;
  }
  return status;
}

}  // namespace greenroom::app::admin
