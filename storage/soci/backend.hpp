#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

  /// Connects, or throws what SOCI throws.
  virtual std::unique_ptr<::soci::session> connect() = 0;
  /// Looks, without a round trip, whether the connection still stands and is in no transaction.
  virtual bool alive(::soci::session& session) = 0;
  /// The socket to shut when a statement is stuck; -1 where there is none.
  virtual int socket(::soci::session& session) = 0;
  /// Whether a commit that has just failed may be on the disk all the same.
  virtual bool commit_in_doubt(::soci::session& session) = 0;
  /// A plain message if this server only reads, as a standby does; empty if not.
  virtual std::string read_only(::soci::session& session) = 0;
  /// A plain message if the tables that are there are another program's; empty if not, or if that can't be told.
  virtual std::string foreign(::soci::session& session) = 0;
  /// A plain message if this server would lose what it has confirmed; empty if not: then no setting of the server can
  /// make this connection's commits less durable.
  virtual std::string unsafe(::soci::session& session) = 0;

  // -- the place of a database: what tells it from a copy of itself. `meta.place` has it as it was when last recorded.

  /// A plain message that says how this database differs from the one that `recorded` was written in; empty where it
  /// is that one. Nothing recorded: empty, unless what is beside the database says that there was something.
  virtual std::string moved(::soci::session& session, const std::string& recorded) = 0;
  /// What to record now; `recorded` may be empty.
  virtual std::string place(::soci::session& session, const std::string& recorded) = 0;
  /// The transaction that recorded `place` has been committed. Throws `std::system_error` where that can't be noted.
  virtual void place_recorded(const std::string& place) = 0;
  /// Whether the place has to be recorded anew from time to time, for copies to be told apart.
  [[nodiscard]] virtual bool place_ages() const = 0;

  /// What begins a transaction that writes.
  [[nodiscard]] virtual const char* begin() const = 0;
  /// What makes migrations wait for one another, inside their transaction; empty where `begin` does.
  [[nodiscard]] virtual std::string_view lock_migrations() const = 0;
  /// What waits, at the begin of a transaction, until every append, every change of rooms and members and every other
  /// step of a deletion is over, and makes later ones wait; empty where `begin` does.
  [[nodiscard]] virtual std::vector<std::string> exclude_writers() const = 0;
  /// What lets the statements of this transaction take as long as they take; empty where they may.
  [[nodiscard]] virtual std::string_view take_time() const = 0;
  /// Numbers as the parameter `x` of `{{numbers:x}}`, a table with the column `value`.
  [[nodiscard]] virtual std::string list(std::span<const std::uint64_t> numbers) const = 0;
  /// Texts as the parameter `x` of `{{texts:x}}`, a table with the column `value`. Of as many each also as the
  /// parameters `x` and `y` of `{{columns:x,y}}`, a table with the columns `x` and `y`.
  [[nodiscard]] virtual std::string list(std::span<const std::string> texts) const = 0;
  /// Locked while writing, for there is one writer at a time; null where the database sees to that.
  [[nodiscard]] virtual std::mutex* writers() = 0;
  /// The statement with every `{{word}}` replaced by this database's, `{{random_id}}` and `{{random_generation}}` by
  /// new ones.
  [[nodiscard]] std::string translate(std::string_view sql) const;

 protected:
  /// What `{{name}}` or `{{name:parameter}}` stands for.
  [[nodiscard]] virtual std::string word(std::string_view name, std::string_view parameter) const = 0;
  /// The parameters of `{{columns:x,y}}`.
  [[nodiscard]] static std::vector<std::string> names_in(std::string_view parameters);
};

/// How a connection is used, where that changes how it is set up.
enum class purpose : std::uint8_t { transactions, journal };

/// Makes the backends of one database; they share what there is once a database, as its file's lock.
class backend_factory {
 public:
  virtual ~backend_factory() = default;
  virtual std::unique_ptr<backend> make(purpose why) = 0;
};

/// The factory for `sqlite:PATH`. `conflict` if another process holds the file, `bad_request` if it is none of
/// SQLite's, or may not be written or made, `unavailable` if it can't be opened now.
[[nodiscard]] core::result<std::unique_ptr<backend_factory>> sqlite_backends(const std::string& path);

/// The factory for `postgresql://…`. `bad_request`, with a detail that shows nothing of a password, for what
/// PostgreSQL's library can't read.
[[nodiscard]] core::result<std::unique_ptr<backend_factory>> postgresql_backends(const std::string& url,
                                                                                 const open_options& options);

}  // namespace greenroom::storage::soci
