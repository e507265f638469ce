#include "app/role_options.hpp"

#include <boost/asio/ip/address.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>

#include "app/file_text.hpp"
#include "app/irc_options.hpp"
#include "app/web_root.hpp"
#include "core/text.hpp"
#include "net/http/answer_counts.hpp"
#include "protocol/irc/line.hpp"

namespace greenroom::app {

namespace {

// Of those that the process may open: connections to databases and new links must not find them all taken. A
// gateway needs one more for each request under way, and its instances may be in the same process.
constexpr std::size_t descriptors_for_databases = 32;
constexpr std::size_t fewest_for_upstreams = 64;

std::size_t descriptors_for_upstreams() {
  rlimit allowed{};
  if (::getrlimit(RLIMIT_NOFILE, &allowed) != 0) return fewest_for_upstreams;
  return std::max(fewest_for_upstreams, static_cast<std::size_t>(allowed.rlim_cur / 4));
}

std::shared_ptr<const net::http::proxy_trust> proxies_of(const config& settings) {
  if (settings.trusted_proxies.empty()) return nullptr;
  auto out = std::make_shared<net::http::proxy_trust>();
  out->words = settings.proxy_header;
  for (const auto& network : settings.trusted_proxies) (void)out->from.add(network);  // `resolve` has read them
  return out;
}

}  // namespace

boost::asio::ip::tcp::endpoint endpoint_of(const endpoint& at) {
  return {boost::asio::ip::make_address(at.host), at.port};
}

net::http::server_options server_options(const config& settings, std::string_view role,
                                         const std::string& forwarded_secret, const telemetry::metrics& metrics) {
  net::http::server_options out;
  out.idle_timeout = settings.idle_timeout;
  out.head_timeout = settings.head_timeout;
  out.limits.body = settings.max_body;
  out.caps.total = settings.max_connections;
  out.caps.per_address = settings.max_connections_per_address;
  out.caps.descriptors_kept = descriptors_for_databases;
  out.forwarded_secret = forwarded_secret;
  out.observe = net::http::count_answers(role, metrics);
  return out;
}

core::limit_policies limit_policies(const config& settings) {
  core::limit_policies out;
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = {settings.rate_limits[i].count, settings.rate_limits[i].seconds};
  return out;
}

core::room_limits room_limits(const config& settings) {
  core::room_limits out;
  out.pending = settings.room_pending;
  out.gather.longest = settings.append_wait;
  out.ring.entries = settings.history_ring;
  // An append must fit into the entries of a reopening, or a lost one could not be published.
  out.append = std::min<std::size_t>(256, settings.history_ring);
  return out;
}

discovery::role_settings discovery_settings(const config& settings, const telemetry::metrics& metrics) {
  discovery::role_settings out;
  out.listen = endpoint_of(settings.discovery_listen);
  out.http = server_options(settings, "discovery", {}, metrics);
  return out;
}

users::role_settings users_settings(const config& settings, const std::string& secret,
                                    const telemetry::metrics& metrics) {
  users::role_settings out;
  out.listen = endpoint_of(settings.users_listen);
  out.http = server_options(settings, "users", secret, metrics);
  out.token_life = settings.token_lifetime;
  out.max_sessions = settings.max_sessions;
  out.maintenance_at = settings.maintenance_at;
  out.ticket_life = settings.ticket_lifetime;
  out.passwords.threads = settings.hash_threads;
  out.passwords.max_waiting = settings.hash_queue;
  out.passwords.scram_rounds = settings.irc_scram;
  const auto policies = limit_policies(settings);
  out.accounts.failures = policies[static_cast<std::size_t>(core::limit_class::failures)];
  out.accounts.guesses = policies[static_cast<std::size_t>(core::limit_class::guesses)];
  out.accounts.guess_delay = settings.guess_delay;
  out.accounts.min_password_bytes = settings.password_min_length;
  out.accounts.queue.at_once = settings.hash_threads;
  out.accounts.queue.max_waiting = settings.hash_queue;
  return out;
}

namespace {

protocol::irc::server_face irc_face(const config& settings) {
  protocol::irc::server_face face;
  face.name = settings.irc_name;
  face.network = settings.irc_network;
  face.version = "greenroom-" GREENROOM_VERSION;
  face.created = core::time_text(std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now()));
  face.info = {"Greenroom " GREENROOM_VERSION, "Rooms that outlive their servers."};
  face.replay = settings.irc_replay;
  if (settings.irc_motd.empty()) return face;
  const auto text = file_text(settings.irc_motd);
  for (std::string_view rest = text ? std::string_view{*text} : std::string_view{}; !rest.empty();)
    face.motd.emplace_back(core::trimmed(core::take_until(rest, '\n')));
  return face;
}

void set_irc_limits(const config& settings, edge::irc_settings& out) {
  using std::chrono::duration_cast;
  out.websocket = out.socket;
  out.websocket.ping_every = settings.websocket_ping;
  out.websocket.idle_after = settings.websocket_idle;
  out.outside = settings.irc_outside;
  out.outside_per_address = settings.irc_outside_per_address;
  out.per_account = settings.irc_per_account;
  out.face.rooms = std::min(settings.irc_rooms, settings.rooms_per_connection);
  out.sign_on.patience = duration_cast<core::seconds>(settings.irc_sign_on_timeout);
  out.sign_on.outside = duration_cast<core::seconds>(settings.irc_outside_timeout);
  out.behind = settings.irc_flood;
  for (const auto& network : settings.irc_proxies) (void)out.proxies.add(network);  // `resolve` has read them
  out.caps.uncounted = out.proxies;
  if (!settings.irc_webirc.empty())
    if (auto all = webirc_gateways(settings.irc_webirc)) out.gateways = *std::move(all);
  if (settings.irc_sts.count() > 0) out.sts = duration_cast<core::seconds>(settings.irc_sts);
}

edge::irc_settings irc_settings(const config& settings) {
  edge::irc_settings out;
  if (settings.irc_listen) out.listen = endpoint_of(*settings.irc_listen);
  out.may_be_taken = !settings.irc_listen_set;
  if (settings.irc_tls_listen) out.tls_listen = endpoint_of(*settings.irc_tls_listen);
  out.tls_cert = settings.irc_tls_cert.empty() ? settings.tls_cert : settings.irc_tls_cert;
  out.tls_key = settings.irc_tls_key.empty() ? settings.tls_key : settings.irc_tls_key;
  out.face = irc_face(settings);
  using protocol::irc::account_making;
  out.sign_on.making = settings.irc_accounts == irc_register::off  ? account_making::off
                       : settings.irc_accounts == irc_register::on ? account_making::registered
                                                                   : account_making::connected;
  out.sign_on.offer.before_connect = settings.irc_accounts == irc_register::before_connect;
  if (out.sign_on.making == account_making::off)
    out.sign_on.offer.withheld.add(protocol::irc::capability::account_registration);
  if (settings.irc_scram > 0) out.sign_on.offer.sasl += ",SCRAM-SHA-256";
  out.plain_passwords = settings.irc_plain_passwords;
  out.min_password_bytes = settings.password_min_length;
  out.caps.total = settings.max_connections;
  out.caps.per_address = settings.max_connections_per_address;
  out.caps.descriptors_kept = descriptors_for_databases;
  out.socket.message_bytes = protocol::irc::max_unended_bytes + 2;
  out.socket.window = settings.posts_in_flight;
  out.socket.ping_every = settings.irc_ping;
  out.socket.idle_after = settings.irc_idle;
  out.socket.check_every = settings.irc_receipts;
  out.socket.stall_after = settings.websocket_stall;
  set_irc_limits(settings, out);
  return out;
}

}  // namespace

edge::edge_settings edge_settings(const config& settings) {
  edge::edge_settings out;
  out.hub.outbox_bytes = settings.outbox;
  out.websocket.message_bytes = settings.max_frame;
  out.websocket.window = settings.posts_in_flight;
  out.websocket.ping_every = settings.websocket_ping;
  out.websocket.idle_after = settings.websocket_idle;
  out.websocket.stall_after = settings.websocket_stall;
  out.connection.rooms = settings.rooms_per_connection;
  out.door.ticket_life = settings.ticket_lifetime;
  out.allowed_origins = settings.allowed_origins;
  out.irc = irc_settings(settings);
  out.goodbyes = std::min(out.goodbyes, settings.drain_timeout / 4);
  return out;
}

chat::role_settings chat_settings(const config& settings, const std::string& secret,
                                  const telemetry::metrics& metrics) {
  chat::role_settings out;
  out.listen = endpoint_of(settings.chat_listen);
  out.http = server_options(settings, "chat", secret, metrics);
  out.tail = settings.history_ring;
  out.maintenance_at = settings.maintenance_at;
  return out;
}

gateway::role_settings gateway_settings(const config& settings, const std::string& secret,
                                        const telemetry::metrics& metrics) {
  gateway::role_settings out;
  out.listen = endpoint_of(settings.gateway_listen);
  out.forwarded_secret = secret;
  out.web = settings.web_root;
  out.client = client_root_of(out.web);
  out.http = server_options(settings, "gateway", {}, metrics);
  out.http.proxies = proxies_of(settings);
  if (out.http.proxies) out.http.caps.uncounted = out.http.proxies->from;
  out.http.caps.descriptors_kept = descriptors_for_upstreams();
  if (settings.metrics_listen) out.operators_listen = endpoint_of(*settings.metrics_listen);
  out.allowed_origins = settings.allowed_origins;
  out.tls_cert = settings.tls_cert;
  out.tls_key = settings.tls_key;
  out.http.only_https = settings.hsts;
  out.upstreams.idle_lifetime = std::max(settings.idle_timeout - milliseconds{1000}, milliseconds{500});
  return out;
}

}  // namespace greenroom::app
