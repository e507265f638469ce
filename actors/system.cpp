#include "actors/system.hpp"

#include <caf/atom.hpp>

#include <chrono>

#include "actors/interfaces.hpp"

namespace greenroom::actors {

system_config::system_config(std::size_t threads) {
  add_message_types<caf::id_block::greenroom>();
  set("scheduler.max-threads", threads);
  // The default lets one busy actor starve the rest of its worker.
  set("scheduler.max-throughput", std::size_t{100});
  // One queue for all workers makes larger batches than stealing: up to a quarter less CPU per delivery
  // (docs/performance.md). And its idle workers sleep, where stealing ones poll.
  set("scheduler.policy", caf::atom("sharing"));
}

core::instant system_clock::now() const {
  return {std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now()),
          std::chrono::steady_clock::now()};
}

}  // namespace greenroom::actors
