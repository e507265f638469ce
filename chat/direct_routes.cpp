#include "chat/direct_routes.hpp"

#include <utility>
#include <vector>

#include "core/messages/direct.hpp"
#include "protocol/me_api.hpp"

namespace greenroom::chat {
namespace {

using core::ec;
using core::limit_class;
using net::http::exchange_ptr;

// As `with_user`, for a request with a body; or answers 415, too.
template <class Then>
void with_user_and_body(const deps_ptr& deps, const exchange_ptr& ask, Then then) {
  if (!ask->has_json()) return ask->problem({ec::unsupported_media, {}, 0});
  with_user(deps, ask, std::move(then));
}

// Continues with the names as their users wrote them first; or answers `no_user`.
template <class Then>
void with_people(const deps_ptr& deps, const exchange_ptr& ask, std::vector<core::user_id> names, Then then) {
  deps->asker.ask<core::users_found>(deps->node, handler_timeout, core::find_users{std::move(names)},
                                     [ask, then](core::result<core::users_found> found) {
                                       if (!found) return ask->problem(found.why());
                                       then(std::move(found->users));
                                     });
}

// ---- direct rooms

void open_direct(const deps_ptr& deps, const exchange_ptr& ask, core::open_direct request) {
  const auto by = request.by;
  deps->asker.ask<core::room_entered>(deps->catalog, handler_timeout, std::move(request),
                                      [ask, by](const core::result<core::room_entered>& opened) {
                                        if (!opened) return ask->problem(opened.why());
                                        if (opened->created) note(ask, "create_room", ec::none, by, opened->info.room);
                                        ask->json(opened->created ? 201 : 200, protocol::direct_json(*opened));
                                      });
}

void post_direct(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user_and_body(deps, ask, [deps, ask](const core::user_id& by) {
    auto request = protocol::read_open_direct(ask->body(), by);
    if (!request) return ask->problem(request.why());
    auto names = request->with;
    with_people(deps, ask, std::move(names), [deps, ask, request = *request](std::vector<core::user_id> people) {
      auto named = request;
      named.with = std::move(people);
      open_direct(deps, ask, std::move(named));
    });
  });
}

// ---- settings

void get_settings(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user(deps, ask, [deps, ask](const core::user_id& user) {
    ask_catalog<core::own_settings>(
        deps, ask, core::result<core::read_own_settings>({user}),
        [ask](const core::own_settings& settings) { ask->json(200, protocol::to_json(settings)); });
  });
}

void put_settings(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user_and_body(deps, ask, [deps, ask](const core::user_id& user) {
    const auto to = protocol::read_own_settings(ask->body());
    if (!to) return ask->problem(to.why());
    ask_catalog<core::own_settings>(
        deps, ask, core::result<core::change_own_settings>({user, *to}),
        [ask](const core::own_settings& settings) { ask->json(200, protocol::to_json(settings)); });
  });
}

// ---- blocks

void get_blocks(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user(deps, ask, [deps, ask](const core::user_id& user) {
    ask_catalog<core::block_list>(deps, ask, core::result<core::list_blocks>({user}),
                                  [ask](const core::block_list& blocks) { ask->json(200, protocol::to_json(blocks)); });
  });
}

template <class Request>
void change_blocks(const deps_ptr& deps, const exchange_ptr& ask, Request request) {
  ask_catalog<core::blocks_changed>(deps, ask, core::result<Request>(std::move(request)),
                                    [ask](const core::blocks_changed&) { ask->empty(204); });
}

void put_block(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto person = person_of(ask);
  if (!person) return ask->problem(person.why());
  with_user(deps, ask, [deps, ask, person = *person](const core::user_id& by) {
    if (person == by) return ask->problem({ec::conflict, "Nobody blocks themselves.", 0});
    with_people(deps, ask, {person}, [deps, ask, by](const std::vector<core::user_id>& people) {
      change_blocks(deps, ask, core::put_block{by, people.front()});
    });
  });
}

void delete_block(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto person = person_of(ask);
  if (!person) return ask->problem(person.why());
  with_user(deps, ask, [deps, ask, person = *person](const core::user_id& by) {
    change_blocks(deps, ask, core::lift_block{by, person});
  });
}

// ---- drafts

void get_drafts(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user(deps, ask, [deps, ask](const core::user_id& user) {
    ask_catalog<core::draft_list>(deps, ask, protocol::read_list_drafts(ask->query(), user),
                                  [ask](const core::draft_list& drafts) { ask->json(200, protocol::to_json(drafts)); });
  });
}

void keep_draft(const deps_ptr& deps, const exchange_ptr& ask, core::result<core::put_draft> request) {
  ask_catalog<core::draft_kept>(deps, ask, std::move(request), [ask](const core::draft_kept&) { ask->empty(204); });
}

void put_draft(const deps_ptr& deps, const exchange_ptr& ask) {
  if (!ask->has_json()) return ask->problem({ec::unsupported_media, {}, 0});
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    keep_draft(deps, ask, protocol::read_draft(ask->body(), room, user));
  });
}

void delete_draft(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    keep_draft(deps, ask, core::put_draft{user, room, {}});
  });
}

}  // namespace

void add_direct_routes(net::http::routes& table, const deps_ptr& deps) {
  add_row(table, deps, "POST", "/direct", limit_class::api, post_direct);
  add_row(table, deps, "GET", "/me/settings", limit_class::api, get_settings);
  add_row(table, deps, "PUT", "/me/settings", limit_class::api, put_settings);
  add_row(table, deps, "GET", "/me/blocks", limit_class::api, get_blocks);
  add_row(table, deps, "PUT", "/me/blocks/{user}", limit_class::api, put_block);
  add_row(table, deps, "DELETE", "/me/blocks/{user}", limit_class::api, delete_block);
  add_row(table, deps, "GET", "/me/drafts", limit_class::api, get_drafts);
  add_row(table, deps, "PUT", "/me/drafts/{room}", limit_class::api, put_draft);
  add_row(table, deps, "DELETE", "/me/drafts/{room}", limit_class::api, delete_draft);
}

}  // namespace greenroom::chat
