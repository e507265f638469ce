#include "app/web_root.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;

struct WebRoot : testing::Test {
  fs::path folder = fs::temp_directory_path() / ("greenroom-web-root-" + std::to_string(getpid()));
  void TearDown() override { fs::remove_all(folder); }

  fs::path page_in(const std::string& where) const {
    fs::create_directories(folder / where);
    std::ofstream{folder / where / "index.html"} << "<!doctype html>";
    return folder / where;
  }
};

TEST_F(WebRoot, IsFoundWhereTheProgramIs) {
  fs::create_directories(folder / "build/release");
  EXPECT_EQ(web_root_of(folder / "build/release"), "web");
  const auto of_the_sources = page_in("web");
  EXPECT_EQ(web_root_of(folder / "build/release"), of_the_sources);
  EXPECT_EQ(web_root_of(folder), of_the_sources) << "as in a container";
  const auto installed = page_in("usr/share/greenroom/web");
  EXPECT_EQ(web_root_of(folder / "usr/bin"), installed);
}

TEST_F(WebRoot, AFolderWithoutAPageIsNone) {
  fs::create_directories(folder / "bin/web");
  EXPECT_EQ(web_root_of(folder / "bin"), "web");
}

TEST_F(WebRoot, HasTheClientOfProgramsBesideIt) {
  const auto web = page_in("share/greenroom/web");
  EXPECT_EQ(client_root_of(web), fs::path{});
  fs::create_directories(folder / "share/greenroom/clients/js/src");
  EXPECT_EQ(client_root_of(web), folder / "share/greenroom/clients/js/src");
  EXPECT_EQ(client_root_of(web / ""), folder / "share/greenroom/clients/js/src");
}

}  // namespace
}  // namespace greenroom::app
