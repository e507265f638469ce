#pragma once
#include <string_view>

#include "core/error.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/deletion.hpp"

/// Audit lines of what happens to accounts.
namespace greenroom::actors {

/// What a user did, or why it was refused (`none`: it was done).
void note(std::string_view act, const core::user_id& user, const core::request_origin& from, core::ec outcome,
          std::string_view detail = {});
/// What an operator did; nothing where the act only looks.
void note(const core::administer& request, core::ec outcome);
/// That a deletion has ended. Of one that is complete the name is gone, here too: the operation says which line began
/// it.
void note_ended(const core::deletion& row);

}  // namespace greenroom::actors
