#include <optional>
#include <utility>

#include "core/delete_user.hpp"
#include "core/text.hpp"
#include "storage/deletion_states.hpp"
#include "storage/name_hash.hpp"
#include "storage/soci/account_store.hpp"
#include "storage/soci/columns.hpp"

namespace greenroom::storage::soci {
namespace {

using core::deletion_state;

// The columns of a deletion, in the order in which `to_deletion` takes them.
#define GREENROOM_DELETION_COLUMNS                                                                           \
  "operation, name, state, lease, begun_at, ended_at, rooms, messages, anonymised, memberships, passed_on, " \
  "sessions, erased, keep_rooms, erase_messages"

core::deletion to_deletion(const std::string& operation, const std::string& name, const std::string& word,
                           integer lease, integer begun, integer ended, integer rooms, integer messages,
                           integer anonymised, integer memberships, integer passed_on, integer sessions, integer erased,
                           int keep_rooms, int erase_messages) {
  return {{operation},
          {name},
          to_deletion_state(word),
          {count(lease)},
          to_time(begun),
          to_time(ended),
          {count(rooms), count(messages), count(anonymised), count(memberships), count(passed_on), count(sessions),
           count(erased)},
          {keep_rooms != 0, erase_messages != 0}};
}

// Reads deletions, whatever the statement that returns their columns.
template <class... Values>
std::vector<core::deletion> read_all(database& from, const char* sql, const parameter<Values>&... parameters) {
  std::vector<core::deletion> found;
  from.rows<std::string, std::string, std::string, integer, integer, integer, integer, integer, integer, integer,
            integer, integer, integer, int, int>(
      sql, [&](const auto&... columns) { found.push_back(to_deletion(columns...)); }, parameters...);
  return found;
}

std::optional<core::deletion> find(database& in, const core::operation_id& operation) {
  auto found = read_all(in, "select " GREENROOM_DELETION_COLUMNS " from deletions where operation = :operation",
                        with("operation", operation.value));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

}  // namespace

deletion_step account_store::again(core::deletion row, const core::begin_deletion& request) {
  deletion_step answer{std::move(row), {}};
  const bool mine =
      answer.row.operation == request.operation &&
      database_->row<integer>("select 1 from deletions where operation = :operation and holder = :holder",
                              with("operation", request.operation.value), with("holder", request.holder.value));
  if (!mine) {
    answer.row.lease = {};
    return answer;
  }
  database_->rows<integer, std::string>(
      "select number, token from ended_tokens where operation = :operation order by number",
      [&](integer at, const std::string& token) {
        answer.ended.push_back({count(at), to_token(token)});
      },
      with("operation", request.operation.value));
  return answer;
}

core::result<deletion_step> account_store::begun_before(long long owner, const core::begin_deletion& request) {
  auto found = read_all(*database_,
                        "select " GREENROOM_DELETION_COLUMNS
                        " from deletions where owner = :owner order by (ended_at = 0) desc, begun_at desc limit 1",
                        with("owner", owner));
  if (found.empty()) return core::ec::not_found;
  return again(std::move(found.front()), request);
}

core::result<deletion_step> account_store::begin_deletion(const core::begin_deletion& request, core::wall_time now,
                                                          core::wall_time lease_until,
                                                          const std::string& verified_hash) {
  return database_->transaction([&]() -> core::result<deletion_step> {
    if (auto known = find(*database_, request.operation)) return again(*std::move(known), request);
    const auto admins = lock_two_admins(now);
    // Waits for logins that are under way, and lets no other through: they share this lock.
    const auto user = database_->row<integer, std::string, std::string, std::string>(
        "select id, name, state, password_hash from users where folded in (:folded, :erased) {{for_update}}",
        with("folded", core::folded(request.user.value)), with("erased", erased_name(request.user)));
    if (!user) return core::ec::not_found;
    const auto& [owner, name, word, hash] = *user;
    if (word != "active") return begun_before(owner, request);
    if (!verified_hash.empty() && hash != verified_hash) return core::ec::bad_credentials;
    if (admins.size() == 1 && admins.front() == owner) return last_admin();

    database_->execute("update users set state = 'deleting' where id = :owner", with("owner", owner));
    auto ended = end_all(owner, now, request.operation);
    database_->execute(
        "insert into deletions (operation, owner, name, state, holder, lease, lease_until, begun_at, ended_at, rooms, "
        "messages, anonymised, memberships, passed_on, sessions, keep_rooms, erase_messages) "
        "values (:operation, :owner, :name, 'hiding', :holder, 1, :until, :now, 0, 0, 0, 0, 0, 0, :sessions, :keep, "
        ":erase)",
        with("operation", request.operation.value), with("owner", owner), with("name", name),
        with("holder", request.holder.value), with("until", lease_until), with("now", now),
        with("sessions", ended.size()), with("keep", int{request.choices.keep_rooms}),
        with("erase", int{request.choices.erase_messages}));
    return deletion_step{*find(*database_, request.operation), std::move(ended)};
  });
}

core::result<core::deletion> account_store::deletion_by_token(const core::token_hash& token) {
  return database_->read([&]() -> core::result<core::deletion> {
    auto found = read_all(*database_,
                          "select " GREENROOM_DELETION_COLUMNS
                          " from deletions where operation in (select operation from ended_tokens "
                          "where token = :token and operation is not null)",
                          with("token", core::to_hex(token.value)));
    if (found.empty()) return core::ec::not_found;
    return std::move(found.front());
  });
}

core::result<std::vector<core::deletion>> account_store::claim_deletions(const core::claim_deletions& request,
                                                                         core::wall_time now,
                                                                         core::wall_time lease_until) {
  return database_->transaction([&]() -> core::result<std::vector<core::deletion>> {
    return read_all(*database_,
                    "with due as materialized (select operation from deletions where ended_at = 0 "
                    "and lease_until <= :now order by lease_until, operation limit :limit {{skip_locked}}) "
                    "update deletions set lease = lease + 1, holder = :holder, lease_until = :until "
                    "where operation in (select operation from due) returning " GREENROOM_DELETION_COLUMNS,
                    with("now", now), with("limit", request.limit), with("holder", request.holder.value),
                    with("until", lease_until));
  });
}

core::result<core::deletion> account_store::read_deletion(const core::operation_id& operation) {
  return database_->read([&]() -> core::result<core::deletion> {
    auto found = find(*database_, operation);
    if (!found) return core::ec::not_found;
    return *std::move(found);
  });
}

void account_store::make_step(long long owner, core::deletion& row, const core::advance_deletion& request,
                              core::wall_time now) {
  row.state = request.to;
  if (core::has_ended(request.to)) row.ended = now;
  if (request.to == deletion_state::purging) {
    erase(owner, row.user);
    end_all(owner, now, request.operation);
  } else if (request.to == deletion_state::completed) {
    row.user = {"deleted"};
    note_remnants(*database_);
    const auto sessions = std::exchange(row.receipt, request.receipt).sessions;
    row.receipt.sessions = sessions;
  } else if (request.to == deletion_state::undone) {
    database_->execute("update users set state = 'active' where id = :owner and state = 'deleting'",
                       with("owner", owner));
  }
}

core::result<core::deletion> account_store::advance_deletion(const core::advance_deletion& request, core::wall_time now,
                                                             core::wall_time lease_until) {
  return database_->transaction([&]() -> core::result<core::deletion> {
    const auto owner =
        database_->row<integer>("select owner from deletions where operation = :operation {{for_update}}",
                                with("operation", request.operation.value));
    if (!owner) return core::ec::not_found;
    core::deletion row = *find(*database_, request.operation);
    if (request.lease != row.lease) return core::ec::fenced;
    const step what = step_between(row.state, request.to);
    if (what == step::refused) return core::ec::conflict;
    if (what == step::next) make_step(std::get<0>(*owner), row, request, now);
    database_->execute(
        "update deletions set name = :name, state = :state, lease_until = :until, ended_at = :ended, rooms = :rooms, "
        "messages = :messages, anonymised = :anonymised, memberships = :memberships, passed_on = :passed_on, "
        "erased = :erased where operation = :operation",
        with("name", row.user.value), with("state", core::to_string(row.state)), with("until", lease_until),
        with("ended", row.ended), with("rooms", row.receipt.rooms), with("messages", row.receipt.messages),
        with("anonymised", row.receipt.anonymised), with("memberships", row.receipt.memberships),
        with("passed_on", row.receipt.passed_on), with("erased", row.receipt.erased),
        with("operation", request.operation.value));
    return row;
  });
}

}  // namespace greenroom::storage::soci
