#include "storage/soci/settle.hpp"

#include <string>
#include <system_error>

#include "telemetry/log.hpp"

namespace greenroom::storage::soci {
namespace {

// Numbers that only rise have risen since the copy was made, and other parties remember how far. This is further.
constexpr long long beyond = 1LL << 32;

core::error told(const failure& why) {
  const bool final = why.what == fault::broken || why.what == fault::bad_row;
  return {final ? core::ec::internal : core::ec::unavailable, why.detail, 0};
}

struct settling {
  std::uint64_t renewed = 0;
  std::string place;
  std::string refused;
};

// Inside a transaction. Returns false if refused.
bool carry_out(database& in, bool fresh, settling& out) {
  if (const auto lock = in.words().lock_migrations(); !lock.empty()) in.run(std::string(lock));
  const auto recorded = std::get<0>(*in.row<std::string>("select place from meta"));
  auto& words = in.words();
  const auto moved =
      fresh ? std::string{} : in.natively([&](auto& session, std::uint64_t) { return words.moved(session, recorded); });
  const auto policy = in.care().policy;
  if (policy == after_restore::renew_always || (!moved.empty() && policy == after_restore::renew)) {
    out.renewed = in.care().renew(in);
    telemetry::log::warn("database_renewed", {{"why", moved.empty() ? "told to" : moved}, {"rows", out.renewed}});
  } else if (!moved.empty() && policy == after_restore::refuse) {
    out.refused = restored_text(moved);
    return false;
  }
  out.place = in.natively([&](auto& session, std::uint64_t) { return words.place(session, recorded); });
  in.execute("update meta set place = :place", with("place", out.place));
  return true;
}

}  // namespace

std::string restored_text(const std::string& how) {
  return "the database was put back from a copy, or another server has taken its place: " + how +
         ". What clients have seen may be missing, and revoked tokens may be good again. Run `greenroom admin "
         "restored` "
         "with this configuration (--nothing-lost where you know that nothing is missing), or start with "
         "--after-restore renew";
}

core::result<std::uint64_t> settle(database& in, bool fresh) {
  settling out;
  const failure why = in.commit_patiently([&] { return carry_out(in, fresh, out); });
  if (why.what != fault::none) return told(why);
  if (!out.refused.empty()) return core::error{core::ec::conflict, std::move(out.refused), 0};
  try {
    in.words().place_recorded(out.place);
  } catch (const std::system_error& failed) {
    return core::error{core::ec::unavailable, failed.what(), 0};
  }
  in.care().state->clear(standing::cause::restored);
  in.care().settled = true;
  return out.renewed;
}

std::uint64_t renew_rooms(database& in) {
  // Those that were used up or revoked since would be good again.
  in.execute("delete from invites");
  in.execute("update author_fence set version = version + :beyond where one = 1", with("beyond", beyond));
  // The epoch as well: a node that runs on must not take the room for its own because their numbers meet.
  return in.execute("update rooms set generation = {{each_generation}}, epoch = epoch + :beyond",
                    with("beyond", beyond));
}

std::uint64_t end_tokens(database& in) {
  // A step of a deletion carries a lease that is no lower than the one that the chat database has seen.
  in.execute("update deletions set lease = lease + :beyond where ended_at = 0", with("beyond", beyond));
  const auto last = std::get<0>(*in.row<long long>(
      "update meta set last_ended = last_ended + :beyond returning last_ended", with("beyond", beyond)));
  in.execute(
      "insert into ended_tokens (number, token, ended_at) "
      "select cast(:last as bigint) + row_number() over (order by token), token, {{now}} from sessions",
      with("last", last));
  in.execute("update meta set last_ended = last_ended + (select count(*) from sessions)");
  return in.execute("delete from sessions");
}

}  // namespace greenroom::storage::soci
