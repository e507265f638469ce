#pragma once
#include <CLI/App.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "core/messages/cluster.hpp"

namespace greenroom::app::admin {

/// The arguments of `greenroom admin nodes`, `rooms`, `drain` and `move`.
struct cluster_request {
  enum class action : std::uint8_t { nodes, rooms, drain, move };

  action what = action::nodes;
  std::string node;  ///< rooms: of this one only, if it isn't empty; drain, move: that one
  std::string room;
};

/// Adds the four below `admin`. `each` adds the options that all have; `chosen` is called when one was given,
/// after `request` was filled.
void add_cluster(CLI::App& admin, cluster_request& request, const std::function<void(CLI::App&)>& each,
                 const std::function<void()>& chosen);

/// Links with discovery, as no node of the cluster, and asks its directory. Returns the exit status: 0, or 1 after a
/// plain message on `complaints`.
[[nodiscard]] int run_cluster(const config& settings, const cluster_request& request, std::ostream& output,
                              std::ostream& complaints);

/// Rows as lines, each column as wide as its widest cell.
[[nodiscard]] std::string columns(const std::vector<std::vector<std::string>>& rows);

/// A line for each node of the view, in columns.
[[nodiscard]] std::string nodes_text(const core::cluster_view& view);

}  // namespace greenroom::app::admin
