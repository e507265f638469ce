#include "storage/soci/entry.hpp"

namespace greenroom::storage::soci {

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

void insert_plain(database& into, core::room_key room, const core::room_entry& entry, long long author) {
  into.execute("insert into messages (" GREENROOM_PLAIN_COLUMNS
               ") values (:room, :seq, :author, nullif(:id, ''), :text, :at)",
               with("room", room), with("seq", entry.seq), with("author", author), with("id", entry.client_id),
               with("text", entry.text), with("at", entry.at));
}

void put_plain(binary_statement& to, const core::room_entry& entry, long long author) {
  to.put(std::int64_t{author});
  if (entry.client_id.empty())
    to.put_null();
  else
    to.put(std::string_view{entry.client_id});
  to.put(std::string_view{entry.text}).put(std::int64_t{entry.at.time_since_epoch().count()});
}

void plain_entries::clear() {
  for (auto* const array : {&seqs_, &authors_, &client_ids_, &bodies_, &ats_}) array->clear();
}

void plain_entries::add(const core::room_entry& entry, long long author) {
  seqs_.add(static_cast<std::int64_t>(entry.seq.value));
  authors_.add(std::int64_t{author});
  if (entry.client_id.empty())
    client_ids_.add_null();
  else
    client_ids_.add(std::string_view{entry.client_id});
  bodies_.add(std::string_view{entry.text});
  ats_.add(std::int64_t{entry.at.time_since_epoch().count()});
}

void plain_entries::put(binary_statement& to) { to.put(seqs_).put(authors_).put(client_ids_).put(bodies_).put(ats_); }

}  // namespace greenroom::storage::soci
