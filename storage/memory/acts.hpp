#pragma once
#include "storage/journal_store.hpp"
#include "storage/memory/chat_database.hpp"

namespace greenroom::storage::memory {

/// Whether the room is such that this act, with this effect, can be stored: `stored`, or the outcome that says why not.
[[nodiscard]] append_outcome judge(const room& in, const core::room_entry& act, const core::act_effect& effect);

/// Makes the effect of an act that is about to be stored.
void carry_out(room& in, const core::room_entry& act, const core::act_effect& effect);

/// The same of acts on messages, and of answers to them.
[[nodiscard]] append_outcome judge_on_message(const room& in, const core::room_entry& act,
                                              const core::act_effect& effect);
void carry_out_on_message(room& in, const core::room_entry& act);

}  // namespace greenroom::storage::memory
