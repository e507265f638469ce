// Measures the costs that grow with a cluster, one at a time. Prints one line per figure.
//
// Usage: greenroom-scale placement NODES ROOMS
//        greenroom-scale view NODES
//        greenroom-scale links COUNT
//        greenroom-scale sockets COUNT
//        greenroom-scale presence MEMBERS
//        greenroom-scale epochs URL ROOMS

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/micro/scale/scale.hpp"
#include "telemetry/log.hpp"

int main(int count, char** arguments) {
  using namespace greenroom;
  telemetry::log::options quiet;
  quiet.threshold = telemetry::log::level::warn;
  telemetry::log::configure(quiet);
  const std::string_view what = count > 1 ? arguments[1] : "";
  const auto number = [&](int i) { return static_cast<std::size_t>(std::atoll(arguments[i])); };
  if (what == "placement" && count == 4) return bench::scale::placement(number(2), number(3)), 0;
  if (what == "view" && count == 3) return bench::scale::view(number(2)), 0;
  if (what == "links" && count == 3) return bench::scale::links(number(2)), 0;
  if (what == "sockets" && count == 3) return bench::scale::sockets(number(2)), 0;
  if (what == "presence" && count == 3) return bench::scale::presence(number(2)), 0;
  if (what == "epochs" && count == 4) return bench::scale::epochs(arguments[2], number(3)), 0;
  std::fprintf(stderr,
               "usage: greenroom-scale placement NODES ROOMS | view NODES | links COUNT | sockets COUNT | "
               "presence MEMBERS | epochs URL ROOMS\n");
  return 2;
}
