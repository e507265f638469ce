// One room and one user: whether they may read there, and as what.
#include "storage/admission.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_row.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.
#define GREENROOM_VIEW(members)                                                                                       \
  "select rooms.id, case when rooms.owner_folded = :owner then 3 else coalesce(mine.role, 0) end, " members           \
  ", case when ban.subject is null then 0 else 1 end, coalesce(ban.until, 0), coalesce(ban.reason, ''), "             \
  "coalesce(by_whom.name, ''), " GREENROOM_INFO_COLUMNS(                                                              \
      "settings.data",                                                                                                \
      "settings.masks") " from " GREENROOM_ROOMS                                                                      \
                        " left join members as mine on mine.room = rooms.id and mine.folded = :me "                   \
                        "left join sanctions as ban on " GREENROOM_BAN                                                \
                        " left join authors as by_whom on by_whom.id = ban.by_author where rooms.folded = :room and " \
                        "rooms.hidden is null"
// NOLINTEND(cppcoreguidelines-macro-usage)

constexpr const char* plain_view = GREENROOM_VIEW("0");
constexpr const char* counting_view =
    GREENROOM_VIEW("(select count(*) from members as each where each.room = rooms.id)");

}  // namespace

core::error room_store::view::refusal() const { return admission(info.settings.access, role, ban ? &*ban : nullptr); }

std::optional<room_store::view> room_store::look_at(const char* sql, const core::room_id& room,
                                                    const core::user_id& user, core::wall_time now) {
  using text = std::string;
  std::optional<view> found;
  const auto me = folded(user);
  database_->rows<integer, integer, integer, integer, integer, text, text, GREENROOM_INFO_TYPES>(
      sql,
      [&](integer key, integer role, integer members, integer banned, integer until, const text& why, const text& by,
          const auto&... info) {
        found.emplace(view{{count(key)}, to_info(info...), static_cast<core::room_role>(role), {}, count(members)});
        if (banned != 0) found->ban.emplace(core::sanction{user, {by}, why, to_time(until)});
      },
      with("owner", me), with("me", me), with("barred", me), with("now", now), with("room", core::folded(room.value)));
  return found;
}

std::optional<room_store::view> room_store::look_at(const core::room_id& room, const core::user_id& user,
                                                    core::wall_time now) {
  return look_at(plain_view, room, user, now);
}

core::result<room_store::view> room_store::enter(const core::room_id& room, const core::user_id& user,
                                                 core::wall_time now) {
  auto found = look_at(room, user, now);
  if (!found) return core::ec::not_found;
  if (auto why = found->refusal(); why.code != core::ec::none) return why;
  return std::move(*found);
}

core::error room_store::why_unreadable(const core::room_id& room, const core::user_id& user, core::wall_time now) {
  const auto there = enter(room, user, now);
  // It was changed meanwhile.
  return there ? core::error{core::ec::not_found, {}, 0} : there.why();
}

core::error room_store::why_unmoderated(const core::room_id& room, const core::user_id& user, core::wall_time now) {
  const auto there = enter(room, user, now);
  if (!there) return there.why();
  return {there->role < core::room_role::moderator ? core::ec::forbidden : core::ec::none, {}, 0};
}

core::result<core::room_described> room_store::describe_room(const core::describe_room& request) {
  return database_->read([&]() -> core::result<core::room_described> {
    auto found = look_at(counting_view, request.room, request.viewer, clock_now());
    if (!found) return core::ec::not_found;
    const auto why = found->refusal();
    if (why.code != core::ec::none && why.code != core::ec::forbidden) return why;
    // That an invited room is there is no secret.
    if (why.code == core::ec::forbidden) return core::as_seen(found->info);
    return core::room_described{std::move(found->info), found->role, found->members};
  });
}

}  // namespace greenroom::storage::soci
