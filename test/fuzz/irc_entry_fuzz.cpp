#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/text.hpp"
#include "protocol/irc/entry_lines.hpp"
#include "protocol/irc/irc_dialect.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/tags.hpp"
#include "protocol/voice.hpp"
#include "test/fuzz/must.hpp"

namespace core = greenroom::core;
namespace irc = greenroom::protocol::irc;
namespace protocol = greenroom::protocol;
using greenroom::test::must;

namespace {

// What the readers of one voice hear must be lines that fit, at most so many of them.
std::string heard(const core::room_entry& entry, std::uint32_t bits) {
  static const irc::irc_dialect speaks;
  const core::room_id room{"lobby"};
  const protocol::voice one(speaks, static_cast<protocol::features>(bits), protocol::framing::line, {});
  const auto bytes = one.encoded(core::message_event{room, {1}, &entry, true, false});
  std::size_t lines = 0;
  std::string text;
  for (std::string_view rest = bytes; !rest.empty(); ++lines) {
    const auto end = rest.find("\r\n");
    must(end != rest.npos, "each line has an end");
    const auto got = irc::judge(rest.substr(0, end));
    must(got.judged == irc::verdict::command, "each line is one, and fits");
    if (got.what.is("PRIVMSG")) text += got.what[1];
    rest.remove_prefix(end + 2);
  }
  must(lines <= irc::max_batch_lines + 3, "there are never many lines");
  return text;
}

}  // namespace

// The first byte is the kind, the second the voice; up to the first NUL: the text; behind it: what is kept besides.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view rest{reinterpret_cast<const char*>(data) + 2, size - 2};
  const auto text = rest.substr(0, rest.find('\0'));
  const auto extra = rest.substr(std::min(text.size() + 1, rest.size()));
  // A client's judge takes as many bytes of tags as the sender may have; the server's own come on top.
  constexpr std::size_t own_tags = 256;
  if (text.size() > 4096 || extra.size() + own_tags > irc::max_tag_bytes || !core::valid_utf8(rest)) return 0;
  core::room_entry entry{.seq = {7}, .author = {"ada"}, .client_id = "i", .text = text};
  entry.kind = static_cast<core::entry_kind>(data[0] % 32);
  entry.target = {data[0] / 32u};
  entry.subject = {"bob"};
  entry.extra = extra;
  const auto said = heard(entry, data[1]);
  if (entry.kind == core::entry_kind::text && text.size() <= 256 && text.find_first_of("\n\r") == text.npos &&
      !text.empty())
    must(said == text, "a short text is what it was, in however many pieces");
  return 0;
}
