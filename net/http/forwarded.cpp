#include "net/http/forwarded.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>

namespace greenroom::net::http {
namespace {

constexpr std::array<std::string_view, 6> names{"X-Forwarded-For",    "X-Forwarded-Host",  "X-Forwarded-Proto",
                                                "X-Forwarded-Prefix", "X-Forwarded-Class", "X-Forwarded-Signature"};

std::optional<core::limit_class> class_named(std::string_view word) {
  for (std::uint8_t i = 0; i < core::limit_class_count; ++i)
    if (to_string(core::limit_class{i}) == word) return core::limit_class{i};
  return std::nullopt;
}

// Each value with its length before it, so that no two requests have the same text to sign.
std::string text_to_sign(const forwarded& seen) {
  std::string text = "greenroom-forwarded-2";
  for (const std::string_view part :
       {std::string_view{seen.client}, std::string_view{seen.host}, std::string_view{seen.proto},
        std::string_view{seen.prefix}, to_string(seen.counted)})
    text.append("\n").append(std::to_string(part.size())).append(":").append(part);
  return text;
}

std::string hmac_hex(std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 0xf];
  }
  return hex;
}

struct signed_origin {
  std::string secret;
  forwarded seen;
  std::string signature;
  field_list fields;  // all six
};

// The same few clients come again and again, and a signature costs more than the rest of a head. One table a thread.
const signed_origin& signature_of(std::string_view secret, const forwarded& seen) {
  static thread_local std::array<signed_origin, 256> table;
  const std::hash<std::string_view> hash;
  auto& place = table[(hash(seen.client) * 31 + hash(seen.host) * 7 + hash(seen.prefix) +
                       static_cast<std::size_t>(seen.counted)) %
                      table.size()];
  if (!place.signature.empty() && place.seen == seen && place.secret == secret) return place;
  place = {std::string(secret), seen, hmac_hex(secret, text_to_sign(seen)), {}};
  const std::array<std::string_view, names.size()> values{
      seen.client, seen.host, seen.proto, seen.prefix, to_string(seen.counted), place.signature};
  for (std::size_t i = 0; i < names.size(); ++i) place.fields.add(names[i], values[i]);
  return place;
}

// The only field of that name; nothing if there is none, or more.
std::optional<std::string_view> only(const boost::beast::http::fields& fields, std::string_view name) {
  const auto [first, last] = fields.equal_range(boost::beast::string_view{name.data(), name.size()});
  if (first == last || std::next(first) != last) return std::nullopt;
  return std::string_view{first->value().data(), first->value().size()};
}

}  // namespace

void sign_forwarded(field_list& to, std::string_view secret, const forwarded& seen) {
  to.add(signature_of(secret, seen).fields);
}

std::optional<forwarded> believe_forwarded(std::string_view secret, const boost::beast::http::fields& fields) {
  if (secret.empty()) return std::nullopt;
  std::array<std::string_view, names.size()> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto value = only(fields, names[i]);
    if (!value) return std::nullopt;
    values[i] = *value;
  }
  const auto counted = class_named(values[4]);
  if (!counted) return std::nullopt;
  const forwarded seen{std::string(values[0]), std::string(values[1]), std::string(values[2]), std::string(values[3]),
                       *counted};
  const std::string& expected = signature_of(secret, seen).signature;
  const std::string_view given = values.back();
  if (given.size() != expected.size() || CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0)
    return std::nullopt;
  return seen;
}

bool is_forwarded_field(std::string_view name) noexcept {
  return std::any_of(names.begin(), names.end(), [name](auto ours) { return same_name(ours, name); });
}

}  // namespace greenroom::net::http
