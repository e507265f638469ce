#include "net/unsent.hpp"

#include <utility>

namespace greenroom::net {

std::shared_ptr<unsent> unsent::make(unsent_bounds bounds) {
  std::shared_ptr<unsent> made(new unsent(bounds));
  made->self_ = made;
  return made;
}

std::shared_ptr<unsent::account> unsent::of(std::string_view client) {
  std::string key(client);
  const std::lock_guard hold(lock_);
  auto& known = accounts_[key];
  auto found = known.lock();
  if (!found) known = found = std::make_shared<account>(self_.lock(), std::move(key));
  return found;
}

// Another one of the same name may be there by now.
unsent::account::~account() {
  remove(bytes_.load(std::memory_order_relaxed));
  const std::lock_guard hold(of_->lock_);
  const auto known = of_->accounts_.find(key_);
  if (known != of_->accounts_.end() && known->second.expired()) of_->accounts_.erase(known);
}

bool unsent::account::fits(std::size_t more) const noexcept {
  return bytes_.load(std::memory_order_relaxed) + more <= of_->bounds_.per_address &&
         of_->bytes() + more <= of_->bounds_.total;
}

void unsent::account::add(std::size_t bytes) noexcept {
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
  of_->bytes_.fetch_add(bytes, std::memory_order_relaxed);
}

void unsent::account::remove(std::size_t bytes) noexcept {
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  of_->bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

bool unsent::account::take(std::size_t bytes) noexcept {
  add(bytes);
  if (fits(0)) return true;
  remove(bytes);
  return false;
}

}  // namespace greenroom::net
