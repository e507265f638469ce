#pragma once
#include <string>
#include <string_view>

#include "core/messages/mentions.hpp"
#include "core/result.hpp"

/// `GET /mentions` of the chat role. Reading: as protocol/chat_api.
namespace greenroom::protocol {

/// `GET /mentions?before=NEXT&limit=N`: `before` is the `next` of an earlier answer.
[[nodiscard]] core::result<core::list_mentions> read_list_mentions(std::string_view query, core::user_id viewer);

/// `{mentions:[{room,generation,entry}],more,next?}`: protocol/entry has the fields of an entry; `next` where there are
/// more.
[[nodiscard]] std::string to_json(const core::mention_list& answer);

}  // namespace greenroom::protocol
