#pragma once
#include "actors/catalog_actor.hpp"
#include "core/messages/direct.hpp"

/// The catalog's part in direct rooms, and in what people keep for themselves.
namespace greenroom::actors {

using catalog_self = local_catalog_actor::stateful_pointer<catalog_state>;

/// News for somebody whom no act of a room made a member of it.
void tell_added(catalog_self self, const core::user_id& user, const core::room_id& room, const core::user_id& by);
/// Opens a direct room or a group. One that is made counts in the class `create`, and is news for the others in it.
[[nodiscard]] core::result<core::room_entered> open_direct(catalog_self self, core::open_direct request);
/// A live room of the two reads its roster again, on whatever node.
[[nodiscard]] core::result<core::blocks_changed> change_block(catalog_self self, const core::put_block& request);
[[nodiscard]] core::result<core::blocks_changed> change_block(catalog_self self, const core::lift_block& request);
[[nodiscard]] core::result<core::own_settings> change_settings(catalog_self self,
                                                               const core::change_own_settings& request);
[[nodiscard]] core::result<core::draft_kept> keep_draft(catalog_self self, const core::put_draft& request);

}  // namespace greenroom::actors
