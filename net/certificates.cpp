#include "net/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>

namespace greenroom::net::certificates {
namespace {

template <auto Free>
struct freed {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using bio_ptr = std::unique_ptr<BIO, freed<BIO_free_all>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed<X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed<X509_EXTENSION_free>>;

constexpr std::size_t longest_name = 64;  // of a common name, RFC 5280 appendix A

core::error refuse(std::string text) {
  ERR_clear_error();
  return {core::ec::bad_request, std::move(text), 0};
}

core::error failed() { return refuse("A certificate can't be made."); }

core::status check(const subject& whom) {
  if (whom.name.empty() || whom.name.size() > longest_name)
    return refuse("A certificate's name must have 1 to 64 bytes.");
  for (const char c : whom.name)
    // Characters that would begin another entry of an extension's text.
    if (static_cast<unsigned char>(c) <= ' ' || c == ',' || c == ':' || c == ';' || c == '\x7f')
      return refuse("The name " + whom.name + " can't be that of a certificate.");
  return core::done{};
}

bool set_time(ASN1_TIME* field, core::wall_time at) {
  return ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(at)) != nullptr;
}

// 127 random bits: never equal, and never negative.
bool set_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, freed<BN_free>> number{BN_new()};
  return number && BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool extend(X509* certificate, X509* issuer, int which, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const extension_ptr extension{X509V3_EXT_conf_nid(nullptr, &context, which, text.c_str())};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Everything but extensions and signature.
certificate_ptr begin(const subject& whom, EVP_PKEY* key) {
  certificate_ptr out{X509_new()};
  const auto* common_name = reinterpret_cast<const unsigned char*>(whom.name.c_str());
  if (!out || X509_set_version(out.get(), X509_VERSION_3) != 1 || !set_serial(out.get()) ||
      !set_time(X509_getm_notBefore(out.get()), whom.from) || !set_time(X509_getm_notAfter(out.get()), whom.until) ||
      X509_set_pubkey(out.get(), key) != 1 ||
      X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "CN", MBSTRING_UTF8, common_name, -1, -1, 0) != 1)
    return nullptr;
  return out;
}

std::string text_of(const bio_ptr& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

core::result<pair> written(X509* certificate, EVP_PKEY* key) {
  const bio_ptr public_part{BIO_new(BIO_s_mem())};
  const bio_ptr private_part{BIO_new(BIO_s_secmem())};
  if (!public_part || !private_part || PEM_write_bio_X509(public_part.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(private_part.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return failed();
  return pair{text_of(public_part), text_of(private_part)};
}

bio_ptr reader(const std::string& text) { return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))}; }

}  // namespace

core::result<pair> make_authority(const subject& whom) {
  if (auto good = check(whom); !good) return good.why();
  const key_ptr key{EVP_EC_gen("P-256")};
  if (!key) return failed();
  const certificate_ptr own = begin(whom, key.get());
  if (!own || X509_set_issuer_name(own.get(), X509_get_subject_name(own.get())) != 1 ||
      !extend(own.get(), own.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !extend(own.get(), own.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !extend(own.get(), own.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(own.get(), key.get(), EVP_sha256()) == 0)
    return failed();
  return written(own.get(), key.get());
}

core::result<pair> issue(const pair& authority, const subject& whom) {
  if (auto good = check(whom); !good) return good.why();
  const certificate_ptr issuer{PEM_read_bio_X509(reader(authority.certificate).get(), nullptr, nullptr, nullptr)};
  const key_ptr issuer_key{PEM_read_bio_PrivateKey(reader(authority.key).get(), nullptr, nullptr, nullptr)};
  if (!issuer || !issuer_key || X509_check_private_key(issuer.get(), issuer_key.get()) != 1)
    return refuse("The authority isn't a certificate and its key.");
  const key_ptr key{EVP_EC_gen("P-256")};
  if (!key) return failed();
  const certificate_ptr own = begin(whom, key.get());
  if (!own || X509_set_issuer_name(own.get(), X509_get_subject_name(issuer.get())) != 1 ||
      !extend(own.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !extend(own.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") ||
      !extend(own.get(), issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth") ||
      !extend(own.get(), issuer.get(), NID_subject_alt_name, "DNS:" + whom.name) ||
      !extend(own.get(), issuer.get(), NID_subject_key_identifier, "hash") ||
      !extend(own.get(), issuer.get(), NID_authority_key_identifier, "keyid") ||
      X509_sign(own.get(), issuer_key.get(), EVP_sha256()) == 0)
    return failed();
  return written(own.get(), key.get());
}

}  // namespace greenroom::net::certificates
