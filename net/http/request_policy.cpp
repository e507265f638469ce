#include "net/http/request_policy.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "core/text.hpp"
#include "protocol/list_field.hpp"

namespace greenroom::net::http {
namespace {

using core::ec;
using core::equal_folded;
using core::is_control;
using core::is_digit;
using core::is_hex;
using core::is_letter;

constexpr bool is_token(char c) {
  return is_digit(c) || is_letter(c) ||
         (c != 0 && std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos);
}
constexpr bool is_target(char c) { return c > 0x20 && c < 0x7f && c != '#'; }

bool all(std::string_view text, bool (*is)(char)) { return std::all_of(text.begin(), text.end(), is); }

// ---- the request line

constexpr std::array<std::string_view, 7> methods{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};

// `http://HOST/PATH` (RFC 9112 section 3.2.2): takes it apart; false where it isn't one.
bool split_absolute(std::string_view target, bool is_options, accepted_head& head) {
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return false;
  if (const auto scheme = target.substr(0, colon); !equal_folded(scheme, "http") && !equal_folded(scheme, "https"))
    return false;
  target.remove_prefix(colon + 3);
  const std::size_t end = target.find_first_of("/?");
  head.authority = target.substr(0, end);
  const std::string_view path = end == std::string_view::npos ? std::string_view{} : target.substr(end);
  // No path is the whole server for OPTIONS (RFC 9112 section 3.2.4), and else the path `/`.
  head.target = path.empty() ? std::string_view{is_options ? "*" : "/"} : path;
  return head.target.front() != '?' && good_host(head.authority);
}

ec judge_target(std::string_view target, bool is_options, const request_limits& limits, accepted_head& head) {
  if (target.size() > limits.target) return ec::uri_too_long;
  // A NUL can't be in any path or name, not even written as %00.
  if (target.empty() || !all(target, is_target) || !core::is_well_escaped(target)) return ec::bad_request;
  if (target.front() == '/' || (is_options && target == "*")) return ec::none;
  return split_absolute(target, is_options, head) ? ec::none : ec::bad_request;
}

// HTTP-version is `HTTP/` DIGIT `.` DIGIT (RFC 9112 section 2.3).
ec judge_version(std::string_view version, bool& is_1_1) {
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7]))
    return ec::bad_request;
  is_1_1 = version == "HTTP/1.1";
  return is_1_1 || version == "HTTP/1.0" ? ec::none : ec::http_version;
}

ec judge_request_line(std::string_view line, const request_limits& limits, bool& is_1_1, accepted_head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return ec::bad_request;
  const std::string_view method = line.substr(0, first);
  if (method.empty() || !all(method, is_token)) return ec::bad_request;
  if (const ec wrong = judge_version(line.substr(last + 1), is_1_1); wrong != ec::none) return wrong;
  // Before the target, because CONNECT and TRACE have targets of other forms.
  if (std::find(methods.begin(), methods.end(), method) == methods.end()) return ec::not_implemented;
  return judge_target(line.substr(first + 1, last - first - 1), method == "OPTIONS", limits, head);
}

// ---- the fields

// Gathered while walking over the fields. A field that may come once only is judged when it comes again.
struct gathered {
  std::optional<std::string_view> host, content_length, transfer_encoding;
  bool authorization = false, content_type = false, origin = false;
  bool close = false, expects_continue = false;
};

bool set_once(std::optional<std::string_view>& held, std::string_view value) {
  if (held) return false;
  held = value;
  return true;
}

bool set_once(bool& held) { return !std::exchange(held, true); }

// Fields that are meant for the far end. If Connection named one, a gateway would have to take it out, and would
// have judged another request than the one that it sends on.
bool is_end_to_end(std::string_view name) {
  constexpr std::array<std::string_view, 9> names{"Authorization", "Origin",     "Host",          "Cookie", "Forwarded",
                                                  "Via",           "User-Agent", "Cache-Control", "Range"};
  constexpr std::array<std::string_view, 5> beginnings{"Content-", "Sec-", "X-", "Accept", "If-"};
  return std::any_of(names.begin(), names.end(), [name](std::string_view one) { return equal_folded(one, name); }) ||
         std::any_of(beginnings.begin(), beginnings.end(),
                     [name](std::string_view one) { return equal_folded(one, name.substr(0, one.size())); });
}

bool read_connection(gathered& found, std::string_view value) {
  for (const std::string_view option : protocol::list_members(value)) {
    if (!all(option, is_token) || is_end_to_end(option)) return false;
    if (equal_folded(option, "close")) found.close = true;
  }
  return true;
}

bool gather(gathered& found, std::string_view name, std::string_view value) {
  if (equal_folded(name, "Host")) return set_once(found.host, value);
  if (equal_folded(name, "Content-Length")) return set_once(found.content_length, value);
  if (equal_folded(name, "Transfer-Encoding")) return set_once(found.transfer_encoding, value);
  if (equal_folded(name, "Authorization")) return set_once(found.authorization);
  if (equal_folded(name, "Content-Type")) return set_once(found.content_type);
  if (equal_folded(name, "Origin")) return set_once(found.origin);
  if (equal_folded(name, "Connection")) return read_connection(found, value);
  if (equal_folded(name, "Expect") && equal_folded(value, "100-continue")) found.expects_continue = true;
  return true;
}

// One field line without its CRLF. A line that begins with a space is a folded one (RFC 9112 section 5.2).
bool judge_field(std::string_view line, gathered& found) {
  if (!good_field_line(line)) return false;
  const std::size_t colon = line.find(':');
  return gather(found, line.substr(0, colon), core::trimmed(line.substr(colon + 1)));
}

// ---- how long the body is (RFC 9112 section 6.3)

ec judge_framing(const gathered& found, bool is_1_1, const request_limits& limits, accepted_head& head) {
  if (found.transfer_encoding) {
    if (found.content_length || !is_1_1) return ec::bad_request;
    if (!equal_folded(*found.transfer_encoding, "chunked")) return ec::not_implemented;
    head.chunked = true;
  }
  if (found.content_length) {
    const auto length = core::number_from<std::size_t>(*found.content_length);
    if (!length) return ec::bad_request;
    head.content_length = *length;
    if (head.content_length > limits.body) return ec::too_big;
  }
  return ec::none;
}

ec judge_fields(std::string_view lines, const request_limits& limits, gathered& found) {
  for (std::size_t count = 0; lines != "\r\n"; ++count) {
    const std::size_t end = lines.find("\r\n");
    if (end == std::string_view::npos) return ec::bad_request;
    if (count == limits.fields) return ec::headers_too_big;
    if (!judge_field(lines.substr(0, end), found)) return ec::bad_request;
    lines.remove_prefix(end + 2);
  }
  return ec::none;
}

}  // namespace

// uri-host [ ":" port ] (RFC 9110 section 7.2), without percent-encoding: none of our names needs it.
bool good_host(std::string_view host) {
  const std::size_t end = !host.empty() && host.front() == '[' ? host.find(']') : host.find(':');
  std::string_view port;
  std::string_view name = host;
  if (end != std::string_view::npos) {
    const std::size_t colon = host.front() == '[' ? end + 1 : end;
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  if (!port.empty() && (port.front() != ':' || port.size() > 6 || !all(port.substr(1), is_digit))) return false;
  if (!name.empty() && name.front() == '[') {
    if (name.size() < 4 || name.back() != ']') return false;
    return all(name.substr(1, name.size() - 2), [](char c) { return is_hex(c) || c == ':' || c == '.'; });
  }
  return core::is_plain_name(name);
}

bool good_field_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && colon != 0 && all(line.substr(0, colon), is_token) &&
         std::none_of(line.begin() + static_cast<std::ptrdiff_t>(colon), line.end(),
                      [](char c) { return is_control(c) && c != '\t'; });
}

head_scan scan_head(std::string_view bytes, std::size_t seen, const request_limits& limits) {
  std::size_t begin = 0;
  while (bytes.substr(begin, 2) == "\r\n") begin += 2;
  const auto found = [&](std::size_t size, ec wrong) { return head_scan{size, begin, wrong}; };
  // The last three bytes again: the end may straddle two reads.
  for (std::size_t at = std::max(begin, seen < 3 ? 0 : seen - 3); at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (!is_control(c)) continue;
    const bool after_cr = at > begin && bytes[at - 1] == '\r';
    if (c == '\n') {
      if (!after_cr) return found(0, ec::bad_request);
      if (at >= begin + 3 && bytes[at - 2] == '\n') {
        const std::size_t size = at + 1 - begin;
        return size > limits.head ? found(0, ec::headers_too_big) : found(size, ec::none);
      }
    } else if (c == '\r') {
      if (at + 1 < bytes.size() && bytes[at + 1] != '\n') return found(0, ec::bad_request);
    } else if (c != '\t') {
      return found(0, ec::bad_request);
    }
  }
  return found(0, bytes.size() - begin >= limits.head ? ec::headers_too_big : ec::none);
}

accepted_head judge_head(std::string_view head, const request_limits& limits) {
  accepted_head verdict;
  const auto refused = [&](ec why) {
    verdict.wrong = why;
    return verdict;
  };
  const std::size_t end = head.find("\r\n");
  if (end == std::string_view::npos || head.size() < end + 4) return refused(ec::bad_request);
  if (head.size() > limits.head) return refused(ec::headers_too_big);
  bool is_1_1 = false;
  if (const ec why = judge_request_line(head.substr(0, end), limits, is_1_1, verdict); why != ec::none)
    return refused(why);
  gathered found;
  if (const ec why = judge_fields(head.substr(end + 2), limits, found); why != ec::none) return refused(why);
  if (found.host ? !good_host(*found.host) : is_1_1) return refused(ec::bad_request);
  if (const ec why = judge_framing(found, is_1_1, limits, verdict); why != ec::none) return refused(why);
  verdict.expects_continue = is_1_1 && found.expects_continue;
  verdict.keep_alive = is_1_1 && !found.close;
  return verdict;
}

}  // namespace greenroom::net::http
