#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.hpp"

/// Places where a test makes this program die, stand still or fail, by name: before and after every step of a deletion,
/// at its coordinator and at both participants, where a message between a room and its relay may get lost, and where a
/// log is followed.
namespace greenroom::actors {

/// Every name that there is.
[[nodiscard]] constexpr auto failpoint_names() noexcept {
  using namespace std::string_view_literals;
  return std::array{
      // The coordinator: before a participant is asked, and after it answered.
      "saga.before_begin"sv, "saga.after_begin"sv, "saga.before_hide"sv, "saga.after_hide"sv, "saga.before_delete"sv,
      "saga.after_delete"sv, "saga.before_purge"sv, "saga.after_purge"sv, "saga.before_finish"sv, "saga.after_finish"sv,
      "saga.before_undo"sv, "saga.after_undo"sv, "saga.before_restore"sv, "saga.after_restore"sv,
      "saga.before_undone"sv, "saga.after_undone"sv,
      // The accounts: before and after the commit.
      "accounts.before_begin"sv, "accounts.after_begin"sv, "accounts.before_delete"sv, "accounts.after_delete"sv,
      "accounts.before_finish"sv, "accounts.after_finish"sv, "accounts.before_undo"sv, "accounts.after_undo"sv,
      "accounts.before_undone"sv, "accounts.after_undone"sv,
      // The catalog: likewise, and between two chunks of a purge.
      "catalog.before_hide"sv, "catalog.after_hide"sv, "catalog.before_purge"sv, "catalog.between_chunks"sv,
      "catalog.after_purge"sv, "catalog.before_restore"sv, "catalog.after_restore"sv,
      // A relay is told that a member was removed from a private room: `fail` loses the message.
      "relay.before_removed"sv,
      // The follower: before and after the commit.
      "follower.before_store"sv, "follower.after_store"sv};
}

/// One of those names; another one doesn't compile.
class failpoint_name {
 public:
  consteval failpoint_name(const char* name) {
    constexpr auto names = failpoint_names();
    while (names.at(index_) != name) ++index_;
  }
  [[nodiscard]] constexpr std::size_t index() const noexcept { return index_; }

 private:
  std::size_t index_ = 0;
};

namespace detail {
/// How many points are armed: nothing is looked up while it is 0.
inline std::atomic<unsigned> armed_failpoints{0};
[[nodiscard]] core::ec reach(std::size_t index) noexcept;
}  // namespace detail

/// Arms what `text` names: `NAME:ACTION`, several with commas between. The actions: `kill` (SIGKILL), `stop` (SIGSTOP),
/// `fail` (`unavailable`, as if the answer got lost), `refuse` (`forbidden`, for good). Each point acts once, and then
/// never again in this process. An unknown name or action: `bad_request`, naming the ones that there are; nothing is
/// armed then. An empty text disarms everything.
core::status arm_failpoints(std::string_view text);

/// The place of that name. `none` almost always; else what this step must answer. Does not return from `kill`, and from
/// `stop` once the process goes on. Thread safe.
[[nodiscard]] inline core::ec failpoint(failpoint_name name) noexcept {
  if (detail::armed_failpoints.load(std::memory_order_relaxed) == 0) return core::ec::none;
  return detail::reach(name.index());
}

}  // namespace greenroom::actors
