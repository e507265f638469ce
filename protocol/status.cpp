#include "protocol/status.hpp"

#include "protocol/json_text.hpp"

namespace greenroom::protocol {

void begin_status(json_writer& json, const status_head& head) {
  json.begin()
      .put("status", "Alive")
      .put("role", head.role)
      .put("node", head.node.value)
      .put("version", head.version)
      .put("uptime_seconds", head.uptime_seconds);
}

std::string status_text(const status_head& head, std::span<const status_count> counts) {
  std::string out;
  json_writer json{out};
  begin_status(json, head);
  for (const auto& count : counts) json.put(count.name, count.value);
  json.end();
  return out;
}

}  // namespace greenroom::protocol
