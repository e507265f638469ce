#include "storage/soci/journal_store.hpp"

#include <algorithm>
#include <unordered_set>

#include "storage/storable.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr std::size_t cached_authors = 100'000;

using kind = append_outcome::kind;

}  // namespace

failure journal_store::look_up(const std::vector<std::string>& folded_names) {
  return database_->attempt([&] {
    database_->rows<std::string, long long>(
        "select name, id from {{texts:names}} join authors on folded = list.value",
        [&](const std::string& name, long long number) { authors_.insert_or_assign(core::user_id{name}, number); },
        with("names", database_->words().list(folded_names)));
  });
}

failure journal_store::number_authors(std::vector<pending>& rooms) {
  if (authors_.size() > cached_authors) authors_.clear();
  std::unordered_set<core::user_id> unknown;
  for (const auto& room : rooms)
    for (const auto& entry : room.wanted->entries)
      if (!authors_.contains(entry.author)) unknown.insert(entry.author);
  if (!unknown.empty()) {
    std::vector<std::string> folded;
    for (const auto& author : unknown) folded.push_back(core::folded(author.value));
    failure why = look_up(folded);
    std::vector<std::string> names;
    for (const auto& author : unknown)
      if (!authors_.contains(author)) names.push_back(author.value);
    if (why.what == fault::none && !names.empty()) {
      why = add_authors(names);
      if (why.what == fault::none) why = look_up(folded);
    }
    // Numbers of authors without messages are no outcome that anybody asks for.
    if (why.what == fault::lost) why.what = fault::away;
    if (why.what != fault::none) return why;
  }
  for (auto& room : rooms)
    for (const auto& entry : room.wanted->entries) room.authors.push_back(authors_.at(entry.author));
  return {};
}

core::error journal_store::append_each(std::span<const pending> rooms) {
  bool any = false;
  for (const auto& room : rooms) {
    const failure why = append_once({&room, 1});
    if (why.what == fault::bad_row || why.what == fault::transient) {
      *room.outcome = {kind::refused, {}};
    } else if (why.what != fault::none) {
      // What was stored before can't be told from what wasn't, once there is no answer for all.
      if (any || why.what == fault::lost) return {core::ec::unknown_outcome, {}, 1};
      return {core::ec::unavailable, {}, 1};
    }
    any = any || room.outcome->what == kind::stored;
  }
  return {core::ec::none, {}, 0};
}

core::result<std::vector<append_outcome>> journal_store::append(std::span<const room_append> rooms) {
  std::vector<append_outcome> outcomes(rooms.size());
  std::vector<pending> waiting;
  waiting.reserve(rooms.size());
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (storable(rooms[i]))
      waiting.push_back({&rooms[i], {}, &outcomes[i]});
    else
      outcomes[i] = {kind::refused, {}};
  }
  if (waiting.empty()) return outcomes;

  failure why = number_authors(waiting);
  if (why.what != fault::none) return core::error{core::ec::unavailable, {}, 1};
  // In one order everywhere, so that two nodes' batches don't wait for each other.
  std::sort(waiting.begin(), waiting.end(),
            [](const pending& a, const pending& b) { return a.wanted->room < b.wanted->room; });

  why = append_once(waiting);
  if (why.what == fault::transient) why = append_once(waiting);
  core::error error{core::ec::none, {}, 0};
  if (why.what == fault::bad_row || why.what == fault::transient)
    error = append_each(waiting);
  else if (why.what != fault::none)
    error = {why.what == fault::lost ? core::ec::unknown_outcome : core::ec::unavailable, {}, 1};
  if (error.code != core::ec::none) return error;
  return outcomes;
}

std::vector<core::room_entry> journal_store::entries(core::room_key room, std::uint64_t after, std::uint32_t limit) {
  std::vector<core::room_entry> found;
  database_->rows<long long, std::string, std::string, std::string, long long>(
      "select seq, name, coalesce(client_id, ''), body, at from messages join authors on authors.id = author "
      "where room = :room and seq > :after and seq <= :end order by seq",
      [&](long long seq, const std::string& author, const std::string& client_id, const std::string& text,
          long long at) {
        found.push_back({{static_cast<std::uint64_t>(seq)},
                         {author},
                         client_id,
                         text,
                         core::wall_time{core::milliseconds{at}},
                         {}});
      },
      with("room", room), with("after", after), with("end", after + limit));
  return found;
}

core::result<std::vector<core::room_entry>> journal_store::read(core::room_key room, core::seq_no after,
                                                                std::uint32_t limit) {
  return database_->read(
      [&]() -> core::result<std::vector<core::room_entry>> { return entries(room, after.value, limit); });
}

core::result<std::vector<room_epoch>> journal_store::epochs(const std::vector<core::room_key>& rooms) {
  std::vector<std::uint64_t> keys;
  for (const auto room : rooms) keys.push_back(room.value);
  return database_->read([&]() -> core::result<std::vector<room_epoch>> {
    std::vector<room_epoch> known;
    database_->rows<long long, long long>(
        "select id, epoch from {{numbers:keys}} join rooms on rooms.id = list.value",
        [&](long long key, long long epoch) {
          known.push_back({{static_cast<std::uint64_t>(key)}, {static_cast<std::uint64_t>(epoch)}});
        },
        with("keys", database_->words().list(keys)));
    return known;
  });
}

}  // namespace greenroom::storage::soci
