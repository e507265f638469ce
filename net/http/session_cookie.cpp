#include "net/http/session_cookie.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace greenroom::net::http {
namespace {

constexpr std::size_t longest_token = 128;

bool can_be_token(std::string_view text) {
  return !text.empty() && text.size() <= longest_token && std::all_of(text.begin(), text.end(), [](char c) {
    return core::is_digit(c) || core::is_letter(c) || c == '-' || c == '_';
  });
}

std::string with_attributes(std::string_view value, bool https, std::string_view more) {
  std::string out(session_cookie_name(https));
  out.append("=").append(value).append("; Path=/").append(more).append("; HttpOnly; SameSite=Strict");
  if (https) out += "; Secure";
  return out;
}

}  // namespace

std::string_view session_cookie_name(bool https) noexcept { return https ? "__Host-greenroom" : "greenroom"; }

std::optional<std::string> token_in_cookie(const boost::beast::http::fields& fields, bool https) {
  const std::string_view wanted = session_cookie_name(https);
  std::optional<std::string> found;
  const auto [first, last] = fields.equal_range(boost::beast::http::field::cookie);
  for (auto line = first; line != last; ++line) {
    // Cookies have no quotes in which a separator would be none (RFC 6265 section 5.4).
    std::string_view rest{line->value().data(), line->value().size()};
    while (!rest.empty()) {
      const std::string_view pair = core::trimmed(core::take_until(rest, ';'));
      const std::size_t equals = pair.find('=');
      if (pair.substr(0, equals) != wanted) continue;
      if (found || equals == std::string_view::npos) return std::nullopt;
      found = pair.substr(equals + 1);
    }
  }
  return found && can_be_token(*found) ? found : std::nullopt;
}

std::string csrf_word(std::string_view token) {
  std::string said = "greenroom csrf ";
  said += token;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(said.data(), said.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return core::to_hex({reinterpret_cast<const char*>(digest.data()), size / 2});
}

bool is_csrf_word(std::string_view said, std::string_view token) {
  const std::string right = csrf_word(token);
  return said.size() == right.size() && CRYPTO_memcmp(said.data(), right.data(), right.size()) == 0;
}

std::string session_cookie(std::string_view token, bool https, std::optional<std::chrono::seconds> life) {
  return with_attributes(token, https, life ? "; Max-Age=" + std::to_string(life->count()) : std::string{});
}

std::string no_session_cookie(bool https) { return with_attributes({}, https, "; Max-Age=0"); }

}  // namespace greenroom::net::http
