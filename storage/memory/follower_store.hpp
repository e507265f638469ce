#pragma once
#include <memory>

#include "storage/follower_store.hpp"
#include "storage/memory/chat_database.hpp"

namespace greenroom::storage::memory {

/// The follower's contract in its plain form.
class follower_store final : public storage::follower_store {
 public:
  explicit follower_store(std::shared_ptr<chat_database> database) : database_(std::move(database)) {}

  core::result<core::rooms_behind> find_behind(core::room_key after, std::uint32_t limit) override;
  core::result<std::vector<core::followed_log>> read(const std::vector<core::follow_room>& rooms) override;
  core::result<core::notices_stored> store(const core::notices& wanted) override;

 private:
  /// The room whose cursor is where the step begins; null: there is none.
  room* room_of(const core::notices::step& one);
  std::uint64_t add(room& to, const core::mention& one) const;

  std::shared_ptr<chat_database> database_;
};

}  // namespace greenroom::storage::memory
