#include "storage/soci/maintain.hpp"

#include <mutex>

#include "storage/soci/errors.hpp"

namespace greenroom::storage::soci {

void note_remnants(database& in) {
  if (in.words().rewriting().empty()) in.execute("update meta set remnants = 1 where remnants = 0");
}

core::result<core::database_maintained> maintain(database& in, const std::string& tables) {
  if (const std::string rewriting{in.words().rewriting()}; !rewriting.empty())
    return core::database_maintained{0, 0, rewriting + ' ' + tables};
  core::database_maintained out;
  bool free = true;
  const std::scoped_lock turn(*in.words().writers());
  const auto failed = in.attempt([&] {
    const bool due = std::get<0>(*in.row<long long>("select remnants from meta")) != 0;
    in.natively([&](::soci::session& session, std::uint64_t) { free = in.words().rewrite(session, due, out); });
    if (due && free) in.execute("update meta set remnants = 0");
  });
  if (failed.what != fault::none) return to_error(failed);
  if (!free) return core::error{core::ec::unavailable, "A reader is in the way.", 1};
  return out;
}

}  // namespace greenroom::storage::soci
