#include "protocol/gateway_api.hpp"

#include "protocol/discovery_api.hpp"
#include "protocol/json_text.hpp"

namespace greenroom::protocol {

std::string gateway_status(const status_head& head, std::span<const status_count> counts,
                           std::span<const upstream_instance> upstreams) {
  std::string out;
  json_writer json{out};
  begin_status(json, head);
  for (const auto& count : counts) json.put(count.name, count.value);
  json.begin_list("upstreams");
  for (const auto& instance : upstreams) {
    json.begin_item()
        .put("role", instance.role)
        .put("node", instance.node.value)
        .put("address", address_text(instance.host, instance.port))
        .put("circuit", instance.circuit)
        .put("draining", instance.draining);
    put_load(json, instance.load);
    json.end();
  }
  json.end_list().end();
  return out;
}

}  // namespace greenroom::protocol
