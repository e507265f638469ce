#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <string>

#include "net/http/client.hpp"
#include "net/peer_tls.hpp"
#include "net/tls.hpp"
#include "test/net/http_fixture.hpp"
#include "test/net/link_fixture.hpp"

namespace greenroom::net::http {
namespace {

using test::by_secret;
using test::certificate_files;
using peers_ptr = std::shared_ptr<peer_tls>;

peers_ptr peers_by(const link_credentials& how, tls::secret_use use = tls::secret_use::http) {
  auto made = peer_tls::make(how, use);
  EXPECT_TRUE(made.ok());
  return *made;
}

server_options serving(const peers_ptr& peers) {
  server_options options;
  options.peers = peers;
  options.forwarded_secret = "of the cluster";
  return options;
}

void say_how_it_came(const exchange_ptr& ask) { ask->text(200, ask->origin().proto); }

/// A client, which takes the server for the node chat-1.
struct asking_node {
  explicit asking_node(peers_ptr peers) : asker(pool, {.peers = std::move(peers)}) { pool.start(); }
  ~asking_node() { pool.stop(); }

  static target at(running_server& server, std::string node = "chat-1") {
    return {"127.0.0.1", server->bound().port(), std::move(node)};
  }
  outcome get(const target& to) {
    std::promise<outcome> done;
    asker.send(0, {.to = to}, [&](outcome how) { done.set_value(std::move(how)); });
    return done.get_future().get();
  }
  /// The answer's body, or the word for what went wrong.
  std::string body(const target& to) {
    const auto how = get(to);
    return how.reply ? how.reply->body : std::string(core::to_string(how.reply.code()));
  }

  io_pool pool{1};
  client asker;
};

TEST(PeerTls, NodesAskUnderTlsAndOthersInTheClearOnOnePort) {
  const auto peers = peers_by(by_secret());
  running_server server{say_how_it_came, serving(peers)};
  asking_node us{peers_by(by_secret())};
  EXPECT_EQ(us.body(asking_node::at(server)), "https");
  EXPECT_EQ(us.body(asking_node::at(server)), "https") << "on the connection that was kept";
  EXPECT_EQ(us.get(asking_node::at(server)).reply->header("Strict-Transport-Security"), "") << "it is no browser";
  EXPECT_EQ(us.body(asking_node::at(server, {})), "http");
  EXPECT_EQ(body_of(server.get("/")), "http");
}

TEST(PeerTls, RefusesWhoHasAnotherSecretOrTheSameForLinks) {
  running_server server{say_how_it_came, serving(peers_by(by_secret()))};
  for (const auto& wrong :
       {peers_by({"another secret of 32 bytes, I'd say", {}, {}, {}}), peers_by(by_secret(), tls::secret_use::link)}) {
    asking_node us{wrong};
    EXPECT_EQ(us.body(asking_node::at(server)), "upstream_failed");
  }
  asking_node nobody{nullptr};
  EXPECT_EQ(nobody.body(asking_node::at(server)), "upstream_failed") << "a node is never asked in the clear";
}

TEST(PeerTls, BelievesWhomTheCertificateNames) {
  const certificate_files files;
  running_server server{say_how_it_came, serving(peers_by(files.of("chat-1")))};
  asking_node us{peers_by(files.of("gateway"))};
  EXPECT_EQ(us.body(asking_node::at(server)), "https");
  EXPECT_EQ(us.body(asking_node::at(server, "chat-2")), "upstream_failed");
  asking_node forger{peers_by(files.forged("other"))};
  EXPECT_EQ(forger.body(asking_node::at(server)), "upstream_failed");
}

TEST(PeerTls, ReadsCertificatesAgainForNewConnections) {
  const certificate_files files;
  const auto used = files.of("users-1");
  const auto peers = peers_by(used);
  running_server server{say_how_it_came, serving(peers)};
  asking_node us{peers_by(files.of("gateway"))};
  EXPECT_EQ(us.body(asking_node::at(server)), "upstream_failed") << "it is users-1";
  const auto renewed = files.of("chat-1");
  const auto over = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(renewed.cert_file, used.cert_file, over);
  EXPECT_FALSE(peers->read_again().ok()) << "the key is not the certificate's";
  EXPECT_EQ(us.body(asking_node::at(server)), "upstream_failed") << "all stays as it was";
  std::filesystem::copy_file(renewed.key_file, used.key_file, over);
  ASSERT_TRUE(peers->read_again().ok());
  EXPECT_EQ(us.body(asking_node::at(server)), "https");
}

}  // namespace
}  // namespace greenroom::net::http
