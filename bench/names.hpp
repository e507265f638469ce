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
  /// The owner of a connection's token, as `admin users create --prefix load` names them; without tokens its user.
  [[nodiscard]] std::string account(std::uint32_t connection) const;
  [[nodiscard]] bool has_accounts() const noexcept { return !tokens_.empty(); }
  /// The text with {room}, {user}, {account}, {token} and {i} replaced.
  [[nodiscard]] std::string expanded(std::string text, std::uint32_t connection) const;

 private:
  const options& wanted_;
  std::string run_;
  std::vector<std::string> tokens_;
};

}  // namespace greenroom::bench
