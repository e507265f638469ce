#include "storage/soci/entry.hpp"

namespace greenroom::storage::soci {
namespace {

// Empty: NULL.
void put_optional(binary_statement& to, std::string_view text) {
  if (text.empty())
    to.put_null();
  else
    to.put(text);
}

void put_optional(binary_statement& to, bool there, std::int64_t number) {
  if (there)
    to.put(number);
  else
    to.put_null();
}

void add_optional(binary_array& to, std::string_view text) {
  if (text.empty())
    to.add_null();
  else
    to.add(text);
}

}  // namespace

core::room_entry to_entry(long long seq, const std::string& author, const std::string& client_id,
                          const std::string& body, long long at, long long kind, long long target,
                          const std::string& subject, const std::string& extra) {
  return {.seq = {static_cast<std::uint64_t>(seq)},
          .author = {author},
          .client_id = client_id,
          .text = body,
          .at = core::wall_time{core::milliseconds{at}},
          .kind = static_cast<core::entry_kind>(kind),
          .target = {static_cast<std::uint64_t>(target)},
          .subject = {subject},
          .extra = extra};
}

void insert_entry(database& into, core::room_key room, const core::room_entry& entry, long long author,
                  long long subject) {
  if (is_plain(entry))
    into.execute("insert into messages (" GREENROOM_PLAIN_COLUMNS
                 ") values (:room, :seq, :author, nullif(:id, ''), :text, :at)",
                 with("room", room), with("seq", entry.seq), with("author", author), with("id", entry.client_id),
                 with("text", entry.text), with("at", entry.at));
  else
    into.execute("insert into messages (" GREENROOM_ACT_COLUMNS
                 ") values (:room, :seq, :author, nullif(:id, ''), :text, :at, :kind, nullif(:target, 0), "
                 "nullif(:extra, ''), nullif(:subject, -1))",
                 with("room", room), with("seq", entry.seq), with("author", author), with("id", entry.client_id),
                 with("text", entry.text), with("at", entry.at), with("kind", static_cast<int>(entry.kind)),
                 with("target", entry.target), with("extra", entry.extra), with("subject", subject));
}

void put_plain(binary_statement& to, const core::room_entry& entry, long long author) {
  to.put(std::int64_t{author});
  put_optional(to, entry.client_id);
  to.put(std::string_view{entry.text}).put(std::int64_t{entry.at.time_since_epoch().count()});
}

void put_act(binary_statement& to, const core::room_entry& entry, long long author, long long subject) {
  put_plain(to, entry, author);
  to.put(static_cast<std::int64_t>(entry.kind));
  put_optional(to, bool(entry.target), static_cast<std::int64_t>(entry.target.value));
  put_optional(to, entry.extra);
  put_optional(to, subject != no_author, subject);
}

void word_entries::clear() {
  for (auto* const array : {&seqs_, &authors_, &client_ids_, &bodies_, &ats_, &kinds_, &targets_, &extras_})
    array->clear();
}

void word_entries::add(const core::room_entry& entry, long long author, bool plain) {
  seqs_.add(static_cast<std::int64_t>(entry.seq.value));
  authors_.add(std::int64_t{author});
  add_optional(client_ids_, entry.client_id);
  bodies_.add(std::string_view{entry.text});
  ats_.add(std::int64_t{entry.at.time_since_epoch().count()});
  if (plain) return;
  kinds_.add(static_cast<std::int64_t>(entry.kind));
  if (entry.target)
    targets_.add(static_cast<std::int64_t>(entry.target.value));
  else
    targets_.add_null();
  add_optional(extras_, entry.extra);
}

void word_entries::put(binary_statement& to, bool plain) {
  to.put(seqs_).put(authors_).put(client_ids_).put(bodies_).put(ats_);
  if (!plain) to.put(kinds_).put(targets_).put(extras_);
}

}  // namespace greenroom::storage::soci
