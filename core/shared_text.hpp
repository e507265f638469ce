#pragma once
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace greenroom::core {

/// A message's text: bytes that never change, shared by all copies. A message is in the append, in the batch, in the
/// ring and at its author's connection at once; its bytes are there once. Copies may be used on different threads.
class shared_text {
 public:
  shared_text() noexcept = default;
  /// A copy of these bytes; none are kept of an empty one.
  shared_text(std::string_view bytes) : shared_(make(bytes)) {}  // NOLINT(google-explicit-constructor): it is a string
  shared_text(const std::string& bytes)
      : shared_text(std::string_view(bytes)) {}                             // NOLINT(google-explicit-constructor)
  shared_text(const char* bytes) : shared_text(std::string_view(bytes)) {}  // NOLINT(google-explicit-constructor)
  shared_text(const shared_text& other) noexcept : shared_(other.shared_) {
    if (shared_ != nullptr) shared_->holders.fetch_add(1, std::memory_order_relaxed);
  }
  shared_text(shared_text&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  shared_text& operator=(const shared_text& other) noexcept { return *this = shared_text(other); }
  // Not one by value, which lets go of the old bytes only with its parameter: Clang 14 forgets to destroy the parameter
  // of `text = {}` in a template.
  shared_text& operator=(shared_text&& other) noexcept {
    if (this != &other) {
      drop();
      shared_ = std::exchange(other.shared_, nullptr);
    }
    return *this;
  }
  ~shared_text() { drop(); }

  /// The bytes, as long as this or a copy of it lives.
  [[nodiscard]] std::string_view view() const noexcept {
    return shared_ == nullptr ? std::string_view{} : std::string_view{bytes_of(shared_), shared_->size};
  }
  operator std::string_view() const noexcept { return view(); }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::size_t size() const noexcept { return shared_ == nullptr ? 0 : shared_->size; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  friend bool operator==(const shared_text& a, const shared_text& b) noexcept {
    return a.shared_ == b.shared_ || a.view() == b.view();
  }
  friend bool operator==(const shared_text& a, std::string_view b) noexcept { return a.view() == b; }
  friend bool operator==(const shared_text& a, const char* b) noexcept { return a.view() == b; }

 private:
  /// In front of the bytes, in one allocation with them.
  struct head {
    std::atomic<std::uint32_t> holders;
    std::uint32_t size;
  };

  void drop() noexcept {
    if (shared_ != nullptr && shared_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) release(shared_);
  }
  [[nodiscard]] static head* make(std::string_view bytes);
  static void release(head* last) noexcept;
  [[nodiscard]] static const char* bytes_of(const head* shared) noexcept {
    return reinterpret_cast<const char*>(shared + 1);
  }

  head* shared_ = nullptr;
};

}  // namespace greenroom::core
