#pragma once
#include <caf/actor_addr.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"

namespace greenroom::actors {

/// An actor's questions to others that aren't answered yet. The deadlines are its own, checked when it sweeps: CAF's
/// timeouts wake a thread for each question. Used inside one actor.
///
///     const auto number = questions.ask(whom.address(), now + patience, failed);
///     self->request(whom, caf::infinite, what).then(
///         [=](Reply& reply) { if (questions.answered(number)) … },
///         [=](const caf::error& why) { if (questions.answered(number)) failed(from_caf(why)); });
class questions {
 public:
  using failed_function = std::function<void(core::error)>;

  /// Notes a question to `asked`; `failed` is called with `unavailable` where it is given up. Returns its number.
  std::uint64_t ask(caf::actor_addr asked, core::mono_time deadline, failed_function failed) {
    open_.emplace(++last_, question{std::move(asked), deadline, std::move(failed)});
    return last_;
  }
  /// The answer to a question came: false where the question was given up before, and the answer must be ignored.
  [[nodiscard]] bool answered(std::uint64_t number) { return open_.erase(number) > 0; }
  /// Gives up the questions that should have been answered by `now`.
  void give_up_late(core::mono_time now) {
    give_up([&](const question& one) { return one.deadline <= now; });
  }
  /// Gives up the questions to an actor that went down: a request to it would only time out.
  void give_up_on(const caf::actor_addr& gone) {
    give_up([&](const question& one) { return one.asked == gone; });
  }
  [[nodiscard]] bool empty() const noexcept { return open_.empty(); }

 private:
  struct question {
    caf::actor_addr asked;
    core::mono_time deadline;
    failed_function failed;
  };

  // In the order of asking; a callback may ask again.
  template <class Which>
  void give_up(Which which) {
    std::vector<std::pair<std::uint64_t, question>> unanswered;
    std::erase_if(open_, [&](auto& one) {
      if (!which(one.second)) return false;
      unanswered.emplace_back(one.first, std::move(one.second));
      return true;
    });
    std::sort(unanswered.begin(), unanswered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [number, one] : unanswered) one.failed({core::ec::unavailable, {}, 1});
  }

  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, question> open_;
};

}  // namespace greenroom::actors
