#include "net/hub.hpp"

#include <utility>

#include "net/hub_shard.hpp"

namespace greenroom::net {
hub::hub(io_pool& pool, hub_settings settings) : pool_(pool), settings_(settings) {
  for (std::size_t slot = 0; slot < pool.size(); ++slot)
    shards_.push_back(std::make_shared<hub_shard>(pool.context(slot), slot, settings_));
}

hub::~hub() = default;

template <class Command>
void hub::to_all(const Command& what) {
  for (const auto& shard : shards_) shard->push(what);
}

void hub::listen(core::topic_id topic, core::connection_id connection, core::hearing how) {
  shard_of(connection).push(hub_command::listen{topic, connection, how});
}

void hub::open(core::topic_id topic, core::connection_id connection, std::string first, core::seq_no next) {
  auto bytes = std::make_shared<const std::string>(std::move(first));
  shard_of(connection).push(hub_command::open{topic, connection, std::move(bytes), next});
}

void hub::rehear(core::topic_id topic, core::connection_id connection, core::hearing how) {
  shard_of(connection).push(hub_command::rehear{topic, connection, how});
}

void hub::leave(core::topic_id topic, core::connection_id connection, std::string last) {
  auto bytes = std::make_shared<const std::string>(std::move(last));
  shard_of(connection).push(hub_command::leave{topic, connection, std::move(bytes)});
}

void hub::deliver(core::topic_id topic, std::shared_ptr<const core::encoded_batch> batch) {
  to_all(hub_command::deliver{topic, std::move(batch)});
}

void hub::tell(core::topic_id topic, core::latest kind, std::shared_ptr<const core::encoded_event> event) {
  const bool waits = kind == core::latest::presence || kind == core::latest::erased;
  to_all(hub_command::tell{topic, std::move(event), waits});
}

void hub::skip(core::topic_id topic, core::seq_no head) { to_all(hub_command::skip{topic, head}); }

void hub::end(core::topic_id topic, std::shared_ptr<const core::encoded_event> last) {
  to_all(hub_command::end{topic, std::move(last)});
}

void hub::stop() {
  for (const auto& shard : shards_) shard->stop();
}

hub_figures hub::figures() const {
  hub_figures sum;
  for (const auto& shard : shards_) {
    const hub_figures one = shard->figures();
    for (const auto figure : figure_list) sum.*figure += one.*figure;
  }
  return sum;
}

hub_shard& hub::shard_of(core::connection_id connection) const {
  return *shards_[io_pool::slot_of(connection) % shards_.size()];
}

}  // namespace greenroom::net
