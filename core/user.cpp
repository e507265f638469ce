#include "core/user.hpp"

#include <algorithm>

#include "core/check.hpp"

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
  if (what.connections > here.connections) here.active = now;  // a user who connects isn't idle
  here.number = what.number;
  here.connections = what.connections;
  out.answer.emplace_back(session, session_registered{what.number});
  if (known == sessions_.end() && sessions_.size() == 1) tell_watchers(true, out);
  GREENROOM_CHECK(sessions_.size() <= limits_.sessions);
  return out;
}

user_effects user::lost(session_no session) {
  user_effects out;
  forget(session, out);
  return out;
}

void user::forget(session_no which, user_effects& out) {
  if (sessions_.erase(which) == 0 || !sessions_.empty()) return;
  heads_.clear();
  tell_watchers(false, out);
}

void user::away(session_no session, shared_text words) {
  const auto known = sessions_.find(session);
  if (known == sessions_.end()) return;
  known->second.away = std::move(words);
  known->second.away_since = ++away_words_;
}

void user::active(session_no session, mono_time now) {
  if (const auto known = sessions_.find(session); known != sessions_.end()) known->second.active = now;
}

user_state user::state(mono_time now) const {
  user_state out;
  const registered_session* last_away = nullptr;
  bool away = true;
  mono_time active{};
  for (const auto& [number, one] : sessions_) {
    out.connections += one.connections;
    active = std::max(active, one.active);
    if (one.away.empty()) away = false;
    if (last_away == nullptr || one.away_since > last_away->away_since) last_away = &one;
  }
  out.sessions = static_cast<std::uint32_t>(sessions_.size());
  out.online = !sessions_.empty();
  if (!out.online) return out;
  if (away) out.away = last_away->away;
  out.idle_for = std::chrono::duration_cast<milliseconds>(now - active);
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

user_effects user::monitor(watcher_no who) {
  user_effects out;
  if (!watchers_.contains(who) && watchers_.size() >= limits_.watchers) return out;
  watchers_.insert(who);
  out.seen.emplace_back(who, !sessions_.empty());
  return out;
}

void user::tell_watchers(bool online, user_effects& out) const {
  for (const auto who : watchers_) out.seen.emplace_back(who, online);
}

}  // namespace greenroom::core
