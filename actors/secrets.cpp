#include "actors/secrets.hpp"

#include <sodium.h>

#include <cstdlib>

#include "core/bytes.hpp"
#include "core/text.hpp"

namespace greenroom::actors {
namespace {

constexpr std::size_t token_bytes = 32;
constexpr std::size_t id_bytes = 16;

// Without a random generator nothing here can be safe, so the process ends.
void ready() noexcept {
  static const bool initialised = sodium_init() >= 0;
  if (!initialised) std::abort();
}

std::string base64url(const std::string& bytes) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    variant);
  out.pop_back();  // sodium counts and writes a NUL
  return out;
}

}  // namespace

std::string random_bytes(std::size_t bytes) {
  ready();
  std::string out(bytes, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

std::string new_token() { return "gr_" + base64url(random_bytes(token_bytes)); }

core::token_hash token_hash_of(std::string_view token) {
  ready();
  std::string out(crypto_generichash_BYTES, '\0');
  static_assert(crypto_generichash_BYTES == 32);
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(token.data()), token.size(), nullptr, 0);
  return {std::move(out)};
}

core::invite_hash invite_hash_of(std::string_view invite) { return {token_hash_of(invite).value}; }

core::invite_id new_invite_id(core::wall_time now) {
  constexpr std::size_t time_bytes = 6, random_rest = 6;
  std::string bytes;
  core::put_number(bytes, static_cast<std::uint64_t>(now.time_since_epoch().count()), time_bytes);
  return {core::to_hex(bytes + random_bytes(random_rest))};
}

std::string random_id() { return base64url(random_bytes(id_bytes)); }

std::string random_hex_id() { return core::to_hex(random_bytes(id_bytes)); }

std::uint64_t random_number() {
  ready();
  std::uint64_t out = 0;
  while (out == 0) {
    randombytes_buf(&out, sizeof out);
    out >>= 1;
  }
  return out;
}

bool same_secret(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace greenroom::actors
