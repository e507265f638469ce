// The devices of people who speak IRC.
#include "storage/soci/columns.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {

core::result<core::device_found> room_store::find_device(const core::find_device& request) {
  return database_->read([&]() -> core::result<core::device_found> {
    const auto known = database_->row<integer>("select seen from irc_devices where folded = :user and device = :device",
                                               with("user", folded(request.user)), with("device", request.device));
    return core::device_found{known ? to_time(std::get<0>(*known)) : core::wall_time{}};
  });
}

core::status room_store::note_device(const core::note_device& request) {
  const auto user = folded(request.user);
  return database_->transaction([&]() -> core::status {
    if (refuses({request.user})) return core::ec::conflict;
    database_->execute(
        "insert into irc_devices (folded, device, seen) values (:user, :device, :at) "
        "on conflict (folded, device) do update set seen = excluded.seen where irc_devices.seen < excluded.seen",
        with("user", user), with("device", request.device), with("at", request.at));
    database_->execute(
        "delete from irc_devices where folded = :user and device not in (select kept.device from irc_devices as kept "
        "where kept.folded = :owner order by kept.seen desc, kept.device limit :most)",
        with("user", user), with("owner", user), with("most", core::max_devices));
    return core::done{};
  });
}

}  // namespace greenroom::storage::soci
