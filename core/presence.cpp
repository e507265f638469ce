#include "core/presence.hpp"

namespace greenroom::core {

void presence::changed(mono_time now) {
  if (!due_) due_ = now + limit_.interval;
}

void presence::join(const user_id& user, mono_time now) {
  if (++here_[user] > 1 || quiet_) return;
  if (left_.erase(user) == 0) joined_.insert(user);
  changed(now);
}

void presence::leave(const user_id& user, mono_time now) {
  const auto who = here_.find(user);
  if (who == here_.end() || --who->second > 0) return;
  if (!quiet_ && joined_.erase(user) == 0) left_.insert(who->first);
  here_.erase(who);
  if (!quiet_) changed(now);
}

void presence::hush(mono_time now) {
  if (quiet_) return;
  quiet_ = true;
  due_ = now + limit_.quiet;
  told_some_.clear();
  told_all_.reset();
  if (anybody_told_) {
    for (const auto& [user, connections] : here_)
      if (!joined_.contains(user)) told_some_.insert(user);
    told_some_.insert(left_.begin(), left_.end());
    told_all_ = told_some_;
  }
  joined_.clear();
  left_.clear();
}

void presence::told(const std::vector<user_id>& shown) {
  anybody_told_ = true;
  if (!quiet_) return;
  const std::set<user_id> these(shown.begin(), shown.end());
  told_some_.insert(these.begin(), these.end());
  if (told_all_)
    std::erase_if(*told_all_, [&](const user_id& one) { return !these.contains(one); });
  else
    told_all_ = these;
}

// What was told against who is here.
void presence::compare() {
  quiet_ = false;
  for (const auto& [user, connections] : here_)
    if (told_all_ && !told_all_->contains(user)) joined_.insert(user);
  for (const auto& user : told_some_)
    if (!here_.contains(user)) left_.insert(user);
  told_some_.clear();
  told_all_.reset();
}

std::optional<presence_changed> presence::take(mono_time now) {
  if (!due_ || now < *due_) return std::nullopt;
  due_.reset();
  if (quiet_) compare();
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

room_members presence::members() {
  room_members out{count(), {}};
  for (const auto& [user, connections] : here_) {
    if (out.first.size() == limit_.shown) break;
    out.first.push_back(user);
  }
  if (quiet_)
    told(out.first);
  else
    anybody_told_ = true;
  return out;
}

}  // namespace greenroom::core
