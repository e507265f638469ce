#include "protocol/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "core/direct.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/json_wreck.hpp"

namespace greenroom::protocol {
namespace {

// Characters that may stand in a JSON string as they are: all but quote, backslash and controls. UTF-8 passes.
constexpr auto plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = i >= 0x20 && i != '"' && i != '\\';
  return table;
}();

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view raw = "\"\\\n\r\t\b\f", letters = "\"\\nrtbf";
  out += '\\';
  if (const auto i = raw.find(static_cast<char>(c)); i != raw.npos) {
    out += letters[i];
  } else {
    out += 'u';
    core::append_hex(out, c, 4);
  }
}

}  // namespace

// Where strings aren't closed this may be wrong, but then the parser refuses the text.
bool is_shallow(std::string_view text, std::size_t most) noexcept {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) {
      if (c == '\\') ++i;
    } else if (c == '{' || c == '[') {
      if (++depth > most) return false;
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
    }
  }
  return true;
}

// Reads, in one pass, what clients send almost always: a flat object of strings without \u, whole numbers, true and
// false. Returns false where there is anything else, right or wrong: then the parser reads it, and finds the mistake.
// The parser would accept every text that is accepted here, with the same fields.
struct json_reader::flat {
  static constexpr std::size_t most_fields = 16, most_digits = 15;

  std::string_view text;
  std::vector<field>& fields;
  std::size_t at = 0;

  void skip_blanks() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) ++at;
  }
  bool take(char c) {
    skip_blanks();
    const bool there = at < text.size() && text[at] == c;
    at += there ? 1 : 0;
    return there;
  }
  bool take(std::string_view word) {
    const bool there = text.substr(at).starts_with(word);
    at += there ? word.size() : 0;
    return there;
  }
  // Reads what follows an opening quote, up to the closing one.
  bool string(std::string& out) {
    constexpr std::string_view letters = "\"\\/nrtbf", raw = "\"\\/\n\r\t\b\f";
    for (;;) {
      const auto from = at;
      while (at < text.size() && plain[static_cast<unsigned char>(text[at])]) ++at;
      out.append(text, from, at - from);
      if (take_quote()) return true;
      if (!take("\\") || at == text.size()) return false;
      const auto escape = letters.find(text[at++]);
      if (escape == letters.npos) return false;
      out += raw[escape];
    }
  }
  bool take_quote() { return take(std::string_view{"\""}); }
  bool number(value& out) {
    const auto from = at;
    std::uint64_t sum = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      sum = sum * 10 + static_cast<std::uint64_t>(text[at] - '0');
    const auto digits = at - from;
    out = sum;
    return digits > 0 && digits <= most_digits && (digits == 1 || text[from] != '0');
  }
  bool any(value& out) {
    skip_blanks();
    if (take_quote()) return string(out.emplace<std::string>());
    const bool yes = take("true");
    if (!yes && !take("false")) return number(out);
    out = yes;
    return true;
  }
  bool member() {
    if (fields.size() == most_fields || !take('"')) return false;
    auto& next = fields.emplace_back();
    const auto is_next = [&](const field& other) { return other.name == next.name; };
    return string(next.name) && std::none_of(fields.begin(), fields.end() - 1, is_next) && take(':') && any(next.held);
  }
  bool object() {
    if (!take('{') || !member()) return false;
    while (take(','))
      if (!member()) return false;
    if (!take('}')) return false;
    skip_blanks();
    return at == text.size() && core::valid_utf8(text);
  }
};

// Takes the parser's events and keeps the fields of the outermost object; of a field that is an object, its text. No
// document is built, and nothing recurses.
struct json_reader::sax {
  std::vector<field>& fields;
  std::vector<std::string>& texts;                // of the fields that are objects
  std::vector<std::vector<std::string>> names{};  // of every open object; of a list: none
  std::vector<bool> objects{};                    // for each open bracket: whether it is an object's
  std::string copy{};                             // of the object that is a field, so far
  std::string problem{};

  [[nodiscard]] bool copies() const { return objects.size() >= 2 && objects[1]; }
  void comma() {
    if (copy.back() != '{' && copy.back() != '[' && copy.back() != ':') copy += ',';
  }
  // Adds a value to the copy, if it belongs there.
  bool copied(std::string_view text) {
    if (!copies()) return false;
    comma();
    copy += text;
    return true;
  }
  bool keep(value v) {
    if (objects.empty()) return stop("It must be a JSON object.");
    if (objects.size() == 1)
      fields.back().held = std::move(v);
    else if (objects.size() == 2 && !objects.back())
      item(std::move(v));
    return true;
  }
  // An item of a list that is a field: a list of strings only stays one while all of it are strings.
  void item(value v) {
    auto* list = std::get_if<std::vector<std::string>>(&fields.back().held);
    auto* text = std::get_if<std::string>(&v);
    if (list && text)
      list->push_back(std::move(*text));
    else
      fields.back().held = other{};
  }
  bool stop(std::string why) {
    problem = std::move(why);
    return false;
  }
  bool open(bool object) {
    if (objects.empty() && !object) return stop("It must be a JSON object.");
    if (!objects.empty() && !copied(object ? "{" : "["))
      keep(!object && objects.size() == 1 ? value{std::vector<std::string>{}} : value{other{}});
    objects.push_back(object);
    names.emplace_back();
    if (objects.size() == 2 && object) copy = "{";
    return true;
  }
  bool close(char bracket) {
    if (copies()) copy += bracket;
    if (copies() && objects.size() == 2) {
      texts.push_back(std::move(copy));
      fields.back().held = other{false, static_cast<std::uint32_t>(texts.size())};
    }
    objects.pop_back();
    names.pop_back();
    return true;
  }

  bool null() { return copied("null") || keep(other{true, 0}); }
  bool boolean(bool v) { return copied(v ? "true" : "false") || keep(v); }
  bool number_integer(std::int64_t v) { return copied(std::to_string(v)) || keep(other{}); }
  bool number_unsigned(std::uint64_t v) {
    return copied(std::to_string(v)) || keep(v <= max_json_number ? value{v} : value{other{}});
  }
  bool number_float(double, const std::string& digits) { return copied(digits) || keep(other{}); }
  bool string(std::string& v) {
    if (!copied({})) return keep(std::move(v));
    append_quoted(copy, v);
    return true;
  }
  bool binary(std::vector<std::uint8_t>&) { return keep(other{}); }
  bool start_object(std::size_t) { return open(true); }
  bool end_object() { return close('}'); }
  bool start_array(std::size_t) { return open(false); }
  bool end_array() { return close(']'); }
  bool key(std::string& name) {
    auto& known = names.back();
    if (std::find(known.begin(), known.end(), name) != known.end()) return stop("A field is there twice.");
    if (known.size() == max_json_fields) return stop("There are too many fields.");
    if (objects.size() == 1) fields.push_back({name, other{}});
    if (copied({})) {
      append_quoted(copy, name);
      copy += ':';
    }
    known.push_back(std::move(name));
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
    return stop("It isn't valid JSON.");
  }
};

json_reader::json_reader(std::string_view text, core::ec wrong) : wrong_(wrong) {
  if (text.size() > max_json_bytes) {
    refuse({core::ec::too_big, {}, 0});
    return;
  }
  fields_.reserve(4);
  flat_ = flat{text, fields_}.object();
  if (flat_) return;
  fields_.clear();
  // The parser would take a NUL for the end.
  if (text.find('\0') != text.npos || !is_shallow(text, max_json_depth)) {
    refuse({core::ec::bad_json, "It is nested too deeply, or has a NUL.", 0});
  } else if (sax events{fields_, objects_}; !nlohmann::json::sax_parse(text.begin(), text.end(), &events)) {
    refuse({core::ec::bad_json, std::move(events.problem), 0});
  } else {
    return;
  }
  fields_.clear();
  for (const auto& [name, word] : fields_of_wreck(text, max_json_fields))
    fields_.push_back({std::string(name), std::string(word)});
}

void json_reader::refuse(core::error why) {
  if (!why_) why_ = std::move(why);
}

const json_reader::field* json_reader::find(std::string_view name) const noexcept {
  const auto at = std::find_if(fields_.begin(), fields_.end(), [&](const field& f) { return f.name == name; });
  return at == fields_.end() ? nullptr : &*at;
}

std::string_view json_reader::peek(std::string_view name) const noexcept {
  const auto* found = find(name);
  const auto* held = found ? std::get_if<std::string>(&found->held) : nullptr;
  return held ? std::string_view{*held} : std::string_view{};
}

template <class Held>
const Held* json_reader::get(std::string_view name, bool needed, std::string_view what) {
  if (why_) return nullptr;
  const auto* found = find(name);
  if (!found && !needed) return nullptr;
  if (found)
    if (const auto* held = std::get_if<Held>(&found->held)) return held;
  const std::string_view must = found ? "` must be " : "` is missing: ";
  refuse({wrong_, "`" + std::string(name) + std::string(must) + std::string(what) + ".", 0});
  return nullptr;
}

std::string json_reader::text(std::string_view name) { return std::string(view(name)); }

std::string_view json_reader::view(std::string_view name) {
  const auto* held = get<std::string>(name, true, "a string");
  return held ? std::string_view{*held} : std::string_view{};
}

std::string json_reader::text_or(std::string_view name, std::string_view otherwise) {
  const auto* held = get<std::string>(name, false, "a string");
  return held ? *held : std::string(otherwise);
}

constexpr std::string_view whole_number = "a whole number from 0 to 9007199254740991";

std::uint64_t json_reader::number(std::string_view name) {
  const auto* held = get<std::uint64_t>(name, true, whole_number);
  return held ? *held : 0;
}

std::optional<std::uint64_t> json_reader::number_if(std::string_view name) {
  const auto* held = get<std::uint64_t>(name, false, whole_number);
  return held ? std::optional{*held} : std::nullopt;
}

bool json_reader::flag(std::string_view name, bool otherwise) {
  const auto* held = get<bool>(name, false, "true or false");
  return held ? *held : otherwise;
}

std::vector<std::string> json_reader::texts(std::string_view name) {
  const auto* held = get<std::vector<std::string>>(name, false, "a list of strings");
  return held ? *held : std::vector<std::string>{};
}

std::optional<std::string_view> json_reader::object_if(std::string_view name) {
  const auto* held = get<other>(name, false, "an object");
  if (held && held->object != 0) return objects_[held->object - 1];
  if (held) refuse("`" + std::string(name) + "` must be an object.");
  return std::nullopt;
}

bool json_reader::is_null(std::string_view name) const noexcept {
  const auto* found = find(name);
  const auto* held = found ? std::get_if<other>(&found->held) : nullptr;
  return ok() && held && held->null;
}

std::optional<std::string_view> json_reader::other_than(std::span<const std::string_view> names) const noexcept {
  if (why_) return std::nullopt;
  for (const auto& [name, held] : fields_)
    if (std::find(names.begin(), names.end(), name) == names.end()) return name;
  return std::nullopt;
}

template <class Id>
Id json_reader::named(std::string_view name, core::status (*check)(std::string_view)) {
  Id id{text(name)};
  if (why_) return {};
  const auto checked = check(id.value);
  if (checked) return id;
  refuse(checked.why());
  return {};
}

core::room_id json_reader::room(std::string_view name) {
  return named<core::room_id>(name, core::check_room_reference);
}
core::user_id json_reader::user(std::string_view name) { return named<core::user_id>(name, core::check_user_name); }

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (plain[c]) continue;
    out.append(text, from, i - from);
    append_escape(out, c);
    from = i + 1;
  }
  out.append(text, from);
  out += '"';
}

std::optional<core::generation_id> read_generation(std::string_view text) noexcept {
  if (!core::is_lower_hex(text, 16)) return std::nullopt;
  return core::generation_id{*core::number_from<std::uint64_t>(text, 16)};
}

void json_writer::comma() {
  if (out_.back() != '{' && out_.back() != '[') out_ += ',';
}

void json_writer::name(std::string_view name) {
  comma();
  append_quoted(out_, name);
  out_ += ':';
}

json_writer& json_writer::begin() {
  out_ += '{';
  return *this;
}

json_writer& json_writer::begin_item() {
  comma();
  out_ += '{';
  return *this;
}

json_writer& json_writer::begin(std::string_view named) {
  name(named);
  out_ += '{';
  return *this;
}

json_writer& json_writer::begin_list() {
  out_ += '[';
  return *this;
}

json_writer& json_writer::begin_list(std::string_view named) {
  name(named);
  out_ += '[';
  return *this;
}

json_writer& json_writer::end() {
  out_ += '}';
  return *this;
}

json_writer& json_writer::end_list() {
  out_ += ']';
  return *this;
}

json_writer& json_writer::put(std::string_view named, std::string_view text) {
  name(named);
  append_quoted(out_, text);
  return *this;
}

json_writer& json_writer::put(std::string_view named, std::uint64_t number) {
  name(named);
  core::append_number(out_, number);
  return *this;
}

json_writer& json_writer::put(std::string_view named, bool flag) {
  name(named);
  out_ += flag ? "true" : "false";
  return *this;
}

json_writer& json_writer::put(std::string_view named, core::wall_time at) {
  name(named);
  out_ += '"';
  core::append_time(out_, at);
  out_ += '"';
  return *this;
}

json_writer& json_writer::put(std::string_view named, core::generation_id generation) {
  name(named);
  out_ += '"';
  core::append_hex(out_, generation.value);
  out_ += '"';
  return *this;
}

json_writer& json_writer::put_json(std::string_view named, std::string_view json) {
  name(named);
  out_ += json;
  return *this;
}

json_writer& json_writer::item(std::string_view text) {
  comma();
  append_quoted(out_, text);
  return *this;
}

std::string& json_writer::raw_item() {
  comma();
  return out_;
}

}  // namespace greenroom::protocol
