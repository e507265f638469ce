#include "storage/soci/journal_store.hpp"

#include <algorithm>
#include <unordered_set>

#include "storage/name_hash.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/entry.hpp"
#include "storage/soci/room_row.hpp"
#include "storage/storable.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr std::size_t cached_authors = 100'000;
constexpr std::size_t cached_authorships = 200'000;
constexpr long long refused_author = 0;

using kind = append_outcome::kind;

constexpr auto has_refused = [](const auto& room) {
  return room.subject == refused_author ||
         std::find(room.authors.begin(), room.authors.end(), refused_author) != room.authors.end();
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
          if (refused != 0) known->second = refused_author;
        },
        with("names", database_->words().list(names)));
  });
}

std::vector<core::user_id> journal_store::fill_in(std::span<pending> rooms) const {
  std::unordered_set<core::user_id> unknown;
  const auto number_of = [&](const core::user_id& person) {
    const auto known = authors_.find(person);
    if (known != authors_.end()) return known->second;
    unknown.insert(person);
    return no_author;
  };
  for (auto& room : rooms) {
    if (room.wanted->effect && !room.wanted->entries.front().subject.value.empty())
      room.subject = number_of(room.wanted->entries.front().subject);
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
      room.authors.push_back(number_of(entry.author));
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
    for (const auto& author : unknown) authors_.emplace(author, refused_author);
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
    long long last = no_author;
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
          *room.outcome = {kind::refused, {}, core::ec::conflict};
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

core::error journal_store::append_batch(std::span<pending> rooms) {
  failure why = append_now(rooms);
  if (why.what == fault::transient) why = append_now(rooms);
  if (why.what == fault::none) return {core::ec::none, {}, 0};
  if (why.what == fault::bad_row || why.what == fault::transient) return append_each(rooms);
  return {why.what == fault::lost ? core::ec::unknown_outcome : core::ec::unavailable, {}, 1};
}

failure journal_store::look(const room_append& wanted, append_outcome& outcome) {
  const auto& entry = wanted.entries.front();
  return database_->attempt([&] {
    outcome = {kind::unchanged, {}};
    entry_rows(
        *database_,
        "select " GREENROOM_ENTRY_COLUMNS("messages.client_id")
        " from messages join authors on authors.id = author "
        "where room = :room and authors.folded = :author and client_id = :id",
        [&](const core::room_entry& first) {
          outcome = {kind::repeated, {{0, first.seq, first.at, repeats(first, entry)}}};
        },
        with("room", wanted.room), with("author", core::folded(entry.author.value)), with("id", entry.client_id));
  });
}

// All words in one commit, and each act in one of its own; before them, what is only looked for.
core::result<std::vector<append_outcome>> journal_store::append(std::span<const room_append> rooms) {
  std::vector<append_outcome> outcomes(rooms.size());
  std::vector<pending> waiting;
  waiting.reserve(rooms.size());
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    if (!storable(rooms[i])) {
      outcomes[i] = {kind::refused, {}};
    } else if (!rooms[i].look_only) {
      waiting.push_back({&rooms[i], &outcomes[i]});
    } else if (failure why = look(rooms[i], outcomes[i]); why.what != fault::none) {
      return core::error{core::ec::unavailable, {}, 1};
    }
  }
  // In one order everywhere, so that two nodes' batches don't wait for each other.
  std::sort(waiting.begin(), waiting.end(), [](const pending& a, const pending& b) {
    return std::pair(bool(a.wanted->effect), a.wanted->room) < std::pair(bool(b.wanted->effect), b.wanted->room);
  });

  bool any = false;
  for (std::span<pending> rest = waiting; !rest.empty();) {
    const auto acts =
        std::find_if(rest.begin(), rest.end(), [](const pending& room) { return bool(room.wanted->effect); });
    const auto commit = rest.first(std::max<std::size_t>(1, static_cast<std::size_t>(acts - rest.begin())));
    rest = rest.subspan(commit.size());
    const auto error = append_batch(commit);
    // Rooms that were stored can't be told from the others, once there is no answer for all.
    if (error.code != core::ec::none) return any ? core::error{core::ec::unknown_outcome, {}, 1} : error;
    any = any || std::any_of(commit.begin(), commit.end(),
                             [](const pending& room) { return room.outcome->what == kind::stored; });
  }
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

void journal_store::read_rosters(std::span<core::room_opened* const> rooms) {
  opened_rooms by_key;
  for (auto* const room : rooms) by_key.emplace(room->key.value, room);
  if (by_key.empty()) return;
  // The number `membership` comes first: a change of what is read after it shows as a higher one.
  const auto sanctioned = read_settings(by_key);
  read_members(by_key);
  read_blocks(by_key);
  read_sanctions(by_key, sanctioned);
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
