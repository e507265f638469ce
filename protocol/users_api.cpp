#include "protocol/users_api.hpp"

#include <utility>

#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/act.hpp"
#include "protocol/json_text.hpp"
#include "protocol/problem.hpp"

namespace greenroom::protocol {
namespace {

void put_warnings(json_writer& json, bool weak_password) {
  if (weak_password) json.begin_list("warnings").item("weak_password").end_list();
}

bool possible_password(std::string_view password) { return core::check_password(password, 1).ok(); }

}  // namespace

core::result<core::register_user> read_register(std::string_view body, std::size_t password_min) {
  json_reader json{body, core::ec::bad_request};
  core::register_user request{{json.text("username")}, json.text("password")};
  if (!json.ok()) return json.why();
  if (const auto checked = core::check_user_name(request.user.value); !checked) return checked.why();
  if (const auto checked = core::check_password(request.password, password_min); !checked) return checked.why();
  return request;
}

bool wants_hint(std::string_view body) { return json_reader{body, core::ec::bad_request}.flag("hint", false); }

core::result<core::log_in> read_login(std::string_view body, std::string client) {
  json_reader json{body, core::ec::bad_request};
  core::log_in request{{json.text("username")}, json.text("password"), std::move(client)};
  if (!json.ok()) return json.why();
  if (!core::check_user_name(request.user.value) || !possible_password(request.password)) {
    request.user.value.clear();
    request.password.clear();
  }
  return request;
}

core::result<token_wish> read_token_wish(std::string_view body) {
  json_reader json{body, core::ec::bad_request};
  const token_wish wish{json.flag("cookie", false), json.flag("remember", true)};
  if (!json.ok()) return json.why();
  return wish;
}

core::result<core::change_password> read_password_change(std::string_view body, std::size_t password_min) {
  json_reader json{body, core::ec::bad_request};
  core::change_password request{{}, json.text("old_password"), json.text("new_password")};
  if (!json.ok()) return json.why();
  if (const auto checked = core::check_password(request.new_password, password_min); !checked) return checked.why();
  if (!possible_password(request.old_password)) return core::ec::bad_credentials;
  return request;
}

core::result<core::administer> read_suspend(std::string_view body, core::user_id user) {
  json_reader json{body.empty() ? std::string_view{"{}"} : body, core::ec::bad_request};
  const auto suspension = read_suspension(json);
  if (!json.ok()) return json.why();
  core::administer request{core::account_act::suspend, std::move(user)};
  request.text = suspension.why.view();
  request.until = suspension.until;
  return request;
}

std::string to_json(const core::user_registered& answer, bool with_hint) {
  std::string out;
  json_writer json{out};
  json.begin().put("user_id", answer.user.value);
  put_warnings(json, answer.weak_password);
  if (answer.first && with_hint)
    json.put("hint",
             "You are the first here. Whoever runs this server can make you its admin, with: greenroom admin "
             "users grant " +
                 answer.user.value);
  json.end();
  return out;
}

std::string to_json(const core::logged_in& answer) {
  std::string out;
  json_writer{out}
      .begin()
      .put("token", answer.token)
      .put("token_type", "Bearer")
      .put("expires_at", answer.expires_at)
      .put("user_id", answer.user.value)
      .end();
  return out;
}

std::string to_json(const core::logged_in& answer, std::string_view csrf) {
  std::string out;
  json_writer{out}
      .begin()
      .put("csrf", csrf)
      .put("expires_at", answer.expires_at)
      .put("user_id", answer.user.value)
      .end();
  return out;
}

std::string to_json(const core::token_checked& answer) {
  std::string out;
  json_writer{out}.begin().put("valid", true).put("user_id", answer.user.value).end();
  return out;
}

std::string token_refused() { return R"({"valid":false})"; }

std::string logged_out() { return R"({"logged_out":true})"; }

std::string to_json(const core::session_list& answer) {
  std::string out;
  json_writer json{out};
  json.begin().begin_list("sessions");
  for (const auto& session : answer.sessions)
    json.begin_item()
        .put("id", session.session.value)
        .put("client", core::valid_utf8(session.client) ? std::string_view{session.client} : std::string_view{})
        .put("created_at", session.created_at)
        .put("expires_at", session.expires_at)
        .put("current", session.current)
        .end();
  json.end_list().end();
  return out;
}

std::string suspended(const core::administer& what, const core::administered& done) {
  std::string out;
  json_writer json{out};
  json.begin().put("suspended", true);
  put_because(json, core::sanction{{}, {}, what.text, what.until});
  json.put("sessions", done.ended).end();
  return out;
}

std::string resumed() { return R"({"suspended":false})"; }

std::string to_json(const core::password_changed& answer) {
  std::string out;
  json_writer json{out};
  json.begin().put("changed", true);
  put_warnings(json, answer.weak_password);
  json.end();
  return out;
}

}  // namespace greenroom::protocol
