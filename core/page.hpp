#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "core/messages/catalog.hpp"
#include "core/messages/log.hpp"
#include "core/messages/marks.hpp"
#include "core/messages/mentions.hpp"

namespace greenroom::core {

/// The bytes of an entry in an answer, at most: as JSON, with every character escaped that must be.
[[nodiscard]] std::size_t page_weight(const room_entry& entry) noexcept;
/// The bytes that a message's state adds to that, at most.
[[nodiscard]] std::size_t page_weight(const message_state& state) noexcept;
/// The bytes of all these entries in an answer, at most.
[[nodiscard]] std::size_t page_weight(std::span<const room_entry> entries) noexcept;
/// Of `entries`, ascending, the newest that fit into `long_answer_bytes`.
[[nodiscard]] std::vector<room_entry> newest_that_fit(std::vector<room_entry> entries);

/// Leaves out the last rooms of a page, which is longer than `long_answer_bytes` with them; at least one stays.
void cut_to_fit(rooms_synced& page);
/// The same for the last mentions of a list.
void cut_to_fit(mention_list& page);

/// A page of history, at most `long_answer_bytes` long, but with at least one entry, if there is one.
/// Entries come in ascending order; a page that is read backward keeps the newest.
class page_builder {
 public:
  enum class direction : std::uint8_t { forward, backward };

  explicit page_builder(direction read, std::size_t bytes = long_answer_bytes) : read_(read), bound_(bytes) {}

  /// The next entry. `state`: what became of it, if it is a message.
  void add(room_entry entry, message_state state = {});
  /// Whether entries were left out, so that there is more in the direction that was read.
  [[nodiscard]] bool cut() const noexcept { return cut_; }
  /// The entries that fit, ascending. To be called once.
  [[nodiscard]] std::vector<room_entry> take();
  /// The states of the entries that fit, as `history_page` has them. To be called once.
  [[nodiscard]] std::vector<message_state> take_states() { return {states_.begin(), states_.end()}; }

 private:
  void drop_oldest();

  direction read_;
  std::size_t bound_;
  std::size_t bytes_ = 0;
  std::size_t first_ = 0;  ///< of the entries that stay; those before it were left out
  bool cut_ = false;
  std::vector<room_entry> entries_;
  std::deque<message_state> states_;  ///< of those that stay
};

}  // namespace greenroom::core
