#include "protocol/sync.hpp"

#include <array>
#include <utility>

#include "core/direct.hpp"
#include "protocol/room_words.hpp"
#include "protocol/sentence.hpp"

namespace greenroom::protocol {
namespace {

void put_last(json_writer& json, const core::room_entry& last) {
  std::string made;
  json.begin("last").put("seq", last.seq.value).put("from", last.author.value);
  json.put("text", told(last, made)).put("at", last.at);
  if (last.kind != core::entry_kind::text) json.put("kind", word_of(last.kind));
  json.end();
}

}  // namespace

core::result<core::set_notify> read_notify_body(std::string_view body, core::room_id room, core::user_id user) {
  json_reader json{body, core::ec::bad_request};
  const auto level = notify_by_word(json.view("level"));
  if (!level) json.refuse("`level` must be all, mentions or none.");
  if (!json.ok()) return json.why();
  return core::set_notify{std::move(room), std::move(user), *level};
}

void put_synced(json_writer& json, const core::rooms_synced& page) {
  json.begin_list("rooms");
  for (const auto& one : page.rooms) {
    json.begin_item().put("room", one.room.value);
    if (!one.title.empty()) json.put("title", one.title.view());
    json.put("access", word_of(one.access));
    if (core::nature_of(one.room) == core::room_nature::direct) json.put("direct", true);
    json.put("generation", one.generation).put("head", one.head.value);
    // Nothing is dropped from a log yet.
    if (one.head) json.put("first", std::uint64_t{1});
    json.put("unread", one.unread).put("mentions", one.mentions).put("read", one.read.value);
    json.put("role", word_of(one.role)).put("notify", word_of(one.notify));
    if (one.last.seq) put_last(json, one.last);
    json.end();
  }
  json.end_list().put("more", page.more);
}

std::string to_json(const core::rooms_synced& page) {
  std::string out;
  json_writer json{out};
  json.begin();
  put_synced(json, page);
  json.end();
  return out;
}

}  // namespace greenroom::protocol
