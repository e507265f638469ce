#include "storage/random.hpp"

#include <random>

#include "core/text.hpp"

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
  std::string id;
  core::append_hex(id, bits());
  core::append_hex(id, bits());
  return id;
}

}  // namespace greenroom::storage
