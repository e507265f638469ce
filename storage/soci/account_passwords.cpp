#include "core/text.hpp"
#include "storage/soci/account_store.hpp"
#include "storage/soci/columns.hpp"

namespace greenroom::storage::soci {
core::result<bool> account_store::is_familiar(const core::user_id& user, const std::string& network) {
  return database_->read([&]() -> core::result<bool> {
    return database_
        ->row<long long>(
            "select owner from familiar_networks join users on users.id = owner "
            "where folded = :user and network = :network",
            with("user", folded(user)), with("network", network))
        .has_value();
  });
}

void account_store::replace_hash(const core::user_id& user, const std::string& from, const std::string& to) {
  database_->execute("update users set password_hash = :to where folded = :user and password_hash = :from",
                     with("to", to), with("user", folded(user)), with("from", from));
}

void account_store::remember_network(const core::user_id& user, const std::string& network, core::wall_time now) {
  if (network.empty()) return;
  database_->execute(
      "insert into familiar_networks (owner, network, seen_at) "
      "select id, cast(:network as text), cast(:now as bigint) from users where folded = :user "
      "on conflict (owner, network) do update set seen_at = excluded.seen_at",
      with("network", network), with("now", now), with("user", folded(user)));
  database_->execute(
      "delete from familiar_networks where owner = (select id from users where folded = :user) and network not in "
      "(select network from familiar_networks where owner = (select id from users where folded = :same) "
      "order by seen_at desc, network limit :known)",
      with("user", folded(user)), with("same", folded(user)), with("known", networks_known));
}

core::result<std::vector<core::ended_token>> account_store::change_password(const password_change& change,
                                                                            core::wall_time now) {
  return database_->transaction([&]() -> core::result<std::vector<core::ended_token>> {
    // A login that is being stored holds the user's row: its session exists when this continues, and ends below. A
    // later one finds another hash.
    const auto changed = database_->row<long long, std::string>(
        "update users set password_hash = :hash where password_hash = :verified and state = 'active' "
        "and suspended_until <= :moment and id in "
        "(select owner from sessions where token = :token and expires_at > :now) returning id, name",
        with("hash", change.password_hash), with("verified", change.verified_hash), with("moment", now),
        with("token", core::to_hex(change.token.value)), with("now", now));
    if (!changed) {
      const auto known = database_->row<long long>(
          "select owner from sessions join users on users.id = owner "
          "where token = :token and expires_at > :now and state = 'active' and suspended_until <= :moment",
          with("token", core::to_hex(change.token.value)), with("now", now), with("moment", now));
      return known ? core::ec::conflict : core::ec::invalid_token;
    }
    const auto& [owner, name] = *changed;
    std::vector<std::string> tokens;
    database_->rows<std::string>(
        "delete from sessions where owner = :owner and token <> :token returning token",
        [&](const std::string& token) { tokens.push_back(token); }, with("owner", owner),
        with("token", core::to_hex(change.token.value)));
    database_->execute("delete from familiar_networks where owner = :owner", with("owner", owner));
    remember_network({name}, change.network, now);
    return record_ended(tokens, now);
  });
}

core::result<std::vector<core::ended_token>> account_store::reset_password(const core::user_id& user,
                                                                           const std::string& password_hash,
                                                                           core::wall_time now) {
  return database_->transaction([&]() -> core::result<std::vector<core::ended_token>> {
    const auto owner = database_->row<long long>(
        "update users set password_hash = :hash where folded = :user and state <> 'deleted' returning id",
        with("hash", password_hash), with("user", folded(user)));
    if (!owner) return core::ec::not_found;
    database_->execute("delete from familiar_networks where owner = :owner", with("owner", std::get<0>(*owner)));
    return end_all(std::get<0>(*owner), now, {});
  });
}

}  // namespace greenroom::storage::soci
