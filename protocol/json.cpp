#include "protocol/json.hpp"

#include <array>
#include <string>
#include <utility>

#include "core/direct.hpp"
#include "core/modes.hpp"
#include "core/names.hpp"
#include "protocol/act.hpp"
#include "protocol/entry.hpp"
#include "protocol/json_text.hpp"
#include "protocol/news.hpp"
#include "protocol/problem.hpp"
#include "protocol/room_words.hpp"
#include "protocol/sync.hpp"

namespace greenroom::protocol {
namespace {

using core::client_command;

// ---- reading ---------------------------------------------------------------------------------------------------

constexpr std::array typing_words{std::pair{core::typing_state::active, std::string_view{"active"}},
                                  std::pair{core::typing_state::paused, std::string_view{"paused"}},
                                  std::pair{core::typing_state::done, std::string_view{"done"}}};

std::optional<core::seq_no> seq_if(json_reader& frame, std::string_view name) {
  const auto number = frame.number_if(name);
  return number ? std::optional{core::seq_no{*number}} : std::nullopt;
}

client_command read_join(json_reader& frame) {
  core::client_join join{frame.room("room"), seq_if(frame, "after"), std::nullopt};
  if (frame.has("key")) {
    join.key = frame.view("key");
    if (!core::is_key(join.key))
      frame.refuse(
          {core::ec::bad_frame, "`key` must be 1 to 32 printable ASCII characters, no space, comma or colon.", 0});
  }
  if (!frame.has("generation")) return join;
  join.generation = read_generation(frame.text("generation"));
  if (!join.generation) frame.refuse({core::ec::bad_frame, "`generation` must be 16 lower-case hex digits.", 0});
  return join;
}

client_command read_send(json_reader& frame) {
  core::client_send send{frame.room("room"), frame.text("id"), frame.view("text")};
  send.target = read_answered(frame);
  if (!frame.ok()) return send;
  if (const auto checked = core::check_given_id(send.client_id); !checked) frame.refuse(checked.why());
  if (const auto checked = core::check_text(send.text); !checked) frame.refuse(checked.why());
  return send;
}

client_command read_act_frame(json_reader& frame) {
  static constexpr std::array<std::string_view, 3> besides{"type", "room", "id"};
  core::client_send send{frame.room("room"), frame.text("id"), {}};
  if (const auto checked = core::check_given_id(send.client_id); !checked) frame.refuse(checked.why());
  auto act = read_act(frame, besides);
  send.text = std::move(act.text);
  send.kind = act.kind;
  send.act = std::move(act.act);
  send.target = act.target;
  return send;
}

client_command read_history(json_reader& frame) {
  core::client_history history{frame.room("room"), seq_if(frame, "before"), seq_if(frame, "after"), 50};
  const auto limit = frame.number_if("limit").value_or(history.limit);
  if (history.before && history.after) frame.refuse({core::ec::bad_frame, "`before` or `after`, not both.", 0});
  if (history.before && !*history.before) frame.refuse({core::ec::bad_frame, "`before` must be at least 1.", 0});
  if (limit < 1 || limit > 500) frame.refuse({core::ec::bad_frame, "`limit` must be 1 to 500.", 0});
  history.limit = static_cast<std::uint32_t>(limit);
  return history;
}

client_command read_leave(json_reader& frame) { return core::client_leave{frame.room("room")}; }

client_command read_typing(json_reader& frame) {
  core::client_typing typing{frame.room("room")};
  const auto word = frame.text_or("state", "active");
  for (const auto& [state, known] : typing_words)
    if (word == known) {
      typing.state = state;
      return typing;
    }
  frame.refuse({core::ec::bad_frame, "`state` must be active, paused or done.", 0});
  return typing;
}

client_command read_mark(json_reader& frame) {
  return core::client_read{frame.room("room"), core::seq_no{frame.number("seq")}};
}

client_command read_sync(json_reader& frame) {
  core::client_sync sync;
  if (frame.has("after")) sync.after = frame.room("after");
  return sync;
}

client_command read_ping(json_reader&) { return core::client_ping{}; }

struct command {
  std::string_view type;
  client_command (*read)(json_reader&);
};
constexpr std::array commands{
    command{"send", read_send},   command{"join", read_join},     command{"history", read_history},
    command{"leave", read_leave}, command{"typing", read_typing}, command{"read", read_mark},
    command{"ping", read_ping},   command{"act", read_act_frame}, command{"sync", read_sync}};

// The parts of a refused frame by which the client can match the refusal, where they are readable.
client_command mistake(const json_reader& frame) {
  core::client_mistake made{frame.why(), {}, {}};
  if (const auto id = frame.peek("id"); core::check_given_id(id)) made.client_id = id;
  if (const auto room = frame.peek("room"); core::check_room_reference(room)) made.room.value = room;
  return made;
}

// ---- writing ---------------------------------------------------------------------------------------------------

// `open` is the frame up to the name of its room.
void begin(std::string& bytes, std::string_view open, const core::room_id& room) {
  bytes += open;
  append_quoted(bytes, room.value);
}

void put_users(json_writer& json, std::string_view name, const std::vector<core::user_id>& users) {
  json.begin_list(name);
  for (const auto& user : users) json.item(user.value);
  json.end_list();
}

// The room as the one who comes finds it.
void put_face(json_writer& json, const core::room_face& face) {
  json.put("access", word_of(face.access)).put("owner", face.owner.value);
  if (face.role != core::room_role::outsider) json.put("role", word_of(face.role));
  if (!face.title.empty()) json.put("title", face.title.view());
  if (!face.topic.empty()) json.put("topic", face.topic.view());
  json.put("edit_window", std::uint64_t{face.edit_window_s});
}

struct writer {
  std::string& bytes;

  // The hot path: straight into the buffer.
  void operator()(const core::message_event& event) const {
    begin(bytes, R"({"type":"message","room":)", event.room);
    bytes += ',';
    append_entry(bytes, *event.entry, event.with_id);
    bytes += event.duplicate ? R"(,"duplicate":true})" : "}";
  }
  void operator()(const core::joined_event& event) const {
    json_writer json{bytes};
    begin(bytes, R"({"type":"joined","room":)", event.room);
    json.put("generation", event.generation).put("head", event.head.value).put("as_of", event.head.value);
    json.begin("members").put("count", std::uint64_t{event.members.count});
    put_users(json, "first", event.members.first);
    json.end().put("recovered", event.recovered);
    // Nothing is dropped from a log yet.
    if (event.head) json.put("first", std::uint64_t{1});
    if (event.face) put_face(json, *event.face);
    json.end();
  }
  void operator()(const core::left_event& event) const {
    begin(bytes, R"({"type":"left","room":)", event.room);
    bytes += '}';
  }
  void operator()(const core::history_event& event) const {
    json_writer json{bytes};
    begin(bytes, R"({"type":"history","room":)", event.room);
    put_page(json, *event.page);
    json.end();
  }
  void operator()(const core::presence_event& event) const {
    json_writer json{bytes};
    begin(bytes, R"({"type":"presence","room":)", event.room);
    put_users(json, "joined", event.change->joined);
    put_users(json, "left", event.change->left);
    json.put("count", std::uint64_t{event.change->count});
    if (event.change->whole) json.put("whole", true);
    json.end();
  }
  void operator()(const core::typing_event& event) const {
    begin(bytes, R"({"type":"typing","room":)", event.room);
    const auto row = static_cast<std::size_t>(event.note.state);
    json_writer{bytes}
        .put("user", event.note.user.value)
        .put("state", typing_words[row < typing_words.size() ? row : 0].second)
        .end();
  }
  void operator()(const core::read_event& event) const {
    begin(bytes, R"({"type":"read","room":)", event.room);
    json_writer{bytes}.put("user", event.note.user.value).put("seq", event.note.seq.value).end();
  }
  void operator()(const core::synced_event& event) const {
    json_writer json{bytes};
    bytes += R"({"type":"synced")";
    put_synced(json, *event.page);
    json.end();
  }
  void operator()(const core::pong_event&) const { bytes += R"({"type":"pong"})"; }
  void operator()(const core::heads_event& event) const {
    json_writer json{bytes};
    bytes += R"({"type":"heads","rooms":{)";
    for (const auto& [room, head] : *event.heads) json.put(room.value, head.value);
    json.end().end();
  }
  void operator()(const core::gap_event& event) const {
    begin(bytes, R"({"type":"gap","room":)", event.room);
    json_writer{bytes}.put("from", event.from.value).put("to", event.to.value).end();
  }
  void operator()(const core::gone_event& event) const {
    begin(bytes, R"({"type":"gone","room":)", event.room);
    json_writer json{bytes};
    json.put("reason", core::to_string(event.reason));
    if (event.because) put_because(json, *event.because);
    json.end();
  }
  void operator()(const core::unchanged_event& event) const {
    begin(bytes, R"({"type":"unchanged","room":)", event.room);
    json_writer json{bytes};
    if (!event.client_id.empty()) json.put("id", event.client_id);
    json.end();
  }
  void operator()(const core::error_event& event) const {
    json_writer json{bytes};
    json.begin().put("type", "error").put("code", core::to_string(event.why.code));
    json.put("detail", public_detail(event.why));
    if (!event.client_id.empty()) json.put("id", event.client_id);
    if (!event.room.value.empty()) json.put("room", event.room.value);
    if (event.why.retry_after > 0) json.put("retry_after", std::uint64_t{event.why.retry_after});
    if (event.why.because) put_because(json, *event.why.because);
    json.end();
  }
  void operator()(const core::erased_event& event) const {
    begin(bytes, R"({"type":"erased","room":)", event.room);
    json_writer json{bytes};
    json.put("user", event.who->author.value);
    if (event.who->erase) {
      json.begin_list("seqs");
      for (const auto seq : event.who->seqs) json.raw_item() += std::to_string(seq.value);
      json.end_list();
    }
    json.end();
  }
  void operator()(const core::news_event& event) const { append_news(bytes, *event.news); }
  void operator()(const core::passing_event&) const {}  // never comes here
  void operator()(const core::face_event&) const {}     // nor this
};

}  // namespace

core::client_command json::decode(std::string_view text) const {
  json_reader frame{text, core::ec::bad_frame};
  const auto type = frame.view("type");
  for (const auto& known : commands) {
    if (type != known.type) continue;
    auto said = known.read(frame);
    return frame.ok() ? said : mistake(frame);
  }
  frame.refuse(
      {core::ec::bad_frame, "`type` is none of join, leave, send, act, history, typing, read, sync, ping.", 0});
  return mistake(frame);
}

void json::encode(const core::client_event& event, features, frame_writer& out) const {
  // Of IRC alone.
  if (std::holds_alternative<core::passing_event>(event) || std::holds_alternative<core::face_event>(event)) return;
  std::visit(writer{out.begin()}, event);
  out.end();
}

}  // namespace greenroom::protocol
