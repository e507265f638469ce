#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "test/simulation/actor.hpp"
#include "test/simulation/chance.hpp"
#include "test/simulation/checker.hpp"
#include "test/simulation/network.hpp"
#include "test/simulation/process.hpp"
#include "test/simulation/scheduler.hpp"
#include "test/simulation/script.hpp"

namespace greenroom::simulation {

/// How long things take, in this seed.
struct tempo {
  microseconds turn{50};            ///< until an actor handles its next message, mostly
  std::uint64_t slow_once_in = 50;  ///< 0: never …
  microseconds slow_turn{5000};     ///< … but sometimes up to this
  microseconds wire{200};           ///< from one machine to another, mostly
  microseconds slow_wire{50000};    ///< and sometimes up to this
};

/// The base of one simulated cluster: chance, time, the script, the processes and the network between them.
class world {
 public:
  /// Keeps the last `kept_lines` lines of the script; 0: none.
  world(std::uint64_t seed, std::size_t kept_lines);
  ~world();

  chance random;
  scheduler time;
  script log;
  network net;
  tempo pace;
  checker check;

  /// What the clock on a wall would say; that of a node is up to 200 ms wrong.
  [[nodiscard]] core::wall_time wall() const {
    return core::wall_time{std::chrono::duration_cast<milliseconds>(time.now().time_since_epoch())};
  }

  process& start(const core::node_name& name);
  [[nodiscard]] const std::vector<std::unique_ptr<process>>& processes() const noexcept { return processes_; }

  // ---- for processes
  [[nodiscard]] actor_no next_number();
  void add(std::unique_ptr<actor> made);
  /// The actor, or null once it has ended.
  [[nodiscard]] actor* find(actor_no who) const;
  [[nodiscard]] process* home_of(actor_no who) const;
  void remove(actor_no who);
  /// All actors of class `Actor` that live.
  template <class Actor>
  [[nodiscard]] std::vector<const Actor*> all() const {
    std::vector<const Actor*> out;
    for (const auto& one : actors_)
      if (const auto* const who = dynamic_cast<const Actor*>(one.who.get())) out.push_back(who);
    return out;
  }
  [[nodiscard]] std::string name_of(const address& who) const;

  /// Messages handled, letters arrived, and everything that people and faults did.
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  void count() noexcept { ++events_; }
  /// For the script.
  template <class Line>
  void say(Line line) {
    log.say(time.now(), line);
  }
  /// How long something takes to get from one machine to another.
  [[nodiscard]] microseconds wire_time();

 private:
  struct entry {
    std::unique_ptr<actor> who;
    process* home = nullptr;
    std::string name{};
  };
  std::vector<std::unique_ptr<process>> processes_;
  std::vector<entry> actors_;
  std::uint64_t events_ = 0;
};

}  // namespace greenroom::simulation
