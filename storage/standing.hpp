#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

namespace greenroom::storage {

/// Why a database stores nothing now. There is one for each database: its connections write it, readiness shows it.
/// Thread safe.
class standing {
 public:
  /// Faults that may exist at the same time, the gravest last: readiness shows that one.
  enum class cause : std::uint8_t {
    away,      ///< it can't be reached
    write,     ///< the last statement that was to store something failed: the disk is full, or fails
    unsafe,    ///< it would lose what it confirms
    restored,  ///< it was restored from a copy, or another server has taken over, and no operator has said what to do
    damaged,   ///< the data on the disk can't be read; only a restart clears it
  };

  /// A fault begins; `text` is a plain sentence for the operator. True if it is new.
  bool set(cause what, const std::string& text);
  /// The fault is over.
  void clear(cause what);
  [[nodiscard]] bool has(cause what) const noexcept { return bits_.load(std::memory_order_acquire) & bit(what); }
  /// Whether nothing may be stored although the database would take it.
  [[nodiscard]] bool refuses() const noexcept {
    return bits_.load(std::memory_order_acquire) & (bit(cause::unsafe) | bit(cause::restored) | bit(cause::damaged));
  }
  /// The text of the gravest fault; empty: nothing is wrong.
  [[nodiscard]] std::string trouble() const;

 private:
  static constexpr std::size_t causes = 5;
  static constexpr unsigned bit(cause what) noexcept { return 1u << static_cast<unsigned>(what); }

  std::atomic<unsigned> bits_{0};
  mutable std::mutex guard_;
  std::array<std::string, causes> texts_;
};

}  // namespace greenroom::storage
