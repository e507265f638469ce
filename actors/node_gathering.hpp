#pragma once
#include <caf/response_promise.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include "actors/node_rooms.hpp"

/// One answer that a node gathers from many. Runs inside the node actor.
namespace greenroom::actors {

inline constexpr auto gathering_patience = std::chrono::seconds(1);  ///< for the answer of one of them

/// The answers to one question, added up; the sum is owed to whoever asked.
template <class Sum>
struct gathering {
  caf::typed_response_promise<Sum> owed;
  void (*add)(Sum& into, Sum& more);
  Sum found{};
  std::size_t open = 1;  ///< answers to come, and the function that asks: it says `answered` itself in the end

  void answered() {
    if (--open == 0) owed.deliver(std::move(found));
  }
};

template <class Sum>
[[nodiscard]] std::shared_ptr<gathering<Sum>> begin_gathering(node_pointer self, void (*add)(Sum&, Sum&)) {
  return std::make_shared<gathering<Sum>>(gathering<Sum>{self->make_response_promise<Sum>(), add});
}

/// Asks one more. Where no answer comes, nothing is added.
template <class Sum, class Handle, class Question>
void gather_from(node_pointer self, const Handle& whom, const std::shared_ptr<gathering<Sum>>& all, Question question) {
  ++all->open;
  self->request(whom, gathering_patience, std::move(question))
      .then(
          [all](Sum& some) {
            all->add(all->found, some);
            all->answered();
          },
          [all](const caf::error&) { all->answered(); });
}

/// The same for each of these nodes' own part of the question, of those that can be reached.
template <class Sum, class Questions>
void gather_from_nodes(node_pointer self, Questions& by_node, const std::shared_ptr<gathering<Sum>>& all) {
  const auto& peers = self->state.peers;
  for (auto& [name, question] : by_node) {
    const auto peer = peers.find(name);
    if (peer == peers.end()) continue;
    question.forwarded = true;
    gather_from(self, peer->second.card.node, all, std::move(question));
  }
}

}  // namespace greenroom::actors
