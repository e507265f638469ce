#include "net/link_hello.hpp"

#include <algorithm>
#include <optional>

namespace greenroom::net::link_hello {
namespace {

constexpr std::string_view magic = "GRLK";

void put_number(std::string& out, std::uint64_t number, unsigned bytes) {
  while (bytes-- > 0) out.push_back(static_cast<char>(number >> (8 * bytes) & 0xff));
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size(), 2);
  out.append(text);
}

std::uint64_t number_of(std::string_view bytes) noexcept {
  std::uint64_t out = 0;
  for (const char byte : bytes) out = out << 8 | static_cast<unsigned char>(byte);
  return out;
}

// Takes what it reads from the front; what is missing leaves it `failed`.
class reader {
 public:
  explicit reader(std::string_view bytes) : left_(bytes) {}

  std::uint64_t number(std::size_t bytes) { return number_of(take(bytes)); }
  std::string text(std::size_t most) {
    const auto size = static_cast<std::size_t>(number(2));
    if (size > most) failed_ = true;
    return failed_ ? std::string{} : std::string{take(size)};
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  std::string_view take(std::size_t bytes) {
    if (left_.size() < bytes) {
      failed_ = true;
      return {};
    }
    const std::string_view out = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return out;
  }

  std::string_view left_;
  bool failed_ = false;
};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= max_name &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::optional<std::string> complaint(const link_identity& of) {
  const std::string rule = " must be 1 to " + std::to_string(max_name) + " printable ASCII characters.";
  if (!is_name(of.cluster)) return "The cluster's name" + rule;
  if (!is_name(of.node.value)) return "The node's name" + rule;
  if (std::max(of.users_database.size(), of.chat_database.size()) > max_database)
    return "A database's id is longer than " + std::to_string(max_database) + " bytes.";
  return std::nullopt;
}

}  // namespace

std::string_view to_string(fault what) noexcept {
  switch (what) {
    case fault::none:
      return "none";
    case fault::hello:
      return "hello";
    case fault::version:
      return "version";
    case fault::cluster:
      return "cluster";
    case fault::name:
      return "name";
  }
  return "unknown";
}

core::result<std::string> write(const link_identity& self) {
  if (auto wrong = complaint(self)) return core::error{core::ec::bad_request, std::move(*wrong), 0};
  std::string rest;
  put_text(rest, self.cluster);
  put_text(rest, self.node.value);
  put_number(rest, self.incarnation.value, 8);
  put_text(rest, self.users_database);
  put_text(rest, self.chat_database);
  std::string out{magic};
  put_number(out, newest_version, 2);
  put_number(out, oldest_version, 2);
  put_text(out, rest);
  return out;
}

head read_head(std::string_view bytes) noexcept {
  if (bytes.size() != head_size || !bytes.starts_with(magic)) return {fault::hello, 0};
  const std::uint64_t newest = number_of(bytes.substr(4, 2));
  const std::uint64_t oldest = number_of(bytes.substr(6, 2));
  const auto rest = static_cast<std::size_t>(number_of(bytes.substr(8, 2)));
  if (newest < oldest || rest > max_hello) return {fault::hello, 0};
  if (newest < oldest_version || oldest > newest_version) return {fault::version, 0};
  return {fault::none, rest};
}

core::result<link_identity> read_rest(std::string_view bytes) {
  reader from{bytes};
  link_identity out;
  out.cluster = from.text(max_name);
  out.node.value = from.text(max_name);
  out.incarnation.value = from.number(8);
  out.users_database = from.text(max_database);
  out.chat_database = from.text(max_database);
  if (from.failed() || complaint(out)) return core::ec::bad_request;
  return out;
}

fault judge(const link_identity& self, const link_identity& peer, const core::node_name& expected) noexcept {
  if (peer.cluster != self.cluster) return fault::cluster;
  if (peer.node == self.node) return fault::name;
  if (!expected.value.empty() && peer.node != expected) return fault::name;
  return fault::none;
}

}  // namespace greenroom::net::link_hello
