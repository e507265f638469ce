#include "core/shared_text.hpp"

#include <cstring>
#include <new>
#include <stdexcept>

namespace greenroom::core {

shared_text::head* shared_text::make(std::string_view bytes) {
  if (bytes.empty()) return nullptr;
  if (bytes.size() > UINT32_MAX) throw std::length_error("a text of more than 4 GiB");
  auto* const memory = static_cast<std::byte*>(::operator new(sizeof(head) + bytes.size()));
  std::memcpy(memory + sizeof(head), bytes.data(), bytes.size());
  return new (memory) head{{1}, static_cast<std::uint32_t>(bytes.size())};
}

void shared_text::release(head* last) noexcept {
  last->~head();
  ::operator delete(last);
}

}  // namespace greenroom::core
