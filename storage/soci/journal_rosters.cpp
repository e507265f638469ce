// A room knows more than its log: that is read when the room is opened. A room may have thousands of members and bans.
#include "core/direct.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/journal_store.hpp"
#include "storage/soci/room_row.hpp"

namespace greenroom::storage::soci {
namespace {

using rooms_by_key = std::unordered_map<std::uint64_t, core::room_opened*>;

std::vector<std::uint64_t> keys_of(const rooms_by_key& rooms, bool (*wanted)(const core::room_opened&)) {
  std::vector<std::uint64_t> keys;
  for (const auto& [key, room] : rooms)
    if (wanted(*room)) keys.push_back(key);
  return keys;
}

bool any_room(const core::room_opened&) { return true; }
bool knows_its_members(const core::room_opened& room) { return core::knows_members(room.settings); }

bool is_direct(const core::room_opened& room) { return core::nature_of(room.room) == core::room_nature::direct; }

}  // namespace

std::vector<std::uint64_t> journal_store::read_settings(const opened_rooms& rooms) {
  using text = std::string;
  std::vector<std::uint64_t> sanctioned;
  database_->rows<long long, text, long long, int, GREENROOM_SETTINGS_TYPES>(
      "select rooms.id, rooms.owner, rooms.membership, "
      "case when exists (select 1 from sanctions where sanctions.room = rooms.id) then 1 else 0 end, "
      GREENROOM_SETTINGS_COLUMNS("settings.data", "settings.masks")
      " from {{numbers:keys}} join rooms on rooms.id = list.value left join settings on settings.room = rooms.id",
      [&](long long key, const text& owner, long long membership, int sanctions, const auto&... settings) {
        auto& room = *rooms.at(count(key));
        room.owner = {owner};
        room.membership = {count(membership)};
        room.settings = to_settings(settings...);
        if (sanctions != 0) sanctioned.push_back(count(key));
      },
      with("keys", database_->words().list(keys_of(rooms, any_room))));
  return sanctioned;
}

void journal_store::read_members(const opened_rooms& rooms) {
  for (const auto& [key, room] : rooms) {
    room->members.clear();
    room->moderators.clear();
  }
  if (const auto keys = keys_of(rooms, knows_its_members); !keys.empty())
    database_->rows<long long, std::string>(
        "select members.room, members.name from {{numbers:keys}} join members on members.room = list.value",
        [&](long long key, const std::string& member) { rooms.at(count(key))->members.push_back({member}); },
        with("keys", database_->words().list(keys)));
  database_->rows<long long, std::string>(
      "select members.room, members.name from {{numbers:keys}} join members on members.room = list.value "
      "where members.role = 2",
      [&](long long key, const std::string& name) {
        auto& room = *rooms.at(count(key));
        const core::user_id moderator{name};
        if (room.owner != moderator) room.moderators.push_back(moderator);
      },
      with("keys", database_->words().list(keys_of(rooms, any_room))));
}

// Whether one of the two people of a direct room has blocked the other.
void journal_store::read_blocks(const opened_rooms& rooms) {
  const auto direct = keys_of(rooms, is_direct);
  if (direct.empty()) return;
  for (const auto key : direct) rooms.at(key)->blocked = false;
  database_->rows<long long>(
      "select distinct one.room from {{numbers:keys}} join members as one on one.room = list.value "
      "join members as other on other.room = one.room "
      "join blocks on blocks.folded = one.folded and blocks.blocked = other.folded",
      [&](long long key) { rooms.at(count(key))->blocked = true; }, with("keys", database_->words().list(direct)));
}

// Only of rooms that have any: with one room that has very many, PostgreSQL reads those of all rooms at once.
// Those whose end has passed a day ago by the database's clock are left out; of the others, the room decides.
void journal_store::read_sanctions(const opened_rooms& rooms, const std::vector<std::uint64_t>& sanctioned) {
  for (const auto& [key, room] : rooms) {
    room->bans.clear();
    room->mutes.clear();
  }
  if (sanctioned.empty()) return;
  const auto keys = database_->words().list(sanctioned);
  database_->rows<long long, std::string, long long>(
      "select sanctions.room, authors.name, coalesce(sanctions.until, 0) from {{numbers:keys}} "
      "join sanctions on sanctions.room = list.value join authors on authors.id = sanctions.subject "
      "where sanctions.kind = 20 and (sanctions.until is null or sanctions.until > {{now}} - 86400000)",
      [&](long long key, const std::string& user, long long until) {
        rooms.at(count(key))->bans.push_back({{user}, {}, {}, to_time(until)});
      },
      with("keys", keys));
  database_->rows<long long, std::string, std::string, std::string, long long>(
      "select sanctions.room, authors.name, coalesce(by_whom.name, ''), sanctions.reason, coalesce(sanctions.until, 0) "
      "from {{numbers:keys}} join sanctions on sanctions.room = list.value "
      "join authors on authors.id = sanctions.subject left join authors as by_whom on by_whom.id = sanctions.by_author "
      "where sanctions.kind = 22 and (sanctions.until is null or sanctions.until > {{now}} - 86400000)",
      [&](long long key, const std::string& user, const std::string& by, const std::string& why, long long until) {
        rooms.at(count(key))->mutes.push_back({{user}, {by}, why, to_time(until)});
      },
      with("keys", keys));
}

}  // namespace greenroom::storage::soci
