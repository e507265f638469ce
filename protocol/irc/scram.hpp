#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/messages/accounts.hpp"
#include "protocol/irc/credentials.hpp"

namespace greenroom::protocol::irc {

/// This side of an exchange of SCRAM-SHA-256 (RFC 5802 section 5, RFC 7677), without its keys:
///
///   begin: `n,,n=ada,r=NONCE` ──► challenge: `r=NONCE…,s=SALT,i=ROUNDS` ──► prove: `c=biws,r=NONCE…,p=PROOF` ──►
///   signed
class scram {
 public:
  /// The client's first message: who it says it is, without a password. Nothing where it is malformed, wants a channel
  /// binding, or is to act for another.
  [[nodiscard]] std::optional<credentials> begin(std::string_view message);
  /// The answer to that. To be called once, after `begin`.
  [[nodiscard]] std::string challenge(const core::scram_found& found);
  /// The client's last message. Nothing where it is malformed, or doesn't go with what was said before.
  [[nodiscard]] std::optional<core::scram_proof> prove(std::string_view message) const;

 private:
  std::string header_;  ///< of the client's first message …
  std::string bare_;    ///< … and the rest of it
  std::string nonce_;   ///< the client's part of it; then all of it
  std::string challenge_;
};

/// The last word of this side: its ServerSignature, which proves that it knows the password, too.
[[nodiscard]] std::string scram_verdict(std::string_view signature);

}  // namespace greenroom::protocol::irc
