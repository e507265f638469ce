#include "protocol/act_api.hpp"

#include <array>
#include <optional>
#include <utility>

#include "core/names.hpp"
#include "protocol/act.hpp"
#include "protocol/entry.hpp"

namespace greenroom::protocol {
namespace {

constexpr std::array<std::string_view, 1> id_alone{"id"};

json_reader reader_of(std::string_view body) {
  return json_reader{body.empty() ? std::string_view{"{}"} : body, core::ec::bad_request};
}

// The post, with the id where the body has one.
core::result<core::post> with_body_id(json_reader& json, core::post made) {
  if (json.has("id")) {
    made.client_id = json.text("id");
    if (const auto checked = core::check_given_id(made.client_id); !checked) json.refuse(checked.why());
  }
  if (!json.ok()) return json.why();
  return made;
}

core::result<core::post> read_about(json_reader json, core::entry_kind kind, core::user_id user) {
  auto made = read_act(json, kind, std::move(user), id_alone);
  return with_body_id(json, std::move(made));
}

// The string that a field is (RFC 8941 section 3.3.3); nothing where its quotes or escapes are wrong.
std::optional<std::string> unquoted(std::string_view field) {
  if (!field.starts_with('"')) return std::string(field);
  std::string out;
  for (std::size_t i = 1; i < field.size(); ++i) {
    if (field[i] == '"') return i + 1 == field.size() ? std::optional{out} : std::nullopt;
    if (field[i] == '\\' && (++i == field.size() || (field[i] != '"' && field[i] != '\\'))) return std::nullopt;
    out += field[i];
  }
  return std::nullopt;
}

}  // namespace

core::result<core::post> read_act_body(std::string_view body) {
  json_reader json{body, core::ec::bad_request};
  auto made = read_act(json, id_alone);
  return with_body_id(json, std::move(made));
}

core::result<core::post> read_message_body(std::string_view body) {
  json_reader json{body, core::ec::bad_request};
  auto made = read_message(json, id_alone);
  return with_body_id(json, std::move(made));
}

core::result<core::post> read_settings_body(std::string_view body) {
  json_reader json{body, core::ec::bad_request};
  auto made = read_settings_act(json);
  if (!json.ok()) return json.why();
  return made;
}

core::result<core::post> read_member_body(std::string_view body, core::user_id user) {
  auto json = reader_of(body);
  const auto kind = json.has("role") ? core::entry_kind::role : core::entry_kind::add;
  return read_about(std::move(json), kind, std::move(user));
}

core::result<core::post> read_sanction_body(std::string_view body, core::entry_kind kind, core::user_id user) {
  return read_about(reader_of(body), kind, std::move(user));
}

core::result<core::post> read_reason_body(std::string_view body, core::entry_kind kind, core::user_id user) {
  return read_about(reader_of(body), kind, std::move(user));
}

core::status take_key(std::string_view field, core::post& into) {
  if (field.empty()) return core::done{};
  auto key = unquoted(field);
  if (!key) return core::ec::bad_id;
  if (const auto checked = core::check_given_id(*key); !checked) return checked.why();
  if (!into.client_id.empty() && into.client_id != *key)
    return core::error{core::ec::bad_request, "`id` and the Idempotency-Key must be the same."};
  into.client_id = std::move(*key);
  return core::done{};
}

std::string to_json(const core::act_performed& answer, const core::room_id& room) {
  std::string out;
  json_writer json{out};
  json.begin().put("room", room.value);
  if (!answer.entry.seq) {
    json.put("unchanged", true).end();
    return out;
  }
  json.put("generation", answer.generation);
  append_entry(json.raw_item(), answer.entry, true);
  if (answer.duplicate) json.put("duplicate", true);
  json.end();
  return out;
}

}  // namespace greenroom::protocol
