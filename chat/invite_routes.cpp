#include "chat/invite_routes.hpp"

#include <memory>
#include <string>
#include <utility>

#include "actors/secrets.hpp"
#include "core/messages/invites.hpp"
#include "protocol/chat_api.hpp"

namespace greenroom::chat {
namespace {

using core::ec;
using core::limit_class;
using net::http::exchange_ptr;

// The page's address: browsers don't send what is behind the `#`, so that no log has it.
std::string page_url(const exchange_ptr& ask, std::string_view invite) {
  return ask->origin().proto + "://" + ask->origin().host + "/#invite=" + std::string(invite);
}

void post_invite(const deps_ptr& deps, const exchange_ptr& ask) {
  with_body(deps, ask, [deps, ask](const core::room_id& room, const core::token_checked& by) {
    const auto request = protocol::read_make_invite(ask->body(), room, by.user);
    if (!request) return ask->problem(request.why());
    deps->asker.ask<core::invite_made>(deps->catalog, handler_timeout, *request,
                                       [ask, room, by = by.user](const core::result<core::invite_made>& made) {
                                         note(ask, "make_invite", made.code(), by, room);
                                         if (!made) return ask->problem(made.why());
                                         ask->json(201, protocol::to_json(*made, page_url(ask, made->invite)));
                                       });
  });
}

void get_invites(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    ask_catalog<core::invite_list>(deps, ask, protocol::read_list_invites(ask->query(), room, user),
                                   [ask](const core::invite_list& found) { ask->json(200, protocol::to_json(found)); });
  });
}

void delete_invite(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& by) {
    const std::string_view id = ask->param("id");
    // No invite has such an id.
    core::revoke_invite request{room, by, {std::string(protocol::is_invite_id(id) ? id : std::string_view{})}};
    deps->asker.ask<core::invite_revoked>(deps->catalog, handler_timeout, std::move(request),
                                          [ask, room, by](const core::result<core::invite_revoked>& revoked) {
                                            note(ask, "revoke_invite", revoked.code(), by, room);
                                            revoked ? ask->empty(204) : ask->problem(revoked.why());
                                          });
  });
}

// ---- accepting one

// A room that isn't there any more is one more invite that isn't good.
core::error refusal(const core::error& why) {
  if (why.code != ec::gone && why.code != ec::not_found) return why;
  return {ec::gone, "This invite isn't good any more, or never was.", 0};
}

void refuse(const exchange_ptr& ask, const core::error& why, const core::user_id& user, const core::room_id& room) {
  const auto told = refusal(why);
  note(ask, "accept_invite", told.code, user, room);
  ask->problem(told);
}

// The user becomes a member by an act of the invite's maker. An id of the server's makes it safe to be tried again.
void add(const deps_ptr& deps, const exchange_ptr& ask, const core::invite_hash& invite,
         const core::invite_found& found, const core::user_id& user) {
  core::act what;
  what.subject = user;
  what.invite = invite;
  core::perform_act request{found.room,
                            found.by,
                            {.client_id = net::http::new_request_id(),
                             .kind = core::entry_kind::add,
                             .act = std::make_shared<const core::act>(std::move(what))}};
  deps->asker.ask<core::act_performed>(deps->catalog, handler_timeout, std::move(request),
                                       [ask, user, room = found.room](const core::result<core::act_performed>& done) {
                                         if (!done) return refuse(ask, done.why(), user, room);
                                         note(ask, "accept_invite", ec::none, user, room);
                                         ask->json(200, protocol::invite_accepted_json(room, core::room_role::member));
                                       });
}

void accept_invite(const deps_ptr& deps, const exchange_ptr& ask) {
  with_user(deps, ask, [deps, ask](const core::user_id& user) {
    const auto invite = actors::invite_hash_of(ask->param("invite"));
    deps->asker.ask<core::invite_found>(deps->catalog, handler_timeout, core::find_invite{invite, user},
                                        [deps, ask, invite, user](const core::result<core::invite_found>& found) {
                                          if (!found) return refuse(ask, found.why(), user, {});
                                          if (found->role == core::room_role::outsider)
                                            return add(deps, ask, invite, *found, user);
                                          ask->json(200, protocol::invite_accepted_json(found->room, found->role));
                                        });
  });
}

}  // namespace

void add_invite_routes(net::http::routes& table, const deps_ptr& deps) {
  add_row(table, deps, "POST", "/room/{room}/invites", limit_class::act, post_invite);
  add_row(table, deps, "GET", "/room/{room}/invites", limit_class::api, get_invites);
  add_row(table, deps, "DELETE", "/room/{room}/invites/{id}", limit_class::act, delete_invite);
  add_row(table, deps, "POST", "/invites/{invite}", limit_class::act, accept_invite);
}

}  // namespace greenroom::chat
