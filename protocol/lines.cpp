#include "protocol/lines.hpp"

#include <algorithm>

#include "core/names.hpp"
#include "protocol/problem.hpp"

namespace greenroom::protocol {
namespace {

void append_error(std::string& bytes, std::string_view word, std::string detail) {
  std::replace_if(
      detail.begin(), detail.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  bytes.append("ERROR ").append(word).append(" ").append(detail);
}

struct writer {
  std::string& bytes;

  bool operator()(const core::message_event& event) const {
    bytes.append("FROM ").append(event.entry->author.value).append(" ").append(event.entry->text);
    return true;
  }
  bool operator()(const core::gone_event& event) const {
    append_error(bytes, "gone", std::string(core::describe(event.reason).sentence));
    return true;
  }
  bool operator()(const core::error_event& event) const {
    append_error(bytes, core::to_string(event.why.code), public_detail(event.why));
    return true;
  }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

}  // namespace

core::client_command lines::decode(std::string_view frame) const {
  constexpr std::string_view send = "SEND ";
  if (!frame.starts_with(send))
    return core::client_mistake{{core::ec::bad_frame, "Write: SEND, a space, and the text.", 0}, {}, {}};
  frame.remove_prefix(send.size());
  if (const auto checked = core::check_text(frame); !checked) return core::client_mistake{checked.why(), {}, {}};
  return core::client_send{{}, {}, frame};
}

bool lines::write(const core::client_event& event, std::string& bytes) const {
  return std::visit(writer{bytes}, event);
}

}  // namespace greenroom::protocol
