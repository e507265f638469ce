#include "core/base64.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

// RFC 4648 section 10.
TEST(Base64, ReadsTheVectorsOfTheSpecification) {
  EXPECT_EQ(from_base64(""), "");
  EXPECT_EQ(from_base64("Zg=="), "f");
  EXPECT_EQ(from_base64("Zm8="), "fo");
  EXPECT_EQ(from_base64("Zm9v"), "foo");
  EXPECT_EQ(from_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(from_base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(from_base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(from_base64("+/+/"), "\xfb\xff\xbf");
}

TEST(Base64, WritesWhatItReads) {
  for (const auto* text : {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy", "+/+/"})
    EXPECT_EQ(to_base64(*from_base64(text)), text);
}

TEST(Base64, IsNothingElse) {
  for (const auto* text :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "=", "Zm9v=", "Zg==Zg==", "Zm-_", "Zm9 ", "!!!!"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace greenroom::core
