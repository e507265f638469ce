#pragma once
#include <string_view>

#include "core/messages/log.hpp"

namespace greenroom::actors {

/// The name of such an act in audit lines; empty where it leaves none: words, edits, reactions, pins.
[[nodiscard]] constexpr std::string_view audit_word(core::entry_kind kind) noexcept {
  switch (kind) {
    case core::entry_kind::erase:
      return "erase_message";
    case core::entry_kind::settings:
      return "change_settings";
    case core::entry_kind::role:
      return "change_role";
    case core::entry_kind::add:
      return "add_member";
    case core::entry_kind::remove:
      return "remove_member";
    case core::entry_kind::ban:
      return "ban_user";
    case core::entry_kind::unban:
      return "unban_user";
    case core::entry_kind::mute:
      return "mute_user";
    case core::entry_kind::unmute:
      return "unmute_user";
    default:
      return {};
  }
}

}  // namespace greenroom::actors
