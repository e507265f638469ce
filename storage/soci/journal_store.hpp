#pragma once
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "storage/journal_store.hpp"
#include "storage/soci/database.hpp"
#include "storage/soci/entry.hpp"

namespace greenroom::storage::soci {

/// A room's append on its way to the database.
struct pending {
  const room_append* wanted;
  append_outcome* outcome;           ///< its result
  std::vector<long long> authors{};  ///< of each entry, their number
  long long subject = no_author;     ///< the number of the person whom an act is about
};

/// The journal's store in SQL: the policy of failures, the authors' numbers, and the SQL common to both databases.
/// Opening rooms and storing a batch or an act are statements of their own in each.
class journal_store : public storage::journal_store {
 public:
  core::result<std::vector<append_outcome>> append(std::span<const room_append> rooms) final;
  core::result<std::vector<core::room_entry>> read(core::room_key room, core::seq_no after, std::uint32_t limit) final;
  core::result<std::vector<room_epoch>> epochs(const std::vector<core::room_key>& rooms) final;
  core::result<core::view_version> newest_view() final;

 protected:
  /// An author to be numbered, unless a deletion of this account has come.
  struct new_author {
    std::string name;
    std::string account;  ///< hash of the name
  };

  explicit journal_store(std::unique_ptr<database> connection) : database_(std::move(connection)) {}

  /// One commit, of words, or of one act with its effect. Sets each outcome, unless it fails. Stores nothing if the
  /// fence in the database isn't `fence()`.
  virtual failure append_once(std::span<const pending> rooms) = 0;
  /// Adds authors without numbers, in a commit of its own.
  virtual failure add_authors(const std::vector<new_author>& authors) = 0;
  /// An author, by number, who writes in a room.
  using authorship = std::pair<long long, std::uint64_t>;
  /// Adds rows of `authored` where they are missing, in a commit of its own.
  virtual failure add_authored(const std::vector<authorship>& rows) = 0;

  /// Inside `attempt`: fills in the settings and rosters of these rooms. They are opened already, in a statement before
  /// these: a change of them with a lower epoch is done by now, or is fenced.
  void read_rosters(std::span<core::room_opened* const> rooms);
  /// Inside `attempt`: entries after `after`, ascending.
  std::vector<core::room_entry> entries(core::room_key room, std::uint64_t after, std::uint32_t limit);

  /// The version of author_fence at which the known authors' numbers were read. Every append compares it, in its own
  /// statement, so that nothing is stored for an author whose deletion has come since they were read.
  [[nodiscard]] long long fence() const noexcept { return fence_; }

  std::unique_ptr<database> database_;

 private:
  /// Fills in the authors' numbers as they are known; unknown ones are returned.
  std::vector<core::user_id> fill_in(std::span<pending> rooms) const;
  failure read_fence();
  failure number_authors(std::span<pending> rooms);
  failure look_up(const std::vector<core::user_id>& authors);
  failure note_authorship(std::span<const pending> rooms);
  failure append_now(std::span<pending> rooms);
  core::error append_each(std::span<pending> rooms);
  core::error append_batch(std::span<pending> rooms);
  failure look(const room_append& wanted, append_outcome& outcome);
  using opened_rooms = std::unordered_map<std::uint64_t, core::room_opened*>;  ///< by their keys
  /// Returns the rooms that have bans or mutes.
  std::vector<std::uint64_t> read_settings(const opened_rooms& rooms);
  void read_members(const opened_rooms& rooms);
  void read_blocks(const opened_rooms& rooms);
  void read_sanctions(const opened_rooms& rooms, const std::vector<std::uint64_t>& sanctioned);

  std::unordered_map<core::user_id, long long> authors_;  ///< a cache; 0: refused, being deleted or deleted
  struct hash_authorship {
    std::size_t operator()(const authorship& of) const noexcept {
      return std::hash<std::uint64_t>{}((of.second * 0x9E3779B97F4A7C15u) ^ static_cast<std::uint64_t>(of.first));
    }
  };
  std::unordered_set<authorship, hash_authorship> authored_;  ///< those that are known to be stored
  long long fence_ = 0;                                       ///< 0: not read yet
};

/// The store over SQLite: one immediate transaction per batch.
[[nodiscard]] std::unique_ptr<storage::journal_store> sqlite_journal(std::unique_ptr<database> connection);

/// The store over PostgreSQL: one autocommit statement per batch.
[[nodiscard]] std::unique_ptr<storage::journal_store> postgresql_journal(std::unique_ptr<database> connection);

}  // namespace greenroom::storage::soci
