#pragma once
#include <memory>
#include <string>

#include "core/result.hpp"
#include "storage/account_store.hpp"
#include "storage/journal_store.hpp"
#include "storage/room_store.hpp"

namespace greenroom::storage {

/// The two stores of one chat database. Each may be used by a thread of its own.
struct chat_stores {
  std::unique_ptr<room_store> rooms;
  std::unique_ptr<journal_store> journal;
};

/// How databases are opened.
struct open_options {
  unsigned statement_timeout_ms = 5000;  ///< a statement longer than this is cut off
  unsigned connect_timeout_s = 2;
};

/// Opens a users database by its URL, `sqlite:PATH`, `postgresql://…` or `memory:`, and brings its schema up to date
/// under a lock. Errors, with a detail that is a plain message for the operator: `bad_request` (no such kind of URL or
/// file, or a server that would lose what it confirms), `conflict` (another process holds the SQLite file, or a newer
/// greenroom has changed the schema), `unavailable` (not there now; try again), `internal` (the schema can't be made).
[[nodiscard]] core::result<std::unique_ptr<account_store>> open_users(const std::string& url,
                                                                      const open_options& options);

/// The same for a chat database.
[[nodiscard]] core::result<chat_stores> open_chat(const std::string& url, const open_options& options);

}  // namespace greenroom::storage
