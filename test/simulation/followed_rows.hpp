#pragma once
#include <map>

#include "core/ids.hpp"

namespace greenroom::simulation {

/// What a follower has made of a room's log so far.
struct followed_rows {
  core::seq_no cursor;
  std::map<core::user_id, std::map<core::seq_no, core::seq_no>>
      mentions;  ///< of whom, by the message, and by which entry
};

}  // namespace greenroom::simulation
