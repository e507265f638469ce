#include "core/user.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/looks.hpp"

namespace greenroom::core {

// ---- sessions

user_effects user::registered(session_no session, const register_session& what, mono_time now) {
  user_effects out;
  const auto known = sessions_.find(session);
  if (known != sessions_.end() && what.number < known->second.number) return out;
  if (what.connections == 0) {
    forget(session, out);
    return out;
  }
  if (known == sessions_.end() && sessions_.size() >= limits_.sessions) return out;
  auto& here = sessions_[session];
  // A user who connects isn't idle.
  const seconds idle{what.connections > here.connections ? 0 : what.face.idle_s};
  here.active = std::max(here.active, now - idle);
  if (here.face.away != what.face.away) here.away_since = ++away_words_;
  here.face = what.face;
  here.number = what.number;
  here.connections = what.connections;
  out.answer.emplace_back(session, session_registered{what.number});
  tell_change(out);
  GREENROOM_CHECK(sessions_.size() <= limits_.sessions);
  return out;
}

user_effects user::lost(session_no session) {
  user_effects out;
  forget(session, out);
  return out;
}

void user::forget(session_no which, user_effects& out) {
  if (sessions_.erase(which) == 0) return;
  tell_change(out);
  if (!sessions_.empty()) return;
  heads_.clear();
}

user_state user::state(mono_time now) const {
  user_state out;
  const registered_session* last_away = nullptr;
  bool away = true;
  mono_time active{};
  looks all(out);
  for (const auto& [number, one] : sessions_) {
    out.connections += one.connections;
    active = std::max(active, one.active);
    out.irc += one.face.irc;
    all.add(one.face);
    if (one.face.away.empty()) away = false;
    if (last_away == nullptr || one.away_since > last_away->away_since) last_away = &one;
  }
  out.sessions = static_cast<std::uint32_t>(sessions_.size());
  out.online = !sessions_.empty();
  if (!out.online) return out;
  if (away) out.away = last_away->face.away;
  out.idle_ms = static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now - active).count());
  return out;
}

// ---- news

user_effects user::news(user_news what, mono_time now) {
  user_effects out;
  if (sessions_.empty()) return out;
  if (what.kind != news_kind::head) {
    out.tell.push_back(std::move(what));
    return out;
  }
  const auto known = heads_.find(what.room);
  if (known == heads_.end()) {
    if (heads_.size() >= limits_.held) return out;
    heads_[what.room].told = now;
    out.tell.push_back(std::move(what));
    return out;
  }
  auto& held = known->second.held;
  if (!held || held->seq < what.seq) held = std::move(what);
  return out;
}

user_effects user::tick(mono_time now) {
  user_effects out;
  for (auto at = heads_.begin(); at != heads_.end();) {
    auto& [told, held] = at->second;
    if (now < told + limits_.pause_of_heads) {
      ++at;
    } else if (!held) {
      at = heads_.erase(at);
    } else {
      out.tell.push_back(std::move(*held));
      held.reset();
      told = now;
      ++at;
    }
  }
  return out;
}

std::optional<mono_time> user::due() const {
  std::optional<mono_time> first;
  for (const auto& [room, one] : heads_) {
    const auto end = one.told + limits_.pause_of_heads;
    if (!first || end < *first) first = end;
  }
  return first;
}

// ---- watchers

user_effects user::watch(watcher_no who) {
  user_effects out;
  if (!watchers_.contains(who) && watchers_.size() >= limits_.watchers) return out;
  watchers_.insert(who);
  out.seen.push_back(who);
  return out;
}

// How long the user was idle is no change; how many connections they have is one for their own alone.
void user::tell_change(user_effects& out) {
  auto looks = state({});
  looks.idle_ms = 0;
  if (looks == told_) return;
  auto as_before = looks;
  as_before.sessions = told_.sessions;
  as_before.connections = told_.connections;
  as_before.irc = told_.irc;
  as_before.since = told_.since;
  if (!(as_before == told_)) out.seen.assign(watchers_.begin(), watchers_.end());
  told_ = std::move(looks);
  out.seen_by_own = true;
}

}  // namespace greenroom::core
