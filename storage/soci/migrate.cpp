#include "storage/soci/migrate.hpp"

#include <string_view>

#include "core/text.hpp"
#include "telemetry/log.hpp"

namespace greenroom::storage::soci {
namespace {

// Without comments: SOCI would look for parameters in them.
std::vector<std::string> statements_of(std::string_view sql) {
  std::vector<std::string> statements(1);
  while (!sql.empty()) {
    const auto line = core::take_until(sql, '\n');
    if (line.starts_with("--") || line.empty()) continue;
    auto& current = statements.back();
    current.append(line).append("\n");
    if (!line.ends_with(';')) continue;
    current.erase(current.rfind(';'));
    statements.emplace_back();
  }
  statements.pop_back();
  return statements;
}

int newest_step(database& in) {
  if (const auto lock = in.words().lock_migrations(); !lock.empty()) in.run(std::string(lock));
  in.run("create table if not exists migrations (number integer primary key, name text not null)");
  return static_cast<int>(std::get<0>(*in.row<long long>("select coalesce(max(number), 0) from migrations")));
}

core::result<bool> carry_out(database& into, std::span<const migration> steps) {
  auto& words = into.words();
  const auto ask = [&](auto question) {
    return into.natively([&](auto& session, std::uint64_t) { return (words.*question)(session); });
  };
  if (auto why = ask(&backend::read_only); !why.empty()) return core::error{core::ec::unavailable, std::move(why), 0};
  if (auto danger = ask(&backend::unsafe); !danger.empty())
    return core::error{core::ec::bad_request, std::move(danger), 0};
  if (auto owner = ask(&backend::foreign); !owner.empty()) return core::error{core::ec::conflict, std::move(owner), 0};
  const int newest = newest_step(into);
  const auto first = into.row<std::string>("select name from migrations order by number limit 1");
  if (first && std::get<0>(*first) != steps.front().name)
    return core::error{core::ec::conflict, "this is a database of another kind: users and chat each have their own", 0};
  if (newest > steps.back().number)
    return core::error{core::ec::conflict, "a newer version of greenroom has changed this database", 0};
  for (const auto& step : steps) {
    if (step.number <= newest) continue;
    for (const auto& statement : statements_of(step.sql)) into.run(into.words().translate(statement));
    into.execute("insert into migrations (number, name) values (:number, :name)", with("number", step.number),
                 with("name", step.name));
    telemetry::log::info("database_migrated", {{"step", step.name}});
  }
  return newest == 0;
}

}  // namespace

core::result<bool> migrate(database& into, std::span<const migration> steps) {
  core::result<bool> answer = false;
  const auto body = [&] {
    answer = carry_out(into, steps);
    return answer.ok();
  };
  failure why = into.commit_patiently(body);
  // Another process is migrating.
  if (why.what == fault::transient) why = into.commit_patiently(body);
  if (why.what == fault::none) return answer;
  const auto code =
      why.what == fault::broken || why.what == fault::bad_row ? core::ec::internal : core::ec::unavailable;
  return core::error{code, why.detail, 0};
}

}  // namespace greenroom::storage::soci
