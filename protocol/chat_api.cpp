#include "protocol/chat_api.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "core/direct.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/entry.hpp"
#include "protocol/json_text.hpp"
#include "protocol/me_api.hpp"
#include "protocol/query_reader.hpp"
#include "protocol/room_words.hpp"
#include "protocol/users_api.hpp"

namespace greenroom::protocol {
namespace {

core::room_access read_access(json_reader& json) {
  if (!json.has("access")) return json.flag("private", false) ? core::room_access::secret : core::room_access::open;
  if (json.has("private")) json.refuse("`access` or `private`, not both.");
  const auto access = access_by_word(json.view("access"));
  if (!access) json.refuse("`access` must be open, private or invited.");
  return access.value_or(core::room_access{});
}

// A whole number within bounds; `otherwise` where it is missing.
std::uint64_t read_bounded(json_reader& json, std::string_view name, std::uint64_t least, std::uint64_t most,
                           std::uint64_t otherwise, std::string_view or_else = {}) {
  const auto given = json.number_if(name);
  if (!json.ok() || !given) return otherwise;
  if (*given < least || *given > most)
    json.refuse("`" + std::string(name) + "` must be a whole number from " + std::to_string(least) + " to " +
                std::to_string(most) + std::string(or_else) + ".");
  return *given;
}

// `bans` of `ban`.
std::string plural_of(core::entry_kind kind) { return std::string(word_of(kind)) + "s"; }

}  // namespace

core::result<room_request> read_room_request(std::string_view body, std::string client) {
  if (body.empty()) body = "{}";
  json_reader json{body, core::ec::bad_request};
  room_request request;
  request.create.room.value = json.text_or("room", "lobby");
  request.create.access = read_access(json);
  const auto members = json.texts("members");
  if (members.size() > max_members_at_once) json.refuse({core::ec::bad_request, "`members` may name at most 500.", 0});
  if (!json.ok()) return json.why();
  if (const auto checked = core::check_room_name(request.create.room.value); !checked) return checked.why();
  for (const auto& member : members) {
    if (const auto checked = core::check_user_name(member); !checked) return checked.why();
    request.create.members.push_back({member});
  }
  if (!json.has("username") && !json.has("password")) return request;
  auto login = read_login(body, std::move(client));
  if (!login) return login.why();
  request.login = *std::move(login);
  return request;
}

core::result<core::list_rooms> read_list_rooms(std::string_view query, core::user_id viewer) {
  query_reader in{query};
  auto after = core::room_meant(in.after<core::room_id>(core::check_room_reference), viewer);
  core::list_rooms request{std::move(viewer), std::move(after), in.limit()};
  if (!in.ok()) return in.why();
  return request;
}

core::result<core::list_drafts> read_list_drafts(std::string_view query, core::user_id user) {
  query_reader in{query};
  auto after = core::room_meant(in.after<core::room_id>(core::check_room_reference), user);
  core::list_drafts request{std::move(user), std::move(after), in.limit()};
  if (!in.ok()) return in.why();
  return request;
}

core::result<core::sync_rooms> read_sync_query(std::string_view query, core::user_id viewer) {
  query_reader in{query};
  auto after = core::room_meant(in.after<core::room_id>(core::check_room_reference), viewer);
  core::sync_rooms request{std::move(viewer), std::move(after)};
  if (!in.ok()) return in.why();
  return request;
}

core::result<core::list_members> read_list_members(std::string_view query, core::room_id room, core::user_id viewer) {
  query_reader in{query};
  core::list_members request{std::move(room), std::move(viewer), in.after<core::user_id>(core::check_user_name),
                             in.limit()};
  if (!in.ok()) return in.why();
  return request;
}

core::result<core::read_history> read_history_query(std::string_view query, core::room_id room, core::user_id viewer) {
  query_reader in{query};
  const auto before = in.number("before", 1, max_json_number);
  const auto after = in.number("after", 0, max_json_number);
  if (before && after) in.refuse({core::ec::bad_request, "`before` or `after`, not both.", 0});
  core::read_history request{std::move(room),     std::move(viewer), {before.value_or(0)},
                             {after.value_or(0)}, in.limit(),        after == 0u};
  if (!in.ok()) return in.why();
  return request;
}

core::result<core::list_sanctions> read_list_sanctions(std::string_view query, core::room_id room, core::user_id viewer,
                                                       core::entry_kind kind) {
  query_reader in{query};
  core::list_sanctions request{std::move(room), std::move(viewer), kind, in.after<core::user_id>(core::check_user_name),
                               in.limit()};
  if (!in.ok()) return in.why();
  return request;
}

core::result<core::read_audit> read_audit_query(std::string_view query, core::room_id room, core::user_id viewer) {
  query_reader in{query};
  const auto before = in.number("before", 1, max_json_number).value_or(0);
  core::read_audit request{std::move(room), std::move(viewer), {before}, in.limit()};
  if (!in.ok()) return in.why();
  return request;
}

core::result<core::make_invite> read_make_invite(std::string_view body, core::room_id room, core::user_id by) {
  json_reader json{body.empty() ? std::string_view{"{}"} : body, core::ec::bad_request};
  core::make_invite request{std::move(room), std::move(by)};
  const auto seconds = [](std::chrono::seconds time) { return static_cast<std::uint64_t>(time.count()); };
  if (json.is_null("uses"))
    request.uses.reset();
  else
    request.uses = static_cast<std::uint32_t>(
        read_bounded(json, "uses", 1, core::max_invite_uses, core::default_invite_uses, ", or null"));
  request.life = std::chrono::seconds{read_bounded(json, "expires_in", seconds(core::min_invite_life),
                                                   seconds(core::max_invite_life), seconds(core::default_invite_life))};
  if (!json.ok()) return json.why();
  return request;
}

core::result<core::list_invites> read_list_invites(std::string_view query, core::room_id room, core::user_id viewer) {
  query_reader in{query};
  core::invite_id after{in.text("after").value_or("")};
  if (!after.value.empty() && !is_invite_id(after.value))
    in.refuse({core::ec::bad_request, "`after` must be the id of an invite.", 0});
  core::list_invites request{std::move(room), std::move(viewer), std::move(after), in.limit()};
  if (!in.ok()) return in.why();
  return request;
}

bool is_invite_id(std::string_view id) { return core::is_lower_hex(id, 24); }

core::result<upgrade_query> read_upgrade_query(std::string_view query) {
  query_reader in{query};
  const auto history = in.number("history", 0, max_page).value_or(0);
  upgrade_query request{in.text("ticket").value_or(""), static_cast<std::uint32_t>(history)};
  if (!in.ok()) return in.why();
  return request;
}

std::string to_json(const core::room_entered& answer, std::string_view websocket, std::uint32_t expires_in) {
  std::string out;
  json_writer{out}
      .begin()
      .put("room", answer.info.room.value)
      .put("websocket", websocket)
      .put("expires_in", std::uint64_t{expires_in})
      .end();
  return out;
}

std::string ticket_json(std::string_view ticket, std::uint32_t expires_in) {
  std::string out;
  json_writer{out}.begin().put("ticket", ticket).put("expires_in", std::uint64_t{expires_in}).end();
  return out;
}

std::string to_json(const core::room_list& answer) {
  std::string out;
  json_writer json{out};
  json.begin().begin_list("rooms");
  for (const auto& room : answer.rooms) {
    json.begin_item().put("room", room.room.value);
    if (!room.is_seen_only()) json.put("owner", room.owner.value);
    json.put("access", word_of(room.settings.access)).put("private", !room.is_open());
    if (!room.settings.title.empty()) json.put("title", room.settings.title.view());
    if (!room.settings.topic.empty()) json.put("topic", room.settings.topic.view());
    if (!room.is_seen_only()) json.put("head", room.head.value).put("created_at", room.created);
    json.end();
  }
  json.end_list().put("more", answer.more).end();
  return out;
}

std::string to_json(const core::room_described& answer) {
  std::string out;
  json_writer json{out};
  const auto& [info, role, members, seen_only] = answer;
  json.begin()
      .put("room", info.room.value)
      .put("access", word_of(info.settings.access))
      .put("title", info.settings.title.view())
      .put("topic", info.settings.topic.view());
  if (seen_only) {
    json.end();
    return out;
  }
  json.put("post", word_of(info.settings.post))
      .put("slow", std::uint64_t{info.settings.slow_s})
      .put("edit_window", std::uint64_t{info.settings.edit_window_s})
      .put("receipts", word_of(info.settings.receipts));
  if (!info.settings.data.empty()) json.put_json("data", info.settings.data);
  json.put("owner", info.owner.value);
  if (role != core::room_role::outsider) json.put("role", word_of(role));
  json.put("generation", info.generation)
      .put("head", info.head.value)
      .put("members_count", members)
      .put("created_at", info.created)
      .end();
  return out;
}

std::string to_json(const core::history_page& answer) {
  std::string out;
  json_writer json{out};
  json.begin();
  put_page(json, answer);
  json.end();
  return out;
}

std::string to_json(const core::member_list& answer) {
  std::string out;
  json_writer json{out};
  json.begin().begin_list("members");
  for (const auto& member : answer.members) json.item(member.user.value);
  json.end_list().begin("roles");
  for (const auto& member : answer.members)
    if (member.role > core::room_role::member) json.put(member.user.value, word_of(member.role));
  json.end().put("more", answer.more).end();
  return out;
}

std::string to_json(const core::sanction_list& answer, core::entry_kind kind) {
  std::string out;
  json_writer json{out};
  json.begin().begin_list(plural_of(kind));
  for (const auto& [what, at] : answer.sanctions) {
    json.begin_item().put("user", what.user.value);
    if (!what.by.value.empty()) json.put("by", what.by.value);
    if (!what.why.empty()) json.put("reason", what.why.view());
    if (what.until != core::wall_time{}) json.put("until", what.until);
    json.put("at", at).end();
  }
  json.end_list().put("more", answer.more).end();
  return out;
}

std::string to_json(const core::invite_made& answer, std::string_view url) {
  std::string out;
  json_writer{out}.begin().put("id", answer.id.value).put("invite", answer.invite).put("url", url).end();
  return out;
}

std::string to_json(const core::invite_list& answer) {
  std::string out;
  json_writer json{out};
  json.begin().begin_list("invites");
  for (const auto& each : answer.invites) {
    json.begin_item().put("id", each.id.value);
    each.uses_left ? json.put("uses_left", std::uint64_t{*each.uses_left}) : json.put_json("uses_left", "null");
    json.put("expires_at", each.expires_at).put("by", each.by.value).end();
  }
  json.end_list().put("more", answer.more).end();
  return out;
}

std::string invite_accepted_json(const core::room_id& room, core::room_role role) {
  std::string out;
  json_writer{out}.begin().put("room", room.value).put("role", word_of(role)).end();
  return out;
}

std::string to_json(const core::audit_page& answer) {
  std::string out;
  json_writer json{out};
  json.begin();
  put_entries(json, "entries", answer.entries);
  json.put("more", answer.more).end();
  return out;
}

}  // namespace greenroom::protocol
