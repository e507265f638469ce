#pragma once
#include "chat/handlers.hpp"

namespace greenroom::chat {

/// Adds the routes of direct rooms and groups, and of what people keep for themselves: `/direct`, `/me/settings`,
/// `/me/blocks`, `/me/drafts`.
void add_direct_routes(net::http::routes& table, const deps_ptr& deps);

}  // namespace greenroom::chat
