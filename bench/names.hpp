#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "bench/options.hpp"

namespace greenroom::bench {

/// Names of a run's rooms and users; no two runs share any.
class names {
 public:
  explicit names(const options& wanted);

  [[nodiscard]] std::string room(std::uint32_t room) const;
  [[nodiscard]] std::string user(std::uint32_t connection) const;
  /// The text with {room}, {user}, {token} and {i} replaced.
  [[nodiscard]] std::string expanded(std::string text, std::uint32_t connection) const;

 private:
  const options& wanted_;
  std::string run_;
  std::vector<std::string> tokens_;
};

}  // namespace greenroom::bench
