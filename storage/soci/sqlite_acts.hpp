#pragma once
#include "storage/soci/journal_store.hpp"

/// Acts in SQLite, inside the transaction that stores their entry. PostgreSQL's are in postgresql_acts.hpp.
namespace greenroom::storage::soci {

/// Whether the room is such that its act can be stored: `stored`, or the outcome that says why not.
[[nodiscard]] append_outcome judge_act(database& in, const pending& room);

/// Makes the effect of the act, whose entry is stored.
void carry_out_act(database& in, const pending& room);

/// The same of acts on messages, and of answers to them.
[[nodiscard]] append_outcome judge_on_message(database& in, const pending& room);
void carry_out_on_message(database& in, const pending& room);

}  // namespace greenroom::storage::soci
