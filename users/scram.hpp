#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/messages/accounts.hpp"

/// SCRAM-SHA-256 (RFC 5802, RFC 7677), as far as it needs a password or its keys.
namespace greenroom::users {

/// The keys of a password. With them a proof can be judged, and a password be guessed, but nobody can prove anything.
struct scram_keys {
  std::uint32_t rounds = 0;
  std::string salt;
  std::string stored_key;
  std::string server_key;
};

/// Keys of a prepared password, with that salt, which is bytes.
[[nodiscard]] scram_keys make_scram_keys(std::string_view password, std::string salt, std::uint32_t rounds);

/// `SCRAM-SHA-256$ROUNDS:SALT$STOREDKEY:SERVERKEY` in base64, as RFC 5803 has it.
[[nodiscard]] std::string to_text(const scram_keys& keys);
/// Nothing where the text is none.
[[nodiscard]] std::optional<scram_keys> scram_keys_from(std::string_view text);

/// Compares a client's proof (RFC 5802 section 3); returns ServerSignature, or nothing where it is wrong.
[[nodiscard]] std::optional<std::string> judge(const core::scram_proof& proof, const scram_keys& keys);

}  // namespace greenroom::users
