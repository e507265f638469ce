#pragma once
#include <array>
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
#include "core/folding.hpp"
#include "core/messages/catalog.hpp"
#include "core/messages/log.hpp"
#include "core/messages/ownership.hpp"
#include "core/messages/room.hpp"
#include "core/time.hpp"
#include "test/simulation/followed_rows.hpp"
#include "test/simulation/ledger.hpp"

namespace greenroom::simulation {

using reader_no = core::number_id<struct reader_tag>;  ///< one websocket, as its client knows it

/// Holds a whole cluster to what Greenroom promises. It hears what the database has done, which is the truth, and what
/// people said and were told, and says what doesn't fit. It knows nothing of rooms' owners, relays or nodes.
///
/// What somebody may read: entries that got their seq while they might be in the room, or before that time. Somebody
/// whom the room removed or banned may not be in it from that entry on; somebody whom others removed, from when the
/// room was opened after that, which the comparison every two seconds brings about.
class checker {
 public:
  /// `clock` tells the virtual time.
  explicit checker(std::function<core::mono_time()> clock) : clock_(std::move(clock)) {}

  // ---- what the database has done, in its order

  void user_made(const core::user_id& user) { people_.insert(user); }
  void room_made(const core::room_id& room, core::generation_id log, room_state state);
  /// An owner read the roster.
  void room_opened(core::generation_id log);
  void room_deleted(core::generation_id log);
  void appended(core::generation_id log, const std::vector<core::room_entry>& entries);
  /// Somebody came or went as a member, and not by the room itself.
  void member_changed(core::generation_id log, const core::user_id& user, bool add);
  /// What the rows hold now, besides the log.
  void stands(core::generation_id log, const room_state& state);
  /// The entry's row, which an erase may have changed.
  void stands(core::generation_id log, const core::room_entry& entry);
  /// The reactions to a message, and its pin.
  void stands(core::generation_id log, core::seq_no message, const message_rows& rows);
  /// A member's read mark is there now, and was somewhere else.
  void marked(core::generation_id log, const core::user_id& user, core::seq_no seq);
  /// One of the people of a direct room has blocked the other; or nobody any more.
  void block_changed(core::generation_id log, bool stands);

  // ---- what people did

  /// What a post is known by: its text, or, as many give the same mark, its author and id.
  [[nodiscard]] static std::string key_of(const core::user_id& author, const std::string& client_id,
                                          const std::string& text, core::entry_kind kind);
  /// Somebody says something that nobody ever said before, or does something for a reason that nobody ever had; or
  /// they give or take back a mark. With an id they may do it again. `target`: of words, the message that they answer.
  void posted(const core::user_id& author, const core::room_id& room, const std::string& client_id,
              const std::string& text, core::entry_kind kind = core::entry_kind::text,
              std::shared_ptr<const core::act> what = {}, core::seq_no target = {});
  /// A post without an id was refused with `why`: unless that leaves it open, it is never stored.
  void refused(const std::string& text, core::ec why);
  /// A post is said to be durable at `seq`.
  void acknowledged(core::generation_id log, core::seq_no seq, const core::user_id& author,
                    const std::string& client_id, const std::string& text);
  /// Somebody is told by whom, and until when, they are muted or banned.
  void told_why(const core::user_id& user, const core::room_id& room, core::ec why, const core::sanction& because);
  /// Nobody does anything any more: a post that is refused now must be refused.
  void refused_at_the_end(const core::user_id& user, const core::room_id& room, core::ec why);
  /// For the figures: somebody gives up what they said or did. Another attempt may have stored it.
  void gave_up(const std::string& key, core::ec why);
  /// A client says how far its user has read.
  void read(reader_no reader, const core::room_id& room, core::seq_no seq);
  /// One of the user's connections is told how far they have read.
  void told_read(const core::user_id& user, const core::room_id& room, core::seq_no seq);

  // ---- what a websocket told its client of a room

  struct joining {
    core::generation_id log;
    core::seq_no head;
    bool recovered = true;
    std::optional<core::seq_no> after;  ///< what the client has, as it said
    core::generation_id of;             ///< of which log; 0: it didn't say
    core::room_members members;
    core::room_face face{};
    core::mono_time asked{};  ///< when the client asked
  };
  [[nodiscard]] reader_no next_reader() noexcept { return {++last_reader_}; }
  void connected(reader_no reader, const core::user_id& user, const core::token_hash& token);
  void joined(reader_no reader, const core::room_id& room, const joining& answer);
  void heard(reader_no reader, const core::room_id& room, const core::room_entry& entry);
  void gap(reader_no reader, const core::room_id& room, core::seq_no from, core::seq_no to);
  void presence(reader_no reader, const core::room_id& room, const core::presence_changed& change);
  void page(reader_no reader, const core::room_id& room, const core::history_page& page);
  /// The rooms in which the reader is a member, and what is unread there.
  void synced(reader_no reader, const core::rooms_synced& page);
  /// What a client made of all that it was told of this log, from `first` on: it must be what the log says.
  void folded(const core::user_id& user, core::generation_id log, core::seq_no first, const core::folding& made);
  void left(reader_no reader, const core::room_id& room);
  void hung_up(reader_no reader);

  // ---- tokens

  void token_ended(const core::token_hash& token);

  /// Nothing failed for a while, and nobody did anything: everything must fit now.
  void settle();
  /// A websocket that is open still has said that so much is read: a member's mark must be there, or further. `mark_of`
  /// has the marks, of members alone.
  void settle_marks(
      const std::function<std::optional<core::seq_no>(const core::room_id&, const core::user_id&)>& mark_of);
  /// What is stored behind the log of a room, once nothing happens there any more. `mark_of` has members' marks.
  void followed(const core::room_id& room, const followed_rows& rows,
                const std::function<std::optional<core::seq_no>(const core::user_id&)>& mark_of);
  /// Something else is wrong.
  void violated(std::string what);

  [[nodiscard]] const std::vector<std::string>& violations() const noexcept { return violations_; }
  /// Entries of the log; 0 where there is none.
  [[nodiscard]] std::size_t length(core::generation_id log) const;
  [[nodiscard]] bool stores(core::generation_id log, const std::string& text) const;
  /// Counts of what was checked, to see that it wasn't nothing: entries stored, entries heard, gaps, entries in pages.
  struct figures {
    std::uint64_t stored = 0, heard = 0, gaps = 0, paged = 0, joins = 0, ended_tokens = 0;
    std::uint64_t marks = 0, synced = 0, folded = 0;     ///< marks moved, rooms told of, messages that clients folded
    std::uint64_t mentions = 0;                          ///< people that messages mention in the end
    std::array<std::uint64_t, 32> acts{};                ///< stored, by kind
    std::map<core::ec, std::uint64_t> refused;           ///< posts and acts …
    std::map<core::ec, std::uint64_t> refused_too_late;  ///< … that another attempt has stored, before or after
  };
  [[nodiscard]] const figures& seen() const noexcept { return seen_; }

 private:
  struct stored {
    core::room_entry entry;
    std::uint64_t tick = 0;
    std::optional<core::room_entry> before{};       ///< as it was until it was erased
    std::optional<core::mono_time> erasure_told{};  ///< the erase was acknowledged then
    std::uint64_t words = 0;                        ///< messages up to this one
  };
  struct log {
    core::room_id room;
    bool deleted = false;
    std::vector<stored> entries;
    std::set<std::pair<std::string, std::string>> ids;
    ledger rules;
    std::map<core::user_id, std::uint64_t> read_until;       ///< those who couldn't read any more, and since when
    std::optional<core::mono_time> meddled;                  ///< somebody else changed the members
    std::map<core::seq_no, std::vector<core::seq_no>> acts;  ///< by the message that they are done to
    std::map<core::user_id, core::seq_no> marks;             ///< of those that were moved
    std::set<core::user_id> members{};                       ///< now …
    std::map<core::user_id, core::seq_no> came{}, went{};    ///< … and where the log was when they last came or went
  };
  struct post {
    core::user_id author;
    core::room_id room;
    std::string client_id;
    core::entry_kind kind = core::entry_kind::text;
    std::shared_ptr<const core::act> what{};
    core::seq_no target;
    bool refused = false;
    bool stored = false;
  };
  struct stream {
    core::generation_id log;
    core::seq_no next;
    core::seq_no head;        ///< when they came in
    core::mono_time asked{};  ///< when they wanted to
    std::set<core::user_id> list;
    std::uint32_t count = 0;
    bool in_parts = false;      ///< the list began with some of the names
    bool numbers_only = false;  ///< there were too many for names: the list is out of date until there is a whole one
  };
  struct reader {
    core::user_id user;
    core::token_hash token;
    std::map<core::room_id, stream> streams;
    std::map<core::room_id, core::seq_no> said_read{};       ///< since they came into the room
    std::map<core::generation_id, core::seq_no> was_read{};  ///< as they were told last
  };

  [[nodiscard]] static bool same(const core::room_entry& a, const core::room_entry& b);
  [[nodiscard]] static std::string quoted(const core::room_id& room, core::seq_no seq) {
    return room.value + "/" + std::to_string(seq.value);
  }
  [[nodiscard]] core::wall_time wall() const;
  [[nodiscard]] bool may_read(const log& of, const core::user_id& user, std::uint64_t tick) const;
  template <class Change>
  void change_readers(log& in, std::uint64_t since, Change change);
  void check_said(log& in, const core::room_entry& entry, const std::string& where);
  void check_entry(const log& in, const core::room_entry& entry, std::string_view where, core::seq_no head,
                   std::optional<core::mono_time> asked);
  void check_face(const log& in, const core::user_id& user, const joining& answer);
  // what holds of messages, in checker_fold.cpp
  [[nodiscard]] static core::folding::message message_at(const log& in, core::seq_no seq, core::seq_no as_of,
                                                         const core::user_id& viewer);
  void erase(log& in, const core::room_entry& erase);
  // what is stored behind the log, in checker_follower.cpp
  static void note_members(log& in);
  /// Whether that entry is, or was, words of theirs.
  [[nodiscard]] static bool wrote(const log& in, const core::user_id& user, core::seq_no seq);
  [[nodiscard]] static std::map<core::seq_no, std::vector<core::seq_no>> mentions_of(const log& in,
                                                                                     const core::user_id& user);
  void check_mentions(const log& in, const core::user_id& user, const std::map<core::seq_no, core::seq_no>& rows);
  [[nodiscard]] static std::uint64_t words_up_to(const log& in, core::seq_no seq);
  [[nodiscard]] log* last_log_of(const core::room_id& room);
  [[nodiscard]] stream* stream_of(reader_no reader, const core::room_id& room, std::string_view what);
  void check_presence(const core::room_id& room, const stream& of, const reader& who);

  std::function<core::mono_time()> clock_;
  std::uint64_t ticks_ = 0;
  std::uint64_t last_reader_ = 0;
  std::set<core::user_id> people_;
  std::map<core::generation_id, log> logs_;
  std::map<core::room_id, core::generation_id> last_logs_;
  std::map<std::string, post> posts_;
  std::map<reader_no, reader> readers_;
  std::map<core::token_hash, core::mono_time> ended_;
  std::map<std::pair<core::user_id, core::room_id>, core::seq_no> read_;  ///< the furthest that they ever said
  std::vector<std::string> violations_;
  figures seen_;
};

}  // namespace greenroom::simulation
