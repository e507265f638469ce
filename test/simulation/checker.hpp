#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/client_messages.hpp"
#include "core/messages/catalog.hpp"
#include "core/messages/log.hpp"
#include "core/messages/ownership.hpp"
#include "core/messages/room.hpp"
#include "core/time.hpp"

namespace greenroom::simulation {

using reader_no = core::number_id<struct reader_tag>;  ///< one websocket, as its client knows it

/// Holds a whole cluster to what Greenroom promises. It hears what the database has done, which is the truth, and what
/// people said and were told, and says what doesn't fit. It knows nothing of rooms' owners, relays or nodes.
///
/// What somebody may read in a private room: entries that got their seq while they were a member, or before they were
/// one (again). Somebody whom the room removed isn't a member from the moment that the database did it; somebody whom
/// others removed, from when the room was opened after that, which the comparison every two seconds brings about.
class checker {
 public:
  /// `clock` tells the virtual time.
  explicit checker(std::function<core::mono_time()> clock) : clock_(std::move(clock)) {}

  // ---- what the database has done, in its order

  void room_made(const core::room_id& room, core::generation_id log, bool is_private,
                 const std::vector<core::user_id>& members);
  /// An owner read the members.
  void room_opened(core::generation_id log);
  void room_deleted(core::generation_id log);
  void appended(core::generation_id log, const std::vector<core::room_entry>& entries);
  /// `elsewhere`: not by the room itself.
  void member_changed(core::generation_id log, const core::user_id& user, bool add, bool elsewhere);

  // ---- what people did

  /// Somebody says something that nobody ever said before. With an id they may say it again.
  void posted(const core::user_id& author, const core::room_id& room, const std::string& client_id,
              const std::string& text);
  /// A post without an id was refused with `why`: unless that leaves it open, it is never stored.
  void refused(const std::string& text, core::ec why);
  /// A post is said to be durable at `seq`.
  void acknowledged(core::generation_id log, core::seq_no seq, const core::user_id& author,
                    const std::string& client_id, const std::string& text);

  // ---- what a websocket told its client of a room

  struct joining {
    core::generation_id log;
    core::seq_no head;
    bool recovered = true;
    std::optional<core::seq_no> after;  ///< what the client has, as it said
    core::generation_id of;             ///< of which log; 0: it didn't say
    core::room_members members;
  };
  [[nodiscard]] reader_no next_reader() noexcept { return {++last_reader_}; }
  void connected(reader_no reader, const core::user_id& user, const core::token_hash& token);
  void joined(reader_no reader, const core::room_id& room, const joining& answer);
  void heard(reader_no reader, const core::room_id& room, const core::room_entry& entry);
  void gap(reader_no reader, const core::room_id& room, core::seq_no from, core::seq_no to);
  void presence(reader_no reader, const core::room_id& room, const core::presence_changed& change);
  void page(reader_no reader, const core::room_id& room, const core::history_page& page);
  void left(reader_no reader, const core::room_id& room);
  void hung_up(reader_no reader);

  // ---- tokens

  void token_ended(const core::token_hash& token);

  /// Nothing failed for a while, and nobody did anything: everything must fit now.
  void settle();
  /// Something else is wrong.
  void violated(std::string what);

  [[nodiscard]] const std::vector<std::string>& violations() const noexcept { return violations_; }
  /// Entries of the log; 0 where there is none.
  [[nodiscard]] std::size_t length(core::generation_id log) const;
  [[nodiscard]] bool stores(core::generation_id log, const std::string& text) const;
  /// Counts of what was checked, to see that it wasn't nothing: entries stored, entries heard, gaps, entries in pages.
  struct figures {
    std::uint64_t stored = 0, heard = 0, gaps = 0, paged = 0, removals = 0, joins = 0, ended_tokens = 0;
  };
  [[nodiscard]] const figures& seen() const noexcept { return seen_; }

 private:
  struct membership {
    std::uint64_t from = 0;
    std::uint64_t until = UINT64_MAX;
    bool fading = false;  ///< removed elsewhere, which the owner doesn't know yet
  };
  struct stored {
    core::room_entry entry;
    std::uint64_t tick = 0;
  };
  struct log {
    core::room_id room;
    bool is_private = false;
    bool deleted = false;
    std::vector<stored> entries;
    std::set<std::pair<std::string, std::string>> ids;
    std::map<core::user_id, std::vector<membership>> members;
  };
  struct post {
    core::user_id author;
    core::room_id room;
    std::string client_id;
    bool refused = false;
    bool stored = false;
  };
  struct stream {
    core::generation_id log;
    core::seq_no next;
    std::set<core::user_id> list;
    std::uint32_t count = 0;
    bool in_parts = false;      ///< the list began with some of the names
    bool numbers_only = false;  ///< there were too many for names: the list is out of date until there is a whole one
  };
  struct reader {
    core::user_id user;
    core::token_hash token;
    std::map<core::room_id, stream> streams;
  };

  [[nodiscard]] bool may_read(const log& of, const core::user_id& user, std::uint64_t tick) const;
  void check_entry(const log& in, const core::room_entry& entry, std::string_view where);
  [[nodiscard]] stream* stream_of(reader_no reader, const core::room_id& room, std::string_view what);
  void check_presence(const core::room_id& room, const stream& of, const reader& who);

  std::function<core::mono_time()> clock_;
  std::uint64_t ticks_ = 0;
  std::uint64_t last_reader_ = 0;
  std::map<core::generation_id, log> logs_;
  std::map<std::string, post> posts_;
  std::map<reader_no, reader> readers_;
  std::map<core::token_hash, core::mono_time> ended_;
  std::vector<std::string> violations_;
  figures seen_;
};

}  // namespace greenroom::simulation
