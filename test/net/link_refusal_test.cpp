// A peer at the link port that isn't a node of the cluster is cut off in time and counted, and harms no link.
#include <algorithm>
#include <array>
#include <deque>
#include <thread>

#include "test/net/link_fixture.hpp"

namespace greenroom::net {
namespace {

using namespace test;
using clock = std::chrono::steady_clock;

// Cut after the deadline of a handshake, with room for a busy machine.
constexpr auto in_time = 2s;

// A node with a good link, which every test leaves as good as it was.
class LinkRefusal : public ::testing::Test {
 protected:
  void begin(link_options options = quick()) {
    host_ = std::make_unique<link_node>("host", options);
    friend_ = std::make_unique<link_node>("friend", options);
    begin_links();
  }
  void begin_certified() {
    files_ = std::make_unique<certificate_files>();
    host_ = std::make_unique<link_node>("host", quick(), files_->of("host"));
    friend_ = std::make_unique<link_node>("friend", quick(), files_->of("friend"));
    begin_links();
  }
  void TearDown() override {
    pass_bytes(*at_friend_, *at_host_, heartbeat());
    pass_bytes(*at_host_, *at_friend_, heartbeat());
    EXPECT_TRUE(eventually([&] { return host_->links_up() == 1; }));
    EXPECT_EQ(friend_->owner->seen().down.size(), 0u);
    friend_->dial(*host_, "host", 2);
    EXPECT_TRUE(friend_->owner->take_end().is_up());
  }

  static void pass_bytes(link_end& from, link_end& to, const std::string& bytes) {
    EXPECT_TRUE(from.send(bytes));
    EXPECT_EQ(to.receive(bytes.size()), bytes);
  }
  // `guest` dials and gets nowhere, for `reason` as the host sees it.
  void expect_refused(const link_node& guest, const std::string& reason, double times = 1) {
    const auto begun = clock::now();
    guest.dial(*host_, "host", 7);
    const auto seen = guest.owner->wait_failed();
    ASSERT_EQ(seen.failed.size(), 1u);
    EXPECT_EQ(seen.failed[0].first, 7u);
    EXPECT_EQ(seen.failed[0].second.code, core::ec::unavailable);
    EXPECT_TRUE(eventually([&] { return host_->refused(reason) == times; })) << host_->metrics.text();
    EXPECT_LT(clock::now() - begun, in_time);
  }
  void expect_cut(const auto& peer, const std::string& reason, double times = 1) {
    EXPECT_TRUE(peer.is_cut(in_time));
    EXPECT_TRUE(eventually([&] { return host_->refused(reason) == times; })) << host_->metrics.text();
  }
  [[nodiscard]] std::string hello_of(const std::string& node = "guest") const {
    return *link_hello::write(identity_of(node));
  }
  [[nodiscard]] tls::context_ptr with_secret() const { return *tls::link_context(secret); }

  std::unique_ptr<certificate_files> files_;
  std::unique_ptr<link_node> host_;
  std::unique_ptr<link_node> friend_;
  std::unique_ptr<link_end> at_friend_;
  std::unique_ptr<link_end> at_host_;

 private:
  void begin_links() {
    host_->listen();
    friend_->dial(*host_, "host");
    at_friend_ = std::make_unique<link_end>(friend_->owner->take_end());
    at_host_ = std::make_unique<link_end>(host_->owner->take_end());
    pass_bytes(*at_host_, *at_friend_, server_handshake());
    pass_bytes(*at_friend_, *at_host_, client_handshake());
  }
};

TEST_F(LinkRefusal, OfAnotherSecret) {
  begin();
  const link_node guest{"guest", quick(), by_secret(other_secret)};
  expect_refused(guest, "tls");
  EXPECT_EQ(guest.refused("tls"), 1);
}

TEST_F(LinkRefusal, OfAnotherCluster) {
  begin();
  const link_node guest{"guest", quick(), by_secret(), "another"};
  expect_refused(guest, "cluster");
  EXPECT_EQ(guest.refused("cluster"), 1);
}

TEST_F(LinkRefusal, OfAnotherNodeThanExpected) {
  begin();
  const link_node guest{"guest"};
  guest.dial(*host_, "hosts-brother");
  EXPECT_EQ(guest.owner->wait_failed().failed.size(), 1u);
  EXPECT_EQ(guest.refused("name"), 1);
  EXPECT_TRUE(eventually([&] { return host_->refused("hello") == 1; }));
  EXPECT_EQ(host_->owner->seen().up.size(), 1u);
}

TEST_F(LinkRefusal, OfItself) {
  begin();
  host_->dial(*host_);
  EXPECT_EQ(host_->owner->wait_failed().failed.size(), 1u);
  EXPECT_TRUE(eventually([&] { return host_->refused("name") == 2; }));
}

TEST_F(LinkRefusal, OfAnotherVersion) {
  begin();
  const auto speak = [](char newest, char oldest, std::string hello) {
    hello[5] = newest;
    hello[7] = oldest;
    return hello;
  };
  double times = 0;
  for (const auto& [newest, oldest] : {std::pair{2, 2}, {0, 0}, {9, 4}}) {
    const raw_peer peer{*host_, with_secret()};
    ASSERT_TRUE(peer.shake_hands());
    peer.send(speak(static_cast<char>(newest), static_cast<char>(oldest), hello_of()));
    expect_cut(peer, "version", ++times);
  }
  const raw_peer newer{*host_, with_secret()};
  ASSERT_TRUE(newer.shake_hands());
  std::string hello = speak(4, 3, hello_of());
  hello[9] = static_cast<char>(hello[9] + 4);
  newer.send(hello + "more" + link_hello::welcome);
  EXPECT_TRUE(host_->owner->take_end().is_up());
}

TEST_F(LinkRefusal, OfWhatIsNoHello) {
  begin();
  std::string too_long = hello_of();
  too_long[8] = '\x7f';
  double times = 0;
  for (const std::string& bytes : {"GET / HTTP/1.1\r\n\r\n"s, std::string(5000, '\xff'), too_long,
                                   hello_of().substr(0, 9) + '\x05' + "short"s, server_handshake(), hello_of() + "?"}) {
    const raw_peer peer{*host_, with_secret()};
    ASSERT_TRUE(peer.shake_hands());
    peer.send(bytes);
    expect_cut(peer, "hello", ++times);
  }
}

TEST_F(LinkRefusal, OfACertificateFromAnotherAuthority) {
  begin_certified();
  expect_refused(link_node{"guest", quick(), files_->forged("guest")}, "tls");
}

TEST_F(LinkRefusal, OfACertificateThatRanOutOrIsNotYetValid) {
  begin_certified();
  expect_refused(link_node{"guest", quick(), files_->of("guest", -2, -1)}, "tls");
  expect_refused(link_node{"guest", quick(), files_->of("guest", 1, 2)}, "tls", 2);
}

TEST_F(LinkRefusal, OfANameThatTheCertificateHasNot) {
  begin_certified();
  expect_refused(link_node{"guest", quick(), files_->of("stranger")}, "name");
}

TEST_F(LinkRefusal, ByWhoDialsOfAServerThatIsNotTheNode) {
  begin_certified();
  // Of the cluster's authority, but not the host's: "friend" plays the host.
  link_node fake{"host", quick(), files_->of("friend")};
  fake.listen();
  const link_node guest{"guest", quick(), files_->of("guest")};
  guest.dial(fake, "host");
  EXPECT_EQ(guest.owner->wait_failed().failed.size(), 1u);
  EXPECT_EQ(guest.refused("name"), 1);
}

TEST_F(LinkRefusal, OfNoCertificateAndOfASecretInstead) {
  begin_certified();
  const auto anonymous = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
  const raw_peer peer{*host_, anonymous};
  if (peer.shake_hands()) peer.send(hello_of());  // TLS 1.3 tells the client later
  expect_cut(peer, "tls");
  expect_refused(link_node{"guest"}, "tls", 2);
}

TEST_F(LinkRefusal, OfACertificateInsteadOfTheSecret) {
  begin();
  const certificate_files files;
  expect_refused(link_node{"guest", quick(), files.of("guest")}, "tls");
  // And a server with a certificate gets nothing from a node with the secret.
  link_node fake{"fake", quick(), files.of("fake")};
  fake.listen();
  const link_node guest{"guest"};
  guest.dial(fake);
  EXPECT_EQ(guest.owner->wait_failed().failed.size(), 1u);
  EXPECT_EQ(guest.refused("tls"), 1);
}

TEST_F(LinkRefusal, OfAnOlderTls) {
  begin();
  const auto context = with_secret();
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_2_VERSION);
  const raw_peer peer{*host_, context};
  EXPECT_FALSE(peer.shake_hands());
  expect_cut(peer, "tls");
}

TEST_F(LinkRefusal, GivesNoTicketAndTakesNoEarlyData) {
  begin();
  const raw_peer peer{*host_, with_secret()};
  ASSERT_TRUE(peer.greet(identity_of("guest")));
  EXPECT_TRUE(host_->owner->take_end().is_up());
  EXPECT_EQ(SSL_SESSION_has_ticket(SSL_get0_session(peer.native())), 0);
  EXPECT_EQ(SSL_SESSION_get_max_early_data(SSL_get0_session(peer.native())), 0u);
  EXPECT_STREQ(SSL_get_version(peer.native()), "TLSv1.3");
  EXPECT_EQ(SSL_get_early_data_status(peer.native()), SSL_EARLY_DATA_NOT_SENT);
}

TEST_F(LinkRefusal, OfPlaintextAndGarbage) {
  begin();
  double times = 0;
  for (const std::string& bytes :
       {"GET / HTTP/1.1\r\nHost: a\r\n\r\n"s, client_handshake(), hello_of(), std::string(70'000, '\0'),
        "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"s, "\x15\x03\x03\x00\x02\x02\x28"s}) {
    const raw_socket peer{*host_};
    peer.send(bytes);
    expect_cut(peer, "tls", ++times);
  }
}

TEST_F(LinkRefusal, OfSilence) {
  begin();
  const raw_socket before_tls{*host_};
  const raw_peer before_hello{*host_, with_secret()};
  ASSERT_TRUE(before_hello.shake_hands());
  const raw_peer half_a_hello{*host_, with_secret()};
  ASSERT_TRUE(half_a_hello.shake_hands());
  half_a_hello.send(hello_of().substr(0, 20));
  expect_cut(before_tls, "late", 3);
  expect_cut(before_hello, "late", 3);
  expect_cut(half_a_hello, "late", 3);
}

TEST_F(LinkRefusal, OfHalfAConnection) {
  begin();
  const raw_socket peer{*host_};
  ::shutdown(peer.fd(), SHUT_WR);
  expect_cut(peer, "tls");
}

TEST_F(LinkRefusal, OfASlowDrip) {
  begin();
  const raw_socket in_tls{*host_};
  const raw_peer in_hello{*host_, with_secret()};
  ASSERT_TRUE(in_hello.shake_hands());
  // A record of 16 KiB that never ends, and a hello byte by byte.
  in_tls.send("\x16\x03\x01\x40");
  const std::string hello = hello_of();
  const auto begun = clock::now();
  bool tls_cut = false;
  bool hello_cut = false;
  for (std::size_t i = 0; !(tls_cut && hello_cut) && clock::now() - begun < in_time; ++i) {
    in_tls.send(std::string(1, '\0'));
    in_hello.send(hello.substr(i % 9, 1));
    tls_cut = tls_cut || in_tls.is_cut(50ms);
    hello_cut = hello_cut || in_hello.is_cut(50ms);
  }
  EXPECT_TRUE(tls_cut);
  EXPECT_TRUE(hello_cut);
  EXPECT_EQ(host_->refused("late"), 2);
}

TEST_F(LinkRefusal, OfTheOldestWhereTooManyShakeHands) {
  link_options options = quick();
  options.max_handshakes = 4;
  options.handshake_deadline = 60s;
  begin(options);
  std::deque<raw_socket> mute;
  for (int i = 0; i < 4; ++i) mute.emplace_back(*host_);
  link_node guest{"guest"};
  guest.dial(*host_, "host");
  EXPECT_TRUE(guest.owner->take_end().is_up());
  EXPECT_TRUE(eventually([&] { return host_->refused("busy") == 1; }));
  const auto cut = std::count_if(mute.begin(), mute.end(), [](const raw_socket& one) { return one.is_cut(100ms); });
  EXPECT_EQ(cut, 1);
  guest.all->stop();
  EXPECT_TRUE(host_->owner->take_end().ends());
  EXPECT_EQ(host_->owner->wait_down().down.size(), 1u);
}

// Passes on what two ends say, and keeps what the first one said.
class recorder {
 public:
  explicit recorder(const link_node& to) : to_(to), thread_([this] { run(); }) {}
  ~recorder() {
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return door_.local_endpoint().port(); }
  std::string recorded() {
    thread_.join();
    return recorded_;
  }

 private:
  void run() {
    auto from = door_.accept();
    const raw_socket to{to_};
    for (;;) {
      std::array<pollfd, 2> ready{pollfd{from.native_handle(), POLLIN, 0}, pollfd{to.fd(), POLLIN, 0}};
      if (::poll(ready.data(), 2, static_cast<int>(std::chrono::milliseconds{link_patience}.count())) <= 0) return;
      for (std::size_t i = 0; i < 2; ++i) {
        if (ready[i].revents == 0) continue;
        std::array<char, 4096> bytes;
        const ssize_t got = ::recv(ready[i].fd, bytes.data(), bytes.size(), 0);
        if (got <= 0) return;
        (void)::send(ready[1 - i].fd, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
        if (i == 0) recorded_.append(bytes.data(), static_cast<std::size_t>(got));
      }
    }
  }

  const link_node& to_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor door_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
  std::string recorded_;
  std::thread thread_;
};

TEST_F(LinkRefusal, OfARecordedHandshake) {
  begin();
  recorder between{*host_};
  {
    link_node guest{"guest"};
    guest.all->dial(1, "127.0.0.1", between.port(), {"host"});
    link_end at_guest = guest.owner->take_end();
    link_end at_host = host_->owner->take_end();
    pass_bytes(at_guest, at_host, client_handshake());
    guest.all->stop();
    EXPECT_TRUE(at_host.ends());
  }
  const std::string said = between.recorded();
  EXPECT_GT(said.size(), 300u);
  const raw_socket replay{*host_};
  replay.send(said);
  expect_cut(replay, "tls");
}

// Frames of a peer that is a node and still sends what no CAF would.
TEST_F(LinkRefusal, OfFramesThatCafWouldDieOf) {
  begin();
  link_options bounds;
  const std::string good = client_handshake() + frame(2, "message");
  double times = 0;
  for (const auto& [before, bad] : {
           std::pair{good, frame(2, "", bounds.max_frame + 1)},
           {good, frame(2, "", 0xffffffff)},
           {good, frame(7, "x")},
           {good, frame(255, "x")},
           {good, frame(2, "")},
           {good, frame(6, "x")},
           {good, client_handshake()},
           {good, server_handshake()},
           {""s, frame(1, "")},
           {""s, frame(0, "")},
           {""s, frame(2, "message")},
           {""s, heartbeat()},
       }) {
    const raw_peer peer{*host_, with_secret()};
    ASSERT_TRUE(peer.greet(identity_of("guest")));
    link_end end = host_->owner->take_end();
    if (!before.empty()) peer.send(before);
    EXPECT_EQ(end.receive(before.size()), before);
    peer.send(bad);
    EXPECT_TRUE(end.ends());
    EXPECT_TRUE(peer.is_cut(in_time));
    times += 1;
    EXPECT_TRUE(eventually([&] { return host_->lost("guard") == times; }));
  }
}

}  // namespace
}  // namespace greenroom::net
