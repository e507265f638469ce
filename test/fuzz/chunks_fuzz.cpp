// A chunked body ends in the same place, with the same data, however its bytes are cut; and what the reader takes,
// Beast reads in the same way, but for what Beast itself refuses.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http/chunks.hpp"
#include "test/fuzz/must.hpp"

namespace beast_http = boost::beast::http;
using greenroom::core::ec;
namespace ours = greenroom::net::http;
using greenroom::test::must;

namespace {

struct outcome {
  std::string body;
  std::size_t used = 0;
  bool done = false;
  ec wrong = ec::none;
  bool operator==(const outcome&) const = default;
};

outcome read(std::string_view bytes, std::size_t piece) {
  ours::chunk_reader reader{ours::request_limits{}};
  outcome out;
  while (out.used < bytes.size() && !reader.done() && reader.wrong() == ec::none)
    out.used += reader.take(bytes.substr(out.used, piece), out.body);
  out.done = reader.done();
  out.wrong = reader.wrong();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const outcome whole = read(bytes, size + 1);
  must(read(bytes, 1) == whole, "a body is what it is, however it is cut");
  must(whole.body.size() <= ours::request_limits{}.body, "a body has its limit");
  if (!whole.done) return 0;

  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string text = head + std::string(bytes.substr(0, whole.used));
  beast_http::request_parser<beast_http::string_body> parser;
  parser.eager(true);
  parser.body_limit(ours::request_limits{}.body);
  parser.header_limit(64 * 1024);
  boost::system::error_code wrong;
  std::size_t at = 0;
  while (at < text.size() && !parser.is_done() && !wrong)
    at += parser.put(boost::asio::buffer(text.data() + at, text.size() - at), wrong);
  if (wrong) return 0;  // extensions and trailers that have its own attention
  must(parser.is_done() && at == text.size(), "Beast finds the same end");
  must(parser.get().body() == whole.body, "Beast reads the same data");
  return 0;
}
