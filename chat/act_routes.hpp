#pragma once
#include "chat/handlers.hpp"

namespace greenroom::chat {

/// The rows of what is done in a room, and of what was: settings, members, bans, mutes, acts, the audit. An act is
/// answered by its entry: 201 where a POST made it, else 200; or, where nothing would have changed, with 200 and none.
void add_act_routes(net::http::routes& table, const deps_ptr& deps);

}  // namespace greenroom::chat
