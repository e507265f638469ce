#include "core/placement.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unordered_map>
#include <vector>

#include "bench/micro/scale/scale.hpp"
#include "core/node.hpp"

namespace greenroom::bench::scale {
namespace {

core::room_id room(std::size_t i) { return {"room " + std::to_string(i)}; }

using homes = std::vector<core::node_name>;

homes place(const core::cluster_view& view, std::size_t rooms) {
  homes out;
  out.reserve(rooms);
  for (std::size_t i = 0; i < rooms; ++i) out.push_back(core::placement(view, room(i)).value_or(core::node_name{}));
  return out;
}

void print_spread(const homes& where, std::size_t nodes) {
  std::unordered_map<core::node_name, std::size_t> counts;
  for (const auto& home : where) ++counts[home];
  const double mean = static_cast<double>(where.size()) / static_cast<double>(nodes);
  double squares = 0, most = 0, least = counts.size() < nodes ? 0 : mean;
  for (const auto& [name, count] : counts) {
    const auto here = static_cast<double>(count);
    squares += (here - mean) * (here - mean);
    most = std::max(most, here);
    least = std::min(least, here);
  }
  squares += static_cast<double>(nodes - counts.size()) * mean * mean;
  const double deviation = std::sqrt(squares / static_cast<double>(nodes));
  std::printf(
      "rooms a node: mean %.1f, least %.0f, most %.0f (%.3f of the mean), standard deviation %.1f (of chance: "
      "%.1f)\n",
      mean, least, most, most / mean, deviation, std::sqrt(mean * (1 - 1 / static_cast<double>(nodes))));
}

void print_moved(const char* what, const homes& before, const homes& after, std::size_t nodes) {
  std::size_t moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) moved += before[i] == after[i] ? 0 : 1;
  std::printf("%s: of %zu rooms %zu move, %.5f of them (1/n is %.5f)\n", what, after.size(), moved,
              static_cast<double>(moved) / static_cast<double>(after.size()), 1 / static_cast<double>(nodes));
}

// The cost of a view for a node that has `live` rooms.
void print_view_change(core::cluster_view view, std::size_t live) {
  core::node self(view.nodes.front().name);
  core::cluster_view alone{{1}, {view.nodes.front()}};
  (void)self.view_changed(alone);
  std::size_t have = 0;
  for (std::size_t i = 0; have < live; ++i) {
    if (core::placement(view, room(i)) != view.nodes.front().name && view.nodes.size() < 100) continue;
    (void)self.find({i + 1}, room(i));
    (void)self.opened(room(i), core::room_opened{room(i), {i + 1}, {1}, {1}, {}, {}});
    ++have;
  }
  view.version = {2};
  const stopwatch clock;
  const auto effects = self.view_changed(view);
  std::printf("a view of %zu nodes, on a node with %zu live rooms: %.1f ms\n", view.nodes.size(), live,
              clock.seconds() * 1e3);
  if (effects.retire.size() > live) std::abort();
}

}  // namespace

core::cluster_view view_of(std::size_t nodes) {
  core::cluster_view out{{1'700'000'000'000}, {}};
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string host = "10.1." + std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1);
    core::node_record one;
    one.name = {"chat-" + std::to_string(i)};
    one.incarnation = {0x123456789abcdef0 + i};
    one.http = {{"chat", host, 8008}};
    one.version = "1.0.0";
    one.chat_database = "0123456789abcdef0123456789abcdef";
    one.seen = out.version;
    one.load = {10'000, 1'000};
    one.link = {"link", host, 7000};
    out.nodes.push_back(std::move(one));
  }
  return out;
}

void placement(std::size_t nodes, std::size_t rooms) {
  auto more = view_of(nodes + 1);
  const auto view = view_of(nodes);
  const stopwatch clock;
  const auto before = place(view, rooms);
  const double took = clock.seconds();
  std::printf("%zu rooms over %zu nodes: %.2f s, %.1f us each\n", rooms, nodes, took,
              took / static_cast<double>(rooms) * 1e6);
  print_spread(before, nodes);
  const std::size_t some = std::min<std::size_t>(rooms, 100'000);
  print_moved("a node joins", before, place(more, some), nodes + 1);
  auto fewer = view;
  fewer.nodes.erase(fewer.nodes.begin() + static_cast<std::ptrdiff_t>(nodes / 2));
  print_moved("a node leaves", before, place(fewer, some), nodes);
  for (const std::size_t live : {100u, 1'000u, 10'000u}) print_view_change(view, live);
}

}  // namespace greenroom::bench::scale
