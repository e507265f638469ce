#pragma once
#include <chrono>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/time.hpp"

/// Shared by the operator's commands.
namespace greenroom::app::admin {

/// The error that a command ends with: the operator reads `text`.
[[nodiscard]] inline core::error complaint(core::ec code, std::string text) { return {code, std::move(text), 0}; }

[[nodiscard]] inline core::wall_time wall_now() {
  return std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace greenroom::app::admin
