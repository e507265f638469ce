#pragma once
#include <memory>

#include "storage/journal_store.hpp"
#include "storage/memory/chat_database.hpp"

namespace greenroom::storage::memory {

/// The journal's contract in its plain form. Nothing survives the process.
class journal_store final : public storage::journal_store {
 public:
  explicit journal_store(std::shared_ptr<chat_database> database) : database_(std::move(database)) {}

  core::result<std::vector<core::result<core::room_opened>>> open(const std::vector<core::open_room>& rooms,
                                                                  std::uint32_t tail) override;
  core::result<std::vector<append_outcome>> append(std::span<const room_append> rooms) override;
  core::result<std::vector<core::room_entry>> read(core::room_key room, core::seq_no after,
                                                   std::uint32_t limit) override;
  core::result<std::vector<room_epoch>> epochs(const std::vector<core::room_key>& rooms) override;
  core::result<core::view_version> newest_view() override;

 private:
  core::result<core::room_opened> open_one(const core::open_room& wanted, std::uint32_t tail);
  append_outcome append_one(const room_append& wanted);
  /// Why the author can't make the person a member, besides what the room itself says; `none`: they can.
  [[nodiscard]] core::ec refusal_to_add(const room& into, const core::room_entry& act,
                                        const core::act_effect& effect) const;

  std::shared_ptr<chat_database> database_;
};

}  // namespace greenroom::storage::memory
