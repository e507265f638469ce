#include "actors/errors.hpp"

#include <caf/atom.hpp>
#include <caf/sec.hpp>
#include <gtest/gtest.h>

namespace greenroom::actors {
namespace {

TEST(Errors, AreTheSameAfterTheirWayThroughCaf) {
  for (auto code = ec::bad_request; code <= ec::left; code = static_cast<ec>(static_cast<int>(code) + 1)) {
    const core::error why{code, "a detail", 7};
    EXPECT_EQ(from_caf(to_caf(why)), why) << core::to_string(code);
  }
}

TEST(Errors, OfCafAreUnavailableWhereNobodyCouldBeAsked) {
  using caf::sec;
  for (const auto why :
       {sec::request_timeout, sec::request_receiver_down, sec::remote_lookup_failed, sec::cannot_connect_to_node})
    EXPECT_EQ(from_caf(make_error(why)).code, ec::unavailable) << to_string(why);
  for (const auto why : {sec::unexpected_message, sec::runtime_error, sec::invalid_argument})
    EXPECT_EQ(from_caf(make_error(why)).code, ec::internal) << to_string(why);
  EXPECT_EQ(from_caf({static_cast<std::uint8_t>(ec::taken), caf::atom("other")}).code, ec::internal);
}

}  // namespace
}  // namespace greenroom::actors
