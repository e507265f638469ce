// The sweep of memberships that were given to names without a user.
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {

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
