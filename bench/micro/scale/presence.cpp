#include "core/presence.hpp"

#include <cstdio>

#include "bench/micro/scale/scale.hpp"

namespace greenroom::bench::scale {

void presence(std::size_t members) {
  core::presence here({});
  core::mono_time now{};
  const auto each = static_cast<double>(members);
  const double kib = resident_kib();
  const stopwatch coming;
  for (std::size_t i = 0; i < members; ++i) here.join({"user" + std::to_string(i)}, now);
  std::printf("%zu people come: %.2f us each, %.0f bytes each\n", members, coming.seconds() / each * 1e6,
              (resident_kib() - kib) / each * 1024);
  const stopwatch telling;
  (void)here.members();
  std::printf("who is here, for one who comes: %.1f us\n", telling.seconds() * 1e6);
  now += core::seconds{10};
  const stopwatch saying;
  if (!here.take(now)) std::printf("nothing to say\n");
  std::printf("what all of them hear, once they came: %.1f ms\n", saying.seconds() * 1e3);
  const stopwatch moving;
  here.doubt(now);
  const double hushed = moving.seconds();
  (void)here.take(now + core::seconds{10});
  std::printf("the room moves: %.1f ms, and when the quiet time is over %.1f ms\n", hushed * 1e3,
              (moving.seconds() - hushed) * 1e3);
}

}  // namespace greenroom::bench::scale
