#include "core/placement.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace greenroom::core {

namespace {

constexpr std::uint64_t fnv_start = 14695981039346656037ull;

// Continues the FNV-1a hash `before` with `bytes`.
std::uint64_t fnv(std::uint64_t before, std::string_view bytes) noexcept {
  for (const char c : bytes) before = (before ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return before;
}

// FNV alone leaves the high bits of short keys nearly equal; weights are compared from the high bits down.
std::uint64_t spread(std::uint64_t h) noexcept {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdull;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ull;
  return h ^ (h >> 33);
}

}  // namespace

std::uint64_t stable_hash(std::string_view bytes) noexcept { return spread(fnv(fnv_start, bytes)); }

bool has_role(const node_record& node, std::string_view role) noexcept {
  return std::any_of(node.http.begin(), node.http.end(), [role](const role_address& at) { return at.role == role; });
}

namespace {

bool takes_rooms(const node_record& node) noexcept { return !node.draining && has_role(node, "chat"); }

// Of a thing of any kind at a node; its key begins with a line feed.
std::uint64_t weight_of(const node_name& node, std::string_view key) noexcept {
  return spread(fnv(fnv(fnv_start, node.value), key));
}

std::vector<node_name> homes_of_all(const cluster_view& view) {
  std::vector<node_name> out;
  for (const auto& node : view.nodes)
    if (takes_rooms(node)) out.push_back(node.name);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::optional<node_name> placement(const cluster_view& view, const room_id& room) {
  const std::string key = '\n' + folded(room.value);
  const node_record* best = nullptr;
  bool best_pins = false;
  std::uint64_t highest = 0;
  const bool any_stores = std::any_of(view.nodes.begin(), view.nodes.end(),
                                      [](const node_record& one) { return takes_rooms(one) && !one.database_away; });
  for (const auto& node : view.nodes) {
    if (!takes_rooms(node) || (any_stores && node.database_away)) continue;
    const bool pins = std::find(node.pins.begin(), node.pins.end(), room) != node.pins.end();
    if (best_pins && !pins) continue;
    const std::uint64_t weight = weight_of(node.name, key);
    const bool heavier = weight > highest || (weight == highest && best != nullptr && node.name < best->name);
    if (best == nullptr || pins != best_pins || heavier) {
      best = &node;
      best_pins = pins;
      highest = weight;
    }
  }
  if (best == nullptr) return std::nullopt;
  return best->name;
}

std::optional<node_name> home_of(const cluster_view& view, const user_id& user) {
  const std::string key = '\n' + folded(user.value);
  const node_record* best = nullptr;
  std::uint64_t highest = 0;
  for (const auto& node : view.nodes) {
    if (!takes_rooms(node)) continue;
    const std::uint64_t weight = weight_of(node.name, key);
    if (best != nullptr && (weight < highest || (weight == highest && best->name < node.name))) continue;
    best = &node;
    highest = weight;
  }
  if (best == nullptr) return std::nullopt;
  return best->name;
}

bool same_homes(const cluster_view& before, const cluster_view& after) {
  return homes_of_all(before) == homes_of_all(after);
}

}  // namespace greenroom::core
