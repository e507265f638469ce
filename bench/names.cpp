#include "bench/names.hpp"

#include <unistd.h>

#include <fstream>
#include <string_view>

namespace greenroom::bench {
namespace {

void replace_all(std::string& in, std::string_view what, const std::string& with) {
  for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + with.size())) {
    in.replace(at, what.size(), with);
  }
}

}  // namespace

names::names(const options& wanted) : wanted_(wanted), run_(std::to_string(getpid())) {
  std::ifstream file(wanted.tokens);
  for (std::string line; std::getline(file, line);) tokens_.push_back(line);
}

std::string names::room(std::uint32_t room) const { return "r" + run_ + "-" + std::to_string(room); }
std::string names::user(std::uint32_t connection) const { return "u" + run_ + "-" + std::to_string(connection); }

std::string names::account(std::uint32_t connection) const {
  return tokens_.empty() ? user(connection) : "load" + std::to_string(connection % tokens_.size() + 1);
}

std::string names::expanded(std::string text, std::uint32_t connection) const {
  replace_all(text, "{room}", room(wanted_.room_of(connection)));
  replace_all(text, "{user}", user(connection));
  replace_all(text, "{account}", account(connection));
  replace_all(text, "{i}", std::to_string(connection));
  if (!tokens_.empty()) replace_all(text, "{token}", tokens_[connection % tokens_.size()]);
  return text;
}

}  // namespace greenroom::bench
