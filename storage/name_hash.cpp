#include "storage/name_hash.hpp"

#include <sodium.h>

#include <array>

#include "core/text.hpp"

namespace greenroom::storage {

std::string name_hash(const core::user_id& user) {
  static const int ready = ::sodium_init();
  static_cast<void>(ready);
  const std::string name = core::folded(user.value);
  std::array<unsigned char, 32> hash{};
  ::crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                       nullptr, 0);
  return core::to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::string erased_name(const core::user_id& user) { return "deleted:" + name_hash(user); }

}  // namespace greenroom::storage
