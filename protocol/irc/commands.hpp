#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/log.hpp"
#include "core/time.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/modes.hpp"
#include "protocol/irc/targets.hpp"

/// Commands of a client that is signed in, read and checked as far as a line alone can be.
namespace greenroom::protocol::irc {

struct join_command {
  struct one {
    core::room_id room;
    std::string key{};
  };
  each<one> rooms{};
  bool leave_all = false;  ///< `JOIN 0`
};
struct part_command {
  each<core::room_id> rooms{};
  std::string reason{};
};
/// PRIVMSG and NOTICE.
struct message_command {
  each<message_target> to{};
  std::string text{};                              ///< of an action without the marks around it
  core::entry_kind kind = core::entry_kind::text;  ///< text, notice or action
  bool ctcp = false;                               ///< a request or an answer between clients: not to be stored
  std::string id{};                                ///< `greenroom.chat/id`; empty: none
  std::string tags{};                              ///< client-only ones, as they were sent, but without `+reply`
  std::optional<message_reference> answers{};      ///< `+reply`, where it names an entry
  std::vector<std::uint32_t> cuts{};               ///< of a batch: where its sender cut a line, in bytes of the text
};
struct tag_command {
  each<message_target> to{};
  std::string tags{};  ///< client-only ones, as they were sent
};
struct topic_command {
  core::room_id room;
  std::optional<std::string> topic{};  ///< nothing: asks for it
};
struct kick_command {
  struct one {
    core::room_id room;
    core::user_id user;
  };
  each<one> users{};
  std::string reason{};  ///< empty: none was given
};
/// Without a user it asks for one's own invitations.
struct invite_command {
  std::optional<core::user_id> user{};
  core::room_id room{};
};
struct mode_command {
  message_target of;  ///< a room or a user
  std::vector<mode_step> steps{};
};
struct names_command {
  each<core::room_id> rooms{};
};
struct who_command {
  std::string mask{};
  bool extended = false;  ///< WHOX, with …
  std::string fields{};   ///< … the letters behind `%`, and …
  std::string token{};    ///< … up to three digits
};
/// A condition of LIST: all must hold.
struct list_condition {
  enum class of : std::uint8_t { mask, no_mask, more_users, fewer_users, older, newer, topic_older, topic_newer };
  of what{};
  std::string mask{};
  std::uint32_t number = 0;  ///< users, or minutes
  friend bool operator==(const list_condition&, const list_condition&) = default;
};
struct list_command {
  each<core::room_id> rooms{};  ///< empty: all that can be listed
  std::vector<list_condition> conditions{};
};
struct away_command {
  std::optional<std::string> message{};  ///< nothing: back
};
struct monitor_command {
  enum class verb : std::uint8_t { add, remove, clear, list, status };
  verb what{};
  each<core::user_id> users{};
};
/// A place in a log: its end, a message, or a time.
using history_point = std::variant<std::monostate, message_reference, core::wall_time>;
struct history_command {
  enum class verb : std::uint8_t { latest, before, after, around, between, targets };
  verb what{};
  std::string_view word{};                 ///< the verb, for refusals
  std::optional<message_target> target{};  ///< of all but `targets`
  history_point from{}, to{};
  std::uint32_t limit = 0;
};
struct mark_command {
  message_target target;
  std::optional<core::wall_time> read{};  ///< nothing: asks
};
struct redact_command {
  message_target target;
  std::string id{};                            ///< as it was sent
  std::optional<message_reference> message{};  ///< nothing: no entry has such an id
  std::string reason{};
};

using any_command =
    std::variant<std::monostate, join_command, part_command, message_command, tag_command, topic_command, kick_command,
                 invite_command, mode_command, names_command, who_command, list_command, away_command, monitor_command,
                 history_command, mark_command, redact_command>;

/// Reads a message's own tags: its id, the message that it answers, and those to be passed on. A complaint where the id
/// is none.
[[nodiscard]] std::optional<complaint> take_tags(std::string_view tags, message_command& out);

/// Reads one of these commands for a client with that nick; a complaint where nothing of it can be done. Commands of
/// which there is nothing to do or say, as a NOTICE to nobody, are the empty state, and so are all other commands.
[[nodiscard]] std::variant<any_command, complaint> read_command(const line& what, std::string_view nick);

}  // namespace greenroom::protocol::irc
