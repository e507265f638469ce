#include "core/breaker.hpp"

namespace greenroom::core {

std::string_view to_string(circuit state) noexcept {
  switch (state) {
    case circuit::closed:
      return "closed";
    case circuit::open:
      return "open";
    case circuit::half_open:
      return "half_open";
  }
  return "closed";
}

bool breaker::allows(mono_time now) const noexcept { return state_ == circuit::closed || now - since_ >= rest_; }

void breaker::begin(mono_time now) noexcept {
  if (state_ == circuit::closed || !allows(now)) return;
  state_ = circuit::half_open;
  since_ = now;
}

void breaker::succeeded() noexcept {
  state_ = circuit::closed;
  failures_ = 0;
}

void breaker::failed(mono_time now) noexcept {
  if (state_ == circuit::closed && ++failures_ < failures_to_open) return;
  state_ = circuit::open;
  since_ = now;
}

}  // namespace greenroom::core
