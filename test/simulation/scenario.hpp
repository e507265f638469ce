#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "test/simulation/cluster.hpp"
#include "test/simulation/person.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {

/// How one seed is played.
struct play {
  std::uint64_t seed = 1;
  std::uint64_t events = 5000;  ///< until all faults are healed
  std::size_t kept_lines = 0;   ///< of the script; 0: none is written
  simulation::sabotage sabotage{};
};

/// A cluster out of one seed: its nodes, its people, its rooms, what befalls them, and the end where everything must be
/// well again.
class scenario {
 public:
  explicit scenario(const play& what);

  /// Plays it to the end, or to the first violation.
  void run();

  [[nodiscard]] const std::vector<std::string>& violations() const { return world_.check.violations(); }
  [[nodiscard]] const std::deque<std::string>& script() const { return world_.log.lines(); }
  [[nodiscard]] std::uint64_t events() const { return world_.events(); }
  [[nodiscard]] const checker::figures& seen() const { return world_.check.seen(); }

 private:
  void build();
  void furnish();
  void schedule_fault();
  void befall();
  void heal();
  void pass(core::mono_time::duration time);
  void expect_all_in();
  void compare_rosters();
  void expect_whole_pictures();
  void expect_all_followed();
  void expect_all_read();
  void schedule_notice();
  [[nodiscard]] std::string tell(const core::user_id& user);
  void expect_one_home();
  void expect_notices();
  [[nodiscard]] std::vector<std::string> amiss() const;
  [[nodiscard]] cluster::member& some_member() { return world_.random.pick(cluster_.members()); }

  play what_;
  world world_;
  bounds bounds_;
  cluster cluster_;
  std::vector<core::room_id> rooms_;
  std::vector<std::unique_ptr<person>> people_;
  bool healed_ = false;
  std::uint64_t notices_ = 0;
  microseconds between_faults_{};
};

}  // namespace greenroom::simulation
