#include "app/admin/users.hpp"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "actors/secrets.hpp"
#include "core/delete_user.hpp"
#include "core/names.hpp"
#include "storage/open.hpp"
#include "users/passwords.hpp"

namespace greenroom::app::admin {
namespace {

using action = users_request::action;
using storage::account_store;

constexpr std::uint32_t page = 500;
// No hash at all: nobody can log in with it, and trying takes as long as with any.
constexpr const char* no_password = "*";

core::wall_time now() { return std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now()); }

core::error complaint(core::ec code, std::string text) { return {code, std::move(text), 0}; }

/// The error of something that was to be done to a user, so that it names the user.
core::error about(const std::string& name, const core::error& why) {
  if (why.code == core::ec::not_found) return complaint(why.code, "There is no user " + name + ".");
  if (why.code == core::ec::taken) return complaint(why.code, "The name " + name + " is taken.");
  return why;
}

core::result<std::unique_ptr<account_store>> open(const config& settings) {
  if (settings.users_db.starts_with("memory:"))
    return complaint(core::ec::bad_request, "A database in memory has no users outside of its server.");
  auto opened = storage::open_users(settings.users_db, {});
  if (!opened && opened.code() == core::ec::conflict)
    return complaint(core::ec::conflict, opened.why().text() + "; stop the server first.");
  return opened;
}

/// The password to use, and whether it has to be told because it was made here.
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

core::result<std::string> hash_of(std::string password) {
  users::password_settings settings;
  settings.threads = 1;
  users::passwords pool{settings};
  const auto made = std::make_shared<std::promise<core::result<std::string>>>();
  auto hash = made->get_future();
  pool.hash(std::move(password), [made](core::result<std::string> out) { made->set_value(std::move(out)); });
  return hash.get();
}

core::status create(const config& settings, account_store& store, const users_request& request, std::istream& input,
                    std::ostream& output) {
  if (auto good = core::check_user_name(request.name); !good) return good;
  auto password = password_of(request, input);
  if (!password) return password.why();
  if (auto good = core::check_password(password->first, settings.password_min_length); !good) return good;
  const auto hash = hash_of(password->first);
  if (!hash) return hash.why();
  if (auto made = store.create_user({request.name}, *hash, now()); !made) return about(request.name, made.why());
  if (request.admin)
    if (auto granted = store.set_admin({request.name}, true); !granted) return granted;
  output << "created " << request.name << '\n';
  if (password->second) output << "password " << password->first << '\n';
  return core::done{};
}

core::status write_tokens(const std::string& path, const std::vector<std::string>& tokens, std::ostream& output) {
  const auto write = [&](std::ostream& to) {
    for (const auto& token : tokens) to << token << '\n';
    to.flush();
    return to.good();
  };
  if (path == "-") return write(output) ? core::status{core::done{}} : core::ec::unavailable;
  // Whoever reads a token is its user: nobody else may, from the file's first byte on.
  const auto before = ::umask(S_IRWXG | S_IRWXO);
  std::error_code none;
  std::filesystem::remove(path, none);
  std::ofstream file(path, std::ios::trunc);
  ::umask(before);
  if (file && write(file)) return core::done{};
  return complaint(core::ec::unavailable, "Can't write " + path + ".");
}

core::status create_many(const config& settings, account_store& store, const users_request& request,
                         std::ostream& output) {
  const auto begun = now();
  std::vector<storage::account> users;
  std::vector<storage::new_session> sessions;
  std::vector<std::string> tokens;
  for (std::uint32_t i = 1; i <= request.count; ++i) {
    const core::user_id user{request.prefix + std::to_string(i)};
    if (auto good = core::check_user_name(user.value); !good) return good;
    users.push_back({user, no_password, true, request.admin});
    tokens.push_back(actors::new_token());
    sessions.push_back({actors::token_hash_of(tokens.back()),
                        {actors::random_id()},
                        user,
                        "admin",
                        begun,
                        begun + settings.token_lifetime});
  }
  // The tokens first: users whose tokens nobody has would be in the way of the next try.
  if (auto written = write_tokens(request.tokens_file, tokens, output); !written) return written;
  if (auto made = store.create_users(users, begun); !made)
    return made.code() == core::ec::taken
               ? complaint(made.code(), "The name " + made.why().detail + " is taken; nobody was created.")
               : made.why();
  return store.add_sessions(sessions);
}

core::status revoke(account_store& store, const users_request& request, std::ostream& output) {
  if (!request.sessions) {
    auto done = store.set_admin({request.name}, false);
    return done ? done : about(request.name, done.why());
  }
  if (auto known = store.find_user({request.name}); !known) return about(request.name, known.why());
  const auto ended = store.end_sessions({request.name}, {}, now());
  if (!ended) return ended.why();
  output << "ended " << ended->size() << " sessions\n";
  return core::done{};
}

core::status list(account_store& store, std::ostream& output) {
  for (core::user_id last;;) {
    const auto users = store.list_users(last, page);
    if (!users) return users.why();
    for (const auto& user : *users)
      output << user.user.value << (user.admin ? "\tadmin" : "") << (user.active ? "" : "\tbeing deleted") << '\n';
    if (users->size() < page) return core::done{};
    last = users->back().user;
  }
}

// Rooms and messages are in another database, which this command doesn't open: it begins, a gateway carries on.
core::status remove(account_store& store, const users_request& request, std::ostream& output) {
  const auto begun = now();
  const auto step = store.begin_deletion({{actors::random_hex_id()}, {request.name}, {}, {}, {"admin"}}, begun, begun);
  if (!step) return about(request.name, step.why());
  output << "deletion " << step->row.operation.value << ' ' << core::to_string(step->row.state) << '\n';
  if (!core::has_ended(step->row.state))
    output << "A gateway carries it on as soon as one runs; GET /operations/" << step->row.operation.value
           << " says how far it is.\n";
  return core::done{};
}

core::status run(const config& settings, account_store& store, const users_request& request, std::istream& input,
                 std::ostream& output) {
  switch (request.what) {
    case action::create:
      return create(settings, store, request, input, output);
    case action::create_many:
      return create_many(settings, store, request, output);
    case action::grant: {
      auto done = store.set_admin({request.name}, true);
      return done ? done : about(request.name, done.why());
    }
    case action::revoke:
      return revoke(store, request, output);
    case action::list:
      return list(store, output);
    case action::remove:
      return remove(store, request, output);
  }
  return core::ec::internal;
}

}  // namespace

void add_users(CLI::App& admin, users_request& request, const std::function<void(CLI::App&)>& each,
               const std::function<void()>& chosen) {
  auto* users = admin.add_subcommand("users", "Users, straight in the users database; stop a server on SQLite first.");
  users->require_subcommand(1);
  const auto add = [&](const char* name, const char* meaning, action what) {
    auto* command = users->add_subcommand(name, meaning);
    each(*command);
    command->callback([&request, what, chosen] {
      request.what = what == action::create && request.count > 0 ? action::create_many : what;
      chosen();
    });
    return command;
  };

  auto* create = add("create", "Makes a user, or many without a password.", action::create);
  auto* name = create->add_option("name", request.name, "What the user is called.");
  auto* standard = create->add_flag("--password-stdin", request.password_stdin, "Reads the password from the input.");
  auto* file = create->add_option("--password-file", request.password_file, "Reads the password from a file.");
  file->type_name("FILE")->excludes(standard);
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
  named(add("grant", "Gives a user an admin's rights.", action::grant));
  named(add("revoke", "Takes an admin's rights back.", action::revoke))
      ->add_flag("--sessions", request.sessions, "Ends all of the user's sessions instead.");
  named(add("delete", "Ends a user's sessions, and has a gateway delete the user; the name stays taken.",
            action::remove));
  add("list", "Prints every user, an admin marked as such.", action::list);
}

int run_users(const config& settings, const users_request& request, std::istream& input, std::ostream& output,
              std::ostream& complaints) {
  auto store = open(settings);
  const auto done = store ? run(settings, **store, request, input, output) : core::status{store.why()};
  if (done) return 0;
  complaints << "greenroom: " << done.why().text() << '\n';
  return 1;
}

}  // namespace greenroom::app::admin
