#pragma once
#include <string>
#include <utility>

#include "core/result.hpp"

namespace greenroom::app {

/// The refusal of an operator's request or setting: `text` says why, as the operator reads it.
[[nodiscard]] inline core::error refusal(std::string text) { return {core::ec::bad_request, std::move(text), 0}; }

}  // namespace greenroom::app
