#include "app/irc_options.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "app/file_text.hpp"
#include "core/text.hpp"
#include "net/networks.hpp"
#include "protocol/irc/isupport.hpp"

namespace greenroom::app {
namespace {

using given_values = std::span<const std::string>;

// RFC 7677 section 4 wants no fewer; more would take seconds of the pool that hashes passwords.
constexpr std::uint32_t min_scram_rounds = 4'096, max_scram_rounds = 1'000'000;

constexpr std::array<std::string_view, 3> register_words{"off", "on", "before-connect"};  // by irc_register

std::string read_irc_address(std::optional<endpoint>& into, const std::string& given) {
  into.reset();
  if (given == "off") return {};
  auto read = endpoint_from(given);
  if (read && read->host == "localhost") read->host = "127.0.0.1";
  if (!read || !is_address(read->host)) return "must be ADDR:PORT with an IP address, like 127.0.0.1:6667, or off";
  into = *std::move(read);
  return {};
}

std::vector<std::string> show_irc_address(const std::optional<endpoint>& shown) {
  return {shown ? shown->text() : std::string{"off"}};
}

// The name stands in sources of lines: a dot tells it from a nick.
std::string read_irc_name(config& into, given_values given) {
  const auto& name = given[0];
  if (!core::is_plain_name(name, 63) || name.find('.') == std::string::npos || name.front() == '.')
    return "must be a name with a dot, like irc.example.org";
  into.irc_name = name;
  return {};
}

std::string read_irc_network(config& into, given_values given) {
  const auto& name = given[0];
  const bool good = !name.empty() && name.size() <= 64 && std::none_of(name.begin(), name.end(), core::is_control);
  if (!good || !core::valid_utf8(name)) return "must be 1 to 64 bytes without control characters";
  into.irc_network = name;
  return {};
}

std::string read_irc_register(config& into, given_values given) {
  const auto* found = std::find(register_words.begin(), register_words.end(), given[0]);
  if (found == register_words.end()) return "must be on, before-connect or off";
  into.irc_accounts = static_cast<irc_register>(found - register_words.begin());
  return {};
}

std::string read_irc_replay(config& into, given_values given) {
  const auto number = core::number_from<std::uint32_t>(given[0]);
  if (!number || *number > protocol::irc::max_history_page) return "must be a number from 0 to 500";
  into.irc_replay = *number;
  return {};
}

std::string read_plain_passwords(config& into, given_values given) {
  if (given[0] != "on" && given[0] != "off") return "must be on or off";
  into.irc_plain_passwords = given[0] == "on";
  return {};
}

std::string read_irc_scram(config& into, given_values given) {
  into.irc_scram = 0;
  if (given[0] == "off") return {};
  const auto rounds = core::number_from<std::uint32_t>(given[0]);
  if (!rounds || *rounds < min_scram_rounds || *rounds > max_scram_rounds)
    return "must be a number from " + std::to_string(min_scram_rounds) + " to " + std::to_string(max_scram_rounds) +
           ", or off";
  into.irc_scram = *rounds;
  return {};
}

std::string read_irc_proxies(config& into, given_values given) {
  net::networks all;
  for (const auto& network : given)
    if (!all.add(network)) return "must be addresses or networks, like 192.0.2.7 or 10.0.0.0/8";
  into.irc_proxies.assign(given.begin(), given.end());
  return {};
}

std::string read_irc_sts(config& into, given_values given) {
  into.irc_sts = milliseconds{0};
  if (given[0] == "off") return {};
  const auto read = duration_from(given[0]);
  if (!read || *read < milliseconds{1'000}) return "must be a time of at least 1s, like 30d, or off";
  into.irc_sts = *read;
  return {};
}

option irc_number(std::string_view key, std::uint32_t config::*field, std::uint32_t most, std::string_view meaning) {
  option made{.key = key, .holds = "N", .meaning = meaning};
  made.read = [=](config& into, given_values given) -> std::string {
    const auto read = core::number_from<std::uint32_t>(given[0]);
    if (!read || *read < 1 || *read > most) return "must be a number from 1 to " + std::to_string(most);
    into.*field = *read;
    return {};
  };
  made.show = [field](const config& from) { return std::vector{std::to_string(from.*field)}; };
  return made;
}

option irc_file(std::string_view key, std::string config::*field, std::string_view meaning) {
  option made{.key = key, .holds = "FILE", .meaning = meaning};
  made.read = [field](config& into, given_values given) {
    into.*field = given[0];
    return std::string{};
  };
  made.show = [field](const config& from) { return std::vector{from.*field}; };
  return made;
}

option irc_time(std::string_view key, milliseconds config::*field, std::string_view meaning) {
  option made{.key = key, .holds = "TIME", .meaning = meaning};
  made.read = [field](config& into, given_values given) -> std::string {
    const auto read = duration_from(given[0]);
    if (!read || *read < milliseconds{1'000} || *read > std::chrono::hours{24})
      return "must be a time from 1s to 1d, like 90s or 5m";
    into.*field = *read;
    return {};
  };
  made.show = [field](const config& from) { return std::vector{duration_text(from.*field)}; };
  return made;
}

void add_irc_limits(std::vector<option>& all) {
  all.push_back(irc_number("irc_outside", &config::irc_outside, 1'000'000,
                           "IRC connections that aren't signed in, at one node."));
  all.push_back(irc_number("irc_outside_per_address", &config::irc_outside_per_address, 1'000'000,
                           "IRC connections of one address that aren't signed in; of this machine any number."));
  all.push_back(irc_number("irc_per_account", &config::irc_per_account, 1'000'000,
                           "IRC connections of one account at one node; the next one is refused."));
  all.push_back(irc_number("irc_rooms", &config::irc_rooms, 10'000,
                           "Rooms of an IRC connection, and no more than rooms_per_connection."));
  all.push_back(irc_time("irc_sign_on_timeout", &config::irc_sign_on_timeout, "For an IRC client to register."));
  all.push_back(irc_time("irc_outside_timeout", &config::irc_outside_timeout,
                         "For an IRC client that has registered to sign in."));
  all.push_back(irc_time("irc_ping", &config::irc_ping, "Without a byte of an IRC client, until it is asked."));
  all.push_back(irc_time("irc_idle", &config::irc_idle, "Without a byte of an IRC client, until it is cut off."));
  all.push_back(irc_time("irc_receipts", &config::irc_receipts,
                         "After something was sent to an IRC client, until it is asked whether it came."));
  all.push_back(irc_time("irc_flood", &config::irc_flood,
                         "Over its rate limits without a break, until an IRC client is cut off."));
}

void add_irc_gateways(std::vector<option>& all) {
  all.push_back({.key = "irc_proxies",
                 .holds = "ADDR",
                 .meaning = "Addresses or networks of proxies that announce IRC clients by the PROXY protocol, version "
                            "1 or 2.",
                 .repeatable = true,
                 .read = read_irc_proxies,
                 .show = [](const config& from) { return from.irc_proxies; }});
  all.push_back(irc_file("irc_webirc", &config::irc_webirc,
                         "Who may announce IRC clients by WEBIRC: lines PASSWORD NETWORK[,NETWORK]."));
  all.push_back({.key = "irc_sts",
                 .holds = "TIME|off",
                 .meaning = "So long IRC clients that know STS come by TLS alone, once they have met it here.",
                 .read = read_irc_sts,
                 .show = [](const config& from) {
                   return std::vector{from.irc_sts.count() == 0 ? std::string{"off"} : duration_text(from.irc_sts)};
                 }});
}

}  // namespace

core::result<std::vector<edge::webirc_gateway>> webirc_gateways(const std::string& path) {
  const auto text = secret_file_text(path);
  if (!text) return text.why();
  return edge::read_webirc_gateways(*text);
}

std::vector<std::string> irc_contradictions(const config& values) {
  std::vector<std::string> found;
  if (values.irc_tls_cert.empty() != values.irc_tls_key.empty())
    found.emplace_back("irc_tls_cert, irc_tls_key: a certificate and its key go together; set both or neither");
  if (values.irc_tls_listen && values.irc_tls_cert.empty() && values.tls_cert.empty())
    found.emplace_back("irc_tls_listen: needs irc_tls_cert and irc_tls_key, or tls_cert and tls_key");
  if (values.irc_sts.count() > 0 && !values.irc_tls_listen) found.emplace_back("irc_sts: needs irc_tls_listen");
  if (values.irc_idle <= values.irc_ping) found.emplace_back("irc_idle: must be longer than irc_ping");
  if (!values.irc_motd.empty())
    if (const auto text = file_text(values.irc_motd); !text)
      found.push_back("irc_motd: " + values.irc_motd + " " + text.why().text());
  if (!values.irc_webirc.empty())
    if (const auto all = webirc_gateways(values.irc_webirc); !all)
      found.push_back("irc_webirc: " + values.irc_webirc + " " + all.why().text());
  return found;
}

std::vector<option> irc_options() {
  std::vector<option> all;
  all.push_back({.key = "irc_listen",
                 .holds = "ADDR:PORT",
                 .meaning = "Where IRC clients connect without TLS, or off; 127.0.0.1:6667 at a gateway if not set.",
                 .read =
                     [](config& into, given_values given) {
                       into.irc_listen_set = true;
                       return read_irc_address(into.irc_listen, given[0]);
                     },
                 .show = [](const config& from) { return show_irc_address(from.irc_listen); }});
  all.push_back(
      {.key = "irc_tls_listen",
       .holds = "ADDR:PORT",
       .meaning = "Where IRC clients connect with TLS; off if not set.",
       .read = [](config& into, given_values given) { return read_irc_address(into.irc_tls_listen, given[0]); },
       .show = [](const config& from) { return show_irc_address(from.irc_tls_listen); }});
  all.push_back(irc_file("irc_tls_cert", &config::irc_tls_cert,
                         "The certificate for IRC over TLS, with its chain, in PEM; tls_cert if not set."));
  all.push_back(irc_file("irc_tls_key", &config::irc_tls_key, "Its key, in PEM; tls_key if not set."));
  all.push_back({.key = "irc_name",
                 .holds = "NAME",
                 .meaning = "The server's name for IRC clients: has a dot, and is the same on every node.",
                 .read = read_irc_name,
                 .show = [](const config& from) { return std::vector{from.irc_name}; }});
  all.push_back({.key = "irc_network",
                 .holds = "NAME",
                 .meaning = "The network's name for IRC clients.",
                 .read = read_irc_network,
                 .show = [](const config& from) { return std::vector{from.irc_network}; }});
  all.push_back({.key = "irc_motd",
                 .holds = "FILE",
                 .meaning = "The message of the day for IRC clients; none if not set.",
                 .read =
                     [](config& into, given_values given) {
                       into.irc_motd = given[0];
                       return std::string{};
                     },
                 .show = [](const config& from) { return std::vector{from.irc_motd}; }});
  all.push_back({.key = "irc_register",
                 .holds = "WHEN",
                 .meaning = "When IRC clients may make themselves accounts: before-connect, on (when connected), off.",
                 .read = read_irc_register,
                 .show = [](const config& from) {
                   return std::vector{std::string{register_words[static_cast<std::size_t>(from.irc_accounts)]}};
                 }});
  all.push_back(
      {.key = "irc_plain_passwords",
       .holds = "on|off",
       .meaning = "Whether IRC without TLS takes passwords from other machines.",
       .read = read_plain_passwords,
       .show = [](const config& from) { return std::vector{std::string{from.irc_plain_passwords ? "on" : "off"}}; }});
  all.push_back(
      {.key = "irc_scram",
       .holds = "N",
       .meaning = "Rounds of SCRAM-SHA-256 for IRC clients, from 4096, or off: it needs weaker hashes beside.",
       .read = read_irc_scram,
       .show = [](const config& from) {
         return std::vector{from.irc_scram == 0 ? std::string{"off"} : std::to_string(from.irc_scram)};
       }});
  add_irc_gateways(all);
  add_irc_limits(all);
  all.push_back(
      {.key = "irc_replay",
       .holds = "N",
       .meaning = "How many messages of a room, up to 500, an IRC client without history of its own hears first.",
       .read = read_irc_replay,
       .show = [](const config& from) { return std::vector{std::to_string(from.irc_replay)}; }});
  return all;
}

}  // namespace greenroom::app
