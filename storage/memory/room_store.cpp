#include "storage/memory/room_store.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "core/direct.hpp"
#include "core/folding.hpp"
#include "core/messages/ownership.hpp"
#include "core/modes.hpp"
#include "core/page.hpp"
#include "storage/admission.hpp"

namespace greenroom::storage::memory {
namespace {

core::room_info described(const room& of) {
  core::room_info info = of.info;
  info.head = core::seq_no{of.log.size()};
  return info;
}

// An entry as this viewer may see it.
core::room_entry shown(core::room_entry entry, const core::user_id& viewer) {
  if (entry.author != viewer) entry.client_id.clear();
  return entry;
}

bool is_audited(const core::room_entry& entry) {
  return entry.kind == core::entry_kind::erase || entry.kind >= core::entry_kind::settings;
}

}  // namespace

core::result<room*> room_store::enter(const core::room_id& name, const core::user_id& viewer, core::wall_time now) {
  const auto found = database_->rooms.find(name);
  if (found == database_->rooms.end()) return core::ec::not_found;
  if (auto why = found->second->refusal_of(viewer, now); why.code != core::ec::none) return why;
  return found->second.get();
}

core::result<room*> room_store::enter(const core::room_id& name, const core::user_id& viewer) {
  return enter(name, viewer, clock_now());
}

core::result<room*> room_store::enter_to_moderate(const core::room_id& name, const core::user_id& viewer,
                                                  core::wall_time now) {
  auto there = enter(name, viewer, now);
  if (there && (*there)->role_of(viewer) < core::room_role::moderator) return core::ec::forbidden;
  return there;
}

core::result<core::room_entered> room_store::create_room(const core::create_room& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  return make_room(request, now);
}

core::result<core::room_entered> room_store::make_room(const core::create_room& request, core::wall_time now) {
  if (database_->refuses(request.owner)) return core::ec::conflict;
  for (const auto& member : request.members)
    if (database_->refuses(member)) return core::ec::conflict;
  if (database_->rooms.contains(request.room)) {
    const auto there = enter(request.room, request.owner, now);
    if (!there) return there.why();
    return core::room_entered{described(**there), false};
  }
  for (const auto& member : request.members)
    if (database_->has_blocked(member, request.owner)) return core::ec::blocked;
  auto made = std::make_shared<room>();
  made->key = ++database_->last_key;
  made->info = {request.room, request.owner, {.access = request.access}, {random_generation()}, {}, now};
  made->members.emplace(request.owner, membership{now});
  for (const auto& member : request.members) made->members.emplace(member, membership{now});
  database_->by_key.emplace(made->key, made);
  database_->rooms.emplace(request.room, made);
  return core::room_entered{described(*made), true};
}

core::result<room_entries> room_store::create_rooms(const std::vector<room_visit>& visits, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  room_entries entered;
  entered.reserve(visits.size());
  for (const auto& [name, user, knocks] : visits)
    entered.push_back(make_room({.room = name, .owner = user, .members = {}}, now));
  return entered;
}

core::result<room_entries> room_store::find_rooms(const std::vector<room_visit>& visits, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  room_entries found;
  found.reserve(visits.size());
  for (const auto& [name, user, knocks] : visits) {
    const auto there = enter(name, user, now);
    const auto& all = database_->rooms;
    const bool invited =
        there.code() == core::ec::forbidden && core::is_on_list(all.at(name)->info.settings.modes, 'I', user);
    const bool let_knock = there.code() == core::ec::banned && knocks && all.at(name)->info.is_open();
    if (there || invited || let_knock)
      found.push_back(core::room_entered{described(*all.at(name)), false});
    else
      found.push_back(there.why());
  }
  return found;
}

core::result<core::room_list> room_store::list_rooms(const core::list_rooms& request) {
  const std::lock_guard lock(database_->guard);
  core::room_list list;
  for (auto at = database_->rooms.upper_bound(request.after); at != database_->rooms.end(); ++at) {
    const room& each = *at->second;
    const auto& settings = each.info.settings;
    const bool secret = settings.access == core::room_access::secret || settings.modes.has(core::room_flag::unlisted);
    if (each.is_hidden() || (secret && !each.members.contains(request.viewer))) continue;
    if (list.rooms.size() == request.limit) {
      list.more = true;
      break;
    }
    const bool reads = settings.access == core::room_access::open || each.members.contains(request.viewer);
    list.rooms.push_back(reads ? described(each) : core::as_seen(described(each)).info);
    list.rooms.back().settings.data = {};
    list.rooms.back().settings.modes.masks = {};
  }
  return list;
}

core::result<core::room_described> room_store::describe_room(const core::describe_room& request) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter(request.room, request.viewer);
  if (!there && there.code() != core::ec::forbidden) return there.why();
  const room& of = *database_->rooms.at(request.room);
  if (!there) return core::as_seen(described(of));
  return core::room_described{described(of), of.role_of(request.viewer), of.members.size()};
}

core::result<core::member_list> room_store::list_members(const core::list_members& request) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter(request.room, request.viewer);
  if (!there) return there.why();
  const room& of = **there;
  core::member_list list;
  auto at = of.members.upper_bound(request.after);
  for (; at != of.members.end() && list.members.size() < request.limit; ++at)
    list.members.push_back({at->first, of.role_of(at->first)});
  list.more = at != of.members.end();
  return list;
}

core::status room_store::join_members(const core::join_members& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.user)) return core::ec::conflict;
  const auto there = enter(request.room, request.user, now);
  if (!there) return there.why();
  room& of = **there;
  if (of.members.emplace(request.user, of.newcomer(now, core::seq_no{of.log.size()})).second &&
      core::knows_members(of.info.settings))
    ++of.membership;
  return core::done{};
}

core::result<core::sanction_list> room_store::list_sanctions(const core::list_sanctions& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter_to_moderate(request.room, request.viewer, now);
  if (!there) return there.why();
  const auto& all = request.kind == core::entry_kind::ban ? (*there)->bans : (*there)->mutes;
  core::sanction_list list;
  for (auto at = all.upper_bound(request.after); at != all.end() && !list.more; ++at) {
    if (!at->second.what.holds(now)) continue;
    list.more = list.sanctions.size() == request.limit;
    if (!list.more) list.sanctions.push_back(at->second);
  }
  return list;
}

core::result<core::audit_page> room_store::read_audit(const core::read_audit& request) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter_to_moderate(request.room, request.viewer, clock_now());
  if (!there) return there.why();
  const auto& log = (*there)->log;
  core::page_builder page(core::page_builder::direction::forward);  // which is downward here
  std::uint32_t count = 0;
  bool more = false;
  const auto end = request.before ? std::min<std::uint64_t>(request.before.value - 1, log.size()) : log.size();
  for (auto at = end; at > 0 && !more; --at) {
    if (!is_audited(log[at - 1])) continue;
    more = count++ == request.limit;
    if (!more) page.add(shown(log[at - 1], request.viewer));
  }
  more = more || page.cut();
  return core::audit_page{page.take(), more};
}

core::status room_store::delete_room(const core::delete_room& request) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.by)) return core::ec::conflict;
  const auto found = enter(request.room, request.by);
  if (!found) return found.why();
  if ((*found)->info.owner != request.by) return core::ec::forbidden;
  database_->by_key.erase((*found)->key);
  database_->rooms.erase(request.room);
  return core::done{};
}

core::result<core::history_page> room_store::read_history(const core::read_history& request) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter(request.room, request.viewer);
  if (!there) return there.why();
  const auto& log = (*there)->log;
  const std::uint64_t head = log.size();
  const std::uint64_t limit = request.limit;
  std::uint64_t to = request.before ? std::min(request.before.value - 1, head) : head;
  std::uint64_t from = std::min(request.after.value, to);
  const auto shows = [&](std::uint64_t at) { return !request.without.has(log[at].kind); };
  using direction = core::page_builder::direction;
  const bool forward = request.is_forward();
  std::uint64_t shown_here = 0;
  bool left = false;  // more are shown than the page has
  for (auto at = forward ? from : to; forward ? at < to : at > from; forward ? ++at : --at) {
    if (!shows(forward ? at : at - 1)) continue;
    left = shown_here++ == limit;
    if (!left) continue;
    (forward ? to : from) = at;
    break;
  }
  core::page_builder page(forward ? direction::forward : direction::backward);
  core::folding folding(request.viewer);
  for (std::uint64_t at = from; at < head; ++at)
    if (at < to || (log[at].target.value > from && log[at].target.value <= to)) folding.hear(log[at]);
  for (std::uint64_t at = from; at < to; ++at) {
    if (!shows(at)) continue;
    auto message = folding.find({at + 1});
    if (message)
      page.add(shown(std::move(message->entry), request.viewer), std::move(message->state));
    else
      page.add(shown(log[at], request.viewer));
  }
  const bool more = left || page.cut();
  return core::history_page{page.take(), more, core::seq_no{head}, page.take_states(), (*there)->info.generation};
}

core::result<core::time_found> room_store::find_time(const core::find_time& request) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter(request.room, request.viewer);
  if (!there) return there.why();
  const auto& log = (*there)->log;
  const auto behind = std::upper_bound(log.begin(), log.end(), request.at,
                                       [](core::wall_time at, const auto& entry) { return at < entry.at; });
  return core::time_found{{static_cast<std::uint64_t>(behind - log.begin())}, (*there)->info.generation};
}

core::result<core::recent_rooms> room_store::list_recent(const core::list_recent& request) {
  const std::lock_guard lock(database_->guard);
  const std::set<core::room_id> named(request.rooms.begin(), request.rooms.end());
  core::recent_rooms recent;
  for (const auto& [name, each] : database_->rooms) {
    if (!named.contains(name) && !each->members.contains(request.viewer)) continue;
    if (!each->said || core::nature_of(name) == core::room_nature::group) continue;
    const auto at = each->log[each->said.value - 1].at;
    const bool admitted = each->refusal_of(request.viewer, clock_now()).code == core::ec::none;
    if (admitted && at > request.after && at < request.before) recent.rooms.push_back({each->info.room, at});
  }
  auto& rooms = recent.rooms;
  std::sort(rooms.begin(), rooms.end(),
            [](const auto& a, const auto& b) { return a.at != b.at ? a.at < b.at : a.room < b.room; });
  const auto surplus = static_cast<std::ptrdiff_t>(rooms.size() - std::min<std::size_t>(rooms.size(), request.limit));
  if (request.newest)
    rooms.erase(rooms.begin(), rooms.begin() + surplus);
  else
    rooms.erase(rooms.end() - surplus, rooms.end());
  return recent;
}

core::result<core::history_page> room_store::list_pins(const core::list_pins& request) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter(request.room, request.viewer);
  if (!there) return there.why();
  const auto& log = (*there)->log;
  const auto& pins = (*there)->pins;
  core::folding folding(request.viewer);
  for (const auto& entry : log)
    if (pins.contains(entry.seq) || pins.contains(entry.target)) folding.hear(entry);
  std::vector<std::pair<core::seq_no, core::seq_no>> newest_first;
  for (const auto& [message, pin] : pins) newest_first.emplace_back(pin, message);
  std::sort(newest_first.rbegin(), newest_first.rend());
  core::page_builder page(core::page_builder::direction::forward);
  for (const auto& [pin, seq] : newest_first)
    if (auto message = folding.find(seq))
      page.add(shown(std::move(message->entry), request.viewer), std::move(message->state));
  const bool more = page.cut();
  return core::history_page{page.take(), more, core::seq_no{log.size()}, page.take_states()};
}

core::result<core::room_heads> room_store::read_heads(const core::read_heads& request) {
  const std::lock_guard lock(database_->guard);
  core::room_heads heads;
  for (const auto& name : request.rooms)
    if (const auto found = database_->rooms.find(name); found != database_->rooms.end() && !found->second->is_hidden())
      heads.heads.push_back({found->second->info.room, core::seq_no{found->second->log.size()}});
  return heads;
}

core::result<bool> room_store::members_swept() {
  const std::lock_guard lock(database_->guard);
  return database_->members_swept;
}

core::status room_store::note_members_swept() {
  const std::lock_guard lock(database_->guard);
  database_->members_swept = true;
  return core::done{};
}

core::result<std::vector<core::user_id>> room_store::member_names(const core::user_id& after, std::uint32_t limit) {
  const std::lock_guard lock(database_->guard);
  std::set<core::user_id> names;
  for (const auto& [name, each] : database_->rooms)
    for (const auto& [member, added] : each->members)
      if (after < member && member.value != "deleted" && member.value != "system") names.insert(member);
  std::vector<core::user_id> page(names.begin(), names.end());
  if (page.size() > limit) page.resize(limit);
  return page;
}

core::status room_store::remove_strangers(const std::vector<core::user_id>& names, core::wall_time before) {
  const std::lock_guard lock(database_->guard);
  for (const auto& [name, each] : database_->rooms)
    for (const auto& stranger : names)
      if (const auto found = each->members.find(stranger);
          found != each->members.end() && found->second.since < before && each->info.owner != stranger) {
        each->members.erase(found);
        ++each->membership;
      }
  return core::done{};
}

core::result<std::vector<core::user_id>> room_store::list_people(const core::user_id& after, std::uint32_t limit) {
  const std::lock_guard lock(database_->guard);
  std::set<core::user_id> people;
  for (const auto& [name, each] : database_->rooms) {
    people.insert(each->info.owner);
    for (const auto& member : each->members) people.insert(member.first);
    for (const auto& entry : each->log) people.insert({entry.author, entry.subject});
    for (const auto* const sanctioned : {&each->bans, &each->mutes})
      for (const auto& one : *sanctioned) people.insert(one.first);
    for (const auto& row : each->invites) people.insert(row.second.by);
    for (const auto& row : each->drafts) people.insert(row.first);
    for (const auto& row : each->mentions) people.insert(row.first);
  }
  for (const auto& row : database_->own_settings) people.insert(row.first);
  for (const auto& row : database_->devices) people.insert(row.first);
  for (const auto& [by, blocked] : database_->blocks) {
    people.insert(by);
    people.insert(blocked.begin(), blocked.end());
  }
  people.erase({"system"});
  people.erase({"deleted"});
  std::vector<core::user_id> page;
  for (auto at = people.upper_bound(after); at != people.end() && page.size() < limit; ++at) page.push_back(*at);
  return page;
}

core::result<std::uint64_t> room_store::count_rooms() {
  const std::lock_guard lock(database_->guard);
  return static_cast<std::uint64_t>(std::count_if(database_->rooms.begin(), database_->rooms.end(),
                                                  [](const auto& row) { return !row.second->is_hidden(); }));
}

}  // namespace greenroom::storage::memory
