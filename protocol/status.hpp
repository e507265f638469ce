#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/ids.hpp"

namespace greenroom::protocol {

class json_writer;

/// The beginning of every role's `GET /status`.
struct status_head {
  std::string_view role;
  core::node_name node;
  std::string_view version;
  std::uint64_t uptime_seconds = 0;
};

/// One number of a status: `rooms`, `connections`, `users`, …
struct status_count {
  std::string_view name;
  std::uint64_t value = 0;
};

/// Begins a status: `{"status":"Alive","role":…,"node":…,"version":…,"uptime_seconds":…`. The caller adds and ends.
void begin_status(json_writer& json, const status_head& head);

/// A whole status: the head, then the counts in their order.
[[nodiscard]] std::string status_text(const status_head& head, std::span<const status_count> counts);

}  // namespace greenroom::protocol
