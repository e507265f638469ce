#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

/// JSON as text (RFC 8259): limits before parsing, fields read by name and type, and writing without a document.
namespace greenroom::protocol {

inline constexpr std::size_t max_json_bytes = 64 * 1024;  ///< longer texts are `too_big`
inline constexpr std::size_t max_json_depth = 16;   ///< objects and lists inside one another; deeper is `bad_json`
inline constexpr std::size_t max_json_fields = 64;  ///< fields of one object; more is `bad_json`
inline constexpr std::uint64_t max_json_number =
    (1ull << 53) - 1;  ///< RFC 8259 section 6: up to here every reader is exact

// ---- reading ---------------------------------------------------------------------------------------------------

/// One JSON object from outside, read field by field. The first mistake stays: after it every read gives an empty
/// value, so that a caller reads all it needs and looks at `ok()` once. Unknown fields are ignored. Never throws.
class json_reader {
 public:
  /// Parses `text`. Not one object, malformed UTF-8, a NUL, a field twice, too deep or too many fields: `bad_json`; too
  /// long: `too_big`. A field that is missing or of another type will be a mistake with the code `wrong`.
  json_reader(std::string_view text, core::ec wrong);

  [[nodiscard]] bool ok() const noexcept { return !why_; }
  /// Whether the object was flat, so that the parser wasn't needed (docs/adr/0016).
  [[nodiscard]] bool in_one_pass() const noexcept { return flat_; }
  /// The first mistake. Only when not `ok()`.
  [[nodiscard]] const core::error& why() const { return *why_; }
  /// Adds a mistake of the caller's, unless there is one already.
  void refuse(core::error why);
  /// The same, with the code `wrong`.
  void refuse(std::string detail) { refuse(core::error{wrong_, std::move(detail)}); }

  /// True if the field is there, whatever its type, and no mistake was found yet.
  [[nodiscard]] bool has(std::string_view name) const noexcept { return ok() && find(name) != nullptr; }
  /// The field if it is a string, without ever adding a mistake. In a text that can't be parsed: if it stands before
  /// the mistake, or around a string that is wrong, and only once, and without escapes; so that a refusal can name
  /// it.
  [[nodiscard]] std::string_view peek(std::string_view name) const noexcept;

  /// A string. `text` needs it; `text_or` gives `otherwise` where it is missing.
  std::string text(std::string_view name);
  std::string text_or(std::string_view name, std::string_view otherwise);
  /// `text` without a copy: as long as the reader lives.
  std::string_view view(std::string_view name);
  /// A whole number from 0 to 2^53 - 1.
  std::uint64_t number(std::string_view name);
  std::optional<std::uint64_t> number_if(std::string_view name);
  /// true or false; `otherwise` where it is missing.
  bool flag(std::string_view name, bool otherwise);
  /// A list of strings; empty where it is missing.
  std::vector<std::string> texts(std::string_view name);
  /// An object, as JSON without blanks, for a reader of its own or to be kept; as long as this reader lives. Nothing
  /// where it is missing.
  std::optional<std::string_view> object_if(std::string_view name);
  /// Whether the field is there and null, which is no mistake yet.
  [[nodiscard]] bool is_null(std::string_view name) const noexcept;
  /// The first field that has none of these names, if there is one and no mistake was found yet.
  [[nodiscard]] std::optional<std::string_view> other_than(std::span<const std::string_view> names) const noexcept;
  /// The code of a mistake.
  [[nodiscard]] core::ec wrong() const noexcept { return wrong_; }
  /// A room's or a user's name that obeys core/names, else `bad_name`.
  core::room_id room(std::string_view name);
  core::user_id user(std::string_view name);

 private:
  // Null, an object, a number that isn't whole or is too big, a list of something else. An object's text is beside the
  // fields: one more alternative that must be destroyed makes every frame a tenth slower.
  struct other {
    bool null;
    std::uint32_t object;  // its place in `objects_`, from 1 on; 0: none
  };
  using value = std::variant<other, bool, std::uint64_t, std::string, std::vector<std::string>>;
  struct field {
    std::string name;
    value held;
  };
  struct sax;
  struct flat;

  [[nodiscard]] const field* find(std::string_view name) const noexcept;
  template <class Held>
  const Held* get(std::string_view name, bool needed, std::string_view what);
  template <class Id>
  Id named(std::string_view name, core::status (*check)(std::string_view));

  std::vector<field> fields_;
  std::vector<std::string> objects_;
  core::ec wrong_;
  bool flat_ = false;
  std::optional<core::error> why_;
};

/// Whether brackets outside of strings never nest deeper than that. Wrong only of what isn't JSON.
[[nodiscard]] bool is_shallow(std::string_view text, std::size_t depth) noexcept;

// ---- writing ---------------------------------------------------------------------------------------------------

/// Appends `text`, which is valid UTF-8, as a JSON string with its quotes.
void append_quoted(std::string& out, std::string_view text);
/// The generation that `text` stands for; nothing unless it is 16 lower-case hex digits: an id on the wire may exceed
/// the whole numbers of JSON readers.
[[nodiscard]] std::optional<core::generation_id> read_generation(std::string_view text) noexcept;

/// Writes objects and lists straight into a string; sets the commas itself. Texts must be valid UTF-8.
class json_writer {
 public:
  /// Appends to `out`, which lives longer.
  explicit json_writer(std::string& out) noexcept : out_(out) {}

  json_writer& begin();                            ///< `{`, on its own
  json_writer& begin_item();                       ///< `{`, in a list
  json_writer& begin(std::string_view name);       ///< `"name":{`
  json_writer& begin_list();                       ///< `[`, on its own
  json_writer& begin_list(std::string_view name);  ///< `"name":[`
  json_writer& end();                              ///< `}`
  json_writer& end_list();                         ///< `]`

  json_writer& put(std::string_view name, std::string_view text);
  json_writer& put(std::string_view name, const char* text) { return put(name, std::string_view{text}); }
  json_writer& put(std::string_view name, std::uint64_t number);
  json_writer& put(std::string_view name, bool flag);
  json_writer& put(std::string_view name, core::wall_time at);
  json_writer& put(std::string_view name, core::generation_id generation);
  /// A value that is JSON already.
  json_writer& put_json(std::string_view name, std::string_view json);
  /// A string in a list.
  json_writer& item(std::string_view text);
  /// The text that is written to, for a list item that the caller appends itself.
  std::string& raw_item();

 private:
  void comma();
  void name(std::string_view name);
  std::string& out_;
};

}  // namespace greenroom::protocol
