#include "actors/node_counts.hpp"

#include <atomic>
#include <chrono>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include "core/placement.hpp"

namespace greenroom::actors {
namespace {

constexpr auto count_patience = std::chrono::seconds(1);

/// The answers to one question, added up.
template <class Sum>
struct gathered_counts {
  caf::typed_response_promise<Sum> owed;
  Sum found{};
  std::size_t open = 1;  ///< the function that asks

  void answered() {
    if (--open == 0) owed.deliver(std::move(found));
  }
};

template <class Sum>
std::shared_ptr<gathered_counts<Sum>> begin_count(node_pointer self) {
  const auto all = std::make_shared<gathered_counts<Sum>>();
  all->owed = self->make_response_promise<Sum>();
  return all;
}

void add(core::people_counted& into, core::people_counted& more) {
  into.rooms.insert(into.rooms.end(), std::make_move_iterator(more.rooms.begin()),
                    std::make_move_iterator(more.rooms.end()));
}

void add(core::cluster_counted& into, const core::cluster_counted& more) {
  into.elsewhere.clients += more.here.clients;
  into.elsewhere.rooms += more.here.rooms;
  into.elsewhere.operators += more.here.operators;
  ++into.others;
}

template <class Sum, class Handle, class Question>
void ask_for_counts(node_pointer self, const Handle& whom, const std::shared_ptr<gathered_counts<Sum>>& all,
                    Question question) {
  ++all->open;
  self->request(whom, count_patience, std::move(question))
      .then(
          [all](Sum& some) {
            add(all->found, some);
            all->answered();
          },
          [all](const caf::error&) { all->answered(); });
}

}  // namespace

caf::result<core::people_counted> count(node_pointer self, const core::count_people& asked) {
  auto& st = self->state;
  const auto all = begin_count<core::people_counted>(self);
  std::map<core::node_name, core::count_people> elsewhere;
  for (const auto& room : asked.rooms) {
    if (const auto here = st.rooms.find(room); here != st.rooms.end())
      ask_for_counts(self, here->second.handle, all, read_people::value);
    else if (const auto home = core::placement(st.machine->view(), room); home && !asked.forwarded)
      elsewhere[*home].rooms.push_back(room);
  }
  for (auto& [name, question] : elsewhere) {
    const auto peer = st.peers.find(name);
    if (peer == st.peers.end()) continue;
    question.forwarded = true;
    ask_for_counts(self, peer->second.card.node, all, std::move(question));
  }
  all->answered();
  return all->owed;
}

caf::result<core::cluster_counted> count(node_pointer self, const core::count_cluster& asked) {
  const auto all = begin_count<core::cluster_counted>(self);
  const auto here = load(self);
  const auto& operators = self->state.deps.operators;
  all->found.here = {here.connections, here.rooms, operators ? operators->load(std::memory_order_relaxed) : 0};
  if (!asked.forwarded)
    for (const auto& [name, peer] : self->state.peers)
      ask_for_counts(self, peer.card.node, all, core::count_cluster{true});
  all->answered();
  return all->owed;
}

}  // namespace greenroom::actors
