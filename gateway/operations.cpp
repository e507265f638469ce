#include "gateway/operations.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include "actors/secrets.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "gateway/accounts.hpp"
#include "protocol/gateway_api.hpp"
#include "telemetry/log.hpp"

namespace greenroom::gateway {
namespace {

using core::ec;
using net::http::exchange_ptr;
using namespace std::chrono_literals;

constexpr auto begin_timeout = 15s;  // beginning is tried twice, and a password may queue
constexpr std::size_t id_digits = 32;

std::string place_of(const core::deletion& known) { return "/operations/" + known.operation.value; }

void tell(const exchange_ptr& ask, const core::deletion& known) {
  if (known.state == core::deletion_state::completed) return ask->json(200, protocol::to_json(known));
  ask->set("Location", place_of(known));
  if (known.state != core::deletion_state::undone) return ask->json(202, protocol::to_json(known));
  ask->problem({ec::unavailable,
                "The deletion couldn't be made, and was undone: operation " + known.operation.value +
                    ". Sign in, and try again.",
                1});
}

}  // namespace

operations::operations(operations_deps deps) : deps_(std::move(deps)), timer_(deps_.pool->context(0)) {}

void operations::start(const actors::local_node_actor& node) {
  {
    const std::lock_guard guard{lock_};
    node_ = caf::actor_cast<caf::actor_addr>(node);
  }
  boost::asio::post(timer_.get_executor(), [me = shared_from_this()] { me->wait_for_claim(); });
}

actors::local_node_actor operations::node() const {
  const std::lock_guard guard{lock_};
  return caf::actor_cast<actors::local_node_actor>(node_);
}

actors::delete_user_actor operations::spawn(what begun) {
  auto saga =
      deps_.system->spawn(actors::delete_user_behavior,
                          actors::delete_user_deps{node(), deps_.clock, deps_.metrics, deps_.limits}, std::move(begun));
  const std::lock_guard guard{lock_};
  std::erase_if(sagas_, [](const caf::actor_addr& one) { return !caf::actor_cast<caf::strong_actor_ptr>(one); });
  sagas_.push_back(saga.address());
  return saga;
}

void operations::erase(const exchange_ptr& ask) {
  const auto token = ask->bearer();
  if (!token) return ask->problem({ask->header("Authorization").empty() ? ec::unauthorized : ec::invalid_token, {}, 0});
  const core::user_id user{std::string(ask->param("user"))};
  if (const auto good = core::check_user_name(user.value); !good) return ask->problem(good.why());
  protocol::deletion_request wanted;
  if (!ask->body().empty()) {
    if (!ask->has_json()) return ask->problem({ec::unsupported_media, {}, 0});
    auto read = protocol::read_deletion_request(ask->body());
    if (!read) return ask->problem(read.why());
    wanted = *std::move(read);
  }
  if (!node() || leaving_) return ask->problem({ec::draining, {}, 1});
  const auto saga = spawn(core::begin_deletion{{actors::random_hex_id()},
                                               user,
                                               actors::token_hash_of(*token),
                                               std::move(wanted.password),
                                               deps_.node,
                                               core::request_origin{ask->client_address(), ask->request_id()},
                                               wanted.choices});
  deps_.asker.ask<core::deletion>(
      saga, deps_.patience + begin_timeout, actors::await_deletion{deps_.patience},
      [ask](const core::result<core::deletion>& known) { known ? tell(ask, *known) : ask->problem(known.why()); });
}

void operations::show(const exchange_ptr& ask) {
  core::operation_id id{std::string(ask->param("id"))};
  if (!core::is_lower_hex(id.value, id_digits)) return ask->problem({ec::not_found, {}, 0});
  const auto home = node();
  if (!home) return ask->problem({ec::draining, {}, 1});
  ask_accounts<core::deletion>(deps_.asker, home, core::read_deletion{std::move(id)},
                               [ask](const core::result<core::deletion>& known) {
                                 known ? ask->json(200, protocol::to_json(*known)) : ask->problem(known.why());
                               });
}

void operations::wait_for_claim() {
  if (leaving_) return;
  timer_.expires_after(deps_.claim_every);
  timer_.async_wait([me = shared_from_this()](boost::system::error_code) { me->claim(); });
}

void operations::claim() {
  const auto home = node();
  if (!home || leaving_) return;
  ask_accounts<core::deletions>(
      deps_.asker, home, core::claim_deletions{deps_.node},
      [me = shared_from_this()](const core::result<core::deletions>& claimed) {
        if (!claimed) return;  // the next round asks again
        for (const auto& one : claimed->found) {
          telemetry::log::info("deletion_resumed", {{"state", core::to_string(one.state)}});
          me->deps_.metrics.sagas_resumed.add();
          (void)me->spawn(one);
        }
      },
      1);
  wait_for_claim();
}

void operations::stop() {
  leaving_ = true;
  boost::asio::post(timer_.get_executor(), [me = shared_from_this()] { me->timer_.cancel(); });
  const std::lock_guard guard{lock_};
  for (const auto& one : sagas_)
    if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(one))
      caf::anon_send(caf::actor_cast<actors::delete_user_actor>(alive), actors::release_deletion{});
  sagas_.clear();
  node_ = nullptr;
}

}  // namespace greenroom::gateway
