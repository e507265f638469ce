#include "net/outbox.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace greenroom::net {
namespace {

std::shared_ptr<const std::string> text(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

/// Two ends of a stream; reading never waits.
struct stream_pair {
  std::array<int, 2> ends{};
  stream_pair() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    const int small = 4096;
    ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
  }
  ~stream_pair() {
    ::close(ends[0]);
    close_reader();
  }
  void close_reader() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  std::string read() {
    std::string out;
    std::array<char, 65536> chunk;
    for (ssize_t n = 0; (n = ::recv(ends[1], chunk.data(), chunk.size(), MSG_DONTWAIT)) > 0;)
      out.append(chunk.data(), static_cast<std::size_t>(n));
    return out;
  }
};

TEST(Outbox, GathersMoreSlicesThanOneCallTakes) {
  stream_pair pair;
  outbox box(1 << 20);
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    expected += std::to_string(i) + ",";
    ASSERT_TRUE(box.take_message(slice(text(std::to_string(i) + ","))));
  }
  EXPECT_EQ(box.flush(pair.ends[0]), outbox::flushed::all);
  EXPECT_TRUE(box.empty());
  EXPECT_EQ(box.bytes(), 0u);
  EXPECT_EQ(pair.read(), expected);
}

TEST(Outbox, ChargesNeighboursInOneBufferAsOneSlice) {
  outbox box(1 << 20);
  const auto buffer = text("abcdef");
  ASSERT_TRUE(box.take_message(slice(buffer, 0, 2)));
  ASSERT_TRUE(box.take_message(slice(buffer, 2, 2)));
  EXPECT_EQ(box.bytes(), 4 + sizeof(slice));
  ASSERT_TRUE(box.take_message(slice(buffer, 5, 1)));
  EXPECT_EQ(box.bytes(), 5 + 2 * sizeof(slice));
}

TEST(Outbox, GoesOnWhereAFullSocketStoppedIt) {
  stream_pair pair;
  outbox box(1 << 20);
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string part(1000, static_cast<char>('a' + i % 26));
    expected += part;
    ASSERT_TRUE(box.take_message(slice(text(part))));
  }
  std::string seen;
  int blocked = 0;
  for (;;) {
    const outbox::flushed outcome = box.flush(pair.ends[0]);
    seen += pair.read();
    if (outcome == outbox::flushed::all) break;
    ASSERT_EQ(outcome, outbox::flushed::blocked);
    ASSERT_LT(++blocked, 1000);
  }
  EXPECT_GT(blocked, 1);
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(box.bytes(), 0u);
}

TEST(Outbox, RefusesEachClassAtItsOwnBound) {
  outbox box(1000);
  EXPECT_TRUE(box.take_latest(slice(text(std::string(400, 'x')))));
  EXPECT_TRUE(box.roomy());
  EXPECT_FALSE(box.take_latest(slice(text(std::string(100, 'x')))));
  EXPECT_TRUE(box.take_message(slice(text(std::string(400, 'x')))));
  EXPECT_FALSE(box.roomy());
  EXPECT_FALSE(box.take_message(slice(text(std::string(400, 'x')))));
  EXPECT_TRUE(box.take_message(slice(text(std::string(box.room(), 'x')))));
  EXPECT_EQ(box.bytes(), 1000u);
  EXPECT_TRUE(box.take_answer(slice(text("an answer of any size"))));
  EXPECT_TRUE(box.over());
  EXPECT_TRUE(box.take_answer(slice(text("also where there is more than the bound"))));
  EXPECT_EQ(box.room(), 0u);
}

TEST(Outbox, HasNoRoomForMessagesWhileItIsTightened) {
  outbox box(1000);
  box.tighten(true);
  EXPECT_EQ(box.room(), 0u);
  EXPECT_FALSE(box.roomy());
  EXPECT_FALSE(box.take_message(slice(text("x"))));
  EXPECT_FALSE(box.take_latest(slice(text("x"))));
  EXPECT_TRUE(box.take_answer(slice(text("x"))));
  box.tighten(false);
  EXPECT_TRUE(box.take_message(slice(text("x"))));
}

TEST(Outbox, TakesNothingAfterItIsSealed) {
  stream_pair pair;
  outbox box(10);
  ASSERT_TRUE(box.take_answer(slice(text("first"))));
  box.seal(slice(text(", and the last whatever the bound")));
  EXPECT_FALSE(box.take_answer(slice(text("x"))));
  EXPECT_FALSE(box.take_message(slice(text("x"))));
  EXPECT_FALSE(box.take_latest(slice(text("x"))));
  box.seal(slice(text("x")));
  EXPECT_EQ(box.flush(pair.ends[0]), outbox::flushed::all);
  EXPECT_EQ(pair.read(), "first, and the last whatever the bound");
}

TEST(Outbox, ForgetsOnlyWhatIsNotBegun) {
  stream_pair pair;
  outbox box(1 << 20);
  const std::string begun(50'000, 'b');
  ASSERT_TRUE(box.take_message(slice(text(begun))));
  ASSERT_EQ(box.flush(pair.ends[0]), outbox::flushed::blocked);
  ASSERT_TRUE(box.take_message(slice(text("forgotten"))));
  box.forget_unbegun();
  box.seal(slice(text("end")));
  std::string seen = pair.read();
  while (box.flush(pair.ends[0]) == outbox::flushed::blocked) seen += pair.read();
  EXPECT_EQ(seen + pair.read(), begun + "end");
}

TEST(Outbox, SaysThatTheOtherSideIsGone) {
  stream_pair pair;
  pair.close_reader();
  outbox box(1000);
  ASSERT_TRUE(box.take_message(slice(text("x"))));
  EXPECT_EQ(box.flush(pair.ends[0]), outbox::flushed::broken);
}

}  // namespace
}  // namespace greenroom::net
