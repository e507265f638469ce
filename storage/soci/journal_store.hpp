#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "storage/journal_store.hpp"
#include "storage/soci/database.hpp"

namespace greenroom::storage::soci {

/// The journal's store in SQL: the policy of failures, the authors' numbers, and what both databases say alike. How
/// rooms are opened and a batch is stored is a statement of its own in each.
class journal_store : public storage::journal_store {
 public:
  core::result<std::vector<append_outcome>> append(std::span<const room_append> rooms) final;
  core::result<std::vector<core::room_entry>> read(core::room_key room, core::seq_no after, std::uint32_t limit) final;
  core::result<std::vector<room_epoch>> epochs(const std::vector<core::room_key>& rooms) final;

 protected:
  /// A room's append on its way to the database.
  struct pending {
    const room_append* wanted;
    std::vector<long long> authors;  ///< of each entry, their number
    append_outcome* outcome;         ///< what became of it
  };

  explicit journal_store(std::unique_ptr<database> connection) : database_(std::move(connection)) {}

  /// One commit. Sets each outcome, unless it fails.
  virtual failure append_once(std::span<const pending> rooms) = 0;
  /// Adds authors without numbers, in a commit of its own.
  virtual failure add_authors(const std::vector<std::string>& names) = 0;

  /// Inside `attempt`: entries after `after`, ascending.
  std::vector<core::room_entry> entries(core::room_key room, std::uint64_t after, std::uint32_t limit);

  std::unique_ptr<database> database_;

 private:
  failure number_authors(std::vector<pending>& rooms);
  failure look_up(const std::vector<std::string>& folded_names);
  core::error append_each(std::span<const pending> rooms);

  std::unordered_map<core::user_id, long long> authors_;  ///< a cache; numbers never change
};

/// The store over SQLite: one immediate transaction a batch.
[[nodiscard]] std::unique_ptr<storage::journal_store> sqlite_journal(std::unique_ptr<database> connection);

/// The store over PostgreSQL: one autocommit statement a batch.
[[nodiscard]] std::unique_ptr<storage::journal_store> postgresql_journal(std::unique_ptr<database> connection);

}  // namespace greenroom::storage::soci
