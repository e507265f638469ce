#include "telemetry/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace greenroom::telemetry {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Log : public ::testing::Test {
 protected:
  void use(log::format shape, log::level threshold = log::level::debug, std::string node = {}) {
    log::configure({.threshold = threshold, .shape = shape, .node = std::move(node), .stream = &out_});
  }
  void TearDown() override { log::configure({}); }
  [[nodiscard]] std::string written() const { return out_.str(); }

 private:
  std::ostringstream out_;
};

TEST_F(Log, WritesOneJsonObjectALine) {
  use(log::format::json, log::level::debug, "n1");
  log::info("started", {{"port", 5000}, {"role", "chat"}, {"ready", true}, {"ratio", 0.5}, {"left", -3}});
  EXPECT_THAT(written(), ContainsRegex(R"(^\{"ts":"[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z","level":"info")"));
  EXPECT_THAT(written(), EndsWith(R"("event":"started","node":"n1","port":5000,"role":"chat","ready":true,)"
                                  R"("ratio":0.5,"left":-3})"
                                  "\n"));
}

TEST_F(Log, GoesOnInAFileOfTheSameNameWhenItIsReopened) {
  namespace fs = std::filesystem;
  const auto folder = fs::temp_directory_path() / ("greenroom-log-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const auto lines_of = [&](const char* name) {
    std::ifstream file{folder / name};
    return std::count(std::istreambuf_iterator<char>{file}, {}, '\n');
  };
  const auto file = folder / "log";
  log::configure({.node = {}, .file = file.string()});
  log::info("one");
  fs::rename(file, folder / "log.1");
  log::info("two");
  EXPECT_EQ(2, lines_of("log.1")) << "nobody has said that it moved";
  log::reopen();
  log::info("three");
  log::configure({.node = {}, .file = file.string()});
  log::info("four");
  EXPECT_EQ(2, lines_of("log.1"));
  EXPECT_EQ(2, lines_of("log")) << "what is there stays";
  EXPECT_THROW(log::configure({.node = {}, .file = folder.string()}), std::runtime_error);
  log::info("five");
  EXPECT_EQ(3, lines_of("log")) << "as before";
  log::configure({});
  log::reopen();
  fs::remove_all(folder);
}

TEST_F(Log, WritesTextForPeople) {
  use(log::format::text);
  log::warn("refused", {{"why", "too big"}, {"code", "too_big"}});
  EXPECT_THAT(written(), EndsWith(" warn  refused why=\"too big\" code=too_big\n"));
}

TEST_F(Log, LetsNoFieldBeginALineOfItsOwn) {
  for (const auto shape : {log::format::text, log::format::json}) {
    use(shape);
    log::info("seen", {{"name", std::string_view{"a\n\r\t\x1b[2J\x7f\0b", 11}}});
  }
  const auto lines = written();
  EXPECT_EQ(2, std::count(lines.begin(), lines.end(), '\n'));
  EXPECT_THAT(written(), HasSubstr(R"("a\n\u000d\u0009\u001b[2J\u007f\u0000b")"));
  EXPECT_THAT(written(), Not(HasSubstr("\x1b")));
}

TEST_F(Log, EscapesC1ControlsSeparatorsAndWhatIsNotUtf8) {
  use(log::format::json);
  log::info("seen",
            {{"a", "\u0085\u2028\u2029"}, {"b", "\xff\xc0\xaf\xed\xa0\x80"}, {"c", "gr\u00fc\u00df \U0001F600"}});
  EXPECT_THAT(written(), HasSubstr(R"("a":"\u0085\u2028\u2029")"));
  EXPECT_THAT(written(), HasSubstr(R"("b":"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd")"));
  EXPECT_THAT(written(), HasSubstr("\"c\":\"gr\u00fc\u00df \U0001F600\""));
}

TEST_F(Log, EscapesQuotesSoThatNoFieldCanForgeAnother) {
  use(log::format::json);
  log::info("seen", {{"name", R"(x","level":"error)"}});
  EXPECT_THAT(written(), HasSubstr(R"("name":"x\",\"level\":\"error")"));
}

TEST_F(Log, DropsLinesBelowItsThreshold) {
  use(log::format::text, log::level::warn);
  log::debug("no");
  log::info("no");
  EXPECT_THAT(written(), IsEmpty());
  EXPECT_FALSE(log::enabled(log::level::info));
  log::error("yes");
  EXPECT_THAT(written(), HasSubstr("error yes"));
}

TEST_F(Log, OffMeansNothingAtAll) {
  use(log::format::text, log::level::off);
  log::error("no");
  EXPECT_FALSE(log::enabled(log::level::off));
  EXPECT_THAT(written(), IsEmpty());
}

TEST_F(Log, WritesNumbersThatJsonHasNot) {
  use(log::format::json);
  log::info("seen", {{"x", std::numeric_limits<double>::infinity()}, {"y", std::uint64_t{1} << 63}});
  EXPECT_THAT(written(), EndsWith(R"("x":null,"y":9223372036854775808})"
                                  "\n"));
}

TEST(LogNames, AreRecognisedOrRefused) {
  EXPECT_EQ(log::level::warn, log::level_from("warn"));
  EXPECT_EQ(std::nullopt, log::level_from("WARN"));
  EXPECT_EQ(log::format::json, log::format_from("json"));
  EXPECT_EQ(std::nullopt, log::format_from("xml"));
}

}  // namespace
}  // namespace greenroom::telemetry
