#pragma once
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "storage/follower_store.hpp"
#include "storage/soci/database.hpp"

namespace greenroom::storage::soci {

/// The follower's store in SQL, over a connection of its own. It reads outside of the transaction that stores, which is
/// therefore short: SQLite has one writer at a time, and the journal waits for it.
class follower_store final : public storage::follower_store {
 public:
  explicit follower_store(std::unique_ptr<database> connection) : database_(std::move(connection)) {}

  core::result<core::rooms_behind> find_behind(core::room_key after, std::uint32_t limit) override;
  core::result<std::vector<core::followed_log>> read(const std::vector<core::follow_room>& rooms) override;
  core::result<core::notices_stored> store(const core::notices& wanted) override;

 private:
  using keys = std::set<core::room_key>;
  using run = std::vector<const core::mention*>;

  // Inside a read or a transaction.
  std::vector<core::followed_log> read_cursors(const std::vector<core::follow_room>& rooms);
  void read_entries(std::vector<core::followed_log>& logs);
  void read_words(std::vector<core::followed_log>& logs);
  /// Returns the rooms whose cursors moved.
  keys move_cursors(const core::notices& wanted);
  /// Of these mentions, those whose messages aren't erased, nor will be before this transaction ends.
  run still_there(const run& wanted);
  std::uint64_t mention_people(const run& wanted);
  std::uint64_t mention_everybody(const core::mention& one);
  std::uint64_t mention(const run& wanted);
  void forget(const core::notices& wanted, const keys& moved);
  std::vector<core::read_mark> move_marks(const core::notices& wanted, const keys& moved);

  std::unique_ptr<database> database_;
};

}  // namespace greenroom::storage::soci
