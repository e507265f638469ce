#include <utility>

#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/irc/sign_on.hpp"

namespace greenroom::protocol::irc {
namespace {

// Whether the answer is about what was shown: a wrong password, not a server that can't say.
bool is_wrong(core::ec code) noexcept {
  using enum core::ec;
  return code == bad_credentials || code == invalid_token || code == suspended || code == forbidden ||
         code == not_found || code == no_user || code == bad_password || code == bad_name;
}

// The code of a refused REGISTER (draft/account-registration).
std::string_view register_code(core::ec code) noexcept {
  using enum core::ec;
  if (code == taken) return "ACCOUNT_EXISTS";
  if (code == bad_name) return "BAD_ACCOUNT_NAME";
  return code == bad_password ? "UNACCEPTABLE_PASSWORD" : "TEMPORARILY_UNAVAILABLE";
}

std::string_view word_from(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return core::take_until(rest, ' ');
}

}  // namespace

// ---- commands --------------------------------------------------------------------------------------------------

void sign_on::take_pass(const line& what, sign_on_effects& out) {
  if (outside_) return to(out).numeric(numeric::err_alreadyregistered);
  if (what[0].empty()) return to(out).numeric(numeric::err_needmoreparams, {"PASS"});
  if (settings_.takes_passwords) {
    pass_ = credentials_from_pass(what[0]);
    return;
  }
  to(out).numeric(numeric::err_passwdmismatch);
  refuse_unsafe(out);
  end("Passwords aren't taken here", out);
}

void sign_on::authenticate(const line& what, sign_on_effects& out) {
  speaker client = to(out);
  if (signed_in()) return client.numeric(numeric::err_saslalready);
  if (!settings_.takes_passwords) {
    client.numeric(numeric::err_saslfail);
    refuse_unsafe(out);
    return count_failure(out);
  }
  const auto& mechanisms = settings_.offer.sasl;
  auto next = sasl_.authenticate(what[0], mechanisms);
  if (next.go_on) return client.bare("AUTHENTICATE", "+");
  if (next.find) return ask(purpose::scram_find, core::find_scram{*std::move(next.find)}, out);
  if (next.whom) {
    const auto why = next.proof ? purpose::scram : purpose::sasl;
    return ask_sign_in(why, *std::move(next.whom), out, std::move(next.proof).value_or(core::scram_proof{}));
  }
  if (next.accepted) return be(purpose::sasl, std::exchange(proved_, {}), out);
  if (!next.refused) return;
  if (next.list_mechanisms) client.numeric(numeric::rpl_saslmechs, {mechanisms});
  client.numeric(*next.refused);
  if (*next.refused != numeric::err_saslaborted) count_failure(out);
}

// REGISTER account email password: the account is the nick's, and an address isn't used.
void sign_on::make(const line& what, sign_on_effects& out) {
  speaker client = to(out);
  const auto account = what[0] == "*" ? std::string_view{nick_} : what[0];
  const auto fail = [&](std::string_view code, std::string_view text) {
    client.fail("REGISTER", code, {account}, text);
  };
  if (settings_.making == account_making::off) return fail("TEMPORARILY_UNAVAILABLE", "No accounts are made here.");
  if (signed_in()) return fail("ALREADY_AUTHENTICATED", "You are signed in already.");
  if (!outside_ && settings_.making == account_making::registered)
    return fail("COMPLETE_CONNECTION_REQUIRED", "Complete the connection first.");
  if (nick_ == "*")
    return client.fail("REGISTER", "NEED_NICK", {"*"}, "Choose a nick first: the account has its name.");
  if (!core::equal_folded(account, nick_)) return fail("ACCOUNT_NAME_MUST_BE_NICK", "The account's name is your nick.");
  if (!settings_.takes_passwords) {
    fail("TEMPORARILY_UNAVAILABLE", "Passwords aren't taken here.");
    return refuse_unsafe(out);
  }
  asked_ = {nick_, {}, std::string(what[2])};
  ask(purpose::make, make_account{{nick_}, asked_.password}, out);
}

void sign_on::service(std::string_view text, sign_on_effects& out) {
  speaker client = to(out);
  const auto command = word_from(text);
  const auto first = word_from(text);
  const bool makes = core::equal_folded(command, "REGISTER"), signs_in = core::equal_folded(command, "IDENTIFY");
  if ((!makes && !signs_in) || first.empty())
    return client.service_notice("I know two words: REGISTER <password>, and IDENTIFY [name] <password>.");
  if (!settings_.takes_passwords) {
    client.service_notice("Passwords aren't taken here.");
    return refuse_unsafe(out);
  }
  if (makes) {
    if (settings_.making == account_making::off) return client.service_notice("No accounts are made here.");
    asked_ = {nick_, {}, std::string(first)};
    return ask(purpose::service_make, make_account{{nick_}, asked_.password}, out);
  }
  auto whom = account_from(text.empty() ? std::string_view{nick_} : first);
  if (!whom) return client.service_notice("That is no account's name.");
  whom->password = text.empty() ? first : text;
  ask_sign_in(purpose::service_sign_in, *std::move(whom), out);
}

// ---- questions and answers -------------------------------------------------------------------------------------

void sign_on::ask(purpose why, account_question what, sign_on_effects& out) {
  asking_ = why;
  out.ask = std::move(what);
}

void sign_on::ask_sign_in(purpose why, credentials whom, sign_on_effects& out, core::scram_proof proof) {
  asked_.user = whom.user;
  asked_.device = whom.device;
  const bool token = is_token(whom.password);
  ask(why, sign_in{std::move(whom), token, std::move(proof)}, out);
}

void sign_on::let_in(purpose why, const account_answer& answer, sign_on_effects& out) {
  const auto& account = answer.user;
  if (why == purpose::scram_find) return to(out).bare("AUTHENTICATE", sasl_.found(answer.challenge));
  if (why == purpose::make || why == purpose::service_make) {
    const auto then = why == purpose::make ? purpose::sign_in_made : purpose::service_sign_in;
    return ask_sign_in(then, std::exchange(asked_, {}), out);
  }
  // A token may be anybody's; a name must be its owner's.
  if (account != core::user_id{asked_.user}) return turn_away(why, {core::ec::bad_credentials, {}, 0}, out);
  if (why == purpose::scram) {
    proved_ = {account.value, asked_.device};
    return to(out).bare("AUTHENTICATE", sasl_.proved(answer.signature));
  }
  be(why, {account.value, asked_.device}, out);
}

// From now on this client is that user.
void sign_on::be(purpose why, const credentials& whom, sign_on_effects& out) {
  const core::user_id account{whom.user};
  user_ = account;
  device_ = whom.device;
  if (why == purpose::pass) return;
  speaker client = to(out);
  if (why == purpose::sign_in_made) client.say("REGISTER", {"SUCCESS", account.value}, "The account is made.");
  client.numeric(numeric::rpl_loggedin, {mask(), account.value}, "You are now logged in as " + account.value);
  if (why == purpose::sasl) client.numeric(numeric::rpl_saslsuccess);
  if (why == purpose::service_sign_in) client.service_notice("You are now signed in as " + account.value + ".");
}

void sign_on::turn_away(purpose why, const core::error& refusal, sign_on_effects& out) {
  speaker client = to(out);
  const bool wrong = is_wrong(refusal.code);
  const auto text = refusal.text();
  switch (why) {
    case purpose::pass:
      if (wrong) client.numeric(numeric::err_passwdmismatch, {}, text);
      return end(wrong ? "Wrong password" : text, out);
    case purpose::scram_find:
    case purpose::scram:
      sasl_.abort();
      [[fallthrough]];
    case purpose::sasl:
      client.numeric(numeric::err_saslfail, {}, std::string(describe(numeric::err_saslfail).text) + ": " + text);
      return count_failure(out);
    case purpose::make:
      return client.fail("REGISTER", register_code(refusal.code), {asked_.user}, text);
    case purpose::sign_in_made:
      return client.fail("REGISTER", "TEMPORARILY_UNAVAILABLE", {asked_.user},
                         "The account is made; sign in later: " + text);
    default:
      client.service_notice(text);
      if (why == purpose::service_sign_in) count_failure(out);
  }
}

void sign_on::refuse_unsafe(sign_on_effects& out) const {
  std::string text = "This connection isn't encrypted: others could read your password.";
  if (!settings_.safe_port.empty()) text += " Connect with TLS to port " + settings_.safe_port + ".";
  to(out).notice(text);
}

void sign_on::count_failure(sign_on_effects& out) {
  if (++failures_ >= settings_.max_failures) end("Too many failed attempts to sign in", out);
}

}  // namespace greenroom::protocol::irc
