#include "actors/failpoint.hpp"

#include <csignal>
#include <string>

#include "core/text.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

enum class action : std::uint8_t { none, kill, stop, fail, refuse };
constexpr std::array<std::string_view, 5> action_words{"", "kill", "stop", "fail", "refuse"};
constexpr auto known_names = failpoint_names();
std::array<std::atomic<action>, known_names.size()> armed{};

template <class Words>
std::size_t place_of(const Words& words, std::string_view word) {
  std::size_t at = 0;
  while (at < words.size() && (word.empty() || words[at] != word)) ++at;
  return at;
}

core::error unknown(std::string_view text) {
  std::string what =
      "GREENROOM_FAILPOINT: " + std::string(text) + " isn't NAME:kill, :stop, :fail or :refuse with one of";
  for (const auto name : known_names) what.append(" ").append(name);
  return {core::ec::bad_request, std::move(what), 0};
}

}  // namespace

core::status arm_failpoints(std::string_view text) {
  std::array<action, known_names.size()> wanted{};
  unsigned count = 0;
  for (auto rest = text; !rest.empty();) {
    const auto one = core::take_until(rest, ',');
    const auto colon = std::min(one.find(':'), one.size());
    const auto which = place_of(known_names, one.substr(0, colon));
    const auto what = place_of(action_words, one.substr(std::min(colon + 1, one.size())));
    if (which == known_names.size() || what == action_words.size()) return unknown(one);
    count += wanted[which] == action::none ? 1u : 0u;
    wanted[which] = static_cast<action>(what);
  }
  for (std::size_t i = 0; i < known_names.size(); ++i) armed[i] = wanted[i];
  detail::armed_failpoints = count;
  return core::done{};
}

core::ec detail::reach(std::size_t index) noexcept {
  const auto what = armed[index].exchange(action::none);
  if (what == action::none) return core::ec::none;
  --armed_failpoints;
  telemetry::log::warn("failpoint",
                       {{"name", known_names[index]}, {"action", action_words[static_cast<std::size_t>(what)]}});
  if (what == action::kill) ::raise(SIGKILL);
  if (what == action::stop) ::raise(SIGSTOP);
  if (what == action::fail) return core::ec::unavailable;
  return what == action::refuse ? core::ec::forbidden : core::ec::none;
}

}  // namespace greenroom::actors
