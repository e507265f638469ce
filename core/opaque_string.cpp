#include "core/opaque_string.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

namespace greenroom::core {
namespace {

struct range {
  utf8proc_int32_t first, last;
};

bool is_in(utf8proc_int32_t point, const auto& ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const range& each) { return each.first <= point && point <= each.last; });
}

// RFC 5892 section 2.6: allowed whatever the category, or disallowed.
constexpr std::array allowed_besides{range{0x0f0b, 0x0f0b}, range{0x200c, 0x200d}};
constexpr std::array disallowed_besides{range{0x0640, 0x0640}, range{0x07fa, 0x07fa}, range{0x302e, 0x302f},
                                        range{0x3031, 0x3035}, range{0x303b, 0x303b}};
// RFC 8264 section 9.9: conjoining jamo.
constexpr std::array old_jamo{range{0x1100, 0x11ff}, range{0xa960, 0xa97c}, range{0xd7b0, 0xd7fb}};

// RFC 8264 section 8, without the steps that make no difference to the FreeformClass.
bool is_freeform(utf8proc_int32_t point) {
  const utf8proc_property_t* const about = utf8proc_get_property(point);
  if (is_in(point, allowed_besides)) return true;
  if (is_in(point, disallowed_besides) || is_in(point, old_jamo) || about->ignorable) return false;
  switch (about->category) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

// The same text with U+0020 for every other space; nothing where a code point isn't allowed.
std::optional<std::string> with_plain_spaces(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    utf8proc_int32_t point = -1;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &point);
    if (size <= 0 || !is_freeform(point)) return std::nullopt;
    const auto bytes = text.substr(0, static_cast<std::size_t>(size));
    out += utf8proc_category(point) == UTF8PROC_CATEGORY_ZS ? std::string_view(" ") : bytes;
    text.remove_prefix(bytes.size());
  }
  return out;
}

std::optional<std::string> composed(const std::string& text) {
  utf8proc_uint8_t* made = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &made, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> kept(made, &std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
}

}  // namespace

result<std::string> opaque_string(std::string_view typed) {
  if (typed.empty()) return error{ec::bad_password, "A password isn't empty.", 0};
  if (is_printable_ascii(typed)) return std::string(typed);
  if (const auto spaced = with_plain_spaces(typed))
    if (auto out = composed(*spaced)) return *std::move(out);
  return error{ec::bad_password,
               "A password has no control characters, and none that are invisible or not assigned (RFC 8265).", 0};
}

password_forms forms_of(std::string typed) {
  auto prepared = opaque_string(typed);
  if (!prepared || *prepared == typed) return {std::move(typed), {}};
  return {*std::move(prepared), std::move(typed)};
}

}  // namespace greenroom::core
