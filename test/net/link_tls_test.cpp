#include <openssl/pem.h>

#include "net/tls.hpp"
#include "test/net/link_fixture.hpp"

namespace greenroom::net {
namespace {

using namespace test;

using ssl_ptr = std::unique_ptr<SSL, void (*)(SSL*)>;

// Both ends of a handshake in memory.
struct handshake {
  handshake(SSL_CTX* server_context, SSL_CTX* client_context)
      : server(SSL_new(server_context), SSL_free), client(SSL_new(client_context), SSL_free) {
    BIO* at_server = nullptr;
    BIO* at_client = nullptr;
    BIO_new_bio_pair(&at_server, 0, &at_client, 0);
    SSL_set_bio(server.get(), at_server, at_server);
    SSL_set_bio(client.get(), at_client, at_client);
    SSL_set_accept_state(server.get());
    SSL_set_connect_state(client.get());
    for (int step = 0; step < 10 && !done(); ++step) {
      (void)SSL_do_handshake(client.get());
      (void)SSL_do_handshake(server.get());
    }
  }
  [[nodiscard]] bool done() const {
    return SSL_is_init_finished(server.get()) != 0 && SSL_is_init_finished(client.get()) != 0;
  }

  ssl_ptr server;
  ssl_ptr client;
};

struct plain_client {
  explicit plain_client(int version = 0, const char* ciphers = nullptr) : context(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_security_level(context, 0);
    if (version != 0) SSL_CTX_set_max_proto_version(context, version);
    if (ciphers != nullptr) SSL_CTX_set_cipher_list(context, ciphers);
  }
  ~plain_client() { SSL_CTX_free(context); }
  plain_client(const plain_client&) = delete;
  plain_client& operator=(const plain_client&) = delete;
  SSL_CTX* context;
};

TEST(Tls, ServesClientsOfTls12And13WithForwardSecrecyOnly) {
  const certificate_files files;
  const auto own = files.of("www.example.org");
  const auto context = tls::server_context(own.cert_file, own.key_file);
  ASSERT_TRUE(context.ok());
  SSL_CTX* const server = (*context)->native_handle();
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    const plain_client client{version};
    const handshake both{server, client.context};
    EXPECT_TRUE(both.done());
    EXPECT_EQ(SSL_version(both.client.get()), version);
  }
  EXPECT_FALSE((handshake{server, plain_client{TLS1_1_VERSION}.context}.done()));
  EXPECT_TRUE((handshake{server, plain_client{TLS1_2_VERSION, "ECDHE+AESGCM"}.context}.done()));
  for (const char* old : {"ECDHE+AES+SHA1", "ECDHE+AES+SHA384", "ECDHE+AESCCM", "kRSA"})
    EXPECT_FALSE((handshake{server, plain_client{TLS1_2_VERSION, old}.context}.done())) << old;
}

TEST(Tls, SaysWhichFileIsWrong) {
  const certificate_files files;
  const auto own = files.of("own");
  const auto other = files.of("other-node");
  std::ofstream{files.path("text")} << "no certificate\n";
  const auto why = [](const std::string& cert, const std::string& key) {
    const auto made = tls::server_context(cert, key);
    EXPECT_EQ(made.code(), core::ec::bad_request);
    return made.why().text();
  };
  EXPECT_EQ(why("/nowhere.pem", own.key_file), "The certificate /nowhere.pem can't be read.");
  EXPECT_EQ(why(own.cert_file, "/nowhere.key"), "The key /nowhere.key can't be read.");
  EXPECT_EQ(why(files.path("text"), own.key_file),
            "The certificate " + files.path("text") + " can't be used: no start line.");
  EXPECT_NE(why(own.cert_file, files.path("text")).find("The key " + files.path("text")), std::string::npos);
  EXPECT_NE(why(own.cert_file, other.key_file).find(other.key_file), std::string::npos);
}

TEST(Tls, AsksNobodyForAPassphrase) {
  const certificate_files files;
  const auto own = files.of("own");
  const std::string locked = files.path("locked.key");
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  const std::unique_ptr<BIO, int (*)(BIO*)> out{BIO_new_file(locked.c_str(), "w"), BIO_free};
  const auto* phrase = reinterpret_cast<const unsigned char*>("phrase");
  ASSERT_EQ(PEM_write_bio_PrivateKey(out.get(), key.get(), EVP_aes_128_cbc(), phrase, 6, nullptr, nullptr), 1);
  ASSERT_EQ(BIO_flush(out.get()), 1);
  EXPECT_NE(tls::server_context(own.cert_file, locked).why().text().find(locked), std::string::npos);
}

TEST(Tls, KnowsAKeyMadeOfTheSameSecretOnly) {
  const auto one = *tls::link_context(secret);
  const auto same = *tls::link_context(secret);
  const auto other = *tls::link_context(other_secret);
  const handshake good{one->native_handle(), same->native_handle()};
  EXPECT_TRUE(good.done());
  EXPECT_TRUE(tls::by_secret(good.server.get()));
  EXPECT_TRUE(tls::by_secret(good.client.get()));
  EXPECT_FALSE((handshake{one->native_handle(), other->native_handle()}.done()));
}

TEST(Tls, ReadsTheNameOfAPeerByteByByte) {
  const certificate_files files;
  const auto context = [&](const link_credentials& of) {
    return *tls::link_context(of.cert_file, of.key_file, of.ca_file);
  };
  const auto server = context(files.of("chat-1"));
  const auto client = context(files.of("Chat_2.example"));
  const handshake both{server->native_handle(), client->native_handle()};
  ASSERT_TRUE(both.done());
  EXPECT_TRUE(tls::peer_is_named(both.client.get(), "chat-1"));
  EXPECT_TRUE(tls::peer_is_named(both.server.get(), "Chat_2.example"));
  for (const char* wrong : {"", "chat-2", "CHAT-1", "chat-1.", "chat", "chat-11", "*"})
    EXPECT_FALSE(tls::peer_is_named(both.client.get(), wrong)) << wrong;
  EXPECT_FALSE(tls::peer_is_named(both.server.get(), "chat_2.example"));
  EXPECT_FALSE(tls::by_secret(both.server.get()));
}

TEST(Certificates, AreRefusedForNamesThatWouldSayMore) {
  const core::wall_time now = std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
  const auto authority = certificates::make_authority({"ca", now, now + 1h});
  ASSERT_TRUE(authority.ok());
  for (const std::string& wrong : {""s, std::string(65, 'n'), "a,DNS:b"s, "a:b"s, "a b"s, "a\nb"s})
    EXPECT_EQ(certificates::issue(*authority, {wrong, now, now + 1h}).code(), core::ec::bad_request) << wrong;
  EXPECT_TRUE(certificates::issue(*authority, {std::string(64, 'n'), now, now + 1h}).ok());
}

TEST(Certificates, NeedAnAuthorityWithItsKey) {
  const core::wall_time now = std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
  const auto one = certificates::make_authority({"one", now, now + 1h});
  const auto two = certificates::make_authority({"two", now, now + 1h});
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(certificates::issue({one->certificate, two->key}, {"node", now, now + 1h}).code(), core::ec::bad_request);
  EXPECT_EQ(certificates::issue({"", ""}, {"node", now, now + 1h}).code(), core::ec::bad_request);
}

}  // namespace
}  // namespace greenroom::net
