#pragma once
#include <charconv>
#include <cstdint>
#include <string_view>

namespace greenroom::bench {

constexpr std::string_view json_dialect = "greenroom.v1.json";

// Nothing in the frames of a run needs an escape, so strings end at the next quote. Fields are looked for with their
// quotes and colon: `"id":"`.

/// A field's string; empty if it isn't there.
inline std::string_view json_string(std::string_view frame, std::string_view field) {
  const auto at = frame.find(field);
  if (at == std::string_view::npos) return {};
  const auto begin = at + field.size();
  return frame.substr(begin, frame.find('"', begin) - begin);
}

/// A field's number; 0 if it isn't there.
inline std::uint64_t json_number(std::string_view frame, std::string_view field) {
  std::uint64_t out = 0;
  const auto at = frame.find(field);
  if (at != std::string_view::npos) std::from_chars(frame.data() + at + field.size(), frame.data() + frame.size(), out);
  return out;
}

inline bool json_is(std::string_view frame, std::string_view type) {
  constexpr std::string_view begin = R"({"type":")";
  return frame.starts_with(begin) && frame.substr(begin.size()).starts_with(type) &&
         frame.substr(begin.size() + type.size()).starts_with('"');
}

}  // namespace greenroom::bench
