#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/values.hpp"
#include "core/names.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"
#include "net/http/proxies.hpp"
#include "storage/open.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app {

/// The roles that a process plays.
struct role_set {
  bool discovery = true;
  bool users = true;
  bool chat = true;
  bool gateway = true;
  friend bool operator==(const role_set&, const role_set&) = default;
};

/// When clients of IRC may make themselves accounts.
enum class irc_register : std::uint8_t { off, on, before_connect };

/// Everything that can be set, valid: the result of `resolve` can be used without another check. One field per option;
/// `options.cpp` has the names, bounds and explanations.
struct config {
  role_set roles;
  std::string node;  ///< the node's name: the host's, if not set
  std::string data_dir = "./data";
  std::string users_db;                                                   ///< URL; `sqlite:` below data_dir, if not set
  std::string chat_db;                                                    ///< as users_db
  storage::after_restore after_restore = storage::after_restore::refuse;  ///< `refuse` or `renew`

  endpoint gateway_listen{"127.0.0.1", 5000};
  endpoint discovery_listen{"127.0.0.1", 8080};
  endpoint chat_listen{"127.0.0.1", 8008};
  endpoint users_listen{"127.0.0.1", 8010};
  std::optional<endpoint> metrics_listen;  ///< of a gateway, for operators: /metrics, and the whole of /status
  endpoint link_listen{"127.0.0.1", 7000};
  endpoint discovery{"127.0.0.1", 7000};  ///< discovery's link_listen
  std::string advertise;                  ///< the host by which others reach this node; empty: see `advertised_host`
  std::string cluster = "greenroom";      ///< nodes of clusters with other names are refused
  std::string cluster_secret_file;        ///< empty: no secret of the operator's
  std::string link_cert;                  ///< PEM files for links; empty: they use the secret
  std::string link_key;
  std::string link_ca;
  std::string tls_cert;  ///< PEM files for https at the gateway; empty: http
  std::string tls_key;
  std::optional<endpoint> irc_listen;      ///< plain IRC; by default at a gateway; nothing: off
  bool irc_listen_set = false;             ///< it isn't the default
  std::optional<endpoint> irc_tls_listen;  ///< IRC over TLS, with tls_cert and tls_key
  std::string irc_tls_cert;                ///< PEM files for it; empty: tls_cert and tls_key
  std::string irc_tls_key;
  std::string irc_name = "greenroom.irc";  ///< the server's name for IRC clients
  std::string irc_network = "Greenroom";
  std::string irc_motd;  ///< a file; empty: there is none
  irc_register irc_accounts = irc_register::before_connect;
  bool irc_plain_passwords = false;              ///< taken without TLS from other machines, too
  std::uint32_t irc_scram = 0;                   ///< rounds of the keys for SCRAM-SHA-256; 0: it isn't offered
  std::vector<std::string> irc_proxies;          ///< networks that may announce clients by the PROXY protocol
  std::string irc_webirc;                        ///< a file: who may announce clients by WEBIRC; empty: nobody
  milliseconds irc_sts{0};                       ///< so long clients are to come by TLS alone; 0: not said
  std::uint32_t irc_outside = 1'000;             ///< connections that aren't signed in
  std::uint32_t irc_outside_per_address = 10;    ///< … of one address, but for this machine's
  std::uint32_t irc_per_account = 10;            ///< connections of one account
  std::uint32_t irc_rooms = 100;                 ///< of a connection
  milliseconds irc_sign_on_timeout{60'000};      ///< until 001
  milliseconds irc_outside_timeout{5 * 60'000};  ///< from 001 on, without an account
  milliseconds irc_ping{90'000};                 ///< without a byte until PING
  milliseconds irc_idle{150'000};                ///< without a byte until the end
  milliseconds irc_receipts{10'000};             ///< after bytes went out, until PING asks whether they came
  milliseconds irc_flood{30'000};                ///< over its limits without a break until the end
  std::uint32_t irc_replay = 0;           ///< messages of a room that a device hears which was never there before
  milliseconds hsts{365LL * 86'400'000};  ///< so long browsers use https alone, once they have met it here; 0: not said
  std::vector<std::string> trusted_proxies;  ///< networks of proxies in front of the gateway: `ADDR` or `ADDR/BITS`
  net::http::proxy_words proxy_header = net::http::proxy_words::x_forwarded;  ///< how these report their clients
  std::vector<std::string> allowed_origins;  ///< besides the request's own host; each `scheme://host[:port]`

  /// By `core::limit_class`; `none` is never limited.
  std::array<rate, core::limit_class_count> rate_limits{
      {{}, {3, 10}, {10, 60}, {100, 10}, {50, 10}, {20, 3600}, {10, 60}, {30, 60}, {30, 10}}};
  std::uint32_t max_connections = 50'000;             ///< per listener
  std::uint32_t max_connections_per_address = 1'000;  ///< per listener, from one client address
  milliseconds idle_timeout{3'000};                   ///< while waiting for a request's first byte or its next ones
  milliseconds head_timeout{5'000};                   ///< for a whole request head
  std::uint64_t max_body = 64 * 1024;                 ///< bytes of a request's body
  std::uint64_t max_frame = core::max_frame_bytes;    ///< bytes of a websocket message from a client

  milliseconds websocket_ping{20'000};                   ///< between pings
  milliseconds websocket_idle{60'000};                   ///< without a byte until 4408
  std::uint32_t posts_in_flight = 128;                   ///< per connection
  std::uint32_t room_pending = 4096;                     ///< posts per room that wait for the journal
  milliseconds append_wait{10};                          ///< of a busy room for more posts
  std::uint64_t outbox = 1024 * 1024;                    ///< bytes that wait for one client to read
  std::uint64_t outbox_per_address = 128 * 1024 * 1024;  ///< bytes that wait for all connections of a client address
  std::uint64_t outbox_total = 256 * 1024 * 1024;        ///< bytes that wait for all clients
  milliseconds websocket_stall{30'000};      ///< of a client that takes none of the waiting bytes, until 1013
  std::uint32_t rooms_per_connection = 200;  ///< for one websocket
  std::uint32_t history_ring = 512;          ///< entries of one room in memory

  milliseconds ticket_lifetime{30'000};
  milliseconds token_lifetime{30LL * 86'400'000};
  std::uint32_t max_sessions = 100;       ///< per user
  std::uint32_t password_min_length = 4;  ///< bytes
  std::uint32_t hash_threads = 2;         ///< that hash passwords, 64 MiB each while they do
  std::uint32_t hash_queue = 256;         ///< hashes that wait; beyond, those of the user with most are refused
  milliseconds guess_delay{2'000};        ///< of a login over the limit `guesses`

  /// When databases are rewritten where something was erased: from midnight UTC; empty: never.
  std::optional<milliseconds> maintenance_at{std::chrono::hours{3}};

  std::uint32_t io_threads = 0;         ///< never 0 after `resolve`: 0 stands for `net::available_cores()`
  std::uint32_t scheduler_threads = 0;  ///< as io_threads
  milliseconds drain_timeout{8'000};    ///< from SIGTERM until the rest is cut

  std::string web_root;  ///< the web client's folder; found beside the program, if not set (app/web_root)
  telemetry::log::level log_level = telemetry::log::level::info;
  telemetry::log::format log_format = telemetry::log::format::text;
  std::string log_file;  ///< empty: stderr
};

/// The sources of settings, before their meaning is known.
struct setting_sources {
  std::map<std::string, std::vector<std::string>, std::less<>> flags;  ///< by key, only those that were given
  std::map<std::string, std::string, std::less<>> environment;         ///< all of the process's
  std::string config_file;  ///< `--config`; empty: `GREENROOM_CONFIG`, or ./greenroom.toml where there is one
};

/// One key of the effective configuration, for people.
struct shown_setting {
  std::string key;
  std::string value;   ///< as in the file, secrets masked
  std::string source;  ///< `default`, `--flag`, `GREENROOM_…`, or `FILE:LINE`
};

/// The effective configuration, and its form to show.
struct effective_config {
  config values;
  std::vector<shown_setting> shown;   ///< every key, in the order of the table
  std::vector<std::string> warnings;  ///< settings that were passed over, a sentence each
};

/// Flags over environment over file over defaults, then the checks between keys. Reads the file, and the files that
/// `GREENROOM_…_FILE` name. An empty variable counts as absent; one that no option has is a warning, unless it is
/// Kubernetes's or Docker's (`meaning_of`). `ec::bad_request`, its detail a line for each complaint: unknown key, bad
/// value.
[[nodiscard]] core::result<effective_config> resolve(const setting_sources& sources);

/// This process's environment.
[[nodiscard]] std::map<std::string, std::string, std::less<>> process_environment();

/// `greenroom config`: every key with its value and source, readable as a greenroom.toml.
[[nodiscard]] std::string config_text(const effective_config& effective);

}  // namespace greenroom::app
