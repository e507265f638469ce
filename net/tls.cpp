#include "net/tls.hpp"

#include <boost/system/system_error.hpp>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <fstream>
#include <utility>

namespace greenroom::net::tls {

namespace ssl = boost::asio::ssl;

namespace {

// OpenSSL takes a key for a session, which must have been made in the same context as it is used in.
constexpr std::string_view session_context = "greenroom";
constexpr std::size_t key_size = 32;  // of SHA-256, which both cipher suites use

/// A key, and the name by which both ends know it.
struct link_key {
  std::string_view identity;
  std::string_view info;  ///< the purpose of the key, for the derivation
  std::array<unsigned char, key_size> bytes{};

  explicit link_key(secret_use use)
      : identity(use == secret_use::link ? "greenroom-link-1" : "greenroom-http-1"),
        info(use == secret_use::link ? "link psk 1" : "http psk 1") {}
  ~link_key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  link_key(const link_key&) = delete;
  link_key& operator=(const link_key&) = delete;
};

constexpr const char* https_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";  // of TLS 1.2
// RFC 8446 section 9.1 demands the first; four more rounds of AES cost a sixth more in each byte that is sent.
constexpr const char* https_suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
// Those of SHA-256 only: the key is bound to a hash (RFC 8446 section 4.2.11).
constexpr const char* secret_suites = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";

template <class T, auto Free>
struct freed {
  void operator()(T* what) const { Free(what); }
};
template <class T, auto Free>
using owned = std::unique_ptr<T, freed<T, Free>>;

core::error refuse(std::string text) {
  ERR_clear_error();
  return {core::ec::bad_request, std::move(text), 0};
}

std::string reason() {
  const char* why = ERR_reason_error_string(ERR_peek_error());
  return why == nullptr ? "it is malformed" : why;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

bool readable(const std::string& file) { return std::ifstream{file}.good(); }

// Never asks the terminal for a passphrase.
int no_passphrase(char*, int, int, void*) { return 0; }

core::result<context_ptr> make(int least_version) {
  context_ptr out;
  try {
    out = std::make_shared<ssl::context>(ssl::context::tls);
  } catch (const boost::system::system_error& problem) {
    return core::error{core::ec::internal, std::string{"TLS can't be used: "} + problem.what(), 0};
  }
  SSL_CTX* const raw = out->native_handle();
  SSL_CTX_set_min_proto_version(raw, least_version);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
  return out;
}

core::result<context_ptr> make_for_links() {
  auto out = make(TLS1_3_VERSION);
  if (!out) return out;
  SSL_CTX* const raw = (*out)->native_handle();
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_max_early_data(raw, 0);
  SSL_CTX_set_recv_max_early_data(raw, 0);
  SSL_CTX_set_session_id_context(raw, bytes_of(session_context), static_cast<unsigned>(session_context.size()));
  return out;
}

core::status use_certificate(SSL_CTX* context, const std::string& cert_file, const std::string& key_file) {
  if (!readable(cert_file)) return refuse("The certificate " + cert_file + " can't be read.");
  if (!readable(key_file)) return refuse("The key " + key_file + " can't be read.");
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, cert_file.c_str()) != 1)
    return refuse("The certificate " + cert_file + " can't be used: " + reason() + ".");
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return refuse("The key " + key_file + " can't be used: " + reason() + ".");
  if (SSL_CTX_check_private_key(context) != 1)
    return refuse("The key " + key_file + " is not that of the certificate " + cert_file + ".");
  return core::done{};
}

// HKDF (RFC 5869) with SHA-256.
bool derive(std::string_view secret, link_key& out) {
  constexpr std::string_view salt = "greenroom";
  const std::string_view info = out.info;
  const owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> kdf{EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr)};
  std::size_t size = out.bytes.size();
  return kdf && EVP_PKEY_derive_init(kdf.get()) == 1 && EVP_PKEY_CTX_set_hkdf_md(kdf.get(), EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set1_hkdf_salt(kdf.get(), bytes_of(salt), static_cast<int>(salt.size())) == 1 &&
         EVP_PKEY_CTX_set1_hkdf_key(kdf.get(), bytes_of(secret), static_cast<int>(secret.size())) == 1 &&
         EVP_PKEY_CTX_add1_hkdf_info(kdf.get(), bytes_of(info), static_cast<int>(info.size())) == 1 &&
         EVP_PKEY_derive(kdf.get(), out.bytes.data(), &size) == 1 && size == out.bytes.size();
}

void forget_key(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<link_key*>(held); }

// Where a context keeps its key: OpenSSL frees it with the context.
int key_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, forget_key);
  return index;
}

const link_key* key_of(SSL* connection) {
  return static_cast<const link_key*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), key_index()));
}

// The key in the shape that OpenSSL wants; owned by the caller, null where it can't be had.
SSL_SESSION* session_of(SSL* connection) {
  const auto* key = key_of(connection);
  constexpr std::array<unsigned char, 2> aes_128_gcm_sha256{0x13, 0x01};
  const SSL_CIPHER* suite = SSL_CIPHER_find(connection, aes_128_gcm_sha256.data());
  owned<SSL_SESSION, SSL_SESSION_free> out{SSL_SESSION_new()};
  if (key == nullptr || suite == nullptr || !out ||
      SSL_SESSION_set1_master_key(out.get(), key->bytes.data(), key_size) != 1 ||
      SSL_SESSION_set_cipher(out.get(), suite) != 1 ||
      SSL_SESSION_set_protocol_version(out.get(), TLS1_3_VERSION) != 1 ||
      SSL_SESSION_set1_id_context(out.get(), bytes_of(session_context),
                                  static_cast<unsigned>(session_context.size())) != 1)
    return nullptr;
  return out.release();
}

int offer_key(SSL* connection, const EVP_MD* hash, const unsigned char** identity, std::size_t* size,
              SSL_SESSION** session) {
  *session = nullptr;
  // After a HelloRetryRequest OpenSSL asks for a key of the chosen hash; ours has but one.
  if (hash != nullptr && EVP_MD_get_type(hash) != NID_sha256) return 0;
  *session = session_of(connection);
  if (*session == nullptr) return 0;
  const auto name = key_of(connection)->identity;
  *identity = bytes_of(name);
  *size = name.size();
  return 1;
}

int find_key(SSL* connection, const unsigned char* identity, std::size_t size, SSL_SESSION** session) {
  *session = nullptr;
  const auto* key = key_of(connection);
  if (key == nullptr || std::string_view{reinterpret_cast<const char*>(identity), size} != key->identity) return 1;
  *session = session_of(connection);
  return *session == nullptr ? 0 : 1;
}

}  // namespace

core::result<context_ptr> server_context(const std::string& cert_file, const std::string& key_file) {
  auto out = make(TLS1_2_VERSION);
  if (!out) return out;
  SSL_CTX* const raw = (*out)->native_handle();
  if (SSL_CTX_set_cipher_list(raw, https_ciphers) != 1 || SSL_CTX_set_ciphersuites(raw, https_suites) != 1)
    return core::ec::internal;
  SSL_CTX_set_options(raw, SSL_OP_PRIORITIZE_CHACHA);  // where the client's first one it is: it has no AES in hardware
  if (auto used = use_certificate(raw, cert_file, key_file); !used) return used.why();
  return out;
}

core::result<context_ptr> link_context(std::string_view secret, secret_use use) {
  if (secret.size() < least_secret)
    return refuse("The cluster's secret is too short: it must have at least " + std::to_string(least_secret) +
                  " bytes.");
  auto out = make_for_links();
  if (!out) return out;
  SSL_CTX* const raw = (*out)->native_handle();
  auto key = std::make_unique<link_key>(use);
  if (SSL_CTX_set_ciphersuites(raw, secret_suites) != 1 || !derive(secret, *key) ||
      SSL_CTX_set_ex_data(raw, key_index(), key.get()) != 1)
    return core::ec::internal;
  (void)key.release();
  SSL_CTX_set_psk_use_session_callback(raw, offer_key);
  SSL_CTX_set_psk_find_session_callback(raw, find_key);
  // There is no authority to trust: a server that answers with a certificate is refused.
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  return out;
}

core::result<context_ptr> link_context(const std::string& cert_file, const std::string& key_file,
                                       const std::string& ca_file) {
  auto out = make_for_links();
  if (!out) return out;
  SSL_CTX* const raw = (*out)->native_handle();
  if (auto used = use_certificate(raw, cert_file, key_file); !used) return used.why();
  if (!readable(ca_file)) return refuse("The authority's certificate " + ca_file + " can't be read.");
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(raw, ca_file.c_str()) != 1)
    return refuse("The authority's certificate " + ca_file + " can't be used: " + reason() + ".");
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return out;
}

bool peer_is_named(SSL* connection, std::string_view name) {
  const X509* const certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr || name.empty()) return false;
  const owned<GENERAL_NAMES, GENERAL_NAMES_free> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type != GEN_DNS) continue;
    const auto* const text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(one->d.dNSName));
    if (std::string_view{text, static_cast<std::size_t>(ASN1_STRING_length(one->d.dNSName))} == name) return true;
  }
  return false;
}

bool by_secret(SSL* connection) {
  return SSL_session_reused(connection) == 1 && SSL_get0_peer_certificate(connection) == nullptr;
}

}  // namespace greenroom::net::tls
