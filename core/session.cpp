#include "core/session.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/check.hpp"
#include "core/looks.hpp"

namespace greenroom::core {

session::session(session_limits limits) : limits_(limits) {}

std::vector<std::pair<connection_id, token_hash>>::iterator session::find(connection_id connection) {
  return std::find_if(connections_.begin(), connections_.end(),
                      [&](const auto& one) { return one.first == connection; });
}

session_effects session::attach(connection_id connection, const token_hash& token, mono_time now) {
  session_effects out;
  const auto tombstone = ended_.find(token);
  const auto known = find(connection);
  if (tombstone != ended_.end() && now < tombstone->second)
    out.close.emplace_back(connection, ec::invalid_token);
  else if (known != connections_.end())
    known->second = token;
  else if (connections_.size() >= limits_.max_connections)
    out.close.emplace_back(connection, ec::rate_limited);
  else
    connections_.emplace_back(connection, token);
  GREENROOM_CHECK(connections_.size() <= limits_.max_connections);
  active(now);
  return out;
}

void session::detach(connection_id connection) {
  if (const auto known = find(connection); known != connections_.end()) connections_.erase(known);
  std::erase_if(faces_, [&](const auto& one) { return one.first == connection; });
}

void session::look(connection_id connection, connection_face face) {
  std::erase_if(faces_, [&](const auto& one) { return one.first == connection; });
  if (find(connection) != connections_.end()) faces_.emplace_back(connection, std::move(face));
}

user_face session::face(mono_time now) const {
  user_face out;
  out.irc = static_cast<std::uint32_t>(faces_.size());
  bool away = faces_.size() == connections_.size();
  looks all(out);
  for (const auto& [connection, one] : faces_) {
    away = away && !one.away.empty();
    if (!one.away.empty()) out.away = one.away;
    all.add(one);
  }
  if (!away) out.away = {};
  out.idle_s = static_cast<std::uint32_t>(std::chrono::duration_cast<seconds>(now - active_).count());
  return out;
}

session_effects session::ended(const std::vector<ended_token>& tokens, mono_time now) {
  session_effects out;
  for (const auto& token : tokens) ended_.insert_or_assign(token.token, now + limits_.tombstone_life);
  std::erase_if(connections_, [&](const auto& one) {
    const bool over = std::any_of(tokens.begin(), tokens.end(), [&](const auto& t) { return t.token == one.second; });
    if (over) out.close.emplace_back(one.first, ec::invalid_token);
    return over;
  });
  for (const auto& [connection, why] : out.close)
    std::erase_if(faces_, [&, gone = connection](const auto& one) { return one.first == gone; });
  return out;
}

session_effects session::sweep(mono_time now) {
  session_effects out;
  std::erase_if(ended_, [&](const auto& one) { return one.second <= now; });
  std::unordered_set<token_hash> tokens;
  for (const auto& [connection, token] : connections_)
    if (tokens.insert(token).second) out.in_use.push_back(token);
  out.idle = connections_.empty();
  return out;
}

}  // namespace greenroom::core
