#include "protocol/sync.hpp"

#include <gtest/gtest.h>

#include "core/page.hpp"
#include "protocol/chat_api.hpp"
#include "protocol/json.hpp"
#include "test/support/frames.hpp"

namespace greenroom::protocol {
namespace {

constexpr core::wall_time said_at{core::milliseconds{1'795'459'440'123}};

core::rooms_synced two_rooms() {
  core::rooms_synced page;
  page.rooms.push_back({.room = {"Den"},
                        .title = "The \"den\"",
                        .access = core::room_access::secret,
                        .generation = {255},
                        .head = {9},
                        .unread = 3,
                        .mentions = 2,
                        .read = {4},
                        .role = core::room_role::owner,
                        .notify = core::notify_level::all,
                        .last = {.seq = {8}, .author = {"Ada"}, .text = "hi\n", .at = said_at}});
  page.rooms.push_back({.room = {"hall"}, .generation = {1}});
  page.more = true;
  return page;
}

const std::string both =
    R"("rooms":[{"room":"Den","title":"The \"den\"","access":"private","generation":"00000000000000ff","head":9,)"
    R"("first":1,"unread":3,"mentions":2,"read":4,"role":"owner","notify":"all",)"
    R"("last":{"seq":8,"from":"Ada","text":"hi\n","at":"2026-11-23T18:44:00.123Z"}},)"
    R"({"room":"hall","access":"open","generation":"0000000000000001","head":0,"unread":0,"mentions":0,"read":0,"role":"member",)"
    R"("notify":"mentions"}],"more":true})";

TEST(Sync, IsTheSameOverHttpAndAsAFrame) {
  const auto page = two_rooms();
  EXPECT_EQ(to_json(page), "{" + both);
  EXPECT_EQ(test::said(json_dialect(), core::synced_event{&page}).at(0), R"({"type":"synced",)" + both);
  EXPECT_EQ(to_json(core::rooms_synced{}), R"({"rooms":[],"more":false})");
}

TEST(Sync, ShowsOtherWordsThanATextWithTheirKind) {
  auto page = two_rooms();
  page.rooms[0].last.kind = core::entry_kind::action;
  EXPECT_NE(to_json(page).find(R"("text":"* hi\n","at":"2026-11-23T18:44:00.123Z","kind":"action"})"),
            std::string::npos);
}

TEST(Sync, IsNeverLongerThanALongAnswer) {
  core::rooms_synced page;
  for (int i = 0; i < 500; ++i) {
    auto room = two_rooms().rooms[0];
    room.room.value = std::string(60, 'r') + std::to_string(100 + i);
    room.title = std::string(80, '"');
    room.last.text = std::string(core::synced_text_bytes, '\n');
    room.last.author.value = std::string(32, 'a');
    page.rooms.push_back(std::move(room));
  }
  core::cut_to_fit(page);
  EXPECT_TRUE(page.more);
  EXPECT_GT(page.rooms.size(), 200u);
  EXPECT_LE(to_json(page).size(), core::long_answer_bytes);
  page.rooms.resize(100);
  page.more = false;
  core::cut_to_fit(page);
  EXPECT_EQ(page.rooms.size(), 100u);
  EXPECT_FALSE(page.more);
}

TEST(Sync, GoesOnAfterARoom) {
  EXPECT_EQ(read_sync_query("", {"ada"})->after.value, "");
  EXPECT_EQ(read_sync_query("after=den", {"ada"})->after.value, "den");
  EXPECT_EQ(read_sync_query("after=den", {"ada"})->viewer.value, "ada");
  EXPECT_EQ(read_sync_query("after=@ada,bob", {"ada"})->after.value, "@ada,bob");
  EXPECT_EQ(read_sync_query("after=%40Bob", {"ada"})->after.value, "@ada,bob");
  EXPECT_EQ(read_sync_query("after=@@0123456789abcdef", {"ada"})->after.value, "@@0123456789abcdef");
  EXPECT_EQ(read_sync_query("after=", {"ada"}).code(), core::ec::bad_name);
  EXPECT_EQ(read_sync_query("after=a&after=b", {"ada"}).code(), core::ec::bad_request);
}

TEST(Sync, ALevelIsOneOfThree) {
  const auto read = [](std::string_view body) { return read_notify_body(body, {"den"}, {"ada"}); };
  EXPECT_EQ(read(R"({"level":"all"})")->level, core::notify_level::all);
  EXPECT_EQ(read(R"({"level":"mentions"})")->level, core::notify_level::mentions);
  const auto none = read(R"({"level":"none"})");
  EXPECT_EQ(none->level, core::notify_level::none);
  EXPECT_EQ(none->room.value, "den");
  EXPECT_EQ(none->user.value, "ada");
  for (const auto* const body : {R"({})", R"({"level":"some"})", R"({"level":1})"}) {
    EXPECT_EQ(read(body).code(), core::ec::bad_request) << body;
    EXPECT_NE(read(body).why().detail.find("`level`"), std::string::npos) << body;
  }
  EXPECT_EQ(read("").code(), core::ec::bad_json);
}

}  // namespace
}  // namespace greenroom::protocol
