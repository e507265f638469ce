#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "app/admin/certs.hpp"
#include "net/tls.hpp"

namespace greenroom::app::admin {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct AdminCerts : testing::Test {
  fs::path folder = [] {
    std::string name = (fs::temp_directory_path() / "greenroom-certs-XXXXXX").string();
    return fs::path{::mkdtemp(name.data())} / "certs";
  }();
  std::ostringstream output, complaints;

  ~AdminCerts() override { fs::remove_all(folder.parent_path()); }

  /// As `greenroom admin certs FOLDER WORDS`; 2 where the words make no sense.
  int run(std::vector<std::string> words) {
    output.str({});
    complaints.str({});
    CLI::App cli;
    certs_request request;
    bool chosen = false;
    add_certs(cli, request, [&] { chosen = true; });
    words.insert(words.begin(), {"certs", folder.string()});
    std::reverse(words.begin(), words.end());
    try {
      cli.parse(words);
    } catch (const CLI::ParseError&) {
      return 2;
    }
    EXPECT_TRUE(chosen);
    const auto now = std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
    return run_certs(request, now, output, complaints);
  }
  [[nodiscard]] std::string text(const char* name) const {
    std::ifstream file{folder / name};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  [[nodiscard]] std::string path(const char* name) const { return (folder / name).string(); }
};

TEST_F(AdminCerts, MakesWhatLinksCanUse) {
  ASSERT_EQ(run({"--node", "chat-1", "--node", "users_1.example"}), 0) << complaints.str();
  for (const std::string node : {"chat-1", "users_1.example"}) {
    const auto context =
        net::tls::link_context(path((node + ".pem").c_str()), path((node + ".key").c_str()), path("ca.pem"));
    EXPECT_TRUE(context.ok());
    EXPECT_THAT(output.str(), HasSubstr(path((node + ".pem").c_str())));
  }
}

TEST_F(AdminCerts, KeepsKeysFromOthers) {
  ASSERT_EQ(run({"--node", "chat-1"}), 0);
  for (const char* key : {"ca.key", "chat-1.key"})
    EXPECT_EQ(fs::status(folder / key).permissions(), fs::perms::owner_read | fs::perms::owner_write) << key;
}

TEST_F(AdminCerts, KeepTheAuthorityAndRenewTheNode) {
  ASSERT_EQ(run({"--node", "chat-1"}), 0);
  const std::string authority = text("ca.pem") + text("ca.key");
  const std::string node = text("chat-1.pem");
  ASSERT_EQ(run({"--node", "chat-1", "--node", "chat-2", "--days", "30"}), 0);
  EXPECT_EQ(text("ca.pem") + text("ca.key"), authority);
  EXPECT_NE(text("chat-1.pem"), node);
  EXPECT_TRUE(net::tls::link_context(path("chat-1.pem"), path("chat-1.key"), path("ca.pem")).ok());
  EXPECT_EQ(std::distance(fs::directory_iterator{folder}, {}), 6);
}

TEST_F(AdminCerts, RefuseHalfAnAuthority) {
  ASSERT_EQ(run({}), 0);
  fs::remove(folder / "ca.key");
  EXPECT_EQ(run({"--node", "chat-1"}), 1);
  EXPECT_THAT(complaints.str(), HasSubstr("only one of ca.pem and ca.key"));
  EXPECT_FALSE(fs::exists(folder / "ca.key"));
  EXPECT_FALSE(fs::exists(folder / "chat-1.pem"));
}

TEST_F(AdminCerts, RefuseAForeignAuthoritysKey) {
  ASSERT_EQ(run({"--node", "chat-1"}), 0);
  fs::copy_file(folder / "chat-1.key", folder / "ca.key", fs::copy_options::overwrite_existing);
  EXPECT_EQ(run({"--node", "chat-2"}), 1);
  EXPECT_FALSE(fs::exists(folder / "chat-2.pem"));
}

TEST_F(AdminCerts, RefuseNamesThatNoNodeMayHave) {
  for (const char* wrong : {"ca", "", "../chat", "a b", "a,DNS:b"}) {
    EXPECT_EQ(run({"--node", "good", "--node", wrong}), 1) << wrong;
    EXPECT_FALSE(fs::exists(folder)) << wrong;
  }
  EXPECT_EQ(run({"--days", "0"}), 2);
}

TEST_F(AdminCerts, SayWhereNothingCanBeWritten) {
  std::ofstream{folder} << "a file";
  EXPECT_EQ(run({}), 1);
  EXPECT_THAT(complaints.str(), HasSubstr(folder.string()));
}

}  // namespace
}  // namespace greenroom::app::admin
