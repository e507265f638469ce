#include "app/admin/cluster.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

#include "app/admin/command.hpp"
#include "app/admin/remote.hpp"
#include "core/direct.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app::admin {
namespace {

using cluster_action = cluster_request::action;

}  // namespace

std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t at = 0; at < row.size(); ++at) {
      widths.resize(std::max(widths.size(), row.size()));
      widths[at] = std::max(widths[at], row[at].size());
    }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      out += row[at];
      if (at + 1 < row.size()) out.append(widths[at] + 2 - row[at].size(), ' ');
    }
    out += '\n';
  }
  return out;
}

namespace {

core::status list_rooms(remote_directory& from, const std::string& only, std::ostream& output) {
  const auto view = from.ask<core::cluster_view>(core::read_view{});
  if (!view) return view.why();
  std::vector<std::vector<std::string>> rows{{"ROOM", "NODE", "EPOCH"}};
  bool known = only.empty();
  for (const auto& node : view->nodes) {
    if (!only.empty() && node.name.value != only) continue;
    known = true;
    const bool chats =
        std::any_of(node.http.begin(), node.http.end(), [](const auto& at) { return at.role == "chat"; });
    if (!chats) continue;
    core::list_live_rooms page{node.name};
    for (bool more = true; more;) {
      const auto live = from.ask<core::live_rooms>(page);
      if (!live) return live.why();
      for (const auto& room : live->rooms)
        rows.push_back({room.room.value, node.name.value, std::to_string(room.epoch.value)});
      more = live->more && !live->rooms.empty();
      if (more) page.after = live->rooms.back().room;
    }
  }
  if (!known) return complaint(core::ec::not_found, "There is no node " + only + " in the cluster.");
  std::sort(rows.begin() + 1, rows.end());
  output << columns(rows);
  return core::done{};
}

core::status carry_out(remote_directory& at, const cluster_request& request, std::ostream& output) {
  switch (request.what) {
    case cluster_action::nodes: {
      const auto view = at.ask<core::cluster_view>(core::read_view{});
      if (!view) return view.why();
      output << nodes_text(*view);
      return core::done{};
    }
    case cluster_action::rooms:
      return list_rooms(at, request.node, output);
    case cluster_action::drain: {
      auto told = at.ask<core::done>(core::drain_node{{request.node}});
      if (told) output << request.node << " drains, and ends.\n";
      return told;
    }
    case cluster_action::move: {
      auto told = at.ask<core::done>(core::move_room{{request.room}, {request.node}});
      if (told) output << request.room << " lives on " << request.node << " from now on.\n";
      return told;
    }
  }
  return core::done{};
}

core::status run(const config& settings, const cluster_request& request, std::ostream& output) {
  if (request.what == cluster_action::move && !core::check_room_reference(request.room))
    return complaint(core::ec::bad_name, request.room + " is no room's name.");
  remote_directory directory(settings);
  if (auto linked = directory.connect(); !linked) return linked;
  return carry_out(directory, request, output);
}

}  // namespace

std::string nodes_text(const core::cluster_view& view) {
  std::vector<std::vector<std::string>> rows{
      {"NODE", "ROLES", "STATE", "CONNECTIONS", "ROOMS", "PINNED", "LINK", "VERSION"}};
  for (const auto& node : view.nodes) {
    std::string roles;
    for (const auto& at : node.http) roles += (roles.empty() ? "" : ",") + at.role;
    rows.push_back({node.name.value, roles, node.draining ? "draining" : "alive", std::to_string(node.load.connections),
                    std::to_string(node.load.rooms), std::to_string(node.pins.size()),
                    endpoint{node.link.host, node.link.port}.text(), node.version});
  }
  return columns(rows);
}

void add_cluster(CLI::App& admin, cluster_request& request, const std::function<void(CLI::App&)>& each,
                 const std::function<void()>& chosen) {
  const auto add = [&, chosen](const char* name, const char* meaning, cluster_action what) -> CLI::App& {
    auto* command = admin.add_subcommand(name, meaning);
    each(*command);
    command->footer(
        "Links with discovery (--discovery, default 127.0.0.1:7000) with the cluster's secret (--cluster-secret-file, "
        "or --data-dir of a server on this machine) or a certificate (--link-cert, --link-key, --link-ca). Each option "
        "is also a variable (GREENROOM_DISCOVERY for "
        "--discovery) and a key of the file (discovery).");
    command->callback([&request, chosen, what] {
      request.what = what;
      chosen();
    });
    return *command;
  };
  add("nodes", "Prints the nodes of the cluster, with their load.", cluster_action::nodes);
  add("rooms", "Prints the rooms that are live, and where.", cluster_action::rooms)
      .add_option("of", request.node, "Only those of this node.")
      ->type_name("NODE");
  add("drain", "Has a node hand its rooms over, tell its clients, and end.", cluster_action::drain)
      .add_option("which", request.node, "The node's name.")
      ->type_name("NODE")
      ->required();
  auto& move = add("move", "Has a room live on a chat node, until that node ends.", cluster_action::move);
  move.add_option("room", request.room, "The room's name.")->type_name("ROOM")->required();
  move.add_option("to", request.node, "The node's name.")->type_name("NODE")->required();
}

int run_cluster(const config& settings, const cluster_request& request, std::ostream& output,
                std::ostream& complaints) {
  // Errors are reported in words; the link's ups and downs are no news here.
  telemetry::log::configure({.threshold = telemetry::log::level::error,
                             .shape = settings.log_format,
                             .node = settings.node,
                             .stream = nullptr});
  const auto done = run(settings, request, output);
  if (done) return 0;
  complaints << "greenroom: " << done.why().text() << '\n';
  return 1;
}

}  // namespace greenroom::app::admin
