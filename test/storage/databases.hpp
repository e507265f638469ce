#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/open.hpp"

namespace greenroom::test {

/// A test that runs over each kind of database, with new ones each time.
class databases : public testing::TestWithParam<const char*> {
 public:
  databases();
  ~databases() override;
  void SetUp() override;

  /// What the stores are opened from. The same during a test.
  [[nodiscard]] const std::string& users_url() { return made(users_url_, "users"); }
  [[nodiscard]] const std::string& chat_url() { return made(chat_url_, "chat"); }
  /// Whether this run is over that kind.
  [[nodiscard]] bool is(const char* kind) const { return std::string(GetParam()) == kind; }

 private:
  // A new PostgreSQL database takes half a second: only those that a test needs.
  const std::string& made(std::string& url, const std::string& name);

  std::string folder_;
  std::string users_url_;
  std::string chat_url_;
};

/// A time of day in a test.
[[nodiscard]] inline core::wall_time at(long long milliseconds) {
  return core::wall_time{core::milliseconds{milliseconds}};
}

#define GREENROOM_ON_EACH_DATABASE(suite)                                                \
  INSTANTIATE_TEST_SUITE_P(On, suite, testing::Values("memory", "sqlite", "postgresql"), \
                           [](const auto& run) { return std::string(run.param); })

}  // namespace greenroom::test
