// The homes of the people of a scenario, and the news that they get there.
#include <algorithm>

#include "core/placement.hpp"
#include "test/simulation/scenario.hpp"
#include "test/simulation/session_shell.hpp"
#include "test/simulation/user_shell.hpp"

namespace greenroom::simulation {

// From any node, as its rooms do it. Returns the notice.
std::string scenario::tell(const core::user_id& user) {
  auto notice = "notice " + std::to_string(++notices_);
  auto& from = some_member();
  if (!from.alive()) return notice;
  core::user_news news{.user = user, .kind = core::news_kind::notice, .text = notice};
  from.home->send(from.node, {{}, 0, false, std::make_unique<statement<node_shell, core::user_news>>(std::move(news))});
  return notice;
}

// During the faults news may be lost, but nobody hears it twice, or hears another one's.
void scenario::schedule_notice() {
  world_.time.after(world_.random.between(milliseconds{5}, milliseconds{400}), [this] {
    if (healed_) return;
    (void)tell(world_.random.pick(cluster_.people));
    schedule_notice();
  });
}

// Every session that has a connection is registered at the one home that the view names, and nobody else is.
void scenario::expect_one_home() {
  pass(seconds{2});
  if (!violations().empty()) return;
  const auto& view = dynamic_cast<const node_shell&>(*world_.find(cluster_.members().front().node.actor)).view();
  for (const auto& user : cluster_.people) {
    std::size_t present = 0;
    std::vector<const user_shell*> homes;
    for (const auto* const one : world_.all<user_shell>())
      if (one->user() == user) homes.push_back(one);
    for (const auto* const one : world_.all<session_shell>()) {
      if (one->user() != user || one->connections() == 0) continue;
      ++present;
      if (homes.size() == 1 && !(one->at() == address{homes.front()->number(), {}}))
        world_.check.violated(one->home().name().value + " doesn't know the home of " + user.value);
    }
    if (homes.size() != (present > 0 ? 1 : 0))
      world_.check.violated(user.value + " has " + std::to_string(homes.size()) + " homes");
    if (homes.empty()) continue;
    if (homes.front()->home().name() != core::home_of(view, user))
      world_.check.violated("the home of " + user.value + " isn't where the view has it");
    if (homes.front()->machine().sessions() != present)
      world_.check.violated("the home of " + user.value + " knows " +
                            std::to_string(homes.front()->machine().sessions()) + " sessions of " +
                            std::to_string(present));
  }
}

// What is told now reaches everybody who is there.
void scenario::expect_notices() {
  if (!violations().empty()) return;
  std::vector<std::string> told;
  for (const auto& one : people_) told.push_back(tell(one->user()));
  const auto all_heard = [&] {
    for (std::size_t i = 0; i < people_.size(); ++i)
      if (!people_[i]->heard(told[i])) return false;
    return true;
  };
  for (int left = 10; left > 0 && !all_heard(); --left) pass(seconds{1});
  for (std::size_t i = 0; i < people_.size(); ++i)
    if (!people_[i]->heard(told[i])) world_.check.violated(people_[i]->user().value + " misses " + told[i]);
}

}  // namespace greenroom::simulation
