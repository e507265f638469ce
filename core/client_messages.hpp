#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/messages/catalog.hpp"
#include "core/messages/deletion.hpp"
#include "core/messages/log.hpp"
#include "core/messages/marks.hpp"
#include "core/messages/room.hpp"
#include "core/messages/user.hpp"
#include "core/result.hpp"

/// Commands from clients and events for them, independent of their dialect. A dialect turns frames into commands and
/// events into frames.
namespace greenroom::core {

// ---- commands --------------------------------------------------------------------------------------------------

struct client_join {
  room_id room;
  std::optional<seq_no> after;
  std::optional<generation_id> generation;
  shared_text key{};    ///< for a room that has one
  bool knocks = false;  ///< they were invited, though they may be banned
};
struct client_leave {
  room_id room;
};
struct client_send {
  room_id room;           ///< empty in dialects of one room: the connection's room
  std::string client_id;  ///< empty: none
  shared_text text;       ///< of an act as in `post`
  entry_kind kind = entry_kind::text;
  std::shared_ptr<const core::act> act{};  ///< never null where `kind` is an act; else null
  seq_no target{};                         ///< of words: the message that they answer; 0: none
  shared_text extra{};                     ///< of words: as in the entry
  bool passing = false;                    ///< as in `post`
  earshot heard_by = earshot::all;         ///< the same
};
struct client_history {
  room_id room;
  std::optional<seq_no> before;
  std::optional<seq_no> after;
  std::uint32_t limit = 50;
  bool newest = false;  ///< as in `read_history`
  kind_set without{};   ///< the same
};
struct client_typing {
  room_id room;
  typing_state state = typing_state::active;
};
struct client_read {
  room_id room;
  seq_no seq;
  bool quiet = false;  ///< others in the room don't hear of it; the connection needn't be there
};
/// The user looks otherwise by now, as people in the room may hear.
struct client_face {
  room_id room;
  note_face looks;  ///< without the user
};
struct client_sync {
  room_id after;  ///< exclusive; empty: from the start
};
struct client_ping {};
/// A frame that is no command: answered with an error event, and nothing else happens.
struct client_mistake {
  error why;
  std::string client_id;  ///< where it could be read
  room_id room;           ///< where it could be read
};

using client_command = std::variant<client_join, client_leave, client_send, client_history, client_typing, client_read,
                                    client_face, client_sync, client_ping, client_mistake>;

/// The room that a command names; empty where it names none.
[[nodiscard]] inline const room_id& room_of(const client_command& command) noexcept {
  static const room_id none;
  return std::visit(
      [](const auto& one) -> const room_id& {
        if constexpr (requires { one.room; })
          return one.room;
        else
          return none;
      },
      command);
}

// ---- events ----------------------------------------------------------------------------------------------------

struct message_event {
  room_id room;
  generation_id generation;
  const room_entry* entry = nullptr;  ///< lives as long as the call that encodes it
  bool with_id = false;               ///< to its author: with the client's id
  bool duplicate = false;             ///< the answer to a repeated id
  std::string_view tag{};             ///< to its author: the name of a further mark that it carries; empty: none …
  std::string_view tag_value{};       ///< … and the mark
};
struct joined_event {
  room_id room;
  generation_id generation;
  seq_no head;
  room_members members;
  bool recovered = true;
  const room_face* face = nullptr;  ///< lives as long as the call that encodes it
};
struct left_event {
  room_id room;
};
struct history_event {
  room_id room;
  const history_page* page = nullptr;
};
struct presence_event {
  room_id room;
  const presence_changed* change = nullptr;
};
struct typing_event {
  room_id room;
  note_typing note;
};
struct read_event {
  room_id room;
  note_read note;
};
/// Something that isn't stored, and that dialects have no frame for but IRC.
struct passing_event {
  room_id room;
  generation_id generation;
  const note_passing* what = nullptr;  ///< lives as long as the call that encodes it
};
struct face_event {
  room_id room;
  note_face note;
};
struct synced_event {
  const rooms_synced* page = nullptr;  ///< lives as long as the call that encodes it
};
struct pong_event {};
struct heads_event {
  const std::vector<room_head>* heads = nullptr;
};
struct gap_event {
  room_id room;
  seq_no from;  ///< the first entry that was not sent
  seq_no to;    ///< the last entry that was not sent
};
struct gone_event {
  room_id room;
  ec reason = ec::gone;
  const sanction* because = nullptr;  ///< `removed`, `banned`: by whom, why, until when; lives as long as the call
};
/// An author was deleted: what they wrote and did is `deleted`'s, and may be empty.
struct erased_event {
  room_id room;
  const author_left* who = nullptr;  ///< lives as long as the call that encodes it
};
/// The answer to an act that would have changed nothing.
struct unchanged_event {
  room_id room;
  std::string client_id;
};
struct error_event {
  error why;
  room_id room;           ///< empty: none in particular
  std::string client_id;  ///< empty: no message in particular
};

/// News for the connection's user, in whatever rooms the connection is.
struct news_event {
  const user_news* news = nullptr;  ///< lives as long as the call that encodes it
};

using client_event = std::variant<message_event, joined_event, left_event, history_event, presence_event, typing_event,
                                  read_event, synced_event, pong_event, heads_event, gap_event, gone_event,
                                  unchanged_event, error_event, news_event, erased_event, passing_event, face_event>;

}  // namespace greenroom::core
