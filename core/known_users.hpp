#pragma once
#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// Names of users, as the users role confirmed them a moment ago. Unknown names aren't kept: a user may register one in
/// the next moment, and be invited.
class known_users {
 public:
  /// Answers are believed for `kept`; of more than `most`, the oldest are forgotten.
  explicit known_users(milliseconds kept = seconds{30}, std::size_t most = 65536);

  /// Those of the names that the users role must be asked about, each once.
  [[nodiscard]] std::vector<user_id> unknown(const std::vector<user_id>& names, mono_time now) const;
  /// The users role answered that these users exist, as first written.
  void heard(const std::vector<user_id>& users, mono_time now);
  /// The names as first written, in their order; `no_user`, with a detail that names the first one without a user.
  /// For names that were just asked about.
  [[nodiscard]] result<std::vector<user_id>> resolve(const std::vector<user_id>& names, mono_time now) const;

  [[nodiscard]] std::size_t size() const noexcept { return users_.size(); }

 private:
  struct known {
    user_id written;
    mono_time until{};
  };

  milliseconds kept_;
  std::size_t most_;
  std::unordered_map<user_id, known> users_;
  std::deque<std::pair<mono_time, user_id>> ends_;  ///< ascending
};

}  // namespace greenroom::core
