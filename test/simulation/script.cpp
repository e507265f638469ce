#include "test/simulation/script.hpp"

#include <cstdio>
#include <utility>

namespace greenroom::simulation {

void script::add(core::mono_time now, std::string line) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  char at[32];
  std::snprintf(at, sizeof at, "%6lld.%06lld  ", static_cast<long long>(micros / 1'000'000),
                static_cast<long long>(micros % 1'000'000));
  if (lines_.size() == kept_) lines_.pop_front();
  lines_.push_back(at + std::move(line));
}

}  // namespace greenroom::simulation
