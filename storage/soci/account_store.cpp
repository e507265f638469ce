#include "storage/soci/account_store.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <tuple>

#include "core/text.hpp"
#include "storage/name_hash.hpp"
#include "storage/soci/columns.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr std::chrono::hours ended_kept{24};

}  // namespace

core::result<std::string> account_store::database_id() {
  return database_->read([&]() -> core::result<std::string> {
    return std::get<0>(*database_->row<std::string>("select database_id from meta"));
  });
}

core::status account_store::create_user(const core::user_id& user, const std::string& password_hash,
                                        core::wall_time now) {
  return create_users({account{user, password_hash}}, now);
}

core::status account_store::create_users(const std::vector<account>& users, core::wall_time now) {
  return database_->transaction([&]() -> core::status {
    for (const auto& made : users) {
      const auto rows = database_->execute(
          "insert into users (name, folded, password_hash, state, admin, created_at) "
          "values (:name, :folded, :hash, :state, :admin, :now) on conflict do nothing",
          with("name", made.user.value), with("folded", folded(made.user)), with("hash", made.password_hash),
          with("state", made.active ? "active" : "deleting"), with("admin", made.admin ? 1 : 0), with("now", now));
      // Read after the insertion, which waits for a deletion of this name that is under way.
      if (rows == 0 || database_->row<long long>("select id from users where folded = :erased",
                                                 with("erased", erased_name(made.user))))
        return core::error{core::ec::taken, made.user.value, 0};
    }
    return core::done{};
  });
}

namespace {

// The end of a suspension in its column, where the time 0 is none.
constexpr core::wall_time for_good = core::wall_time::max();

std::optional<core::sanction> to_suspension(const std::string& name, long long until, const std::string& why) {
  if (until == 0) return std::nullopt;
  return core::sanction{{name}, {}, why, to_time(until) == for_good ? core::wall_time{} : to_time(until)};
}

account to_account(const std::string& name, const std::string& hash, const std::string& state, long long admin,
                   long long suspended_until, const std::string& why) {
  return {{name}, hash, state == "active", admin != 0, to_suspension(name, suspended_until, why)};
}

}  // namespace

core::result<account> account_store::find_user(const core::user_id& user) {
  return database_->read([&]() -> core::result<account> {
    const auto found = database_->row<std::string, std::string, std::string, long long, long long, std::string>(
        "select name, password_hash, state, admin, suspended_until, suspended_why from users "
        "where folded = :user and state <> 'deleted'",
        with("user", folded(user)));
    if (!found) return core::ec::not_found;
    return std::apply(to_account, *found);
  });
}

core::result<std::vector<account>> account_store::list_users(const core::user_id& after, std::uint32_t limit) {
  return database_->read([&]() -> core::result<std::vector<account>> {
    std::vector<account> list;
    database_->rows<std::string, std::string, std::string, long long, long long, std::string>(
        "select name, password_hash, state, admin, suspended_until, suspended_why from users "
        "where folded > :after and state <> 'deleted' order by folded limit :limit",
        [&](const auto&... columns) { list.push_back(to_account(columns...)); }, with("after", folded(after)),
        with("limit", limit));
    return list;
  });
}

core::status account_store::set_password_hash(const core::user_id& user, const std::string& password_hash) {
  return database_->transaction([&]() -> core::status {
    const auto rows =
        database_->execute("update users set password_hash = :hash where folded = :user and state <> 'deleted'",
                           with("hash", password_hash), with("user", folded(user)));
    if (rows == 0) return core::ec::not_found;
    return core::done{};
  });
}

// In an order that all keep to, and before the user: of whatever happens to two admins at once, the second waits here
// for the first, and sees what it left.
std::vector<long long> account_store::lock_two_admins(core::wall_time now) {
  std::vector<long long> admins;
  database_->rows<long long>(
      "select id from users where admin <> 0 and state = 'active' and suspended_until <= :now "
      "order by id limit 2 {{for_update}}",
      [&](long long id) { admins.push_back(id); }, with("now", now));
  return admins;
}

core::result<long long> account_store::lock_but_last_admin(const core::user_id& user, core::wall_time now) {
  const auto admins = lock_two_admins(now);
  const auto found = database_->row<long long>(
      "select id from users where folded = :user and state <> 'deleted' {{for_update}}", with("user", folded(user)));
  if (!found) return core::ec::not_found;
  if (admins.size() == 1 && admins.front() == std::get<0>(*found)) return last_admin();
  return std::get<0>(*found);
}

core::status account_store::set_admin(const core::user_id& user, bool admin, core::wall_time now) {
  return database_->transaction([&]() -> core::status {
    if (!admin)
      if (const auto lock = lock_but_last_admin(user, now); !lock) return lock.why();
    const auto rows = database_->execute("update users set admin = :admin where folded = :user and state <> 'deleted'",
                                         with("admin", admin ? 1 : 0), with("user", folded(user)));
    if (rows == 0) return core::ec::not_found;
    return core::done{};
  });
}

std::vector<core::ended_token> account_store::record_ended(const std::vector<std::string>& tokens, core::wall_time now,
                                                           const core::operation_id& operation) {
  std::vector<core::ended_token> ended;
  if (tokens.empty()) return ended;
  // This row is locked until the commit: transactions that take later numbers commit later.
  const auto last = std::get<0>(*database_->row<long long>(
      "update meta set last_ended = last_ended + :count returning last_ended", with("count", tokens.size())));
  auto number = static_cast<std::uint64_t>(last) - tokens.size();
  for (const auto& token : tokens) {
    ended.push_back({++number, to_token(token)});
    database_->execute(
        "insert into ended_tokens (number, token, ended_at, operation) "
        "values (:number, :token, :now, nullif(:operation, ''))",
        with("number", number), with("token", token), with("now", now), with("operation", operation.value));
  }
  return ended;
}

std::vector<core::ended_token> account_store::end_all(long long owner, core::wall_time now,
                                                      const core::operation_id& operation) {
  std::vector<std::string> tokens;
  database_->rows<std::string>(
      "delete from sessions where owner = :owner returning token",
      [&](const std::string& token) { tokens.push_back(token); }, with("owner", owner));
  return record_ended(tokens, now, operation);
}

void account_store::erase(long long owner, const core::user_id& user) {
  note_remnants(*database_);
  database_->execute(
      "update users set state = 'deleted', name = 'deleted', folded = :erased, password_hash = '', admin = 0 "
      "where id = :owner",
      with("erased", erased_name(user)), with("owner", owner));
  database_->execute("delete from familiar_networks where owner = :owner", with("owner", owner));
}

core::result<std::vector<core::user_id>> account_store::find_users(const std::vector<core::user_id>& names) {
  std::vector<std::string> wanted;
  wanted.reserve(names.size());
  for (const auto& name : names) wanted.push_back(folded(name));
  return database_->read([&]() -> core::result<std::vector<core::user_id>> {
    std::vector<core::user_id> list;
    database_->rows<std::string>(
        "select name from users where state <> 'deleted' and folded in (select value from {{texts:names}})",
        [&](const std::string& name) { list.push_back({name}); }, with("names", database_->words().list(wanted)));
    return list;
  });
}

core::result<std::vector<core::ended_token>> account_store::suspend(const core::sanction& what, core::wall_time now) {
  return database_->transaction([&]() -> core::result<std::vector<core::ended_token>> {
    // Waits for logins that are under way, and lets no other through.
    const auto owner = lock_but_last_admin(what.user, now);
    if (!owner) return owner.why();
    database_->execute("update users set suspended_until = :until, suspended_why = :why where id = :owner",
                       with("until", what.until == core::wall_time{} ? for_good : what.until),
                       with("why", what.why.view()), with("owner", *owner));
    return end_all(*owner, now, {});
  });
}

core::status account_store::resume(const core::user_id& user) {
  return database_->transaction([&]() -> core::status {
    const auto rows = database_->execute(
        "update users set suspended_until = 0, suspended_why = '' where folded = :user and state <> 'deleted'",
        with("user", folded(user)));
    if (rows == 0) return core::ec::not_found;
    return core::done{};
  });
}

core::result<std::vector<core::ended_token>> account_store::add_session(const new_session& session) {
  return database_->transaction([&]() -> core::result<std::vector<core::ended_token>> {
    if (const auto added = insert_session(session); !added) {
      if (added.code() != core::ec::bad_credentials) return added.why();
      const auto row = database_->row<std::string, long long, std::string>(
          "select name, suspended_until, suspended_why from users "
          "where folded = :user and state = 'active' and suspended_until > :now",
          with("user", folded(session.user)), with("now", session.created_at));
      if (!row) return added.why();
      return core::error{
          core::ec::suspended, {}, 0, std::make_shared<const core::sanction>(*std::apply(to_suspension, *row))};
    }
    std::vector<std::string> oldest;
    database_->rows<std::string>(
        "delete from sessions where token in (select token from sessions where owner in "
        "(select id from users where folded = :user) and token <> :token and expires_at > :now "
        "order by created_at desc, session limit 1000000 offset :others) returning token",
        [&](const std::string& token) { oldest.push_back(token); }, with("user", folded(session.user)),
        with("token", core::to_hex(session.token.value)), with("now", session.created_at),
        with("others", std::uint64_t{session.most} - 1));
    return record_ended(oldest, session.created_at);
  });
}

core::status account_store::add_sessions(const std::vector<new_session>& sessions) {
  return database_->transaction([&]() -> core::status {
    for (const auto& added : sessions)
      if (const auto stored = insert_session(added); !stored) return stored;
    return core::done{};
  });
}

// One user's logins come one after the other, so that each sees how many there are; and before a change of the
// password, which then ends this session, or after it, and then another hash is stored.
core::status account_store::insert_session(const new_session& added) {
  const auto rows = database_->execute(
      "insert into sessions (token, session, owner, client, created_at, expires_at, for_room) "
      "select cast(:token as text), cast(:session as text), id, cast(:client as text), cast(:created as bigint), "
      "cast(:expires as bigint), cast(:for_room as smallint) from users "
      "where folded = :user and state = 'active' and suspended_until <= :now "
      "and (password_hash = :verified or cast(:unverified as text) = '') {{for_update}}",
      with("token", core::to_hex(added.token.value)), with("session", added.session.value),
      with("client", added.client), with("created", added.created_at), with("expires", added.expires_at),
      with("for_room", added.for_room ? 1 : 0), with("user", folded(added.user)), with("now", added.created_at),
      with("verified", added.verified_hash), with("unverified", added.verified_hash));
  if (rows == 0) {
    const auto hash = database_->row<std::string>(
        "select password_hash from users where folded = :user and state = 'active'", with("user", folded(added.user)));
    const bool another = hash && !added.verified_hash.empty() && std::get<0>(*hash) != added.verified_hash;
    return another ? core::ec::conflict : core::ec::bad_credentials;
  }
  if (!added.better_hash.empty()) replace_hash(added.user, added.verified_hash, added.better_hash);
  remember_network(added.user, added.network, added.created_at);
  return core::done{};
}

core::status account_store::extend_session(const core::token_hash& token, core::wall_time now, core::wall_time until) {
  return database_->transaction([&]() -> core::status {
    database_->execute(
        "update sessions set expires_at = :until where token = :token and for_room <> 0 and expires_at > :now "
        "and expires_at < :later",
        with("until", until), with("token", core::to_hex(token.value)), with("now", now), with("later", until));
    return core::done{};
  });
}

core::result<core::token_checked> account_store::check_token(const core::token_hash& token, core::wall_time now) {
  return database_->read([&]() -> core::result<core::token_checked> {
    const auto found = database_->row<std::string, std::string, long long, long long, long long>(
        "select users.name, session, expires_at, admin, for_room from sessions join users on users.id = owner "
        "where token = :token and expires_at > :now and state = 'active' and suspended_until <= :moment",
        with("token", core::to_hex(token.value)), with("now", now), with("moment", now));
    if (!found) return core::ec::invalid_token;
    const auto& [name, session, expires, admin, for_room] = *found;
    return core::token_checked{{name}, {session}, to_time(expires), admin != 0, for_room != 0};
  });
}

core::result<std::vector<core::session_info>> account_store::list_sessions(const core::user_id& user,
                                                                           core::wall_time now) {
  return database_->read([&]() -> core::result<std::vector<core::session_info>> {
    std::vector<core::session_info> list;
    database_->rows<std::string, std::string, long long, long long>(
        "select session, client, sessions.created_at, expires_at from sessions join users on users.id = owner "
        "where folded = :user and expires_at > :now order by sessions.created_at desc, session limit 1000",
        [&](const std::string& session, const std::string& client, long long created, long long expires) {
          list.push_back({{session}, client, to_time(created), to_time(expires), false});
        },
        with("user", folded(user)), with("now", now));
    return list;
  });
}

core::result<std::vector<core::ended_token>> account_store::end_token(const core::token_hash& token,
                                                                      core::wall_time now) {
  return database_->transaction([&]() -> core::result<std::vector<core::ended_token>> {
    const auto ended =
        database_->row<std::string>("delete from sessions where token = :token and expires_at > :now returning token",
                                    with("token", core::to_hex(token.value)), with("now", now));
    if (!ended) return core::ec::invalid_token;
    return record_ended({std::get<0>(*ended)}, now);
  });
}

core::result<std::vector<core::ended_token>> account_store::end_session(const core::user_id& user,
                                                                        const core::session_id& session,
                                                                        core::wall_time now) {
  return database_->transaction([&]() -> core::result<std::vector<core::ended_token>> {
    const auto ended = database_->row<std::string>(
        "delete from sessions where session = :session and owner in (select id from users where folded = :user) "
        "returning token",
        with("session", session.value), with("user", folded(user)));
    if (!ended) return core::ec::not_found;
    return record_ended({std::get<0>(*ended)}, now);
  });
}

core::result<std::vector<core::ended_token>> account_store::end_sessions(const core::user_id& user,
                                                                         const core::session_id& kept,
                                                                         core::wall_time now) {
  return database_->transaction([&]() -> core::result<std::vector<core::ended_token>> {
    std::vector<std::string> tokens;
    database_->rows<std::string>(
        "delete from sessions where session <> :kept and owner in (select id from users where folded = :user) "
        "returning token",
        [&](const std::string& token) { tokens.push_back(token); }, with("kept", kept.value),
        with("user", folded(user)));
    return record_ended(tokens, now);
  });
}

core::result<std::vector<core::ended_token>> account_store::ended_since(std::uint64_t after) {
  return database_->read([&]() -> core::result<std::vector<core::ended_token>> {
    std::vector<core::ended_token> list;
    database_->rows<long long, std::string>(
        "select number, token from ended_tokens where number > :after order by number limit 1000",
        [&](long long number, const std::string& token) {
          list.push_back({static_cast<std::uint64_t>(number), to_token(token)});
        },
        with("after", after));
    return list;
  });
}

core::result<std::uint64_t> account_store::sweep(core::wall_time now) {
  return database_->transaction([&]() -> core::result<std::uint64_t> {
    const auto sessions = database_->execute("delete from sessions where expires_at <= :now", with("now", now));
    database_->execute("delete from familiar_networks where seen_at < :oldest", with("oldest", now - network_kept));
    return sessions +
           database_->execute("delete from ended_tokens where ended_at < :oldest", with("oldest", now - ended_kept));
  });
}

core::status account_store::bar_name(const core::user_id& name, core::wall_time now) {
  return database_->transaction([&]() -> core::status {
    database_->execute(
        "insert into users (name, folded, password_hash, state, admin, created_at) "
        "values ('deleted', :erased, '', 'deleted', 0, :now) on conflict do nothing",
        with("erased", erased_name(name)), with("now", now));
    // Read after the insertion, which waits for a registration of this name that is under way.
    if (database_->row<long long>("select id from users where folded = :name", with("name", folded(name))))
      return core::ec::taken;
    return core::done{};
  });
}

core::result<std::uint64_t> account_store::count_users() {
  return database_->read([&]() -> core::result<std::uint64_t> {
    return static_cast<std::uint64_t>(
        std::get<0>(*database_->row<long long>("select count(*) from users where state <> 'deleted'")));
  });
}

}  // namespace greenroom::storage::soci
