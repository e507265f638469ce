#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/ports.hpp"
#include "net/io_pool.hpp"

namespace greenroom::net {

class hub_shard;

/// Bounds of a hub.
struct hub_settings {
  std::size_t outbox_bytes = 1024 * 1024;  ///< bytes that a slow connection may occupy
  std::uint16_t held_batches = 64;         ///< batches that a closed cursor holds
  core::milliseconds tick{1'000};          ///< how often connections look at the clock
};

/// Counts of a hub's work since it began, and its present size.
struct hub_figures {
  std::uint64_t deliveries = 0;    ///< entries put into outboxes
  std::uint64_t writes = 0;        ///< outboxes written, mostly one `sendmsg` each
  std::uint64_t dropped = 0;       ///< latest-value events that a slow connection didn't get
  std::uint64_t gaps = 0;          ///< gaps reported
  std::uint64_t too_slow = 0;      ///< connections closed because they took too little
  std::uint64_t outbox_bytes = 0;  ///< in all outboxes, at the end of the last turn
  std::uint64_t connections = 0;
  std::uint64_t listeners = 0;
};

/// Every figure, to go through them all.
inline constexpr std::array<std::uint64_t hub_figures::*, 8> figure_list{
    &hub_figures::deliveries, &hub_figures::writes,       &hub_figures::dropped,     &hub_figures::gaps,
    &hub_figures::too_slow,   &hub_figures::outbox_bytes, &hub_figures::connections, &hub_figures::listeners};

/// The `audience` port over one shard per slot of the pool: one task per io thread, however many listeners there are.
/// To be destroyed after the pool has stopped, and before the pool is.
class hub final : public core::audience {
 public:
  explicit hub(io_pool& pool, hub_settings settings = {});
  ~hub() override;

  void listen(core::topic_id topic, core::connection_id connection, core::hearing how) override;
  void open(core::topic_id topic, core::connection_id connection, std::string first, core::seq_no next) override;
  void rehear(core::topic_id topic, core::connection_id connection, core::hearing how) override;
  void leave(core::topic_id topic, core::connection_id connection, std::string last) override;
  void deliver(core::topic_id topic, std::shared_ptr<const core::encoded_batch> batch) override;
  void tell(core::topic_id topic, core::latest kind, std::shared_ptr<const core::encoded_event> event) override;
  void skip(core::topic_id topic, core::seq_no head) override;
  void end(core::topic_id topic, std::shared_ptr<const core::encoded_event> last) override;

  /// Cuts every connection, now and from now on. Thread safe; before the pool stops.
  void stop();
  /// Sums over the shards. Thread safe; each figure is right, not all at the same instant.
  [[nodiscard]] hub_figures figures() const;

  /// The shard of that slot of the pool: for connections.
  [[nodiscard]] const std::shared_ptr<hub_shard>& shard(std::size_t slot) const { return shards_[slot]; }
  [[nodiscard]] const hub_settings& settings() const noexcept { return settings_; }
  /// The pool that it runs on.
  [[nodiscard]] io_pool& pool() const noexcept { return pool_; }

 private:
  template <class Command>
  void to_all(const Command& what);
  [[nodiscard]] hub_shard& shard_of(core::connection_id connection) const;

  io_pool& pool_;
  hub_settings settings_;
  std::vector<std::shared_ptr<hub_shard>> shards_;
};

}  // namespace greenroom::net
