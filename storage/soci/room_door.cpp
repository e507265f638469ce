// Many users who enter at once cost as many statements as one: each statement takes lists.
#include <algorithm>
#include <unordered_map>

#include "core/modes.hpp"
#include "storage/admission.hpp"
#include "storage/name_hash.hpp"
#include "storage/random.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/room_row.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

std::vector<std::string> folded_rooms(const std::vector<room_visit>& visits) {
  std::vector<std::string> names;
  names.reserve(visits.size());
  for (const auto& visit : visits) names.push_back(core::folded(visit.room.value));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

core::result<room_entries> room_store::find_rooms(const std::vector<room_visit>& visits, core::wall_time now) {
  return database_->read([&]() -> core::result<room_entries> { return look_up(visits, now); });
}

core::result<room_entries> room_store::create_rooms(const std::vector<room_visit>& visits, core::wall_time now) {
  return database_->transaction([&]() -> core::result<room_entries> { return make_missing(visits, now); });
}

// Members and bans are looked for only where a room has such that count. Between two statements a room may be opened or
// closed: whether its members count is as the statement has it that looked for them.
room_entries room_store::look_up(const std::vector<room_visit>& visits, core::wall_time now) {
  const auto wanted = folded_rooms(visits);
  std::unordered_map<core::room_id, core::room_info> there;
  bool any_closed = false;
  bool any_sanctions = false;
  database_->rows<integer, GREENROOM_INFO_TYPES>(
      "select case when exists (select 1 from sanctions where sanctions.room = rooms.id) then 1 else 0 end, "
      GREENROOM_INFO_COLUMNS("settings.data", "settings.masks") " from {{texts:rooms}} join rooms on rooms.folded = list.value "
      "left join settings on settings.room = rooms.id where hidden is null",
      [&](integer sanctions, const auto&... columns) {
        auto info = to_info(columns...);
        any_closed = any_closed || !info.is_open();
        any_sanctions = any_sanctions || sanctions != 0;
        there.emplace(info.room, std::move(info));
      },
      with("rooms", database_->words().list(wanted)));
  std::vector<std::string> users;
  users.reserve(visits.size());
  for (const auto& visit : visits) users.push_back(folded(visit.user));
  std::map<std::string, core::room_access> access;
  const auto members = any_closed ? members_among(visits, users, access) : std::set<person_in_room>{};
  const auto bans = any_sanctions ? bans_among(users, wanted, now) : std::map<person_in_room, core::sanction>{};
  room_entries found;
  found.reserve(visits.size());
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const auto known = there.find(visits[i].room);
    if (known == there.end()) {
      found.emplace_back(core::ec::not_found);
      continue;
    }
    const person_in_room visitor{core::folded(visits[i].room.value), users[i]};
    if (const auto newer = access.find(visitor.first); newer != access.end())
      known->second.settings.access = newer->second;
    const auto role = members.contains(visitor) ? core::room_role::member : core::room_role::outsider;
    const auto ban = bans.find(visitor);
    auto why = admission(known->second.settings.access, role, ban == bans.end() ? nullptr : &ban->second);
    const bool invited =
        why.code == core::ec::forbidden && core::is_on_list(known->second.settings.modes, 'I', visits[i].user);
    const bool knocks = why.code == core::ec::banned && visits[i].knocks && known->second.is_open();
    if (why.code == core::ec::none || invited || knocks)
      found.emplace_back(core::room_entered{known->second, false});
    else
      found.emplace_back(std::move(why));
  }
  return found;
}

std::set<room_store::person_in_room> room_store::members_among(const std::vector<room_visit>& visits,
                                                               const std::vector<std::string>& users,
                                                               std::map<std::string, core::room_access>& access) {
  std::vector<std::string> places;
  places.reserve(visits.size());
  for (const auto& visit : visits) places.push_back(core::folded(visit.room.value));
  const auto& words = database_->words();
  std::set<person_in_room> members;
  database_->rows<std::string, integer, std::string>(
      "select place, rooms.private, coalesce(members.folded, '') from {{columns:place,visitor}} "
      "join rooms on rooms.folded = place "
      "left join members on members.room = rooms.id and members.folded = visitor",
      [&](const std::string& room, integer is, const std::string& member) {
        access.insert_or_assign(room, static_cast<core::room_access>(is));
        members.emplace(room, member);
      },
      with("place", words.list(places)), with("visitor", words.list(users)));
  return members;
}

std::map<room_store::person_in_room, core::sanction> room_store::bans_among(const std::vector<std::string>& users,
                                                                            const std::vector<std::string>& rooms,
                                                                            core::wall_time now) {
  std::map<person_in_room, core::sanction> bans;
  database_->rows<std::string, std::string, std::string, std::string, std::string, integer>(
      "select rooms.folded, about.folded, about.name, coalesce(by_whom.name, ''), ban.reason, coalesce(ban.until, 0) "
      "from authors as about join sanctions as ban on ban.subject = about.id join rooms on rooms.id = ban.room "
      "left join authors as by_whom on by_whom.id = ban.by_author "
      "where about.folded in (select value from {{texts:users}}) "
      "and rooms.folded in (select value from {{texts:rooms}}) "
      "and ban.kind = 20 and (ban.until is null or ban.until > :now)",
      [&](const std::string& room, const std::string& user, const std::string& name, const std::string& by,
          const std::string& why, integer until) {
        bans.emplace(person_in_room{room, user}, core::sanction{{name}, {by}, why, to_time(until)});
      },
      with("users", database_->words().list(users)), with("rooms", database_->words().list(rooms)), with("now", now));
  return bans;
}

room_entries room_store::make_missing(const std::vector<room_visit>& visits, core::wall_time now) {
  std::vector<std::string> accounts;
  accounts.reserve(visits.size());
  for (const auto& visit : visits) accounts.push_back(name_hash(visit.user));
  const auto refused = refused_among(accounts);
  // In one order, as every node inserts them: two that make the same rooms would wait for each other in a circle.
  std::map<std::string, const room_visit*> makers;
  for (std::size_t i = 0; i < visits.size(); ++i)
    if (!refused.contains(accounts[i])) makers.emplace(core::folded(visits[i].room.value), &visits[i]);
  const auto made = insert_plain(makers, now);
  // The others were made by another transaction meanwhile.
  auto entered = made.size() == makers.size() ? room_entries(visits.size(), core::ec::conflict) : look_up(visits, now);
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const auto& [room, user, knocks] = visits[i];
    if (refused.contains(accounts[i]))
      entered[i] = core::ec::conflict;
    else if (const auto it = made.find(room); it != made.end())
      entered[i] = core::room_entered{it->second, makers.at(core::folded(room.value)) == &visits[i]};
  }
  return entered;
}

room_store::made_rooms room_store::insert_plain(const std::map<std::string, const room_visit*>& makers,
                                                core::wall_time now) {
  made_rooms made;
  if (makers.empty()) return made;
  std::vector<std::string> names;
  std::vector<std::string> folded_names;
  std::vector<std::string> owners;
  std::vector<std::string> folded_owners;
  std::vector<std::string> generations;
  for (const auto& [folded, maker] : makers) {
    names.push_back(maker->room.value);
    folded_names.push_back(folded);
    owners.push_back(maker->user.value);
    folded_owners.push_back(core::folded(maker->user.value));
    generations.push_back(std::to_string(random_generation()));
  }
  const auto& words = database_->words();
  std::vector<std::string> keys;
  std::vector<std::string> first_members;
  std::vector<std::string> folded_members;
  database_->rows<long long, std::string, std::string, long long>(
      "insert into rooms (name, folded, owner, owner_folded, private, generation, epoch, head, node, view, created_at) "
      "select names, folded_names, owners, folded_owners, 0, cast(generations as bigint), 0, 0, '', 0, :now "
      "from {{columns:names,folded_names,owners,folded_owners,generations}} where true "
      "on conflict do nothing returning id, name, owner, generation",
      [&](long long key, const std::string& name, const std::string& owner, long long generation) {
        keys.push_back(std::to_string(key));
        first_members.push_back(owner);
        folded_members.push_back(core::folded(owner));
        made.emplace(core::room_id{name}, core::room_info{{name}, {owner}, {}, {count(generation)}, {}, now});
      },
      with("now", now), with("names", words.list(names)), with("folded_names", words.list(folded_names)),
      with("owners", words.list(owners)), with("folded_owners", words.list(folded_owners)),
      with("generations", words.list(generations)));
  database_->execute(
      "insert into members (room, name, folded, added_at) "
      "select cast(keys as bigint), names, folded_names, :now from {{columns:keys,names,folded_names}}",
      with("now", now), with("keys", words.list(keys)), with("names", words.list(first_members)),
      with("folded_names", words.list(folded_members)));
  return made;
}

}  // namespace greenroom::storage::soci
