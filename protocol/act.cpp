#include "protocol/act.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "core/check.hpp"
#include "core/modes.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/room_words.hpp"

namespace greenroom::protocol {
namespace {

using core::entry_kind;

// The names of a kind's fields; an empty one is none.
struct act_shape {
  entry_kind kind;
  std::array<std::string_view, 3> fields;

  [[nodiscard]] constexpr bool has(std::string_view name) const {
    return std::find(fields.begin(), fields.end(), name) != fields.end();
  }
};
constexpr std::array act_shapes{
    act_shape{entry_kind::edit, {"target", "text"}},
    act_shape{entry_kind::erase, {"target", "reason"}},
    act_shape{entry_kind::react, {"target", "text"}},
    act_shape{entry_kind::unreact, {"target", "text"}},
    act_shape{entry_kind::pin, {"target"}},
    act_shape{entry_kind::unpin, {"target"}},
    act_shape{entry_kind::notice, {"text", "target"}},
    act_shape{entry_kind::action, {"text", "target"}},
    act_shape{entry_kind::settings, {"settings"}},
    act_shape{entry_kind::role, {"user", "role"}},
    act_shape{entry_kind::add, {"user"}},
    act_shape{entry_kind::remove, {"user", "reason"}},
    act_shape{entry_kind::ban, {"user", "reason", "until"}},
    act_shape{entry_kind::unban, {"user", "reason"}},
    act_shape{entry_kind::mute, {"user", "reason", "until"}},
    act_shape{entry_kind::unmute, {"user", "reason"}},
};

const act_shape* shape_of(entry_kind kind) {
  const auto is_it = [&](const act_shape& one) { return one.kind == kind; };
  const auto known = std::find_if(act_shapes.begin(), act_shapes.end(), is_it);
  return known == act_shapes.end() ? nullptr : &*known;
}

const act_shape* read_kind(json_reader& json) {
  const auto word = json.view("kind");
  for (const auto& known : act_shapes)
    if (word_of(known.kind) == word) return &known;
  std::string words;
  for (const auto& known : act_shapes) words.append(words.empty() ? "" : ", ").append(word_of(known.kind));
  json.refuse("`kind` is none of " + words + ".");
  return nullptr;
}

// The name of a client's field for a refusal, which is no longer for it.
std::string quoted_name(std::string_view name) {
  constexpr std::size_t most = 64;
  return name.size() <= most ? "`" + std::string(name) + "`"
                             : "`" + std::string(core::whole_characters(name.substr(0, most))) + "…`";
}

void refuse_others(json_reader& json, const act_shape& of, std::vector<std::string_view> allowed) {
  for (const auto name : of.fields)
    if (!name.empty()) allowed.push_back(name);
  if (const auto other = json.other_than(allowed))
    json.refuse(quoted_name(*other) + " is no field of `" + std::string(word_of(of.kind)) + "`.");
}

// A text that may be missing or empty.
core::shared_text read_text(json_reader& json, std::string_view name, std::size_t most) {
  if (!json.has(name)) return {};
  const auto given = json.view(name);
  const bool good = given.size() <= most && core::check_text(given) && given.find('\x01') == given.npos;
  if (good || given.empty()) return given;
  json.refuse("`" + std::string(name) + "` may have " + std::to_string(most) +
              " bytes of UTF-8 without control characters other than tab and newline.");
  return {};
}

core::wall_time read_until(json_reader& json) {
  if (!json.has("until")) return {};
  const auto time = core::time_from(json.view("until"));
  // The time 0 would be none.
  if (time && *time > core::wall_time{}) return *time;
  json.refuse("`until` must be a time to come in UTC, like 2026-12-01T10:00:00Z.");
  return {};
}

template <class Value>
Value read_word(json_reader& json, std::string_view name, std::optional<Value> (*by_word)(std::string_view) noexcept,
                std::string_view words) {
  const auto value = by_word(json.view(name));
  if (!value) json.refuse("`" + std::string(name) + "` must be " + std::string(words) + ".");
  return value.value_or(Value{});
}

core::seq_no read_target(json_reader& json) {
  const auto number = json.number("target");
  if (number == 0) json.refuse("`target` must be at least 1.");
  return {number};
}

core::shared_text read_words(json_reader& json) {
  const auto given = json.view("text");
  if (const auto checked = core::check_text(given); !checked) json.refuse(checked.why());
  return given;
}

core::shared_text read_reaction(json_reader& json) {
  const auto given = json.view("text");
  const bool good = !given.empty() && given.size() <= core::max_mark_bytes && core::valid_utf8(given) &&
                    std::none_of(given.begin(), given.end(), core::is_control);
  if (!good) json.refuse("`text` of a reaction must be 1 to 32 bytes of UTF-8 without control characters.");
  return given;
}

constexpr bool is_mark(entry_kind kind) { return kind == entry_kind::react || kind == entry_kind::unreact; }

core::settings_change read_settings_with(json_reader& json, std::string* mode_words);

core::settings_change read_inner_settings(json_reader& json) {
  const auto object = json.object_if("settings");
  if (!object) json.refuse("`settings` is missing: an object.");
  if (!json.ok()) return {};
  json_reader inner{*object, json.wrong()};
  auto change = read_settings(inner);
  if (!inner.ok()) json.refuse(inner.why());
  return change;
}

std::uint32_t read_seconds(json_reader& json, std::string_view name, std::uint32_t most) {
  const auto seconds = json.number(name);
  if (seconds > most) json.refuse("`" + std::string(name) + "` must be 0 to " + std::to_string(most) + " seconds.");
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(seconds, most));
}

core::shared_text data_of(json_reader& json) {
  if (json.is_null("data")) return {};
  const auto data = json.object_if("data").value_or(std::string_view{});
  if (data.size() > max_data_bytes || !is_shallow(data, max_data_depth))
    json.refuse("`data` may have 4096 bytes, and 8 levels.");
  return data;
}

// The part of an act that is neither the entry's target nor its subject.
core::shared_text extra_of(const core::act& what) {
  std::string out;
  json_writer json{out};
  json.begin();
  if (what.until != core::wall_time{}) json.put("until", what.until);
  if (what.role != core::room_role::outsider) json.put("role", word_of(what.role));
  if (what.set.which != 0) {
    json.begin("settings");
    put_settings(json, what.set);
    json.end();
  }
  json.end();
  return out.size() > 2 ? core::shared_text{out} : core::shared_text{};
}

core::post finished(json_reader& json, entry_kind kind, core::shared_text said, core::act what) {
  what.extra = extra_of(what);
  if (what.extra.size() > max_extra_bytes) json.refuse("`settings` are too long.");
  core::post made{.text = std::move(said), .kind = kind};
  if (core::is_words(kind))
    made.target = what.target;
  else
    made.act = std::make_shared<const core::act>(std::move(what));
  return made;
}

// Where the person is known already, the shape has no `user`.
core::post read_fields(json_reader& json, const act_shape& of, core::user_id subject) {
  core::act what{.subject = std::move(subject)};
  core::shared_text said;
  if (of.has("text")) said = is_mark(of.kind) ? read_reaction(json) : read_words(json);
  if (of.has("target")) what.target = core::is_words(of.kind) ? read_answered(json) : read_target(json);
  if (of.has("user")) what.subject = json.user("user");
  if (of.has("reason")) said = read_text(json, "reason", max_reason_bytes);
  if (of.has("until")) what.until = read_until(json);
  if (of.has("role")) what.role = read_word(json, "role", role_by_word, "member, moderator or owner");
  if (of.has("settings")) what.set = read_inner_settings(json);
  return finished(json, of.kind, std::move(said), std::move(what));
}

}  // namespace

core::post read_act(json_reader& json, std::span<const std::string_view> besides) {
  const auto* of = read_kind(json);
  if (!of) return {};
  std::vector<std::string_view> allowed(besides.begin(), besides.end());
  allowed.emplace_back("kind");
  refuse_others(json, *of, std::move(allowed));
  return read_fields(json, *of, {});
}

core::post read_act(json_reader& json, entry_kind kind, core::user_id subject,
                    std::span<const std::string_view> besides) {
  const auto* of = shape_of(kind);
  GREENROOM_CHECK(of != nullptr && of->has("user"));
  auto rest = *of;
  std::replace(rest.fields.begin(), rest.fields.end(), std::string_view{"user"}, std::string_view{});
  refuse_others(json, rest, {besides.begin(), besides.end()});
  return read_fields(json, rest, std::move(subject));
}

core::post read_message(json_reader& json, std::span<const std::string_view> besides) {
  static constexpr act_shape words{entry_kind::text, {"text", "target"}};
  refuse_others(json, words, {besides.begin(), besides.end()});
  return read_fields(json, words, {});
}

core::post read_settings_act(json_reader& json) {
  core::act what;
  what.set = read_settings(json);
  return finished(json, entry_kind::settings, {}, std::move(what));
}

core::post settings_act(core::settings_change change) {
  core::act what;
  what.set = std::move(change);
  what.extra = extra_of(what);
  return {.kind = entry_kind::settings, .act = std::make_shared<const core::act>(std::move(what))};
}

core::post person_act(entry_kind kind, core::user_id subject, core::shared_text reason, core::room_role role) {
  core::act what;
  what.subject = std::move(subject);
  what.role = role;
  what.extra = extra_of(what);
  return {.text = std::move(reason), .kind = kind, .act = std::make_shared<const core::act>(std::move(what))};
}

core::seq_no read_answered(json_reader& json) { return json.has("target") ? read_target(json) : core::seq_no{}; }

core::sanction read_suspension(json_reader& json) {
  static constexpr std::array<std::string_view, 2> names{"reason", "until"};
  if (const auto other = json.other_than(names)) json.refuse(quoted_name(*other) + " is no field of a suspension.");
  core::sanction out;
  out.why = read_text(json, "reason", max_reason_bytes);
  out.until = read_until(json);
  return out;
}

core::settings_change read_settings(json_reader& json) { return read_settings_with(json, nullptr); }

core::settings_change read_stored_settings(json_reader& json, std::string& mode_words) {
  return read_settings_with(json, &mode_words);
}

namespace {

core::settings_change read_settings_with(json_reader& json, std::string* mode_words) {
  static constexpr std::array<std::string_view, 9> names{"access", "post",        "slow",     "title", "topic",
                                                         "data",   "edit_window", "receipts", "modes"};
  core::settings_change change;
  const auto known = std::span(names).first(mode_words == nullptr ? names.size() - 1 : names.size());
  if (const auto other = json.other_than(known)) json.refuse(quoted_name(*other) + " is no setting.");
  const auto has = [&](std::string_view name, core::setting one) {
    const bool there = json.has(name);
    if (there) change.set(one);
    return there;
  };
  auto& to = change.to;
  using enum core::setting;
  if (has("access", access)) to.access = read_word(json, "access", access_by_word, "open, private or invited");
  if (has("post", post)) to.post = read_word(json, "post", posting_by_word, "all, members or moderators");
  if (has("slow", slow)) to.slow_s = read_seconds(json, "slow", max_slow_s);
  if (has("title", title)) to.title = read_text(json, "title", max_title_bytes);
  if (has("topic", topic)) to.topic = read_text(json, "topic", max_topic_bytes);
  if (has("data", data)) to.data = data_of(json);
  if (has("edit_window", edit_window)) to.edit_window_s = read_seconds(json, "edit_window", max_edit_window_s);
  if (has("receipts", receipts)) to.receipts = read_word(json, "receipts", receipts_by_word, "auto, on or off");
  if (mode_words != nullptr && has("modes", modes)) *mode_words = json.text("modes");
  if (change.which == 0) json.refuse("There is no setting.");
  return change;
}

}  // namespace

void put_settings(json_writer& json, const core::settings_change& change) {
  using enum core::setting;
  const auto& to = change.to;
  if (change.has(access)) json.put("access", word_of(to.access));
  if (change.has(post)) json.put("post", word_of(to.post));
  if (change.has(slow)) json.put("slow", std::uint64_t{to.slow_s});
  if (change.has(title)) json.put("title", to.title.view());
  if (change.has(topic)) json.put("topic", to.topic.view());
  if (change.has(edit_window)) json.put("edit_window", std::uint64_t{to.edit_window_s});
  if (change.has(receipts)) json.put("receipts", word_of(to.receipts));
  if (change.has(modes)) json.put("modes", core::words_of(change.modes));
  if (change.has(data)) json.put_json("data", to.data.empty() ? std::string_view{"null"} : to.data.view());
}

}  // namespace greenroom::protocol
