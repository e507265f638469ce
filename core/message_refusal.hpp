#pragma once
#include "core/error.hpp"
#include "core/messages/log.hpp"
#include "core/result.hpp"

namespace greenroom::core {

/// The refusal of an act on a message, or of an answer to one. Its sentence says more than that of the code alone where
/// that would be taken for something else.
[[nodiscard]] inline error refusal_on_message(entry_kind kind, ec why) {
  if (why == ec::gone) return {why, "The message was erased, or the room is gone.", 0};
  if (why == ec::not_found) return {why, "There is no such message, or nothing that could be taken back.", 0};
  if (why == ec::forbidden && kind == entry_kind::edit)
    return {why, "Only its author edits a message, and only for as long as the room allows (`edit_window`).", 0};
  return {why, {}, 0};
}

}  // namespace greenroom::core
