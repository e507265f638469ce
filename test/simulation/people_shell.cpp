#include "test/simulation/people_shell.hpp"

#include "test/simulation/accounts_shell.hpp"
#include "test/simulation/node_shell.hpp"

namespace greenroom::simulation {
namespace {

constexpr unsigned people_tries = 2;
constexpr milliseconds people_patience{1500};

core::result<core::users_found> named(core::result<std::vector<core::user_id>> names) {
  if (!names) return names.why();
  return core::users_found{std::move(*names)};
}

}  // namespace

void people_shell::receive(core::find_users& asked, promise<core::users_found> owed) {
  const auto now = home().now().mono;
  if (known_.unknown(asked.names, now).empty()) return owed.keep(named(known_.resolve(asked.names, now)));
  ask_accounts(std::move(asked), people_tries, std::move(owed));
}

// The first node asked may be going down, and an answer may be lost.
void people_shell::ask_accounts(core::find_users asked, unsigned tries, promise<core::users_found> owed) {
  auto failed = [this, asked, tries, owed](const core::error& why) mutable {
    if (tries > 1 && core::describe(why.code).retry) return ask_accounts(std::move(asked), tries - 1, std::move(owed));
    owed.refuse({ec::unavailable, {}, 1});
  };
  request<accounts_found>(deps_.node, people_patience, find_accounts{},
                          [this, asked, owed, failed](const core::result<accounts_found>& found) mutable {
                            if (!found) return failed(found.why());
                            const core::find_users unknown{known_.unknown(asked.names, home().now().mono)};
                            request<core::users_found>(
                                found->accounts, people_patience, unknown,
                                [this, asked, owed, failed](core::result<core::users_found> answer) mutable {
                                  if (!answer) return failed(answer.why());
                                  const auto now = home().now().mono;
                                  known_.heard(answer->users, now);
                                  owed.keep(named(known_.resolve(asked.names, now)));
                                });
                          });
}

}  // namespace greenroom::simulation
