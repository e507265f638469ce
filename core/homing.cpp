#include "core/homing.hpp"

#include <utility>

#include "core/check.hpp"

namespace greenroom::core {

register_session homing::next(std::uint32_t connections) {
  told_ = connections;
  told_face_ = connections > 0 ? face_ : user_face{};
  return {user_, connections, ++number_, false, told_face_};
}

// For how long the user was idle is said now and then.
bool homing::has_news() const {
  auto told = told_face_;
  told.idle_s = face_.idle_s;
  return count_ != told_ || told != face_;
}

void homing::ask(homing_effects& out) {
  GREENROOM_CHECK(count_ > 0);
  phase_ = phase::asking;
  out.ask = next(count_);
}

void homing::leave(homing_effects& out) {
  out.tell = next(0);
  out.part = true;
  phase_ = phase::absent;
}

homing_effects homing::count(std::size_t connections) {
  homing_effects out;
  count_ = static_cast<std::uint32_t>(connections);
  if (phase_ == phase::home && count_ == 0)
    leave(out);
  else if (phase_ == phase::home && has_news())
    out.tell = next(count_);
  else if (phase_ == phase::absent && count_ > 0)
    ask(out);
  else if (count_ == 0)
    phase_ = phase::absent;  // the answer under way is turned down
  return out;
}

homing_effects homing::registered(std::uint64_t number, bool by_home) {
  homing_effects out;
  if (by_home) return out;
  if (phase_ != phase::asking || number != number_) {
    // The number is that of its own question: a later one of this session that it knows stays.
    out.turn_down = register_session{user_, 0, number};
    return out;
  }
  phase_ = phase::home;
  out.settle = true;
  if (has_news()) out.tell = next(count_);
  return out;
}

homing_effects homing::lost() {
  homing_effects out;
  if (phase_ != phase::home) return out;
  ask(out);
  return out;
}

homing_effects homing::look(bool moved) {
  homing_effects out;
  if (phase_ == phase::absent || (phase_ == phase::home && !moved)) return out;
  if (phase_ == phase::home) leave(out);
  ask(out);
  return out;
}

homing_effects homing::sweep() {
  homing_effects out;
  if (phase_ == phase::home)
    out.tell = next(count_);
  else if (phase_ == phase::asking)
    ask(out);
  return out;
}

}  // namespace greenroom::core
