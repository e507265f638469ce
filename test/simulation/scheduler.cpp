#include "test/simulation/scheduler.hpp"

#include <algorithm>
#include <utility>

namespace greenroom::simulation {

void scheduler::at(core::mono_time when, task what) {
  std::size_t place = tasks_.size();
  if (free_.empty()) {
    tasks_.push_back(std::move(what));
  } else {
    place = free_.back();
    free_.pop_back();
    tasks_[place] = std::move(what);
  }
  due_.push_back({std::max(when, now_), ++order_, place});
  std::push_heap(due_.begin(), due_.end());
}

bool scheduler::step() {
  if (due_.empty()) return false;
  std::pop_heap(due_.begin(), due_.end());
  const auto next = due_.back();
  due_.pop_back();
  now_ = next.when;
  ++steps_;
  auto what = std::move(tasks_[next.place]);
  free_.push_back(next.place);
  what();
  return true;
}

}  // namespace greenroom::simulation
