#include "net/http/answer_text.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <ctime>

#include "core/text.hpp"

namespace greenroom::net::http {
namespace {

// How a field of the answer affects its head. Most are told apart by their length alone.
enum class kind { plain, framing, upgrade, cache_control };

kind kind_of(std::string_view name) {
  const auto is = [name](std::string_view one) { return core::equal_folded(one, name); };
  switch (name.size()) {
    case 4:
      return is("Date") ? kind::framing : kind::plain;
    case 7:
      return is("Upgrade") ? kind::upgrade : kind::plain;
    case 10:
      return is("Connection") || is("Keep-Alive") ? kind::framing : kind::plain;
    case 13:
      return is("Cache-Control") ? kind::cache_control : kind::plain;
    case 14:
      return is("Content-Length") ? kind::framing : kind::plain;
    case 17:
      return is("Transfer-Encoding") ? kind::framing : kind::plain;
    case 22:
      return is("X-Content-Type-Options") ? kind::framing : kind::plain;
    default:
      return kind::plain;
  }
}

// IMF-fixdate (RFC 9110 section 5.6.7), made once per second and thread.
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

void write_head(std::string& out, const answer& what, framing how) {
  out.clear();
  out.reserve(512);
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(what.status));
  out.append("HTTP/1.1 ").append(std::to_string(what.status)).append(" ").append(reason.data(), reason.size());
  out.append("\r\nDate: ").append(date_now()).append("\r\n");
  if (!what.content_type.empty()) append_field(out, "Content-Type", what.content_type);
  if (what.status != 204 && what.status != 304) append_field(out, "Content-Length", std::to_string(body_size(what)));
  bool upgrade = false, cached = false;
  for (auto field = what.fields.begin(); field != what.fields.end(); ++field) {
    const kind is = kind_of(field->first);
    upgrade = upgrade || is == kind::upgrade;
    cached = cached || is == kind::cache_control;
    if (is != kind::framing) out.append(field.line());
  }
  if (upgrade) append_field(out, "Connection", how.keep_alive ? "Upgrade" : "Upgrade, close");
  if (!upgrade && !how.keep_alive) append_field(out, "Connection", "close");
  out.append("X-Content-Type-Options: nosniff\r\n");
  if (how.only_https.count() > 0) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(how.only_https).count();
    append_field(out, "Strict-Transport-Security", "max-age=" + std::to_string(seconds));
  }
  if (!cached) out.append("Cache-Control: no-store\r\n");
  out += "\r\n";
}

std::string_view body_text(const answer& what, framing how) noexcept {
  if (how.head_only || what.status == 204 || what.status == 304) return {};
  return what.shared_body ? std::string_view{*what.shared_body} : std::string_view{what.body};
}

}  // namespace greenroom::net::http
