#include <libpq-fe.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "storage/soci/arrays.hpp"
#include "storage/soci/backend.hpp"

namespace greenroom::storage::soci {
namespace {

PGconn* postgresql_of(::soci::session& session) {
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
  // The journal's statements are few and always the same; their plans don't depend on the tables' contents.
  if (why == purpose::journal) settings += " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off";
  // The follower's, too: from a short list into an index, however long the tables seem.
  if (why == purpose::follower)
    settings +=
        " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";
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
        postgresql_of(*session), [](void*, const char*) {}, nullptr);
    return session;
  }

  bool alive(::soci::session& session) override {
    PGconn* const connection = postgresql_of(session);
    // An idle server sends nothing except the reason why it goes away.
    for (int chunk = 0; chunk < 8 && PQstatus(connection) == CONNECTION_OK; ++chunk) {
      pollfd readable{PQsocket(connection), POLLIN, 0};
      if (::poll(&readable, 1, 0) <= 0) return true;
      if (PQconsumeInput(connection) == 0) return false;
    }
    return PQstatus(connection) == CONNECTION_OK;
  }

  int socket(::soci::session& session) override { return PQsocket(postgresql_of(session)); }
  bool commit_in_doubt(::soci::session&) override { return false; }

  std::string read_only(::soci::session& session) override {
    int standby = 0;
    session << "select case when pg_is_in_recovery() then 1 else 0 end", ::soci::into(standby);
    return standby == 0 ? std::string{} : "the server is a standby, which only reads";
  }

  std::string foreign(::soci::session&) override { return {}; }

  std::string unsafe(::soci::session& session) override {
    const auto off = [](const std::string& setting) {
      return "PostgreSQL runs with " + setting + " and would lose messages that it has confirmed";
    };
    for (const std::string setting : {"fsync", "full_page_writes"})
      if (configured(session, setting) == "off") return off(setting + "=off");
    const auto commit = configured(session, "synchronous_commit");
    if (commit == "off") return off("synchronous_commit=off");
    // An operator who names synchronous standbys means to lose nothing when one of them takes over.
    if (commit == "local" && !configured(session, "synchronous_standby_names").empty())
      return off("synchronous_commit=local, in spite of synchronous_standby_names,");
    // If the server's settings change from here on, this connection keeps its own until it has checked again.
    std::string ignored;
    session << "select set_config('synchronous_commit', :value, false)", ::soci::use(commit), ::soci::into(ignored);
    return {};
  }

  // The system identifier is the cluster's, from initdb on; a database that was made again has another number, and so
  // have tables that pg_restore made again in it; the timeline is another one after each promotion and each recovery to
  // a point in time.
  std::string moved(::soci::session& session, const std::string& recorded) override {
    if (recorded.empty()) return {};
    const auto before = parts_of(recorded);
    const auto now = parts_of(place(session, recorded));
    constexpr std::array<const char*, 4> names{"cluster (its system identifier", "database (its number",
                                               "table meta (its number", "timeline (it"};
    for (std::size_t at = 0; at < names.size(); ++at)
      if (before[at] != now[at])
        return std::string("PostgreSQL has another ") + names[at] + " is " + now[at] + " and was " + before[at] + ")";
    return {};
  }

  std::string place(::soci::session& session, const std::string&) override {
    std::string here;
    session
        << "select concat_ws('/', (select system_identifier from pg_control_system()), "
           "(select oid from pg_database where datname = current_database()), cast(cast('meta' as regclass) as oid), "
           "substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))",
        ::soci::into(here);
    return here;
  }
  void place_recorded(const std::string&) override {}
  [[nodiscard]] bool place_ages() const override { return false; }

  // A plain VACUUM leaves the bytes of a removed row in its page until another row needs the room.
  [[nodiscard]] std::string_view rewriting() const override { return "vacuum (full, analyze)"; }
  bool rewrite(::soci::session&, bool, core::database_maintained&) override { return true; }

  [[nodiscard]] const char* begin() const override { return "begin"; }
  [[nodiscard]] std::string_view lock_migrations() const override {
    return "select pg_advisory_xact_lock(7166088212021111151)";
  }
  // An append reads author_fence, every other change reads deletions first, and PostgreSQL locks what a statement reads
  // before it takes the statement's snapshot, until the end of its transaction. So each of them has either ended before
  // these locks are granted, and its rows are seen by the holder, or begins after they are released, and sees the rows
  // written under them. No row has to be locked for that. A waiter here makes all others wait: not for long.
  [[nodiscard]] std::vector<std::string> exclude_writers() const override {
    return {"set local lock_timeout = 500", "lock table deletions, author_fence in access exclusive mode"};
  }
  [[nodiscard]] std::mutex* writers() override { return nullptr; }
  [[nodiscard]] std::string_view take_time() const override {
    return "select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)";
  }

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
    if (name == "each_generation") return "cast(1 + floor(random() * 9007199254740990) as bigint)";
    if (name == "now") return "cast(extract(epoch from now()) * 1000 as bigint)";
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
  // The setting of a new session: not the value that this one has set for itself.
  static std::string configured(::soci::session& session, const std::string& setting) {
    std::string value;
    session << "select reset_val from pg_settings where name = :name", ::soci::use(setting), ::soci::into(value);
    return value;
  }

  static std::array<std::string, 4> parts_of(const std::string& place) {
    std::array<std::string, 4> parts;
    std::size_t from = 0;
    for (auto& part : parts) {
      const auto to = std::min(place.find('/', from), place.size());
      part = place.substr(from, to - from);
      from = std::min(to + 1, place.size());
    }
    return parts;
  }

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

core::result<std::unique_ptr<backend_factory>> postgresql_backends(const std::string& url,
                                                                   const open_options& options) {
  char* said = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> read{
      PQconninfoParse(complete(url, purpose::transactions, options).c_str(), &said), PQconninfoFree};
  const std::unique_ptr<char, void (*)(char*)> why{said, [](char* text) { PQfreemem(text); }};
  if (!read) {
    // Other complaints show the text where they expected something else, and that may be a part of a password.
    std::string_view detail = why ? why.get() : "";
    if (detail.find("query parameter") == detail.npos)
      detail = "not a URL that PostgreSQL's library can read (in a user or password, :/?#@% are written as %3A …)";
    return core::error{core::ec::bad_request, std::string(detail.substr(0, detail.find('\n'))), 0};
  }
  return std::unique_ptr<backend_factory>(std::make_unique<postgresql_factory>(url, options));
}

}  // namespace greenroom::storage::soci
