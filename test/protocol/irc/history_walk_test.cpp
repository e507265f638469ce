#include "protocol/irc/history_walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/irc/hearing.hpp"
#include "protocol/irc/line.hpp"

namespace greenroom::protocol::irc {
namespace {

using core::entry_kind;
using testing::ElementsAre;
using testing::IsEmpty;
using verb = history_command::verb;
using seqs = std::vector<std::uint64_t>;

const core::user_id ann{"Ann"};
const core::generation_id log_of{0xabc};

core::wall_time at(std::int64_t ms) { return core::wall_time{core::milliseconds{ms}}; }
message_reference message(std::uint64_t seq) { return {log_of, {seq}}; }

/// A catalog with one log, which answers as a room store does.
struct catalog {
  std::vector<core::room_entry> log{};
  std::size_t page = 1000;  ///< the most entries in one
  int questions = 0;

  /// Entries at 10, 20, 30 … ms.
  void add(entry_kind kind, std::string_view text = "words", std::string_view author = "Ann") {
    const auto seq = log.size() + 1;
    log.push_back({.seq = {seq}, .author = {std::string(author)}, .text = text, .at = at(10 * std::int64_t(seq))});
    log.back().kind = kind;
  }
  core::time_found answer(const core::find_time& asked) {
    core::time_found found{{}, log_of};
    for (const auto& one : log)
      if (one.at <= asked.at) found.seq = one.seq;
    return found;
  }
  core::history_page answer(const core::read_history& asked) {
    std::vector<core::room_entry> shown;
    for (const auto& one : log)
      if (one.seq > asked.after && (!asked.before || one.seq < asked.before) && !asked.without.has(one.kind))
        shown.push_back(one);
    const auto most = std::min<std::size_t>(asked.limit, page);
    core::history_page out{{}, shown.size() > most, {log.size()}, {}, log_of};
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, shown.size()));
    if (asked.is_forward())
      out.entries.assign(shown.begin(), shown.begin() + count);
    else
      out.entries.assign(shown.end() - count, shown.end());
    return out;
  }
  history_walk walk(verb what, history_point from, std::uint32_t limit, history_point to = {}, bool events = false,
                    const core::room_id& room = {"hall"}) {
    history_walk walking({what, "VERB", {}, from, to, limit}, room, ann, events);
    for (;;) {
      auto next = walking.next();
      if (std::holds_alternative<std::monostate>(next)) return walking;
      ++questions;
      if (const auto* const time = std::get_if<core::find_time>(&next))
        walking.take(answer(*time));
      else
        walking.take(answer(std::get<core::read_history>(next)));
    }
  }
};

catalog words(int count) {
  catalog out;
  for (int n = 0; n < count; ++n) out.add(entry_kind::text);
  return out;
}
seqs found(const history_walk& walked) {
  EXPECT_FALSE(walked.wrong());
  seqs out;
  for (const auto& one : walked.entries()) out.push_back(one.seq.value);
  return out;
}
std::vector<std::string> lines(const auto& append) {
  std::string bytes;
  frame_writer out(bytes, framing::line);
  append(out);
  std::vector<std::string> all;
  for (std::size_t end; (end = bytes.find("\r\n")) != bytes.npos; bytes.erase(0, end + 2))
    all.push_back(bytes.substr(0, end));
  return all;
}

TEST(IrcHistory, TheLatestAreTheLastOrThoseBehindAPlace) {
  auto log = words(9);
  auto all = log.walk(verb::latest, {}, 3);
  EXPECT_EQ(found(all), (seqs{7, 8, 9}));
  EXPECT_FALSE(all.is_end());
  EXPECT_TRUE(log.walk(verb::latest, {}, 9).is_end());
  EXPECT_EQ(found(log.walk(verb::latest, message(7), 5)), (seqs{8, 9}));
  EXPECT_TRUE(log.walk(verb::latest, message(7), 2).is_end()) << "behind it";
  EXPECT_EQ(found(log.walk(verb::latest, message(2), 3)), (seqs{7, 8, 9})) << "the last of those, not the first";
  EXPECT_EQ(found(log.walk(verb::latest, at(70), 5)), (seqs{8, 9}));
  EXPECT_EQ(found(log.walk(verb::latest, at(1), 2)), (seqs{8, 9}));
}

TEST(IrcHistory, BeforeAndAfterExcludeTheirPlace) {
  auto log = words(9);
  EXPECT_EQ(found(log.walk(verb::before, message(4), 2)), (seqs{2, 3}));
  EXPECT_EQ(found(log.walk(verb::before, at(40), 2)), (seqs{2, 3})) << "that millisecond too";
  EXPECT_EQ(found(log.walk(verb::before, at(41), 2)), (seqs{3, 4}));
  EXPECT_EQ(found(log.walk(verb::before, at(5), 2)), seqs{});
  EXPECT_EQ(found(log.walk(verb::before, message(1), 2)), seqs{});
  EXPECT_EQ(found(log.walk(verb::after, message(4), 2)), (seqs{5, 6}));
  EXPECT_EQ(found(log.walk(verb::after, at(40), 2)), (seqs{5, 6}));
  EXPECT_EQ(found(log.walk(verb::after, at(39), 2)), (seqs{4, 5}));
  EXPECT_EQ(found(log.walk(verb::after, at(0), 2)), (seqs{1, 2}));
  EXPECT_EQ(found(log.walk(verb::after, at(90), 2)), seqs{});
  EXPECT_FALSE(log.walk(verb::after, at(40), 4).is_end());
  EXPECT_TRUE(log.walk(verb::after, at(40), 5).is_end());
  EXPECT_TRUE(log.walk(verb::before, message(4), 3).is_end());
}

TEST(IrcHistory, AroundIsHalfBeforeAndTheRestFromThePlaceOn) {
  auto log = words(9);
  EXPECT_EQ(found(log.walk(verb::around, message(5), 4)), (seqs{3, 4, 5, 6}));
  EXPECT_EQ(found(log.walk(verb::around, at(50), 5)), (seqs{3, 4, 5, 6, 7}));
  EXPECT_EQ(found(log.walk(verb::around, at(49), 4)), (seqs{3, 4, 5, 6}));
  EXPECT_EQ(found(log.walk(verb::around, message(5), 1)), (seqs{5}));
  EXPECT_EQ(found(log.walk(verb::around, message(1), 4)), (seqs{1, 2}));
  EXPECT_FALSE(log.walk(verb::around, message(5), 4).is_end());
  EXPECT_TRUE(log.walk(verb::around, message(5), 20).is_end());
}

TEST(IrcHistory, BetweenBeginsAtItsFirstPlaceInBothDirections) {
  auto log = words(9);
  EXPECT_EQ(found(log.walk(verb::between, message(2), 3, message(8))), (seqs{3, 4, 5}));
  EXPECT_EQ(found(log.walk(verb::between, message(8), 3, message(2))), (seqs{5, 6, 7}));
  EXPECT_EQ(found(log.walk(verb::between, at(20), 9, at(50))), (seqs{3, 4}));
  EXPECT_EQ(found(log.walk(verb::between, at(50), 1, at(20))), (seqs{4}));
  EXPECT_EQ(found(log.walk(verb::between, message(2), 9, at(45))), (seqs{3, 4}));
  EXPECT_EQ(found(log.walk(verb::between, at(41), 9, at(49))), seqs{});
  EXPECT_TRUE(log.walk(verb::between, message(2), 9, message(4)).is_end());
}

TEST(IrcHistory, APlaceIsAskedForOnce) {
  auto log = words(9);
  (void)log.walk(verb::before, at(40), 2);
  EXPECT_EQ(log.questions, 2);
  log.questions = 0;
  (void)log.walk(verb::latest, {}, 2);
  EXPECT_EQ(log.questions, 1);
}

TEST(IrcHistory, AnAnswerIsFullWhereverAPageEnds) {
  auto log = words(20);
  log.page = 3;
  const auto last = log.walk(verb::latest, {}, 8);
  EXPECT_EQ(found(last), (seqs{13, 14, 15, 16, 17, 18, 19, 20}));
  EXPECT_FALSE(last.is_end());
  EXPECT_EQ(found(log.walk(verb::after, message(2), 8)), (seqs{3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(found(log.walk(verb::around, message(10), 8)), (seqs{6, 7, 8, 9, 10, 11, 12, 13}));
}

TEST(IrcHistory, ItEndsEarlyWhereItsBytesAreTooMany) {
  catalog log;
  for (int n = 0; n < 400; ++n) log.add(entry_kind::text, std::string(4096, 'x'));
  log.page = 50;
  const auto walked = log.walk(verb::latest, {}, 400);
  EXPECT_LT(walked.entries().size(), 310u);
  EXPECT_GE(walked.entries().size(), 250u);
  EXPECT_EQ(walked.entries().back().seq.value, 400u);
  EXPECT_FALSE(walked.is_end());
}

TEST(IrcHistory, EventsAreForThoseWhoAskedForThem) {
  catalog log;
  for (const auto kind :
       {entry_kind::text, entry_kind::notice, entry_kind::action, entry_kind::edit, entry_kind::erase,
        entry_kind::react, entry_kind::erased, entry_kind::tag, entry_kind::settings, entry_kind::ban})
    log.add(kind);
  EXPECT_EQ(found(log.walk(verb::latest, {}, 99)), (seqs{1, 2, 3, 4}));
  EXPECT_EQ(found(log.walk(verb::latest, {}, 2)), (seqs{3, 4})) << "as many as are wanted";
  EXPECT_EQ(found(log.walk(verb::latest, {}, 99, {}, true)), (seqs{1, 2, 3, 4, 6, 8, 9, 10}));
}

TEST(IrcHistory, AMessageOfAnotherLogIsNoPlace) {
  auto log = words(3);
  for (const auto& wrong : {message_reference{{1}, {2}}, message(4)}) {
    const auto walked = log.walk(verb::before, wrong, 2);
    ASSERT_TRUE(walked.wrong());
    EXPECT_EQ(walked.wrong()->code, "MESSAGE_ERROR");
    EXPECT_THAT(walked.wrong()->about, ElementsAre("VERB", "#hall"));
    EXPECT_THAT(walked.entries(), IsEmpty());
  }
}

TEST(IrcHistory, ARefusalIsToldAndAnUnopenedTalkIsEmpty) {
  const auto asked = [](core::room_id room, core::ec why) {
    history_walk walking({verb::latest, "LATEST", {}, at(3), {}, 5}, std::move(room), ann, false);
    walking.refused(why);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(walking.next()));
    EXPECT_TRUE(walking.is_end());
    return walking.wrong() ? walking.wrong()->code : "";
  };
  EXPECT_EQ(asked({"hall"}, core::ec::not_found), "INVALID_TARGET");
  EXPECT_EQ(asked({"hall"}, core::ec::banned), "INVALID_TARGET");
  EXPECT_EQ(asked({"hall"}, core::ec::unavailable), "MESSAGE_ERROR");
  EXPECT_EQ(asked({"@ann,bob"}, core::ec::not_found), "");
}

TEST(IrcHistory, AnEditedTextIsNotCutWhereTheFirstOneWas) {
  core::history_page page{.generation = log_of};
  for (const std::uint64_t seq : {1, 2, 3})
    page.entries.push_back({.seq = {seq}, .author = ann, .text = "words", .extra = R"({"tags":"+a","cuts":"2"})"});
  page.states = {{.seq = {1}, .pinned = true}, {.seq = {2}, .edited = {4}}};
  history_walk walking({verb::latest, "LATEST", {}, {}, {}, 9}, {"hall"}, ann, false);
  walking.take(page);
  EXPECT_EQ(walking.entries().at(0).extra, R"({"tags":"+a","cuts":"2"})");
  EXPECT_EQ(walking.entries().at(1).extra, R"({"tags":"+a"})");
  EXPECT_EQ(walking.entries().at(2).extra, R"({"tags":"+a","cuts":"2"})");
}

TEST(IrcHistory, IsSaidAsABatch) {
  auto log = words(2);
  const auto walked = log.walk(verb::latest, {}, 2);
  const auto with = static_cast<features>(hears::tags);
  EXPECT_THAT(
      lines([&](frame_writer& out) {
        append_history(walked, {"irc.example", "7"}, with, out);
      }),
      ElementsAre("@draft/chathistory-end :irc.example BATCH +7 chathistory #hall",
                  "@batch=7;msgid=0000000000000abc-1 :Ann!~u@user-Ann PRIVMSG #hall :words",
                  "@batch=7;msgid=0000000000000abc-2 :Ann!~u@user-Ann PRIVMSG #hall :words", ":irc.example BATCH -7"));
  EXPECT_THAT(lines([&](frame_writer& out) {
                append_history(walked, {"irc.example", ""}, static_cast<features>(0), out);
              }),
              ElementsAre(":Ann!~u@user-Ann PRIVMSG #hall :words", ":Ann!~u@user-Ann PRIVMSG #hall :words"));
  const auto more = log.walk(verb::latest, {}, 1, {}, false, {"@ann,bob"});
  EXPECT_THAT(
      lines([&](frame_writer& out) {
        append_history(more, {"irc.example", "8"}, with, out);
      }),
      ElementsAre(":irc.example BATCH +8 chathistory bob",
                  "@batch=8;msgid=0000000000000abc-2 :Ann!~u@user-Ann PRIVMSG bob :words", ":irc.example BATCH -8"));
}

TEST(IrcHistory, TargetsAreRoomsAndPeopleByTime) {
  const history_command up{verb::targets, "TARGETS", {}, at(5), at(9), 3},
      down{verb::targets, "TARGETS", {}, at(9), at(5), 3};
  const auto asked = targets_asked(up, ann, {{"hall"}});
  EXPECT_EQ(asked.after, at(5));
  EXPECT_EQ(asked.before, at(9));
  EXPECT_EQ(asked.limit, 3u);
  EXPECT_FALSE(asked.newest);
  EXPECT_EQ(asked.rooms, std::vector<core::room_id>{{"hall"}});
  EXPECT_EQ(targets_asked(down, ann, {}).after, at(5));
  EXPECT_TRUE(targets_asked(down, ann, {}).newest);
  const core::recent_rooms recent{{{{"hall"}, at(1)}, {{"@ann,bob"}, at(2)}, {{"@@0123456789abcdef"}, at(3)}}};
  EXPECT_THAT(
      lines([&](frame_writer& out) {
        append_targets(recent, ann, {"irc.example", "7"}, out);
      }),
      ElementsAre(":irc.example BATCH +7 draft/chathistory-targets",
                  "@batch=7 :irc.example CHATHISTORY TARGETS #hall 1970-01-01T00:00:00.001Z",
                  "@batch=7 :irc.example CHATHISTORY TARGETS bob 1970-01-01T00:00:00.002Z", ":irc.example BATCH -7"));
}

}  // namespace
}  // namespace greenroom::protocol::irc
