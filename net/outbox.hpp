#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace greenroom::net {

class tls_session;

/// A part of a buffer that many outboxes share.
struct slice {
  std::shared_ptr<const std::string> buffer;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;

  slice() = default;
  /// The whole buffer.
  explicit slice(std::shared_ptr<const std::string> whole)
      : buffer(std::move(whole)), length(static_cast<std::uint32_t>(buffer->size())) {}
  /// `length` bytes from `offset` on.
  slice(std::shared_ptr<const std::string> of, std::uint32_t from, std::uint32_t bytes)
      : buffer(std::move(of)), offset(from), length(bytes) {}
};

/// The bytes that one socket has yet to write, within a bound; many slices go out with one call. Each is charged its
/// length and its bookkeeping. Used on one thread.
///
/// | class    | refused                 | then the caller                    |
/// |----------|-------------------------|------------------------------------|
/// | message  | above the bound         | makes a hole, and reports it       |
/// | latest   | above half of the bound | forgets it: a later one comes      |
/// | answer   | never                   | takes no more commands for a while |
///
/// Long answers are made only after asking for room (core::client::ask_room); bytes above the bound are short ones, at
/// most as many as a connection's window has commands.
class outbox {
 public:
  /// The result of `flush`.
  enum class flushed : std::uint8_t { all, blocked, broken };

  explicit outbox(std::size_t bound) : bound_(bound), limit_(bound) {}

  /// Takes a message; false above the bound, or once sealed.
  [[nodiscard]] bool take_message(slice what);
  /// Takes an answer, whatever the bound; false once sealed.
  bool take_answer(slice what);
  /// Takes an event that a later one replaces; false above half of the bound, or once sealed.
  [[nodiscard]] bool take_latest(slice what);
  /// Takes the last bytes ever, whatever the bound; nothing is taken after them.
  void seal(slice last);
  /// Forgets slices that aren't begun: frames are never cut, for a slice ends where a frame does.
  void forget_unbegun();
  /// Takes nothing more, and forgets what it has.
  void abandon();

  /// Writes to the socket `fd`, without waiting: `all` is out, `blocked` until it is writable, or `broken`.
  [[nodiscard]] flushed flush(int fd);
  /// The same under TLS, whose output is kept: waiting bytes become records, and one call of the kernel sends up to 64
  /// KiB of them.
  [[nodiscard]] flushed flush(int fd, tls_session& under);
  /// Takes bytes of TLS' own that go before everything that waits.
  void take_records(std::string_view records);

  /// Takes no messages as long as `tight`: because of bytes that wait elsewhere, and not here.
  void tighten(bool tight) noexcept { limit_ = tight ? 0 : bound_; }

  /// How many bytes a message may have now.
  [[nodiscard]] std::size_t room() const noexcept {
    return sealed_ || bytes_ + sizeof(slice) >= limit_ ? 0 : limit_ - bytes_ - sizeof(slice);
  }
  /// The most bytes that wait here; `room` counts from it.
  [[nodiscard]] std::size_t bound() const noexcept { return bound_; }
  /// Bytes that are charged now.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return head_ == slices_.size() && !records_; }
  /// Whether less than half of the bound is used.
  [[nodiscard]] bool roomy() const noexcept { return bytes_ < limit_ / 2; }
  /// Whether more waits than the bound.
  [[nodiscard]] bool over() const noexcept { return bytes_ > bound_; }
  /// Bytes that the socket has taken since it was opened.
  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
  [[nodiscard]] bool sealed() const noexcept { return sealed_; }

 private:
  struct record_train;
  struct free_train {
    void operator()(record_train* one) const noexcept;
  };
  [[nodiscard]] bool encrypt(tls_session& under, std::string& train);
  [[nodiscard]] flushed send_records(int fd);

  void push(slice&& what);
  void written(std::size_t bytes);
  void forget_written();

  std::unique_ptr<record_train, free_train> records_;  ///< encrypted, and not out yet; mostly null
  std::vector<slice> slices_;
  std::size_t head_ = 0;  ///< the first slice that isn't out yet
  std::size_t bytes_ = 0;
  std::size_t bound_;
  std::size_t limit_;  ///< the bound, or nothing while it is tightened
  std::uint64_t taken_ = 0;
  bool sealed_ = false;
};

}  // namespace greenroom::net
