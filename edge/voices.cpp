#include "edge/voices.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>

#include "core/check.hpp"

namespace greenroom::edge {

protocol::voice_pointer voices::of(const protocol::dialect& speaks, protocol::features with, protocol::framing how) {
  const std::lock_guard hold(lock_);
  const auto known =
      std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one->is_of(speaks, with, how); });
  if (known != all_.end()) return *known;
  GREENROOM_CHECK(all_.size() < most);
  return all_.emplace_back(std::make_shared<const protocol::voice>(
      speaks, with, how, core::voice_id{static_cast<std::uint8_t>(all_.size())}));
}

}  // namespace greenroom::edge
