#include "core/presence.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace greenroom::core {

void presence::changed(const user_id& user, mono_time now, farewell why, bool at_once) {
  if (!due_) due_ = now + limit_.interval;
  if (at_once && !quiet_ && count() <= limit_.prompt) due_ = std::min(*due_, now);
  const bool is_here = here_.contains(user);
  const auto at = changes_.try_emplace(user, change{!is_here, false, lists_, {}}).first;
  change& known = at->second;
  const bool returns = is_here == known.was_here;
  if (returns && lists_ > known.lists) known.told_other = true;
  known.lists = lists_;
  known.why = std::move(why);
  if (returns && !known.told_other) changes_.erase(at);
}

void presence::join(const user_id& user, mono_time now, bool at_once) {
  if (++here_[user] == 1) changed(user, now, {}, at_once);
}

void presence::leave(const user_id& user, mono_time now, farewell why, bool at_once) {
  const auto at = here_.find(user);
  if (at == here_.end()) return;
  GREENROOM_CHECK(at->second > 0);
  if (--at->second > 0) return;
  const auto gone = here_.extract(at);
  changed(gone.key(), now, std::move(why), at_once);
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
  for (const auto& [user, what] : changes_) {
    if (here_.contains(user)) {
      out.joined.push_back(user);
      continue;
    }
    out.left.push_back(user);
    out.farewells.push_back(what.why);
  }
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

std::optional<presence_changed> presence::announce(const user_id& user) {
  const auto untold = changes_.find(user);
  if (untold == changes_.end() || !here_.contains(user) || count() > limit_.names) return std::nullopt;
  ++lists_;  // the number is of everybody, and so a list of a kind: it counts those whose change is still held back
  presence_changed out{{untold->first}, {}, count()};
  changes_.erase(untold);
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
