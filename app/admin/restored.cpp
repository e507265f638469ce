#include "app/admin/restored.hpp"

#include <chrono>
#include <cstdint>
#include <ostream>
#include <set>
#include <utility>
#include <vector>

#include "actors/secrets.hpp"
#include "app/admin/command.hpp"
#include "core/messages/deletion.hpp"
#include "storage/open.hpp"

namespace greenroom::app::admin {
namespace {

constexpr std::uint32_t people_at_once = 500;
constexpr std::uint32_t purged_at_once = 2000;
// No one else continues this deletion.
constexpr core::lease_no last_lease{std::uint64_t{1} << 62};

core::error stop_first(core::error why) {
  if (why.code == core::ec::conflict && why.detail.find("in use") != why.detail.npos)
    why.detail += "; stop the server first.";
  return why;
}

core::status renew(const config& settings, std::ostream& output) {
  const auto rooms = storage::renew_chat(settings.chat_db, {});
  if (!rooms) return stop_first(rooms.why());
  output << "chat: " << *rooms << " rooms begin anew\n" << std::flush;
  const auto tokens = storage::renew_users(settings.users_db, {});
  if (!tokens) return stop_first(tokens.why());
  output << "users: " << *tokens << " tokens ended\n" << std::flush;
  return core::done{};
}

core::status accept(const config& settings, std::ostream& output) {
  storage::open_options as_it_is;
  as_it_is.restored = storage::after_restore::accept;
  const auto chat = storage::renew_chat(settings.chat_db, as_it_is);
  if (!chat) return stop_first(chat.why());
  const auto users = storage::renew_users(settings.users_db, as_it_is);
  if (!users) return stop_first(users.why());
  output << "taken as they are\n";
  return core::done{};
}

core::result<std::vector<core::user_id>> unknown_people(storage::room_store& rooms, storage::account_store& accounts) {
  std::vector<core::user_id> unknown;
  for (core::user_id last;;) {
    const auto people = rooms.list_people(last, people_at_once);
    if (!people) return people.why();
    const auto known = accounts.find_users(*people);
    if (!known) return known.why();
    const std::set<core::user_id> users(known->begin(), known->end());
    for (const auto& named : *people)
      if (!users.contains(named)) unknown.push_back(named);
    if (people->size() < people_at_once) return unknown;
    last = people->back();
  }
}

// First the name, so that no one takes it while their things are still there; where the copy has seen the begin of a
// deletion, that one is used.
core::result<core::deletion_receipt> purge(storage::room_store& rooms, storage::account_store& accounts,
                                           const core::user_id& user) {
  if (auto barred = accounts.bar_name(user, wall_now()); !barred) return barred.why();
  core::purge_rooms request{{actors::random_hex_id()}, last_lease, user};
  if (const auto begun = rooms.find_deletion(user))
    request.operation = *begun;
  else if (begun.code() != core::ec::not_found)
    return begun.why();
  for (;;) {
    const auto some = rooms.purge_rooms(request, purged_at_once, wall_now());
    if (!some) return some.why();
    if (!some->more) return some->receipt;
  }
}

core::status settle_people(const config& settings, bool purges, std::ostream& output) {
  auto chat = storage::open_chat(settings.chat_db, {});
  if (!chat) return stop_first(chat.why());
  auto accounts = storage::open_users(settings.users_db, {});
  if (!accounts) return stop_first(accounts.why());
  const auto unknown = unknown_people(*chat->rooms, **accounts);
  if (!unknown) return unknown.why();
  output << unknown->size() << " people in the chat database are unknown to the users database\n";
  for (const auto& user : *unknown) {
    if (!purges) {
      output << user.value << '\n';
      continue;
    }
    const auto purged = purge(*chat->rooms, **accounts, user);
    if (!purged) return core::error{purged.code(), user.value + ": " + purged.why().text(), 0};
    output << user.value << "\tpurged: " << purged->rooms << " private rooms, " << purged->messages
           << " messages in them, " << purged->anonymised << " messages elsewhere without a name now";
    if (purged->erased > 0) output << ", " << purged->erased << " emptied";
    output << '\n' << std::flush;
  }
  if (!unknown->empty() && !purges)
    output << "Anybody may take these names and what belongs to them; --purge deletes it and keeps the names.\n";
  return core::done{};
}

core::status run(const config& settings, const restored_request& request, std::ostream& output) {
  if (request.nothing_lost) return accept(settings, output);
  if (auto renewed = renew(settings, output); !renewed) return renewed;
  return settle_people(settings, request.purge, output);
}

}  // namespace

void add_restored(CLI::App& admin, restored_request& request, const std::function<void(CLI::App&)>& each,
                  const std::function<void()>& chosen) {
  auto* command = admin.add_subcommand(
      "restored",
      "After a database was put back from a copy: new generations for all rooms, and no token is good any more; lists "
      "whom the chat database names and the users database doesn't know. Stop servers on SQLite first.");
  each(*command);
  auto* purge = command->add_flag("--purge", request.purge, "Deletes what these have in the chat database.");
  command
      ->add_flag("--nothing-lost", request.nothing_lost,
                 "The databases hold all that was ever confirmed: only their new place is recorded.")
      ->excludes(purge);
  command->callback(chosen);
}

int run_restored(const config& settings, const restored_request& request, std::ostream& output,
                 std::ostream& complaints) {
  const auto done = run(settings, request, output);
  if (done) return 0;
  complaints << "greenroom: " << done.why().text() << '\n';
  return 1;
}

}  // namespace greenroom::app::admin
