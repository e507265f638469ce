#pragma once
#include <cstddef>
#include <mutex>
#include <vector>

#include "protocol/voice.hpp"

namespace greenroom::edge {

/// The voices of a process, each with its number: the same dialect, features and framing are always the same voice.
/// Thread safe; a connection keeps what it got.
class voices {
 public:
  /// As many as there are numbers. Of dialects, features that change bytes, and framings there are far fewer.
  static constexpr std::size_t most = 256;

  /// The voice of these three. `speaks` outlives every holder of it.
  [[nodiscard]] protocol::voice_pointer of(const protocol::dialect& speaks, protocol::features with,
                                           protocol::framing how);

 private:
  std::mutex lock_;
  std::vector<protocol::voice_pointer> all_;
};

}  // namespace greenroom::edge
