#include "protocol/irc/long_text.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "core/text.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {

// The next place at which the text is to be cut; its end where there is none.
std::size_t text_pieces::next_cut() noexcept {
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text_[at]) & 0xc0) == 0x80; };
  while (cut_ <= at_ || (cut_ < text_.size() && continues(cut_))) {
    if (cuts_.empty()) return text_.size();
    cut_ = core::number_from<std::size_t>(core::take_until(cuts_, ',')).value_or(0);
  }
  return cut_;
}

text_pieces::piece text_pieces::next() noexcept {
  GREENROOM_CHECK(!ended_);
  const auto rest = text_.substr(at_);
  const auto line = rest.substr(0, rest.find('\n'));
  const auto cut = std::min(line.size(), next_cut() - at_);
  if (cut <= most_ && cut < line.size()) {
    at_ += cut;
    return {line.substr(0, cut), std::exchange(goes_on_, true)};
  }
  if (line.size() <= most_) {
    at_ += line.size() + 1;
    ended_ = at_ > text_.size();
    return {line, std::exchange(goes_on_, false)};
  }
  auto fits = fitting(line, most_);
  if (const auto space = fits.rfind(' '); space != fits.npos) fits = fits.substr(0, space + 1);
  if (fits.empty()) fits = line.substr(0, most_);  // bytes that never were UTF-8
  at_ += fits.size();
  return {fits, std::exchange(goes_on_, true)};
}

std::string grouped(std::size_t number) {
  auto out = std::to_string(number);
  for (auto at = out.size(); at > 3; at -= 3) out.insert(at - 3, 1, ',');
  return out;
}

}  // namespace greenroom::protocol::irc
