#include "protocol/irc/credentials.hpp"

#include <algorithm>

#include "core/names.hpp"
#include "core/text.hpp"

namespace greenroom::protocol::irc {

std::optional<credentials> account_from(std::string_view text) {
  const auto at = text.find('@');
  const auto user = text.substr(0, at);
  if (!core::check_user_name(user)) return std::nullopt;
  if (at == text.npos) return credentials{std::string(user)};
  const auto device = text.substr(at + 1);
  if (!core::is_plain_name(device, max_device_bytes)) return std::nullopt;
  return credentials{std::string(user), std::string(device)};
}

credentials credentials_from_pass(std::string_view text) {
  if (const auto colon = text.find(':'); colon != text.npos)
    if (auto account = account_from(text.substr(0, colon))) {
      account->password = text.substr(colon + 1);
      return *std::move(account);
    }
  return {{}, {}, std::string(text)};
}

std::optional<credentials> credentials_from_plain(std::string_view message) {
  const auto first = message.find('\0');
  if (first == message.npos) return std::nullopt;
  const auto second = message.find('\0', first + 1);
  if (second == message.npos) return std::nullopt;
  const auto authzid = message.substr(0, first);
  const auto authcid = message.substr(first + 1, second - first - 1);
  const auto password = message.substr(second + 1);
  auto account = account_from(authcid);
  if (!account || !core::check_password(password, 1)) return std::nullopt;
  if (!authzid.empty() && !core::equal_folded(authzid, authcid) && !core::equal_folded(authzid, account->user))
    return std::nullopt;
  account->password = password;
  return account;
}

bool is_token(std::string_view password) noexcept {
  constexpr std::string_view beginning = "gr_";
  if (!password.starts_with(beginning) || password.size() != beginning.size() + 43) return false;
  const auto base64url = [](char c) { return core::is_letter(c) || core::is_digit(c) || c == '-' || c == '_'; };
  return std::all_of(password.begin() + beginning.size(), password.end(), base64url);
}

}  // namespace greenroom::protocol::irc
