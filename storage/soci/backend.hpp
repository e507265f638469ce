#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/messages/maintenance.hpp"
#include "core/result.hpp"
#include "storage/open.hpp"

namespace soci {
class session;
}

namespace greenroom::storage::soci {

/// Every difference between SQLite and PostgreSQL that isn't a whole statement. One connection's, but for `writers`.
class backend {
 public:
  virtual ~backend() = default;

  /// Connects, or throws SOCI's exceptions.
  virtual std::unique_ptr<::soci::session> connect() = 0;
  /// Checks, without a round trip, whether the connection still stands and is in no transaction.
  virtual bool alive(::soci::session& session) = 0;
  /// The socket to shut when a statement is stuck; -1 where there is none.
  virtual int socket(::soci::session& session) = 0;
  /// Whether a commit that has just failed may be on the disk all the same.
  virtual bool commit_in_doubt(::soci::session& session) = 0;
  /// A plain message if this server is read-only, as a standby is; empty if not.
  virtual std::string read_only(::soci::session& session) = 0;
  /// A plain message if the existing tables are another program's; empty if not, or if that can't be told.
  virtual std::string foreign(::soci::session& session) = 0;
  /// A plain message if this server would lose what it has confirmed; empty if not: then no setting of the server can
  /// make this connection's commits less durable.
  virtual std::string unsafe(::soci::session& session) = 0;

  // -- the place of a database: it tells the database from a copy of itself. `meta.place` has it as last recorded.

  /// A plain message that says how this database differs from the one that `recorded` was written in; empty where it
  /// is that one. Nothing recorded: empty, unless the file beside the database shows that there was a record.
  virtual std::string moved(::soci::session& session, const std::string& recorded) = 0;
  /// The place to record now; `recorded` may be empty.
  virtual std::string place(::soci::session& session, const std::string& recorded) = 0;
  /// The transaction that recorded `place` has been committed. Throws `std::system_error` where that can't be noted.
  virtual void place_recorded(const std::string& place) = 0;
  /// Whether the place has to be recorded anew from time to time, for copies to be told apart.
  [[nodiscard]] virtual bool place_ages() const = 0;

  // -- what was deleted, in the database's files

  /// The statement that an operator has to run, before the tables' names; empty: this process rewrites the file, in
  /// `rewrite`, and has `writers` meanwhile.
  [[nodiscard]] virtual std::string_view rewriting() const = 0;
  /// Outside a transaction, while nobody writes: rewrites the file where that is `due`, and has nothing left beside it.
  /// Fills in the sizes. False, for now, where a reader is in the way.
  virtual bool rewrite(::soci::session& session, bool due, core::database_maintained& out) = 0;

  /// The statement that begins a writing transaction.
  [[nodiscard]] virtual const char* begin() const = 0;
  /// A statement that makes migrations wait for one another, inside their transaction; empty where `begin` does.
  [[nodiscard]] virtual std::string_view lock_migrations() const = 0;
  /// Statements that wait, at the begin of a transaction, until every append, every change of rooms and members and
  /// every other step of a deletion is over, and make later ones wait; empty where `begin` does.
  [[nodiscard]] virtual std::vector<std::string> exclude_writers() const = 0;
  /// A statement that lifts the time limit from this transaction's statements; empty where there is none.
  [[nodiscard]] virtual std::string_view take_time() const = 0;
  /// Numbers as the parameter `x` of `{{numbers:x}}`, a table with the column `value`.
  [[nodiscard]] virtual std::string list(std::span<const std::uint64_t> numbers) const = 0;
  /// Texts as the parameter `x` of `{{texts:x}}`, a table with the column `value`. Of as many each also as the
  /// parameters `x` and `y` of `{{columns:x,y}}`, a table with the columns `x` and `y`.
  [[nodiscard]] virtual std::string list(std::span<const std::string> texts) const = 0;
  /// Locked while writing, for there is one writer at a time; null where the database ensures that.
  [[nodiscard]] virtual std::mutex* writers() = 0;
  /// The statement with every `{{word}}` replaced by this database's, `{{random_id}}` and `{{random_generation}}` by
  /// new ones.
  [[nodiscard]] std::string translate(std::string_view sql) const;

 protected:
  /// The expansion of `{{name}}` or `{{name:parameter}}`.
  [[nodiscard]] virtual std::string word(std::string_view name, std::string_view parameter) const = 0;
  /// The parameters of `{{columns:x,y}}`.
  [[nodiscard]] static std::vector<std::string> names_in(std::string_view parameters);
};

/// The use of a connection, where it affects the set-up.
enum class purpose : std::uint8_t { transactions, journal, follower };

/// Makes the backends of one database; they share the things of which a database has one, such as its file's lock.
class backend_factory {
 public:
  virtual ~backend_factory() = default;
  virtual std::unique_ptr<backend> make(purpose why) = 0;
};

/// The factory for `sqlite:PATH`. `conflict` if another process holds the file, `bad_request` if it is none of
/// SQLite's, or may not be written or made, `unavailable` if it can't be opened now.
[[nodiscard]] core::result<std::unique_ptr<backend_factory>> sqlite_backends(const std::string& path);

/// The factory for `postgresql://…`. `bad_request`, with a detail that shows nothing of a password, for a URL that
/// PostgreSQL's library can't read.
[[nodiscard]] core::result<std::unique_ptr<backend_factory>> postgresql_backends(const std::string& url,
                                                                                 const open_options& options);

}  // namespace greenroom::storage::soci
