#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/messages/log.hpp"
#include "core/result.hpp"
#include "core/sanctions.hpp"

namespace greenroom::core {

/// A refusal is of anything, or of an act on a message or an answer to one, or of an edit.
enum class refused_thing : std::uint8_t { anything, on_message, edit };

/// A sentence that says more than that of the code alone, where that would be taken for something else.
struct refusal_detail {
  ec why;
  refused_thing what;
  std::string_view sentence;
};
inline constexpr std::array refusal_details{
    refusal_detail{ec::gone, refused_thing::on_message, "The message was erased, or the room is gone."},
    refusal_detail{ec::not_found, refused_thing::on_message,
                   "There is no such message, or nothing that could be taken back."},
    refusal_detail{ec::forbidden, refused_thing::edit,
                   "Only its author edits a message, and only for as long as the room allows (`edit_window`)."},
    refusal_detail{ec::bad_request, refused_thing::anything, end_rule}};

/// The refusal of words or of an act of this kind; `answers`: the words answer a message.
[[nodiscard]] inline error refusal_of(entry_kind kind, bool answers, ec why) {
  const auto fits = [&](const refusal_detail& row) {
    if (row.why != why) return false;
    if (row.what == refused_thing::edit) return kind == entry_kind::edit;
    return row.what == refused_thing::anything || answers || is_on_message(kind);
  };
  const auto row = std::find_if(refusal_details.begin(), refusal_details.end(), fits);
  return {why, row == refusal_details.end() ? std::string{} : std::string{row->sentence}, 0};
}

}  // namespace greenroom::core
