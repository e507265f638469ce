#include "actors/system.hpp"

#include <caf/atom.hpp>
#include <caf/timespan.hpp>
#include <chrono>

#include "actors/interfaces.hpp"

namespace greenroom::actors {

system_config::system_config(std::size_t threads) {
  add_message_types<caf::id_block::greenroom>();
  set("scheduler.max-threads", threads);
  // The default lets one busy actor starve the rest of its worker.
  set("scheduler.max-throughput", std::size_t{100});
  // The defaults poll: 30 % of a core at 1000 messages a second.
  set("work-stealing.aggressive-poll-attempts", std::size_t{10});
  set("work-stealing.moderate-poll-attempts", std::size_t{0});
  set("work-stealing.relaxed-sleep-duration", caf::timespan{std::chrono::milliseconds{2}});
}

core::instant system_clock::now() const {
  return {std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now()),
          std::chrono::steady_clock::now()};
}

}  // namespace greenroom::actors
