#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/modes.hpp"
#include "core/modes.hpp"
#include "core/shared_text.hpp"
#include "core/time.hpp"

/// Acts: the things done in a room besides writing, the roles that allow them, and their effects.
namespace greenroom::core {

/// The people who may read in a room. The numbers are those of the database and of the wire.
enum class room_access : std::uint8_t {
  open = 0,     ///< everybody who is signed in and isn't banned
  secret = 1,   ///< its members; it doesn't exist for others. On the wire `private`
  invited = 2,  ///< its members; others see its name, title and topic in lists
};

/// A user's role in a room, in rising order. The numbers are those of the wire. The owner of a room is named in its
/// row; of the others, the database keeps the role with the membership.
enum class room_role : std::uint8_t { outsider = 0, member = 1, moderator = 2, owner = 3 };

/// The people who may write in a room. The numbers are those of the database and of the wire.
enum class room_posting : std::uint8_t { all = 0, members = 1, moderators = 2 };

/// Whether people in a room hear how far others have read. The numbers are those of the database.
enum class room_receipts : std::uint8_t {
  by_size = 0,  ///< as long as the room is small (`max_receipts_people`). On the wire `auto`
  on = 1,
  off = 2
};

/// How a room is set up.
struct room_settings {
  room_access access = room_access::open;
  room_posting post = room_posting::all;
  std::uint32_t slow_s = 0;              ///< seconds between two posts of a user; moderators may post at any time
  shared_text title{};                   ///< at most 80 bytes
  shared_text topic{};                   ///< at most 1024 bytes
  shared_text data{};                    ///< a JSON object of a program's own, at most 4 KiB; empty: none
  std::uint32_t edit_window_s = 86'400;  ///< for how many seconds an author may edit a message; 0: nobody may
  room_receipts receipts = room_receipts::by_size;
  room_modes modes{};
  user_id topic_by{};    ///< who set the topic; empty: that isn't known
  wall_time topic_at{};  ///< and when; 0: that isn't known

  friend bool operator==(const room_settings&, const room_settings&) = default;
};

/// One of `room_settings`, as a bit of a set of them.
enum class setting : std::uint16_t {
  access = 1,
  post = 2,
  slow = 4,
  title = 8,
  topic = 16,
  data = 32,
  edit_window = 64,
  receipts = 128,
  modes = 256
};

/// Some settings, and their new values.
struct settings_change {
  std::uint16_t which = 0;           ///< a set of `setting`
  room_settings to{};                ///< the values of those, but for modes
  std::vector<mode_change> modes{};  ///< changes of those

  [[nodiscard]] constexpr bool has(setting one) const noexcept {
    return (which & static_cast<std::uint16_t>(one)) != 0;
  }
  constexpr void set(setting one) noexcept {
    which = static_cast<std::uint16_t>(which | static_cast<std::uint16_t>(one));
  }
  /// The settings `before`, with this change.
  [[nodiscard]] room_settings applied_to(room_settings before) const {
    if (has(setting::access)) before.access = to.access;
    if (has(setting::post)) before.post = to.post;
    if (has(setting::slow)) before.slow_s = to.slow_s;
    if (has(setting::title)) before.title = to.title;
    if (has(setting::topic)) before.topic = to.topic;
    if (has(setting::data)) before.data = to.data;
    if (has(setting::edit_window)) before.edit_window_s = to.edit_window_s;
    if (has(setting::receipts)) before.receipts = to.receipts;
    if (has(setting::modes)) before.modes = changed_by(std::move(before.modes), modes);
    return before;
  }
};

/// The content of an act. The entry's kind says which of it counts.
struct act {
  seq_no target{};        ///< erase, edit, react, unreact, pin, unpin: the message
  user_id subject{};      ///< role, add, remove, ban, unban, mute, unmute: the person
  wall_time until{};      ///< ban, mute: its end; 0: none
  room_role role{};       ///< role: the new one
  settings_change set{};  ///< settings
  shared_text extra{};    ///< `until`, `role` and `set` as the `extra` of an entry: protocol/act writes it
  invite_hash invite{};   ///< add: the author's invite, by which the person comes; empty: none. No part of the entry
  bool out_only = false;  ///< remove: from an open room only for now, whoever they are in it. No part of the entry
  std::string address{};  ///< of the author's client, for audit lines; empty: not known. No part of the entry

  [[nodiscard]] bool is_by_invite() const noexcept { return !invite.value.empty(); }
};

/// How many of these a room may have.
inline constexpr std::size_t max_reaction_kinds = 20;  ///< different marks, of a message
inline constexpr std::size_t max_reactions_each = 5;   ///< of a message by one person
inline constexpr std::size_t max_pins = 50;
inline constexpr std::size_t max_mark_bytes = 32;  ///< of a reaction

/// The most people of a room in which, if nothing is set, each hears how far the others have read.
inline constexpr std::size_t max_receipts_people = 50;

/// An act's change of anything beside the log, in the same statement: the room's decision, for the journal. Words have
/// one too where they answer a message of which only the database knows whether it can be answered.
struct act_effect {
  act what;
  bool anybodys = false;            ///< erase: whoever wrote the message; else only its author
  bool must_be_member = false;      ///< remove: `not_found` where the subject isn't a member
  bool for_now = false;             ///< remove: only out of the room; whatever they are in it, they stay
  bool must_agree = false;          ///< add: `forbidden` where the subject doesn't want to be written to by the author
  user_id owner_before{};           ///< role, where another owner is named: becomes a moderator
  room_settings settings{};         ///< settings: all of them, as they are afterwards
  std::uint32_t edit_window_s = 0;  ///< edit: the greatest age that the message may have
};

/// A ban, a mute or a suspension.
struct sanction {
  user_id user;
  user_id by{};       ///< who did it; empty where that isn't known
  shared_text why{};  ///< may be empty
  wall_time until{};  ///< its end; 0: none

  [[nodiscard]] bool holds(wall_time now) const noexcept { return until == wall_time{} || now < until; }
  friend bool operator==(const sanction&, const sanction&) = default;
};

}  // namespace greenroom::core
