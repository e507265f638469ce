#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/irc/conversation.hpp"

/// The parts of a conversation that read history: only for its own files.
namespace greenroom::protocol::irc {

/// The walk through a room's history that is under way.
struct conversation::walk_under_way {
  history_walk walk;
  walked use;
  std::size_t page = 0;  ///< the most entries of the page that was asked for; 0: none was
};

/// Walks through several rooms, one after the other.
struct conversation::play_under_way {
  std::vector<core::room_id> rooms;  ///< the next one is the last
  history_command how;
  walked each;                 ///< of a room that could be read
  std::function<void()> then;  ///< there are no more
};

}  // namespace greenroom::protocol::irc
