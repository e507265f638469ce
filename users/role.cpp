#include "users/role.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <string>
#include <utility>

#include "actors/accounts_actor.hpp"
#include "actors/nightly.hpp"
#include "net/http/routes.hpp"
#include "users/routes.hpp"

namespace greenroom::users {
namespace {

using namespace std::chrono_literals;
constexpr auto watch_every = 2s;

}  // namespace

/// Asks every 2 s about a token that no user has: cheap, and refused as such only if the database answers.
class role::database_watch : public std::enable_shared_from_this<database_watch> {
 public:
  database_watch(actors::asker asker, boost::asio::io_context& context, caf::actor_addr accounts)
      : asker_(std::move(asker)), context_(context), accounts_(std::move(accounts)) {}

  void start() {
    boost::asio::post(context_, [me = shared_from_this()] { me->ask(); });
  }
  void stop() {
    stopped_ = true;
    boost::asio::post(context_, [me = shared_from_this()] { me->timer_.cancel(); });
  }
  [[nodiscard]] bool alive() const noexcept { return alive_; }

 private:
  void ask() {
    if (stopped_) return;
    asker_.ask<core::token_checked>(caf::actor_cast<actors::local_accounts_actor>(accounts_), watch_every,
                                    core::check_token{{std::string(32, '\0')}},
                                    [me = shared_from_this()](const core::result<core::token_checked>& answer) {
                                      me->alive_ = answer.ok() || answer.code() == core::ec::invalid_token;
                                    });
    timer_.expires_after(watch_every);
    timer_.async_wait([me = shared_from_this()](boost::system::error_code) { me->ask(); });
  }

  actors::asker asker_;
  boost::asio::io_context& context_;
  caf::actor_addr accounts_;  // as in route_deps
  boost::asio::steady_timer timer_{context_};
  std::atomic<bool> alive_{true};
  std::atomic<bool> stopped_{false};
};

role::role(role_deps deps, role_settings settings)
    : deps_(std::move(deps)),
      settings_(std::move(settings)),
      service_({"users", deps_.pool, deps_.clock, deps_.metrics, deps_.node, deps_.version}),
      passwords_(std::make_shared<passwords>(settings_.passwords)),
      asker_(*deps_.system, deps_.clock) {
  stores_ = deps_.store->state();
  actors::accounts_deps stands_on;
  stands_on.store = std::move(deps_.store);
  stands_on.hasher = passwords_;
  stands_on.limits = settings_.accounts;
  stands_on.clock = deps_.clock;
  stands_on.metrics = deps_.metrics;
  stands_on.token_life = settings_.token_life;
  stands_on.max_sessions = settings_.max_sessions;
  stands_on.room_login_life = settings_.ticket_life + std::chrono::seconds{5};
  accounts_ = deps_.system->spawn<caf::detached>(actors::accounts_behavior, std::move(stands_on));
}

role::~role() { asker_.stop(); }

core::status role::start(const actors::local_node_actor& node) {
  database_ = std::make_shared<database_watch>(asker_, deps_.pool->context(0), accounts_.address());
  if (node) {
    caf::anon_send(node, actors::host_accounts{accounts_});
    caf::anon_send(accounts_, actors::watch_ended{}, actors::node_actor{node});
    if (settings_.maintenance_at)
      deps_.system->spawn(actors::nightly_behavior, actors::nightly_deps{node, core::database_name::users, deps_.clock},
                          core::daily(*settings_.maintenance_at, deps_.clock->now().wall));
  }
  // A request holds no reference to the role: an answer may come after its end.
  const auto state = [database = database_, stores = stores_, is_member = deps_.is_member] {
    auto trouble = stores->trouble();
    const bool alive = database->alive() && trouble.empty();
    return net::http::role_state{{{"database", alive}, {"in_view", !is_member || is_member()}}, std::move(trouble)};
  };
  auto table = make_routes({asker_, accounts_.address(), deps_.limits.get(), service_.head(), service_.probes(state),
                            settings_.accounts.min_password_bytes, settings_.token_life});
  database_->start();
  return service_.listen(std::move(table), settings_.http, settings_.listen);
}

void role::stop() {
  service_.stop();
  if (database_) database_->stop();
  asker_.stop();
  passwords_->stop();
  caf::anon_send_exit(accounts_, caf::exit_reason::user_shutdown);
  accounts_ = nullptr;
}

}  // namespace greenroom::users
