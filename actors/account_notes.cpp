#include "actors/account_notes.hpp"

#include <string>

#include "core/text.hpp"
#include "telemetry/audit.hpp"

namespace greenroom::actors {
namespace {

namespace audit = telemetry::audit;

std::string_view word(core::ec outcome) { return outcome == core::ec::none ? "done" : core::to_string(outcome); }

std::string_view word_for(core::account_act act) {
  switch (act) {
    case core::account_act::create:
      return "create_user";
    case core::account_act::grant:
      return "grant_admin";
    case core::account_act::revoke:
      return "revoke_admin";
    case core::account_act::set_password:
      return "set_password";
    case core::account_act::suspend:
      return "suspend_user";
    case core::account_act::resume:
      return "resume_user";
    case core::account_act::end_sessions:
      return "end_sessions";
    case core::account_act::remove:
      return "begin_deletion";
    case core::account_act::list:
    case core::account_act::sessions:
      break;
  }
  return {};  // acts that only look
}

// Nothing else remembers it once it is over.
std::string suspension_of(const core::administer& request) {
  if (request.until == core::wall_time{}) return request.text;
  return "until " + core::time_text(request.until) + (request.text.empty() ? "" : ": " + request.text);
}

}  // namespace

void note(std::string_view act, const core::user_id& user, const core::request_origin& from, core::ec outcome,
          std::string_view detail) {
  audit::write({act, word(outcome), user.value, {}, {}, from.address, from.request_id, detail});
}

void note(const core::administer& request, core::ec outcome, const administrator& by) {
  const auto act = word_for(request.act);
  if (act.empty()) return;
  audit::entry line{act, word(outcome), by.name, request.user.value, {}, by.from.address, by.from.request_id};
  const auto suspension = suspension_of(request);
  if (request.act == core::account_act::suspend) line.detail = suspension;
  if (request.act == core::account_act::remove) line.detail = request.operation;
  if (request.accounts.empty()) return audit::write(line);
  for (const auto& made : request.accounts) {
    line.user = made.user.value;
    audit::write(line);
  }
}

void note_ended(const core::deletion& row) {
  const bool done = row.state == core::deletion_state::completed;
  audit::write({"end_deletion",
                done ? "done" : "undone",
                {},
                done ? std::string_view{} : row.user.value,
                {},
                {},
                {},
                row.operation.value});
}

}  // namespace greenroom::actors
