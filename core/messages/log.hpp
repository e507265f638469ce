#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/messages/act.hpp"
#include "core/shared_text.hpp"
#include "core/time.hpp"

/// A room's log: posts and stored entries.
namespace greenroom::core {

/// The most bytes of a long answer, as it is written for a client: a page of history, or the entries that a reader who
/// comes back has missed.
inline constexpr std::size_t long_answer_bytes = 256 * 1024;

/// The kind of an entry of a room's log. The numbers are those of the database and of the wire.
enum class entry_kind : std::uint8_t {
  text = 0,
  edit = 1,
  erase = 2,
  react = 3,
  unreact = 4,
  pin = 5,
  unpin = 6,
  erased = 7,
  notice = 8,
  action = 9,
  tag = 10,  ///< tags of an IRC client, in `extra`, without words
  settings = 16,
  role = 17,
  add = 18,
  remove = 19,
  ban = 20,
  unban = 21,
  mute = 22,
  unmute = 23,
};

/// A set of kinds.
struct kind_set {
  std::uint32_t bits = 0;  ///< one for each number

  [[nodiscard]] static constexpr kind_set of(std::initializer_list<entry_kind> kinds) noexcept {
    kind_set out;
    for (const auto one : kinds) out.bits |= std::uint32_t{1} << static_cast<unsigned>(one);
    return out;
  }
  [[nodiscard]] constexpr bool has(entry_kind one) const noexcept {
    return ((bits >> static_cast<unsigned>(one)) & 1u) != 0;
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits == 0; }
  friend constexpr bool operator==(kind_set, kind_set) = default;
};

/// One entry of a room's log: a message, unless `kind` says otherwise.
struct room_entry {
  seq_no seq{};
  user_id author{};
  std::string client_id{};  ///< the author's own id of it; empty: none
  shared_text text{};
  wall_time at{};          ///< never smaller than that of the entry before
  connection_id poster{};  ///< the connection that gets it with its id; none in replays and history
  entry_kind kind = entry_kind::text;
  seq_no target{};      ///< the earlier entry that this one is about; 0: none
  user_id subject{};    ///< the name of the person whom it is about, a number in the database; empty: none
  shared_text extra{};  ///< a JSON object with further fields, at most 8 KiB; empty: none. Of words and tags: IRC's own
};

/// Whether entries of this kind are somebody's words: others are acts, each alone in its append.
[[nodiscard]] constexpr bool is_words(entry_kind kind) noexcept {
  return kind == entry_kind::text || kind == entry_kind::notice || kind == entry_kind::action;
}

/// Whether only somebody who may write does this: words, a change of them, a mark, tags. Its author's deletion may
/// empty it.
[[nodiscard]] constexpr bool is_written(entry_kind kind) noexcept {
  return is_words(kind) || kind == entry_kind::edit || kind == entry_kind::react || kind == entry_kind::unreact ||
         kind == entry_kind::tag;
}

/// Whether the `extra` of an entry of this kind is for clients of IRC alone: their tags, and where they cut a text.
[[nodiscard]] constexpr bool has_tags(entry_kind kind) noexcept { return is_words(kind) || kind == entry_kind::tag; }

/// Whether an act of this kind is done to a message, its `target`.
[[nodiscard]] constexpr bool is_on_message(entry_kind kind) noexcept {
  return kind >= entry_kind::edit && kind <= entry_kind::unpin;
}

/// Whether an entry is a text and nothing more, as nearly all are.
[[nodiscard]] inline bool is_plain(const room_entry& entry) noexcept {
  return entry.kind == entry_kind::text && !entry.target && entry.subject.value.empty() && entry.extra.empty();
}

/// Makes a message what it is once the entry `by` has erased it, or, where that is 0, the deletion of its author: it
/// keeps its number, author, time and client id. An act that is emptied says by an empty object that it never was
/// words, of which there are as many as before. One that is erased already stays as it is: a reopened room may have
/// read it empty, before it hears that its erase is stored.
inline void empty_out(room_entry& message, seq_no by) {
  if (message.kind == entry_kind::erased) return;
  message.extra = is_words(message.kind) ? shared_text{} : shared_text{"{}"};
  message.kind = entry_kind::erased;
  message.text = {};
  message.target = by;
}

/// The people of a room who hear something that isn't stored.
enum class earshot : std::uint8_t {
  all = 0,
  voiced = 1,      ///< those who may write where only some may
  moderators = 2,  ///< and the owner
};

/// One message, or one act, that a connection posts in a room.
struct post {
  std::uint64_t ticket = 0;  ///< the connection's own number of the post: the answer carries it
  std::string client_id{};   ///< empty: none, then repetition isn't checked
  shared_text text{};        ///< of an act: the person's reason, which may be empty; an edit's new text; a mark
  entry_kind kind = entry_kind::text;
  std::shared_ptr<const core::act> act{};  ///< never null where `kind` is an act; else null
  seq_no target{};                         ///< of words: the message that they answer; 0: none
  shared_text extra{};                     ///< of words: as in the entry
  /// Isn't stored: those who are in the room hear it once, on IRC alone (`note_passing`). Words, or a tag.
  bool passing = false;
  earshot heard_by = earshot::all;  ///< of what passes
};

/// Everything that one read of a socket brought for one room.
struct post_batch {
  user_id author;
  connection_id from;
  std::vector<post> posts;
};

/// The outcome of one post.
struct post_answer {
  std::uint64_t ticket = 0;
  ec code = ec::none;  ///< none: durable, or without effect
  seq_no seq;          ///< its place in the log, if durable; 0: nothing would have changed, so there is no entry
  wall_time at{};
  bool duplicate = false;  ///< the id was known: `seq` and `at` are the first message's
};
/// The facts behind an answer's code, where there is more than its word.
struct refusal {
  std::uint64_t ticket = 0;
  sanction because;               ///< `banned`, `muted`
  std::uint32_t retry_after_s{};  ///< `rate_limited`; else 0
};
struct posts_answered {
  std::vector<post_answer> answers;
  std::vector<refusal> refusals{};  ///< of some of the answers
};

/// An act of somebody without a connection. Answered once it is durable, or refused.
struct perform_act {
  room_id room;
  user_id by;
  post what;
  bool as_admin = false;  ///< `by` is an admin of the server, and stands over every owner
};
/// The entry that it became.
struct act_performed {
  room_entry entry{};  ///< seq 0: nothing would have changed, so there is none
  generation_id generation{};
  bool duplicate = false;  ///< the id was known: this is the first one
};

/// A durable batch, sent once per relay however many listeners it has.
struct room_batch {
  room_id room;
  generation_id generation;
  std::vector<room_entry> entries;  ///< never empty, contiguous
};

}  // namespace greenroom::core
