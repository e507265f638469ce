#include "storage/soci/errors.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string_view>

namespace greenroom::storage::soci {
namespace {

// PostgreSQL's detail lines name values; its first line doesn't, but for the classes of data and constraints.
std::string first_line(const std::string& message) { return message.substr(0, message.find('\n')); }

fault postgresql_fault(std::string_view state, bool connected) {
  const auto of_class = [&](std::string_view name) { return state.starts_with(name); };
  if (state == "40001" || state == "40P01" || state == "55P03" || state == "57014") return fault::transient;
  if (!connected || of_class("08") || of_class("57P")) return fault::lost;
  if (of_class("22") || of_class("23")) return fault::bad_row;
  // Out of disk, memory or connections; a standby that only reads; an I/O error of the server.
  if (of_class("53") || state == "25006" || of_class("58")) return fault::away;
  return fault::broken;
}

fault sqlite_fault(int result) {
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fault::transient;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return fault::bad_row;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
      return fault::away;
    default:
      return fault::broken;
  }
}

bool says_damage(int result) {
  const int code = result & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

// A file that is damaged, or that this process may not write, stays so.
bool waiting_is_vain(const std::exception& thrown) {
  const auto* const sqlite = dynamic_cast<const ::soci::sqlite3_soci_error*>(&thrown);
  if (sqlite == nullptr) return false;
  const int code = sqlite->result() & 0xff;
  return says_damage(code) || code == SQLITE_READONLY || code == SQLITE_PERM || code == SQLITE_AUTH;
}

}  // namespace

failure read_failure(const std::exception& thrown, bool connected) {
  if (const auto* postgresql = dynamic_cast<const ::soci::postgresql_soci_error*>(&thrown)) {
    const std::string state = postgresql->sqlstate();
    const fault what = postgresql_fault(state, connected);
    if (what == fault::bad_row) return {what, "SQLSTATE " + state};
    return {what, "SQLSTATE " + state + ": " + first_line(postgresql->get_error_message())};
  }
  if (const auto* sqlite = dynamic_cast<const ::soci::sqlite3_soci_error*>(&thrown))
    return {sqlite_fault(sqlite->result()), (says_damage(sqlite->result()) ? "the file is damaged or cut off: " : "") +
                                                first_line(sqlite->get_error_message())};
  if (const auto* other = dynamic_cast<const ::soci::soci_error*>(&thrown))
    return {connected ? fault::broken : fault::lost, first_line(other->get_error_message())};
  return {fault::broken, "an exception that is not the database's"};
}

bool is_damage(const std::exception& thrown) {
  const auto* const sqlite = dynamic_cast<const ::soci::sqlite3_soci_error*>(&thrown);
  return sqlite != nullptr && says_damage(sqlite->result());
}

failure read_connect_failure(const std::exception& thrown) {
  failure why = read_failure(thrown, false);
  why.what = waiting_is_vain(thrown) ? fault::broken : fault::away;
  if (const auto* known = dynamic_cast<const ::soci::soci_error*>(&thrown)) {
    // The first line says only that it didn't work.
    const std::string message = known->get_error_message();
    if (const auto second = message.find('\n'); second != message.npos && second + 1 < message.size())
      why.detail = first_line(message.substr(second + 1));
  }
  // libpq's complaints about its own parameters begin like this; those about a server begin with the server.
  if (why.detail.starts_with("invalid ")) {
    why.what = fault::broken;
    // The detail shows the text where a port was expected, and that may be a part of a password.
    if (why.detail.find("port") != why.detail.npos)
      why.detail = "the port isn't a number (in a user or password, :/?#@% are written as %3A …)";
  }
  return why;
}

core::error to_error(const failure& failed) {
  switch (failed.what) {
    case fault::none:
      return {core::ec::none, {}, 0};
    case fault::away:
    case fault::transient:
      return {core::ec::unavailable, {}, 1};
    case fault::lost:
      return {core::ec::unknown_outcome, {}, 1};
    case fault::bad_row:
    case fault::broken:
      return {core::ec::internal, {}, 0};
  }
  return {core::ec::internal, {}, 0};
}

}  // namespace greenroom::storage::soci
