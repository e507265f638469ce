#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <vector>

#include "actors/local.hpp"
#include "actors/promises.hpp"
#include "core/journal.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

struct journal_deps {
  std::shared_ptr<storage::journal_store> store;
  std::size_t commit_entries = 512;  ///< a commit isn't begun with more
  std::uint32_t tail = 500;          ///< last entries that an opening brings
  telemetry::metrics metrics;
};

struct journal_state {
  static inline const char* name = "journal";
  using machine_type = core::journal<storage::room_append, caf::strong_actor_ptr>;

  journal_deps deps;
  std::optional<machine_type> machine;
  promises<core::room_opened> opened;
  /// The other questions of the next flush to the database: each kind in one statement.
  std::vector<std::pair<core::open_room, std::variant<core::asker_id, caf::strong_actor_ptr>>> opens;
  std::vector<std::pair<check_epoch, caf::strong_actor_ptr>> checks;
  bool flushing = false;  ///< a flush for opens, checks and appends is on its way
};

/// Carries out what `core::journal` decides, against the chat database; blocks, so it is spawned detached.
journal_actor::behavior_type journal_behavior(journal_actor::stateful_pointer<journal_state> self, journal_deps deps);

}  // namespace greenroom::actors
