#include "test/simulation/accounts_shell.hpp"

#include "test/simulation/node_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr milliseconds tick_after{100};

// People come back often here, and from one network.
core::account_limits limits() {
  core::account_limits out;
  out.failures = {1000, 60};
  out.guesses = {1000, 60};
  return out;
}

}  // namespace

accounts_shell::accounts_shell(process& home, actor_no number, deps with)
    : actor(home, number), deps_(with), machine_(limits()) {}

template <class Answer>
void accounts_shell::ask(std::function<core::result<Answer>()> what, std::function<void(core::result<Answer>)> then) {
  using answer = core::result<Answer>;
  deps_.store->call<answer>(*this, false, std::move(what), [then = std::move(then)](core::result<answer> given) {
    then(given ? std::move(*given) : answer(given.why()));
  });
}

// ---- effects

void accounts_shell::carry_out(core::accounts_effects out) {
  for (const auto& one : out.look) look(one);
  for (const auto& one : out.hash) hash_for(password_hashed{one.work, hash_of(one.password)});
  for (const auto& one : out.compare) {
    const bool match = !one.stored.empty() &&
                       (one.stored == hash_of(one.password.prepared) || one.stored == hash_of(one.password.typed));
    hash_for(password_verified{one.work, match});
  }
  for (const auto& one : out.start) start(one);
  for (const auto& one : out.replace) replace(one);
  for (const auto& one : out.refused) askers_.refuse(one.asker, one.why);
  if (machine_.waiting() > 0 && !std::exchange(ticking_, true)) send_later(this, tick_after, flush_tick{});
}

template <class Message>
void accounts_shell::hash_for(Message what) {
  send_later(this, home().of().random.between(milliseconds{5}, milliseconds{60}), std::move(what));
}

void accounts_shell::look(const core::credentials_look& what) {
  ask<core::credentials>([data = deps_.data, what] { return data->find_user(what.user, what.network); },
                         [this, work = what.work](const core::result<core::credentials>& row) {
                           carry_out(machine_.found(work, row, home().now()));
                         });
}

void accounts_shell::start(const core::session_start& what) {
  const core::token_hash token{"token" + std::to_string(home().of().random.next())};
  ask<core::done>([data = deps_.data, what, token] { return data->add_session(what, token); },
                  [this, what, token](const core::status& stored) {
                    if (stored) askers_.keep(what.asker, core::logged_in{token.value, what.user, {}, {}});
                    carry_out(machine_.stored(what.work, stored, home().now()));
                  });
}

void accounts_shell::replace(const core::password_replacement& what) {
  ask<core::session_ended>([data = deps_.data, what] { return data->replace_password(what); },
                           [this, what](const core::result<core::session_ended>& ended) {
                             if (ended) {
                               tell_ended(*ended);
                               askers_.keep(what.asker, core::password_changed{});
                             }
                             const auto told = ended ? core::status{core::done{}} : core::status{ended.why()};
                             carry_out(machine_.stored(what.work, told, home().now()));
                           });
}

void accounts_shell::tell_ended(const core::session_ended& what) {
  if (!what.tokens.empty()) send(deps_.node, announce{what});
}

// ---- messages

void accounts_shell::receive(core::log_in& what, promise<core::logged_in> owed) {
  carry_out(machine_.log_in(askers_.add(std::move(owed)), std::move(what), home().now()));
}

void accounts_shell::receive(core::change_password& what, promise<core::password_changed> owed) {
  ask<core::token_checked>([data = deps_.data, token = what.token] { return data->check_token(token); },
                           [this, what, owed](const core::result<core::token_checked>& who) mutable {
                             if (!who) return owed.refuse(who.why());
                             carry_out(machine_.change_password(askers_.add(owed), what, *who, home().now()));
                           });
}

void accounts_shell::receive(core::log_out& what, promise<core::session_ended> owed) {
  using answer = core::result<core::session_ended>;
  ask<core::session_ended>(
      [data = deps_.data, token = what.token] {
        const auto who = data->check_token(token);
        return who ? answer(data->end_token(token)) : answer(who.why());
      },
      [this, owed](answer ended) mutable {
        if (ended) tell_ended(*ended);
        owed.keep(std::move(ended));
      });
}

void accounts_shell::receive(core::check_token& what, promise<core::token_checked> owed) {
  ask<core::token_checked>([data = deps_.data, token = what.token] { return data->check_token(token); },
                           [owed](core::result<core::token_checked> who) mutable { owed.keep(std::move(who)); });
}

void accounts_shell::receive(core::pull_ended& what, promise<core::session_ended> owed) {
  using answer = core::result<core::session_ended>;
  ask<core::session_ended>([data = deps_.data, after = what.after] { return answer(data->ended_since(after)); },
                           [owed](answer ended) mutable { owed.keep(std::move(ended)); });
}

void accounts_shell::receive(core::find_users& what, promise<core::users_found> owed) {
  ask<core::users_found>([data = deps_.data, names = what.names] { return core::result(data->find_users(names)); },
                         [owed](core::result<core::users_found> found) mutable { owed.keep(std::move(found)); });
}

void accounts_shell::receive(password_hashed& made) { carry_out(machine_.hashed(made.work, made.hash, home().now())); }

void accounts_shell::receive(password_verified& compared) {
  carry_out(machine_.verified(compared.work, core::hasher::verified{compared.match, {}}, home().now()));
}

void accounts_shell::receive(flush_tick&) {
  ticking_ = false;
  carry_out(machine_.tick(home().now()));
}

}  // namespace greenroom::simulation
