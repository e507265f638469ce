#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/names.hpp"
#include "protocol/dialect.hpp"

namespace core = greenroom::core;
namespace protocol = greenroom::protocol;

// A frame is a message whose text is what was sent, or a mistake with a public code; the echo is one frame, in which
// each line but the first is marked as a continuation.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view frame{reinterpret_cast<const char*>(data), size};
  const auto& lines = protocol::dialect_of(core::dialect_kind::lines);
  const auto command = lines.decode(frame);
  core::frames out;
  if (const auto* send = std::get_if<core::client_send>(&command)) {
    if (!core::check_text(send->text) || "SEND " + std::string(send->text) != frame) std::abort();
    const core::room_entry entry{.seq = {1}, .author = {"ada"}, .text = send->text};
    if (!lines.encode(core::message_event{{"lobby"}, {1}, &entry, false, false}, out)) std::abort();
    std::string shown = "FROM ada ";
    for (const char c : std::string_view{entry.text})
      shown.append(c == '\n' ? "\n| " : std::string(1, c == '\x01' ? ' ' : c));  // U+0001 marks an action
    if (out.bytes != shown) std::abort();
  } else {
    const auto& mistake = std::get<core::client_mistake>(command);
    if (mistake.why.code != core::ec::bad_frame && mistake.why.code != core::ec::bad_text) std::abort();
    if (!lines.encode(core::error_event{mistake.why, {}, ""}, out)) std::abort();
    if (out.bytes.find('\n') != std::string::npos) std::abort();
  }
  (void)protocol::choose(frame);
  return out.ends.size() == 1 ? 0 : (std::abort(), 0);
}
