#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "storage/account_store.hpp"
#include "storage/follower_store.hpp"
#include "storage/journal_store.hpp"
#include "storage/room_store.hpp"

namespace greenroom::storage {

/// The stores of one chat database. Each may be used by a thread of its own.
struct chat_stores {
  std::unique_ptr<room_store> rooms;
  std::unique_ptr<journal_store> journal;
  std::unique_ptr<follower_store> follower;
};

/// The treatment of a database that was restored from a copy, or that another server has replaced.
enum class after_restore : std::uint8_t {
  refuse,        ///< it isn't used
  renew,         ///< earlier reports of it no longer hold: rooms have new generations, tokens end
  renew_always,  ///< the same, whether or not it looks restored
  accept,        ///< it is taken as it is: nothing is missing
};

/// How databases are opened.
struct open_options {
  unsigned statement_timeout_ms = 5000;  ///< a statement longer than this is cut off
  unsigned connect_timeout_s = 2;
  after_restore restored = after_restore::refuse;
};

/// Opens a users database by its URL, `sqlite:PATH`, `postgresql://…` or `memory:`, and brings its schema up to date
/// under a lock. Errors, with a detail that is a plain message for the operator: `bad_request` (no such kind of URL or
/// file, a file that can't be written, or a server that would lose what it confirms), `conflict` (another process holds
/// the SQLite file, a newer greenroom has changed the schema, or the database was restored and is refused for that),
/// `unavailable` (not there now; try again), `internal` (the file is damaged, or the schema can't be made).
[[nodiscard]] core::result<std::unique_ptr<account_store>> open_users(const std::string& url,
                                                                      const open_options& options);

/// The same for a chat database.
[[nodiscard]] core::result<chat_stores> open_chat(const std::string& url, const open_options& options);

/// Does only what `open_users` and `open_chat` do with `renew_always`: ends every token, gives every room a new
/// generation. Servers may run on the database meanwhile, if it is PostgreSQL. Returns the number of tokens, or rooms.
/// With `options.restored` as `accept`: only records the place. Errors as above.
[[nodiscard]] core::result<std::uint64_t> renew_users(const std::string& url, const open_options& options);
[[nodiscard]] core::result<std::uint64_t> renew_chat(const std::string& url, const open_options& options);

}  // namespace greenroom::storage
