#include "net/http/forwarded.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>

#include "core/text.hpp"
#include "telemetry/log.hpp"

namespace greenroom::net::http {
namespace {

constexpr std::array<std::string_view, 6> forwarded_names{"X-Forwarded-For",   "X-Forwarded-Host",
                                                          "X-Forwarded-Proto", "X-Forwarded-Prefix",
                                                          "X-Forwarded-Class", "X-Forwarded-Signature"};

std::optional<core::limit_class> class_named(std::string_view word) {
  for (std::uint8_t i = 0; i < core::limit_class_count; ++i)
    if (to_string(core::limit_class{i}) == word) return core::limit_class{i};
  return std::nullopt;
}

std::int64_t minutes_of(const signed_request& what) {
  return std::chrono::floor<std::chrono::minutes>(what.at.time_since_epoch()).count();
}

// Each value with its length before it, so that no two requests have the same text to sign. Belongs to the thread, and
// is valid until the next call: requests come too often for a new one each.
const std::string& text_to_sign(const forwarded& seen, const signed_request& what, std::int64_t minutes) {
  static thread_local std::string text;
  text = "greenroom-forwarded-3\n";
  text += std::to_string(minutes);
  for (const std::string_view part :
       {what.method, what.target, std::string_view{seen.client}, std::string_view{seen.host},
        std::string_view{seen.proto}, std::string_view{seen.prefix}, to_string(seen.counted)}) {
    text += '\n';
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  return text;
}

struct mac_freed {
  void operator()(EVP_MAC* one) const { EVP_MAC_free(one); }
  void operator()(EVP_MAC_CTX* one) const { EVP_MAC_CTX_free(one); }
};

// HMAC with a key that stays: setting a key up costs more than all the rest.
class keyed_hmac {
 public:
  explicit keyed_hmac(std::string_view secret) : secret_(secret) {
    const std::unique_ptr<EVP_MAC, mac_freed> kind{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
    context_.reset(kind ? EVP_MAC_CTX_new(kind.get()) : nullptr);
    std::string digest = "SHA256";
    const std::array<OSSL_PARAM, 2> how{OSSL_PARAM_construct_utf8_string("digest", digest.data(), 0),
                                        OSSL_PARAM_construct_end()};
    if (!context_ || EVP_MAC_init(context_.get(), bytes_of(secret), secret.size(), how.data()) != 1)
      throw std::bad_alloc();
  }

  [[nodiscard]] bool is_of(std::string_view secret) const noexcept { return secret_ == secret; }

  std::string hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    std::size_t size = 0;
    if (EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1 ||
        EVP_MAC_update(context_.get(), bytes_of(text), text.size()) != 1 ||
        EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) != 1)
      throw std::bad_alloc();
    return core::to_hex({reinterpret_cast<const char*>(digest.data()), size});
  }

 private:
  static const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }

  std::string secret_;
  std::unique_ptr<EVP_MAC_CTX, mac_freed> context_;
};

std::string hmac_hex(std::string_view secret, std::string_view text) {
  static thread_local std::unique_ptr<keyed_hmac> last;
  if (!last || !last->is_of(secret)) last = std::make_unique<keyed_hmac>(secret);
  return last->hex(text);
}

struct signed_text {
  std::string secret;
  std::string text;
  std::string signature;
};

// The same few clients ask for the same things again and again, and a process with all roles signs and checks on one
// thread. One table per thread; a text that is too long for it is signed each time.
std::string signature_of(std::string_view secret, const std::string& text) {
  constexpr std::size_t longest_kept = 512;
  if (text.size() > longest_kept) return hmac_hex(secret, text);
  static thread_local std::array<signed_text, 256> table;
  auto& place = table[std::hash<std::string_view>{}(text) % table.size()];
  if (place.text != text || place.secret != secret) {
    place.secret = secret;
    place.text = text;
    place.signature = hmac_hex(secret, text);
  }
  return place.signature;
}

// The only field of that name; nothing if there is none, or more than one.
std::optional<std::string_view> only(const boost::beast::http::fields& fields, std::string_view name) {
  const auto [first, last] = fields.equal_range(boost::beast::string_view{name.data(), name.size()});
  if (first == last || std::next(first) != last) return std::nullopt;
  return std::string_view{first->value().data(), first->value().size()};
}

// Once a minute at most: every request through that gateway has the same trouble.
void tell_of_clocks(std::int64_t now, std::int64_t minutes) {
  static std::atomic<std::int64_t> last{-1};
  if (last.exchange(now, std::memory_order_relaxed) != now)
    telemetry::log::warn("forwarded_at_another_time",
                         {{"minutes_apart", now - minutes},
                          {"means", "a gateway's clock or this one is wrong, or somebody repeats an old request"}});
}

}  // namespace

void sign_forwarded(field_list& to, std::string_view secret, const forwarded& seen, const signed_request& what) {
  const auto minutes = minutes_of(what);
  const auto signature = std::to_string(minutes) + '-' + signature_of(secret, text_to_sign(seen, what, minutes));
  const std::array<std::string_view, forwarded_names.size()> values{
      seen.client, seen.host, seen.proto, seen.prefix, to_string(seen.counted), signature};
  for (std::size_t i = 0; i < forwarded_names.size(); ++i) to.add(forwarded_names[i], values[i]);
}

std::optional<forwarded> believe_forwarded(std::string_view secret, const boost::beast::http::fields& fields,
                                           const signed_request& what) {
  if (secret.empty()) return std::nullopt;
  std::array<std::string_view, forwarded_names.size()> values;
  for (std::size_t i = 0; i < forwarded_names.size(); ++i) {
    const auto value = only(fields, forwarded_names[i]);
    if (!value) return std::nullopt;
    values[i] = *value;
  }
  const auto counted = class_named(values[4]);
  const auto signature = values.back();
  const auto dash = signature.rfind('-');
  const auto minutes = core::number_from<std::int64_t>(signature.substr(0, dash));
  if (!counted || !minutes || dash == signature.npos) return std::nullopt;
  forwarded seen{std::string(values[0]), std::string(values[1]), std::string(values[2]), std::string(values[3]),
                 *counted};
  const auto expected = signature_of(secret, text_to_sign(seen, what, *minutes));
  const auto given = signature.substr(dash + 1);
  if (given.size() != expected.size() || CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0)
    return std::nullopt;
  const auto now = minutes_of(what);
  if (*minutes < now - 1 || *minutes > now + 1) {
    tell_of_clocks(now, *minutes);
    return std::nullopt;
  }
  return seen;
}

bool is_forwarded_field(std::string_view name) noexcept {
  return std::any_of(forwarded_names.begin(), forwarded_names.end(),
                     [name](auto ours) { return core::equal_folded(ours, name); });
}

}  // namespace greenroom::net::http
