#include "app/role_options.hpp"

#include <boost/asio/ip/address.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "net/http/answer_counts.hpp"

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
  const auto policies = limit_policies(settings);
  out.accounts.failures = policies[static_cast<std::size_t>(core::limit_class::failures)];
  out.accounts.guesses = policies[static_cast<std::size_t>(core::limit_class::guesses)];
  out.accounts.guess_delay = settings.guess_delay;
  out.accounts.min_password_bytes = settings.password_min_length;
  out.accounts.queue.at_once = settings.hash_threads;
  out.accounts.queue.max_waiting = settings.hash_queue;
  return out;
}

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
  out.http = server_options(settings, "gateway", {}, metrics);
  out.http.proxies = proxies_of(settings);
  if (out.http.proxies) out.http.caps.uncounted = out.http.proxies->from;
  out.http.caps.descriptors_kept = descriptors_for_upstreams();
  if (settings.metrics_listen) out.operators_listen = endpoint_of(*settings.metrics_listen);
  out.tls_cert = settings.tls_cert;
  out.tls_key = settings.tls_key;
  out.upstreams.idle_lifetime = std::max(settings.idle_timeout - milliseconds{1000}, milliseconds{500});
  return out;
}

}  // namespace greenroom::app
