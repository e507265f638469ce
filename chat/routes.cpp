#include "chat/routes.hpp"

#include <array>
#include <chrono>

#include "chat/act_routes.hpp"
#include "chat/direct_routes.hpp"
#include "chat/handlers.hpp"
#include "chat/invite_routes.hpp"
#include "protocol/chat_api.hpp"
#include "protocol/mentions_api.hpp"
#include "protocol/sync.hpp"

namespace greenroom::chat {
namespace {

using core::ec;
using core::limit_class;
using net::http::exchange_ptr;
using namespace std::chrono_literals;

std::string websocket_url(const exchange_ptr& ask, const core::room_id& room, std::string_view ticket) {
  const auto& origin = ask->origin();
  return (origin.proto == "https" ? "wss://" : "ws://") + origin.host + origin.prefix + "/room/" + room.value +
         "?ticket=" + std::string(ticket);
}

void create_room(const deps_ptr& deps, const exchange_ptr& ask, core::create_room request,
                 const actors::ticket_minted& ticket) {
  const auto answer = [ask, ticket, room = request.room,
                       members = request.members](const core::result<core::room_entered>& entered) {
    if (!entered) {
      note(ask, "create_room", entered.code(), ticket.user, room);
      return ask->problem(entered.why());
    }
    if (entered->created) {
      note(ask, "create_room", ec::none, ticket.user, entered->info.room);
      for (const auto& member : members) note(ask, "add_member", ec::none, ticket.user, entered->info.room, member);
    }
    const auto url = websocket_url(ask, entered->info.room, ticket.ticket);
    ask->json(entered->created ? 201 : 200, protocol::to_json(*entered, url, ticket.expires_in_s));
  };
  deps->asker.ask<core::room_entered>(deps->catalog, handler_timeout, std::move(request), answer);
}

void enter_with_ticket(const deps_ptr& deps, const exchange_ptr& ask, core::create_room request, std::string token) {
  deps->asker.ask<actors::ticket_minted>(
      deps->clients->door(), handler_timeout, actors::mint_ticket{std::move(token)},
      [deps, ask, request = std::move(request)](core::result<actors::ticket_minted> minted) mutable {
        if (!minted) return ask->problem(minted.why());
        request.owner = minted->user;
        // Only people who exist become members.
        core::find_users named{std::move(request.members)};
        deps->asker.ask<core::users_found>(
            deps->node, handler_timeout, std::move(named),
            [deps, ask, request = std::move(request), ticket = *minted](core::result<core::users_found> found) mutable {
              if (!found) return ask->problem(found.why());
              request.members = std::move(found->users);
              create_room(deps, ask, std::move(request), ticket);
            });
      });
}

void post_room(const deps_ptr& deps, const exchange_ptr& ask) {
  if (!ask->body().empty() && !ask->has_json()) return ask->problem({ec::unsupported_media, {}, 0});
  auto request = protocol::read_room_request(ask->body(), ask->client_address() + " POST /room");
  if (!request) return ask->problem(request.why());
  if (!request->login) {
    const auto token = ask->bearer();
    if (!token) return ask->problem({ec::unauthorized, {}, 0});
    return enter_with_ticket(deps, ask, std::move(request->create), std::string(*token));
  }
  if (!ask->was_forwarded() || !ask->origin().has_counted(limit_class::auth)) {
    const auto verdict = deps->limits->take(limit_class::auth, ask->limit_key(), 1);
    if (!verdict.allowed) return ask->refuse(limit_class::auth, verdict);
  }
  request->login->from = {ask->client_address(), ask->request_id()};
  request->login->for_room = true;
  deps->asker.ask<core::logged_in>(
      deps->clients->door(), 10s, std::move(*request->login),
      [deps, ask, create = std::move(request->create)](core::result<core::logged_in> login) mutable {
        if (!login) return ask->problem(login.why());
        enter_with_ticket(deps, ask, std::move(create), login->token);
      });
}

void post_ticket(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto token = ask->bearer();
  if (!token) return ask->problem({ec::unauthorized, {}, 0});
  deps->asker.ask<actors::ticket_minted>(deps->clients->door(), handler_timeout,
                                         actors::mint_ticket{std::string(*token)},
                                         [ask](core::result<actors::ticket_minted> minted) {
                                           if (!minted) return ask->problem(minted.why());
                                           ask->json(200, protocol::ticket_json(minted->ticket, minted->expires_in_s));
                                         });
}

void get_rooms(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user(deps, ask, [deps, ask](const core::user_id& user) {
    ask_catalog<core::room_list>(deps, ask, protocol::read_list_rooms(ask->query(), user),
                                 [ask](const core::room_list& rooms) { ask->json(200, protocol::to_json(rooms)); });
  });
}

void get_sync(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user(deps, ask, [deps, ask](const core::user_id& user) {
    ask_catalog<core::rooms_synced>(
        deps, ask, protocol::read_sync_query(ask->query(), user),
        [ask](const core::rooms_synced& rooms) { json_with_tag(ask, protocol::to_json(rooms)); });
  });
}

void get_mentions(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user(deps, ask, [deps, ask](const core::user_id& user) {
    ask_catalog<core::mention_list>(
        deps, ask, protocol::read_list_mentions(ask->query(), user),
        [ask](const core::mention_list& mentions) { ask->json(200, protocol::to_json(mentions)); });
  });
}

void put_notify(const deps_ptr& deps, const exchange_ptr& ask) {
  with_body(deps, ask, [deps, ask](const core::room_id& room, const core::token_checked& by) {
    ask_catalog<core::members_changed>(deps, ask, protocol::read_notify_body(ask->body(), room, by.user),
                                       [ask](core::members_changed) { ask->empty(204); });
  });
}

void get_messages(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    ask_catalog<core::history_page>(deps, ask, protocol::read_history_query(ask->query(), room, user),
                                    [ask](const core::history_page& page) { ask->json(200, protocol::to_json(page)); });
  });
}

void get_pins(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    ask_catalog<core::history_page>(deps, ask, core::result<core::list_pins>({room, user}),
                                    [ask](const core::history_page& pins) { ask->json(200, protocol::to_json(pins)); });
  });
}

void get_members(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    ask_catalog<core::member_list>(
        deps, ask, protocol::read_list_members(ask->query(), room, user),
        [ask](const core::member_list& members) { ask->json(200, protocol::to_json(members)); });
  });
}

// A websocket, or how the room is set up.
void get_room(const deps_ptr& deps, const exchange_ptr& ask) {
  if (ask->wants_websocket()) return deps->clients->admit(ask, core::room_id{std::string(ask->param("room"))});
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    ask_catalog<core::room_described>(
        deps, ask, core::result<core::describe_room>({room, user}),
        [ask](const core::room_described& found) { json_with_tag(ask, protocol::to_json(found)); });
  });
}

void delete_room(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    deps->asker.ask<core::room_gone>(deps->catalog, handler_timeout, core::delete_room{room, user},
                                     [ask, room, user](const core::result<core::room_gone>& gone) {
                                       note(ask, "delete_room", gone.code(), user, room);
                                       gone ? ask->empty(204) : ask->problem(gone.why());
                                     });
  });
}

void get_status(const deps_ptr& deps, const exchange_ptr& ask) {
  deps->asker.ask<core::node_load>(deps->node, handler_timeout, actors::read_load{},
                                   [deps, ask](core::result<core::node_load> load) {
                                     if (!load) return ask->problem(load.why());
                                     const std::array counts{protocol::status_count{"connections", load->connections},
                                                             protocol::status_count{"rooms", load->rooms}};
                                     ask->json(200, protocol::status_text(deps->head(), counts));
                                   });
}

}  // namespace

net::http::routes make_routes(route_deps given) {
  const auto deps = std::make_shared<const route_deps>(std::move(given));
  net::http::routes table(deps->limits);
  const auto row = [&](std::string_view method, std::string_view pattern, limit_class limit, auto handle) {
    add_row(table, deps, method, pattern, limit, handle);
  };
  row("POST", "/room", limit_class::api, post_room);
  row("POST", "/ticket", limit_class::api, post_ticket);
  row("GET", "/rooms", limit_class::api, get_rooms);
  row("GET", "/sync", limit_class::api, get_sync);
  row("GET", "/mentions", limit_class::api, get_mentions);
  row("GET", "/room/{room}", limit_class::api, get_room);
  row("DELETE", "/room/{room}", limit_class::api, delete_room);
  row("GET", "/room/{room}/messages", limit_class::api, get_messages);
  row("GET", "/room/{room}/pins", limit_class::api, get_pins);
  row("GET", "/room/{room}/members", limit_class::api, get_members);
  row("PUT", "/room/{room}/notify", limit_class::api, put_notify);
  row("GET", "/ws", limit_class::api, [](const deps_ptr& d, const exchange_ptr& ask) { d->clients->admit(ask, {}); });
  row("GET", "/status", limit_class::status, get_status);
  add_act_routes(table, deps);
  add_invite_routes(table, deps);
  add_direct_routes(table, deps);
  net::http::add_probes(table, deps->probes);
  return table;
}

}  // namespace greenroom::chat
