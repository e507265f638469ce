#include "telemetry/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "telemetry/log.hpp"

namespace greenroom::telemetry {
namespace {

struct Audit : testing::Test {
  std::ostringstream out;
  ~Audit() override { log::configure({}); }
};

TEST_F(Audit, LeavesOutWhatIsEmpty) {
  log::options chosen;
  chosen.stream = &out;
  log::configure(chosen);
  audit::write({"login", "done", "ann", {}, {}, "192.0.2.7", "abc"});
  EXPECT_THAT(out.str(),
              testing::EndsWith("info  audit act=login outcome=done by=ann address=192.0.2.7 request_id=abc\n"));
}

TEST_F(Audit, IsOneLineWhateverTheTextsHold) {
  log::options chosen;
  chosen.shape = log::format::json;
  chosen.stream = &out;
  log::configure(chosen);
  audit::write({"login", "bad_credentials", "ann\nevent=audit act=login", {}, {}, "\x1b[31m", "\xff", "\"}"});
  const auto line = out.str();
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_THAT(line, testing::HasSubstr(R"("by":"ann\nevent=audit act=login")"));
  EXPECT_THAT(line, testing::HasSubstr(R"("address":"\u001b[31m")"));
  EXPECT_THAT(line, testing::HasSubstr(R"("detail":"\"}")"));
}

}  // namespace
}  // namespace greenroom::telemetry
