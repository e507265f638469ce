#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/irc/credentials.hpp"
#include "protocol/irc/numerics.hpp"

namespace greenroom::protocol::irc {

/// One connection's SASL exchange (IRCv3 sasl-3.1, sasl-3.2), of which PLAIN (RFC 4616) is the only mechanism.
///
///   idle ── AUTHENTICATE PLAIN ──► started ── chunks, the last one shorter than 400 ──► idle, with credentials
///     ▲                               │ `*`, too long, no base64, no PLAIN
///     └───────────────────────────────┘
///
/// A password is kept for no longer than the exchange.
class sasl {
 public:
  static constexpr std::size_t chunk_bytes = 400;
  static constexpr std::size_t max_response_bytes =
      4 * chunk_bytes;  ///< in base64: all that PLAIN may need, and no more
  static constexpr std::string_view mechanisms = "PLAIN";

  struct outcome {
    bool go_on = false;                 ///< say `AUTHENTICATE +`
    bool list_mechanisms = false;       ///< say 908, then `refused`
    std::optional<numeric> refused{};   ///< 904 to 906: the exchange is over
    std::optional<credentials> whom{};  ///< to be checked: the exchange is over
  };

  /// The parameter of one AUTHENTICATE.
  outcome authenticate(std::string_view parameter);
  /// Ends an exchange; returns whether there was one.
  bool abort();
  [[nodiscard]] bool under_way() const noexcept { return started_; }

 private:
  outcome end(numeric refused);
  outcome finish();

  std::string response_;
  bool started_ = false;
};

}  // namespace greenroom::protocol::irc
