#include "actors/nightly.hpp"

#include <string_view>
#include <utility>

#include "actors/errors.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

struct nightly_state {
  nightly_deps deps;
  core::daily when;
  bool owed = false;  ///< it was due, and isn't done
};
using nightly_pointer = std::shared_ptr<nightly_state>;

void note(core::database_name which, const core::database_maintained& done) {
  if (done.bytes_before == 0) return;
  telemetry::log::info(
      "database_rewritten",
      {{"database", core::to_string(which)}, {"bytes_before", done.bytes_before}, {"bytes", done.bytes_after}});
}

void look(caf::event_based_actor* self, const nightly_pointer& st) {
  const auto again = [self, st] { self->delayed_send(self, st->deps.look_every, sweep_tick::value); };
  st->owed = st->when.due(st->deps.clock->now().wall) || st->owed;
  if (!st->owed) return again();
  self->request(st->deps.node, core::maintenance_patience, core::maintain_database{{}, st->deps.database})
      .then(
          [st, again](const core::database_maintained& done) {
            st->owed = false;
            note(st->deps.database, done);
            again();
          },
          [st, again](const caf::error& error) {
            const auto why = from_caf(error);
            st->owed = why.code == core::ec::unavailable;
            telemetry::log::warn("maintenance_failed", {{"database", core::to_string(st->deps.database)},
                                                        {"why", core::to_string(why.code)}});
            again();
          });
}

}  // namespace

caf::behavior nightly_behavior(caf::event_based_actor* self, nightly_deps deps, core::daily when) {
  const auto st = std::make_shared<nightly_state>(nightly_state{std::move(deps), when});
  self->monitor(st->deps.node);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->send(self, sweep_tick::value);
  return {[self, st](sweep_tick) { look(self, st); }};
}

}  // namespace greenroom::actors
