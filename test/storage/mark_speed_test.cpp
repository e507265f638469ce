// Row B of what is promised: a person comes back to 500 rooms in which a million messages are.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "test/storage/raw_chat_database.hpp"

namespace greenroom::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int rooms = 500;
constexpr int messages_each = 2000;

class ManyRooms : public raw_chat_database {
 public:
  void SetUp() override {
#ifdef GREENROOM_SANITIZED
    GTEST_SKIP() << "NOT MEASURED: with a sanitizer it takes as long as that does";
#endif
    raw_chat_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    fill_rooms(rooms, messages_each, "'message ' || i");
    run("insert into members (room, name, folded, added_at, read_seq, read_texts) "
        "select id, 'Bob', 'bob', 1, head - 100, texts - 100 from rooms where folded like 'room%'");
    if (is("postgresql")) run("analyze");
  }
  /// The time that 99 of a hundred calls took no longer than. Again up to ten times, where it isn't below the bound:
  /// other programs may have been in the way.
  template <class Call>
  static milliseconds slowest_but_one_in_a_hundred(milliseconds bound, Call call) {
    auto best = milliseconds::max();
    for (int round = 0; round < 10 && best >= bound; ++round) {
      std::vector<steady_clock::duration> took;
      for (int i = 0; i < 100; ++i) {
        const auto begun = steady_clock::now();
        call();
        took.push_back(steady_clock::now() - begun);
      }
      std::sort(took.begin(), took.end());
      best = std::min(best, std::chrono::duration_cast<milliseconds>(took[98]));
    }
    return best;
  }
};
GREENROOM_ON_EACH_SQL_DATABASE(ManyRooms);

TEST_P(ManyRooms, AreSyncedAtOnceAndTheirMarksMoved) {
  const auto synced = slowest_but_one_in_a_hundred(milliseconds(50), [&] {
    const auto page = stores.rooms->sync_rooms({{"bob"}, {}, 500});
    ASSERT_TRUE(page && page->rooms.size() == rooms);
    ASSERT_EQ(page->rooms[7].last.seq.value, messages_each);
  });
  EXPECT_LT(synced, milliseconds(50));
  std::uint64_t seq = messages_each - 100;
  const auto moved = slowest_but_one_in_a_hundred(milliseconds(500), [&] {
    std::vector<core::read_mark> marks;
    ++seq;
    for (int i = 1; i <= rooms; ++i) marks.push_back({{"room" + std::to_string(i)}, {"bob"}, {seq % messages_each}});
    ASSERT_TRUE(stores.rooms->move_marks(marks));
  });
  EXPECT_LT(moved, milliseconds(500)) << "less than a millisecond each";
  RecordProperty("synced_ms", static_cast<int>(synced.count()));
  RecordProperty("moved_ms", static_cast<int>(moved.count()));
}

}  // namespace
}  // namespace greenroom::test
