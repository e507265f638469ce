// Whatever head the policy lets through, Beast must read in the same way: otherwise the two could be played against
// each other.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/http/request_policy.hpp"
#include "test/fuzz/must.hpp"

namespace beast_http = boost::beast::http;
using greenroom::core::ec;
namespace ours = greenroom::net::http;
using greenroom::test::must;

namespace {

// The head's end is found in the same place, or the same refusal made, in one piece or byte by byte.
ours::head_scan scan(std::string_view bytes, const ours::request_limits& limits) {
  const ours::head_scan whole = ours::scan_head(bytes, 0, limits);
  ours::head_scan piecewise;
  for (std::size_t size = 1; size <= bytes.size() && piecewise.size == 0 && piecewise.wrong == ec::none; ++size)
    piecewise = ours::scan_head(bytes.substr(0, size), size - 1, limits);
  if (whole.size != 0) {
    must(piecewise.size == whole.size, "the head ends where it ends, however it is cut");
    must(piecewise.skip == whole.skip, "and begins where it begins");
  }
  must((whole.wrong == ec::none) == (piecewise.wrong == ec::none), "a byte is wrong however the head is cut");
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ours::request_limits limits;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const ours::head_scan found = scan(bytes, limits);
  if (found.size == 0) return 0;
  const ours::accepted_head head = ours::judge_head(bytes.substr(found.skip, found.size), limits);
  if (head.wrong != ec::none) return 0;

  beast_http::request_parser<beast_http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.head));
  parser.body_limit(limits.body);
  boost::system::error_code wrong;
  const std::size_t used = parser.put(boost::asio::buffer(data + found.skip, found.size), wrong);
  must(!wrong, "Beast takes what the policy takes");
  must(used == found.size && parser.is_header_done(), "Beast finds the same end");
  must(parser.chunked() == head.chunked, "Beast agrees about chunks");
  must(parser.content_length().value_or(0) == head.content_length, "Beast agrees about the length");
  must(!head.keep_alive || parser.keep_alive(), "Beast would keep what the policy keeps");
  const std::string_view target{parser.get().target().data(), parser.get().target().size()};
  must(head.authority.empty() == head.target.empty(), "the absolute form has both");
  must(!head.authority.empty() || target == "*" || target.starts_with('/'), "the target has one of its forms");
  must(head.authority.empty() || ours::good_host(head.authority), "what counts as Host is one");
  must(parser.get().count(beast_http::field::host) <= 1, "there is one Host");
  return 0;
}
