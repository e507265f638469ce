#include "chat/handlers.hpp"

#include <algorithm>
#include <utility>

#include "core/bytes.hpp"
#include "core/direct.hpp"
#include "core/names.hpp"
#include "core/placement.hpp"
#include "core/text.hpp"
#include "protocol/list_field.hpp"
#include "telemetry/audit.hpp"

namespace greenroom::chat {
namespace {

using net::http::exchange_ptr;

std::string tag_of(std::string_view body) {
  std::string bytes;
  core::put_number(bytes, core::stable_hash(body), 8);
  return '"' + core::to_hex(bytes) + '-' + std::to_string(body.size()) + '"';
}

bool has_already(const exchange_ptr& ask, std::string_view tag) {
  const auto [first, last] = ask->raw().equal_range(boost::beast::http::field::if_none_match);
  return std::any_of(first, last, [tag](const auto& line) {
    const protocol::list_members tags{std::string_view{line.value().data(), line.value().size()}};
    return std::any_of(tags.begin(), tags.end(),
                       [tag](std::string_view one) { return one == "*" || protocol::same_tag(one, tag); });
  });
}

}  // namespace

void note(const exchange_ptr& ask, std::string_view act, core::ec outcome, const core::user_id& by,
          const core::room_id& room, const core::user_id& user) {
  telemetry::audit::write({act, outcome == core::ec::none ? std::string_view{"done"} : core::to_string(outcome),
                           by.value, user.value, room.value, ask->client_address(), ask->request_id()});
}

core::result<core::room_id> room_of(const exchange_ptr& ask) {
  core::room_id room{std::string(ask->param("room"))};
  if (const auto good = core::check_room_reference(room.value); !good) return good.why();
  return room;
}

core::result<core::user_id> person_of(const exchange_ptr& ask) {
  core::user_id user{std::string(ask->param("user"))};
  if (const auto good = core::check_user_name(user.value); !good) return good.why();
  return user;
}

void with_token(const deps_ptr& deps, const exchange_ptr& ask, std::function<void(const core::token_checked&)> then) {
  const auto token = ask->bearer();
  if (!token) return ask->problem({core::ec::unauthorized, {}, 0});
  deps->asker.ask<actors::admitted>(deps->clients->door(), handler_timeout, actors::admit_token{std::string(*token)},
                                    [ask, then = std::move(then)](const core::result<actors::admitted>& who) {
                                      if (!who) return ask->problem(who.why());
                                      then(who->who);
                                    });
}

void json_with_tag(const exchange_ptr& ask, std::string body) {
  const auto tag = tag_of(body);
  ask->set("ETag", tag);
  ask->set("Cache-Control", "private, no-cache");
  has_already(ask, tag) ? ask->empty(304) : ask->json(200, std::move(body));
}

}  // namespace greenroom::chat
