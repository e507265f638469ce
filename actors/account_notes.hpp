#pragma once
#include <string_view>

#include "core/error.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/deletion.hpp"

/// Audit lines for accounts.
namespace greenroom::actors {

/// A user's act, or why it was refused (`none`: it was done).
void note(std::string_view act, const core::user_id& user, const core::request_origin& from, core::ec outcome,
          std::string_view detail = {});
/// The user who administers, and from where.
struct administrator {
  std::string_view name = "operator";  ///< a holder of the cluster's secret, or of the database
  core::request_origin from{};
};
/// An operator's act, or an admin's; no line where the act only looks.
void note(const core::administer& request, core::ec outcome, const administrator& by = {});
/// The end of a deletion. A complete one has no name any more, here too: the operation says which line began
/// it.
void note_ended(const core::deletion& row);

}  // namespace greenroom::actors
