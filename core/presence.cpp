#include "core/presence.hpp"

#include "core/check.hpp"

namespace greenroom::core {

void presence::changed(const user_id& user, mono_time now) {
  if (!due_) due_ = now + limit_.interval;
  const bool is_here = here_.contains(user);
  const auto at = changes_.try_emplace(user, change{!is_here, false, lists_}).first;
  change& known = at->second;
  const bool returns = is_here == known.was_here;
  if (returns && lists_ > known.lists) known.told_other = true;
  known.lists = lists_;
  if (returns && !known.told_other) changes_.erase(at);
}

void presence::join(const user_id& user, mono_time now) {
  if (++here_[user] == 1) changed(user, now);
}

void presence::leave(const user_id& user, mono_time now) {
  const auto at = here_.find(user);
  if (at == here_.end()) return;
  GREENROOM_CHECK(at->second > 0);
  if (--at->second > 0) return;
  const auto gone = here_.extract(at);
  changed(gone.key(), now);
}

void presence::hush(mono_time now) {
  if (quiet_) return;
  quiet_ = true;
  due_ = now + limit_.quiet;
}

void presence::doubt(mono_time now) {
  hush(now);
  doubtful_ = true;
}

presence_changed presence::tell_changes() const {
  presence_changed out{{}, {}, count()};
  for (const auto& [user, what] : changes_) (here_.contains(user) ? out.joined : out.left).push_back(user);
  return out;
}

// Users who left are named too, for clients that only know of differences.
presence_changed presence::tell_all() const {
  auto out = tell_changes();
  out.whole = true;
  out.joined.clear();
  out.joined.reserve(here_.size());
  for (const auto& [user, connections] : here_) out.joined.push_back(user);
  return out;
}

std::optional<presence_changed> presence::take(mono_time now) {
  if (!due_ || now < *due_) return std::nullopt;
  due_.reset();
  quiet_ = false;
  if (changes_.empty() && !doubtful_) return std::nullopt;
  presence_changed out{{}, {}, count()};
  if (count() > limit_.names) {
    stale_ = true;
  } else if (doubtful_ || stale_ || (partial_ && count() <= limit_.shown)) {
    out = tell_all();
    stale_ = partial_ = false;
  } else {
    out = tell_changes();
  }
  doubtful_ = false;
  changes_.clear();
  return out;
}

room_members presence::members() {
  ++lists_;
  room_members out{count(), {}};
  for (const auto& [user, connections] : here_) {
    if (out.first.size() == limit_.shown) {
      partial_ = true;
      break;
    }
    out.first.push_back(user);
  }
  return out;
}

}  // namespace greenroom::core
