#include "app/admin/users.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <future>
#include <istream>
#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include "actors/administer.hpp"
#include "actors/secrets.hpp"
#include "app/admin/cluster.hpp"
#include "app/admin/command.hpp"
#include "app/admin/remote.hpp"
#include "core/delete_user.hpp"
#include "core/names.hpp"
#include "core/opaque_string.hpp"
#include "core/text.hpp"
#include "protocol/act.hpp"
#include "storage/open.hpp"
#include "telemetry/log.hpp"
#include "users/passwords.hpp"

namespace greenroom::app::admin {
namespace {

using users_action = users_request::action;
using core::account_act;
using storage::account_store;

// No hash at all: no one can log in with it, and trying takes as long as with any.
constexpr const char* no_password = "*";
constexpr std::chrono::seconds server_patience{35};  // longer than discovery waits for the users node

/// The error of an act on a user, so that it names the user.
core::error about(const std::string& name, const core::error& why) {
  if (why.code == core::ec::not_found && why.detail.empty())
    return complaint(why.code, "There is no user " + name + ".");
  if (why.code == core::ec::taken) return complaint(why.code, "The name " + name + " is taken.");
  return why;
}

/// The accounts, reached in either way: through the running server, so that it ends sockets and updates its
/// caches; straight in the database while there is none.
class accounts_access {
 public:
  explicit accounts_access(std::unique_ptr<account_store> store) : store_(std::move(store)) {}
  explicit accounts_access(std::unique_ptr<remote_directory> server) : server_(std::move(server)) {}

  [[nodiscard]] bool through_server() const noexcept { return server_ != nullptr; }

  core::result<core::administered> ask(const core::administer& request) {
    if (server_) return server_->ask<core::administered>(request, server_patience);
    auto done = actors::administer(*store_, request, wall_now());
    if (!done) return done.why();
    return std::move(done->answer);
  }

 private:
  std::unique_ptr<account_store> store_;
  std::unique_ptr<remote_directory> server_;
};

core::result<std::unique_ptr<remote_directory>> linked(const config& settings) {
  auto server = std::make_unique<remote_directory>(settings);
  if (auto up = server->connect(); !up) return up.why();
  return server;
}

/// Whether a users node of this cluster works on that database.
bool serves(remote_directory& server, const std::string& database) {
  const auto view = server.ask<core::cluster_view>(core::read_view{});
  if (!view) return false;
  return std::any_of(view->nodes.begin(), view->nodes.end(), [&](const core::node_record& node) {
    return !database.empty() && node.users_database == database;
  });
}

core::result<accounts_access> reach(const config& settings) {
  const bool in_memory = settings.users_db.starts_with("memory:");
  auto opened = in_memory ? core::error{core::ec::conflict, "A database in memory is its server's", 0}
                          : storage::open_users(settings.users_db, {});
  if (!opened && opened.code() != core::ec::conflict && opened.code() != core::ec::unavailable) return opened.why();
  if (opened && settings.users_db.starts_with("sqlite:")) return accounts_access{std::move(*opened)};
  auto server = linked(settings);
  if (!opened) {
    if (server) return accounts_access{std::move(*server)};
    return complaint(opened.code(), opened.why().text() + "; and it can't be asked: " + server.why().text());
  }
  // Many may use a PostgreSQL database at once; its id says whether this cluster's servers use this one.
  const auto database = (*opened)->database_id();
  if (!database) return database.why();
  if (server && serves(**server, *database)) return accounts_access{std::move(*server)};
  return accounts_access{std::move(*opened)};
}

/// The password to use, and whether it has to be printed because it was made here.
core::result<std::pair<std::string, bool>> password_of(const users_request& request, std::istream& input) {
  std::string line;
  if (request.password_stdin) {
    std::getline(input, line);
  } else if (!request.password_file.empty()) {
    std::ifstream file(request.password_file);
    if (!file) return complaint(core::ec::bad_request, "Can't read " + request.password_file + ".");
    std::getline(file, line);
  } else {
    return std::pair{actors::random_id(), true};
  }
  if (line.ends_with('\r')) line.pop_back();
  return std::pair{std::move(line), false};
}

core::result<std::string> hash_of(const std::string& typed) {
  auto password = core::opaque_string(typed);
  if (!password) return password.why();
  users::password_settings settings;
  settings.threads = 1;
  users::passwords pool{settings};
  const auto made = std::make_shared<std::promise<core::result<std::string>>>();
  auto hash = made->get_future();
  pool.hash(*std::move(password), [made](core::result<std::string> out) { made->set_value(std::move(out)); });
  return hash.get();
}

core::status create(const config& settings, accounts_access& accounts, const users_request& request,
                    std::istream& input, std::ostream& output) {
  if (auto good = core::check_user_name(request.name); !good) return good;
  auto password = password_of(request, input);
  if (!password) return password.why();
  if (auto good = core::check_password(password->first, settings.password_min_length); !good) return good;
  const auto hash = hash_of(password->first);
  if (!hash) return hash.why();
  core::administer made{account_act::create};
  made.accounts.push_back({{request.name}, *hash, request.admin});
  if (auto done = accounts.ask(made); !done) return about(request.name, done.why());
  output << "created " << request.name << '\n';
  if (password->second) output << "password " << password->first << '\n';
  return core::done{};
}

core::status set_password(const config& settings, accounts_access& accounts, const users_request& request,
                          std::istream& input, std::ostream& output) {
  auto password = password_of(request, input);
  if (!password) return password.why();
  if (auto good = core::check_password(password->first, settings.password_min_length); !good) return good;
  auto hash = hash_of(password->first);
  if (!hash) return hash.why();
  const auto done = accounts.ask({account_act::set_password, {request.name}, {}, std::move(*hash)});
  if (!done) return about(request.name, done.why());
  if (password->second) output << "password " << password->first << '\n';
  output << "ended " << done->ended << " sessions\n";
  return core::done{};
}

core::status write_tokens(const std::string& path, const std::vector<std::string>& tokens, std::ostream& output) {
  const auto write = [&](std::ostream& to) {
    for (const auto& token : tokens) to << token << '\n';
    to.flush();
    return to.good();
  };
  if (path == "-") return write(output) ? core::status{core::done{}} : core::ec::unavailable;
  // A reader of a token can act as its user: nobody else may, from the file's first byte on.
  const auto before = ::umask(S_IRWXG | S_IRWXO);
  std::error_code none;
  std::filesystem::remove(path, none);
  std::ofstream file(path, std::ios::trunc);
  ::umask(before);
  if (file && write(file)) return core::done{};
  return complaint(core::ec::unavailable, "Can't write " + path + ".");
}

core::status create_many(const config& settings, accounts_access& accounts, const users_request& request,
                         std::ostream& output) {
  const auto ends = wall_now() + settings.token_lifetime;
  std::vector<core::account_record> users;
  std::vector<std::string> tokens;
  for (std::uint32_t i = 1; i <= request.count; ++i) {
    const core::user_id user{request.prefix + std::to_string(i)};
    if (auto good = core::check_user_name(user.value); !good) return good;
    tokens.push_back(actors::new_token());
    core::account_record made{user, no_password, request.admin};
    made.token = actors::token_hash_of(tokens.back());
    made.session = {actors::random_id()};
    made.expires_at = ends;
    users.push_back(std::move(made));
  }
  // The tokens first: users with lost tokens would be in the way of the next attempt.
  if (auto written = write_tokens(request.tokens_file, tokens, output); !written) return written;
  // All or none in the database; in pieces over a link.
  const auto piece = accounts.through_server() ? core::max_accounts_told : users.size();
  for (std::size_t at = 0; at < users.size(); at += piece) {
    core::administer made{account_act::create};
    const auto begin = users.begin() + static_cast<std::ptrdiff_t>(at);
    made.accounts.assign(begin, begin + static_cast<std::ptrdiff_t>(std::min(piece, users.size() - at)));
    const auto done = accounts.ask(made);
    if (done) continue;
    if (done.code() != core::ec::taken) return done.why();
    const auto others = at == 0 ? "nobody was created." : "the " + std::to_string(at) + " before were created.";
    return complaint(done.code(), "The name " + done.why().detail + " is taken; " + others);
  }
  return core::done{};
}

core::status change(accounts_access& accounts, account_act act, const users_request& request) {
  const auto done = accounts.ask({act, {request.name}});
  if (!done) return about(request.name, done.why());
  return core::done{};
}

core::status end_sessions(accounts_access& accounts, const users_request& request, std::ostream& output) {
  if (!request.session.empty()) {
    const auto done = accounts.ask({account_act::end_sessions, {request.name}, {request.session}});
    if (!done && done.code() == core::ec::not_found)
      return complaint(done.code(), request.name + " has no session " + request.session + ".");
    if (!done) return done.why();
    output << "ended 1 sessions\n";
    return core::done{};
  }
  const auto done = accounts.ask({account_act::end_sessions, {request.name}});
  if (!done) return about(request.name, done.why());
  output << "ended " << done->ended << " sessions\n";
  return core::done{};
}

core::status list_sessions(accounts_access& accounts, const users_request& request, std::ostream& output) {
  const auto done = accounts.ask({account_act::sessions, {request.name}});
  if (!done) return about(request.name, done.why());
  std::vector<std::vector<std::string>> rows{{"SESSION", "BEGUN", "ENDS", "CLIENT"}};
  for (const auto& one : done->sessions)
    rows.push_back({one.session.value, core::time_text(one.created_at), core::time_text(one.expires_at), one.client});
  output << columns(rows);
  return core::done{};
}

core::status disable(accounts_access& accounts, const users_request& request, std::ostream& output) {
  if (!request.reason.empty() &&
      (!core::check_text(request.reason) || request.reason.size() > protocol::max_reason_bytes))
    return complaint(core::ec::bad_request, "A reason has at most 1024 bytes of text.");
  core::administer wanted{account_act::suspend, {request.name}, {}, request.reason};
  if (!request.until.empty()) {
    const auto until = core::time_from(request.until);
    if (!until || *until <= core::wall_time{})
      return complaint(core::ec::bad_request, "--until must be a time to come in UTC, like 2026-12-01T10:00:00Z.");
    wanted.until = *until;
  }
  const auto done = accounts.ask(wanted);
  if (!done) return about(request.name, done.why());
  output << "disabled " << request.name << ", ended " << done->ended << " sessions\n";
  return core::done{};
}

std::string standing_of(const core::account_record& user) {
  if (!user.suspended) return {};
  if (user.suspended_until == core::wall_time{}) return "\tdisabled";
  return "\tdisabled until " + core::time_text(user.suspended_until);
}

core::status list(accounts_access& accounts, std::ostream& output) {
  for (core::administer page{account_act::list};;) {
    const auto users = accounts.ask(page);
    if (!users) return users.why();
    for (const auto& user : users->accounts)
      output << user.user.value << (user.admin ? "\tadmin" : "") << standing_of(user)
             << (user.deleting ? "\tbeing deleted" : "") << '\n';
    if (!users->more || users->accounts.empty()) return core::done{};
    page.user = users->accounts.back().user;
  }
}

// Rooms and messages are in another database, which this command doesn't open: it begins, a gateway continues.
core::status remove(accounts_access& accounts, const users_request& request, std::ostream& output) {
  core::administer begun{account_act::remove, {request.name}};
  begun.operation = actors::random_hex_id();
  begun.choices = request.choices;
  const auto done = accounts.ask(begun);
  if (!done) return about(request.name, done.why());
  output << "deletion " << done->operation << ' ' << done->state << '\n';
  if (done->state != core::to_string(core::deletion_state::completed) &&
      done->state != core::to_string(core::deletion_state::undone))
    output << "A gateway carries it on as soon as one runs; GET /operations/" << done->operation
           << " says how far it is.\n";
  return core::done{};
}

core::status run(const config& settings, accounts_access& accounts, const users_request& request, std::istream& input,
                 std::ostream& output) {
  switch (request.what) {
    case users_action::create:
      return create(settings, accounts, request, input, output);
    case users_action::create_many:
      return create_many(settings, accounts, request, output);
    case users_action::grant:
      return change(accounts, account_act::grant, request);
    case users_action::revoke:
      return request.sessions ? end_sessions(accounts, request, output)
                              : change(accounts, account_act::revoke, request);
    case users_action::list:
      return list(accounts, output);
    case users_action::remove:
      return remove(accounts, request, output);
    case users_action::password:
      return set_password(settings, accounts, request, input, output);
    case users_action::disable:
      return disable(accounts, request, output);
    case users_action::enable:
      return change(accounts, account_act::resume, request);
    case users_action::sessions:
      return request.session.empty() ? list_sessions(accounts, request, output)
                                     : end_sessions(accounts, request, output);
  }
  return core::ec::internal;
}

}  // namespace

void add_users(CLI::App& admin, users_request& request, const std::function<void(CLI::App&)>& each,
               const std::function<void()>& chosen) {
  auto* users =
      admin.add_subcommand("users", "Users: through the server that runs, or straight in the users database.");
  users->require_subcommand(1);
  const auto add = [&](const char* name, const char* meaning, users_action what) {
    auto* command = users->add_subcommand(name, meaning);
    each(*command);
    command->callback([&request, what, chosen] {
      request.what = what == users_action::create && request.count > 0 ? users_action::create_many : what;
      chosen();
    });
    return command;
  };

  const auto with_password = [&](CLI::App* command) {
    auto* standard =
        command->add_flag("--password-stdin", request.password_stdin, "Reads the password from the input.");
    auto* file = command->add_option("--password-file", request.password_file, "Reads the password from a file.");
    file->type_name("FILE")->excludes(standard);
    return std::pair{standard, file};
  };

  auto* create = add("create", "Makes a user, or many without a password.", users_action::create);
  auto* name = create->add_option("name", request.name, "What the user is called.");
  const auto [standard, file] = with_password(create);
  create->add_flag("--admin", request.admin, "With an admin's rights.");
  auto* count = create->add_option("--count", request.count, "Makes so many users, called PREFIX1 to PREFIXn.");
  count->type_name("N")->check(CLI::Range(1u, 1'000'000u))->excludes(name)->excludes(standard)->excludes(file);
  auto* prefix = create->add_option("--prefix", request.prefix, "What their names begin with.")->needs(count);
  auto* tokens =
      create->add_option("--tokens", request.tokens_file, "Where their tokens go, a line each; - is the output.");
  tokens->type_name("FILE")->needs(count);
  count->needs(prefix)->needs(tokens);
  create->parse_complete_callback([name, count] {
    if (name->count() + count->count() == 0) throw CLI::RequiredError("a name, or --count");
  });

  const auto named = [&](CLI::App* command) {
    command->add_option("name", request.name, "The user.")->required();
    return command;
  };
  named(add("grant", "Gives a user an admin's rights.", users_action::grant));
  named(add("revoke", "Takes an admin's rights back.", users_action::revoke))
      ->add_flag("--sessions", request.sessions, "Ends all of the user's sessions instead.");
  auto* remove = named(add("delete", "Ends a user's sessions, and has a gateway delete the user; the name stays taken.",
                           users_action::remove));
  const auto choice = [remove](const char* option, bool& second_is_chosen, const char* first, const char* second,
                               const char* meaning) {
    remove
        ->add_option_function<std::string>(
            option, [&second_is_chosen, second](const std::string& word) { second_is_chosen = word == second; },
            meaning)
        ->check(CLI::IsMember({first, second}))
        ->type_name(std::string(first) + "|" + second);
  };
  choice("--private-rooms", request.choices.keep_rooms, "delete", "keep",
         "What becomes of rooms that aren't open and have other members; by default they are deleted.");
  choice("--messages", request.choices.erase_messages, "keep", "erase",
         "What becomes of messages in rooms that stay: by default only their author's name goes.");
  with_password(named(
      add("password", "Gives a user another password, and ends all of the user's sessions.", users_action::password)));
  auto* disable = named(
      add("disable", "Keeps a user from logging in, and ends all of the user's sessions.", users_action::disable));
  disable->add_option("--reason", request.reason, "What the user is told who tries to log in.")->type_name("TEXT");
  disable->add_option("--until", request.until, "When it ends by itself, in UTC, like 2026-12-01T10:00:00Z.")
      ->type_name("TIME");
  named(add("enable", "Lets a disabled user log in again.", users_action::enable));
  named(add("sessions", "Prints a user's sessions.", users_action::sessions))
      ->add_option("--end", request.session, "Ends this one instead.")
      ->type_name("SESSION");
  add("list", "Prints every user; admins and disabled ones are marked as such.", users_action::list);
}

int run_users(const config& settings, const users_request& request, std::istream& input, std::ostream& output,
              std::ostream& complaints) {
  // Errors are reported in words; the link's ups and downs are no news here.
  telemetry::log::configure({.threshold = telemetry::log::level::error,
                             .shape = settings.log_format,
                             .node = settings.node,
                             .stream = nullptr});
  auto accounts = reach(settings);
  const auto done = accounts ? run(settings, *accounts, request, input, output) : core::status{accounts.why()};
  if (done) return 0;
  complaints << "greenroom: " << done.why().text() << '\n';
  return 1;
}

}  // namespace greenroom::app::admin
