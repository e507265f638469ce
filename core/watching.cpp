#include "core/watching.hpp"

#include <iterator>
#include <utility>

#include "core/check.hpp"

namespace greenroom::core {
namespace {

constexpr seconds answer_patience{2}, watch_again_every{30};

}  // namespace

void watching::ask(entry& one, mono_time now, watching_effects& out) {
  auto& [user, state] = one;
  state.number = ++last_;
  state.asked = now;
  if (state.known) state.doubt = now + limits_.grace;
  state.answered = false;
  out.ask.push_back({user, false, state.number, false});
}

void watching::tell(const entry& one, watching_effects& out) {
  for (const auto who : one.second.by) out.tell.push_back({who, {one.first, *one.second.known, 0}});
}

watching_effects watching::begin(connection_id who, const std::vector<user_id>& users, mono_time now) {
  watching_effects out;
  auto& count = counts_[who];
  for (const auto& user : users) {
    if (count >= limits_.each) break;
    auto& one = *users_.try_emplace(user).first;
    if (!one.second.by.insert(who).second) continue;
    ++count;
    if (one.second.known)
      out.tell.push_back({who, {one.first, *one.second.known, 0}});
    else if (one.second.number == 0)
      ask(one, now, out);
  }
  if (count == 0) counts_.erase(who);
  return out;
}

// Whether nobody watches the user any more.
bool watching::drop(entry& one, connection_id who, watching_effects& out) const {
  auto& [user, state] = one;
  if (state.by.erase(who) == 0 || !state.by.empty()) return false;
  out.ask.push_back({user, true, state.number, false});
  return true;
}

watching_effects watching::end(connection_id who, const std::vector<user_id>& users) {
  watching_effects out;
  const auto count = counts_.find(who);
  for (const auto& user : users) {
    const auto known = users_.find(user);
    if (known == users_.end() || !known->second.by.contains(who)) continue;
    GREENROOM_CHECK(count != counts_.end() && count->second > 0);
    --count->second;
    if (drop(*known, who, out)) users_.erase(known);
  }
  if (count != counts_.end() && count->second == 0) counts_.erase(count);
  return out;
}

watching_effects watching::gone(connection_id who) {
  watching_effects out;
  if (counts_.erase(who) == 0) return out;
  for (auto one = users_.begin(); one != users_.end();) one = drop(*one, who, out) ? users_.erase(one) : std::next(one);
  return out;
}

watching_effects watching::seen(const user_seen& what, mono_time now) {
  watching_effects out;
  const auto known = users_.find(what.user);
  if (known == users_.end() || what.number != known->second.number) return out;
  auto& state = known->second;
  state.answered = true;
  const bool goes = !what.state.online && state.known && state.known->online;
  if (goes && now < state.doubt) {
    state.held = what.state;
    return out;
  }
  state.held.reset();
  state.known = what.state;
  tell(*known, out);
  return out;
}

watching_effects watching::look(const std::function<bool(const user_id&)>& moved, mono_time now) {
  watching_effects out;
  for (auto& one : users_)
    if (moved(one.first)) ask(one, now, out);
  return out;
}

watching_effects watching::tick(mono_time now) {
  watching_effects out;
  for (auto& one : users_) {
    auto& state = one.second;
    if (state.held && now >= state.doubt) {
      state.known = *std::exchange(state.held, std::nullopt);
      tell(one, out);
    }
    if (now >= state.asked + (state.answered ? watch_again_every : answer_patience)) ask(one, now, out);
  }
  return out;
}

}  // namespace greenroom::core
