// Direct rooms, and what people keep for themselves: blocks, settings, drafts.
#include <algorithm>

#include "core/direct.hpp"
#include "storage/admission.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_store.hpp"
#include "storage/soci/takes_direct.hpp"

namespace greenroom::storage::soci {
namespace {

std::vector<std::string> folded_names(const std::vector<core::user_id>& people) {
  std::vector<std::string> names;
  names.reserve(people.size());
  for (const auto& person : people) names.push_back(folded(person));
  return names;
}

}  // namespace

// ---- direct rooms

bool room_store::is_blocked_by(const core::user_id& user, const std::vector<core::user_id>& people) {
  if (people.empty()) return false;
  return database_
      ->row<integer>(
          "select 1 from {{texts:people}} join blocks on blocks.folded = list.value and blocks.blocked = :user limit 1",
          with("people", database_->words().list(folded_names(people))), with("user", folded(user)))
      .has_value();
}

bool room_store::is_blocked(const core::user_id& user, const std::vector<core::user_id>& people) {
  return is_blocked_by(user, people) ||
         database_
             ->row<integer>(
                 "select 1 from {{texts:people}} join blocks on blocks.blocked = list.value "
                 "and blocks.folded = :user limit 1",
                 with("people", database_->words().list(folded_names(people))), with("user", folded(user)))
             .has_value();
}

bool room_store::take_direct(const std::vector<core::user_id>& people, const core::user_id& from, bool by_nick) {
  return !database_->row<std::string>(
      "select list.value from {{texts:people}} where not " GREENROOM_TAKES_DIRECT(
          "list.value", ":user") " and (:asked = 0 or exists (select 1 from user_settings where folded = list.value)) "
                                 "limit 1",
      with("people", database_->words().list(folded_names(people))), with("user", folded(from)),
      with("asked", by_nick ? 1 : 0));
}

core::result<core::room_entered> room_store::open_direct(const core::open_direct& request, core::wall_time now) {
  core::create_room made{request.room, {"system"}, core::room_access::secret, request.with};
  made.members.push_back(request.by);
  auto others = request.with;
  std::erase(others, request.by);
  return database_->transaction([&]() -> core::result<core::room_entered> {
    if (refuses({request.by})) return core::ec::conflict;
    if (refuses(others)) return core::ec::no_user;
    if (const auto there = look_at(request.room, request.by, now)) {
      if (auto why = there->refusal(); why.code != core::ec::none) return why;
      return core::room_entered{there->info, false};
    }
    if (is_blocked(request.by, others)) return core::ec::blocked;
    if (!take_direct(others, request.by, request.by_nick)) return core::ec::forbidden;
    const bool fresh = insert_room(made, now).has_value();
    const auto entered = enter(request.room, request.by, now);
    if (!entered) return entered.why();
    return core::room_entered{entered->info, fresh};
  });
}

void room_store::raise_membership(const core::user_id& one, const core::user_id& other) {
  database_->execute("update rooms set membership = membership + 1 where folded = :room",
                     with("room", core::direct_room_of(one, other).value));
}

// ---- blocks

core::status room_store::put_block(const core::put_block& request, std::uint32_t most, core::wall_time) {
  return database_->transaction([&]() -> core::status {
    if (refuses({request.by})) return core::ec::conflict;
    if (refuses({request.blocked})) return core::ec::no_user;
    const auto made = database_->execute(
        "insert into blocks (folded, blocked, name) values (:user, :blocked, :name) on conflict do nothing",
        with("user", folded(request.by)), with("blocked", folded(request.blocked)),
        with("name", request.blocked.value));
    if (made == 0) return core::done{};
    const auto all =
        database_->row<integer>("select count(*) from blocks where folded = :user", with("user", folded(request.by)));
    if (count(std::get<0>(*all)) > most) return core::ec::limit_reached;
    raise_membership(request.by, request.blocked);
    return core::done{};
  });
}

core::status room_store::lift_block(const core::lift_block& request) {
  return database_->transaction([&]() -> core::status {
    database_->execute("delete from blocks where folded = :user and blocked = :blocked",
                       with("user", folded(request.by)), with("blocked", folded(request.blocked)));
    raise_membership(request.by, request.blocked);
    return core::done{};
  });
}

core::result<core::block_list> room_store::list_blocks(const core::list_blocks& request) {
  return database_->read([&]() -> core::result<core::block_list> {
    core::block_list list;
    database_->rows<std::string>(
        "select name from blocks where folded = :user order by blocked",
        [&](const std::string& name) { list.blocked.push_back({name}); }, with("user", folded(request.by)));
    return list;
  });
}

// ---- settings of one's own

core::status room_store::change_settings(const core::change_own_settings& request) {
  return database_->transaction([&]() -> core::status {
    if (refuses({request.user})) return core::ec::conflict;
    database_->execute(
        "insert into user_settings (folded, direct) values (:user, :direct) "
        "on conflict (folded) do update set direct = excluded.direct",
        with("user", folded(request.user)), with("direct", static_cast<int>(request.to.direct)));
    return core::done{};
  });
}

core::result<core::own_settings> room_store::read_settings(const core::read_own_settings& request) {
  return database_->read([&]() -> core::result<core::own_settings> {
    const auto known = database_->row<integer>("select direct from user_settings where folded = :user",
                                               with("user", folded(request.user)));
    if (!known) return core::own_settings{};
    return core::own_settings{static_cast<core::direct_setting>(std::get<0>(*known))};
  });
}

// ---- drafts

core::status room_store::put_draft(const core::put_draft& request, std::uint32_t most, core::wall_time now) {
  const auto user = folded(request.user);
  return database_->transaction([&]() -> core::status {
    if (refuses({request.user})) return core::ec::conflict;
    const auto there = enter(request.room, request.user, now);
    if (!there) return there.why();
    if (request.text.empty()) {
      database_->execute("delete from drafts where folded = :user and room = :room", with("user", user),
                         with("room", there->key));
      return core::done{};
    }
    const auto others = [&] {
      return count(
          std::get<0>(*database_->row<integer>("select count(*) from drafts where folded = :user and room <> :room",
                                               with("user", user), with("room", there->key))));
    };
    if (others() >= most) {  // those of rooms that aren't this person's any more are in nobody's way
      database_->execute(
          "delete from drafts where folded = :user and not exists (select 1 from rooms where rooms.id = drafts.room "
          "and " GREENROOM_READABLE ")",
          with("user", user), with("me", user), with("barred", user), with("now", now));
      if (others() >= most) return core::ec::limit_reached;
    }
    database_->execute(
        "insert into drafts (folded, room, text, at) values (:user, :room, :text, :now) "
        "on conflict (folded, room) do update set text = excluded.text, at = excluded.at",
        with("user", user), with("room", there->key), with("text", request.text), with("now", now));
    return core::done{};
  });
}

core::result<core::draft_list> room_store::list_drafts(const core::list_drafts& request) {
  const auto user = folded(request.user);
  return database_->read([&]() -> core::result<core::draft_list> {
    core::draft_list list;
    database_->rows<std::string, std::string, integer>(
        "select rooms.name, drafts.text, drafts.at from drafts join rooms on rooms.id = drafts.room "
        "where drafts.folded = :user and rooms.folded > :after and " GREENROOM_READABLE
        " order by rooms.folded limit :limit",
        [&](const std::string& room, const std::string& text, integer at) {
          list.drafts.push_back({{room}, text, to_time(at)});
        },
        with("user", user), with("after", core::folded(request.after.value)), with("me", user), with("barred", user),
        with("now", clock_now()), with("limit", std::uint64_t{request.limit} + 1));
    list.more = list.drafts.size() > request.limit;
    if (list.more) list.drafts.pop_back();
    return list;
  });
}

// ---- deletions

void room_store::forget_own(const core::user_id& user) {
  const auto name = folded(user);
  database_->execute("delete from blocks where folded = :user", with("user", name));
  database_->execute("delete from blocks where blocked = :user", with("user", name));
  database_->execute("delete from user_settings where folded = :user", with("user", name));
  database_->execute("delete from drafts where folded = :user", with("user", name));
  database_->execute("delete from mentions where folded = :user", with("user", name));
  database_->execute("delete from irc_devices where folded = :user", with("user", name));
}

}  // namespace greenroom::storage::soci
