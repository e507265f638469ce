#include "actors/account_notes.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "test/support/captured_log.hpp"

namespace greenroom::actors {
namespace {

using core::account_act;
using core::ec;

struct AccountNotes : testing::Test {
  test::captured_log log;

  /// What is written from the act on, of everything since the last call.
  std::string lines() {
    std::string noted;
    std::istringstream all(log.take());
    for (std::string line; std::getline(all, line);)
      if (const auto from = line.find("audit "); from != std::string::npos) noted += line.substr(from + 6) + '\n';
    return noted;
  }
};

TEST_F(AccountNotes, EachActOfAnOperatorHasItsWordAndWhatItIsAbout) {
  const auto noted = [this](account_act act) {
    note(core::administer{act, {"ann"}, {}, "$argon2id$secret", "op-1"}, ec::none);
    return lines();
  };
  EXPECT_EQ(noted(account_act::create), "act=create_user outcome=done by=operator user=ann\n");
  EXPECT_EQ(noted(account_act::grant), "act=grant_admin outcome=done by=operator user=ann\n");
  EXPECT_EQ(noted(account_act::revoke), "act=revoke_admin outcome=done by=operator user=ann\n");
  EXPECT_EQ(noted(account_act::set_password), "act=set_password outcome=done by=operator user=ann\n")
      << "without the hash";
  EXPECT_EQ(noted(account_act::suspend), "act=suspend_user outcome=done by=operator user=ann detail=$argon2id$secret\n")
      << "with the reason";
  EXPECT_EQ(noted(account_act::resume), "act=resume_user outcome=done by=operator user=ann\n");
  EXPECT_EQ(noted(account_act::end_sessions), "act=end_sessions outcome=done by=operator user=ann\n");
  EXPECT_EQ(noted(account_act::remove), "act=begin_deletion outcome=done by=operator user=ann detail=op-1\n");
  EXPECT_EQ(noted(account_act::list), "");
  EXPECT_EQ(noted(account_act::sessions), "");
}

TEST_F(AccountNotes, NameTheAdminAndFromWhere) {
  core::administer suspend{account_act::suspend, {"ann"}};
  suspend.text = "spam";
  note(suspend, ec::none, {"root", {"192.0.2.7", "abc"}});
  EXPECT_EQ(lines(), "act=suspend_user outcome=done by=root user=ann address=192.0.2.7 request_id=abc detail=spam\n");
  suspend.until = core::wall_time{std::chrono::seconds{1'795'459'440}};
  note(suspend, ec::none);
  EXPECT_EQ(lines(),
            "act=suspend_user outcome=done by=operator user=ann detail=\"until 2026-11-23T18:44:00.000Z: spam\"\n");
}

TEST_F(AccountNotes, SayWhyAnActWasRefused) {
  note(core::administer{account_act::grant, {"ann"}}, ec::not_found);
  note("login", {"ann"}, {"192.0.2.7", "abc"}, ec::bad_credentials, "an app");
  EXPECT_EQ(lines(),
            "act=grant_admin outcome=not_found by=operator user=ann\n"
            "act=login outcome=bad_credentials by=ann address=192.0.2.7 request_id=abc detail=\"an app\"\n");
}

TEST_F(AccountNotes, EachAccountThatIsCreatedHasALine) {
  core::administer create{account_act::create};
  create.accounts.resize(2);
  create.accounts[0].user = {"ann"};
  create.accounts[1].user = {"bob"};
  note(create, ec::none);
  EXPECT_EQ(lines(),
            "act=create_user outcome=done by=operator user=ann\n"
            "act=create_user outcome=done by=operator user=bob\n");
}

TEST_F(AccountNotes, ACompleteDeletionNamesNobody) {
  core::deletion row;
  row.operation = {"op-1"};
  row.user = {"ann"};
  row.state = core::deletion_state::completed;
  note_ended(row);
  row.operation = {"op-2"};
  row.state = core::deletion_state::undone;
  note_ended(row);
  EXPECT_EQ(lines(),
            "act=end_deletion outcome=done detail=op-1\n"
            "act=end_deletion outcome=undone user=ann detail=op-2\n");
}

}  // namespace
}  // namespace greenroom::actors
