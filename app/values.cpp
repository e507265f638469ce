#include "app/values.hpp"

#include <boost/asio/ip/address.hpp>

#include <array>
#include <limits>
#include <utility>

#include "core/text.hpp"

namespace greenroom::app {
namespace {

using unit = std::pair<std::string_view, std::uint64_t>;
constexpr std::array<unit, 5> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<unit, 4> size_units{{{"GiB", 1U << 30}, {"MiB", 1U << 20}, {"KiB", 1U << 10}, {"", 1}}};
constexpr std::uint64_t longest_duration = 36'525ULL * 86'400'000;

template <std::size_t N>
std::optional<std::uint64_t> with_unit(std::string_view text, const std::array<unit, N>& units) noexcept {
  const auto read = core::leading_number(text);
  if (!read) return std::nullopt;
  for (const auto& [name, factor] : units) {
    if (name != read->second) continue;
    if (read->first > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
    return read->first * factor;
  }
  return std::nullopt;
}

template <std::size_t N>
std::string unit_text(std::uint64_t number, const std::array<unit, N>& units) {
  for (const auto& [name, factor] : units) {
    if (number >= factor && number % factor == 0) return std::to_string(number / factor) + std::string{name};
  }
  return "0" + std::string{units.back().first};
}

}  // namespace

std::string endpoint::text() const {
  const bool bracketed = host.find(':') != std::string::npos;
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string rate::text() const { return count == 0 ? "off" : std::to_string(count) + "/" + std::to_string(seconds); }

std::optional<milliseconds> duration_from(std::string_view text) noexcept {
  const auto number = with_unit(text, duration_units);
  if (!number || *number > longest_duration) return std::nullopt;
  return milliseconds{*number};
}

std::string duration_text(milliseconds duration) {
  return duration.count() == 0 ? "0s" : unit_text(static_cast<std::uint64_t>(duration.count()), duration_units);
}

std::optional<milliseconds> time_of_day_from(std::string_view text) noexcept {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = core::number_from<unsigned>(text.substr(0, 2));
  const auto minutes = core::number_from<unsigned>(text.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
}

std::string time_of_day_text(milliseconds at) {
  const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const auto minutes = std::chrono::floor<std::chrono::minutes>(at).count();
  return two(minutes / 60) + ":" + two(minutes % 60);
}

std::optional<std::uint64_t> size_from(std::string_view text) noexcept { return with_unit(text, size_units); }

std::string size_text(std::uint64_t bytes) { return unit_text(bytes, size_units); }

std::optional<endpoint> endpoint_from(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = core::number_from<std::uint16_t>(text.substr(colon + 1));
  if (!port) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos || !is_address(std::string{host})) return std::nullopt;
  } else if (!core::is_plain_name(host)) {
    return std::nullopt;
  }
  return endpoint{std::string{host}, *port};
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

std::optional<rate> rate_from(std::string_view text) noexcept {
  if (text == "off") return rate{};
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto count = core::number_from<std::uint32_t>(text.substr(0, slash));
  const auto seconds = core::number_from<std::uint32_t>(text.substr(slash + 1));
  constexpr std::uint32_t most = 1'000'000'000;
  if (!count || !seconds || *count == 0 || *seconds == 0 || *count > most || *seconds > most) return std::nullopt;
  return rate{*count, *seconds};
}

}  // namespace greenroom::app
