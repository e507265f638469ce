#include "protocol/me_api.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/direct.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/json_text.hpp"

namespace greenroom::protocol {
namespace {

constexpr std::array direct_words{std::pair{core::direct_setting::everyone, std::string_view{"everyone"}},
                                  std::pair{core::direct_setting::shared, std::string_view{"shared"}},
                                  std::pair{core::direct_setting::nobody, std::string_view{"nobody"}}};

bool is_there_twice(const std::vector<core::user_id>& people) {
  auto sorted = people;
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

bool is_harmless(std::string_view text) {
  const auto forbidden = [](char c) { return static_cast<unsigned char>(c) < ' ' && !core::text_control(c); };
  return core::valid_utf8(text) && std::none_of(text.begin(), text.end(), forbidden);
}

}  // namespace

core::result<core::open_direct> read_open_direct(std::string_view body, core::user_id by) {
  json_reader json{body, core::ec::bad_request};
  core::open_direct request{std::move(by), {}};
  const auto names = json.texts("with");
  if (json.ok() && (names.empty() || names.size() > core::max_group_people))
    json.refuse("`with` must name 1 to " + std::to_string(core::max_group_people) + " people.");
  if (!json.ok()) return json.why();
  for (const auto& name : names) {
    if (const auto checked = core::check_user_name(name); !checked) return checked.why();
    request.with.push_back({name});
  }
  if (is_there_twice(request.with)) json.refuse("`with` names somebody twice.");
  const bool names_oneself = std::find(request.with.begin(), request.with.end(), request.by) != request.with.end();
  if (names_oneself && request.with.size() > 1) json.refuse("`with` names the others of a group, not oneself.");
  if (!json.ok()) return json.why();
  if (request.with.size() == 1) request.room = core::direct_room_of(request.by, request.with.front());
  return request;
}

core::result<core::own_settings> read_own_settings(std::string_view body) {
  json_reader json{body, core::ec::bad_request};
  const auto word = json.text("direct");
  for (const auto& [setting, known] : direct_words)
    if (word == known) return core::own_settings{setting};
  json.refuse("`direct` must be everyone, shared or nobody.");
  return json.why();
}

core::result<core::put_draft> read_draft(std::string_view body, core::room_id room, core::user_id user) {
  json_reader json{body, core::ec::bad_request};
  core::put_draft request{std::move(user), std::move(room), json.text("text")};
  if (json.ok() && (request.text.size() > core::max_draft_bytes || !is_harmless(request.text)))
    json.refuse("`text` must be at most 8192 bytes without control characters other than those of texts.");
  if (!json.ok()) return json.why();
  return request;
}

std::string direct_json(const core::room_entered& answer) {
  std::string out;
  json_writer{out}.begin().put("room", answer.info.room.value).put("created", answer.created).end();
  return out;
}

std::string to_json(const core::own_settings& settings) {
  std::string out;
  json_writer{out}.begin().put("direct", direct_words.at(static_cast<std::size_t>(settings.direct)).second).end();
  return out;
}

std::string to_json(const core::block_list& blocks) {
  std::string out;
  json_writer json{out};
  json.begin().begin_list("blocks");
  for (const auto& user : blocks.blocked) json.item(user.value);
  json.end_list().end();
  return out;
}

std::string to_json(const core::draft_list& drafts) {
  std::string out;
  json_writer json{out};
  json.begin().begin_list("drafts");
  for (const auto& one : drafts.drafts)
    json.begin_item().put("room", one.room.value).put("text", one.text).put("at", one.at).end();
  json.end_list().put("more", drafts.more).end();
  return out;
}

}  // namespace greenroom::protocol
