#pragma once

namespace greenroom::simulation {

/// What the cluster does wrong on purpose, to see that the checker notices.
struct sabotage {
  bool lose_removals = false;   ///< relays never hear that somebody was removed
  bool lose_batches = false;    ///< now and then a relay doesn't get a batch
  bool judge_early = false;     ///< rooms judge posts when they arrive, not when they get their number
  bool lose_moves = false;      ///< sessions never hear that their homes are elsewhere
  bool lose_effects = false;    ///< now and then the database stores an act without its effect
  bool lose_marks = false;      ///< now and then read marks aren't written
  bool lose_blocks = false;     ///< rooms never hear that one of their people has blocked the other
  bool lose_mentions = false;   ///< now and then what a follower stores has no mentions …
  bool lose_own_marks = false;  ///< … or doesn't move the marks of those who wrote …
  bool lose_cursors = false;    ///< … or leaves the cursors where they are, and says otherwise
  bool fold_late = false;       ///< pages say that they are as of the head, and fold no act of the last few
};

}  // namespace greenroom::simulation
