#include "protocol/voice.hpp"

namespace greenroom::protocol {

void voice::encode(const core::client_event& event, std::string& out) const {
  frame_writer frames(out, framing_);
  speaks_.encode(event, with_, frames);
}

std::string voice::encoded(const core::client_event& event) const {
  std::string out;
  encode(event, out);
  return out;
}

}  // namespace greenroom::protocol
