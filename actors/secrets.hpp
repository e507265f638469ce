#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/time.hpp"

/// All randomness on which security depends, and operations on tokens. Thread safe.
namespace greenroom::actors {

/// `bytes` bytes from the system's generator.
[[nodiscard]] std::string random_bytes(std::size_t bytes);

/// A new token: `gr_` and 256 random bits in base64url (RFC 4648 section 5) without padding.
[[nodiscard]] std::string new_token();

/// BLAKE2b-256 (RFC 7693) of a token: all that is stored of it.
[[nodiscard]] core::token_hash token_hash_of(std::string_view token);

/// The same of an invite.
[[nodiscard]] core::invite_hash invite_hash_of(std::string_view invite);

/// The public name of an invite that is made `now`: those of later ones are greater.
[[nodiscard]] core::invite_id new_invite_id(core::wall_time now);

/// 128 random bits in base64url: public names of sessions, secrets of tickets, invites.
[[nodiscard]] std::string random_id();

/// 128 random bits as 32 lower-case hex digits: names of operations, which are secrets.
[[nodiscard]] std::string random_hex_id();

/// A random number of 63 bits, never 0: incarnations and generations.
[[nodiscard]] std::uint64_t random_number();

/// Compares in a time that depends on the lengths alone.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b) noexcept;

}  // namespace greenroom::actors
