#include "storage/soci/journal_store.hpp"

#include <algorithm>
#include <unordered_set>

#include "storage/name_hash.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/entry.hpp"
#include "storage/storable.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr std::size_t cached_authors = 100'000;
constexpr std::size_t cached_authorships = 200'000;
constexpr long long unknown_author = -1;

using kind = append_outcome::kind;

constexpr auto has_refused = [](const auto& room) {
  return std::find(room.authors.begin(), room.authors.end(), 0) != room.authors.end();
};

}  // namespace

failure journal_store::read_fence() {
  return database_->attempt([&] {
    const auto version = database_->row<long long>("select version from author_fence where one = 1");
    if (std::get<0>(*version) != fence_) {
      authors_.clear();
      authored_.clear();
    }
    fence_ = std::get<0>(*version);
  });
}

failure journal_store::look_up(const std::vector<core::user_id>& authors) {
  std::unordered_map<std::string, const core::user_id*> by_name;
  std::vector<std::string> names;
  for (const auto& author : authors)
    for (auto& name : {core::folded(author.value), erased_name(author)}) {
      by_name.emplace(name, &author);
      names.push_back(name);
    }
  return database_->attempt([&] {
    database_->rows<std::string, long long, int>(
        "select folded, id, case when exists (select 1 from deletions where author = authors.id "
        "and state <> 'restored') then 1 else 0 end from {{texts:names}} join authors on folded = list.value",
        [&](const std::string& name, long long number, int refused) {
          const auto [known, fresh] = authors_.emplace(*by_name.at(name), number);
          if (refused != 0) known->second = 0;
        },
        with("names", database_->words().list(names)));
  });
}

std::vector<core::user_id> journal_store::fill_in(std::span<pending> rooms) const {
  std::unordered_set<core::user_id> unknown;
  for (auto& room : rooms) {
    room.authors.clear();
    room.authors.reserve(room.wanted->entries.size());
    const core::user_id* last = nullptr;
    for (const auto& entry : room.wanted->entries) {
      // One read brings many of the same author.
      if (last != nullptr && last->value == entry.author.value) {
        room.authors.push_back(room.authors.back());
        continue;
      }
      last = &entry.author;
      const auto known = authors_.find(entry.author);
      room.authors.push_back(known == authors_.end() ? unknown_author : known->second);
      if (known == authors_.end()) unknown.insert(entry.author);
    }
  }
  return {unknown.begin(), unknown.end()};
}

failure journal_store::number_authors(std::span<pending> rooms) {
  if (authors_.size() > cached_authors) authors_.clear();
  auto unknown = fill_in(rooms);
  // An author who was refused without a statement that compares the fence may have been restored.
  if (fence_ == 0 || std::any_of(rooms.begin(), rooms.end(), has_refused)) {
    if (failure why = read_fence(); why.what != fault::none) return why;
    unknown = fill_in(rooms);
  }
  if (unknown.empty()) return {};
  if (failure why = look_up(unknown); why.what != fault::none) return why;
  std::vector<new_author> added;
  for (const auto& author : unknown)
    if (!authors_.contains(author)) added.push_back({author.value, name_hash(author)});
  if (!added.empty()) {
    if (failure why = add_authors(added); why.what != fault::none) return why;
    if (failure why = look_up(unknown); why.what != fault::none) return why;
    for (const auto& author : unknown) authors_.emplace(author, 0);
  }
  fill_in(rooms);
  return {};
}

// One check for each run of entries of the same author; a statement only where an author writes in a room for the first
// time. It comes before their message, and a row without a message does no harm.
failure journal_store::note_authorship(std::span<const pending> rooms) {
  if (authored_.size() > cached_authorships) authored_.clear();
  std::vector<authorship> fresh;
  for (const auto& room : rooms) {
    long long last = unknown_author;
    for (const auto author : room.authors) {
      if (author == last) continue;
      last = author;
      const authorship row{author, room.wanted->room.value};
      if (!authored_.contains(row)) fresh.push_back(row);
    }
  }
  if (fresh.empty()) return {};
  if (failure why = add_authored(fresh); why.what != fault::none) return why;
  authored_.insert(fresh.begin(), fresh.end());
  return {};
}

failure journal_store::append_now(std::span<pending> rooms) {
  for (;;) {
    // Numbers of authors without messages are no outcome that a caller asks for.
    if (failure why = number_authors(rooms); why.what != fault::none) return {fault::away, why.detail};
    std::vector<pending> allowed;
    std::span<const pending> numbered = rooms;
    if (std::any_of(rooms.begin(), rooms.end(), has_refused)) {
      for (const auto& room : rooms) {
        if (has_refused(room))
          *room.outcome = {kind::refused, {}};
        else
          allowed.push_back(room);
      }
      numbered = allowed;
    }
    if (numbered.empty()) return {};
    if (failure why = note_authorship(numbered); why.what != fault::none) return {fault::away, why.detail};
    if (failure why = append_once(numbered); why.what != fault::none) return why;
    // Nothing is stored and a room is fenced: perhaps the authors' fence is stale, and not the room's.
    const auto is = [](kind what) { return [what](const pending& room) { return room.outcome->what == what; }; };
    if (std::any_of(numbered.begin(), numbered.end(), is(kind::stored)) ||
        std::none_of(numbered.begin(), numbered.end(), is(kind::fenced)))
      return {};
    const auto compared = fence_;
    if (failure why = read_fence(); why.what != fault::none) return {fault::away, why.detail};
    if (fence_ == compared) return {};
  }
}

core::error journal_store::append_each(std::span<pending> rooms) {
  bool any = false;
  for (auto& room : rooms) {
    const failure why = append_now({&room, 1});
    if (why.what == fault::bad_row || why.what == fault::transient) {
      *room.outcome = {kind::refused, {}};
    } else if (why.what != fault::none) {
      // Rooms that were stored can't be told from the others, once there is no answer for all.
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
      waiting.push_back({&rooms[i], &outcomes[i]});
    else
      outcomes[i] = {kind::refused, {}};
  }
  if (waiting.empty()) return outcomes;

  // In one order everywhere, so that two nodes' batches don't wait for each other.
  std::sort(waiting.begin(), waiting.end(),
            [](const pending& a, const pending& b) { return a.wanted->room < b.wanted->room; });

  failure why = append_now(waiting);
  if (why.what == fault::transient) why = append_now(waiting);
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
  entry_rows(
      *database_,
      "select " GREENROOM_ENTRY_COLUMNS("messages.client_id")
      " from messages join authors on authors.id = author "
      "where room = :room and seq > :after and seq <= :end order by seq",
      [&](core::room_entry entry) { found.push_back(std::move(entry)); }, with("room", room), with("after", after),
      with("end", after + limit));
  return found;
}

core::result<change_outcome> journal_store::change_member(const member_change& change) {
  auto outcome = change_outcome::fenced;
  failure why = change_once(change, outcome);
  if (why.what == fault::transient) why = change_once(change, outcome);
  if (why.what == fault::none) return outcome;
  return core::error{why.what == fault::lost ? core::ec::unknown_outcome : core::ec::unavailable, {}, 1};
}

void journal_store::read_members(std::span<core::room_opened* const> rooms) {
  if (rooms.empty()) return;
  std::unordered_map<std::uint64_t, core::room_opened*> by_key;
  std::vector<std::uint64_t> keys;
  for (auto* const room : rooms) {
    room->members.clear();
    by_key.emplace(room->key.value, room);
    keys.push_back(room->key.value);
  }
  database_->rows<long long, std::string, long long, std::string>(
      "select rooms.id, rooms.owner, rooms.membership, members.name from {{numbers:keys}} "
      "join rooms on rooms.id = list.value join members on members.room = rooms.id",
      [&](long long key, const std::string& owner, long long membership, const std::string& member) {
        auto& room = *by_key.at(count(key));
        room.owner = {owner};
        room.membership = {count(membership)};
        room.members.push_back({member});
      },
      with("keys", database_->words().list(keys)));
}

core::result<std::vector<core::room_entry>> journal_store::read(core::room_key room, core::seq_no after,
                                                                std::uint32_t limit) {
  return database_->read(
      [&]() -> core::result<std::vector<core::room_entry>> { return entries(room, after.value, limit); });
}

core::result<std::vector<room_epoch>> journal_store::epochs(const std::vector<core::room_key>& rooms) {
  std::vector<std::uint64_t> keys;
  keys.reserve(rooms.size());
  for (const auto room : rooms) keys.push_back(room.value);
  return database_->read([&]() -> core::result<std::vector<room_epoch>> {
    std::vector<room_epoch> known;
    database_->rows<long long, long long, long long>(
        "select id, epoch, membership from {{numbers:keys}} join rooms on rooms.id = list.value where hidden is null",
        [&](long long key, long long epoch, long long membership) {
          known.push_back({{count(key)}, {count(epoch)}, {count(membership)}});
        },
        with("keys", database_->words().list(keys)));
    return known;
  });
}

core::result<core::view_version> journal_store::newest_view() {
  return database_->read([&]() -> core::result<core::view_version> {
    const auto newest = database_->row<long long>("select coalesce(max(view), 0) from rooms");
    return core::view_version{static_cast<std::uint64_t>(std::get<0>(*newest))};
  });
}

}  // namespace greenroom::storage::soci
