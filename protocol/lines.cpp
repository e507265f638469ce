#include "protocol/lines.hpp"

#include <algorithm>

#include "core/names.hpp"
#include "protocol/problem.hpp"
#include "protocol/sentence.hpp"

namespace greenroom::protocol {
namespace {

void append_error(std::string& bytes, std::string_view word, std::string detail) {
  std::replace_if(
      detail.begin(), detail.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  bytes.append("ERROR ").append(word).append(" ").append(detail);
}

constexpr std::string_view continuation = "\n| ";

// Texts that were stored before control characters were refused may still have some.
constexpr bool harmless(char c) noexcept { return static_cast<unsigned char>(c) >= ' ' || core::text_control(c); }

// A line of a text must not look like a frame of the server's, nor move the cursor of a user's terminal.
void append_text(std::string& bytes, std::string_view text) {
  for (std::size_t from = 0; from < text.size();) {
    const auto broken = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(),
                                     [](char c) { return c == '\n' || !harmless(c); });
    const auto end = static_cast<std::size_t>(broken - text.begin());
    bytes.append(text, from, end - from);
    if (end == text.size()) return;
    bytes.append(text[end] == '\n' ? continuation : std::string_view{" "});
    from = end + 1;
  }
}

struct line_writer {
  frame_writer& out;

  void operator()(const core::message_event& event) const {
    if (event.entry->kind == core::entry_kind::tag) return;
    std::string& bytes = out.begin();
    bytes.append("FROM ").append(event.entry->author.value).append(" ");
    std::string made;
    append_text(bytes, told(*event.entry, made));
    out.end();
  }
  void operator()(const core::gone_event& event) const {
    auto detail = std::string(core::describe(event.reason).sentence);
    if (event.because) append_because(detail, *event.because);
    append_error(out.begin(), "gone", std::move(detail));
    out.end();
  }
  void operator()(const core::error_event& event) const {
    append_error(out.begin(), core::to_string(event.why.code), public_detail(event.why));
    out.end();
  }
  template <class Other>
  void operator()(const Other&) const {}
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

void lines::encode(const core::client_event& event, features, frame_writer& out) const {
  std::visit(line_writer{out}, event);
}

}  // namespace greenroom::protocol
