#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "core/ports.hpp"
#include "core/rate_limiter.hpp"

namespace greenroom::net {

/// The one limit object of a node: a `core::rate_limiter` for each class, each behind a lock of its own.
class limits final : public core::limits {
 public:
  /// Called for each refusal, on the caller's thread; may be empty.
  using observer = std::function<void(core::limit_class)>;

  /// The clock must outlive this. `max_keys` are remembered in each class.
  limits(const core::limit_policies& policies, const core::clock& clock, observer refused = {},
         std::size_t max_keys = 65536);

  /// As `core::limits`; the class `none` and a class whose policy is off let everything pass, with a quota of 0.
  core::limit_verdict take(core::limit_class which, std::string_view key, std::uint32_t count) override;

 private:
  struct guarded_limiter {
    std::mutex lock;
    std::optional<core::rate_limiter> limiter;  // none where the policy is off
  };

  const core::clock& clock_;
  observer refused_;
  std::array<guarded_limiter, core::limit_class_count> classes_;
};

}  // namespace greenroom::net
