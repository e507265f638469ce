#include "actors/guarded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "core/ids.hpp"
#include "test/support/captured_log.hpp"

namespace greenroom::actors {
namespace {

using testing::HasSubstr;

struct Guarded : testing::Test {
  test::captured_log log;
};

TEST_F(Guarded, AnExceptionIsALineInTheLogAndAnInternalError) {
  auto answer = guarded("room", []() -> caf::result<core::done> { throw std::runtime_error("no such thing"); });
  EXPECT_EQ(from_caf(answer.err).code, ec::internal);
  EXPECT_THAT(log.take(), HasSubstr("handler_exception actor=room what=\"no such thing\""));
}

TEST_F(Guarded, AnAnswerIsHandedOnWithoutALine) {
  EXPECT_EQ(guarded("room", [] { return caf::result<core::done>{core::done{}}; }).flag, caf::rt_value);
  int done = 0;
  guarded("room", [&] { ++done; });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(log.take(), "");
}

}  // namespace
}  // namespace greenroom::actors
