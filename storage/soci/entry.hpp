#pragma once
#include <cstdint>
#include <string>

#include "core/messages/log.hpp"
#include "storage/soci/database.hpp"
#include "storage/soci/postgresql_binary.hpp"

/// The columns of `messages` that make an entry: the one place of all statements that write or read them.
namespace greenroom::storage::soci {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

/// The columns that store a plain text. The statements name no other column: the rest have defaults, and naming them
/// costs PostgreSQL an eighth more per batch.
#define GREENROOM_PLAIN_COLUMNS "room, seq, author, client_id, body, at"

/// The columns that store other words, and those that store an act.
#define GREENROOM_WORD_COLUMNS GREENROOM_PLAIN_COLUMNS ", kind, target, extra"
#define GREENROOM_ACT_COLUMNS GREENROOM_WORD_COLUMNS ", subject"

/// The columns that `entry_rows` reads, of `messages`; empty or 0 where a left join found none. Two are expressions:
/// `author` is the name, or null, and `client_id` the visible form of the author's own id, or null.
#define GREENROOM_ENTRY_COLUMNS_WITH(author, client_id)                                                             \
  "coalesce(messages.seq, 0), coalesce(" author ", ''), coalesce(" client_id                                        \
  ", ''), coalesce(messages.body, ''), coalesce(messages.at, 0), coalesce(messages.kind, 0), "                      \
  "coalesce(messages.target, 0), case when messages.subject is null then '' else coalesce((select about.name from " \
  "authors as about where about.id = messages.subject), '') end, coalesce(messages.extra, '')"
/// The same, of `messages` joined with `authors`.
#define GREENROOM_ENTRY_COLUMNS(client_id) GREENROOM_ENTRY_COLUMNS_WITH("authors.name", client_id)

// NOLINTEND(cppcoreguidelines-macro-usage)

/// A row of GREENROOM_ENTRY_COLUMNS.
[[nodiscard]] core::room_entry to_entry(long long seq, const std::string& author, const std::string& client_id,
                                        const std::string& body, long long at, long long kind, long long target,
                                        const std::string& subject, const std::string& extra);

/// As `database::rows`, for a statement that selects columns of the types `Before`, and then GREENROOM_ENTRY_COLUMNS:
/// `each` is called with the former, and the entry.
template <class... Before, class Each, class... Values>
void entry_rows(database& from, const char* sql, Each each, const parameter<Values>&... parameters) {
  using text = std::string;
  from.rows<Before..., long long, text, text, text, long long, long long, long long, text, text>(
      sql,
      [&](const Before&... before, long long seq, const text& author, const text& client_id, const text& body,
          long long at, long long kind, long long target, const text& subject, const text& extra) {
        each(before..., to_entry(seq, author, client_id, body, at, kind, target, subject, extra));
      },
      parameters...);
}

/// The number of no person.
inline constexpr long long no_author = -1;

/// Stores an entry, whose author and subject have these numbers, with one statement of SOCI's, which names only the
/// columns that it needs. As `database::execute`.
void insert_entry(database& into, core::room_key room, const core::room_entry& entry, long long author,
                  long long subject);

/// Binds a plain text's author, client_id, body and at: four parameters of a statement for one row, after its seq.
void put_plain(binary_statement& to, const core::room_entry& entry, long long author);
/// Binds the same of an act, and then its kind, target, extra and subject: eight parameters.
void put_act(binary_statement& to, const core::room_entry& entry, long long author, long long subject);

/// Words as parameters of a statement for many rows.
class word_entries {
 public:
  /// Starts again without entries; keeps its memory.
  void clear();
  /// Adds words that are all `plain`, or any words.
  void add(const core::room_entry& entry, long long author, bool plain);
  /// Binds seq, author, client_id, body and at: five arrays; and then, unless all are `plain`, kind, target and extra.
  /// After this only `clear`.
  void put(binary_statement& to, bool plain);

 private:
  using of = binary_array::of;
  binary_array seqs_{of::numbers}, authors_{of::numbers}, client_ids_{of::texts}, bodies_{of::texts}, ats_{of::numbers};
  binary_array kinds_{of::numbers}, targets_{of::numbers}, extras_{of::texts};
};

}  // namespace greenroom::storage::soci
