#include "chat/act_routes.hpp"

#include <utility>

#include "actors/audit_words.hpp"
#include "protocol/act_api.hpp"
#include "protocol/chat_api.hpp"

namespace greenroom::chat {
namespace {

using core::ec;
using core::entry_kind;
using core::limit_class;
using net::http::exchange_ptr;

// Words, and acts that did nothing, leave no audit line.
void note_act(const exchange_ptr& ask, const core::perform_act& what, const core::result<core::act_performed>& done) {
  const auto word = actors::audit_word(what.what.kind);
  if (word.empty() || (done && (!done->entry.seq || done->duplicate))) return;
  note(ask, word, done.code(), what.by, what.room, what.what.act->subject);
}

void perform(const deps_ptr& deps, const exchange_ptr& ask, const core::room_id& room, const core::token_checked& by,
             core::result<core::post> what) {
  if (!what) return ask->problem(what.why());
  if (const auto key = protocol::take_key(ask->header("Idempotency-Key"), *what); !key) return ask->problem(key.why());
  // An attempt whose answer gets lost can be repeated.
  if (what->client_id.empty()) what->client_id = net::http::new_request_id();
  const core::perform_act request{room, by.user, std::move(*what), by.admin};
  deps->asker.ask<core::act_performed>(deps->catalog, handler_timeout, request,
                                       [ask, request](const core::result<core::act_performed>& done) {
                                         note_act(ask, request, done);
                                         if (!done) return ask->problem(done.why());
                                         const bool made = done->entry.seq && !done->duplicate;
                                         const unsigned status = made && ask->method() == "POST" ? 201 : 200;
                                         ask->json(status, protocol::to_json(*done, request.room));
                                       });
}

// As `with_body`, with the person whom the path names.
template <class Then>
void about_person(const deps_ptr& deps, const exchange_ptr& ask, Then then) {
  auto person = person_of(ask);
  if (!person) return ask->problem(person.why());
  with_body(deps, ask, [person = std::move(*person), then](const core::room_id& room, const core::token_checked& by) {
    then(room, by, person);
  });
}

void post_act(const deps_ptr& deps, const exchange_ptr& ask) {
  with_body(deps, ask, [deps, ask](const core::room_id& room, const core::token_checked& by) {
    perform(deps, ask, room, by, protocol::read_act_body(ask->body()));
  });
}

void post_message(const deps_ptr& deps, const exchange_ptr& ask) {
  with_body(deps, ask, [deps, ask](const core::room_id& room, const core::token_checked& by) {
    perform(deps, ask, room, by, protocol::read_message_body(ask->body()));
  });
}

void patch_room(const deps_ptr& deps, const exchange_ptr& ask) {
  with_body(deps, ask, [deps, ask](const core::room_id& room, const core::token_checked& by) {
    perform(deps, ask, room, by, protocol::read_settings_body(ask->body()));
  });
}

void join_members(const deps_ptr& deps, const exchange_ptr& ask, const core::join_members& request) {
  deps->asker.ask<core::members_changed>(
      deps->catalog, handler_timeout, request, [ask, request](const core::result<core::members_changed>& joined) {
        note(ask, "add_member", joined.code(), request.user, request.room, request.user);
        joined ? ask->empty(204) : ask->problem(joined.why());
      });
}

// Oneself, without a role: that is joining, and no act.
void put_member(const deps_ptr& deps, const exchange_ptr& ask) {
  about_person(deps, ask,
               [deps, ask](const core::room_id& room, const core::token_checked& by, const core::user_id& person) {
                 auto what = protocol::read_member_body(ask->body(), person);
                 if (what && what->kind == entry_kind::add && person == by.user && !by.admin)
                   return join_members(deps, ask, {room, by.user});
                 perform(deps, ask, room, by, std::move(what));
               });
}

void delete_member(const deps_ptr& deps, const exchange_ptr& ask) {
  about_person(deps, ask,
               [deps, ask](const core::room_id& room, const core::token_checked& by, const core::user_id& person) {
                 perform(deps, ask, room, by, protocol::read_reason_body(ask->body(), entry_kind::remove, person));
               });
}

template <entry_kind Kind>
void put_sanction(const deps_ptr& deps, const exchange_ptr& ask) {
  about_person(deps, ask,
               [deps, ask](const core::room_id& room, const core::token_checked& by, const core::user_id& person) {
                 perform(deps, ask, room, by, protocol::read_sanction_body(ask->body(), Kind, person));
               });
}

template <entry_kind Kind>
void delete_sanction(const deps_ptr& deps, const exchange_ptr& ask) {
  about_person(deps, ask,
               [deps, ask](const core::room_id& room, const core::token_checked& by, const core::user_id& person) {
                 perform(deps, ask, room, by, protocol::read_reason_body(ask->body(), Kind, person));
               });
}

template <entry_kind Kind>
void get_sanctions(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    ask_catalog<core::sanction_list>(
        deps, ask, protocol::read_list_sanctions(ask->query(), room, user, Kind),
        [ask](const core::sanction_list& found) { ask->json(200, protocol::to_json(found, Kind)); });
  });
}

void get_audit(const deps_ptr& deps, const exchange_ptr& ask) {
  in_room(deps, ask, [deps, ask](const core::room_id& room, const core::user_id& user) {
    ask_catalog<core::audit_page>(deps, ask, protocol::read_audit_query(ask->query(), room, user),
                                  [ask](const core::audit_page& page) { ask->json(200, protocol::to_json(page)); });
  });
}

}  // namespace

void add_act_routes(net::http::routes& table, const deps_ptr& deps) {
  const auto act = [&](std::string_view method, std::string_view path, auto handle) {
    add_row(table, deps, method, "/room/{room}" + std::string(path), limit_class::act, handle);
  };
  const auto read = [&](std::string_view path, auto handle) {
    add_row(table, deps, "GET", "/room/{room}" + std::string(path), limit_class::api, handle);
  };
  act("PATCH", "", patch_room);
  act("POST", "/acts", post_act);
  add_row(table, deps, "POST", "/room/{room}/messages", limit_class::send, post_message);
  act("PUT", "/members/{user}", put_member);
  act("DELETE", "/members/{user}", delete_member);
  act("PUT", "/bans/{user}", put_sanction<entry_kind::ban>);
  act("DELETE", "/bans/{user}", delete_sanction<entry_kind::unban>);
  act("PUT", "/mutes/{user}", put_sanction<entry_kind::mute>);
  act("DELETE", "/mutes/{user}", delete_sanction<entry_kind::unmute>);
  read("/bans", get_sanctions<entry_kind::ban>);
  read("/mutes", get_sanctions<entry_kind::mute>);
  read("/audit", get_audit);
}

}  // namespace greenroom::chat
