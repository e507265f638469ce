#include "protocol/room_words.hpp"

#include <gtest/gtest.h>

namespace greenroom::protocol {
namespace {

TEST(RoomWords, ReadBackAsWhatTheyStandFor) {
  using enum core::room_role;
  for (const auto role : {member, moderator, owner}) EXPECT_EQ(role_by_word(word_of(role)), role);
  using enum core::room_access;
  for (const auto access : {open, secret, invited}) EXPECT_EQ(access_by_word(word_of(access)), access);
  using enum core::room_posting;
  for (const auto post : {all, members, moderators}) EXPECT_EQ(posting_by_word(word_of(post)), post);
}

TEST(RoomWords, AreThoseOfTheContract) {
  EXPECT_EQ(word_of(core::room_role::moderator), "moderator");
  EXPECT_EQ(word_of(core::room_role::outsider), "");
  EXPECT_EQ(word_of(core::room_access::secret), "private");
  EXPECT_EQ(word_of(core::room_posting::members), "members");
  for (const auto* word : {"", "Open", "secret", "outsider", "admin", "none"}) {
    EXPECT_EQ(role_by_word(word), std::nullopt) << word;
    EXPECT_EQ(access_by_word(word), std::nullopt) << word;
    EXPECT_EQ(posting_by_word(word), std::nullopt) << word;
  }
}

}  // namespace
}  // namespace greenroom::protocol
