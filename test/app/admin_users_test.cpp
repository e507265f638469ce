#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "actors/secrets.hpp"
#include "app/admin/users.hpp"
#include "storage/open.hpp"

namespace greenroom::app::admin {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

struct AdminUsers : testing::Test {
  std::filesystem::path folder = [] {
    std::string name = (std::filesystem::temp_directory_path() / "greenroom-admin-XXXXXX").string();
    return std::filesystem::path{::mkdtemp(name.data())};
  }();
  config settings;
  std::ostringstream output, complaints;

  AdminUsers() {
    settings.users_db = "sqlite:" + (folder / "users.db").string();
    settings.data_dir = folder.string();
    settings.discovery = {"127.0.0.1", 9};  // nobody listens there
  }
  ~AdminUsers() override { std::filesystem::remove_all(folder); }

  /// As `greenroom admin users WORDS`; 2 where the words make no sense.
  int run(std::vector<std::string> words, const std::string& typed = {}) {
    output.str({});
    complaints.str({});
    CLI::App cli;
    users_request request;
    bool chosen = false;
    add_users(
        cli, request, [](CLI::App&) {}, [&] { chosen = true; });
    words.insert(words.begin(), "users");
    std::reverse(words.begin(), words.end());
    try {
      cli.parse(words);
    } catch (const CLI::ParseError&) {
      return 2;
    }
    EXPECT_TRUE(chosen);
    std::istringstream input{typed};
    return run_users(settings, request, input, output, complaints);
  }
  std::unique_ptr<storage::account_store> open() { return std::move(*storage::open_users(settings.users_db, {})); }
  static core::wall_time now() {
    return std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
  }
};

TEST_F(AdminUsers, CreatesAUserWithAPasswordFromTheInputOrAFile) {
  ASSERT_EQ(run({"create", "Ann", "--password-stdin"}, "a password\nmore\n"), 0) << complaints.str();
  EXPECT_EQ(output.str(), "created Ann\n");
  std::ofstream(folder / "secret") << "from a file\r\n";
  ASSERT_EQ(run({"create", "bob", "--password-file", (folder / "secret").string(), "--admin"}), 0) << complaints.str();
  const auto store = open();
  EXPECT_THAT(store->find_user({"ann"})->password_hash, StartsWith("$argon2id$"));
  EXPECT_FALSE(store->find_user({"ann"})->admin);
  EXPECT_TRUE(store->find_user({"bob"})->admin);
}

TEST_F(AdminUsers, MakesAPasswordWhereNoneIsGiven) {
  ASSERT_EQ(run({"create", "ann"}), 0) << complaints.str();
  EXPECT_THAT(output.str(), MatchesRegex("created ann\npassword [A-Za-z0-9_-]{22}\n"));
}

TEST_F(AdminUsers, RefusesWithAPlainMessage) {
  ASSERT_EQ(run({"create", "ann"}), 0);
  EXPECT_EQ(run({"create", "ANN"}), 1);
  EXPECT_EQ(complaints.str(), "greenroom: The name ANN is taken.\n");
  EXPECT_EQ(run({"create", "9"}), 1);
  EXPECT_THAT(complaints.str(), HasSubstr("begins with a letter"));
  EXPECT_EQ(run({"create", "bob", "--password-stdin"}, "abc\n"), 1);
  EXPECT_THAT(complaints.str(), HasSubstr("4 to 1024 bytes"));
  EXPECT_EQ(run({"create", "bob", "--password-file", "/nowhere"}), 1);
  EXPECT_EQ(run({"grant", "nobody"}), 1);
  EXPECT_EQ(complaints.str(), "greenroom: There is no user nobody.\n");
  EXPECT_EQ(run({"delete", "nobody"}), 1);
  EXPECT_EQ(run({"revoke", "nobody", "--sessions"}), 1);
  settings.users_db = "memory:";
  EXPECT_EQ(run({"list"}), 1);
}

TEST_F(AdminUsers, RefusesACommandThatIsNone) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"create"},
                                                                 {},
                                                                 {"create", "ann", "--count", "3"},
                                                                 {"create", "--count", "3"},
                                                                 {"create", "--count", "3", "--prefix", "p"},
                                                                 {"create", "ann", "--prefix", "p"},
                                                                 {"create", "--count", "0", "--prefix", "p"},
                                                                 {"grant"},
                                                                 {"promote", "ann"}})
    EXPECT_EQ(run(words), 2) << testing::PrintToString(words);
}

TEST_F(AdminUsers, SaysThatAServerHoldsTheDatabase) {
  const auto server = open();
  EXPECT_EQ(run({"list"}), 1);
  EXPECT_THAT(complaints.str(), HasSubstr("; and it can't be asked: "));
}

TEST_F(AdminUsers, CreatesManyWithATokenEach) {
  const auto file = (folder / "tokens").string();
  ASSERT_EQ(run({"create", "--count", "300", "--prefix", "load", "--tokens", file}), 0) << complaints.str();
  std::ifstream read(file);
  const std::vector<std::string> tokens{std::istream_iterator<std::string>(read), {}};
  ASSERT_EQ(tokens.size(), 300u);
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto store = open();
  for (const std::size_t i : {0u, 299u})
    EXPECT_EQ(store->check_token(actors::token_hash_of(tokens[i]), now())->user.value, "load" + std::to_string(i + 1));
  EXPECT_EQ(*store->count_users(), 300u);
  EXPECT_EQ(store->find_user({"load1"})->password_hash, "*") << "nobody can log in as them";
}

TEST_F(AdminUsers, CreatesAllOfManyOrNone) {
  ASSERT_EQ(run({"create", "p3"}), 0);
  EXPECT_EQ(run({"create", "--count", "5", "--prefix", "p", "--tokens", "-"}), 1);
  EXPECT_EQ(complaints.str(), "greenroom: The name p3 is taken; nobody was created.\n");
  EXPECT_EQ(*open()->count_users(), 1u);
  EXPECT_EQ(run({"create", "--count", "5", "--prefix", "9p", "--tokens", "-"}), 1);
  EXPECT_EQ(run({"create", "--count", "5", "--prefix", "q", "--tokens", "/nowhere/tokens"}), 1);
  EXPECT_EQ(*open()->count_users(), 1u);
}

TEST_F(AdminUsers, GrantsRevokesListsAndDeletes) {
  ASSERT_EQ(run({"create", "bob"}), 0);
  ASSERT_EQ(run({"create", "--count", "2", "--prefix", "Ann", "--tokens", "-"}), 0);
  const auto token = output.str().substr(0, output.str().find('\n'));
  ASSERT_EQ(run({"grant", "BOB"}), 0);
  ASSERT_EQ(run({"list"}), 0);
  EXPECT_EQ(output.str(), "Ann1\nAnn2\nbob\tadmin\n");
  EXPECT_EQ(run({"revoke", "bob"}), 1);
  EXPECT_EQ(complaints.str(), "greenroom: The last admin can't be suspended or deleted, nor lose the right.\n");
  EXPECT_EQ(run({"disable", "bob"}), 1);
  ASSERT_EQ(run({"create", "zoe", "--admin"}), 0);
  ASSERT_EQ(run({"revoke", "bob"}), 0);
  ASSERT_EQ(run({"revoke", "ann1", "--sessions"}), 0);
  EXPECT_EQ(output.str(), "ended 1 sessions\n");
  EXPECT_EQ(open()->check_token(actors::token_hash_of(token), now()).code(), core::ec::invalid_token);
  ASSERT_EQ(run({"delete", "ann2"}), 0);
  EXPECT_THAT(output.str(), HasSubstr(" hiding\n"));
  ASSERT_EQ(run({"list"}), 0);
  EXPECT_EQ(output.str(), "Ann1\nAnn2\tbeing deleted\nbob\nzoe\tadmin\n");
  EXPECT_EQ(run({"create", "ann2"}), 1) << "the name stays taken";
  EXPECT_THAT(*open()->claim_deletions({{"gateway"}, 16}, now(), now()), testing::SizeIs(1)) << "for any gateway to do";
}

TEST_F(AdminUsers, DeletesAsIsChosen) {
  for (const auto& [options, chosen] : {std::pair<std::vector<std::string>, core::deletion_choices>{{}, {}},
                                        {{"--private-rooms", "keep"}, {true, false}},
                                        {{"--messages", "erase", "--private-rooms", "delete"}, {false, true}}}) {
    ASSERT_EQ(run({"create", "--count", "1", "--prefix", "Ann" + std::to_string(options.size()), "--tokens", "-"}), 0);
    std::vector<std::string> words{"delete", "ann" + std::to_string(options.size()) + "1"};
    words.insert(words.end(), options.begin(), options.end());
    ASSERT_EQ(run(words), 0) << complaints.str();
    const auto claimed = open()->claim_deletions({{"gateway"}, 16}, now(), now() + core::milliseconds{60'000});
    ASSERT_EQ(claimed->size(), 1u);
    EXPECT_EQ(claimed->front().choices, chosen);
  }
  EXPECT_EQ(run({"delete", "ann", "--messages", "delete"}), 2);
  EXPECT_EQ(run({"delete", "ann", "--private-rooms", "erase"}), 2);
}

TEST_F(AdminUsers, DisablesAndEnables) {
  ASSERT_EQ(run({"create", "--count", "1", "--prefix", "Ann", "--tokens", "-"}), 0);
  ASSERT_EQ(run({"disable", "ann1", "--reason", "stolen"}), 0) << complaints.str();
  EXPECT_EQ(output.str(), "disabled ann1, ended 1 sessions\n");
  EXPECT_EQ(open()->find_user({"ann1"})->suspended->why, "stolen");
  ASSERT_EQ(run({"list"}), 0);
  EXPECT_EQ(output.str(), "Ann1\tdisabled\n");
  ASSERT_EQ(run({"enable", "ann1"}), 0);
  EXPECT_FALSE(open()->find_user({"ann1"})->suspended);
  EXPECT_EQ(run({"disable", "ann1", "--reason", std::string(1025, 'x')}), 1);
  EXPECT_THAT(complaints.str(), HasSubstr("1024 bytes"));
  ASSERT_EQ(run({"disable", "ann1", "--until", "2035-01-01T10:00:00Z"}), 0) << complaints.str();
  ASSERT_EQ(run({"list"}), 0);
  EXPECT_EQ(output.str(), "Ann1\tdisabled until 2035-01-01T10:00:00.000Z\n");
  EXPECT_EQ(run({"disable", "ann1", "--until", "tomorrow"}), 1);
  EXPECT_THAT(complaints.str(), HasSubstr("--until"));
  EXPECT_EQ(run({"disable", "ann1", "--until", "2020-01-01T10:00:00Z"}), 1);
  EXPECT_THAT(complaints.str(), HasSubstr("`until`"));
  for (const auto* command : {"disable", "enable", "sessions", "password"})
    EXPECT_EQ(run({command, "nobody"}), 1) << command;
  EXPECT_EQ(complaints.str(), "greenroom: There is no user nobody.\n");
}

TEST_F(AdminUsers, GivesAnotherPasswordAndEndsSessions) {
  ASSERT_EQ(run({"create", "--count", "1", "--prefix", "ann", "--tokens", "-"}), 0);
  ASSERT_EQ(run({"sessions", "ann1"}), 0);
  EXPECT_THAT(output.str(),
              MatchesRegex("SESSION +BEGUN +ENDS +CLIENT\n[A-Za-z0-9_-]+ +[0-9TZ:.-]+ +[0-9TZ:.-]+ +admin\n"));
  const auto line = output.str().substr(output.str().find('\n') + 1);
  EXPECT_EQ(run({"sessions", "ann1", "--end", "another"}), 1);
  ASSERT_EQ(run({"sessions", "ann1", "--end", line.substr(0, line.find(' '))}), 0) << complaints.str();
  ASSERT_EQ(run({"password", "ann1", "--password-stdin"}, "a new password\n"), 0) << complaints.str();
  EXPECT_EQ(output.str(), "ended 0 sessions\n");
  EXPECT_THAT(open()->find_user({"ann1"})->password_hash, StartsWith("$argon2id$"));
  ASSERT_EQ(run({"password", "ann1"}), 0);
  EXPECT_THAT(output.str(), MatchesRegex("password [A-Za-z0-9_-]{22}\nended 0 sessions\n"));
}

TEST_F(AdminUsers, ListsBeyondOnePage) {
  ASSERT_EQ(run({"create", "--count", "1201", "--prefix", "p", "--tokens", "-"}), 0);
  ASSERT_EQ(run({"list"}), 0);
  const auto text = output.str();
  std::istringstream read(text);
  const std::multiset<std::string> names{std::istream_iterator<std::string>(read), {}};
  EXPECT_EQ(names.size(), 1201u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 1201u);
}

}  // namespace
}  // namespace greenroom::app::admin
