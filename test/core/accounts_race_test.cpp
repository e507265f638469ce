#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/accounts.hpp"

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

/// One user's rows in a database that two users nodes share, as `storage::account_store` promises them.
struct shared_rows {
  std::string hash = "a(secret 0)";
  std::map<std::string, std::string> sessions;  ///< by token: the password of the login
  std::uint64_t last_token = 0;

  status start(const session_start& what, const std::string& password) {
    if (hash != what.verified) return ec::conflict;
    sessions.emplace("token " + std::to_string(++last_token), password);
    if (!what.better.empty()) hash = what.better;
    return done{};
  }
  status replace(const password_replacement& what) {
    if (!sessions.contains(what.token.value)) return ec::invalid_token;
    if (hash != what.verified) return ec::conflict;
    hash = what.password_hash;
    std::erase_if(sessions, [&](const auto& one) { return one.first != what.token.value; });
    return done{};
  }
};

/// Two users nodes, each with a hasher of its own taste: either prefers hashes of its own make, so that logins replace
/// the hash all the time. Everything that isn't the machines' own happens in an order that a seed decides.
class users_nodes {
 public:
  explicit users_nodes(unsigned seed) : random_(seed) { rows_.sessions.emplace("token 0", "secret 0"); }

  void run() {
    for (int step = 0; step < 400; ++step) {
      const auto dice = upto(10);
      if (dice < 2)
        log_in();
      else if (dice < 3)
        change_password();
      else if (!pending_.empty())
        do_one();
      now_.mono += 50ms;
    }
    while (!pending_.empty()) {
      do_one();
      now_.mono += 50ms;
    }
    EXPECT_TRUE(rows_.hash == "a(" + password_ + ")" || rows_.hash == "b(" + password_ + ")");
  }

  [[nodiscard]] int logins() const noexcept { return logins_; }
  [[nodiscard]] int changes() const noexcept { return changes_; }

 private:
  unsigned upto(unsigned n) { return static_cast<unsigned>(random_() % n); }
  accounts& machine(unsigned node) { return node == 0 ? a_ : b_; }

  void log_in() {
    const auto node = upto(2);
    // A password that was, that is, or that may be by the time that it is compared.
    const auto password = upto(2) == 0 ? password_ : "secret " + std::to_string(upto(changes_begun_ + 1));
    const asker_id asker{++askers_};
    passwords_[{node, asker.value}] = password;
    carry_out(node, machine(node).log_in(asker, {{"ann"}, password, "", {std::to_string(asker.value), ""}}, now_));
  }
  void change_password() {
    const auto node = upto(2);
    if (rows_.sessions.empty()) return;
    const auto session = std::next(rows_.sessions.begin(), upto(static_cast<unsigned>(rows_.sessions.size())))->first;
    const auto next = "secret " + std::to_string(++changes_begun_);
    const asker_id asker{++askers_};
    passwords_[{node, asker.value}] = next;
    carry_out(node, machine(node).change_password(asker, {{session}, password_, next}, {{"ann"}, {session}}, now_));
  }

  void do_one() {
    const auto which = pending_.begin() + upto(static_cast<unsigned>(pending_.size()));
    const auto task = std::move(*which);
    pending_.erase(which);
    task();
    // The oracle: no session lives that was opened by another password than the one that holds, but for those that
    // changed it, which have shown both.
    for (const auto& [token, password] : rows_.sessions)
      EXPECT_EQ(password, password_) << token << " outlived a change of the password";
  }

  void carry_out(unsigned node, accounts_effects out) {
    const std::string make = node == 0 ? "a(" : "b(", others = node == 0 ? "b(" : "a(";
    auto& of = machine(node);
    const auto later = [&](auto task) { pending_.emplace_back(task); };
    for (const auto& one : out.look)
      later([this, node, &of, work = one.work] {
        // The row is read now; its answer is at the machine's at once, as with a store that blocks.
        carry_out(node, of.found(work, credentials{{"ann"}, rows_.hash}, now_));
      });
    for (const auto& one : out.compare)
      later([=, this, &of] {
        const auto& password = one.password.prepared;
        hasher::verified found;
        found.match = one.stored == make + password + ")" || one.stored == others + password + ")";
        if (found.match && one.stored.starts_with(others)) found.better_hash = make + password + ")";
        carry_out(node, of.verified(one.work, found, now_));
      });
    for (const auto& one : out.hash)
      later([=, this, &of] { carry_out(node, of.hashed(one.work, make + one.password + ")", now_)); });
    for (const auto& one : out.start)
      later([=, this, &of] {
        const auto stored = rows_.start(one, passwords_.at({node, one.asker.value}));
        if (stored) ++logins_;
        carry_out(node, of.stored(one.work, stored, now_));
      });
    for (const auto& one : out.replace)
      later([=, this, &of] {
        const auto stored = rows_.replace(one);
        if (stored) {
          ++changes_;
          password_ = passwords_.at({node, one.asker.value});
          rows_.sessions.at(one.token.value) = password_;
        }
        carry_out(node, of.stored(one.work, stored, now_));
      });
    for (const auto& one : out.refused) EXPECT_NE(one.why.code, ec::internal);
  }

  static account_limits unlimited() {
    account_limits out;
    out.failures = out.guesses = {};
    out.queue = {2, 1000, 1h};
    return out;
  }

  std::mt19937 random_;
  shared_rows rows_;
  accounts a_{unlimited()}, b_{unlimited()};
  instant now_{wall_time{1h}, mono_time{} + 1h};
  std::deque<std::function<void()>> pending_;
  std::map<std::pair<unsigned, std::uint64_t>, std::string>
      passwords_;                      ///< by node and asker: the one that is right then
  std::string password_ = "secret 0";  ///< the one that holds
  std::uint64_t askers_ = 0;
  unsigned changes_begun_ = 0;
  int logins_ = 0, changes_ = 0;
};

TEST(AccountsRace, NoSessionOutlivesAChangeOfThePasswordItWasOpenedWith) {
  int logins = 0, changes = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    users_nodes nodes{seed};
    nodes.run();
    if (HasFailure()) return;
    logins += nodes.logins();
    changes += nodes.changes();
  }
  EXPECT_GT(logins, 150);
  EXPECT_GT(changes, 150);
}

}  // namespace
}  // namespace greenroom::core
