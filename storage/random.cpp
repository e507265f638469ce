#include "storage/random.hpp"

#include <random>

namespace greenroom::storage {
namespace {

std::uint64_t bits() {
  static thread_local std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace

std::uint64_t random_generation() {
  for (;;)
    if (const std::uint64_t number = bits() >> 1; number != 0) return number;
}

std::string random_id() {
  constexpr char digits[] = "0123456789abcdef";
  std::string id;
  for (int half = 0; half < 2; ++half) {
    std::uint64_t number = bits();
    for (int digit = 0; digit < 16; ++digit, number >>= 4) id += digits[number & 15];
  }
  return id;
}

}  // namespace greenroom::storage
