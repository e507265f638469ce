#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "protocol/irc/credentials.hpp"
#include "protocol/irc/numerics.hpp"
#include "protocol/irc/scram.hpp"

namespace greenroom::protocol::irc {

/// One connection's SASL exchange (IRCv3 sasl-3.1, sasl-3.2): PLAIN (RFC 4616), or SCRAM-SHA-256 (RFC 7677).
///
///   idle ── AUTHENTICATE PLAIN ──► plain ── chunks, the last one shorter than 400 ──► idle, with credentials
///     │ ── … SCRAM-SHA-256 ──► scram_first ── found ──► scram_last ── signed ──► scram_end ── `+` ──► idle, accepted
///     ▲                               │ `*`, too long, no base64, malformed
///     └───────────────────────────────┘
///
/// A password is kept for no longer than the exchange.
class sasl {
 public:
  static constexpr std::size_t chunk_bytes = 400;
  static constexpr std::size_t max_response_bytes =
      4 * chunk_bytes;  ///< in base64: all that PLAIN may need, and no more

  struct outcome {
    bool go_on = false;                        ///< say `AUTHENTICATE +`
    bool list_mechanisms = false;              ///< say 908, then `refused`
    std::optional<numeric> refused{};          ///< 904 to 906: the exchange is over
    std::optional<credentials> whom{};         ///< to be checked: by their password, and the exchange is over; …
    std::optional<core::scram_proof> proof{};  ///< … or by this: to be answered by `proved`, or `abort`
    std::optional<core::user_id> find{};       ///< to be answered by `found`, or `abort`
    bool accepted = false;                     ///< the client believes this side, too: the exchange is over
  };

  /// The parameter of one AUTHENTICATE; `mechanisms`: the offer, joined by commas.
  outcome authenticate(std::string_view parameter, std::string_view mechanisms = "PLAIN");
  /// The answer to `find`; returns the parameter to say.
  [[nodiscard]] std::string found(const core::scram_found& what);
  /// The answer to `proof`: ServerSignature. Returns the parameter to say.
  [[nodiscard]] std::string proved(std::string_view signature);
  /// Ends an exchange; returns whether there was one.
  bool abort();
  [[nodiscard]] bool under_way() const noexcept { return step_ != step::idle; }

 private:
  enum class step : std::uint8_t { idle, plain, scram_first, scram_last, scram_end };

  outcome begin(std::string_view mechanism, std::string_view mechanisms);
  outcome end(numeric refused);
  outcome finish();
  outcome finish(const std::string& message);

  std::string response_;
  step step_ = step::idle;
  scram scram_;
  credentials whom_;  ///< whose proof comes
};

}  // namespace greenroom::protocol::irc
