#include "net/link.hpp"

#include <algorithm>

#include "test/net/link_fixture.hpp"

namespace greenroom::net {
namespace {

using namespace test;

std::size_t open_files() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) count += entry.is_symlink() ? 1 : 0;
  return count;
}

// Two nodes and the link between them.
struct linked_nodes {
  explicit linked_nodes(link_options options = quick(), link_credentials host_has = by_secret(),
                        link_credentials guest_has = by_secret())
      : host("host", options, std::move(host_has)), guest("guest", options, std::move(guest_has)), at_guest(join()) {}

  link_end join() {
    host.listen();
    guest.dial(host, "host");
    return guest.owner->take_end();
  }

  link_node host;
  link_node guest;
  link_end at_guest;
  link_end at_host = host.owner->take_end();
};

void expect_bytes_both_ways(linked_nodes& nodes) {
  const std::string from_host = server_handshake() + frame(2, std::string(300'000, 'h')) + heartbeat();
  const std::string from_guest = client_handshake() + client_handshake() + frame(2, std::string(200'000, 'g'));
  EXPECT_TRUE(nodes.at_host.send(from_host));
  EXPECT_TRUE(nodes.at_guest.send(from_guest));
  EXPECT_TRUE(nodes.at_guest.receive(from_host.size()) == from_host);
  EXPECT_TRUE(nodes.at_host.receive(from_guest.size()) == from_guest);
}

TEST(Link, PassesBytesBothWaysWithASecret) {
  linked_nodes nodes;
  expect_bytes_both_ways(nodes);
  EXPECT_EQ(nodes.host.links_up(), 1);
  EXPECT_EQ(nodes.guest.links_up(), 1);
}

TEST(Link, PassesBytesBothWaysWithCertificates) {
  const certificate_files files;
  linked_nodes nodes{quick(), files.of("host"), files.of("guest")};
  expect_bytes_both_ways(nodes);
}

TEST(Link, TellsBothEndsWhoTheOtherIs) {
  const linked_nodes nodes;
  const auto at_host = nodes.host.owner->seen();
  const auto at_guest = nodes.guest.owner->seen();
  ASSERT_EQ(at_host.up.size(), 1u);
  ASSERT_EQ(at_guest.up.size(), 1u);
  EXPECT_FALSE(at_host.up[0]->dialled());
  EXPECT_TRUE(at_guest.up[0]->dialled());
  EXPECT_EQ(at_host.up[0]->peer().node.value, "guest");
  EXPECT_EQ(at_guest.up[0]->peer().node.value, "host");
  EXPECT_EQ(at_host.up[0]->peer().incarnation, identity_of("guest").incarnation);
  EXPECT_EQ(at_host.up[0]->peer().users_database, "users-db");
  EXPECT_EQ(at_host.up[0]->peer().chat_database, "chat-db");
}

TEST(Link, DialsAName) {
  link_node host{"host"};
  link_node guest{"guest"};
  host.listen();
  guest.all->dial(7, "localhost", host.all->bound().port(), {"host"});
  EXPECT_TRUE(guest.owner->take_end().is_up());
}

TEST(Link, IsDownOnceAtBothEndsWhoeverCuts) {
  for (const bool by_host : {true, false}) {
    linked_nodes nodes;
    link_node& cutter = by_host ? nodes.host : nodes.guest;
    const link_ptr link = cutter.owner->seen().up.at(0);
    link->close();
    link->close();
    EXPECT_TRUE(nodes.at_host.ends());
    EXPECT_TRUE(nodes.at_guest.ends());
    for (link_node* node : {&nodes.host, &nodes.guest}) {
      const auto seen = node->owner->wait_down();
      ASSERT_EQ(seen.down.size(), 1u);
      EXPECT_EQ(seen.down[0], seen.up.at(0));
      EXPECT_EQ(node->lost("closed"), 1);
      EXPECT_EQ(node->links_up(), 0);
    }
    link->close();
    nodes.host.all->stop();
    EXPECT_EQ(nodes.host.owner->seen().down.size(), 1u);
  }
}

TEST(Link, WritesWhatItsOwnerLeftBeforeItEnds) {
  linked_nodes nodes;
  const std::string last = server_handshake() + frame(2, std::string(3'000'000, 'x'));
  ASSERT_TRUE(nodes.at_host.send(last));
  nodes.at_host.shut();
  EXPECT_TRUE(nodes.at_guest.receive(last.size()) == last);
  EXPECT_TRUE(nodes.at_guest.ends());
  EXPECT_EQ(nodes.host.owner->wait_down().down.size(), 1u);
  EXPECT_EQ(nodes.host.number("link_queue_bytes"), 0);
}

TEST(Link, HoldsAPeerWhoseBytesNobodyTakesAndIsNotSilentMeanwhile) {
  link_options options = quick();
  options.silence = 200ms;
  link_node host{"host", options};
  host.listen();
  const raw_peer peer{host, *tls::link_context(secret)};
  ASSERT_TRUE(peer.greet(identity_of("guest")));
  link_end end = host.owner->take_end();
  const std::string sent = client_handshake() + frame(2, std::string(400'000, 'x'));
  peer.send(sent);
  EXPECT_FALSE(peer.is_cut(600ms));
  EXPECT_TRUE(end.receive(sent.size()) == sent);
  EXPECT_EQ(host.owner->wait_down().down.size(), 1u);
  EXPECT_EQ(host.lost("silent"), 1);
}

TEST(Link, IsCutWhenThePeerIsSilentAndLivesOnHeartbeats) {
  link_options options = quick();
  options.silence = 250ms;
  linked_nodes nodes{options};
  const raw_peer mute{nodes.host, *tls::link_context(secret)};
  ASSERT_TRUE(mute.greet(identity_of("mute")));
  ASSERT_TRUE(nodes.at_host.send(server_handshake()) && nodes.at_guest.send(client_handshake()));
  EXPECT_TRUE(eventually(
      [&] { return nodes.at_host.send(heartbeat()) && nodes.at_guest.send(heartbeat()) && mute.is_cut(20ms); }));
  EXPECT_EQ(nodes.host.owner->wait_down().down.at(0)->peer().node.value, "mute");
  EXPECT_EQ(nodes.host.lost("silent"), 1);
  EXPECT_EQ(nodes.host.links_up(), 1);
}

TEST(Link, IsCutWhenThePeerDoesNotReadAndTheQueueIsFull) {
  link_options options = quick();
  options.queue_bytes = 1u << 20;
  link_node host{"host", options};
  host.listen();
  const raw_peer peer{host, *tls::link_context(secret), 4096};
  ASSERT_TRUE(peer.greet(identity_of("guest")));
  link_end end = host.owner->take_end();
  const std::string much = frame(2, std::string(64 * 1024, 'x'));
  std::size_t taken = 0;
  while (taken < 1000 && end.queue(much)) ++taken;
  EXPECT_LT(taken, 1000u);
  EXPECT_EQ(host.owner->wait_down().down.size(), 1u);
  EXPECT_EQ(host.lost("overflow"), 1);
  EXPECT_EQ(host.number("link_queue_bytes"), 0);
}

TEST(Link, EndsWithItsPeersConnection) {
  link_node host{"host"};
  host.listen();
  std::optional<raw_peer> peer{std::in_place, host, *tls::link_context(secret)};
  ASSERT_TRUE(peer->greet(identity_of("guest")));
  link_end end = host.owner->take_end();
  peer.reset();
  EXPECT_TRUE(end.ends());
  EXPECT_EQ(host.owner->wait_down().down.size(), 1u);
}

TEST(Links, LeaveNoDescriptorsBehind) {
  link_node host{"host"};
  link_node guest{"guest"};
  link_node stranger{"stranger", quick(), by_secret(), "another-cluster"};
  host.listen();
  const auto once = [&](std::size_t count) {
    const raw_socket noise{host};
    noise.send("GET / HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(noise.is_cut());
    stranger.dial(host);
    EXPECT_EQ(stranger.owner->wait_failed(count).failed.size(), count);
    guest.dial(host, "host");
    link_end at_guest = guest.owner->take_end();
    link_end at_host = host.owner->take_end();
    guest.owner->seen().up.back()->close();
    EXPECT_EQ(guest.owner->wait_down(count).down.size(), count);
    EXPECT_TRUE(at_host.ends());
    EXPECT_EQ(host.owner->wait_down(count).down.size(), count);
  };
  // Enough to have used every thread, for a context has descriptors of its own from its first use on.
  for (std::size_t count = 1; count <= 6; ++count) once(count);
  const auto before = open_files();
  for (std::size_t count = 7; count <= 24; ++count) once(count);
  EXPECT_TRUE(eventually([&] { return open_files() <= before; })) << open_files() << ", before " << before;
}

TEST(Links, StopEndsLinksAndDialsAndTellsOfEach) {
  linked_nodes nodes;
  // It accepts and says nothing.
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor mute{context, {boost::asio::ip::address_v4::loopback(), 0}};
  nodes.guest.all->dial(8, "127.0.0.1", mute.local_endpoint().port(), {});
  (void)mute.accept();
  nodes.guest.all->stop();
  nodes.guest.all->dial(9, "127.0.0.1", nodes.host.all->bound().port(), {});
  const auto seen = nodes.guest.owner->wait_failed(2);
  ASSERT_EQ(seen.failed.size(), 2u);
  EXPECT_EQ(nodes.guest.owner->wait_down().down.size(), 1u);
  EXPECT_TRUE(nodes.at_host.ends());
  EXPECT_EQ(nodes.host.owner->wait_down().down.size(), 1u);
}

TEST(Links, MayBeDestroyedWhileTheyDial) {
  link_node host{"host"};
  host.listen();
  link_node guest{"guest"};
  for (std::uint64_t i = 0; i < 50; ++i) guest.dial(host, "host", i);
  guest.all = std::move(*links::make(guest.pool, identity_of("guest"), by_secret(), quick(), guest.owner, {}));
  const auto seen = guest.owner->wait([](const auto& now) { return now.failed.size() + now.down.size() == 50; });
  EXPECT_EQ(seen.failed.size() + seen.down.size(), 50u);
  EXPECT_EQ(seen.up.size(), seen.down.size());
}

TEST(Links, SayWhatTheirCredentialsLack) {
  io_pool pool{1};
  const certificate_files files;
  const auto why = [&](link_credentials how) {
    return links::make(pool, identity_of("host"), std::move(how), quick(), {}, {}).why().text();
  };
  EXPECT_NE(why({"short", {}, {}, {}}).find("16 bytes"), std::string::npos);
  auto good = files.of("host");
  const auto another = files.of("another");
  EXPECT_NE(why({{}, "/nowhere", good.key_file, good.ca_file}).find("/nowhere"), std::string::npos);
  EXPECT_NE(why({{}, good.cert_file, "/nowhere", good.ca_file}).find("/nowhere"), std::string::npos);
  EXPECT_NE(why({{}, good.cert_file, good.key_file, "/nowhere"}).find("/nowhere"), std::string::npos);
  EXPECT_NE(why({{}, good.cert_file, another.key_file, good.ca_file}).find(another.key_file), std::string::npos);
  EXPECT_NE(why({{}, good.key_file, good.key_file, good.ca_file}).find("can't be used"), std::string::npos);
  EXPECT_EQ(links::make(pool, identity_of(""), by_secret(), quick(), {}, {}).code(), core::ec::bad_request);
}

}  // namespace
}  // namespace greenroom::net
