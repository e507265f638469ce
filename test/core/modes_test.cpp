#include "core/modes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/masks.hpp"

namespace greenroom::core {
namespace {

using changes = std::vector<mode_change>;
using views = std::vector<std::string_view>;

TEST(Masks, MatchWhatTheyMean) {
  for (const auto* mask : {"*", "*!*@*", "BOB!*@*", "b?b!*", "*user-bob", "bob!~u@user-bob", "**b**b**", "bob!~u@*b*"})
    EXPECT_TRUE(mask_matches(mask, "bob!~u@user-bob")) << mask;
  for (const auto* mask : {"", "!*@*", "bob", "?", "*x*", "bob!~u@user-bob?", "*a", "b?!*"})
    EXPECT_FALSE(mask_matches(mask, "bob!~u@user-bob")) << mask;
  EXPECT_TRUE(mask_matches("", ""));
  std::string stars, text(500, 'a');
  for (int i = 0; i < 90; ++i) stars += "*a";
  EXPECT_FALSE(mask_matches(stars + "*b", text)) << "and soon";
}

TEST(Masks, MeanPeopleByNickAddressAndAccount) {
  for (const auto* mask : {"bob!*@*", "*!*@user-b*", "$a:BOB", "$a:*", "*!~u@*"})
    EXPECT_TRUE(mask_means(mask, {"Bob"})) << mask;
  for (const auto* mask : {"ann!*@*", "bob", "$a:ann", "*!root@*", "m:bob"})
    EXPECT_FALSE(mask_means(mask, {"Bob"})) << mask;
}

TEST(Modes, ChangeInTheirOrder) {
  const auto after =
      changed_by({}, changes{{'s', true}, {'t', false}, {'k', true, "x"}, {'l', true, "5"}, {'l', true, "6"}});
  EXPECT_TRUE(after.has(room_flag::unlisted) && after.has(room_flag::inside_only));
  EXPECT_FALSE(after.has(room_flag::topic_locked) || after.has(room_flag::no_ctcp));
  EXPECT_EQ(after.key, "x");
  EXPECT_EQ(after.most, 6u);
  const auto back = changed_by(after, changes{{'k', false}, {'l', false}, {'s', false}, {'t', true}, {'C', true}});
  EXPECT_TRUE(back.key.empty());
  EXPECT_EQ(back.most, 0u);
  EXPECT_TRUE(back.has(room_flag::no_ctcp));
  EXPECT_EQ(changed_by(back, changes{{'C', false}}), room_modes{});
  EXPECT_EQ(changed_by({}, changes{{'x', true, "?"}}), room_modes{}) << "no letter of these";
}

TEST(Modes, ListsKeepTheirMasksInOrderAndOnce) {
  auto modes = changed_by({}, changes{{'b', true, "a!*@*"}, {'e', true, "b!*@*"}, {'b', true, "c!*@*"}});
  modes = changed_by(modes, changes{{'b', true, "A!*@*"}, {'I', true, "d!*@*"}});
  EXPECT_EQ(masks_of(modes, 'b'), (views{"a!*@*", "c!*@*"}));
  EXPECT_EQ(masks_of(modes, 'e'), views{"b!*@*"});
  EXPECT_EQ(masks_of(modes, 'I'), views{"d!*@*"});
  modes = changed_by(modes, changes{{'b', false, "A!*@*"}, {'e', false, "c!*@*"}});
  EXPECT_EQ(masks_of(modes, 'b'), views{"c!*@*"});
  EXPECT_EQ(masks_of(modes, 'e'), views{"b!*@*"});
}

TEST(Modes, ListsHaveAHundredMasks) {
  changes all;
  for (int n = 0; n < 100; ++n) all.push_back({'b', true, std::to_string(n) + "!*@*"});
  for (int n = 0; n < 100; ++n) all.push_back({'e', true, std::to_string(n) + "!*@*"});
  const auto full = changed_by({}, all);
  EXPECT_FALSE(has_too_many_masks(full));
  EXPECT_TRUE(has_too_many_masks(changed_by(full, changes{{'e', true, "x!*@*"}})));
}

TEST(Modes, MasksKeepOutWhoIsNotExcepted) {
  const auto modes = changed_by({}, changes{{'b', true, "*!*@user-b*"}, {'e', true, "bea!*@*"}});
  EXPECT_TRUE(is_masked_out(modes, {"Bob"}));
  EXPECT_FALSE(is_masked_out(modes, {"Bea"}));
  EXPECT_FALSE(is_masked_out(modes, {"ann"}));
  EXPECT_FALSE(is_masked_out({}, {"bob"}));
}

TEST(Modes, AreToldAsIrcWritesThem) {
  EXPECT_EQ(
      words_of(changes{{'k', true, "secret"}, {'l', true, "5"}, {'s', false}, {'b', true, "a!*@*"}, {'k', false}}),
      "+kl-s+b-k * 5 a!*@*");
  EXPECT_EQ(words_of(changes{{'b', false, "a!*@*"}, {'l', false}}), "-bl a!*@*");
}

TEST(Modes, AKeyIsShortAndPrintable) {
  EXPECT_TRUE(is_key("x") && is_key(std::string(32, '~')));
  for (const std::string key : {"", "a b", "a,b", "a:b", "\xc3\xa4"}) EXPECT_FALSE(is_key(key)) << key;
  EXPECT_FALSE(is_key(std::string(33, 'x')));
}

}  // namespace
}  // namespace greenroom::core
