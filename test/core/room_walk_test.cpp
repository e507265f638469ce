#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>

#include "core/room.hpp"

/// A room against a log that can refuse, lose its answers and be taken over: whatever happens, the log is what it
/// should be, and everybody is told the truth about it.
namespace greenroom::core {
namespace {

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

/// A database, as simply as possible.
struct log_oracle {
  std::vector<room_entry> entries;
  epoch_no epoch{1};

  append_result append(const std::vector<room_entry>& batch, epoch_no by) {
    if (by != epoch || batch.front().seq.value != entries.size() + 1) return {append_result::kind::fenced, {}};
    append_result out{append_result::kind::repeated, {}};
    for (std::uint32_t i = 0; i < batch.size(); ++i)
      for (const auto& old : entries)
        if (!batch[i].client_id.empty() && old.client_id == batch[i].client_id && old.author == batch[i].author)
          out.repeated.push_back({i, old.seq, old.at, old.text == batch[i].text});
    if (!out.repeated.empty()) return out;
    entries.insert(entries.end(), batch.begin(), batch.end());
    return {append_result::kind::stored, {}};
  }
};

struct walk {
  explicit walk(unsigned seed) : random(seed) {}

  std::mt19937 random;
  log_oracle log;
  room subject{room_opened{{"r"}, {1}, {1}, {5}, {}, {}}, limits()};
  std::optional<append_result> answer;  ///< of the append in flight, on its way
  bool reopening = false;
  std::vector<room_entry> published;
  std::map<std::uint64_t, core::post> asked;
  std::set<std::uint64_t> open;
  std::uint64_t ticket = 0;
  std::int64_t now = 0;

  static room_limits limits() {
    room_limits out;
    out.append = 4;
    out.pending = 16;
    out.gather = {
        .crowd = 3, .least = std::chrono::milliseconds{2}, .a_listener = {}, .longest = std::chrono::seconds{1}};
    return out;
  }

  void take(room_effects out) {
    if (!out.append.empty()) {
      ASSERT_FALSE(answer) << "two appends in flight";
      for (std::size_t i = 1; i < out.append.size(); ++i) ASSERT_GE(out.append[i].at, out.append[i - 1].at);
      const auto luck = random() % 10;
      if (luck == 0)
        answer = append_result{append_result::kind::unavailable, {}};
      else
        answer = log.append(out.append, out.epoch);
      if (luck == 1) answer = append_result{append_result::kind::unknown, {}};
    }
    if (out.reopen) reopening = true;
    for (auto& entry : out.publish) published.push_back(std::move(entry));
    for (auto& [to, told] : out.answers) check(told);
  }

  void check(const post_answer& told) {
    ASSERT_EQ(open.erase(told.ticket), 1u) << "answered twice, or never asked";
    const auto& mine = asked.at(told.ticket);
    if (told.code != ec::none) return;
    ASSERT_LE(told.seq.value, log.entries.size()) << "acknowledged what isn't stored";
    const auto& stored = log.entries[told.seq.value - 1];
    EXPECT_EQ(stored.text, mine.text);
    EXPECT_EQ(stored.client_id, mine.client_id);
  }

  void step() {
    ++now;
    if (const auto due = subject.append_due(); due && *due <= at(now).mono) take(subject.tick(at(now)));
    switch (random() % 4) {
      case 0:
      case 1: {
        core::post one{.ticket = ++ticket,
                       .client_id = random() % 2 ? "id" + std::to_string(random() % 12) : "",
                       .text = "t" + std::to_string(random() % 3)};
        asked[one.ticket] = one;
        open.insert(one.ticket);
        take(subject.post({{"ann"}, {1}, {one}}, at(now)));
        break;
      }
      case 2:
        if (answer) take(subject.appended(*std::exchange(answer, std::nullopt), at(now)));
        break;
      case 3:
        if (std::exchange(reopening, false)) {
          if (random() % 4 == 0) return take(subject.reopened(ec::unavailable, at(now)));
          ++log.epoch;
          take(subject.reopened(room_opened{{"r"}, {1}, log.epoch, {5}, {log.entries.size()}, log.entries}, at(now)));
        }
        break;
    }
  }
};

TEST(RoomWalk, IsExactlyOnceInOrderAndHonestWhateverTheJournalDoes) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    walk w(seed);
    for (int i = 0; i < 400 && !::testing::Test::HasFatalFailure(); ++i) w.step();
    for (int i = 0; i < 2000 && (w.answer || w.reopening); ++i) w.step();
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    std::set<std::string> ids;
    for (std::size_t i = 0; i < w.log.entries.size(); ++i) {
      ASSERT_EQ(w.log.entries[i].seq.value, i + 1) << "a hole, seed " << seed;
      if (!w.log.entries[i].client_id.empty()) {
        ASSERT_TRUE(ids.insert(w.log.entries[i].client_id).second) << "twice, seed " << seed;
      }
    }
    for (std::size_t i = 0; i < w.published.size(); ++i) ASSERT_EQ(w.published[i].seq.value, i + 1) << "seed " << seed;
  }
}

}  // namespace
}  // namespace greenroom::core
