#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/log.hpp"
#include "core/messages/room.hpp"
#include "protocol/dialect.hpp"
#include "protocol/framing.hpp"

/// Entries of a room's log as IRC clients hear them.
namespace greenroom::protocol::irc {

inline constexpr std::size_t max_plain_lines = 20;   ///< of one text, for readers who know no batches of lines
inline constexpr std::size_t max_batch_lines = 100;  ///< … and for those who do

/// The id of an entry, in `msgid`: the log's generation as 16 hex digits, `-`, and the seq.
void append_message_id(std::string& out, core::generation_id generation, core::seq_no seq);

/// The name of a room for IRC: `#lobby`; of a direct room, the person whom `author` writes to. Empty for a room that
/// IRC has no name for: a group.
[[nodiscard]] std::string target_of(const core::room_id& room, const core::user_id& author);

/// The `extra` of an entry for these client-only tags, and for the places where the sender cut its lines, in rising
/// order: `{"tags":"+a=b","cuts":"7,30"}`. Empty where there are neither.
/// `bot`: a program says it.
[[nodiscard]] std::string kept_as_extra(std::string_view tags, const std::vector<std::uint32_t>& cuts,
                                        bool bot = false);

/// Where an entry is said, and to whom.
struct entry_place {
  const core::room_id& room;
  core::generation_id generation;
  std::string_view batch{};      ///< of the batch in which it is said, as history is; empty: none
  bool with_id = false;          ///< to its author: with the id that their client gave it
  bool duplicate = false;        ///< … which was known already
  std::string_view tag{};        ///< to its author: a further tag of its first line; empty: none …
  std::string_view tag_value{};  ///< … and its value
  std::string_view sign{};       ///< before a room's name, where only some hear it: `@`, `+`
  std::string_view passing{};    ///< of what isn't stored: the end of its id; empty: it has none
};

/// Appends an entry's lines, some or none, for readers with those features (hearing.hpp).
void append_entry(const core::room_entry& entry, const entry_place& place, features with, frame_writer& out);
/// The same of what isn't stored. All but requests of clients have a `msgid`: the log's generation, `-t`, and a hash.
void append_passing(const core::note_passing& note, const core::room_id& room, core::generation_id generation,
                    features with, frame_writer& out);

}  // namespace greenroom::protocol::irc
