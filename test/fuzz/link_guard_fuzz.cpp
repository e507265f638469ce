// For any input, the guard's verdict doesn't depend on how it is cut into reads, and CAF can read what it lets through.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "net/link_guard.hpp"
#include "net/link_hello.hpp"

namespace net = greenroom::net;
using verdict = net::link_guard::verdict;

namespace {

constexpr std::uint32_t max_payload = 4096;
constexpr std::size_t header_size = 32;

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

// The same rules, written down once more as a walk over whole frames.
void check_frames(std::string_view stream, bool dialled, std::uint64_t frames) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(stream[at]); };
  std::uint64_t seen = 0;
  while (stream.size() >= header_size) {
    const unsigned operation = byte(0);
    const std::size_t size =
        std::size_t{byte(4)} << 24 | std::size_t{byte(5)} << 16 | std::size_t{byte(6)} << 8 | byte(7);
    must(operation <= 6 && size <= max_payload, "CAF knows the operation and the size is bounded");
    must((operation == 6) == (size == 0), "a heartbeat is empty, and nothing else is");
    must(seen > 0 || operation == (dialled ? 0 : 1), "the first frame is the handshake that is due");
    must(operation > 1 || seen < (dialled ? 1 : 2), "handshakes come first");
    ++seen;
    if (stream.size() < header_size + size) break;
    stream.remove_prefix(header_size + size);
  }
  must(seen == frames, "every header was judged");
}

void guard(std::string_view stream, bool dialled, std::size_t cut) {
  net::link_guard whole{max_payload, dialled};
  const verdict said = whole.judge(stream);
  if (said == verdict::good) check_frames(stream, dialled, whole.frames());
  net::link_guard pieces{max_payload, dialled};
  for (std::size_t at = 0; at < stream.size(); at += cut) (void)pieces.judge(stream.substr(at, cut));
  must(pieces.judge({}) == said && pieces.frames() == whole.frames(), "the verdict is the same however it is cut");
}

void hello(std::string_view bytes) {
  const auto head = net::link_hello::read_head(bytes.substr(0, net::link_hello::head_size));
  if (head.wrong != net::link_hello::fault::none) return;
  must(head.rest <= net::link_hello::max_hello, "a hello is bounded");
  const auto read = net::link_hello::read_rest(bytes.substr(net::link_hello::head_size));
  if (!read) return;
  const auto again = net::link_hello::write(*read);
  must(again.ok(), "what was read can be written");
  must(bytes.substr(net::link_hello::head_size).starts_with(again->substr(net::link_hello::head_size)), "in one way");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data + 1), size - 1};
  const std::size_t cut = (data[0] >> 1) % 40 + 1;
  guard(bytes, data[0] % 2 != 0, cut);
  hello(bytes);
  return 0;
}
