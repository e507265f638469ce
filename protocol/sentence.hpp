#pragma once
#include <string>
#include <string_view>

#include "core/messages/log.hpp"
#include "core/messages/user.hpp"

/// Everything that happens in a room, said to people and to clients that know no kinds.
namespace greenroom::protocol {

/// The text of an entry that makes sense alone: of a text, a notice, an edit or a reaction its own, of an erased
/// message
/// `(removed)`, of every other kind a sentence whose subject is the author: `banned bob until 2026-12-01T10:00:00Z:
/// why`. It is made here and never stored; core/page counts on its length. Points into the entry or into `made`.
[[nodiscard]] std::string_view told(const core::room_entry& entry, std::string& made);

/// The words of a notice for the person whom it is about: `ada muted you in Lobby until 2026-12-01T10:00:00Z: why`.
[[nodiscard]] std::string told_to_subject(const core::user_news& notice);

/// Appends by whom, until when and why, as far as it is known: ` By ada, until 2026-12-01T10:00:00Z: why`.
void append_because(std::string& out, const core::sanction& because);

}  // namespace greenroom::protocol
