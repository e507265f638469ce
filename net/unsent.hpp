#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace greenroom::net {

/// Bounds on the bytes that wait for clients that don't take them.
struct unsent_bounds {
  std::size_t per_address = 128 * 1024 * 1024;  ///< bytes, of all connections of a client address (IPv6: of a /64)
  std::size_t total = 256 * 1024 * 1024;        ///< bytes, of all clients
};

/// The bytes that wait in this process for clients to take them, and those that were promised to answers that are being
/// made: by client address, and in all. It only counts; holders of bytes ask before they take more. Thread safe.
class unsent {
 public:
  /// The part of one client address. Thread safe.
  class account {
   public:
    account(std::shared_ptr<unsent> of, std::string key) : of_(std::move(of)), key_(std::move(key)) {}
    ~account();
    account(const account&) = delete;
    account& operator=(const account&) = delete;

    /// Whether `more` bytes are within both bounds.
    [[nodiscard]] bool fits(std::size_t more) const noexcept;
    /// Counts `bytes` more, or fewer; whether they fit or not.
    void add(std::size_t bytes) noexcept;
    void remove(std::size_t bytes) noexcept;
    /// Counts `bytes` more if they fit.
    [[nodiscard]] bool take(std::size_t bytes) noexcept;

   private:
    std::shared_ptr<unsent> of_;
    std::string key_;
    std::atomic<std::size_t> bytes_{0};
  };

  [[nodiscard]] static std::shared_ptr<unsent> make(unsent_bounds bounds);

  /// The account of a client, by the key of limits (`address_key`); one for all who ask for the same.
  [[nodiscard]] std::shared_ptr<account> of(std::string_view client);
  /// Bytes that are counted now.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

 private:
  explicit unsent(unsent_bounds bounds) : bounds_(bounds) {}

  unsent_bounds bounds_;
  std::atomic<std::size_t> bytes_{0};
  std::weak_ptr<unsent> self_;
  std::mutex lock_;
  std::unordered_map<std::string, std::weak_ptr<account>> accounts_;
};

}  // namespace greenroom::net
