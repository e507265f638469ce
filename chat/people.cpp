#include "chat/people.hpp"

#include <caf/actor_cast.hpp>

#include <chrono>
#include <utility>

namespace greenroom::chat {
namespace {

using namespace std::chrono_literals;

constexpr unsigned tries_in_all = 2;  // the first node asked may be going down
constexpr auto find_timeout = 1s;
constexpr auto people_ask_timeout = 2s;

}  // namespace

people::people(actors::asker asker, const actors::local_node_actor& node, std::shared_ptr<const core::clock> clock)
    : asker_(std::move(asker)), node_(node.address()), clock_(std::move(clock)) {}

void people::find(std::vector<core::user_id> names, then_function then) {
  const auto now = clock_->now().mono;
  std::unique_lock guard(lock_);
  auto unknown = known_.unknown(names, now);
  if (!unknown.empty()) {
    guard.unlock();
    return ask(std::move(names), std::move(unknown), tries_in_all, std::move(then));
  }
  auto found = known_.resolve(names, now);
  guard.unlock();
  then(std::move(found));
}

void people::ask(std::vector<core::user_id> names, std::vector<core::user_id> unknown, unsigned tries,
                 then_function then) {
  const auto failed = [me = shared_from_this(), names, unknown, tries, then](const core::error& why) {
    if (tries > 1 && core::describe(why.code).retry) return me->ask(names, unknown, tries - 1, then);
    then(core::error{core::ec::unavailable, "No users node answers, so it isn't known who exists.", 1});
  };
  const auto heard = [me = shared_from_this(), names, then, failed](const core::result<core::users_found>& answer) {
    if (!answer) return failed(answer.why());
    const auto now = me->clock_->now().mono;
    std::unique_lock guard(me->lock_);
    me->known_.heard(answer->users, now);
    auto found = me->known_.resolve(names, now);
    guard.unlock();
    then(std::move(found));
  };
  asker_.ask<actors::accounts_actor>(
      caf::actor_cast<actors::local_node_actor>(node_), find_timeout, actors::find_accounts{},
      [me = shared_from_this(), unknown, heard, failed](core::result<actors::accounts_actor> accounts) {
        if (!accounts) return failed(accounts.why());
        me->asker_.ask<core::users_found>(std::move(*accounts), people_ask_timeout, core::find_users{unknown}, heard);
      });
}

}  // namespace greenroom::chat
