#pragma once
#include <cstddef>
#include <unordered_map>

/// How many there are of each kind.
namespace greenroom::core {

/// Counts by key, each up to a bound. A key of which there are none takes no room.
template <class Key>
class tally {
 public:
  /// Counts one more of that key; false where there are `most` already.
  [[nodiscard]] bool add(const Key& key, std::size_t most) {
    const auto known = counts_.find(key);
    if (known == counts_.end()) return most > 0 && counts_.emplace(key, 1).second;
    if (known->second >= most) return false;
    ++known->second;
    return true;
  }
  /// Counts one less; false where there was none.
  bool remove(const Key& key) {
    const auto known = counts_.find(key);
    if (known == counts_.end()) return false;
    if (--known->second == 0) counts_.erase(known);
    return true;
  }

 private:
  std::unordered_map<Key, std::size_t> counts_;
};

}  // namespace greenroom::core
