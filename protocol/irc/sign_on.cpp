#include "protocol/irc/sign_on.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/irc/command_table.hpp"
#include "protocol/irc/labels.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

// A web page may not talk IRC: its request's first line is no command of ours.
bool is_http(const line& what) noexcept {
  return what.command == "GET" || what.command == "POST" || what.command == "HEAD";
}

// USER's first parameter, as it stands in sources.
std::string ident_from(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (out.size() < max_ident_bytes && core::is_plain_name({&c, 1})) out += c;
  return out.empty() ? "u" : out;
}

}  // namespace

sign_on::sign_on(const sign_on_settings& settings, const server_face& face, core::mono_time now, core::user_id already)
    : settings_(settings), face_(face), deadline_(now + settings.patience), user_(std::move(already)) {}

speaker sign_on::to(sign_on_effects& out) const { return {face_.name, nick_, out.say}; }

std::string sign_on::mask() const { return nick_ == "*" ? nick_ : source_of(nick_); }

sign_on_effects sign_on::heard(const received& got, const sign_on_moment& at) {
  GREENROOM_CHECK(!waiting());
  sign_on_effects out;
  const line& what = got.what;
  if (!std::exchange(heard_, true) && is_http(what)) {
    out.close = true;
    return out;
  }
  const bool labels = caps_.on().has(capability::labeled_response);
  switch (got.judged) {
    case verdict::command:
      obey(what, at, out);
      break;
    case verdict::too_long:
      to(out).numeric(numeric::err_inputtoolong);
      break;
    case verdict::not_utf8:
      to(out).fail(core::valid_utf8(what.command) ? what.command : "*", "INVALID_UTF8", {},
                   "The line isn't UTF-8, and was dropped.");
      break;
    case verdict::endless:
      end("A line was too long", out);
      break;
    case verdict::nothing:
      return out;
  }
  if (auto label = labels ? label_of(what.tags) : std::string{}; waiting())
    label_ = std::move(label);
  else
    put_label(out.say, 0, label, face_.name, "1");
  go_on(at, out);
  return out;
}

sign_on_effects sign_on::answered(const core::result<account_answer>& answer, const sign_on_moment& at) {
  GREENROOM_CHECK(waiting());
  sign_on_effects out;
  const auto why = std::exchange(asking_, purpose::none);
  if (answer)
    let_in(why, *answer, out);
  else
    turn_away(why, answer.why(), out);
  if (waiting()) return out;
  put_label(out.say, 0, std::exchange(label_, {}), face_.name, "1");
  asked_ = {};
  go_on(at, out);
  return out;
}

sign_on_effects sign_on::late(core::mono_time now) {
  sign_on_effects out;
  if (now >= deadline_) end(outside_ ? "Nobody signed in" : "Registration timeout", out);
  return out;
}

void sign_on::end(std::string_view why, sign_on_effects& out) const {
  to(out).error(why);
  out.close = true;
}

// ---- commands --------------------------------------------------------------------------------------------------

void sign_on::obey(const line& what, const sign_on_moment& at, sign_on_effects& out) {
  const auto* known = find_command(what.command);
  if (known == nullptr) return to(out).numeric(numeric::err_unknowncommand, {what.command});
  if (what.is("AWAY") && !outside_ && caps_.on().has(capability::pre_away)) {
    away_ = what[0].empty() ? std::nullopt : std::optional<std::string>(fitting(what[0], max_irc_topic_bytes));
    return to(out).numeric(away_ ? numeric::rpl_nowaway : numeric::rpl_unaway);
  }
  if (!outside_ && known->from != stage::connected) return to(out).numeric(numeric::err_notregistered);
  if (known->from == stage::signed_in) return obey_outside(what, at, out);
  if (what.count < known->least) return to(out).numeric(numeric::err_needmoreparams, {known->name});
  obey_word(what, at, out);
}

// Commands for which nobody needs an account.
void sign_on::obey_word(const line& what, const sign_on_moment& at, sign_on_effects& out) {
  speaker client = to(out);
  if (what.is("CAP")) return caps_.cap(what, settings_.offer, client);
  if (what.is("AUTHENTICATE")) return authenticate(what, out);
  if (what.is("NICK")) return take_nick(what, out);
  if (what.is("USER")) return take_user(what, out);
  if (what.is("PASS")) return take_pass(what, out);
  if (what.is("REGISTER")) return make(what, out);
  if (what.is("PING")) return client.say("PONG", {face_.name}, what[0]);
  if (what.is("QUIT")) return end("Bye", out);
  if (what.is("MOTD")) return say_motd(face_, client);
  if (what.is("LUSERS")) return say_counts(at.counts, client);
  if (what.is("VERSION")) return say_version(face_, caps_.on(), client);
  if (what.is("ISUPPORT")) return say_features(face_, caps_.on(), client);
  if (what.is("TIME")) return say_time(face_, at.now.wall, client);
  if (what.is("INFO")) return say_info(face_, client);
  if (what.is("HELP") || what.is("HELPOP")) return say_help(what[0], client);
  if (what.is("NS") || what.is("NICKSERV")) {
    std::string text;
    for (std::size_t i = 0; i < what.count; ++i) text.append(i == 0 ? "" : " ").append(what[i]);
    service(text, out);
  }
}

// Commands that need an account, from a client that has none.
void sign_on::obey_outside(const line& what, const sign_on_moment&, sign_on_effects& out) {
  if (what.is("PRIVMSG") && core::equal_folded(what[0], service_name)) return service(what[1], out);
  if (!what.is("JOIN")) return to(out).fail(find_command(what.command)->name, "ACCOUNT_REQUIRED", {}, "Sign in first.");
  for (auto rest = what[0]; !rest.empty();) to(out).numeric(numeric::err_needreggednick, {core::take_until(rest, ',')});
}

void sign_on::take_nick(const line& what, sign_on_effects& out) {
  const auto name = what[0];
  if (name.empty()) return to(out).numeric(numeric::err_nonicknamegiven);
  if (!core::check_user_name(name) || core::equal_folded(name, service_name))
    return to(out).numeric(numeric::err_erroneusnickname, {name});
  if (outside_ && name != nick_) line_writer(out.say.emplace_back()).from(mask()).command("NICK").middle(name);
  nick_ = name;
}

void sign_on::take_user(const line& what, sign_on_effects& out) {
  if (outside_) return to(out).numeric(numeric::err_alreadyregistered);
  if (what[0].empty() || what[3].empty()) return to(out).numeric(numeric::err_needmoreparams, {"USER"});
  ident_ = ident_from(what[0]);
  realname_ = what[3];
}

// ---- states ----------------------------------------------------------------------------------------------------

void sign_on::go_on(const sign_on_moment& at, sign_on_effects& out) {
  if (waiting() || out.close) return;
  if (outside_) return signed_in() ? finish(out) : void();
  if (nick_ == "*" || ident_.empty() || caps_.open()) return;
  if (sasl_.abort()) to(out).numeric(numeric::err_saslaborted);
  if (pass_ && !signed_in()) {
    auto whom = *std::exchange(pass_, std::nullopt);
    if (whom.user.empty()) whom.user = nick_;
    return ask_sign_in(purpose::pass, std::move(whom), out);
  }
  welcome(at, out);
}

void sign_on::welcome(const sign_on_moment& at, sign_on_effects& out) {
  if (signed_in())
    nick_ = user_.value;
  else
    to(out).fail("*", "ACCOUNT_REQUIRED", {}, "Sign in, or make an account.");
  auto counts = at.counts;
  if (signed_in()) counts.one_signs_in();
  speaker client = to(out);
  say_welcome(face_, counts, caps_.on(), client);
  outside_ = true;
  if (signed_in()) return finish(out);
  deadline_ = at.now.mono + settings_.outside;
  client.notice("You aren't signed in: you are in no room, and nobody sees you.");
  client.notice("To sign in, use SASL, or write: /msg NickServ IDENTIFY <name> <password>");
  if (settings_.making != account_making::off)
    client.notice("To make an account named like your nick, write: /msg NickServ REGISTER <password>");
}

// 001 was addressed to another nick where the client signed in after it.
void sign_on::finish(sign_on_effects& out) {
  if (nick_ != user_.value) line_writer(out.say.emplace_back()).from(mask()).command("NICK").middle(user_.value);
  out.done = signed_on{user_, std::move(device_), std::move(ident_), std::move(realname_), std::move(away_), caps_};
}

}  // namespace greenroom::protocol::irc
