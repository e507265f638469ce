#include "protocol/mentions_api.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::protocol {
namespace {

core::listed_mention mention_in(std::string room, std::uint64_t seq) {
  core::listed_mention one{{std::move(room)}, {0x1f}, {}};
  one.entry.seq = {seq};
  one.entry.author = {"Ann"};
  one.entry.text = "@bob";
  one.entry.at = core::wall_time{core::milliseconds{1'700'000'000'123}};
  return one;
}

TEST(MentionsApi, SaysWhereOneIsMentioned) {
  EXPECT_EQ(to_json(core::mention_list{}), R"({"mentions":[],"more":false})");
  auto edit = mention_in("hall", 7);
  edit.entry.kind = core::entry_kind::edit;
  edit.entry.target = {5};
  EXPECT_EQ(
      to_json(core::mention_list{{edit}, false}),
      R"({"mentions":[{"room":"hall","generation":"000000000000001f","entry":{"seq":7,"from":"Ann","text":"@bob",)"
      R"("at":"2023-11-14T22:13:20.123Z","kind":"edit","target":5}}],"more":false})");
}

TEST(MentionsApi, GoesOnWhereAPageEnded) {
  for (const auto* const room : {"hall", "a-b-1", "@ann,bob", "@@0123456789abcdef"}) {
    const auto last = mention_in(room, 7);
    const auto body = to_json(core::mention_list{{last}, true});
    const std::string next = std::string("1700000000123-7-") + room;
    EXPECT_NE(body.find("\"more\":true,\"next\":\"" + next + "\"}"), body.npos) << body;
    const auto read = read_list_mentions("limit=3&before=" + next, {"bob"});
    ASSERT_TRUE(read) << read.why().text();
    EXPECT_EQ(read->before, core::place_of(last));
    EXPECT_EQ(read->limit, 3u);
  }
  const auto first = read_list_mentions("", {"bob"});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->before, core::mention_place{});
  EXPECT_EQ(first->limit, 50u);
}

TEST(MentionsApi, RefusesAnotherPlace) {
  for (const auto* const query :
       {"before=", "before=x", "before=1", "before=1-2", "before=1-2-", "before=1-x-hall", "before=-1-2-hall",
        "before=1-2-no room", "before=9223372036854775808-2-hall", "before=1-9223372036854775808-hall"}) {
    const auto read = read_list_mentions(query, {"bob"});
    ASSERT_FALSE(read) << query;
    EXPECT_EQ(read.code(), core::ec::bad_request) << query;
    EXPECT_NE(read.why().detail.find("`before`"), std::string::npos) << query;
  }
  EXPECT_EQ(read_list_mentions("limit=501", {"bob"}).code(), core::ec::bad_request);
  EXPECT_EQ(read_list_mentions("before=1-2-hall&before=1-2-hall", {"bob"}).code(), core::ec::bad_request);
}

}  // namespace
}  // namespace greenroom::protocol
