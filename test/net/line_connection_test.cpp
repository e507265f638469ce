#include "net/line_connection.hpp"

#include <gtest/gtest.h>

#include "test/net/ws_fixture.hpp"

namespace greenroom::net::test {
namespace {

class plain_words final : public line_words {
 public:
  std::string goodbye(core::ec why, std::string_view reason) const override {
    return "ERROR " + std::string(core::to_string(why)) + " :" + std::string(reason) + "\r\n";
  }
  std::string endless() const override { return "ERROR :endless\r\n"; }
  std::string ping() const override { return "PING :here\r\n"; }
  std::string check(core::mono_time) const override { return "PING :received?\r\n"; }
};

/// A connection of lines with both its ends.
struct line_pair {
  raw_client peer;
  std::shared_ptr<recording_owner> owner;
  std::shared_ptr<line_connection> connection;
};

class LineConnection : public ws_fixture, public ::testing::WithParamInterface<bool> {
 protected:
  LineConnection() { secure_ = GetParam(); }

  line_pair connect(client_socket_settings settings = {}, std::string read_ahead = {}) {
    auto [here, client] = socket_pair();
    line_pair one{std::move(client), std::make_shared<recording_owner>(),
                  line_connection::make(*hub_, pool_->next_connection_id(0), std::move(here), {}, std::move(read_ahead),
                                        std::make_shared<const client_socket_settings>(settings),
                                        std::make_shared<const plain_words>(), "198.51.100.1")};
    boost::asio::post(pool_->context(0), [at = one.connection, owner = one.owner] { at->start(owner); });
    return one;
  }
  static std::vector<std::string> heard(const line_pair& one, std::size_t count) {
    return one.owner->wait([&](const auto& now) { return now.texts.size() >= count; }).texts;
  }
};

INSTANTIATE_TEST_SUITE_P(, LineConnection, ::testing::Bool(),
                         [](const auto& how) { return how.param ? "UnderTls" : "Plain"; });

using texts = std::vector<std::string>;

TEST_P(LineConnection, HandsUpLinesInOrder) {
  begin();
  const auto one = connect({}, "CAP LS 302\r\nNI");
  one.peer.send("CK ada\r\nUSER a");
  EXPECT_EQ(heard(one, 2), (texts{"CAP LS 302", "NICK ada"}));
  one.peer.send("da 0 * :Ada\n");
  EXPECT_EQ(heard(one, 3), (texts{"CAP LS 302", "NICK ada", "USER ada 0 * :Ada"}));
}

TEST_P(LineConnection, SendsWhatItsOwnerSaysBeforeAndAfterItBegins) {
  begin();
  auto one = connect();
  one.connection->send(":here NOTICE * :hello\r\n");
  EXPECT_EQ(one.peer.read_line(), ":here NOTICE * :hello");
}

TEST_P(LineConnection, ReadsNoMoreThanItsWindow) {
  begin();
  const auto one = connect({.window = 2});
  one.peer.send("1\n2\n3\n4\n5\n");
  EXPECT_EQ(heard(one, 2), (texts{"1", "2"}));
  settle();
  EXPECT_EQ(heard(one, 2).size(), 2u);
  one.connection->release(2);
  EXPECT_EQ(heard(one, 4), (texts{"1", "2", "3", "4"}));
}

TEST_P(LineConnection, EndsWithItsReason) {
  begin();
  auto one = connect();
  one.connection->close(core::ec::draining, "Server restarts, come back");
  EXPECT_EQ(one.peer.read_line(), "ERROR draining :Server restarts, come back");
  EXPECT_EQ(one.peer.read_line(), "");
  one.peer.shut();
  EXPECT_EQ(one.owner->wait_closed().closed, 1);
}

TEST_P(LineConnection, CutsOffALineWithoutAnEndAfterThoseBeforeIt) {
  begin();
  auto one = connect({.message_bytes = 16});
  one.peer.send("PING 1\n" + std::string(16, 'x'));
  EXPECT_EQ(one.peer.read_line(), "ERROR :endless");
  EXPECT_EQ(one.peer.read_line(), "");
  one.peer.shut();
  EXPECT_EQ(one.owner->wait_closed().texts, (texts{"PING 1"}));
}

TEST_P(LineConnection, AsksASilentClientAndThenLetsGo) {
  begin(1, {.tick = 10ms});
  auto one = connect({.ping_every = 40ms, .idle_after = 100ms});
  EXPECT_EQ(one.peer.read_line(), "PING :here");
  EXPECT_EQ(one.peer.read_line(), "PING :here");
  EXPECT_TRUE(one.peer.read_line().starts_with("ERROR idle :"));
}

TEST_P(LineConnection, AsksWhetherItCameOnceAfterBytesWentOut) {
  begin(1, {.tick = 10ms});
  auto one = connect({.check_every = 30ms});
  for (const auto* const text : {":here 1", ":here 2"}) {
    one.connection->send(std::string(text) + "\r\n");
    EXPECT_EQ(one.peer.read_line(), text);
    EXPECT_EQ(one.peer.read_line(), "PING :received?");
  }
  std::this_thread::sleep_for(100ms);
  one.connection->close(core::ec::draining, "quiet till then");
  EXPECT_EQ(one.peer.read_line(), "ERROR draining :quiet till then");
}

TEST_P(LineConnection, AsksNothingTooEarlyNorWhereNobodyWantsToKnow) {
  begin(1, {.tick = 10ms});
  for (const auto wait : {std::chrono::milliseconds(10s), 0ms}) {
    auto one = connect({.check_every = wait});
    one.connection->send(":here 1\r\n");
    EXPECT_EQ(one.peer.read_line(), ":here 1");
    std::this_thread::sleep_for(60ms);
    one.connection->close(core::ec::draining, "quiet till then");
    EXPECT_EQ(one.peer.read_line(), "ERROR draining :quiet till then");
  }
}

TEST_P(LineConnection, HearsThatTheClientHasGone) {
  begin();
  auto one = connect();
  one.peer.send("QUIT\n");
  one.peer.shut();
  const auto last = one.owner->wait_closed();
  EXPECT_EQ(last.texts, (texts{"QUIT"}));
  EXPECT_EQ(last.closed, 1);
}

}  // namespace
}  // namespace greenroom::net::test
