#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/names.hpp"
#include "protocol/voice.hpp"

namespace core = greenroom::core;
namespace protocol = greenroom::protocol;

// A frame is a message whose text is what was sent, or a mistake with a public code; the echo is one frame, in which
// each line but the first is marked as a continuation.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view frame{reinterpret_cast<const char*>(data), size};
  const protocol::voice lines{protocol::lines_dialect(), protocol::features::none, protocol::framing::line, {}};
  std::string said;
  const auto command = lines.dialect().decode(frame);
  if (const auto* send = std::get_if<core::client_send>(&command)) {
    if (!core::check_text(send->text) || "SEND " + std::string(send->text) != frame) std::abort();
    const core::room_entry entry{.seq = {1}, .author = {"ada"}, .text = send->text};
    said = lines.encoded(core::message_event{{"lobby"}, {1}, &entry, false, false});
    std::string shown = "FROM ada ";
    for (const char c : std::string_view{entry.text})
      shown.append(c == '\n' ? "\n| " : std::string(1, c == '\x01' ? ' ' : c));  // U+0001 marks an action
    if (said != shown + "\r\n") std::abort();
  } else {
    const auto& mistake = std::get<core::client_mistake>(command);
    if (mistake.why.code != core::ec::bad_frame && mistake.why.code != core::ec::bad_text) std::abort();
    said = lines.encoded(core::error_event{mistake.why, {}, ""});
    if (said.find('\n') != said.size() - 1) std::abort();
  }
  (void)protocol::choose(frame);
  return said.ends_with("\r\n") ? 0 : (std::abort(), 0);
}
