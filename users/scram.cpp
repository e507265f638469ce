#include "users/scram.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <cstdlib>
#include <utility>

#include "actors/secrets.hpp"
#include "core/base64.hpp"
#include "core/text.hpp"

namespace greenroom::users {
namespace {

constexpr std::string_view mechanism = "SCRAM-SHA-256";
constexpr std::size_t key_bytes = SHA256_DIGEST_LENGTH;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string hash_of(std::string_view text) {
  std::string out(key_bytes, '\0');
  SHA256(bytes_of(text), text.size(), bytes_of(out));
  return out;
}

std::string hmac(std::string_view key, std::string_view text) {
  std::string out(key_bytes, '\0');
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), bytes_of(out),
           nullptr) == nullptr)
    std::abort();  // no memory
  return out;
}

}  // namespace

scram_keys make_scram_keys(std::string_view password, std::string salt, std::uint32_t rounds) {
  std::string salted(key_bytes, '\0');
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_of(std::as_const(salt)),
                        static_cast<int>(salt.size()), static_cast<int>(rounds), EVP_sha256(),
                        static_cast<int>(key_bytes), bytes_of(salted)) != 1)
    std::abort();  // no memory
  return {rounds, std::move(salt), hash_of(hmac(salted, "Client Key")), hmac(salted, "Server Key")};
}

std::string to_text(const scram_keys& keys) {
  return std::string(mechanism) + "$" + std::to_string(keys.rounds) + ":" + core::to_base64(keys.salt) + "$" +
         core::to_base64(keys.stored_key) + ":" + core::to_base64(keys.server_key);
}

std::optional<scram_keys> scram_keys_from(std::string_view text) {
  if (core::take_until(text, '$') != mechanism) return std::nullopt;
  const auto rounds = core::number_from<std::uint32_t>(core::take_until(text, ':'));
  auto salt = core::from_base64(core::take_until(text, '$'));
  auto stored = core::from_base64(core::take_until(text, ':'));
  auto server = core::from_base64(text);
  if (!rounds || !salt || !stored || !server || stored->size() != key_bytes || server->size() != key_bytes)
    return std::nullopt;
  return scram_keys{*rounds, *std::move(salt), *std::move(stored), *std::move(server)};
}

std::optional<std::string> judge(const core::scram_proof& proof, const scram_keys& keys) {
  if (proof.proof.size() != key_bytes) return std::nullopt;
  auto client_key = hmac(keys.stored_key, proof.message);
  for (std::size_t i = 0; i < key_bytes; ++i) client_key[i] = static_cast<char>(client_key[i] ^ proof.proof[i]);
  if (!actors::same_secret(hash_of(client_key), keys.stored_key)) return std::nullopt;
  return hmac(keys.server_key, proof.message);
}

}  // namespace greenroom::users
