#pragma once
#include <optional>
#include <string_view>

#include "core/messages/act.hpp"
#include "core/messages/log.hpp"
#include "core/messages/marks.hpp"

/// The words of the wire for what rooms have.
namespace greenroom::protocol {

/// The word of an entry's kind; `unknown` for one of a newer version.
[[nodiscard]] std::string_view word_of(core::entry_kind kind) noexcept;
/// `member`, `moderator`, `owner`; empty for an outsider.
[[nodiscard]] std::string_view word_of(core::room_role role) noexcept;
/// `open`, `private`, `invited`.
[[nodiscard]] std::string_view word_of(core::room_access access) noexcept;
/// `all`, `members`, `moderators`.
[[nodiscard]] std::string_view word_of(core::room_posting post) noexcept;
[[nodiscard]] std::string_view word_of(core::room_receipts receipts) noexcept;
/// `all`, `mentions`, `none`.
[[nodiscard]] std::string_view word_of(core::notify_level level) noexcept;

/// The value that the word stands for; nothing for any other word.
[[nodiscard]] std::optional<core::room_role> role_by_word(std::string_view word) noexcept;
[[nodiscard]] std::optional<core::room_access> access_by_word(std::string_view word) noexcept;
[[nodiscard]] std::optional<core::room_posting> posting_by_word(std::string_view word) noexcept;
[[nodiscard]] std::optional<core::room_receipts> receipts_by_word(std::string_view word) noexcept;
[[nodiscard]] std::optional<core::notify_level> notify_by_word(std::string_view word) noexcept;

}  // namespace greenroom::protocol
