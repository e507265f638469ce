#pragma once
#include <string>
#include <vector>

#include "core/client_messages.hpp"
#include "core/connection.hpp"
#include "core/node.hpp"
#include "test/simulation/address.hpp"
#include "test/simulation/database.hpp"
#include "test/simulation/process.hpp"

/// What the actors of one process tell one another, as in actors/interfaces.hpp.
namespace greenroom::simulation {

class room_shell;
class relay_shell;
class connection_shell;
class marks_shell;

// ---- ticks, from an actor to itself

struct flush_tick {};
struct sweep_tick {};
struct damp_tick {};
struct beat_tick {};
struct find_tick {};
struct leave_tick {};

// ---- a room and its journal

struct append_entries {
  room_append append;
  [[nodiscard]] std::string text() const {
    std::string out = std::string(append.look_only ? "look for " : "append ") + std::to_string(append.entries.size()) +
                      " from " + std::to_string(append.entries.front().seq.value) + " epoch " +
                      std::to_string(append.epoch.value);
    if (append.effect) out += " " + describe(append.entries.front());
    return out;
  }
};
struct entries_appended {
  core::append_result answer;
  [[nodiscard]] std::string text() const {
    constexpr const char* words[] = {"stored", "repeated", "unchanged", "fenced", "refused", "unavailable", "unknown"};
    return std::string("appended: ") + words[static_cast<int>(answer.what)] +
           (answer.what == core::append_result::kind::refused ? " " + std::string(core::to_string(answer.why)) : "");
  }
};
struct reopen_room {
  core::open_room request;
};
struct room_reopened {
  core::result<core::room_opened> answer;
  [[nodiscard]] std::string text() const {
    return "reopened: " + (answer ? describe(*answer) : std::string(core::to_string(answer.code())));
  }
};
struct check_epoch {
  core::room_key room;
  core::mono_time asked;
};
struct check_epochs {
  std::vector<core::room_key> rooms;
};
struct epochs_checked {
  std::vector<room_row> newest;
};
struct epoch_checked {
  core::result<core::room_standing> newest;
  core::mono_time asked;
  [[nodiscard]] std::string text() const {
    return newest ? "epoch " + std::to_string(newest->epoch.value) + " membership " +
                        std::to_string(newest->membership.value)
                  : "no epoch";
  }
};
struct read_newest_view {};
struct newest_view {
  core::view_version version;
};
struct relays_lost {
  const process* node = nullptr;
};

// ---- relays and connections

struct look_again {
  bool moved = false;
};
struct listen {
  core::connection_id connection;
  core::user_id user;
  core::position from;
  handle<connection_shell> who;
};
struct unlisten {
  core::connection_id connection;
};
struct room_ready {
  core::room_id room;
  core::topic_id topic;
  handle<room_shell> at;
  core::error refused{ec::none, {}, 0};
  bool again = false;
  [[nodiscard]] std::string text() const {
    return "ready: " + room.value + " " + std::string(core::to_string(refused.code)) + (again ? " again" : "");
  }
};
struct find_relay {
  core::room_id room;
};
struct relay_idle {
  core::room_id room;
  handle<relay_shell> relay;
};
struct room_found {
  handle<room_shell> at;
  void import(process& here) { at = here.import(at); }
};

// ---- a connection and its socket

struct commands_received {
  std::vector<core::client_command> commands;
  [[nodiscard]] std::string text() const {
    std::string out = "received:";
    for (const auto& one : commands) out += " " + describe(one) + ";";
    return out;
  }
};
struct entries_missed {
  core::topic_id topic;
  core::seq_no from, to;
};
struct outbox_roomy {};
/// What the client of a connection has read, to be stored.
struct note_marks {
  core::user_id user;
  core::connection_id from;
  std::vector<std::pair<core::room_id, core::seq_no>> read;
};
struct socket_closed {};
struct end_connection {
  ec why = ec::invalid_token;
};

}  // namespace greenroom::simulation
