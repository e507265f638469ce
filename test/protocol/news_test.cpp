#include "protocol/news.hpp"

#include <gtest/gtest.h>

namespace greenroom::protocol {
namespace {

constexpr core::wall_time an_end{core::milliseconds{1'795'435'200'007}};

std::string frame_of(const core::user_news& news) {
  std::string bytes;
  append_news(bytes, news);
  return bytes;
}

TEST(News, NamesWhatItIsAbout) {
  core::user_news news{.user = {"bob"}, .room = {"Den"}, .by = {"Ada"}};
  EXPECT_EQ(frame_of(news), R"({"type":"added","room":"Den","by":"Ada"})");
  news.kind = core::news_kind::removed;
  news.reason = core::ec::left;
  EXPECT_EQ(frame_of(news), R"({"type":"removed","room":"Den","reason":"left","by":"Ada"})");
  news.reason = core::ec::banned;
  news.text = "spam \"again\"";
  news.until = an_end;
  EXPECT_EQ(frame_of(news), R"({"type":"removed","room":"Den","reason":"banned","by":"Ada","text":"spam \"again\"",)"
                            R"("until":"2026-11-23T12:00:00.007Z"})");
  const core::user_news read{.user = {"bob"}, .kind = core::news_kind::read, .room = {"Den"}, .seq = {9}};
  EXPECT_EQ(frame_of(read), R"({"type":"read","room":"Den","user":"bob","seq":9})");
  const core::user_news head{.user = {"bob"}, .kind = core::news_kind::head, .room = {"Den"}, .seq = {9}};
  EXPECT_EQ(frame_of(head), R"({"type":"news","room":"Den","head":9})");
  const core::user_news level{
      .user = {"bob"}, .kind = core::news_kind::notify, .room = {"Den"}, .level = core::notify_level::all};
  EXPECT_EQ(frame_of(level), R"({"type":"notify","room":"Den","level":"all"})");
  const core::user_news draft{.user = {"bob"}, .kind = core::news_kind::draft, .room = {"Den"}, .text = "half a \"w"};
  EXPECT_EQ(frame_of(draft), R"({"type":"draft","room":"Den","text":"half a \"w"})");
}

TEST(News, SaysWhatWasDoneToTheUserAlsoToWhoKnowsNoKinds) {
  core::user_news notice{.user = {"bob"}, .kind = core::news_kind::notice, .room = {"Den"}, .by = {"Ada"}};
  notice.what = core::entry_kind::unban;
  EXPECT_EQ(frame_of(notice),
            R"({"type":"notice","room":"Den","kind":"unban","by":"Ada","text":"Ada unbanned you in Den"})");
  notice.what = core::entry_kind::mute;
  notice.text = "spam";
  notice.until = an_end;
  EXPECT_EQ(frame_of(notice),
            R"({"type":"notice","room":"Den","kind":"mute","by":"Ada",)"
            R"("text":"Ada muted you in Den until 2026-11-23T12:00:00Z: spam","until":"2026-11-23T12:00:00.007Z"})");
  const core::user_news made{.user = {"bob"},
                             .kind = core::news_kind::notice,
                             .room = {"Den"},
                             .by = {"Ada"},
                             .what = core::entry_kind::role,
                             .role = core::room_role::moderator};
  EXPECT_EQ(frame_of(made), R"({"type":"notice","room":"Den","kind":"role","by":"Ada",)"
                            R"("text":"Ada made you moderator in Den","role":"moderator"})");
}

}  // namespace
}  // namespace greenroom::protocol
