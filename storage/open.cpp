#include "storage/open.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "storage/memory/account_store.hpp"
#include "storage/memory/follower_store.hpp"
#include "storage/memory/journal_store.hpp"
#include "storage/memory/room_store.hpp"
#include "storage/soci/account_store.hpp"
#include "storage/soci/follower_store.hpp"
#include "storage/soci/journal_store.hpp"
#include "storage/soci/migrate.hpp"
#include "storage/soci/room_store.hpp"
#include "storage/soci/settle.hpp"
#include "storage/url.hpp"

namespace greenroom::storage {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::string_view memory_url = "memory:";

bool is_postgresql(std::string_view url) { return url.starts_with("postgresql://") || url.starts_with("postgres://"); }

core::result<std::unique_ptr<soci::backend_factory>> backends(const std::string& url, const open_options& options) {
  if (url.starts_with(sqlite_scheme) && url.size() > sqlite_scheme.size())
    return soci::sqlite_backends(url.substr(sqlite_scheme.size()));
  if (is_postgresql(url)) return soci::postgresql_backends(url, options);
  return core::error{core::ec::bad_request, "a database is sqlite:PATH, postgresql://USER@HOST/NAME or memory:", 0};
}

core::error explained(core::error why, const std::string& url) {
  why.detail = masked(url) + ": " + (why.detail.empty() ? "the database can't be used now" : why.detail);
  return why;
}

// The state that the connections of one database share.
struct connector {
  std::unique_ptr<soci::backend_factory> factory;
  std::shared_ptr<soci::watchdog> dog = std::make_shared<soci::watchdog>();
  std::chrono::milliseconds timeout;
  std::shared_ptr<soci::upkeep> care = std::make_shared<soci::upkeep>();

  std::unique_ptr<soci::database> operator()(soci::purpose why) const {
    return std::make_unique<soci::database>(factory->make(why), dog, timeout, care, why);
  }
};

struct opened_database {
  connector connect;
  std::unique_ptr<soci::database> first;  // up to date, and in its place
  std::uint64_t renewed = 0;
};

core::result<opened_database> open(const std::string& url, const open_options& options,
                                   std::span<const soci::migration> steps, soci::renewal renew) {
  auto factory = backends(url, options);
  if (!factory) return explained(factory.why(), url);
  opened_database out{
      {.factory = *std::move(factory), .timeout = std::chrono::milliseconds(options.statement_timeout_ms)}, {}, 0};
  out.connect.care->renew = renew;
  out.connect.care->policy = options.restored;
  out.first = out.connect(soci::purpose::transactions);
  const auto fresh = soci::migrate(*out.first, steps);
  if (!fresh) return explained(fresh.why(), url);
  const auto renewed = soci::settle(*out.first, *fresh);
  if (!renewed) return explained(renewed.why(), url);
  out.renewed = *renewed;
  return out;
}

core::result<std::uint64_t> renew(const std::string& url, open_options options, std::span<const soci::migration> steps,
                                  soci::renewal how) {
  if (url == memory_url) return core::error{core::ec::bad_request, "a database in memory is never put back", 0};
  if (options.restored != after_restore::accept) options.restored = after_restore::renew_always;
  const auto opened = open(url, options, steps, how);
  if (!opened) return opened.why();
  return opened->renewed;
}

}  // namespace

core::result<std::unique_ptr<account_store>> open_users(const std::string& url, const open_options& options) {
  if (url == memory_url) return std::unique_ptr<account_store>(std::make_unique<memory::account_store>());
  auto opened = open(url, options, soci::users_migrations(), soci::end_tokens);
  if (!opened) return opened.why();
  return std::unique_ptr<account_store>(std::make_unique<soci::account_store>(std::move(opened->first)));
}

core::result<chat_stores> open_chat(const std::string& url, const open_options& options) {
  if (url == memory_url) {
    const auto shared = std::make_shared<memory::chat_database>();
    return chat_stores{std::make_unique<memory::room_store>(shared), std::make_unique<memory::journal_store>(shared),
                       std::make_unique<memory::follower_store>(shared)};
  }
  auto opened = open(url, options, soci::chat_migrations(), soci::renew_rooms);
  if (!opened) return opened.why();
  const auto& connect = opened->connect;
  auto rooms = std::make_unique<soci::room_store>(std::move(opened->first));
  if (const auto done = rooms->sweep_dead_rooms(); !done) return explained(done.why(), url);
  auto journal = is_postgresql(url) ? soci::postgresql_journal(connect(soci::purpose::journal))
                                    : soci::sqlite_journal(connect(soci::purpose::journal));
  auto follower = std::make_unique<soci::follower_store>(connect(soci::purpose::follower));
  return chat_stores{std::move(rooms), std::move(journal), std::move(follower)};
}

core::result<std::uint64_t> renew_users(const std::string& url, const open_options& options) {
  return renew(url, options, soci::users_migrations(), soci::end_tokens);
}

core::result<std::uint64_t> renew_chat(const std::string& url, const open_options& options) {
  return renew(url, options, soci::chat_migrations(), soci::renew_rooms);
}

}  // namespace greenroom::storage
