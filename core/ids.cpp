#include "core/ids.hpp"

#include <algorithm>

namespace greenroom::core {

int compare_folded(std::string_view a, std::string_view b) noexcept {
  const auto shorter = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shorter; ++i) {
    const int difference = static_cast<unsigned char>(fold(a[i])) - static_cast<unsigned char>(fold(b[i]));
    if (difference != 0) return difference;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

std::size_t hash_folded(std::string_view name) noexcept {
  std::uint64_t h = 14695981039346656037ull;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(fold(c))) * 1099511628211ull;
  return static_cast<std::size_t>(h ^ (h >> 32));
}

std::string folded(std::string_view name) {
  std::string out(name);
  std::transform(out.begin(), out.end(), out.begin(), fold);
  return out;
}

}  // namespace greenroom::core
