#include "net/line_splitter.hpp"

#include <algorithm>

namespace greenroom::net {

std::string_view line_splitter::rest() const noexcept {
  return (part_.empty() ? fresh_ : std::string_view(part_)).substr(at_);
}

void line_splitter::take(std::span<const char> bytes) {
  if (over_) return;
  const std::string_view text(bytes.data(), bytes.size());
  if (!part_.empty()) {
    part_.append(text);
    return;
  }
  fresh_ = text;
  at_ = 0;
}

line_splitter::found line_splitter::next() {
  while (!over_) {
    const auto left = rest();
    const auto end = left.find('\n');
    if (std::min(end, left.size()) >= limit_) {
      stop();
      return {kind::endless, {}};
    }
    if (end == std::string_view::npos) return {};
    at_ += end + 1;
    auto line = left.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) return {kind::line, line};
  }
  return {};
}

void line_splitter::keep() {
  const auto left = rest();
  if (left.empty()) {
    std::string().swap(part_);
  } else if (part_.empty()) {
    part_ = left;
  } else {
    part_.erase(0, at_);
  }
  fresh_ = {};
  at_ = 0;
}

void line_splitter::stop() {
  over_ = true;
  std::string().swap(part_);
  fresh_ = {};
  at_ = 0;
}

}  // namespace greenroom::net
