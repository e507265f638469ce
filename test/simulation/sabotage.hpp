#pragma once

namespace greenroom::simulation {

/// What the cluster does wrong on purpose, to see that the checker notices.
struct sabotage {
  bool lose_removals = false;  ///< relays never hear that somebody was removed
  bool lose_batches = false;   ///< now and then a relay doesn't get a batch
  bool judge_early = false;    ///< rooms judge posts when they arrive, not when they get their number
  bool lose_moves = false;     ///< sessions never hear that their homes are elsewhere
  bool lose_effects = false;   ///< now and then the database stores an act without its effect
};

}  // namespace greenroom::simulation
