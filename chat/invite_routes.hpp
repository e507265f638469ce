#pragma once
#include "chat/handlers.hpp"

namespace greenroom::chat {

/// The rows of invites: those of a room, for its moderators; and accepting one, which adds a member to a room in the
/// name of the invite's maker. All invites by which nobody comes in are `gone`, alike.
void add_invite_routes(net::http::routes& table, const deps_ptr& deps);

}  // namespace greenroom::chat
