#pragma once
#include <string>

#include "core/messages/user.hpp"

namespace greenroom::protocol {

/// Appends the JSON frame of news for a user: `added`, `removed`, `read`, `notice` or `news`.
void append_news(std::string& bytes, const core::user_news& news);

}  // namespace greenroom::protocol
