#include "net/http/answer_text.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include "core/ids.hpp"

namespace greenroom::net::http {
namespace {

bool same(std::string_view a, std::string_view b) { return a.size() == b.size() && core::compare_folded(a, b) == 0; }

bool is_framing(std::string_view name) {
  constexpr std::array<std::string_view, 5> ours{"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
                                                 "Date"};
  return std::any_of(ours.begin(), ours.end(), [&](auto one) { return same(one, name); });
}

bool has(const field_list& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return same(field.first, name); });
}

// IMF-fixdate (RFC 9110 section 5.6.7), made once a second and thread.
std::string_view date_now() {
  static thread_local std::time_t made_at = 0;
  static thread_local std::array<char, 40> text{};
  static thread_local std::size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made_at = now;
  }
  return {text.data(), size};
}

std::size_t body_size(const answer& what) { return what.shared_body ? what.shared_body->size() : what.body.size(); }

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  out.append(name).append(": ");
  if (std::none_of(value.begin(), value.end(), is_control))
    out.append(value);
  else
    std::copy_if(value.begin(), value.end(), std::back_inserter(out), [&](char c) { return !is_control(c); });
  out.append("\r\n");
}

std::string head_text(const answer& what, framing how) {
  std::string out;
  out.reserve(512);
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(what.status));
  out.append("HTTP/1.1 ").append(std::to_string(what.status)).append(" ").append(reason.data(), reason.size());
  out += "\r\n";
  append_field(out, "Date", date_now());
  if (!what.content_type.empty()) append_field(out, "Content-Type", what.content_type);
  if (what.status != 204 && what.status != 304) append_field(out, "Content-Length", std::to_string(body_size(what)));
  const bool upgrade = has(what.fields, "Upgrade");
  if (upgrade) append_field(out, "Connection", how.keep_alive ? "Upgrade" : "Upgrade, close");
  if (!upgrade && !how.keep_alive) append_field(out, "Connection", "close");
  append_field(out, "X-Content-Type-Options", "nosniff");
  if (how.secure) append_field(out, "Strict-Transport-Security", "max-age=31536000");
  if (!has(what.fields, "Cache-Control")) append_field(out, "Cache-Control", "no-store");
  for (const auto& [name, value] : what.fields)
    if (!is_framing(name) && !same(name, "X-Content-Type-Options")) append_field(out, name, value);
  out += "\r\n";
  return out;
}

std::string_view body_text(const answer& what, framing how) noexcept {
  if (how.head_only || what.status == 204 || what.status == 304) return {};
  return what.shared_body ? std::string_view{*what.shared_body} : std::string_view{what.body};
}

}  // namespace greenroom::net::http
