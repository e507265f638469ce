#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "core/result.hpp"
#include "storage/open.hpp"
#include "storage/standing.hpp"

namespace greenroom::storage::soci {

class database;

/// Inside a transaction: invalidates everything that was reported of the log or the accounts before, and returns how
/// many rows that changed.
using renewal = std::uint64_t (*)(database& in);

/// The state that the connections of one database share, besides its file.
struct upkeep {
  std::shared_ptr<storage::standing> state = std::make_shared<storage::standing>();
  renewal renew = nullptr;
  after_restore policy = after_restore::refuse;
  /// Whether the place is recorded: from then on every connection compares it.
  std::atomic<bool> settled{false};
};

}  // namespace greenroom::storage::soci
