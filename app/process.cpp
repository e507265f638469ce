#include "app/process.hpp"

#include <boost/asio/post.hpp>
#include <caf/scoped_actor.hpp>
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
#include "app/role_options.hpp"
#include "storage/open.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app {
namespace {

using namespace std::chrono_literals;
namespace log = telemetry::log;

// Opens a database; one that is away is waited for, for a cluster's parts start in any order.
template <class Open>
auto open_patiently(const std::string& url, stop_signal& stop, Open open)
    -> decltype(open(url, storage::open_options{})) {
  for (;;) {
    auto opened = open(url, storage::open_options{});
    if (opened || opened.code() != core::ec::unavailable) return opened;
    log::warn("waiting_for_database", {{"url", storage::masked(url)}, {"why", opened.why().text()}});
    if (stop.wait_for(1s)) return opened;
  }
}

core::role_address address_of(std::string role, const boost::asio::ip::tcp::endpoint& bound) {
  // Who listens everywhere is reached here: there is one node.
  const auto host = bound.address().is_unspecified() ? std::string("127.0.0.1") : bound.address().to_string();
  return {std::move(role), host, bound.port()};
}

// Lets every io thread run what it has, and what that leaves behind: timers that were cancelled let go of their
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

// Actors that don't end must not keep the process: what is acknowledged is in the database.
class watchdog {
 public:
  explicit watchdog(std::chrono::milliseconds patience)
      : thread_([this, patience] {
          std::unique_lock guard(lock_);
          if (!done_.wait_for(guard, patience, [this] { return ended_; })) {
            log::warn("actors_still_running");
            std::_Exit(0);
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

process::process(const config& settings, std::string secret)
    : settings_(settings),
      secret_(std::move(secret)),
      metrics_(telemetry::metrics::live(GREENROOM_VERSION)),
      pool_(settings_.io_threads),
      system_config_(settings_.scheduler_threads),
      system_(std::make_unique<caf::actor_system>(system_config_)) {
  record_.name = {settings_.node};
  record_.incarnation = {actors::random_number()};
  record_.version = GREENROOM_VERSION;
}

process::~process() { stop(); }

std::shared_ptr<net::limits> process::make_limits() {
  const auto count = [refused = metrics_.rate_limited](core::limit_class which) {
    refused.with({core::to_string(which)}).add();
  };
  return limits_.emplace_back(std::make_shared<net::limits>(limit_policies(settings_), *clock_, count));
}

core::status process::start(stop_signal& stop) {
  pool_.start();
  if (auto opened = open_databases(stop); !opened) return opened;
  spawn_node();
  if (auto started = start_roles(); !started) return started;
  return join_cluster(stop);
}

core::status process::open_databases(stop_signal& stop) {
  if (settings_.roles.users) {
    auto opened = open_patiently(settings_.users_db, stop, storage::open_users);
    if (!opened) return opened.why();
    auto id = (*opened)->database_id();
    if (!id) return id.why();
    record_.users_database = *id;
    accounts_ = std::move(*opened);
  }
  if (settings_.roles.chat) {
    auto opened = open_patiently(settings_.chat_db, stop, storage::open_chat);
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
  if (settings_.roles.chat) {
    chat_ = std::make_unique<chat::role>(chat::role_deps{chat_options(settings_, secret_, metrics_), system_.get(),
                                                         &pool_, make_limits(), clock_, metrics_, record_.name,
                                                         GREENROOM_VERSION, std::move(chat_stores_)});
    deps.journal = chat_->journal();
    deps.audience = chat_->audience();
    deps.connections = chat_->connections();
  }
  node_ = system_->spawn(actors::node_behavior, std::move(deps));
}

core::status process::start_roles() {
  discovery_ = std::make_unique<discovery::role>(
      discovery::role_deps{system_.get(), &pool_, make_limits().get(), clock_, metrics_},
      discovery_options(settings_, metrics_));
  if (auto listens = discovery_->start(); !listens) return listens;
  record_.http.push_back(address_of("discovery", discovery_->bound()));
  if (settings_.roles.users) {
    users_ = std::make_unique<users::role>(users::role_deps{users_options(settings_, secret_, metrics_), system_.get(),
                                                            &pool_, make_limits(), clock_, metrics_, record_.name,
                                                            GREENROOM_VERSION, std::move(accounts_)});
    if (auto listens = users_->start(node_); !listens) return listens;
    record_.http.push_back(address_of("users", users_->bound()));
  }
  if (chat_) {
    if (auto listens = chat_->start(node_); !listens) return listens;
    record_.http.push_back(address_of("chat", chat_->bound()));
  }
  if (settings_.roles.gateway) {
    gateway_ = std::make_unique<gateway::role>(gateway::role_deps{&pool_, make_limits().get(), clock_, metrics_, system_.get()},
                                               gateway_options(settings_, secret_, metrics_));
    caf::anon_send(node_, actors::watch_view{gateway_->watcher()});
    if (auto listens = gateway_->start(node_); !listens) return listens;
    record_.http.push_back(address_of("gateway", gateway_->bound()));
  }
  return core::done{};
}

core::status process::join_cluster(stop_signal& stop) {
  caf::anon_send(node_, actors::host_directory{discovery_->directory()});
  caf::anon_send(node_, actors::join_cluster{record_, {}, {}});
  caf::scoped_actor self(*system_);
  for (;;) {
    bool seen = false;
    self->request(discovery_->directory(), 2s, core::read_view{})
        .receive([&](const core::cluster_view& view) { seen = !view.nodes.empty(); }, [](const caf::error&) {});
    if (seen) return core::done{};
    if (stop.wait_for(20ms)) return core::error{core::ec::draining, {}, 0};
  }
}

void process::drain() {
  const auto deadline = std::chrono::steady_clock::now() + settings_.drain_timeout;
  if (gateway_) gateway_->leave();
  if (users_) users_->leave();
  if (discovery_) discovery_->leave();
  const auto wait_for = [deadline](const auto& role) {
    while (role && role->open() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
  };
  if (chat_) chat_->drain();
  if (gateway_) gateway_->drain();
  wait_for(chat_);
  wait_for(gateway_);
  // Last, because requests of the others under way ask for users.
  if (users_) users_->drain();
  if (discovery_) discovery_->drain();
  wait_for(users_);
  wait_for(discovery_);
}

void process::stop() {
  if (!system_) return;
  const watchdog patience(2s);
  if (gateway_) gateway_->stop();
  if (chat_) chat_->stop();
  if (users_) users_->stop();
  if (discovery_) discovery_->stop();
  if (node_) caf::anon_send_exit(node_, caf::exit_reason::user_shutdown);
  node_ = nullptr;
  // Handlers of the io threads hold handles, and actors hold sockets: first no thread calls in, then nobody is left to
  // call.
  run_what_is_queued(pool_);
  pool_.stop();
  gateway_.reset();
  chat_.reset();
  users_.reset();
  discovery_.reset();
  system_.reset();
}

}  // namespace greenroom::app
