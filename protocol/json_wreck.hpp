#pragma once
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace greenroom::protocol {

/// The readable parts of a text that no JSON parser takes: fields of the outermost object whose names and values are
/// strings without escapes, as parts of `text`. Only brackets and quotes count, so that a bad escape, number or word in
/// one field hides no other one; fields after an end that is missing are lost. A name that is there twice has an empty
/// value. At most `most` fields.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> fields_of_wreck(std::string_view text,
                                                                                         std::size_t most);

}  // namespace greenroom::protocol
