#include "telemetry/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "test/support/captured_log.hpp"

namespace greenroom::telemetry {
namespace {

TEST(Audit, LeavesOutWhatIsEmpty) {
  test::captured_log captured;
  audit::write({"login", "done", "ann", {}, {}, "192.0.2.7", "abc"});
  EXPECT_THAT(captured.take(),
              testing::EndsWith("info  audit act=login outcome=done by=ann address=192.0.2.7 request_id=abc\n"));
}

TEST(Audit, IsOneLineWhateverTheTextsHold) {
  test::captured_log captured{log::format::json};
  audit::write({"login", "bad_credentials", "ann\nevent=audit act=login", {}, {}, "\x1b[31m", "\xff", "\"}"});
  const auto line = captured.take();
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_THAT(line, testing::HasSubstr(R"("by":"ann\nevent=audit act=login")"));
  EXPECT_THAT(line, testing::HasSubstr(R"("address":"\u001b[31m")"));
  EXPECT_THAT(line, testing::HasSubstr(R"("detail":"\"}")"));
}

}  // namespace
}  // namespace greenroom::telemetry
