#include "net/link_hello.hpp"

#include <algorithm>
#include <optional>

#include "core/bytes.hpp"

namespace greenroom::net::link_hello {
namespace {

constexpr std::string_view magic = "GRLK";

constexpr std::size_t text_size = 2;  // bytes of a text's size

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
  core::put_text(rest, self.cluster, text_size);
  core::put_text(rest, self.node.value, text_size);
  core::put_number(rest, self.incarnation.value, 8);
  core::put_text(rest, self.users_database, text_size);
  core::put_text(rest, self.chat_database, text_size);
  std::string out{magic};
  core::put_number(out, newest_version, 2);
  core::put_number(out, oldest_version, 2);
  core::put_text(out, rest, text_size);
  return out;
}

head read_head(std::string_view bytes) noexcept {
  if (bytes.size() != head_size || !bytes.starts_with(magic)) return {fault::hello, 0};
  core::byte_reader from{bytes.substr(magic.size())};
  const std::uint64_t newest = from.number(2);
  const std::uint64_t oldest = from.number(2);
  const auto rest = static_cast<std::size_t>(from.number(2));
  if (newest < oldest || rest > max_hello) return {fault::hello, 0};
  if (newest < oldest_version || oldest > newest_version) return {fault::version, 0};
  return {fault::none, rest};
}

core::result<link_identity> read_rest(std::string_view bytes) {
  core::byte_reader from{bytes};
  link_identity out;
  out.cluster = from.text(text_size, max_name);
  out.node.value = from.text(text_size, max_name);
  out.incarnation.value = from.number(8);
  out.users_database = from.text(text_size, max_database);
  out.chat_database = from.text(text_size, max_database);
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
