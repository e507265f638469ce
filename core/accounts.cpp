#include "core/accounts.hpp"

#include <algorithm>

#include "core/names.hpp"

namespace greenroom::core {
namespace {

constexpr unsigned max_comparisons = 3;  // a hash rarely changes during a comparison

template <class Request>
[[nodiscard]] bool is(const auto& job) {
  return std::holds_alternative<Request>(job.request);
}

error retry_soon(ec code) { return {code, {}, 1}; }

// Prepares a new password, and checks the length of the one string that stands for all its spellings.
result<std::string> new_password(std::string_view typed, std::size_t minimum) {
  if (const auto good = check_password(typed, 0); !good) return good.why();
  auto prepared = opaque_string(typed);
  if (!prepared) return prepared.why();
  if (const auto good = check_password(*prepared, minimum); !good) return good.why();
  return prepared;
}

}  // namespace

accounts::accounts(account_limits limits)
    : limits_(limits), failures_(limits.failures), guesses_(limits.guesses), queue_(limits.queue) {}

work_id accounts::begin(job what, accounts_effects& out) {
  const auto work = ++last_;
  out.look.push_back({work, what.user, what.network});
  jobs_.emplace(work, std::move(what));
  return work;
}

accounts_effects accounts::register_user(asker_id asker, core::register_user request, instant) {
  accounts_effects out;
  const auto typed = std::exchange(request.password, {});
  const auto name = check_user_name(request.user.value);
  auto password = new_password(typed, limits_.min_password_bytes);
  if (!name || !password) {
    out.refused.push_back({asker, request.user, name ? password.why() : name.why(), request});
    return out;
  }
  job what{asker, {}, request.user, network_of(request.from.address)};
  what.request = std::move(request);
  what.weak_password = core::weak_password(*password);
  what.to_hash = *std::move(password);
  begin(std::move(what), out);
  return out;
}

accounts_effects accounts::log_in(asker_id asker, core::log_in request, instant now) {
  accounts_effects out;
  job what{asker, {}, request.user, network_of(request.from.address)};
  what.password = forms_of(std::exchange(request.password, {}));
  what.scram = std::exchange(request.scram, {});
  what.request = std::move(request);
  if (check_user_name(what.user.value)) {
    begin(std::move(what), out);
    return out;
  }
  // No user can have this name. The attempt costs as much as any other, so that the answer takes as long.
  what.user = {};
  const auto work = begin(std::move(what), out);
  out.look.clear();
  return found(work, ec::not_found, now);
}

accounts_effects accounts::change_password(asker_id asker, core::change_password request, const token_checked& who,
                                           instant) {
  accounts_effects out;
  auto password = new_password(std::exchange(request.new_password, {}), limits_.min_password_bytes);
  auto old = forms_of(std::exchange(request.old_password, {}));
  if (!password) {
    out.refused.push_back({asker, who.user, password.why(), std::move(request)});
    return out;
  }
  job what{asker, {}, who.user, network_of(request.from.address), who.session.value, std::move(old)};
  what.request = std::move(request);
  what.weak_password = core::weak_password(*password);
  what.to_hash = *std::move(password);
  begin(std::move(what), out);
  return out;
}

accounts_effects accounts::delete_user(asker_id asker, core::begin_deletion request, const token_checked& who,
                                       instant) {
  accounts_effects out;
  job what{asker, {}, who.user, network_of(request.from.address), who.session.value};
  what.password = forms_of(std::exchange(request.password, {}));
  what.request = std::move(request);
  begin(std::move(what), out);
  return out;
}

accounts_effects accounts::found(work_id work, const result<credentials>& row, instant now) {
  accounts_effects out;
  const auto what = jobs_.find(work);
  if (what == jobs_.end()) return out;
  auto& about = what->second;
  if (!row && row.code() != ec::not_found) {
    refuse(out, what, row.why());
  } else if (is<core::register_user>(about)) {
    row ? refuse(out, what, {ec::taken, {}, 0}) : line_up(out, what, now);
  } else {
    const bool possible = row && row->active;
    about.stored_hash = possible ? row->password_hash : std::string{};
    if (possible) about.user = row->user;
    about.familiar = possible && row->familiar;
    about.comparisons > 0 ? line_up(out, what, now) : try_first(out, what, now);
  }
  start_next(out, now);
  return out;
}

// Attempts by others don't count against a token's owner, whose own attempts have a key of their own.
std::string accounts::charge_key(const job& what) const {
  if (!what.session.empty()) return "session " + what.session;
  return folded(what.user.value) + ' ' + what.network;
}

// Attempts under way count as failures, or many at once would all pass.
void accounts::try_first(accounts_effects& out, jobs::iterator what, instant now) {
  auto& about = what->second;
  const auto verdict = failures_.take(charge_key(about), 1, now.mono);
  if (!verdict.allowed) return refuse(out, what, {ec::rate_limited, {}, std::max(1u, verdict.retry_after_s)});
  about.charged = true;
  milliseconds hold{};
  if (about.session.empty() && !about.familiar) {
    const auto guessed = guesses_.take(folded(about.user.value), 0, now.mono);
    if (guessed.quota > 0 && guessed.remaining == 0) hold = limits_.guess_delay;
  }
  if (hold > milliseconds::zero()) ++out.slowed;
  line_up(out, what, now, hold);
}

void accounts::line_up(accounts_effects& out, jobs::iterator what, instant now, milliseconds hold) {
  const auto& about = what->second;
  const password_claim claim{about.network, folded(about.user.value), about.familiar || !about.session.empty()};
  if (const auto gone = queue_.add(what->first, claim, now.mono, hold))
    refuse(out, jobs_.find(*gone), retry_soon(ec::overloaded));
}

void accounts::start_next(accounts_effects& out, instant now) {
  while (const auto work = queue_.next(now.mono)) {
    auto& about = jobs_.at(*work);
    if (is<core::register_user>(about) || about.matched) {
      out.hash.push_back({*work, about.to_hash});
    } else {
      ++about.comparisons;
      out.compare.push_back({*work, about.password, about.stored_hash, about.scram});
    }
  }
}

accounts_effects accounts::hashed(work_id work, const result<std::string>& hash, instant now) {
  accounts_effects out;
  const auto what = jobs_.find(work);
  if (what == jobs_.end()) return out;
  queue_.finished();
  if (hash) {
    what->second.new_hash = *hash;
    store(out, what, {});
  } else {
    refuse(out, what, hash.why());
  }
  start_next(out, now);
  return out;
}

accounts_effects accounts::verified(work_id work, const result<hasher::verified>& outcome, instant now) {
  accounts_effects out;
  const auto what = jobs_.find(work);
  if (what == jobs_.end()) return out;
  auto& about = what->second;
  queue_.finished();
  if (!outcome) {
    refuse(out, what, outcome.why());
  } else if (!outcome->match) {
    about.charged = false;  // it stays charged
    if (about.session.empty() && !about.familiar) (void)guesses_.take(folded(about.user.value), 1, now.mono);
    const char* const why = is<core::change_password>(about)  ? "The old password is wrong."
                            : is<core::begin_deletion>(about) ? "The password is wrong."
                                                              : "";
    refuse(out, what, {ec::bad_credentials, why, 0});
  } else {
    about.matched = true;
    failures_.give_back(charge_key(about), limits_.failures.quota);
    about.charged = false;
    if (is<core::change_password>(about) && about.new_hash.empty())
      line_up(out, what, now);
    else
      store(out, what, *outcome);
  }
  start_next(out, now);
  return out;
}

void accounts::store(accounts_effects& out, jobs::iterator what, hasher::verified outcome) {
  const auto work = what->first;
  auto& about = what->second;
  if (const auto* const user = std::get_if<core::register_user>(&about.request)) {
    out.create.push_back({work, about.asker, about.user, about.new_hash, about.weak_password, user->from});
  } else if (const auto* const login = std::get_if<core::log_in>(&about.request)) {
    out.start.push_back({work, about.asker, about.user, *login, about.network, about.stored_hash,
                         std::move(outcome.better_hash), std::move(outcome.scram_signature)});
  } else if (const auto* const change = std::get_if<core::change_password>(&about.request)) {
    out.replace.push_back({work, about.asker, about.user, change->token, about.network, about.stored_hash,
                           about.new_hash, about.weak_password, change->from});
  } else if (const auto* const removal = std::get_if<core::begin_deletion>(&about.request)) {
    const bool own = removal->user == about.user;
    out.remove.push_back({work, about.asker, *removal, own ? about.stored_hash : std::string{}});
  }
}

// Another hash is stored than the one that was compared.
bool accounts::is_stale(const job& about, ec why) {
  if (is<core::begin_deletion>(about)) return why == ec::bad_credentials;
  return why == ec::conflict && !is<core::register_user>(about);
}

accounts_effects accounts::stored(work_id work, const status& outcome, instant now) {
  accounts_effects out;
  const auto what = jobs_.find(work);
  if (what == jobs_.end()) return out;
  auto& about = what->second;
  if (outcome) {
    jobs_.erase(what);
  } else if (!is_stale(about, outcome.code())) {
    refuse(out, what, outcome.why());
  } else if (about.comparisons < max_comparisons) {
    about.matched = false;
    out.look.push_back({work, about.user, about.network});
  } else {
    refuse(out, what, retry_soon(ec::overloaded));
  }
  start_next(out, now);
  return out;
}

accounts_effects accounts::tick(instant now) {
  accounts_effects out;
  for (const auto late : queue_.expire(now.mono)) refuse(out, jobs_.find(late), retry_soon(ec::overloaded));
  start_next(out, now);
  return out;
}

void accounts::refuse(accounts_effects& out, jobs::iterator what, error why) {
  auto& about = what->second;
  if (about.charged) failures_.give_back(charge_key(about), 1);
  const auto* const login = std::get_if<core::log_in>(&about.request);
  const auto user = login != nullptr ? login->user : about.user;
  out.refused.push_back({about.asker, user, std::move(why), std::move(about.request)});
  jobs_.erase(what);
}

}  // namespace greenroom::core
