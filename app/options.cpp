#include "app/options.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <utility>

#include "app/irc_options.hpp"
#include "core/text.hpp"
#include "net/networks.hpp"
#include "protocol/json_text.hpp"
#include "storage/url.hpp"

namespace greenroom::app {
namespace {

using values = std::span<const std::string>;

bool has_control_characters(std::string_view text) { return std::any_of(text.begin(), text.end(), core::is_control); }

option text(std::string_view key, std::string config::*field, std::string_view holds, std::string_view meaning) {
  option made{.key = key, .holds = holds, .meaning = meaning};
  made.read = [field](config& into, values given) -> std::string {
    if (has_control_characters(given[0])) return "must not have control characters";
    into.*field = given[0];
    return {};
  };
  made.show = [field](const config& from) -> std::vector<std::string> { return {from.*field}; };
  return made;
}

option database(std::string_view key, std::string config::*field, std::string_view meaning) {
  auto made = text(key, field, "URL", meaning);
  made.secret = true;
  made.read = [field](config& into, values given) -> std::string {
    if (const auto good = storage::check_url(given[0]); !good) return good.why().detail;
    into.*field = given[0];
    return {};
  };
  made.show = [field](const config& from) -> std::vector<std::string> { return {storage::masked(from.*field)}; };
  return made;
}

option listen(std::string_view key, endpoint config::*field, std::string_view meaning) {
  option made{.key = key, .holds = "ADDR:PORT", .meaning = meaning};
  made.read = [field](config& into, values given) -> std::string {
    auto read = endpoint_from(given[0]);
    if (read && read->host == "localhost") read->host = "127.0.0.1";
    if (!read || !is_address(read->host))
      return "must be ADDR:PORT with an IP address, like 127.0.0.1:5000 or [::1]:5000";
    into.*field = *std::move(read);
    return {};
  };
  made.show = [field](const config& from) -> std::vector<std::string> { return {(from.*field).text()}; };
  return made;
}

template <class Number>
option number(std::string_view key, Number config::*field, std::uint64_t least, std::uint64_t most,
              std::string_view meaning) {
  option made{.key = key, .holds = "N", .meaning = meaning};
  made.read = [=](config& into, values given) -> std::string {
    const auto read = core::number_from<std::uint64_t>(given[0]);
    if (!read || *read < least || *read > most) {
      return "must be a number from " + std::to_string(least) + " to " + std::to_string(most);
    }
    into.*field = static_cast<Number>(*read);
    return {};
  };
  made.show = [field](const config& from) -> std::vector<std::string> { return {std::to_string(from.*field)}; };
  return made;
}

option size(std::string_view key, std::uint64_t config::*field, std::uint64_t least, std::uint64_t most,
            std::string_view meaning) {
  option made{.key = key, .holds = "BYTES", .meaning = meaning};
  made.read = [=](config& into, values given) -> std::string {
    const auto read = size_from(given[0]);
    if (!read || *read < least || *read > most) {
      return "must be a size from " + size_text(least) + " to " + size_text(most) + ", like 65536 or 64KiB";
    }
    into.*field = *read;
    return {};
  };
  made.show = [field](const config& from) -> std::vector<std::string> { return {size_text(from.*field)}; };
  return made;
}

option duration(std::string_view key, milliseconds config::*field, milliseconds least, milliseconds most,
                std::string_view meaning) {
  option made{.key = key, .holds = "TIME", .meaning = meaning};
  made.read = [=](config& into, values given) -> std::string {
    const auto read = duration_from(given[0]);
    if (!read || *read < least || *read > most) {
      return "must be a time from " + duration_text(least) + " to " + duration_text(most) +
             ", like 500ms, 3s, 2m, 12h or 30d";
    }
    into.*field = *read;
    return {};
  };
  made.show = [field](const config& from) -> std::vector<std::string> { return {duration_text(from.*field)}; };
  return made;
}

std::string after_restore_text(storage::after_restore policy) {
  return policy == storage::after_restore::renew ? "renew" : "refuse";
}

std::string read_after_restore(config& into, values given) {
  for (const auto policy : {storage::after_restore::refuse, storage::after_restore::renew}) {
    if (given[0] != after_restore_text(policy)) continue;
    into.after_restore = policy;
    return {};
  }
  return "must be refuse or renew";
}

struct role_name {
  std::string_view name;
  bool role_set::*flag;
};
constexpr std::array<role_name, 4> role_names{{{"discovery", &role_set::discovery},
                                               {"users", &role_set::users},
                                               {"chat", &role_set::chat},
                                               {"gateway", &role_set::gateway}}};

std::string read_roles(config& into, values given) {
  role_set read{false, false, false, false};
  for (const auto& name : given) {
    if (name == "all") {
      read = role_set{};
      continue;
    }
    const auto found =
        std::find_if(role_names.begin(), role_names.end(), [&](const auto& r) { return r.name == name; });
    if (found == role_names.end()) return "must be all, or some of discovery, users, chat, gateway";
    read.*(found->flag) = true;
  }
  if (read == role_set{false, false, false, false}) return "must name at least one role";
  into.roles = read;
  return {};
}

std::vector<std::string> show_roles(const config& from) {
  std::vector<std::string> names;
  for (const auto& [name, flag] : role_names) {
    if (from.roles.*flag) names.emplace_back(name);
  }
  return names;
}

std::string read_plain_name(std::string& into, const std::string& name) {
  if (!core::is_plain_name(name, 64)) return "must be 1 to 64 letters, digits, '.', '_' or '-'";
  into = name;
  return {};
}

std::string read_node(config& into, values given) { return read_plain_name(into.node, given[0]); }
std::string read_cluster(config& into, values given) { return read_plain_name(into.cluster, given[0]); }

std::string read_advertise(config& into, values given) {
  const auto& host = given[0];
  const bool everywhere = host == "0.0.0.0" || host == "::";
  if (everywhere || (!host.empty() && !is_address(host) && !core::is_plain_name(host, 253)))
    return "must be an address or a host name that others can reach";
  into.advertise = host;
  return {};
}

std::string read_discovery(config& into, values given) {
  auto read = endpoint_from(given[0]);
  if (!read || read->port == 0) return "must be ADDR:PORT, the link address of discovery";
  into.discovery = *std::move(read);
  return {};
}

std::string read_rate_limits(config& into, values given) {
  constexpr auto first_class = static_cast<std::size_t>(core::limit_class::status);
  for (const auto& text : given) {
    const auto equals = text.find('=');
    const auto read = rate_from(equals == std::string::npos ? text : text.substr(equals + 1));
    const auto name = text.substr(0, equals);
    bool known = false;
    for (auto i = first_class; i < core::limit_class_count; ++i) {
      const bool meant = equals == std::string::npos
                             ? text == "off"
                             : name == to_string(core::limit_class{static_cast<std::uint8_t>(i)});
      if (!meant || !read) continue;
      into.rate_limits[i] = *read;
      known = true;
    }
    if (!known)
      return "must be off, or CLASS=N/SECONDS or CLASS=off, where CLASS is status, auth, api, send, create, "
             "failures, guesses or act";
  }
  return {};
}

std::vector<std::string> show_rate_limits(const config& from) {
  std::vector<std::string> shown;
  for (auto i = static_cast<std::size_t>(core::limit_class::status); i < core::limit_class_count; ++i) {
    const auto name = to_string(core::limit_class{static_cast<std::uint8_t>(i)});
    shown.push_back(std::string{name} + "=" + from.rate_limits[i].text());
  }
  return shown;
}

std::string read_origins(config& into, values given) {
  std::vector<std::string> origins;
  for (const auto& origin : given) {
    const auto scheme = origin.find("://");
    const auto host = scheme == std::string::npos ? std::string{} : origin.substr(scheme + 3);
    const bool web = origin.starts_with("http://") || origin.starts_with("https://");
    const bool plain = !host.empty() && host.find_first_of("/?#@* \t\"") == std::string::npos;
    if (!web || !plain || has_control_characters(origin)) return "must be origins like https://chat.example.org";
    origins.push_back(origin);
  }
  into.allowed_origins = std::move(origins);
  return {};
}

std::string read_metrics_listen(config& into, values given) {
  into.metrics_listen.reset();
  if (given[0].empty()) return {};
  const auto read = endpoint_from(given[0]);
  if (!read || !is_address(read->host)) return "must be ADDR:PORT with an IP address, like 127.0.0.1:9100";
  into.metrics_listen = read;
  return {};
}

std::string read_trusted_proxies(config& into, values given) {
  net::networks all;
  for (const auto& network : given)
    if (!all.add(network)) return "must be addresses or networks, like 192.0.2.7 or 10.0.0.0/8";
  into.trusted_proxies.assign(given.begin(), given.end());
  return {};
}

constexpr std::array<std::string_view, 3> proxy_headers{"x-forwarded", "forwarded", "proxy-v2"};  // by proxy_words

std::string read_proxy_header(config& into, values given) {
  const auto found = std::find(proxy_headers.begin(), proxy_headers.end(), given[0]);
  if (found == proxy_headers.end()) return "must be x-forwarded, forwarded or proxy-v2";
  into.proxy_header = static_cast<net::http::proxy_words>(found - proxy_headers.begin());
  return {};
}

std::string read_maintenance(config& into, values given) {
  if (given[0] == "off") {
    into.maintenance_at.reset();
    return {};
  }
  const auto at = time_of_day_from(given[0]);
  if (!at) return "must be a time of day like 03:00, or off";
  into.maintenance_at = at;
  return {};
}

std::string read_log_level(config& into, values given) {
  const auto read = telemetry::log::level_from(given[0]);
  if (!read) return "must be debug, info, warn, error or off";
  into.log_level = *read;
  return {};
}

std::string read_log_format(config& into, values given) {
  const auto read = telemetry::log::format_from(given[0]);
  if (!read) return "must be text or json";
  into.log_format = *read;
  return {};
}

std::vector<option> make_options() {
  using namespace std::chrono_literals;
  constexpr std::uint64_t million = 1'000'000;
  std::vector<option> all;
  all.push_back({.key = "roles",
                 .holds = "ROLE[,ROLE]",
                 .meaning = "What this process is: all, or some of discovery, users, chat, gateway.",
                 .repeatable = true,
                 .read = read_roles,
                 .show = show_roles});
  all.push_back({.key = "node",
                 .holds = "NAME",
                 .meaning = "This node's name, unique in the cluster; the host's name if not set.",
                 .read = read_node,
                 .show = [](const config& from) { return std::vector{from.node}; }});
  all.push_back(text("data_dir", &config::data_dir, "DIR", "Where SQLite databases are kept."));
  all.push_back(database("users_db", &config::users_db, "The users database; sqlite: in data_dir if not set."));
  all.push_back(database("chat_db", &config::chat_db, "The chat database; sqlite: in data_dir if not set."));
  all.push_back(
      {.key = "after_restore",
       .holds = "refuse|renew",
       .meaning = "What to do with a database that was put back from a copy, or whose server was replaced: refuse it, "
                  "or give rooms new generations and end all tokens.",
       .read = read_after_restore,
       .show = [](const config& from) { return std::vector{after_restore_text(from.after_restore)}; }});
  all.push_back(listen("gateway_listen", &config::gateway_listen, "Where the gateway serves."));
  all.push_back(listen("discovery_listen", &config::discovery_listen, "Where discovery serves."));
  all.push_back(listen("chat_listen", &config::chat_listen, "Where chat serves."));
  all.push_back(listen("users_listen", &config::users_listen, "Where users serves."));
  all.push_back(
      listen("link_listen", &config::link_listen,
             "Where this node takes links from other nodes; off loopback only with a secret or certificates."));
  all.push_back({.key = "metrics_listen",
                 .holds = "ADDR:PORT",
                 .meaning = "Where a gateway serves /metrics and its whole /status for operators, in plain HTTP.",
                 .read = read_metrics_listen,
                 .show = [](const config& from) {
                   return std::vector{from.metrics_listen ? from.metrics_listen->text() : std::string{}};
                 }});
  all.push_back({.key = "discovery",
                 .holds = "ADDR:PORT",
                 .meaning = "The link address of discovery, for nodes that don't play this role.",
                 .read = read_discovery,
                 .show = [](const config& from) { return std::vector{from.discovery.text()}; }});
  all.push_back({.key = "advertise",
                 .holds = "HOST",
                 .meaning =
                     "The address or name by which others reach this node; if not set, what it listens on, or its "
                     "name where it listens on all addresses.",
                 .read = read_advertise,
                 .show = [](const config& from) { return std::vector{from.advertise}; }});
  all.push_back({.key = "cluster",
                 .holds = "NAME",
                 .meaning = "The cluster's name: nodes of another one are refused.",
                 .read = read_cluster,
                 .show = [](const config& from) { return std::vector{from.cluster}; }});
  all.push_back(text("cluster_secret_file", &config::cluster_secret_file, "FILE",
                     "The secret that nodes share, at least 32 bytes; on loopback made in data_dir if not set."));
  all.push_back(text("link_cert", &config::link_cert, "FILE",
                     "This node's certificate chain for links, PEM; its subject alternative name is the node's name."));
  all.push_back(text("link_key", &config::link_key, "FILE", "The private key of link_cert, PEM."));
  all.push_back(text("link_ca", &config::link_ca, "FILE", "Who signs the certificates of the cluster's nodes, PEM."));
  all.push_back(text("tls_cert", &config::tls_cert, "FILE", "The gateway's certificate chain, PEM."));
  all.push_back(text("tls_key", &config::tls_key, "FILE", "The gateway's private key, PEM."));
  for (auto& one : irc_options()) all.push_back(std::move(one));
  all.push_back(duration("hsts", &config::hsts, 0s, 24h * 3650,
                         "Over TLS, browsers are told to use https alone for so long; 0s: they aren't told."));
  all.push_back({.key = "trusted_proxies",
                 .holds = "NETWORK[,NETWORK]",
                 .meaning = "Proxies in front of the gateway that say who their clients are, like 10.0.0.0/8.",
                 .repeatable = true,
                 .read = read_trusted_proxies,
                 .show = [](const config& from) { return from.trusted_proxies; }});
  all.push_back({.key = "proxy_header",
                 .holds = "HEADER",
                 .meaning = "How they say it: x-forwarded, forwarded (RFC 7239) or proxy-v2 (the PROXY protocol).",
                 .read = read_proxy_header,
                 .show = [](const config& from) {
                   return std::vector{std::string{proxy_headers[static_cast<std::size_t>(from.proxy_header)]}};
                 }});
  all.push_back({.key = "allowed_origins",
                 .holds = "ORIGIN[,ORIGIN]",
                 .meaning = "Other web origins that may open websockets.",
                 .repeatable = true,
                 .read = read_origins,
                 .show = [](const config& from) { return from.allowed_origins; }});
  all.push_back(
      {.key = "rate_limit",
       .holds = "CLASS=N/SECONDS",
       .meaning =
           "A limit by class (status, auth, api, send, create, failures, guesses, act), CLASS=off, or off for all.",
       .repeatable = true,
       .read = read_rate_limits,
       .show = show_rate_limits});
  all.push_back(number("max_connections", &config::max_connections, 1, million, "Connections of one role."));
  all.push_back(number("max_connections_per_address", &config::max_connections_per_address, 1, million,
                       "Connections of one role from one client address."));
  all.push_back(duration("idle_timeout", &config::idle_timeout, 100ms, 1h, "A silent HTTP connection is closed then."));
  all.push_back(duration("head_timeout", &config::head_timeout, 100ms, 1h, "A request's head must be whole by then."));
  all.push_back(size("max_body", &config::max_body, 1024, 16 << 20, "The largest request body."));
  all.push_back(size("max_frame", &config::max_frame, 8192, protocol::max_json_bytes,
                     "The largest websocket message from a client."));
  all.push_back(duration("websocket_ping", &config::websocket_ping, 100ms, 1h, "Between pings on a websocket."));
  all.push_back(duration("websocket_idle", &config::websocket_idle, 200ms, 24h, "A silent websocket is closed then."));
  all.push_back(duration("websocket_stall", &config::websocket_stall, 1s, 1h,
                         "A websocket that takes nothing of what waits for it is closed then."));
  all.push_back(
      number("rooms_per_connection", &config::rooms_per_connection, 1, 10'000, "Rooms that a websocket may be in."));
  all.push_back(number("posts_in_flight", &config::posts_in_flight, 1, million, "Unanswered posts of a connection."));
  all.push_back(
      number("room_pending", &config::room_pending, 1, million, "Posts of a room that wait for the database."));
  all.push_back(duration("append_wait", &config::append_wait, 0ms, 1s,
                         "A busy room waits at most so long for more posts; 0s: not at all."));
  all.push_back(size("outbox", &config::outbox, 16 << 10, 1 << 30, "Bytes that may wait for one client to read."));
  all.push_back(size("outbox_per_address", &config::outbox_per_address, 1 << 20, 1ull << 40,
                     "Bytes that may wait for all connections of one client address."));
  all.push_back(
      size("outbox_total", &config::outbox_total, 1 << 20, 1ull << 40, "Bytes that may wait for all clients."));
  all.push_back(
      number("history_ring", &config::history_ring, 1, million, "Entries of a room that are kept in memory."));
  all.push_back(duration("ticket_lifetime", &config::ticket_lifetime, 1s, 1h, "A websocket ticket's life."));
  all.push_back(duration("token_lifetime", &config::token_lifetime, 1s, 24h * 3650, "A login's life."));
  all.push_back(number("max_sessions", &config::max_sessions, 1, 10'000, "Sessions of one user; the oldest ends."));
  all.push_back(
      number("password_min_length", &config::password_min_length, 4, 1024, "Bytes of the shortest password."));
  all.push_back(number("hash_threads", &config::hash_threads, 1, 64, "Threads that hash passwords."));
  all.push_back(number("hash_queue", &config::hash_queue, 1, million, "Password hashes that may wait."));
  all.push_back(duration("guess_delay", &config::guess_delay, 0ms, 8s,
                         "How long a login is held where too many wrong passwords were tried (limit guesses)."));
  all.push_back({.key = "maintenance_at",
                 .holds = "HH:MM",
                 .meaning = "When a SQLite database in which something was erased is rewritten, each day, in UTC; or "
                            "off.",
                 .read = read_maintenance,
                 .show = [](const config& from) {
                   return std::vector{from.maintenance_at ? time_of_day_text(*from.maintenance_at) : "off"};
                 }});
  all.push_back(number("io_threads", &config::io_threads, 0, 256, "Threads for sockets; 0: one a core."));
  all.push_back(number("scheduler_threads", &config::scheduler_threads, 0, 256, "Threads for actors; 0: one a core."));
  all.push_back(
      duration("drain_timeout", &config::drain_timeout, 0s, 1h, "What is open so long after SIGTERM is cut."));
  all.push_back(
      text("web_root", &config::web_root, "DIR", "The web client's files; found beside the program if not set."));
  all.push_back({.key = "log_level",
                 .holds = "LEVEL",
                 .meaning = "debug, info, warn, error or off.",
                 .read = read_log_level,
                 .show = [](const config& from) { return std::vector{std::string{to_string(from.log_level)}}; }});
  all.push_back({.key = "log_format",
                 .holds = "FORMAT",
                 .meaning = "text or json.",
                 .read = read_log_format,
                 .show = [](const config& from) { return std::vector{std::string{to_string(from.log_format)}}; }});
  all.push_back(text("log_file", &config::log_file, "FILE",
                     "Where the log of serve goes, opened again at SIGHUP; stderr if not set."));
  return all;
}

}  // namespace

std::string option::flag() const {
  std::string name{key};
  std::replace(name.begin(), name.end(), '_', '-');
  return "--" + name;
}

std::string option::variable() const {
  std::string name{key};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return "GREENROOM_" + name;
}

std::span<const option> options() {
  static const std::vector<option> all = make_options();
  return all;
}

const option* find_option(std::string_view key) {
  const auto all = options();
  const auto found = std::find_if(all.begin(), all.end(), [&](const option& o) { return o.key == key; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace greenroom::app
