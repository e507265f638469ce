#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/log.hpp"
#include "core/messages/marks.hpp"
#include "core/time.hpp"

/// Between a chat database, and what reads its logs behind the commit. None of it leaves the process.
namespace greenroom::core {

/// A live room has stored entries.
struct log_grew {
  room_key key;
  seq_no head;
};

/// A room whose log goes on behind the follower's cursor.
struct room_behind {
  room_key key;
  room_id room;
  seq_no cursor, head;
};
/// Those with a key above `after`, in order of their keys.
struct rooms_behind {
  std::vector<room_behind> rooms;
  bool more = false;
};

/// A room whose log is to be read on from its cursor, at most that many entries.
struct follow_room {
  room_key key;
  std::uint32_t entries = 0;
};

/// An entry that may mention somebody, or erases a message.
struct followed_entry {
  seq_no seq;
  user_id author;
  wall_time at{};
  entry_kind kind = entry_kind::text;
  seq_no target{};
  std::string text{};  ///< of words and edits
};
/// The newest words of a member in a part of a log, which are beyond their mark.
struct last_words {
  user_id user;
  seq_no seq;
  std::uint64_t texts = 0;  ///< the log's words up to there
};
/// A part of a room's log, as it stands.
struct followed_log {
  room_key key;
  room_id room;
  generation_id generation;
  seq_no cursor;                          ///< of the follower when it was read: 0 where it is another log's
  seq_no upto;                            ///< the last entry that was read
  seq_no head;                            ///< of the log
  std::uint64_t texts = 0;                ///< the log's words up to `upto`, those that were erased, too
  std::vector<followed_entry> entries{};  ///< of those behind the cursor, up to there; ascending
  std::vector<last_words> said{};         ///< in that part
};

/// A message that mentions people.
struct mention {
  room_key key;
  seq_no message;
  seq_no seq;  ///< the entry that does: the message itself, or an edit
  wall_time at{};
  user_id author;
  std::vector<user_id> people{};  ///< by the names that the text has, each once
  bool everybody = false;         ///< all members, if the author is a moderator
};

/// The effects of a part of some rooms' logs, to be stored together.
struct notices {
  struct step {
    room_key key;
    room_id room;
    generation_id generation;
    seq_no from;              ///< the cursor, which must still stand there
    seq_no to;                ///< and moves there
    std::uint64_t texts = 0;  ///< the log's words up to there
  };
  std::vector<step> steps{};
  std::vector<mention> mentions{};  ///< in the order of each room's log
  std::vector<std::pair<room_key, seq_no>> erased{};
  std::vector<std::pair<room_key, last_words>> said{};  ///< the marks of their authors move there
};
/// It is durable.
struct notices_stored {
  std::vector<room_key> rooms{};   ///< of those steps whose cursors stood where they were to stand
  std::vector<read_mark> marks{};  ///< those that moved, by the names as first written
  std::uint64_t mentions = 0;      ///< how many people were newly mentioned
};

}  // namespace greenroom::core
