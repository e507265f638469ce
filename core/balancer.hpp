#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/breaker.hpp"
#include "core/ids.hpp"

namespace greenroom::core {

/// Chooses the instance of one role for the next request: round robin over those whose circuits take requests; where
/// none does, the one that has been open longest.
class balancer {
 public:
  /// One life of an instance: a new incarnation begins with a closed circuit.
  struct instance {
    node_name name;
    incarnation_id incarnation;
    friend bool operator==(const instance&, const instance&) = default;
  };

  /// `rest`: how long an open circuit is left alone.
  explicit balancer(milliseconds rest = seconds{20}) noexcept : rest_(rest) {}

  /// Replaces the instances; those that stay keep their circuits.
  void set(std::vector<instance> instances);
  /// The next instance that isn't in `tried`, and its attempt has begun; nothing where there is no other.
  [[nodiscard]] std::optional<node_name> pick(mono_time now, std::span<const node_name> tried = {});
  /// Another attempt at an instance that was picked.
  void again(const node_name& name, mono_time now) noexcept;
  /// An attempt at that life of an instance ended well, or not. Lives that are over are ignored.
  void succeeded(const instance& which) noexcept;
  void failed(const instance& which, mono_time now) noexcept;

  /// The circuit of the instance; closed where it isn't known.
  [[nodiscard]] circuit state(const node_name& name) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

 private:
  struct entry {
    instance who;
    breaker health;
  };
  [[nodiscard]] entry* find(const instance& which) noexcept;

  milliseconds rest_;
  std::vector<entry> entries_;
  std::size_t next_ = 0;
};

}  // namespace greenroom::core
