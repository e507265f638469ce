#pragma once
#include <sys/types.h>

#include <string>

namespace greenroom::storage::soci {

/// The small file beside a SQLite database that repeats the newest place recorded in it: a name that the database got
/// once, and a count. It is written after the database, so that it is never ahead of a database that was only used.
class place_file {
 public:
  explicit place_file(std::string path) : path_(std::move(path)) {}

  /// Takes note of which file the database is; `database` is open.
  void remember(int database);
  /// How the file at `database` differs from that one; empty where it is the same.
  [[nodiscard]] std::string replaced(const std::string& database) const;
  /// How the file contradicts `recorded`, which the database has; empty where they agree.
  [[nodiscard]] std::string differs(const std::string& recorded) const;
  /// The next count, higher than both; with a new name where there is none.
  [[nodiscard]] std::string next(const std::string& recorded) const;
  /// Replaces the file's content by `place`, durably and whole or not at all. Throws `std::system_error`.
  void write(const std::string& place) const;

 private:
  [[nodiscard]] std::string read() const;

  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace greenroom::storage::soci
