#include "protocol/irc/line.hpp"

#include "core/text.hpp"
#include "protocol/irc/tags.hpp"

namespace greenroom::protocol::irc {
namespace {

void skip_spaces(std::string_view& rest) noexcept {
  const auto first = rest.find_first_not_of(' ');
  rest.remove_prefix(first == rest.npos ? rest.size() : first);
}

// The next word, and no spaces behind it. It counts without `mark`, with which it begins.
std::string_view take_word(std::string_view& rest, std::size_t mark) noexcept {
  std::string_view word = core::take_until(rest, ' ');
  skip_spaces(rest);
  return word.substr(mark);
}

}  // namespace

bool line::is(std::string_view name) const noexcept { return core::equal_folded(command, name); }

line parse(std::string_view text) noexcept {
  line out;
  if (text.starts_with('@')) out.tags = take_word(text, 1);
  skip_spaces(text);
  if (text.starts_with(':')) out.source = take_word(text, 1);
  out.command = take_word(text, 0);
  while (!text.empty()) {
    const bool last = text.front() == ':' || out.count == max_parameters - 1;
    if (text.front() == ':') text.remove_prefix(1);
    out.parameters[out.count++] = last ? text : take_word(text, 0);
    if (last) break;
  }
  return out;
}

received judge(std::string_view text) noexcept {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() > max_unended_bytes) return {verdict::endless, {}};
  if (text.find_first_of(std::string_view{"\0\r\n", 3}) != text.npos) return {verdict::nothing, {}};
  received out{verdict::command, parse(text)};
  const auto tagged = out.what.tags.empty() && !text.starts_with('@') ? 0 : out.what.tags.size() + 2;
  if (out.what.tags.size() > max_tag_bytes || text.size() > tagged + max_body_bytes)
    out.judged = verdict::too_long;
  else if (!core::valid_utf8(text))
    out.judged = verdict::not_utf8;
  else if (out.what.command.empty())
    out.judged = verdict::nothing;
  return out;
}

}  // namespace greenroom::protocol::irc
