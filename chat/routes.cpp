#include "chat/routes.hpp"

#include <array>
#include <chrono>

#include "core/names.hpp"
#include "protocol/chat_api.hpp"
#include "telemetry/audit.hpp"

namespace greenroom::chat {
namespace {

using core::ec;
using core::limit_class;
using net::http::exchange_ptr;
using namespace std::chrono_literals;

constexpr auto routes_ask_timeout = 5s;
using deps_ptr = std::shared_ptr<const route_deps>;

// An audit line of a user's act in a room, or of its refusal.
void note(const exchange_ptr& ask, std::string_view act, core::ec outcome, const core::user_id& by,
          const core::room_id& room, const core::user_id& user = {}) {
  telemetry::audit::write({act, outcome == ec::none ? std::string_view{"done"} : core::to_string(outcome), by.value,
                           user.value, room.value, ask->client_address(), ask->request_id()});
}

// Continues with the Bearer's user, or answers 401.
template <class Then>
void with_user(const deps_ptr& deps, const exchange_ptr& ask, Then then) {
  const auto token = ask->bearer();
  if (!token) return ask->problem({ec::unauthorized, {}, 0});
  deps->asker.ask<actors::admitted>(deps->clients->door(), routes_ask_timeout, actors::admit_token{std::string(*token)},
                                    [ask, then](core::result<actors::admitted> who) {
                                      if (!who) return ask->problem(who.why());
                                      then(who->who.user);
                                    });
}

// Asks the catalog, and answers with the text that `write` makes of the reply.
template <class Reply, class Request, class Write>
void ask_catalog(const deps_ptr& deps, const exchange_ptr& ask, core::result<Request> request, Write write) {
  if (!request) return ask->problem(request.why());
  deps->asker.ask<Reply>(deps->catalog, routes_ask_timeout, std::move(*request),
                         [ask, write](core::result<Reply> answer) {
                           if (!answer) return ask->problem(answer.why());
                           write(*answer);
                         });
}

core::result<core::room_id> room_of(const exchange_ptr& ask) {
  core::room_id room{std::string(ask->param("room"))};
  if (const auto good = core::check_room_name(room.value); !good) return good.why();
  return room;
}

core::result<core::user_id> member_of(const exchange_ptr& ask) {
  core::user_id user{std::string(ask->param("user"))};
  if (const auto good = core::check_user_name(user.value); !good) return good.why();
  return user;
}

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
  deps->asker.ask<core::room_entered>(deps->catalog, routes_ask_timeout, std::move(request), answer);
}

void enter_with_ticket(const deps_ptr& deps, const exchange_ptr& ask, core::create_room request, std::string token) {
  deps->asker.ask<actors::ticket_minted>(
      deps->clients->door(), routes_ask_timeout, actors::mint_ticket{std::move(token)},
      [deps, ask, request = std::move(request)](core::result<actors::ticket_minted> minted) mutable {
        if (!minted) return ask->problem(minted.why());
        request.owner = minted->user;
        auto names = std::move(request.members);
        deps->users->find(std::move(names), [deps, ask, request = std::move(request), ticket = *minted](
                                                core::result<std::vector<core::user_id>> members) mutable {
          if (!members) return ask->problem(members.why());
          request.members = std::move(*members);
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
  deps->asker.ask<actors::ticket_minted>(deps->clients->door(), routes_ask_timeout,
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

void get_messages(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto room = room_of(ask);
  if (!room) return ask->problem(room.why());
  with_user(deps, ask, [deps, ask, room = *room](const core::user_id& user) {
    ask_catalog<core::history_page>(deps, ask, protocol::read_history_query(ask->query(), room, user),
                                    [ask](const core::history_page& page) { ask->json(200, protocol::to_json(page)); });
  });
}

void get_members(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto room = room_of(ask);
  if (!room) return ask->problem(room.why());
  with_user(deps, ask, [deps, ask, room = *room](const core::user_id& user) {
    ask_catalog<core::member_list>(
        deps, ask, protocol::read_list_members(ask->query(), room, user),
        [ask](const core::member_list& members) { ask->json(200, protocol::to_json(members)); });
  });
}

template <class Request>
void change_member(const deps_ptr& deps, const exchange_ptr& ask, std::string_view act, const Request& request) {
  deps->asker.ask<core::members_changed>(deps->catalog, routes_ask_timeout, request,
                                         [ask, act, request](const core::result<core::members_changed>& changed) {
                                           note(ask, act, changed.code(), request.by, request.room, request.member);
                                           changed ? ask->empty(204) : ask->problem(changed.why());
                                         });
}

// Only existing users become members.
void add_member(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto room = room_of(ask);
  if (!room) return ask->problem(room.why());
  const auto member = member_of(ask);
  if (!member) return ask->problem(member.why());
  with_user(deps, ask, [deps, ask, room = *room, member = *member](const core::user_id& user) {
    deps->users->find({member}, [deps, ask, room, user, member](const core::result<std::vector<core::user_id>>& found) {
      if (found) return change_member(deps, ask, "add_member", core::add_member{room, user, found->front()});
      note(ask, "add_member", found.code(), user, room, member);
      ask->problem(found.why());
    });
  });
}

void remove_member(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto room = room_of(ask);
  if (!room) return ask->problem(room.why());
  const auto member = member_of(ask);
  if (!member) return ask->problem(member.why());
  with_user(deps, ask, [deps, ask, room = *room, member = *member](const core::user_id& user) {
    change_member(deps, ask, "remove_member", core::remove_member{room, user, member});
  });
}

void delete_room(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto room = room_of(ask);
  if (!room) return ask->problem(room.why());
  with_user(deps, ask, [deps, ask, room = *room](const core::user_id& user) {
    deps->asker.ask<core::room_gone>(deps->catalog, routes_ask_timeout, core::delete_room{room, user},
                                     [ask, room, user](const core::result<core::room_gone>& gone) {
                                       note(ask, "delete_room", gone.code(), user, room);
                                       gone ? ask->empty(204) : ask->problem(gone.why());
                                     });
  });
}

void get_status(const deps_ptr& deps, const exchange_ptr& ask) {
  deps->asker.ask<core::node_load>(deps->node, routes_ask_timeout, actors::read_load{},
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
    table.add(method, pattern, limit, [deps, handle](const exchange_ptr& ask) { handle(deps, ask); });
  };
  row("POST", "/room", limit_class::api, post_room);
  row("POST", "/ticket", limit_class::api, post_ticket);
  row("GET", "/rooms", limit_class::api, get_rooms);
  row("GET", "/room/{room}", limit_class::api, [](const deps_ptr& d, const exchange_ptr& ask) {
    d->clients->admit(ask, core::room_id{std::string(ask->param("room"))});
  });
  row("DELETE", "/room/{room}", limit_class::api, delete_room);
  row("GET", "/room/{room}/messages", limit_class::api, get_messages);
  row("GET", "/room/{room}/members", limit_class::api, get_members);
  row("PUT", "/room/{room}/members/{user}", limit_class::api, add_member);
  row("DELETE", "/room/{room}/members/{user}", limit_class::api, remove_member);
  row("GET", "/ws", limit_class::api, [](const deps_ptr& d, const exchange_ptr& ask) { d->clients->admit(ask, {}); });
  row("GET", "/status", limit_class::status, get_status);
  net::http::add_probes(table, deps->probes);
  return table;
}

}  // namespace greenroom::chat
