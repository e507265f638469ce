#include "core/door.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace greenroom::core {
namespace {

// A page of `account_store::ended_since` that is this long may not be the last.
constexpr std::size_t full_page = 1000;

}  // namespace

door::door(node_name node, door_limits limits) : node_(std::move(node)), limits_(limits) {}

bool door::fresh(const known_token& token, instant now) const {
  return token.valid && now.mono < token.checked + limits_.check_life && now.wall < token.who.expires_at;
}

door_effects door::admit(asker_id asker, const token_hash& token, instant now) {
  door_effects out;
  if (tombstones_.contains(token)) {
    out.refused.emplace_back(asker, error{ec::invalid_token, {}, 0});
  } else if (const auto found = tokens_.find(token); found != tokens_.end() && fresh(found->second, now)) {
    found->second.seen = now.mono;
    let_in(out, token, found->second.who, {asker, {}}, now);
  } else {
    wait(out, token, {asker, {}});
  }
  return out;
}

door_effects door::mint(asker_id asker, const token_hash& token, std::string secret, instant now) {
  door_effects out;
  if (tombstones_.contains(token)) {
    out.refused.emplace_back(asker, error{ec::invalid_token, {}, 0});
  } else if (const auto found = tokens_.find(token); found != tokens_.end() && fresh(found->second, now)) {
    found->second.seen = now.mono;
    let_in(out, token, found->second.who, {asker, std::move(secret)}, now);
  } else {
    wait(out, token, {asker, std::move(secret)});
  }
  return out;
}

result<token_hash> door::claim(std::string_view shown, instant now) {
  const auto dot = shown.rfind('.');
  const bool ours = dot != shown.npos && shown.substr(0, dot) == node_.value;
  const auto found = ours ? tickets_.extract(std::string(shown.substr(dot + 1))) : decltype(tickets_)::node_type{};
  if (!found || now.mono >= found.mapped().expires) return ec::invalid_ticket;
  return found.mapped().token;
}

door_effects door::redeem(asker_id asker, std::string_view shown, instant now) {
  door_effects out;
  const auto dot = shown.rfind('.');
  const bool of_another = dot != shown.npos && dot > 0 && shown.substr(0, dot) != node_.value;
  if (of_another && claiming_ >= limits_.max_waiting) {
    out.refused.emplace_back(asker, error{ec::overloaded, {}, 1});
  } else if (of_another) {
    ++claiming_;
    out.claim.push_back({asker, {std::string(shown.substr(0, dot))}, std::string(shown)});
  } else if (const auto token = claim(shown, now)) {
    out = use(asker, *token, now);
  } else {
    out.refused.emplace_back(asker, token.why());
  }
  return out;
}

// The session of a ticket that POST /room made ends soon, unless the users role hears that the ticket was used. A token
// from another node may be of such a session.
door_effects door::use(asker_id asker, const token_hash& token, instant now) {
  const auto known = tokens_.find(token);
  const bool lasts = known != tokens_.end() && fresh(known->second, now) && !known->second.who.for_room;
  if (lasts || tombstones_.contains(token)) return admit(asker, token, now);
  door_effects out;
  wait(out, token, {asker, {}}, true);
  return out;
}

door_effects door::claimed(asker_id asker, const result<token_hash>& answer, instant now) {
  take_off(claiming_, 1);
  if (answer) return use(asker, *answer, now);
  door_effects out;
  out.refused.emplace_back(asker, answer.why());
  return out;
}

door_effects door::pull_now() {
  door_effects out;
  if (pulling_) return out;  // the running pull, or the next one, brings the news
  pulling_ = true;
  out.pull = pulled_up_to_;
  return out;
}

void door::wait(door_effects& out, const token_hash& token, waiter who, bool in_use) {
  if (waiting_ >= limits_.max_waiting) {
    out.refused.emplace_back(who.asker, error{ec::overloaded, {}, 1});
    return;
  }
  ++waiting_;
  const auto [found, first] = checks_.try_emplace(token);
  found->second.push_back(std::move(who));
  if (first) (in_use ? out.check_in_use : out.check).push_back(token);
}

void door::let_in(door_effects& out, const token_hash& token, const token_checked& who, waiter&& asker, instant now) {
  if (asker.ticket_secret.empty()) {
    sessions_[who.user] = now.mono;
    out.admitted.push_back({asker.asker, token, who});
    return;
  }
  if (tickets_.size() >= limits_.max_tickets) {
    out.refused.emplace_back(asker.asker, error{ec::overloaded, {}, 1});
    return;
  }
  const auto expires = now.mono + limits_.ticket_life;
  out.minted.push_back({asker.asker, node_.value + '.' + asker.ticket_secret, who.user,
                        static_cast<std::uint32_t>(std::chrono::floor<seconds>(limits_.ticket_life).count())});
  ticket_ends_.emplace_back(expires, asker.ticket_secret);
  tickets_.insert_or_assign(std::move(asker.ticket_secret), ticket{token, expires});
}

door_effects door::checked(const token_hash& token, const result<token_checked>& answer, instant now) {
  door_effects out;
  std::vector<waiter> waiters;
  if (auto node = checks_.extract(token)) waiters = std::move(node.mapped());
  take_off(waiting_, waiters.size());

  error why;
  if (!answer) {
    why = answer.why();
    if (why.code == ec::invalid_token) drop_token(out, {0, token});
  } else if (tombstones_.contains(token)) {
    why = {ec::invalid_token, {}, 0};
  } else if (tokens_.size() >= limits_.max_tokens && !tokens_.contains(token)) {
    why = {ec::overloaded, {}, 1};
  } else {
    tokens_.insert_or_assign(token, known_token{*answer, now.mono, now.mono, true});
    for (auto& one : waiters) let_in(out, token, *answer, std::move(one), now);
    return out;
  }
  for (const auto& one : waiters) out.refused.emplace_back(one.asker, why);
  return out;
}

void door::drop_token(door_effects& out, const ended_token& token) {
  if (const auto node = tokens_.extract(token.token)) out.ended.emplace_back(node.mapped().who.user, token);
}

void door::end(door_effects& out, const ended_token& token, instant now) {
  if (tombstones_.try_emplace(token.token, now.mono + limits_.tombstone_life).second)
    tombstone_ends_.emplace_back(now.mono + limits_.tombstone_life, token.token);
  if (tombstones_.size() > limits_.max_tombstones) {
    tombstones_.erase(tombstone_ends_.front().second);
    tombstone_ends_.pop_front();
  }
  drop_token(out, token);
}

door_effects door::ended(const std::vector<ended_token>& tokens, instant now) {
  door_effects out;
  for (const auto& token : tokens) end(out, token, now);
  return out;
}

door_effects door::pulled(const std::vector<ended_token>& tokens, instant now) {
  auto out = ended(tokens, now);
  for (const auto& token : tokens) pulled_up_to_ = std::max(pulled_up_to_, token.number);
  pulling_ = tokens.size() >= full_page;
  if (pulling_) out.pull = pulled_up_to_;
  return out;
}

void door::pull_failed() { pulling_ = false; }

door_effects door::in_use(const user_id& user, const std::vector<token_hash>& tokens, instant now) {
  door_effects out;
  for (const auto& token : tokens) {
    if (tombstones_.contains(token)) {
      out.ended.emplace_back(user, ended_token{0, token});
      continue;
    }
    auto& entry = tokens_[token];
    entry.seen = now.mono;
    if (!entry.valid) entry.who.user = user;
    if (!fresh(entry, now) && checks_.try_emplace(token).second) out.check_in_use.push_back(token);
  }
  return out;
}

door_effects door::session_idle(const user_id& user, instant now) {
  door_effects out;
  const auto found = sessions_.find(user);
  if (found == sessions_.end() || now.mono < found->second + limits_.session_life) return out;
  sessions_.erase(found);
  out.retire.push_back(user);
  return out;
}

void door::session_gone(const user_id& user) { sessions_.erase(user); }

door_effects door::sweep(instant now) {
  door_effects out;
  for (; !ticket_ends_.empty() && ticket_ends_.front().first <= now.mono; ticket_ends_.pop_front())
    tickets_.erase(ticket_ends_.front().second);
  for (; !tombstone_ends_.empty() && tombstone_ends_.front().first <= now.mono; tombstone_ends_.pop_front())
    tombstones_.erase(tombstone_ends_.front().second);
  if (now.mono >= next_token_sweep_) {
    next_token_sweep_ = now.mono + limits_.check_life;
    std::erase_if(tokens_, [&](const auto& token) { return token.second.seen + limits_.token_life <= now.mono; });
  }
  if (!pulling_ && now.mono >= next_pull_) {
    next_pull_ = now.mono + limits_.pull_every;
    pulling_ = true;
    out.pull = pulled_up_to_;
  }
  return out;
}

}  // namespace greenroom::core
