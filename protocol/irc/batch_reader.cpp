#include "protocol/irc/batch_reader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/irc/labels.hpp"
#include "protocol/irc/tags.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::size_t max_reference_bytes = 64;

bool is_reference(std::string_view text) noexcept {
  const auto allowed = [](char c) { return core::is_letter(c) || core::is_digit(c) || c == '-'; };
  return !text.empty() && text.size() <= max_reference_bytes && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

std::optional<core::mono_time> batch_reader::deadline() const noexcept {
  if (reference_.empty() || refused_) return std::nullopt;
  return deadline_;
}

batch_reader::outcome batch_reader::refuse(std::string_view code, std::vector<std::string> about,
                                           std::string_view text) {
  refused_ = true;
  message_ = {};
  outcome out{true};
  out.refused = complaint{{}, std::string(code), std::move(about), std::string(text)};
  out.label = std::exchange(label_, {});
  return out;
}

batch_reader::outcome batch_reader::late(core::mono_time now) {
  if (const auto until = deadline(); !until || now < *until) return {};
  return refuse("TIMEOUT", {reference_}, "The batch was open for too long.");
}

batch_reader::outcome batch_reader::heard(const line& what, core::mono_time now) {
  if (what.is("BATCH")) {
    if (what[0].starts_with('-')) return end(what);
    return begin(what, now);
  }
  if (!tag_value(what.tags, "batch")) return {};
  return add(what);
}

// A batch that is opened within another ends both: its lines couldn't be told apart.
batch_reader::outcome batch_reader::begin(const line& what, core::mono_time now) {
  const bool inside = !reference_.empty() && !refused_;
  const auto reference = what[0].substr(what[0].starts_with('+') ? 1 : 0);
  reference_ = is_reference(reference) ? reference : "-";  // which no reference is
  label_ = label_of(what.tags);
  target_ = what[2];
  verb_.clear();
  lines_ = 0;
  message_ = {};
  refused_ = false;
  deadline_ = now + patience;
  if (reference_ == "-" || !what[0].starts_with('+'))
    return refuse("INVALID_REFTAG", {std::string(what[0])}, "A reference has letters, digits and hyphens.");
  if (inside) return refuse("MULTILINE_INVALID", {}, "One batch is open already.");
  if (what[1] != type) return refuse("UNKNOWN_TYPE", {reference_, std::string(what[1])}, "There is no such batch.");
  auto target = target_from(target_);
  if (!std::holds_alternative<message_target>(target))
    return refuse("MULTILINE_INVALID", {}, "There is no such room or person.");
  message_.to.emplace_back(std::get<message_target>(std::move(target)));
  if (auto wrong = take_tags(what.tags, message_)) return refuse(wrong->code, std::move(wrong->about), wrong->text);
  return {true};
}

batch_reader::outcome batch_reader::add(const line& what) {
  if (refused_ && tag_value(what.tags, "batch") == reference_) return {true};
  if (reference_.empty() || tag_value(what.tags, "batch") != reference_)
    return refuse("MULTILINE_INVALID", {}, "No batch of that name is open.");
  const bool concat = tag_value(what.tags, "draft/multiline-concat").has_value();
  const std::string_view verb = what.is("NOTICE") ? "NOTICE" : "PRIVMSG", text = what[1];
  if (!what.is(verb) || (!verb_.empty() && verb_ != verb) || (concat && (text.empty() || lines_ == 0)))
    return refuse("MULTILINE_INVALID", {}, "A batch is all PRIVMSG or all NOTICE, and joins no empty lines.");
  if (!core::equal_folded(what[0], target_))
    return refuse("MULTILINE_INVALID_TARGET", {target_, std::string(what[0])}, "All lines go to one target.");
  if (lines_ == max_lines)
    return refuse("MULTILINE_MAX_LINES", {std::to_string(max_lines)}, "There are too many lines.");
  if (message_.text.size() + text.size() + (lines_ == 0 || concat ? 0 : 1) > core::max_text_bytes)
    return refuse("MULTILINE_MAX_BYTES", {std::to_string(core::max_text_bytes)}, "The text is too long.");
  if (lines_++ > 0) {
    if (concat)
      message_.cuts.push_back(static_cast<std::uint32_t>(message_.text.size()));
    else
      message_.text += '\n';
  }
  message_.text.append(text);
  verb_ = verb;
  return {true};
}

batch_reader::outcome batch_reader::end(const line& what) {
  if (reference_.empty() || what[0].substr(1) != reference_)
    return refuse("MULTILINE_INVALID", {}, "No batch of that name is open.");
  reference_.clear();
  if (std::exchange(refused_, false)) return {true};
  outcome out{true};
  // An action, or any other CTCP, is one line.
  if (message_.text.find_first_not_of('\n') == std::string::npos || message_.text.find('\x01') != std::string::npos ||
      !core::check_text(message_.text)) {
    out = refuse("MULTILINE_INVALID", {}, "This is no text.");
    refused_ = false;
    return out;
  }
  if (verb_ == "NOTICE") message_.kind = core::entry_kind::notice;
  out.whole = std::exchange(message_, {});
  out.label = std::exchange(label_, {});
  return out;
}

}  // namespace greenroom::protocol::irc
