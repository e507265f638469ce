#include "core/opaque_string.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::core {
namespace {

const std::string composed = "caf\xc3\xa9";     // U+00E9
const std::string decomposed = "cafe\xcc\x81";  // e, U+0301

// The table of RFC 8265 section 4.3.
TEST(OpaqueString, HoldsTheExamplesOfItsRfc) {
  for (const std::string same : {"correct horse battery staple", "Correct Horse Battery Staple",
                                 "\xcf\x80\xc3\x9f\xc3\xa5", "Jack of \xe2\x99\xa6s"})
    EXPECT_EQ(*opaque_string(same), same);
  EXPECT_EQ(*opaque_string("foo\xe1\x9a\x80"
                           "bar"),
            "foo bar")
      << "U+1680 is a space";
  EXPECT_EQ(opaque_string("").code(), ec::bad_password);
  EXPECT_EQ(opaque_string("my cat is a \tby").code(), ec::bad_password);
}

TEST(OpaqueString, IsOneHoweverItsLettersAreComposed) {
  EXPECT_EQ(*opaque_string(composed), composed);
  EXPECT_EQ(*opaque_string(decomposed), composed);
  EXPECT_EQ(*opaque_string("\xe2\x84\xab"), "\xc3\x85") << "the angstrom sign is a letter";
  EXPECT_EQ(*opaque_string("e\xcc\x81\xcc\xa7"), *opaque_string("e\xcc\xa7\xcc\x81")) << "marks have an order";
  EXPECT_NE(*opaque_string("\xef\xbc\xa1"), "A") << "width stays as it is";
  EXPECT_NE(*opaque_string("Caf\xc3\xa9"), composed) << "and so does case";
}

TEST(OpaqueString, HasNothingThatCantBeSeenOrIsntAssigned) {
  for (const std::string bad : {"zero\xe2\x80\x8bwidth", "\xc2\xad", "\xef\xbf\xbf", "\xcd\xb8", "\xee\x80\x80",
                                "\xe1\x84\x80", "\xd9\x80", "\xe2\x80\xa8", "\x7f", "broken \xc3", "\xed\xa0\x80"})
    EXPECT_EQ(opaque_string(bad).code(), ec::bad_password) << bad;
  for (const std::string good : {"\xf0\x9f\x98\x80", "\xe2\x80\x8d", "\xe0\xbc\x8b", "\xd9\xa0"})
    EXPECT_TRUE(opaque_string(good)) << good;
}

TEST(PasswordForms, AreTwoOnlyWhereTheyDiffer) {
  EXPECT_EQ(forms_of("plain").prepared, "plain");
  EXPECT_EQ(forms_of("plain").typed, "");
  EXPECT_EQ(forms_of(composed).typed, "");
  EXPECT_EQ(forms_of(decomposed).prepared, composed);
  EXPECT_EQ(forms_of(decomposed).typed, decomposed);
  EXPECT_EQ(forms_of("a\tb").prepared, "a\tb") << "no new password, but an old one may be";
  EXPECT_EQ(forms_of("a\tb").typed, "");
}

}  // namespace
}  // namespace greenroom::core
