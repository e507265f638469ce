#include "edge/irc_crowd.hpp"

#include <utility>

namespace greenroom::edge {

bool irc_crowd::count_in(const core::user_id& user, std::size_t most) {
  const std::lock_guard hold(lock_);
  return connections_.add(user, most);
}

void irc_crowd::count_out(const core::user_id& user) {
  const std::lock_guard hold(lock_);
  connections_.remove(user);
}

irc_neighbour::irc_neighbour(std::shared_ptr<irc_crowd> crowd, core::connection_id id,
                             std::weak_ptr<core::client> client, protocol::irc::past_person who)
    : crowd_(std::move(crowd)), id_(id), client_(std::move(client)), who_(std::move(who)) {}

void irc_neighbour::is_oper(bool on) {
  const std::lock_guard hold(crowd_->lock_);
  if (gone_ || std::exchange(oper_, on) == on) return;
  on ? ++*crowd_->opers_ : --*crowd_->opers_;
}

void irc_neighbour::hears_wallops(bool on) {
  const std::lock_guard hold(crowd_->lock_);
  if (on && !gone_)
    crowd_->listeners_.insert_or_assign(id_, client_);
  else
    crowd_->listeners_.erase(id_);
}

void irc_neighbour::wallops(const std::string& frames) {
  const std::lock_guard hold(crowd_->lock_);
  for (const auto& [id, listener] : crowd_->listeners_)
    if (const auto client = listener.lock()) client->hint(frames);
}

std::vector<protocol::irc::past_person> irc_neighbour::past_of(const core::user_id& user) const {
  const std::lock_guard hold(crowd_->lock_);
  std::vector<protocol::irc::past_person> out;
  for (const auto& one : crowd_->past_)
    if (one.user == user) out.push_back(one);
  return out;
}

void irc_neighbour::leave(core::wall_time now) {
  const std::lock_guard hold(crowd_->lock_);
  if (std::exchange(gone_, true)) return;
  if (oper_) --*crowd_->opers_;
  crowd_->listeners_.erase(id_);
  who_.left = now;
  crowd_->past_.push_front(who_);
  if (crowd_->past_.size() > irc_crowd::most_past) crowd_->past_.pop_back();
}

}  // namespace greenroom::edge
