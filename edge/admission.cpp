#include "edge/admission.hpp"

#include <boost/asio/post.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "core/direct.hpp"
#include "core/text.hpp"
#include "edge/origin.hpp"
#include "protocol/chat_api.hpp"
#include "protocol/dialect.hpp"
#include "protocol/list_field.hpp"
#include "telemetry/audit.hpp"

namespace greenroom::edge {
namespace {

using core::ec;
using namespace std::chrono_literals;

constexpr auto ask_timeout = 5s;

// All fields of that name, as one list (RFC 9110 section 5.3).
std::string joined_fields(const net::http::request& head, std::string_view name) {
  std::string out;
  const auto [begin, end] = head.equal_range(boost::beast::string_view(name.data(), name.size()));
  for (auto field = begin; field != end; ++field) {
    if (!out.empty()) out += ", ";
    out += std::string_view(field->value().data(), field->value().size());
  }
  return out;
}

// 16 bytes in base64 (RFC 6455 section 4.1): 22 characters and two that fill up.
bool good_key(std::string_view key) {
  const auto base64 = [](char c) { return core::is_letter(c) || core::is_digit(c) || c == '+' || c == '/'; };
  return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, base64);
}

// A direct room is opened before somebody can enter it.
bool made_by_entering(const core::room_id& room) { return core::nature_of(room) == core::room_nature::room; }

}  // namespace

/// A client on the way in.
struct admission::arrival {
  net::http::exchange_ptr ask;
  core::room_id room;
  const protocol::dialect* dialect = nullptr;
  std::uint32_t history = 0;
  actors::admitted grant;
};

void admission::admit(const net::http::exchange_ptr& ask, const core::room_id& room) {
  if (!ask->wants_websocket() || ask->header("Sec-WebSocket-Version") != "13") {
    ask->set("Upgrade", "websocket");
    ask->set("Sec-WebSocket-Version", "13");
    return ask->problem({ec::upgrade_required, {}, 0});
  }
  // Before the ticket: a malformed request must not use it up.
  if (!good_key(ask->header("Sec-WebSocket-Key")))
    return ask->problem({ec::bad_request, "Sec-WebSocket-Key must be 16 bytes in base64.", 0});
  if (!origin_allowed(ask->header("Origin"), ask->origin().proto, ask->origin().host, deps_.allowed_origins))
    return ask->problem({ec::origin_refused, {}, 0});
  const auto offered = joined_fields(ask->raw(), "Sec-WebSocket-Protocol");
  if (room.value.empty() && deps_.irc != nullptr && admit_irc(ask, offered)) return;
  const auto* dialect = protocol::choose(offered);
  if (!dialect) return ask->problem({ec::bad_dialect, {}, 0});
  if (room.value.empty() && !dialect->many_rooms())
    return ask->problem(
        {ec::bad_dialect, "This websocket is for many rooms: ask for a subprotocol, such as greenroom.v1.json.", 0});
  if (!room.value.empty())
    if (const auto good = core::check_room_reference(room.value); !good) return ask->problem(good.why());
  const auto query = protocol::read_upgrade_query(ask->query());
  if (!query) return ask->problem(query.why());
  redeem(std::make_shared<arrival>(arrival{ask, room, dialect, query->history, {}}), query->ticket);
}

// Whether the client wants IRC more than any other dialect of ours.
bool admission::admit_irc(const net::http::exchange_ptr& ask, std::string_view offered) {
  for (const auto token : protocol::list_members(offered)) {
    if (const auto chosen = irc_subprotocol_of(token)) {
      const auto how = *chosen;
      const auto query = protocol::read_upgrade_query(ask->query());
      if (!query)
        ask->problem(query.why());
      else if (query->ticket.empty())
        deps_.irc->take(ask, how, std::nullopt);
      else
        deps_.asker.ask<actors::admitted>(deps_.door, ask_timeout, actors::redeem_ticket{query->ticket},
                                          [this, ask, how](core::result<actors::admitted> answer) {
                                            if (!answer) return ask->problem(answer.why());
                                            boost::asio::post(ask->context(),
                                                              [this, ask, how, grant = std::move(*answer)]() mutable {
                                                                deps_.irc->take(ask, how, std::move(grant));
                                                              });
                                          });
      return true;
    }
    if (protocol::choose(token) != nullptr) return false;
  }
  return false;
}

void admission::redeem(const arrival_ptr& who, const std::string& ticket) {
  const auto then = [this, who](core::result<actors::admitted> answer) {
    if (!answer) return who->ask->problem(answer.why());
    who->grant = std::move(*answer);
    who->room = core::room_meant(std::move(who->room), who->grant.who.user);
    enter(who);
  };
  if (!ticket.empty())
    return deps_.asker.ask<actors::admitted>(deps_.door, ask_timeout, actors::redeem_ticket{ticket}, then);
  const auto bearer = who->ask->bearer();
  if (!bearer) return who->ask->problem({ec::unauthorized, {}, 0});
  deps_.asker.ask<actors::admitted>(deps_.door, ask_timeout, actors::admit_token{std::string(*bearer)}, then);
}

void admission::enter(const arrival_ptr& who) {
  const auto go_on = [this, who] { boost::asio::post(who->ask->context(), [this, who] { let_in(who); }); };
  if (who->room.value.empty()) return go_on();
  const auto entered = [who, go_on](core::result<core::room_entered> answer) {
    if (!answer) return who->ask->problem(answer.why());
    who->room = answer->info.room;
    if (answer->created)
      telemetry::audit::write({"create_room",
                               "done",
                               who->grant.who.user.value,
                               {},
                               who->room.value,
                               who->ask->client_address(),
                               who->ask->request_id()});
    go_on();
  };
  deps_.asker.ask<core::room_entered>(deps_.catalog, ask_timeout,
                                      core::enter_room{who->room, who->grant.who.user, made_by_entering(who->room)},
                                      entered);
}

void admission::let_in(const arrival_ptr& who) {
  std::string client(who->ask->limit_key());
  std::string address(who->ask->client_address());
  auto socket = who->ask->take_socket();
  if (!socket) return;
  const auto connection = deps_.let_in->open({.socket = std::move(*socket),
                                              .client = std::move(client),
                                              .user = who->grant.who.user,
                                              .dialect = who->dialect,
                                              .room = who->room,
                                              .from = {false, {}, {}, who->history},
                                              .address = std::move(address)});
  caf::anon_send(who->grant.session, actors::attach_connection{who->grant.token}, connection);
}

}  // namespace greenroom::edge
