#include "net/hub.hpp"

#include <utility>

#include "net/hub_shard.hpp"
#include "net/ws_frame.hpp"

namespace greenroom::net {
namespace {

// An empty frame stands for nothing to say: no header, or a client would see an empty message.
void append_text(std::string& to, std::string_view frame) {
  if (!frame.empty()) append_ws_frame(to, ws_opcode::text, frame);
}

framed with_headers(const core::frames& from) {
  framed out;
  out.bytes.reserve(from.bytes.size() + 4 * from.ends.size());
  out.ends.reserve(from.ends.size());
  for (std::size_t i = 0; i < from.ends.size(); ++i) {
    append_text(out.bytes, from[i]);
    out.ends.push_back(static_cast<std::uint32_t>(out.bytes.size()));
  }
  return out;
}

std::shared_ptr<const framed_batch> with_headers(const core::encoded_batch& from) {
  auto out = std::make_shared<framed_batch>();
  out->first = from.first;
  out->count = from.count;
  for (std::size_t dialect = 0; dialect < core::dialect_count; ++dialect)
    out->text[dialect] = with_headers(from.text[dialect]);
  out->personal.reserve(from.personal.size());
  for (const core::personal_frame& one : from.personal) {
    out->personal.push_back({one.connection, one.index, {}});
    append_text(out->personal.back().bytes, one.bytes);
  }
  return out;
}

std::shared_ptr<const framed_event> with_headers(const core::encoded& from) {
  auto out = std::make_shared<framed_event>();
  for (std::size_t dialect = 0; dialect < core::dialect_count; ++dialect)
    (*out)[dialect] = with_headers(from[dialect]).bytes;
  return out;
}

}  // namespace

hub::hub(io_pool& pool, hub_settings settings) : pool_(pool), settings_(settings) {
  for (std::size_t slot = 0; slot < pool.size(); ++slot)
    shards_.push_back(std::make_shared<hub_shard>(pool.context(slot), slot, settings_));
}

hub::~hub() = default;

template <class Command>
void hub::to_all(const Command& what) {
  for (const auto& shard : shards_) shard->push(what);
}

void hub::listen(core::topic_id topic, core::connection_id connection, core::dialect_kind dialect) {
  shard_of(connection).push(hub_command::listen{topic, connection, dialect});
}

void hub::open(core::topic_id topic, core::connection_id connection, core::frames first, core::seq_no next) {
  auto bytes = std::make_shared<const std::string>(with_headers(first).bytes);
  shard_of(connection).push(hub_command::open{topic, connection, std::move(bytes), next});
}

void hub::leave(core::topic_id topic, core::connection_id connection, core::frames last) {
  auto bytes = std::make_shared<const std::string>(with_headers(last).bytes);
  shard_of(connection).push(hub_command::leave{topic, connection, std::move(bytes)});
}

void hub::deliver(core::topic_id topic, std::shared_ptr<const core::encoded_batch> batch) {
  to_all(hub_command::deliver{topic, with_headers(*batch)});
}

void hub::tell(core::topic_id topic, core::latest kind, std::shared_ptr<const core::encoded> event) {
  to_all(hub_command::tell{topic, with_headers(*event), kind == core::latest::presence});
}

void hub::skip(core::topic_id topic, core::seq_no head) { to_all(hub_command::skip{topic, head}); }

void hub::end(core::topic_id topic, std::shared_ptr<const core::encoded> last) {
  to_all(hub_command::end{topic, with_headers(*last)});
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
