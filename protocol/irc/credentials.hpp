#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Names and passwords with which clients sign in, in all the forms that IRC has for them.
namespace greenroom::protocol::irc {

inline constexpr std::size_t max_device_bytes = 32;

/// An account, the device that its connections count as, and a password or a token in its place.
struct credentials {
  std::string user;
  std::string device{};  ///< empty: none was named
  std::string password{};
};

/// `NAME` or `NAME@DEVICE`, where a device is 1 to 32 letters, digits, `.`, `_` or `-`. Nothing where it is neither.
[[nodiscard]] std::optional<credentials> account_from(std::string_view text);

/// The parameter of PASS: `NAME:PASSWORD`, `NAME@DEVICE:PASSWORD`, or a password alone, whose user is empty then. The
/// part before the first colon must be an account; else all of it is a password.
[[nodiscard]] credentials credentials_from_pass(std::string_view text);

/// SASL PLAIN's message (RFC 4616): `[authzid] NUL authcid NUL password`. Nothing where it is malformed, where one is
/// to act for another, and where the password is empty.
[[nodiscard]] std::optional<credentials> credentials_from_plain(std::string_view message);

/// Whether a password has the form of a session's token: `gr_` and 43 characters of base64url.
[[nodiscard]] bool is_token(std::string_view password) noexcept;

}  // namespace greenroom::protocol::irc
