#include "protocol/gateway_api.hpp"

#include "core/delete_user.hpp"
#include "core/names.hpp"
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

core::result<std::string> read_deletion_password(std::string_view body) {
  json_reader json{body, core::ec::bad_request};
  auto password = json.text("password");
  if (!json.ok()) return json.why();
  if (!core::check_password(password, 1)) return core::ec::bad_credentials;
  return password;
}

std::string to_json(const core::deletion& known) {
  std::string out;
  json_writer json{out};
  json.begin()
      .put("operation", known.operation.value)
      .put("state", core::to_string(known.state))
      .put("begun_at", known.begun);
  if (core::has_ended(known.state)) json.put("ended_at", known.ended);
  if (known.state == core::deletion_state::completed)
    json.begin("receipt")
        .put("rooms", known.receipt.rooms)
        .put("messages", known.receipt.messages)
        .put("anonymised", known.receipt.anonymised)
        .put("memberships", known.receipt.memberships)
        .put("passed_on", known.receipt.passed_on)
        .put("sessions", known.receipt.sessions)
        .end();
  json.end();
  return out;
}

}  // namespace greenroom::protocol
