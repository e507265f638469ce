#include "telemetry/process_usage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

namespace greenroom::telemetry {
namespace {

double value_of(const std::string& name) {
  const auto text = "\n" + process_usage();
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(ProcessUsage, CountsTheProcessorTimeThatWasTaken) {
  const double before = value_of("process_cpu_seconds_total");
  const auto begun = std::clock();
  volatile unsigned spent = 0;
  while (std::clock() - begun < CLOCKS_PER_SEC / 20) spent = spent + 1;
  EXPECT_GE(value_of("process_cpu_seconds_total"), before + 0.02);
}

TEST(ProcessUsage, CountsMemoryThatWasTouched) {
  const double before = value_of("process_resident_memory_bytes");
  const std::vector<char> touched(64 << 20, 'x');
  EXPECT_GE(value_of("process_resident_memory_bytes"), before + (32 << 20));
  EXPECT_EQ(touched.back(), 'x');
}

TEST(ProcessUsage, SaysWhenItBeganAndWhatFilesItMayHave) {
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_THAT(value_of("process_start_time_seconds"),
              ::testing::AllOf(::testing::Gt(now - 3600), ::testing::Le(now + 5)));
  EXPECT_GE(value_of("process_open_fds"), 3);
  EXPECT_GE(value_of("process_max_fds"), value_of("process_open_fds"));
}

}  // namespace
}  // namespace greenroom::telemetry
