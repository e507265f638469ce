#include "core/follower.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/placement.hpp"

namespace greenroom::core {

void follower::count(const followed_room& room, bool in) noexcept {
  const auto entries = room.head > room.cursor ? room.head - room.cursor : 0;
  in ? entries_behind_ += entries : entries_behind_ -= entries;
}

void follower::queue_grown(table::iterator room, mono_time due) {
  room->second.in = queue::grown;
  room->second.due = due;
  grown_.emplace(due, room->first);
}

void follower::queue_behind(table::iterator room) {
  room->second.in = queue::behind;
  behind_.push_back(room->first);
}

void follower::grew(const log_grew& news, mono_time now) {
  const auto [room, fresh] = rooms_.try_emplace(news.key);
  auto& one = room->second;
  count(one, false);
  // Of a room that wasn't followed a moment ago, no more is known than that it has an entry more.
  if (fresh) one.cursor = news.head - std::min<std::uint64_t>(news.head.value, 1);
  one.head = std::max(one.head, news.head);
  one.heard = now + limits_.gather;
  count(one, true);
  if (fresh) queue_grown(room, one.heard);
}

void follower::view_changed(std::shared_ptr<const cluster_view> view) {
  view_ = std::move(view);
  again_ = scanning_;
  scan_from_ = room_key{};
}

bool follower::may_scan(mono_time now) const {
  return scan_from_ && behind_.size() < limits_.behind && now >= rest_until_;
}

follower_step follower::next(mono_time now) {
  follower_step out;
  if (scanning_ || !under_way_.empty() || now < retry_at_) return out;
  begun_ = now;
  if (may_scan(now) && std::exchange(scan_is_next_, false)) return scan();
  const bool rests = now < rest_until_ || behind_.empty();
  take_grown(now, rests ? limits_.entries : limits_.entries - limits_.entries / 4, out);
  if (!rests) take_behind(limits_.entries, out);
  if (out.batch.empty()) return may_scan(now) ? scan() : out;
  if (cautious_ > 0) --cautious_;
  scan_is_next_ = true;
  return out;
}

follower_step follower::scan() {
  scanning_ = true;
  return {scan_from_, {}};
}

void follower::take_grown(mono_time now, std::uint32_t entries, follower_step& out) {
  auto left = entries;
  const auto most = cautious_ > 0 ? 1 : limits_.rooms;
  while (!grown_.empty() && grown_.begin()->first <= now && left > 0 && out.batch.size() < most) {
    const auto key = grown_.begin()->second;
    grown_.erase(grown_.begin());
    take(key, left, out);
  }
}

void follower::take_behind(std::uint32_t entries, follower_step& out) {
  auto left = entries;
  for (const auto& taken : out.batch) left -= std::min(left, taken.entries);
  const auto most = cautious_ > 0 ? 1 : limits_.rooms;
  while (!behind_.empty() && left > 0 && out.batch.size() < most) {
    const auto key = behind_.front();
    behind_.pop_front();
    take(key, left, out);
  }
}

// More than is known to be there: it goes on meanwhile.
void follower::take(room_key key, std::uint32_t& left, follower_step& out) {
  auto& one = rooms_.at(key);
  const auto known = one.head > one.cursor ? one.head - one.cursor : 0;
  one.in = queue::under_way;
  one.share = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, known + limits_.first));
  left -= one.share;
  under_way_.push_back(key);
  out.batch.push_back({key, one.share});
}

std::optional<mono_time> follower::due() const {
  if (scanning_ || !under_way_.empty()) return std::nullopt;
  std::optional<mono_time> soonest;
  const auto at = [&](mono_time when) { soonest = soonest ? std::min(*soonest, when) : when; };
  if (!grown_.empty()) at(grown_.begin()->first);
  if (!behind_.empty() || may_scan(rest_until_)) at(rest_until_);
  return soonest ? std::max(*soonest, retry_at_) : soonest;
}

void follower::found(const result<rooms_behind>& page, mono_time now) {
  GREENROOM_CHECK(scanning_);
  scanning_ = false;
  if (!page) {
    retry_at_ = now + limits_.retry;
    again_ = false;
    return;
  }
  for (const auto& one : page->rooms) {
    if (!view_ || placement(*view_, one.room) != self_) continue;
    const auto [room, fresh] = rooms_.try_emplace(one.key);
    count(room->second, false);
    room->second.cursor = one.cursor;
    room->second.head = std::max(room->second.head, one.head);
    count(room->second, true);
    if (fresh) queue_behind(room);
  }
  if (!std::exchange(again_, false)) {
    scan_from_.reset();
    if (page->more) scan_from_ = page->rooms.back().key;
  }
}

void follower::settle(const followed& one, mono_time now) {
  const auto room = rooms_.find(one.key);
  GREENROOM_CHECK(room != rooms_.end() && room->second.in == queue::under_way);
  auto& its = room->second;
  count(its, false);
  if (one.gone) {
    rooms_.erase(room);
    return;
  }
  its.cursor = one.cursor;
  its.head = std::max(one.head, one.cursor);
  if (its.cursor < its.head) {
    count(its, true);
    rest_until_ =
        std::max(rest_until_, now + std::min<mono_time::duration>((now - begun_) * limits_.rest, limits_.longest_rest));
    return queue_behind(room);
  }
  if (its.heard > begun_) return queue_grown(room, std::max(its.heard, begun_ + limits_.gather));
  rooms_.erase(room);
}

void follower::done(const result<std::vector<followed>>& outcome, mono_time now) {
  GREENROOM_CHECK(!under_way_.empty());
  const auto taken = std::exchange(under_way_, {});
  if (!outcome) {
    retry_at_ = now + limits_.retry;
    if (outcome.code() != ec::unavailable && taken.size() > 1) cautious_ = taken.size();
    for (const auto key : taken) queue_behind(rooms_.find(key));
    return;
  }
  GREENROOM_CHECK(outcome->size() == taken.size());
  for (const auto& one : *outcome) settle(one, now);
}

}  // namespace greenroom::core
