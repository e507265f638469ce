#include "core/directory.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace greenroom::core {
namespace {

bool clash(const std::string& one, const std::string& other) { return !one.empty() && !other.empty() && one != other; }

bool same_address(const role_address& a, const role_address& b) {
  return a.role == b.role && a.host == b.host && a.port == b.port;
}

bool same_addresses(const node_record& a, const node_record& b) {
  return same_address(a.link, b.link) &&
         std::equal(a.http.begin(), a.http.end(), b.http.begin(), b.http.end(), same_address);
}

bool same_for_all(const node_record& a, const node_record& b) {
  return a.incarnation == b.incarnation && a.draining == b.draining && a.version == b.version &&
         a.users_database == b.users_database && a.chat_database == b.chat_database && a.pins == b.pins &&
         a.database_away == b.database_away && same_addresses(a, b);
}

}  // namespace

directory::directory(directory_limits limits, incarnation_id life, mono_time started) noexcept
    : limits_(limits), life_(life), started_(started), last_sweep_(started) {}

result<directory_effects> directory::enter(node_record node, mono_time now) {
  if (auto checked = check_databases(node); !checked) return checked.why();
  if (node.seen && node.seen_of != life_) has_past_ = true;
  const view_version highest = std::max(node.seen, node.stored);
  const bool is_ahead = highest > version_;
  version_ = std::max(version_, highest);
  auto& known = members_[node.name];
  const bool away = std::exchange(node.database_away, known.record.database_away);
  bool is_news = is_ahead || !same_for_all(known.record, node);
  known = {std::move(node), now, std::nullopt, known.database_away};
  is_news = hear_of_database(known, away, now) || is_news;
  if (!is_news) return directory_effects{};
  return publish(now);
}

directory_effects directory::beat(const core::beat& from, mono_time now) {
  member* const known = find(from.name, from.incarnation);
  if (known == nullptr) return {};
  known->heard = now;
  known->closed.reset();
  known->record.load = from.load;
  const bool is_back = hear_of_database(*known, from.database_away, now);
  if (known->record.draining == from.draining && !is_back) return {};
  known->record.draining = from.draining;
  return publish(now);
}

// Returns whether the change is to be published.
bool directory::hear_of_database(member& of, bool away, mono_time now) noexcept {
  if (away) {
    if (!of.database_away) of.database_away = now;
    return false;
  }
  of.database_away.reset();
  return std::exchange(of.record.database_away, false);
}

void directory::closed(const node_name& name, incarnation_id incarnation, mono_time now) noexcept {
  if (member* const known = find(name, incarnation)) known->closed = now;
}

directory_effects directory::sweep(mono_time now) {
  const bool was_stopped = now - last_sweep_ > limits_.beat_timeout;
  last_sweep_ = now;
  std::vector<node_name> lost;
  bool is_news = false;
  for (auto at = members_.begin(); at != members_.end();) {
    member& known = at->second;
    if (was_stopped) known.heard = now;
    const bool silent = now - known.heard >= limits_.beat_timeout;
    const bool closed = known.closed && now - *known.closed >= limits_.grace;
    if (!silent && !closed) {
      const bool away = known.database_away && now - *known.database_away >= limits_.database_grace;
      if (away && !std::exchange(known.record.database_away, true)) is_news = true;
      ++at;
      continue;
    }
    lost.push_back(at->first);
    at = members_.erase(at);
  }
  if (lost.empty() && !is_news && !(waiting_ && !quiet(now))) return {};
  return publish(now, std::move(lost));
}

cluster_view directory::view() const {
  cluster_view out = published_;
  for (auto& node : out.nodes) {
    const auto at = members_.find(node.name);
    if (at != members_.end()) node.load = at->second.record.load;
  }
  return out;
}

status directory::check_databases(const node_record& node) const {
  for (const auto& [name, known] : members_) {
    if (name == node.name) continue;
    if (clash(known.record.users_database, node.users_database))
      return error{ec::conflict, "the users database is not that of node " + name.value, 0};
    if (clash(known.record.chat_database, node.chat_database))
      return error{ec::conflict, "the chat database is not that of node " + name.value, 0};
  }
  return done{};
}

bool directory::quiet(mono_time now) const noexcept { return has_past_ && now - started_ < limits_.beat_timeout; }

directory_effects directory::publish(mono_time now, std::vector<node_name> lost) {
  waiting_ = quiet(now);
  if (waiting_) {
    published_ = {};  // that view lacks the nodes that were here before, and they would believe it
    return {std::nullopt, std::move(lost)};
  }
  ++version_;
  GREENROOM_CHECK(version_ > published_.version);
  published_ = {version_, {}, life_};
  for (const auto& [name, known] : members_) published_.nodes.push_back(known.record);
  return {published_, std::move(lost)};
}

directory::member* directory::find(const node_name& name, incarnation_id incarnation) noexcept {
  const auto at = members_.find(name);
  if (at == members_.end() || at->second.record.incarnation != incarnation) return nullptr;
  return &at->second;
}

}  // namespace greenroom::core
