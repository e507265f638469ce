#include "protocol/gateway_api.hpp"

#include <array>

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

namespace {

constexpr std::array<std::string_view, 3> deletion_fields{"password", "private_rooms", "messages"};

// Whether a choice, which is one of two words, is the second; by default it is the first.
bool chose_second(json_reader& json, std::string_view name, std::string_view first, std::string_view second) {
  const auto word = json.text_or(name, first);
  if (word != first && word != second)
    json.refuse("`" + std::string(name) + "` must be " + std::string(first) + " or " + std::string(second) + ".");
  return word == second;
}

}  // namespace

core::result<deletion_request> read_deletion_request(std::string_view body) {
  json_reader json{body, core::ec::bad_request};
  deletion_request wanted;
  const bool has_password = json.has("password");
  wanted.password = json.text_or("password", {});
  wanted.choices.keep_rooms = chose_second(json, "private_rooms", "delete", "keep");
  wanted.choices.erase_messages = chose_second(json, "messages", "keep", "erase");
  if (json.other_than(deletion_fields))
    json.refuse("A deletion has `password`, `private_rooms` and `messages`, and no other field.");
  if (!json.ok()) return json.why();
  if (has_password && !core::check_password(wanted.password, 1)) return core::ec::bad_credentials;
  return wanted;
}

std::string to_json(const core::deletion& known) {
  std::string out;
  json_writer json{out};
  json.begin()
      .put("operation", known.operation.value)
      .put("state", core::to_string(known.state))
      .put("private_rooms", known.choices.keep_rooms ? "keep" : "delete")
      .put("messages", known.choices.erase_messages ? "erase" : "keep")
      .put("begun_at", known.begun);
  if (core::has_ended(known.state)) json.put("ended_at", known.ended);
  if (known.state == core::deletion_state::completed)
    json.begin("receipt")
        .put("rooms", known.receipt.rooms)
        .put("messages", known.receipt.messages)
        .put("anonymised", known.receipt.anonymised)
        .put("erased", known.receipt.erased)
        .put("memberships", known.receipt.memberships)
        .put("passed_on", known.receipt.passed_on)
        .put("sessions", known.receipt.sessions)
        .end();
  json.end();
  return out;
}

}  // namespace greenroom::protocol
