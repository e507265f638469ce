// A follower that is a million entries behind: what its batches take of the database.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "core/notices.hpp"
#include "test/storage/raw_chat_database.hpp"

namespace greenroom::test {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class FarBehind : public raw_chat_database {
 public:
  void SetUp() override {
#ifdef GREENROOM_SANITIZED
    GTEST_SKIP() << "NOT MEASURED: with a sanitizer it takes as long as that does";
#endif
    raw_chat_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    fill_rooms(500, 2000, "case when i % 10 = 0 then 'message to @bob ' || i else 'message ' || i end");
    run("insert into members (room, name, folded, added_at) select id, 'Bob', 'bob', 1 from rooms "
        "where folded like 'room%'");
    if (is("postgresql")) run("analyze");
  }
  /// The time of half of the calls, and more.
  template <class Call>
  static microseconds median_of(int calls, Call call) {
    std::vector<steady_clock::duration> took;
    for (int i = 0; i < calls; ++i) {
      const auto begun = steady_clock::now();
      call();
      took.push_back(steady_clock::now() - begun);
    }
    std::sort(took.begin(), took.end());
    return std::chrono::duration_cast<microseconds>(took[took.size() / 2]);
  }
};
GREENROOM_ON_EACH_SQL_DATABASE(FarBehind);

TEST_P(FarBehind, ABatchTakesMilliseconds) {
  std::vector<core::room_behind> behind;
  const auto found = median_of(3, [&] { behind = stores.follower->find_behind({}, 1000)->rooms; });
  ASSERT_EQ(behind.size(), 500u);
  EXPECT_LT(found, milliseconds(500));
  std::size_t next = 0;
  std::chrono::microseconds stored{};
  const auto follow = [&](std::size_t rooms, std::uint32_t entries) {
    std::vector<core::follow_room> batch;
    for (std::size_t i = 0; i < rooms; ++i) batch.push_back({behind[next++ % behind.size()].key, entries});
    const auto logs = stores.follower->read(batch);
    ASSERT_TRUE(logs);
    const auto begun = steady_clock::now();
    const auto done = stores.follower->store(core::notices_of(*logs));
    stored = std::max(stored, std::chrono::duration_cast<microseconds>(steady_clock::now() - begun));
    ASSERT_TRUE(done) << done.why().text();
    ASSERT_EQ(done->rooms.size(), rooms);
    ASSERT_EQ(done->marks.size(), rooms);
  };
  const auto one = median_of(40, [&] { follow(1, 500); });
  const auto many = median_of(20, [&] { follow(64, 8); });
  // A hundredth of it on a machine that does nothing else; no plan may read more than the parts.
  EXPECT_LT(one, milliseconds(1000));
  EXPECT_LT(many, milliseconds(1000));
  RecordProperty("found_us", static_cast<int>(found.count()));
  RecordProperty("one_room_us", static_cast<int>(one.count()));
  RecordProperty("64_rooms_us", static_cast<int>(many.count()));
  RecordProperty("longest_transaction_us", static_cast<int>(stored.count()));
}

TEST_P(FarBehind, AWholeRoomIsMentionedUpToALimit) {
  run("insert into members (room, name, folded, added_at) select rooms.id, 'Person' || messages.seq || '-' || "
      "messages.room, 'person' || messages.seq || '-' || messages.room, 1 from rooms, messages where rooms.folded = "
      "'room1' and messages.seq <= 21");
  auto room = open("room1");
  ASSERT_EQ(append({to(room, {entry(2001, "ann", "@room")})}).at(0).what, outcome::stored);
  core::notices_stored done;
  steady_clock::duration took{};
  do {
    const auto logs = stores.follower->read({{room.key, 500}});
    const auto begun = steady_clock::now();
    const auto stored = stores.follower->store(core::notices_of(*logs));
    took = steady_clock::now() - begun;
    ASSERT_TRUE(stored) << stored.why().text();
    done = *stored;
  } while (done.marks.front().seq.value < 2001);
  EXPECT_EQ(done.mentions, 10'000u);
  RecordProperty("everybody_ms", static_cast<int>(std::chrono::duration_cast<milliseconds>(took).count()));
}

}  // namespace
}  // namespace greenroom::test
