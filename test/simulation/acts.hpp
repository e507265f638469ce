#pragma once
#include <string_view>

#include "core/messages/log.hpp"

/// Acts as entries keep them. `protocol` writes them as JSON; here they are a few words.
namespace greenroom::simulation {

/// The act with its `extra`, as a client sends it. Titles and topics have no blanks.
[[nodiscard]] core::act with_extra(core::entry_kind kind, core::act what);
/// The act that an entry tells of.
[[nodiscard]] core::act act_of(const core::room_entry& entry);

[[nodiscard]] std::string_view word_of(core::entry_kind kind);

}  // namespace greenroom::simulation
