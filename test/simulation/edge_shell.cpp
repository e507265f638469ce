#include "test/simulation/edge_shell.hpp"

#include "test/simulation/accounts_shell.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr seconds admit_timeout{5};
constexpr seconds drain_timeout{5};

}  // namespace

void edge_shell::receive(upgrade& what) {
  if (draining_) return what.then(core::error{ec::draining, {}, 1});
  std::visit(
      [&](const auto& shown) {
        request<admitted>(deps_.door, admit_timeout, shown,
                          [this, what](core::result<admitted> answer) { admit(what, std::move(answer)); });
      },
      what.shown);
}

void edge_shell::admit(upgrade what, core::result<admitted> answer) {
  if (!answer) return what.then(answer.why());
  const auto through = std::make_shared<wire>(home().of(), home(), deps_.wire_window);
  const core::connection_id id{home().of().random.next()};
  const auto client = std::make_shared<socket>(home(), *deps_.audience, id, through, deps_.socket);
  const auto connection = home().spawn<connection_shell>(
      connection_shell::deps{client, answer->user, deps_.node, deps_.marks, deps_.connection});
  open_.push_back(connection);
  monitor(connection);
  client->start(connection);
  deps_.audience->add(client);
  send(answer->session, attach_connection{answer->token, connection});
  if (draining_) send(connection, end_connection{ec::draining});
  through->serve(client);
  what.then(through);
}

void edge_shell::receive(begin_drain&) {
  if (std::exchange(draining_, true)) return;
  for (const auto& one : open_) send(one, end_connection{ec::draining});
  request<drained>(deps_.node, drain_timeout, drain_rooms{}, [this](const core::result<drained>&) {
    // What is in the outboxes goes out meanwhile.
    home().later(milliseconds{100},
                 [all = &home().of(), home = &home()] { all->time.after({}, [home] { home->die(); }); });
  });
}

}  // namespace greenroom::simulation
