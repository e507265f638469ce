#include "core/presence.hpp"

namespace greenroom::core {

void presence::changed(mono_time now) {
  if (!due_) due_ = now + limit_.interval;
}

void presence::join(const user_id& user, mono_time now, bool quietly) {
  if (++here_[user] > 1 || quietly) return;
  if (left_.erase(user) == 0) joined_.insert(user);
  changed(now);
}

void presence::leave(const user_id& user, mono_time now) {
  const auto who = here_.find(user);
  if (who == here_.end() || --who->second > 0) return;
  if (joined_.erase(user) == 0) left_.insert(who->first);
  here_.erase(who);
  changed(now);
}

std::optional<presence_changed> presence::take(mono_time now) {
  if (!due_ || now < *due_) return std::nullopt;
  due_.reset();
  presence_changed out{{}, {}, count()};
  const bool nothing = joined_.empty() && left_.empty();
  if (count() <= limit_.names) {
    out.joined.assign(joined_.begin(), joined_.end());
    out.left.assign(left_.begin(), left_.end());
  }
  joined_.clear();
  left_.clear();
  if (nothing) return std::nullopt;
  return out;
}

room_members presence::members() const {
  room_members out{count(), {}};
  for (const auto& [user, connections] : here_) {
    if (out.first.size() == limit_.shown) break;
    out.first.push_back(user);
  }
  return out;
}

}  // namespace greenroom::core
