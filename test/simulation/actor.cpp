#include "test/simulation/actor.hpp"

namespace greenroom::simulation {

void actor::send_exit(const address& other) {
  home_.send(other, {{number_, {}}, 0, false, std::make_unique<exit_order>()});
}

std::uint64_t actor::expect(std::unique_ptr<expectation> then, std::optional<core::mono_time::duration> patience) {
  const auto number = ++last_question_;
  expected_.emplace(number, std::move(then));
  if (patience) home_.time_out_later(*patience, number_, number);
  return number;
}

bool actor::expects(std::uint64_t question) const { return expected_.contains(question); }

std::unique_ptr<expectation> actor::take(std::uint64_t question) {
  auto node = expected_.extract(question);
  return node ? std::move(node.mapped()) : nullptr;
}

void no_answer::deliver(actor& to, letter& in) {
  if (const auto who = to.take(in.question)) who->fail(why_);
}

void ending::deliver(actor& to, letter&) { to.down(who_); }

void exit_order::deliver(actor& to, letter&) { to.exited(); }

}  // namespace greenroom::simulation
