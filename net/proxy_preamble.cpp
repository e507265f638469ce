#include "net/proxy_preamble.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/text.hpp"

namespace greenroom::net {
namespace {

constexpr std::string_view line_begin = "PROXY ";
constexpr std::string_view binary_begin{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::string_view shortest_line = "PROXY UNKNOWN\r\n";

core::error no_line() { return {core::ec::bad_request, "a line of the PROXY protocol that isn't one", 0}; }

// Whether the one begins like the other, as far as both go.
bool may_become(std::string_view bytes, std::string_view begin) {
  const auto both = std::min(bytes.size(), begin.size());
  return bytes.substr(0, both) == begin.substr(0, both);
}

}  // namespace

core::result<proxied> read_proxy_line(std::string_view line) {
  if (line.size() > longest_proxy_line || !line.starts_with(line_begin) || !line.ends_with("\r\n")) return no_line();
  line.remove_prefix(line_begin.size());
  line.remove_suffix(2);
  const auto family = core::take_until(line, ' ');
  if (family == "UNKNOWN") return proxied{};
  if (family != "TCP4" && family != "TCP6") return no_line();
  proxied out;
  for (int i = 0; i < 2; ++i) {
    boost::system::error_code wrong;
    const auto address = boost::asio::ip::make_address(std::string(core::take_until(line, ' ')), wrong);
    if (wrong || address.is_v4() != (family == "TCP4")) return no_line();
    if (i == 0) out.client = address;
  }
  const auto from = core::take_until(line, ' ');
  if (!core::number_from<std::uint16_t>(from) || !core::number_from<std::uint16_t>(line)) return no_line();
  return out;
}

void proxy_preamble::take(std::string_view bytes) {
  bytes_.append(bytes);
  wants_ = 0;
  judge();
}

void proxy_preamble::decide(core::result<proxied> what) {
  wants_ = 0;
  outcome_ = std::move(what);
}

void proxy_preamble::judge() {
  if (may_become(bytes_, line_begin)) return judge_line();
  if (may_become(bytes_, binary_begin)) return judge_binary();
}

// Of a line no byte behind its end may be read, and nobody says how long it is.
void proxy_preamble::judge_line() {
  if (bytes_.size() < shortest_line.size()) {
    wants_ = shortest_line.size() - bytes_.size();
  } else if (bytes_.back() != '\n' && bytes_.size() < longest_proxy_line) {
    wants_ = 1;
  } else {
    decide(read_proxy_line(std::exchange(bytes_, {})));
  }
}

void proxy_preamble::judge_binary() {
  if (bytes_.size() < proxy_head_size) {
    wants_ = proxy_head_size - bytes_.size();
    return;
  }
  const auto head = std::string_view(bytes_).substr(0, proxy_head_size);
  const auto rest = proxy_rest_size(head);
  if (!rest) return decide(rest.why());
  if (bytes_.size() < proxy_head_size + *rest) {
    wants_ = proxy_head_size + *rest - bytes_.size();
    return;
  }
  decide(read_proxied(head, std::string_view(bytes_).substr(proxy_head_size)));
  bytes_.clear();
}

}  // namespace greenroom::net
