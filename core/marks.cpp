#include "core/marks.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace greenroom::core {

bool marks::keep(reader whose, seq_no seq) {
  if (waiting_.size() >= limits_.waiting && !waiting_.contains(whose)) return false;
  auto& kept = waiting_[std::move(whose)];
  kept = std::max(kept, seq);
  return true;
}

std::size_t marks::add(const user_id& user, const std::vector<std::pair<room_id, seq_no>>& read) {
  std::size_t dropped = 0;
  for (const auto& [room, seq] : read)
    if (!keep({user, room}, seq)) ++dropped;
  return dropped;
}

std::optional<mono_time> marks::due() const {
  if (waiting_.empty() || !under_way_.empty()) return std::nullopt;
  return next_at_;
}

std::vector<read_mark> marks::take(mono_time now) {
  if (waiting_.empty() || !under_way_.empty() || now < next_at_) return {};
  next_at_ = now + limits_.pause;
  under_way_.reserve(std::min(waiting_.size(), most_));
  while (!waiting_.empty() && under_way_.size() < most_) {
    auto next = waiting_.extract(waiting_.begin());
    under_way_.push_back({std::move(next.key().second), std::move(next.key().first), next.mapped()});
  }
  // In one order everywhere, so that two nodes' writes don't wait for each other.
  std::sort(under_way_.begin(), under_way_.end(), [](const read_mark& a, const read_mark& b) {
    if (const auto rooms = a.room <=> b.room; rooms != 0) return rooms < 0;
    return a.user < b.user;
  });
  return under_way_;
}

void marks::written(ec outcome) {
  GREENROOM_CHECK(!under_way_.empty());
  failing_ = outcome != ec::none;
  most_ = failing_ ? std::max<std::size_t>(1, under_way_.size() / 2) : limits_.written;
  for (auto& one : std::exchange(under_way_, {}))
    if (failing_) keep({std::move(one.user), std::move(one.room)}, one.seq);
}

}  // namespace greenroom::core
