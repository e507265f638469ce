#include "storage/name_hash.hpp"

#include <sodium.h>

#include <array>

namespace greenroom::storage {

std::string name_hash(const core::user_id& user) {
  static const int ready = ::sodium_init();
  static_cast<void>(ready);
  const std::string name = core::folded(user.value);
  std::array<unsigned char, 32> hash{};
  ::crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                       nullptr, 0);
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const auto byte : hash) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string erased_name(const core::user_id& user) { return "deleted:" + name_hash(user); }

}  // namespace greenroom::storage
