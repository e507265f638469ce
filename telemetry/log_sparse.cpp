#include "telemetry/log_sparse.hpp"

#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace greenroom::telemetry::log {
namespace {

constexpr std::chrono::seconds between_lines{1};

}  // namespace

std::optional<std::uint64_t> sieve::pass(std::string_view event, std::string_view reason, time now) {
  std::string key{event};
  key.append(" ").append(reason);
  const auto [known, is_new] = known_.try_emplace(std::move(key), seen{now});
  auto& last = known->second;
  if (is_new) return 0;
  if (now - last.passed < between_lines) {
    ++last.held_back;
    return std::nullopt;
  }
  last.passed = now;
  return std::exchange(last.held_back, 0);
}

void write_sparsely(level grave, std::string_view event, std::string_view reason,
                    std::initializer_list<field> fields) noexcept try {
  static std::mutex lock;
  static sieve lines;
  if (!enabled(grave)) return;
  std::optional<std::uint64_t> held_back;
  {
    const std::lock_guard guard{lock};
    held_back = lines.pass(event, reason, std::chrono::steady_clock::now());
  }
  if (!held_back) return;
  std::vector<field> all{{"reason", reason}};
  all.insert(all.end(), fields.begin(), fields.end());
  if (*held_back > 0) all.push_back({"held_back", *held_back});
  write(grave, event, std::span<const field>{all});
} catch (...) {
  // There is no one left to tell.
}

}  // namespace greenroom::telemetry::log
