// Invites of a room. Their use is part of an act's statement, in *_acts.cpp.
#include "core/text.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

// Where any number of people may come by an invite.
constexpr integer any_number = -1;

std::optional<std::uint32_t> to_uses(integer column) {
  if (column == any_number) return std::nullopt;
  return static_cast<std::uint32_t>(column);
}

}  // namespace

void room_store::sweep_invites(core::room_key room, std::uint32_t kept, core::wall_time now) {
  database_->execute(
      "delete from invites where room = :room and (expires_at <= :now or (uses_left = 0 and id not in "
      "(select id from invites where room = :used_in and uses_left = 0 order by id desc limit :kept)))",
      with("room", room), with("now", now), with("used_in", room), with("kept", kept));
}

core::status room_store::add_invite(const new_invite& made, std::uint32_t most, core::wall_time now) {
  return database_->transaction([&]() -> core::status {
    if (refuses({made.by})) return core::ec::conflict;
    // Others who make one wait until this one counts.
    database_->row<integer>("select id from rooms where folded = :room {{for_update}}",
                            with("room", core::folded(made.room.value)));
    const auto there = enter(made.room, made.by, now);
    if (!there) return there.why();
    if (there->role < core::room_role::moderator) return core::ec::forbidden;
    sweep_invites(there->key, most, now);
    const auto live = database_->row<integer>(
        "select count(*) from invites where room = :room and (uses_left is null or uses_left > 0)",
        with("room", there->key));
    if (count(std::get<0>(*live)) >= most) return core::ec::limit_reached;
    database_->execute("insert into authors (name, folded) values (:name, :folded) on conflict do nothing",
                       with("name", made.by.value), with("folded", folded(made.by)));
    database_->execute(
        "insert into invites (hash, id, room, uses_left, expires_at, by_author, created_at) "
        "select :hash, :id, cast(:room as bigint), nullif(cast(:uses as bigint), -1), cast(:expires as bigint), id, "
        "cast(:now as bigint) from authors where folded = :by",
        with("hash", core::to_hex(made.hash.value)), with("id", made.id.value), with("room", there->key),
        with("uses", made.uses ? integer{*made.uses} : any_number), with("expires", made.expires_at), with("now", now),
        with("by", folded(made.by)));
    return core::done{};
  });
}

core::result<core::invite_list> room_store::list_invites(const core::list_invites& request, core::wall_time now) {
  return database_->read([&]() -> core::result<core::invite_list> {
    core::invite_list list;
    const auto viewer = folded(request.viewer);
    database_->rows<std::string, integer, integer, std::string>(
        "select invites.id, coalesce(invites.uses_left, -1), invites.expires_at, makers.name from rooms "
        "join invites on invites.room = rooms.id and invites.expires_at > :live and invites.id > :after "
        "and (invites.uses_left is null or invites.uses_left > 0) join authors as makers on makers.id = "
        "invites.by_author where rooms.folded = :room and " GREENROOM_MODERATED " order by invites.id limit :limit",
        [&](const std::string& id, integer uses, integer expires, const std::string& by) {
          list.invites.push_back({{id}, to_uses(uses), to_time(expires), {by}});
        },
        with("live", now), with("after", request.after.value), with("room", core::folded(request.room.value)),
        with("me", viewer), with("barred", viewer), with("now", now), with("owner", viewer), with("moderator", viewer),
        with("limit", std::uint64_t{request.limit} + 1));
    if (list.invites.empty())
      if (auto why = why_unmoderated(request.room, request.viewer, now); why.code != core::ec::none) return why;
    list.more = list.invites.size() > request.limit;
    if (list.more) list.invites.pop_back();
    return list;
  });
}

core::status room_store::revoke_invite(const core::revoke_invite& request, core::wall_time now) {
  return database_->transaction([&]() -> core::status {
    const auto there = enter(request.room, request.by, now);
    if (!there) return there.why();
    if (there->role < core::room_role::moderator) return core::ec::forbidden;
    const auto gone = database_->execute(
        "delete from invites where room = :room and id = :id and expires_at > :now "
        "and (uses_left is null or uses_left > 0)",
        with("room", there->key), with("id", request.id.value), with("now", now));
    if (gone == 0) return core::ec::not_found;
    return core::done{};
  });
}

core::result<core::invite_found> room_store::find_invite(const core::find_invite& request, core::wall_time now) {
  return database_->read([&]() -> core::result<core::invite_found> {
    const auto found = database_->row<std::string, std::string, integer>(
        "select rooms.name, makers.name, coalesce(invites.uses_left, -1) from invites "
        "join rooms on rooms.id = invites.room join authors as makers on makers.id = invites.by_author "
        "where invites.hash = :hash and invites.expires_at > :now and rooms.hidden is null",
        with("hash", core::to_hex(request.invite.value)), with("now", now));
    if (!found) return core::ec::gone;
    const auto& [room, by, uses] = *found;
    const auto there = look_at({room}, request.user, now);
    if (!there || (uses == 0 && there->role == core::room_role::outsider)) return core::ec::gone;
    if (there->ban) return core::error{core::ec::banned, {}, 0, std::make_shared<const core::sanction>(*there->ban)};
    return core::invite_found{there->info.room, {by}, there->role};
  });
}

}  // namespace greenroom::storage::soci
