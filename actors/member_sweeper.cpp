#include "actors/member_sweeper.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

constexpr std::chrono::seconds sweeper_ask_timeout{10};
constexpr std::chrono::seconds pause{2};  // until the next attempt, where an answer was missing

struct sweep_state {
  local_catalog_actor catalog;
  local_node_actor node;
  sweep_members next;  ///< the next request to the catalog
  std::uint64_t strangers = 0;
};
using state_ptr = std::shared_ptr<sweep_state>;

void try_later(caf::event_based_actor* self) { self->delayed_send(self, pause, sweep_tick::value); }

void ask_accounts(caf::event_based_actor* self, const state_ptr& st, std::vector<core::user_id> names) {
  const auto failed = [self](const caf::error&) { try_later(self); };
  const auto heard = [self, st, names](const core::users_found& found) {
    st->next.after = names.back();
    for (const auto& name : names)
      if (std::find(found.users.begin(), found.users.end(), name) == found.users.end())
        st->next.strangers.push_back(name);
    st->strangers += st->next.strangers.size();
    self->send(self, sweep_tick::value);
  };
  self->request(st->node, sweeper_ask_timeout, find_accounts{})
      .then(
          [self, names, heard, failed](const accounts_actor& accounts) {
            self->request(accounts, sweeper_ask_timeout, core::find_users{names}).then(heard, failed);
          },
          failed);
}

void step(caf::event_based_actor* self, const state_ptr& st) {
  self->request(st->catalog, sweeper_ask_timeout, st->next)
      .then(
          [self, st](members_to_check& page) {
            if (page.swept) {
              if (st->strangers > 0) telemetry::log::warn("strangers_removed", {{"names", st->strangers}});
              return self->quit();
            }
            st->next.strangers.clear();
            st->next.finished = page.names.empty();
            if (st->next.finished) return self->send(self, sweep_tick::value);
            ask_accounts(self, st, std::move(page.names));
          },
          [self](const caf::error&) { try_later(self); });
}

}  // namespace

caf::behavior member_sweeper_behavior(caf::event_based_actor* self, const local_catalog_actor& catalog,
                                      const local_node_actor& node, core::wall_time begun) {
  const auto st = std::make_shared<sweep_state>(sweep_state{catalog, node, {{}, begun, {}, false}, 0});
  self->monitor(catalog);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->send(self, sweep_tick::value);
  return {[self, st](sweep_tick) { step(self, st); }};
}

}  // namespace greenroom::actors
