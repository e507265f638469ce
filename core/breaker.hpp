#pragma once
#include <cstdint>
#include <string_view>

#include "core/time.hpp"

namespace greenroom::core {

/// The state of a circuit, which decides about the next request.
enum class circuit : std::uint8_t {
  closed,     ///< takes every request
  open,       ///< rests
  half_open,  ///< one request is on its way to find out
};

/// The circuit as words: `closed`, `open`, `half_open`.
[[nodiscard]] std::string_view to_string(circuit state) noexcept;

/// The circuit of one instance.
///
///     closed ──── second failure on end ────► open ◄──── failed ────┐
///        ▲                                     │                    │
///        └─ succeeded ─┬─ succeeded ───────────┤ rested, one begins │
///                      │                       ▼                    │
///                      └─────────────────── half_open ──────────────┘
///
/// An attempt that was sent although the circuit was open counts like any other.
class breaker {
 public:
  /// `rest`: how long an open circuit is left alone.
  explicit breaker(milliseconds rest = seconds{20}) noexcept : rest_(rest) {}

  [[nodiscard]] circuit state() const noexcept { return state_; }
  /// Whether an attempt may be sent now: always while closed; once when an open circuit has rested; once more where the
  /// attempt hasn't been answered for as long.
  [[nodiscard]] bool allows(mono_time now) const noexcept;
  /// An attempt is sent; call before each.
  void begin(mono_time now) noexcept;
  /// The instance answered, whether well or with an error.
  void succeeded() noexcept;
  /// The instance refused, cut, was late, or answered with garbage.
  void failed(mono_time now) noexcept;
  /// When the circuit opened, or when the last attempt after that began; only while not closed.
  [[nodiscard]] mono_time since() const noexcept { return since_; }

 private:
  static constexpr unsigned failures_to_open = 2;

  milliseconds rest_;
  circuit state_ = circuit::closed;
  unsigned failures_ = 0;
  mono_time since_{};
};

}  // namespace greenroom::core
