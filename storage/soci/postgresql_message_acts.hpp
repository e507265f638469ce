#pragma once
#include "core/messages/act.hpp"
#include "core/messages/log.hpp"
#include "storage/soci/postgresql_binary.hpp"

namespace greenroom::storage::soci {

/// The statements of acts on messages, and of answers to old ones, in PostgreSQL: prepared, of one connection.
class postgresql_message_acts {
 public:
  postgresql_message_acts();

  /// The statement of this kind; null where it is no act on a message, and no words.
  [[nodiscard]] binary_statement* statement_of(core::entry_kind of);
  /// Binds the parameters that are that statement's own.
  static void put_own(binary_statement& to, core::entry_kind of, const core::act_effect& effect);

 private:
  binary_statement erase_, edit_, react_, unreact_, pin_, unpin_, answer_;
};

}  // namespace greenroom::storage::soci
