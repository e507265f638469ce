#include "app/process.hpp"

#include <boost/asio/post.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/node_actor.hpp"
#include "actors/secrets.hpp"
#include "app/cluster.hpp"
#include "app/role_options.hpp"
#include "discovery/scribe.hpp"
#include "net/tls.hpp"
#include "protocol/discovery_api.hpp"
#include "storage/open.hpp"
#include "storage/url.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app {
namespace {

using namespace std::chrono_literals;
namespace log = telemetry::log;

// Opens a database; waits for one that is away, for a cluster's parts start in any order.
template <class Open>
auto open_patiently(const std::string& url, storage::after_restore policy, stop_signal& stop, Open open)
    -> decltype(open(url, storage::open_options{})) {
  storage::open_options options;
  options.restored = policy;
  for (;;) {
    auto opened = open(url, options);
    if (opened || opened.code() != core::ec::unavailable) return opened;
    log::warn("waiting_for_database", {{"url", storage::masked(url)}, {"why", opened.why().text()}});
    if (stop.wait_for(1s)) return opened;
  }
}

// Actors of other nodes can't be reached any more, and this process would not notice: better no node than half a one.
[[noreturn]] void end_without_io() {
  log::error("links_broken", {{"means", "CAF's io ended; the process ends, to be started again"}});
  std::_Exit(1);
}

// Lets every io thread run its queue, and the handlers that this leaves behind: cancelled timers release their
// handles.
void run_what_is_queued(net::io_pool& pool) {
  for (int round = 0; round < 2; ++round)
    for (std::size_t slot = 0; slot < pool.size(); ++slot) {
      auto reached = std::make_shared<std::promise<void>>();
      auto waiting = reached->get_future();
      boost::asio::post(pool.context(slot), [reached] { reached->set_value(); });
      waiting.wait_for(200ms);
    }
}

// Actors that don't end must not keep the process: acknowledged data is in the database.
class watchdog {
 public:
  watchdog(std::chrono::milliseconds patience, int status)
      : thread_([this, patience, status] {
          std::unique_lock guard(lock_);
          if (!done_.wait_for(guard, patience, [this] { return ended_; })) {
            log::warn("actors_still_running");
            std::_Exit(status);
          }
        }) {}
  ~watchdog() {
    {
      const std::lock_guard guard(lock_);
      ended_ = true;
    }
    done_.notify_all();
    thread_.join();
  }
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  std::mutex lock_;
  std::condition_variable done_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace

process::process(const config& settings, std::string secret, stop_signal& stop)
    : settings_(settings),
      secret_(std::move(secret)),
      stop_(stop),
      metrics_(telemetry::metrics::live(GREENROOM_VERSION)),
      pool_(settings_.io_threads, {settings_.outbox_per_address, settings_.outbox_total}),
      system_config_(settings_.scheduler_threads) {
  discovery::load_scribe(system_config_);
  system_ = std::make_unique<caf::actor_system>(system_config_);
  record_.name = {settings_.node};
  record_.incarnation = {actors::random_number()};
  record_.version = GREENROOM_VERSION;
  membership_ = std::make_shared<membership>(record_.name, record_.incarnation);
}

process::~process() { stop(); }

std::shared_ptr<net::limits> process::make_limits() {
  const auto count = [refused = metrics_.rate_limited](core::limit_class which) {
    refused.with({core::to_string(which)}).add();
  };
  return limits_.emplace_back(std::make_shared<net::limits>(limit_policies(settings_), *clock_, count));
}

core::status process::start() {
  pool_.start();
  if (auto made = make_peers(); !made) return made;
  if (auto opened = open_databases(); !opened) return opened;
  spawn_node();
  if (auto listens = take_links(); !listens) return listens;
  if (auto started = start_roles(); !started) return started;
  join_cluster();
  is_started_ = true;
  return core::done{};
}

bool process::wait_until_member() {
  while (!membership_->is_member())
    if (stop_.wait_for(20ms)) return false;
  return true;
}

std::optional<core::error> process::refusal() const {
  const std::lock_guard guard(refusal_lock_);
  return refusal_;
}

core::status process::make_peers() {
  auto made = net::peer_tls::make(link_credentials(settings_, secret_), net::tls::secret_use::http);
  if (!made) return made.why();
  peers_ = std::move(*made);
  return core::done{};
}

void process::read_certificates_again() {
  bool all = true;
  const auto note = [&all](const char* what, const core::status& read) {
    if (read) return;
    all = false;
    log::error("certificates_kept", {{"of", what}, {"why", read.why().text()}});
  };
  note("http between nodes", peers_->read_again());
  note("links", mesh_->read_again());
  if (gateway_) note("https", gateway_->read_again());
  if (edge_) note("irc", edge_->read_again());
  if (all) log::info("certificates_read");
}

core::status process::open_databases() {
  if (settings_.roles.users) {
    auto opened = open_patiently(settings_.users_db, settings_.after_restore, stop_, storage::open_users);
    if (!opened) return opened.why();
    auto id = (*opened)->database_id();
    if (!id) return id.why();
    record_.users_database = *id;
    accounts_ = std::move(*opened);
  }
  if (settings_.roles.chat) {
    auto opened = open_patiently(settings_.chat_db, settings_.after_restore, stop_, storage::open_chat);
    if (!opened) return opened.why();
    auto id = opened->rooms->database_id();
    if (!id) return id.why();
    record_.chat_database = *id;
    chat_stores_ = std::move(*opened);
  }
  return core::done{};
}

void process::spawn_node() {
  actors::node_deps deps;
  deps.name = record_.name;
  deps.limits = room_limits(settings_);
  deps.clock = clock_;
  deps.metrics = metrics_;
  if (settings_.roles.chat || settings_.roles.gateway) {
    edge_ = std::make_unique<edge::edge>(
        edge::edge_deps{system_.get(), &pool_, make_limits(), clock_, metrics_, record_.name},
        edge_settings(settings_));
    deps.audience = edge_->audience();
    deps.connections = edge_->connections_open();
    deps.operators = edge_->operators();
  }
  if (settings_.roles.chat) {
    const auto is_member = [seen = membership_] { return seen->is_member(); };
    auto wanted = chat_settings(settings_, secret_, metrics_);
    wanted.http.peers = peers_;
    chat_ = std::make_unique<chat::role>(
        chat::role_deps{system_.get(), &pool_, make_limits(), clock_, metrics_, record_.name, GREENROOM_VERSION,
                        std::move(chat_stores_), edge_.get(), is_member},
        std::move(wanted));
    deps.journal = chat_->journal();
    deps.follower = chat_->follower();
  }
  node_ = system_->spawn(actors::node_behavior, std::move(deps));
}

core::status process::take_links() {
  auto made = discovery::mesh::make({system_.get(), &pool_, clock_, metrics_, node_, end_without_io},
                                    mesh_options(settings_, secret_, record_));
  if (!made) return made.why();
  mesh_ = std::move(*made);
  if (auto listens = mesh_->listen(); !listens) return listens;
  record_.link = advertised(settings_, "link", mesh_->bound());
  return core::done{};
}

core::status process::start_roles() {
  if (settings_.roles.discovery)
    if (auto started = start_discovery(); !started) return started;
  if (settings_.roles.users)
    if (auto started = start_users(); !started) return started;
  if (edge_) edge_->start(node_, chat_ ? actors::entrance_actor{chat_->join(node_)} : actors::entrance_actor{});
  if (chat_)
    if (auto started = start_chat(); !started) return started;
  if (settings_.roles.gateway)
    if (auto started = start_gateway(); !started) return started;
  return edge_ ? edge_->listen() : core::done{};
}

void process::publish(std::string_view role, const boost::asio::ip::tcp::endpoint& bound) {
  record_.http.push_back(advertised(settings_, std::string(role), bound));
}

core::status process::start_discovery() {
  discovery_ = std::make_unique<discovery::role>(
      discovery::role_deps{system_.get(), &pool_, make_limits(), clock_, metrics_, record_.name, GREENROOM_VERSION},
      discovery_settings(settings_, metrics_));
  if (auto listens = discovery_->start(); !listens) return listens;
  publish("discovery", discovery_->bound());
  return core::done{};
}

core::status process::start_users() {
  const auto is_member = [seen = membership_] { return seen->is_member(); };
  auto wanted = users_settings(settings_, secret_, metrics_);
  wanted.http.peers = peers_;
  users_ =
      std::make_unique<users::role>(users::role_deps{system_.get(), &pool_, make_limits(), clock_, metrics_,
                                                     record_.name, GREENROOM_VERSION, std::move(accounts_), is_member},
                                    std::move(wanted));
  if (auto listens = users_->start(node_); !listens) return listens;
  publish("users", users_->bound());
  return core::done{};
}

core::status process::start_chat() {
  if (auto listens = chat_->start(); !listens) return listens;
  publish("chat", chat_->bound());
  return core::done{};
}

core::status process::start_gateway() {
  auto wanted = gateway_settings(settings_, secret_, metrics_);
  wanted.upstreams.peers = peers_;
  gateway_ = std::make_unique<gateway::role>(gateway::role_deps{system_.get(), &pool_, make_limits(), clock_, metrics_,
                                                                record_.name, GREENROOM_VERSION, edge_.get()},
                                             std::move(wanted));
  caf::anon_send(node_, actors::watch_view{gateway_->watcher()});
  if (auto listens = gateway_->start(node_); !listens) return listens;
  publish("gateway", gateway_->bound());
  if (const auto bound = gateway_->bound_for_operators()) publish(protocol::metrics_service, *bound);
  return core::done{};
}

void process::join_cluster() {
  const auto refused = [this](const core::error& why) {
    const std::lock_guard guard(refusal_lock_);
    refusal_ = why;
    stop_.ask();
  };
  caf::anon_send(node_, actors::watch_view{membership_});
  if (discovery_) caf::anon_send(node_, actors::host_directory{discovery_->directory()});
  caf::anon_send(node_, actors::join_cluster{record_, [this] { stop_.ask(); }, refused});
  mesh_->start();
}

void process::drain() {
  const auto deadline = std::chrono::steady_clock::now() + settings_.drain_timeout;
  if (gateway_) gateway_->leave();
  if (users_) users_->leave();
  if (discovery_) discovery_->leave();
  // Placement and gateways leave the node out first; then it hands over its rooms.
  caf::anon_send(node_, actors::drain_rooms{});
  membership_->wait_until_draining(1s);
  const auto wait_for = [deadline](const auto& role) {
    while (role && role->open() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
  };
  if (chat_) chat_->drain();
  if (edge_) edge_->drain();
  if (gateway_) gateway_->drain();
  wait_for(edge_);
  wait_for(chat_);
  wait_for(gateway_);
  // Last, because requests of the other roles under way ask for users.
  if (users_) users_->drain();
  if (discovery_) discovery_->drain();
  wait_for(users_);
  wait_for(discovery_);
}

void process::stop() {
  if (!system_) return;
  const watchdog patience(2s, is_started_ && !refusal() ? 0 : 1);
  if (gateway_) gateway_->stop();
  if (chat_) chat_->stop();
  if (edge_) edge_->stop();
  if (users_) users_->stop();
  if (discovery_) discovery_->stop();
  if (node_) caf::anon_send_exit(node_, caf::exit_reason::user_shutdown);
  node_ = nullptr;
  if (mesh_) mesh_->stop();
  // Handlers of the io threads hold handles, and actors hold sockets: first no thread calls in, then none is left to
  // be called.
  run_what_is_queued(pool_);
  pool_.stop();
  gateway_.reset();
  chat_.reset();
  edge_.reset();
  users_.reset();
  discovery_.reset();
  mesh_.reset();
  system_.reset();
}

}  // namespace greenroom::app
