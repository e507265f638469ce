#include "protocol/mentions_api.hpp"

#include <limits>
#include <optional>
#include <utility>

#include "core/direct.hpp"
#include "core/text.hpp"
#include "protocol/chat_api.hpp"
#include "protocol/entry.hpp"
#include "protocol/json_text.hpp"
#include "protocol/query_reader.hpp"

namespace greenroom::protocol {
namespace {

constexpr std::uint64_t largest_place = std::numeric_limits<std::int64_t>::max();

// `TIME-SEQ-ROOM`, for clients a text like any other.
std::string text_of(const core::mention_place& place) {
  std::string out;
  core::append_number(out, place.at.time_since_epoch().count());
  out += '-';
  core::append_number(out, place.seq.value);
  return out + '-' + place.room.value;
}

std::optional<core::mention_place> place_from(std::string_view text) {
  const auto at = core::number_from<std::uint64_t>(core::take_until(text, '-'));
  const auto seq = core::number_from<std::uint64_t>(core::take_until(text, '-'));
  const bool good = at && seq && *at <= largest_place && *seq <= largest_place && core::check_room_reference(text).ok();
  if (!good) return std::nullopt;
  return core::mention_place{
      core::wall_time{core::milliseconds{static_cast<std::int64_t>(*at)}}, {*seq}, {std::string(text)}};
}

}  // namespace

core::result<core::list_mentions> read_list_mentions(std::string_view query, core::user_id viewer) {
  query_reader in{query};
  core::list_mentions request{std::move(viewer), {}, in.limit()};
  if (const auto before = in.text("before")) {
    const auto place = place_from(*before);
    if (!place) in.refuse({core::ec::bad_request, "`before` must be the `next` of an earlier answer.", 0});
    request.before = place.value_or(core::mention_place{});
  }
  if (!in.ok()) return in.why();
  return request;
}

std::string to_json(const core::mention_list& answer) {
  std::string out;
  json_writer json{out};
  json.begin().begin_list("mentions");
  for (const auto& one : answer.mentions) {
    std::string entry = "{";
    append_entry(entry, one.entry, false);
    entry += '}';
    json.begin_item().put("room", one.room.value).put("generation", one.generation).put_json("entry", entry).end();
  }
  json.end_list().put("more", answer.more);
  if (answer.more && !answer.mentions.empty()) json.put("next", text_of(core::place_of(answer.mentions.back())));
  json.end();
  return out;
}

}  // namespace greenroom::protocol
