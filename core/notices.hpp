#pragma once
#include <vector>

#include "core/messages/follower.hpp"

namespace greenroom::core {

/// The duty `notices` of a follower: people who are mentioned learn of it, and whoever writes has read what was there.
/// An edit adds mentions, an erase removes those of its message. Within `logs`, of a message only the first mention of
/// a person is kept; what earlier parts of the log mentioned, the store compares.
[[nodiscard]] notices notices_of(const std::vector<followed_log>& logs);

}  // namespace greenroom::core
