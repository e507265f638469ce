#include "net/http/field_list.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace greenroom::net::http {

// No name has a colon, no value a control character: `add` makes sure of that.
void field_list::const_iterator::read() {
  if (rest_.empty()) return;
  const std::size_t colon = rest_.find(':');
  const std::size_t end = rest_.find('\r', colon);
  line_ = end + 2;
  now_ = {rest_.substr(0, colon), rest_.substr(colon + 2, end - colon - 2)};
}

field_list& field_list::add(std::string_view name, std::string_view value) {
  append_field(text_, name, value);
  return *this;
}

field_list& field_list::add(const field_list& others) {
  text_ += others.text_;
  return *this;
}

std::optional<std::string_view> field_list::find(std::string_view name) const {
  const auto found =
      std::find_if(begin(), end(), [name](const field& one) { return core::equal_folded(one.first, name); });
  return found == end() ? std::nullopt : std::optional{found->second};
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  const std::size_t before = out.size();
  out.resize(before + name.size() + value.size() + 4);
  char* to = std::copy(name.begin(), name.end(), out.data() + before);
  *to++ = ':';
  *to++ = ' ';
  to = std::remove_copy_if(value.begin(), value.end(), to, [](char c) { return core::is_control(c); });
  *to++ = '\r';
  *to++ = '\n';
  out.resize(static_cast<std::size_t>(to - out.data()));
}

}  // namespace greenroom::net::http
