#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "core/messages/accounts.hpp"
#include "core/result.hpp"

/// The bodies of the users role's HTTP API. Reading: `bad_json`, `too_big`; `bad_request` naming the field that is
/// missing or of another type; and those named below.
namespace greenroom::protocol {

/// `POST /register {username,password}`. `bad_name`; `bad_password` under `password_min` or over 1024 bytes.
[[nodiscard]] core::result<core::register_user> read_register(std::string_view body, std::size_t password_min);

/// Whether the same request has `hint:true`: then the answer may have a sentence for people.
[[nodiscard]] bool wants_hint(std::string_view body);

/// `POST /login {username,password}`. A name or password that no user can have becomes the user with no name, whom the
/// accounts refuse like any unknown one. `client` is what `GET /sessions` will show.
[[nodiscard]] core::result<core::log_in> read_login(std::string_view body, std::string client);

/// Where a login wants its token.
struct token_wish {
  bool in_cookie = false;  ///< in a browser's cookie, and not in the answer
  bool remember = true;    ///< a cookie that outlives the browser's end
};

/// The same request's `cookie?` and `remember?`.
[[nodiscard]] core::result<token_wish> read_token_wish(std::string_view body);

/// `POST /password {old_password,new_password}`, without the token. `bad_password` for the new one; an old one that no
/// user can have is `bad_credentials`.
[[nodiscard]] core::result<core::change_password> read_password_change(std::string_view body, std::size_t password_min);

/// `POST /accounts/{user}/suspend {reason?,until?}` about `user`, as protocol/act reads both. An empty body stands for
/// `{}`.
[[nodiscard]] core::result<core::administer> read_suspend(std::string_view body, core::user_id user);

/// `{user_id,warnings?,hint?}`: with a hint for whoever is the first here.
[[nodiscard]] std::string to_json(const core::user_registered& answer, bool with_hint = false);
/// `{token,token_type:"Bearer",expires_at,user_id}` (RFC 6750 section 4)
[[nodiscard]] std::string to_json(const core::logged_in& answer);
/// `{csrf,expires_at,user_id}`: the token itself is in a cookie.
[[nodiscard]] std::string to_json(const core::logged_in& answer, std::string_view csrf);
/// `{valid:true,user_id}`
[[nodiscard]] std::string to_json(const core::token_checked& answer);
/// `{valid:false}`, the body of a 401 of `GET /verify`
[[nodiscard]] std::string token_refused();
/// `{logged_out:true}`, the answer to `POST /logout`
[[nodiscard]] std::string logged_out();
/// `{sessions:[{id,client,created_at,expires_at,current}]}`
[[nodiscard]] std::string to_json(const core::session_list& answer);
/// `{suspended:true,why?,until?,sessions}`, the answer to `POST /accounts/{user}/suspend`: what holds now, and how many
/// sessions it ended.
[[nodiscard]] std::string suspended(const core::administer& what, const core::administered& done);
/// `{suspended:false}`, the answer to `POST /accounts/{user}/resume`
[[nodiscard]] std::string resumed();
/// `{changed:true,warnings?}`
[[nodiscard]] std::string to_json(const core::password_changed& answer);

}  // namespace greenroom::protocol
