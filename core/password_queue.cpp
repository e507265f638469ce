#include "core/password_queue.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/check.hpp"

namespace greenroom::core {
namespace {

constexpr std::size_t strangers = 0, familiar = 1;
constexpr unsigned turns = 4;  // one of them is the strangers'

}  // namespace

std::string network_of(std::string_view address) {
  const std::string text(address);
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  std::array<char, INET6_ADDRSTRLEN> out{};
  constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // RFC 4291 section 2.5.5.2
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
    inet_ntop(AF_INET, bytes.data() + mapped.size(), out.data(), out.size());
    return out.data();
  }
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
  return std::string(out.data()) + "/64";
}

password_queue::password_queue(password_queue_limits limits) : limits_(limits) {
  limits_.at_once = std::max<std::size_t>(1, limits_.at_once);
  limits_.max_waiting = std::max<std::size_t>(1, limits_.max_waiting);
}

std::optional<work_id> password_queue::add(work_id work, const password_claim& claim, mono_time now,
                                           milliseconds hold) {
  auto& into = lanes_[claim.familiar ? familiar : strangers];
  auto [network, new_network] = into.networks.try_emplace(claim.network);
  auto& of_network = network->second;
  // A line that was empty joins the next round: idle time is no credit, and newcomers can't starve those already here.
  if (new_network) of_network.start = into.now + 1;
  auto [user, new_user] = of_network.users.try_emplace(claim.user);
  auto& line = user->second;
  if (new_user) line.start = of_network.now + 1;
  const auto after = line.entries.empty() ? now : std::max(now, line.entries.back().due);
  line.entries.push_back({work, now, after + hold});
  ++of_network.waiting;
  ++into.waiting;
  return waiting() > limits_.max_waiting ? push_out() : std::nullopt;
}

std::optional<work_id> password_queue::next(mono_time now) {
  if (running_ >= limits_.at_once) return std::nullopt;
  // Turns are counted only while there is a choice.
  const bool choice = lanes_[strangers].waiting > 0 && lanes_[familiar].waiting > 0;
  const auto first = choice && turn_ % turns == turns - 1 ? strangers : familiar;
  auto work = take_from(lanes_[first], now);
  if (!work) work = take_from(lanes_[1 - first], now);
  if (!work) return std::nullopt;
  if (choice) ++turn_;
  ++running_;
  return work;
}

std::optional<work_id> password_queue::take_from(lane& which, mono_time now) {
  const auto due = [&](const user_line& line) { return line.entries.front().due <= now; };
  network_at best = which.networks.end();
  line_at best_user;
  // Within a round, lines that had no turn yet come first.
  const auto place = [](const auto& line) { return std::pair(line.start, line.served); };
  const auto earlier = [&](network_at network, line_at user) {
    if (best == which.networks.end()) return true;
    if (network == best) {
      if (place(user->second) != place(best_user->second)) return place(user->second) < place(best_user->second);
    } else if (place(network->second) != place(best->second)) {
      return place(network->second) < place(best->second);
    }
    return user->second.entries.front().work < best_user->second.entries.front().work;
  };
  for (auto network = which.networks.begin(); network != which.networks.end(); ++network)
    for (auto user = network->second.users.begin(); user != network->second.users.end(); ++user)
      if (due(user->second) && earlier(network, user)) {
        best = network;
        best_user = user;
      }
  if (best == which.networks.end()) return std::nullopt;
  which.now = best->second.start++;
  best->second.now = best_user->second.start++;
  best->second.served = best_user->second.served = true;
  const auto work = best_user->second.entries.front().work;
  best_user->second.entries.pop_front();
  take_off(best->second.waiting, 1);
  take_off(which.waiting, 1);
  drop_if_empty(which, best, best_user);
  return work;
}

void password_queue::drop_if_empty(lane& which, network_at network, line_at user) {
  if (user->second.entries.empty()) network->second.users.erase(user);
  if (network->second.users.empty()) which.networks.erase(network);
}

// Takes from the strangers first; within a lane, from the network with the most work, the newest of its busiest user.
std::optional<work_id> password_queue::push_out() {
  auto& from = lanes_[lanes_[strangers].waiting > 0 ? strangers : familiar];
  const auto newest = [](const network_line& of) {
    work_id out{};
    for (const auto& [name, line] : of.users) out = std::max(out, line.entries.back().work);
    return out;
  };
  const auto network = std::max_element(from.networks.begin(), from.networks.end(), [&](const auto& a, const auto& b) {
    if (a.second.waiting != b.second.waiting) return a.second.waiting < b.second.waiting;
    return newest(a.second) < newest(b.second);
  });
  auto& users = network->second.users;
  const auto user = std::max_element(users.begin(), users.end(), [](const auto& a, const auto& b) {
    if (a.second.entries.size() != b.second.entries.size()) return a.second.entries.size() < b.second.entries.size();
    return a.second.entries.back().work < b.second.entries.back().work;
  });
  const auto work = user->second.entries.back().work;
  user->second.entries.pop_back();
  take_off(network->second.waiting, 1);
  take_off(from.waiting, 1);
  drop_if_empty(from, network, user);
  return work;
}

std::vector<work_id> password_queue::expire(mono_time now) {
  std::vector<work_id> out;
  for (auto& which : lanes_)
    for (auto network = which.networks.begin(); network != which.networks.end();) {
      auto& of = network->second;
      for (auto user = of.users.begin(); user != of.users.end();) {
        auto& entries = user->second.entries;
        for (; !entries.empty() && entries.front().added + limits_.patience <= now; entries.pop_front()) {
          out.push_back(entries.front().work);
          take_off(of.waiting, 1);
          take_off(which.waiting, 1);
        }
        user = entries.empty() ? of.users.erase(user) : std::next(user);
      }
      network = of.users.empty() ? which.networks.erase(network) : std::next(network);
    }
  return out;
}

}  // namespace greenroom::core
