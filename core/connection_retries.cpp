// A connection that keeps trying: its posts are sent again while a retry may help.
#include <algorithm>

#include "core/connection.hpp"

namespace greenroom::core {

// Errors after which the same post, which has an id, may still be stored.
bool connection::keeps_trying(ec code) const noexcept {
  return limits_.keep_trying.count() > 0 && (describe(code).retry || code == ec::unknown_outcome);
}

// Posts that were refused for now go to their rooms again, in their order.
void connection::try_again(connection_effects& out) {
  for (auto& one : flights_) {
    if (!one.again) continue;
    const auto where = rooms_.find(one.room);
    if (where == rooms_.end() || (where->second.at != phase::in && where->second.at != phase::leaving)) continue;
    one.held = one.again = false;
    batch_of(one.room, out).push_back(one.what);
  }
}

milliseconds connection::post_patience() const noexcept { return std::max(limits_.post_timeout, limits_.keep_trying); }

bool connection::waits_in(const room_id& room) const {
  return limits_.keep_trying.count() > 0 && std::any_of(flights_.begin(), flights_.end(), [&](const flight& one) {
           return one.room == room && one.again;
         });
}

}  // namespace greenroom::core
