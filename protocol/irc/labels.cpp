#include "protocol/irc/labels.hpp"

#include <utility>

#include "core/text.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/tags.hpp"

namespace greenroom::protocol::irc {

std::string label_of(std::string_view tags) {
  auto label = tag_value(tags, "label").value_or("");
  const bool fine = label.size() <= max_label_bytes && core::valid_utf8(label);
  return fine ? label : std::string{};
}

std::string with_tag(std::string_view line, std::string_view key, std::string_view value) {
  std::string out;
  line_writer(out).tag(key, value);
  const bool tagged = line.starts_with('@');
  return out.append(tagged ? ";" : " ").append(line.substr(tagged ? 1 : 0));
}

void put_in_batch(std::vector<std::string>& lines, std::size_t first, std::string_view reference) {
  for (auto i = first; i < lines.size(); ++i)
    if (!tag_value(parse(lines[i]).tags, "batch")) lines[i] = with_tag(lines[i], "batch", reference);
}

std::string labelled_batch(std::string_view label, std::string_view server, std::string_view reference) {
  std::string out;
  line_writer(out).tag("label", label).begin_batch(server, reference, "labeled-response");
  return out;
}

void put_label(std::vector<std::string>& lines, std::size_t first, std::string_view label, std::string_view server,
               std::string_view reference) {
  if (label.empty()) return;
  const auto count = lines.size() - first;
  if (count == 0) line_writer(lines.emplace_back()).from(server).command("ACK");
  if (count <= 1) {
    lines[first] = with_tag(lines[first], "label", label);
    return;
  }
  put_in_batch(lines, first, reference);
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(first), labelled_batch(label, server, reference));
  line_writer(lines.emplace_back()).end_batch(server, reference);
}

}  // namespace greenroom::protocol::irc
