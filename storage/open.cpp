#include "storage/open.hpp"

#include <string_view>
#include <utility>

#include "storage/memory/account_store.hpp"
#include "storage/memory/journal_store.hpp"
#include "storage/memory/room_store.hpp"
#include "storage/soci/account_store.hpp"
#include "storage/soci/journal_store.hpp"
#include "storage/soci/migrate.hpp"
#include "storage/soci/room_store.hpp"
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

// What the connections of one database share.
struct connector {
  std::unique_ptr<soci::backend_factory> factory;
  std::shared_ptr<soci::watchdog> dog = std::make_shared<soci::watchdog>();
  std::chrono::milliseconds timeout;

  std::unique_ptr<soci::database> operator()(soci::purpose why) const {
    return std::make_unique<soci::database>(factory->make(why), dog, timeout);
  }
};

}  // namespace

core::result<std::unique_ptr<account_store>> open_users(const std::string& url, const open_options& options) {
  if (url == memory_url) return std::unique_ptr<account_store>(std::make_unique<memory::account_store>());
  auto factory = backends(url, options);
  if (!factory) return explained(factory.why(), url);
  connector connect{.factory = *std::move(factory), .timeout = std::chrono::milliseconds(options.statement_timeout_ms)};
  auto connection = connect(soci::purpose::transactions);
  if (const auto done = soci::migrate(*connection, soci::users_migrations()); !done) return explained(done.why(), url);
  return std::unique_ptr<account_store>(std::make_unique<soci::account_store>(std::move(connection)));
}

core::result<chat_stores> open_chat(const std::string& url, const open_options& options) {
  if (url == memory_url) {
    const auto shared = std::make_shared<memory::chat_database>();
    return chat_stores{std::make_unique<memory::room_store>(shared), std::make_unique<memory::journal_store>(shared)};
  }
  auto factory = backends(url, options);
  if (!factory) return explained(factory.why(), url);
  connector connect{.factory = *std::move(factory), .timeout = std::chrono::milliseconds(options.statement_timeout_ms)};
  auto connection = connect(soci::purpose::transactions);
  if (const auto done = soci::migrate(*connection, soci::chat_migrations()); !done) return explained(done.why(), url);
  auto rooms = std::make_unique<soci::room_store>(std::move(connection));
  if (const auto done = rooms->sweep_dead_rooms(); !done) return explained(done.why(), url);
  auto journal = is_postgresql(url) ? soci::postgresql_journal(connect(soci::purpose::journal))
                                    : soci::sqlite_journal(connect(soci::purpose::journal));
  return chat_stores{std::move(rooms), std::move(journal)};
}

}  // namespace greenroom::storage
