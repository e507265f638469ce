#include "protocol/irc/modes.hpp"

#include <algorithm>
#include <utility>

#include "core/masks.hpp"
#include "core/modes.hpp"
#include "core/names.hpp"
#include "core/text.hpp"

namespace greenroom::protocol::irc {
namespace {

using core::account_mask;
using core::host_of_person;
using core::max_mask_bytes;

constexpr std::string_view mute_mask = "m:", any_host_below = "*.";

bool is_about_account(std::string_view mask) noexcept {
  return mask.starts_with(account_mask) || mask.starts_with(mute_mask);
}

// The parts of a mask in its whole form.
struct mask_parts {
  std::string_view nick, ident, host;
};

mask_parts parts_of(std::string_view whole) noexcept {
  const auto nick = core::take_until(whole, '!');
  const auto ident = core::take_until(whole, '@');
  return {nick, ident, whole};
}

// The one person who has that host; empty: it isn't a person's, or not that of one alone.
std::string_view person_at(std::string_view host) noexcept {
  if (!host.starts_with(host_of_person)) return {};
  host.remove_prefix(host_of_person.size());
  return core::check_user_name(host) ? host : std::string_view{};
}

bool is_one_of(char letter, std::string_view letters) noexcept { return letters.find(letter) != letters.npos; }

bool is_limit(std::string_view text) noexcept { return core::number_from<std::uint32_t>(text).value_or(0) > 0; }

complaint invalid(const line& what, char letter, std::string_view parameter, std::string_view why) {
  // A key isn't repeated, and an empty word would be none.
  const auto shown = letter == 'k' || parameter.empty() ? std::string_view{"*"} : parameter;
  return {numeric::err_invalidmodeparam,
          {},
          {std::string(what[0]), std::string(1, letter), std::string(shown)},
          std::string(why)};
}

complaint unknown(std::string_view letter) { return {numeric::err_unknownmode, {}, {std::string(letter)}, {}}; }

// Takes the parameters of MODE one after the other.
struct mode_reader {
  const line& what;
  std::size_t used = 2;

  [[nodiscard]] std::optional<std::string_view> parameter() {
    if (used >= what.count) return std::nullopt;
    return what[used++];
  }

  mode_step step(char letter, bool on) {
    if (is_one_of(letter, "Cimnst")) return mode_change{letter, on, {}};
    if (is_one_of(letter, "beI")) return listed(letter, on);
    if (!is_one_of(letter, "ovkl")) return unknown({&letter, 1});
    if (letter == 'l' && !on) return mode_change{letter, on, {}};
    const auto value = parameter();
    if (letter == 'k' && !on) return mode_change{letter, on, {}};  // with any key, or none
    if (!value) return complaint{numeric::err_needmoreparams, {}, {"MODE"}, {}};
    if (letter == 'k' && !core::is_key(*value))
      return invalid(what, letter, *value, "A key has 1 to 32 printable characters, no comma or colon.");
    if (letter == 'l' && !is_limit(*value)) return invalid(what, letter, *value, "A limit is a number from 1 on.");
    return mode_change{letter, on, std::string(*value)};
  }

  mode_step listed(char letter, bool on) {
    const auto value = parameter();
    if (!value) return mode_list{letter};
    auto mask = whole_mask(*value);
    if (!mask) return invalid(what, letter, *value, "This is no mask.");
    return mode_change{letter, on, *std::move(mask)};
  }
};

}  // namespace

std::vector<mode_step> room_modes_from(const line& what) {
  std::vector<mode_step> out;
  mode_reader reader{what};
  bool on = true;
  // Letter by letter, and not byte by byte: an unknown one is named in the answer.
  for (std::string_view rest = what[1]; !rest.empty();) {
    const auto letter = rest.substr(0, std::max<std::size_t>(core::character_size(rest), 1));
    rest.remove_prefix(letter.size());
    if (letter == "+" || letter == "-")
      on = letter == "+";
    else
      out.push_back(letter.size() == 1 ? reader.step(letter.front(), on) : unknown(letter));
  }
  return out;
}

std::vector<mode_step> user_modes_from(const line& what) {
  std::vector<mode_step> out;
  bool on = true, strange = false;
  for (const char letter : what[1]) {
    if (letter == '+' || letter == '-')
      on = letter == '+';
    else if (is_one_of(letter, "Biow"))
      out.emplace_back(mode_change{letter, on, {}});
    else
      strange = true;
  }
  if (strange) out.emplace_back(complaint{numeric::err_umodeunknownflag, {}, {}, {}});
  return out;
}

std::optional<std::string> whole_mask(std::string_view text) {
  if (text.empty() || text.size() > max_mask_bytes || text.find(' ') != text.npos) return std::nullopt;
  if (is_about_account(text)) return std::string(text);
  const auto bang = text.find('!'), at = text.find('@', bang == text.npos ? 0 : bang);
  std::string out;
  if (bang == text.npos && at == text.npos) return out.append(text).append("!*@*");
  if (bang == text.npos) out.append("*!");
  out.append(text);
  if (at == text.npos) return out.append("@*");
  // Clients make masks of what WHO and WHOIS say: of an ident that rooms don't know, and of a domain that no host has.
  auto [nick, ident, host] = parts_of(out);
  if (host.starts_with(any_host_below)) host.remove_prefix(any_host_below.size());
  if (person_at(host).empty()) return out;
  return std::string(nick).append("!*@").append(host);
}

std::optional<core::user_id> account_of_mask(std::string_view mask) {
  auto name = mask;
  if (mask.starts_with(account_mask)) {
    name.remove_prefix(account_mask.size());
  } else {
    const auto parts = parts_of(mask);
    const auto there = person_at(parts.host);
    name = there.empty() ? parts.nick : there;
  }
  if (!core::check_user_name(name)) return std::nullopt;
  core::user_id user{std::string(name)};
  if (!core::mask_means(mask, user)) return std::nullopt;
  return user;
}

std::optional<core::user_id> muted_by_mask(std::string_view mask) {
  if (!mask.starts_with(mute_mask)) return std::nullopt;
  mask.remove_prefix(mute_mask.size());
  if (!core::check_user_name(mask)) return std::nullopt;
  return core::user_id{std::string(mask)};
}

}  // namespace greenroom::protocol::irc
