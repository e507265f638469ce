// Members and sanctions of a room, and the sweep of memberships that were given to names without a user.
#include "core/messages/ownership.hpp"
#include "storage/admission.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {

core::result<core::member_list> room_store::list_members(const core::list_members& request) {
  return database_->read([&]() -> core::result<core::member_list> {
    bool there = false;
    core::member_list list;
    const auto viewer = folded(request.viewer);
    const auto now = clock_now();
    database_->rows<std::string, integer>(
        "select coalesce(members.name, ''), "
        "case when members.folded = rooms.owner_folded then 3 else coalesce(members.role, 0) end from rooms "
        "left join members on members.room = rooms.id and members.folded > :after "
        "where rooms.folded = :room and " GREENROOM_READABLE " order by members.folded limit :limit",
        [&](const std::string& name, integer role) {
          there = true;
          if (!name.empty()) list.members.push_back({{name}, static_cast<core::room_role>(role)});
        },
        with("after", folded(request.after)), with("room", core::folded(request.room.value)), with("me", viewer),
        with("barred", viewer), with("now", now), with("limit", std::uint64_t{request.limit} + 1));
    if (!there) return why_unreadable(request.room, request.viewer, now);
    list.more = list.members.size() > request.limit;
    if (list.more) list.members.pop_back();
    return list;
  });
}

core::status room_store::join_members(const core::join_members& request, core::wall_time now) {
  return database_->transaction([&]() -> core::status {
    if (refuses({request.user})) return core::ec::conflict;
    // The room changes nothing until this is stored: then it either knows its members, or doesn't.
    database_->row<integer>("select id from rooms where folded = :room {{for_update}}",
                            with("room", core::folded(request.room.value)));
    const auto there = enter(request.room, request.user, now);
    if (!there) return there.why();
    if (insert_member(there->key, request.user, now) && core::knows_members(there->info.settings))
      raise_membership(there->key);
    return core::done{};
  });
}

core::result<core::sanction_list> room_store::list_sanctions(const core::list_sanctions& request, core::wall_time now) {
  return database_->read([&]() -> core::result<core::sanction_list> {
    core::sanction_list list;
    const auto viewer = folded(request.viewer);
    database_->rows<std::string, std::string, std::string, integer, integer>(
        "select about.name, coalesce(by_whom.name, ''), sanctions.reason, coalesce(sanctions.until, 0), sanctions.at "
        "from rooms join sanctions on sanctions.room = rooms.id and sanctions.kind = :kind "
        "and (sanctions.until is null or sanctions.until > :ends) "
        "join authors as about on about.id = sanctions.subject and about.folded > :after "
        "left join authors as by_whom on by_whom.id = sanctions.by_author "
        "where rooms.folded = :room and " GREENROOM_MODERATED " order by about.folded limit :limit",
        [&](const std::string& user, const std::string& by, const std::string& why, integer until, integer at) {
          list.sanctions.push_back({{{user}, {by}, why, to_time(until)}, to_time(at)});
        },
        with("kind", static_cast<int>(request.kind)), with("ends", now), with("after", folded(request.after)),
        with("room", core::folded(request.room.value)), with("me", viewer), with("barred", viewer), with("now", now),
        with("owner", viewer), with("moderator", viewer), with("limit", std::uint64_t{request.limit} + 1));
    if (list.sanctions.empty())
      if (auto why = why_unmoderated(request.room, request.viewer, now); why.code != core::ec::none) return why;
    list.more = list.sanctions.size() > request.limit;
    if (list.more) list.sanctions.pop_back();
    return list;
  });
}

core::result<bool> room_store::members_swept() {
  return database_->read([&]() -> core::result<bool> {
    return std::get<0>(*database_->row<long long>("select members_swept from meta")) != 0;
  });
}

core::status room_store::note_members_swept() {
  return database_->transaction([&]() -> core::status {
    database_->execute("update meta set members_swept = 1");
    return core::done{};
  });
}

core::result<std::vector<core::user_id>> room_store::member_names(const core::user_id& after, std::uint32_t limit) {
  return database_->read([&]() -> core::result<std::vector<core::user_id>> {
    std::vector<core::user_id> names;
    database_->rows<std::string>(
        "select min(name) from members where folded > :after and folded not in ('deleted', 'system') "
        "group by folded order by folded limit :limit",
        [&](const std::string& name) { names.push_back({name}); }, with("after", core::folded(after.value)),
        with("limit", limit));
    return names;
  });
}

core::status room_store::remove_strangers(const std::vector<core::user_id>& names, core::wall_time before) {
  std::vector<std::string> strangers;
  strangers.reserve(names.size());
  for (const auto& name : names) strangers.push_back(core::folded(name.value));
  const auto list = database_->words().list(strangers);
  return database_->transaction([&]() -> core::status {
    database_->execute(
        "update rooms set membership = membership + 1 where id in (select room from members "
        "where folded in (select value from {{texts:strangers}}) and added_at < :before)",
        with("strangers", list), with("before", before));
    database_->execute(
        "delete from members where folded in (select value from {{texts:strangers}}) and added_at < :before and not "
        "exists (select 1 from rooms where rooms.id = members.room and rooms.owner_folded = members.folded)",
        with("strangers", list), with("before", before));
    return core::done{};
  });
}

}  // namespace greenroom::storage::soci
