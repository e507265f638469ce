#pragma once
#include "storage/soci/journal_store.hpp"
#include "storage/soci/postgresql_binary.hpp"
#include "storage/soci/postgresql_message_acts.hpp"

/// Acts in PostgreSQL: one statement each, which stores the entry together with its effect. SQLite's are in
/// sqlite_acts.hpp.
namespace greenroom::storage::soci {

/// Binds what a statement for one room compares, and the distance that it moves the head: $1 the last seq, $2 the room,
/// $3 its epoch, $4 its head, $5 the authors' fence.
void put_fences(binary_statement& to, const pending& room, long long fence);

/// The prepared statements, of one connection.
class postgresql_acts {
 public:
  postgresql_acts();

  /// Stores the room's act with its effect, or its answer to a message, or nothing, and sets the outcome. Inside
  /// `database::attempt`; throws SOCI's exceptions.
  void store(database& in, const pending& room, long long fence);

 private:
  binary_statement& statement_of(core::entry_kind of, const core::act_effect& effect);

  postgresql_message_acts on_messages_;
  binary_statement settings_, owner_, role_, add_, invited_, remove_, ban_, mute_, lift_, tag_;
};

}  // namespace greenroom::storage::soci
