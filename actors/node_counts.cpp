#include "actors/node_counts.hpp"

#include <atomic>
#include <iterator>
#include <map>

#include "actors/node_gathering.hpp"
#include "core/placement.hpp"

namespace greenroom::actors {
namespace {

void add(core::people_counted& into, core::people_counted& more) {
  into.rooms.insert(into.rooms.end(), std::make_move_iterator(more.rooms.begin()),
                    std::make_move_iterator(more.rooms.end()));
}

void add(core::cluster_counted& into, core::cluster_counted& more) {
  into.elsewhere.clients += more.here.clients;
  into.elsewhere.rooms += more.here.rooms;
  into.elsewhere.operators += more.here.operators;
  ++into.others;
}

}  // namespace

caf::result<core::people_counted> count(node_pointer self, const core::count_people& asked) {
  auto& st = self->state;
  const auto all = begin_gathering<core::people_counted>(self, add);
  std::map<core::node_name, core::count_people> elsewhere;
  for (const auto& room : asked.rooms) {
    if (const auto here = st.rooms.find(room); here != st.rooms.end())
      gather_from(self, here->second.handle, all, read_people::value);
    else if (const auto home = core::placement(st.machine->view(), room); home && !asked.forwarded)
      elsewhere[*home].rooms.push_back(room);
  }
  gather_from_nodes(self, elsewhere, all);
  all->answered();
  return all->owed;
}

caf::result<core::cluster_counted> count(node_pointer self, const core::count_cluster& asked) {
  const auto all = begin_gathering<core::cluster_counted>(self, add);
  const auto here = load(self);
  const auto& operators = self->state.deps.operators;
  all->found.here = {here.connections, here.rooms, operators ? operators->load(std::memory_order_relaxed) : 0};
  if (!asked.forwarded)
    for (const auto& [name, peer] : self->state.peers)
      gather_from(self, peer.card.node, all, core::count_cluster{true});
  all->answered();
  return all->owed;
}

}  // namespace greenroom::actors
