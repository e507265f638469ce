#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "net/ws_reader.hpp"

namespace {

using greenroom::net::ws_reader;
constexpr std::size_t limit = 300;
constexpr std::size_t longest_header = 14;

struct said {
  ws_reader::kind what;
  std::uint16_t code;
  std::string bytes;
  bool operator==(const said&) const = default;
};

// Every message is text within the limit, nothing comes after the end, and no more is held than one message.
std::vector<said> read(const std::string& all, std::size_t piece) {
  ws_reader reader(limit);
  std::vector<said> out;
  bool over = false;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    std::string bytes = all.substr(at, piece);
    reader.take(bytes);
    while (const auto one = reader.next()) {
      if (over) std::abort();
      over = one.what == ws_reader::kind::close || one.what == ws_reader::kind::wrong;
      if (one.what == ws_reader::kind::message && (one.bytes.size() > limit || !greenroom::core::valid_utf8(one.bytes)))
        std::abort();
      out.push_back({one.what, one.code, std::string(one.bytes)});
    }
    reader.keep();
    if (!over && reader.held() > 2 * limit + longest_header) std::abort();
  }
  return out;
}

}  // namespace

// The same bytes mean the same however they are cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string all(reinterpret_cast<const char*>(data), size);
  const auto whole = read(all, size + 1);
  for (const std::size_t piece : {1, 2, 3, 7, 64})
    if (read(all, piece) != whole) std::abort();
  return 0;
}
