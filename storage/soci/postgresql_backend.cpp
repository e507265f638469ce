#include <libpq-fe.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <cstdio>

#include "storage/soci/arrays.hpp"
#include "storage/soci/backend.hpp"

namespace greenroom::storage::soci {
namespace {

PGconn* handle(::soci::session& session) {
  return static_cast<::soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += escaped;
  }
  return out;
}

std::string complete(const std::string& url, purpose why, const open_options& options) {
  const auto seconds = std::to_string(options.connect_timeout_s);
  const auto timeout = std::to_string(options.statement_timeout_ms);
  // A process that is stopped inside a transaction must not keep its locks: others wait to open the same rooms.
  std::string settings = "-c statement_timeout=" + timeout +
                         " -c lock_timeout=2000 -c idle_in_transaction_session_timeout=1000"
                         " -c client_min_messages=error -c standard_conforming_strings=on";
  // The journal's statements are few and always the same; their plans don't depend on what the tables hold today.
  if (why == purpose::journal) settings += " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off";
  return url + (url.find('?') == url.npos ? "?" : "&") + "connect_timeout=" + seconds +
         "&application_name=greenroom&client_encoding=UTF8&keepalives_idle=5&keepalives_interval=1&keepalives_count=3"
         "&tcp_user_timeout=" +
         timeout + "&options=" + percent_encoded(settings);
}

class postgresql_backend final : public backend {
 public:
  explicit postgresql_backend(std::string url) : url_(std::move(url)) {}

  std::unique_ptr<::soci::session> connect() override {
    auto session = std::make_unique<::soci::session>(::soci::postgresql, url_);
    PQsetNoticeProcessor(
        handle(*session), [](void*, const char*) {}, nullptr);
    return session;
  }

  bool alive(::soci::session& session) override {
    PGconn* const connection = handle(session);
    // An idle server says nothing but why it goes away.
    for (int chunk = 0; chunk < 8 && PQstatus(connection) == CONNECTION_OK; ++chunk) {
      pollfd readable{PQsocket(connection), POLLIN, 0};
      if (::poll(&readable, 1, 0) <= 0) return true;
      if (PQconsumeInput(connection) == 0) return false;
    }
    return PQstatus(connection) == CONNECTION_OK;
  }

  int socket(::soci::session& session) override { return PQsocket(handle(session)); }
  bool commit_in_doubt(::soci::session&) override { return false; }

  std::string unsafe(::soci::session& session) override {
    for (const char* const setting : {"fsync", "synchronous_commit", "full_page_writes"}) {
      std::string value;
      session << "show " << setting, ::soci::into(value);
      if (value == "off")
        return "PostgreSQL runs with " + std::string(setting) + "=off and would lose messages that it has confirmed";
    }
    return {};
  }

  [[nodiscard]] const char* begin() const override { return "begin"; }
  [[nodiscard]] std::string_view lock_migrations() const override {
    return "select pg_advisory_xact_lock(7166088212021111151)";
  }
  // An append reads author_fence, every other change reads deletions first, and PostgreSQL locks what a statement reads
  // before it takes the statement's snapshot, until the end of its transaction. So each of them has either ended before
  // these locks are granted, and its rows are seen by whoever holds them, or begins after they are released, and sees
  // what was written under them. No row has to be locked for that. Who waits here makes all others wait: not for long.
  [[nodiscard]] std::vector<std::string> exclude_writers() const override {
    return {"set local lock_timeout = 500", "lock table deletions, author_fence in access exclusive mode"};
  }
  [[nodiscard]] std::mutex* writers() override { return nullptr; }

  [[nodiscard]] std::string list(std::span<const std::uint64_t> numbers) const override {
    array_literal out;
    for (const auto number : numbers) out.add(static_cast<std::int64_t>(number));
    return out.finished();
  }
  [[nodiscard]] std::string list(std::span<const std::string> texts) const override {
    array_literal out;
    for (const auto& text : texts) out.add(text);
    return out.finished();
  }

 protected:
  [[nodiscard]] std::string word(std::string_view name, std::string_view parameter) const override {
    if (name == "key") return "bigint generated always as identity primary key";
    if (name == "bytes") return "collate \"C\"";
    if (name == "half_full") return "with (fillfactor=50)";
    if (name == "least") return "least";
    if (name == "for_share") return "for share";
    if (name == "for_update") return "for update";
    if (name == "skip_locked") return "for update skip locked";
    if (name == "numbers") return "unnest(cast(:" + std::string(parameter) + " as bigint[])) as list(value)";
    if (name == "texts") return "unnest(cast(:" + std::string(parameter) + " as text[])) as list(value)";
    if (name == "columns") return columns(parameter);
    return {};  // clustered
  }

 private:
  static std::string columns(std::string_view parameters) {
    std::string lists;
    for (const auto& name : names_in(parameters))
      lists += (lists.empty() ? "cast(:" : ", cast(:") + name + " as text[])";
    return "unnest(" + lists + ") as list(" + std::string(parameters) + ")";
  }

  std::string url_;
};

class postgresql_factory final : public backend_factory {
 public:
  postgresql_factory(std::string url, const open_options& options) : url_(std::move(url)), options_(options) {}
  std::unique_ptr<backend> make(purpose why) override {
    return std::make_unique<postgresql_backend>(complete(url_, why, options_));
  }

 private:
  std::string url_;
  open_options options_;
};

}  // namespace

std::unique_ptr<backend_factory> postgresql_backends(const std::string& url, const open_options& options) {
  return std::make_unique<postgresql_factory>(url, options);
}

}  // namespace greenroom::storage::soci
