#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "core/text.hpp"
#include "storage/soci/backend.hpp"
#include "storage/soci/place_file.hpp"

namespace greenroom::storage::soci {
namespace {

// Whether all of SQLite's log is in the database now, and the file of the log is cut to nothing.
bool merge_log(::soci::session& session) {
  int blocked = 0;
  session << "pragma wal_checkpoint(truncate)", ::soci::into(blocked);
  return blocked == 0;
}

// One per file: the lock that keeps other processes out, and the turn to write.
class locked_file {
 public:
  locked_file(std::string path, int lock) : path_(std::move(path)), lock_(lock), beside_(path_ + ".place") {}
  ~locked_file() {
    leave_one_file();
    ::close(lock_);
  }
  locked_file(const locked_file&) = delete;
  locked_file& operator=(const locked_file&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] place_file& beside() { return beside_; }
  std::mutex writers;

 private:
  // The last connection that closes merges SQLite's log into the database. Of two that close at once each takes the
  // other for one that goes on, and the database alone, as a backup has it, would lack what is in the log.
  void leave_one_file() noexcept {
    std::error_code unknown;
    if (!std::filesystem::exists(path_ + "-wal", unknown)) return;
    try {
      ::soci::session last(::soci::sqlite3, "db=\"" + path_ + "\" timeout=1");
      merge_log(last);
    } catch (const std::exception&) {
      // It stays, and is merged once the database is used again.
    }
  }

  std::string path_;
  int lock_;
  place_file beside_;
};

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u";
      core::append_hex(out, static_cast<unsigned char>(c), 4);
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

sqlite_api::sqlite3* sqlite_of(::soci::session& session) {
  return static_cast<::soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

class sqlite_backend final : public backend {
 public:
  sqlite_backend(std::shared_ptr<locked_file> file, purpose why) : file_(std::move(file)), why_(why) {}

  std::unique_ptr<::soci::session> connect() override {
    auto session = std::make_unique<::soci::session>(::soci::sqlite3, "db=\"" + file_->path() + "\" timeout=5");
    std::string mode;
    *session << "pragma journal_mode=wal", ::soci::into(mode);
    // All that a follower stores is made again where the system lost it: no post waits until it is on the disk.
    *session << (why_ == purpose::follower ? "pragma synchronous=normal" : "pragma synchronous=full");
    *session << "pragma foreign_keys=on";
    *session << "pragma trusted_schema=off";
    *session << "pragma temp_store=memory";
    *session << "pragma secure_delete=on";
    // The journal of a busy node writes some 4 MiB per second: a checkpoint each 16 MiB.
    *session << "pragma wal_autocheckpoint=4096";
    return session;
  }

  // A transaction that couldn't be rolled back ends with its connection.
  bool alive(::soci::session& session) override { return sqlite_api::sqlite3_get_autocommit(sqlite_of(session)) != 0; }
  int socket(::soci::session&) override { return -1; }
  std::string read_only(::soci::session&) override { return {}; }
  std::string unsafe(::soci::session&) override { return {}; }
  std::string foreign(::soci::session& session) override {
    int others = 0;
    session << "select count(*) from sqlite_master where type = 'table' and name not like 'sqlite%' "
               "and not exists (select 1 from sqlite_master where type = 'table' and name = 'migrations')",
        ::soci::into(others);
    return others == 0 ? std::string{} : "it holds the tables of another program";
  }

  // A count that rises with each start and from time to time. A restored copy has a lower one than the small
  // file that repeats it.
  std::string moved(::soci::session&, const std::string& recorded) override {
    if (auto replaced = file_->beside().replaced(file_->path()); !replaced.empty()) return replaced;
    return file_->beside().differs(recorded);
  }
  std::string place(::soci::session&, const std::string& recorded) override { return file_->beside().next(recorded); }
  void place_recorded(const std::string& place) override { file_->beside().write(place); }
  [[nodiscard]] bool place_ages() const override { return true; }

  bool commit_in_doubt(::soci::session& session) override {
    const int code = sqlite_api::sqlite3_extended_errcode(sqlite_of(session));
    return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
  }

  [[nodiscard]] std::string_view rewriting() const override { return {}; }
  // Freed cells are zeroed, but not the copies that stay behind where pages are balanced. VACUUM leaves nothing, and
  // the log file beside the database is cut to nothing once all of it is in the database. Its copy isn't made in
  // memory.
  bool rewrite(::soci::session& session, bool due, core::database_maintained& out) override {
    if (due) {
      out.bytes_before = std::filesystem::file_size(file_->path());
      session << "pragma temp_store=file";
      session << "vacuum";
      session << "pragma temp_store=memory";
    }
    const bool whole = merge_log(session);
    if (due) out.bytes_after = std::filesystem::file_size(file_->path());
    return whole;
  }

  [[nodiscard]] const char* begin() const override { return "begin immediate"; }
  [[nodiscard]] std::string_view lock_migrations() const override { return {}; }
  [[nodiscard]] std::vector<std::string> exclude_writers() const override { return {}; }
  [[nodiscard]] std::mutex* writers() override { return &file_->writers; }
  [[nodiscard]] std::string_view take_time() const override { return {}; }

  [[nodiscard]] std::string list(std::span<const std::uint64_t> numbers) const override {
    std::string out = "[";
    for (const auto number : numbers) out += (out.size() > 1 ? "," : "") + std::to_string(number);
    return out + ']';
  }
  [[nodiscard]] std::string list(std::span<const std::string> texts) const override {
    std::string out = "[";
    for (const auto& text : texts) out += (out.size() > 1 ? "," : "") + json_text(text);
    return out + ']';
  }

 protected:
  [[nodiscard]] std::string word(std::string_view name, std::string_view parameter) const override {
    if (name == "each_generation") return "(1 + abs(random() % 9007199254740990))";
    if (name == "now") return "(cast(strftime('%s', 'now') as integer) * 1000)";
    if (name == "key") return "integer primary key autoincrement";
    if (name == "clustered") return "without rowid";
    if (name == "least") return "min";
    if (name == "numbers" || name == "texts")
      return "(select value from json_each(:" + std::string(parameter) + ")) as list";
    if (name == "columns") return columns(parameter);
    return {};  // for_share, for_update, skip_locked, half_full, bytes: SQLite does so anyway
  }

 private:
  // The lists are joined by `key`, json_each's count. It has no index: only a table that was made of it gets one,
  // without which a thousand rows take a third of a second.
  static std::string columns(std::string_view parameters) {
    std::string made;
    std::string values;
    std::string lists;
    for (const auto& name : names_in(parameters)) {
      made += (made.empty() ? "with " : ", ") + ("each_" + name) +
              " as materialized (select key, value from json_each(:" + name + "))";
      values += (values.empty() ? "each_" : ", each_") + name + ".value as " + name;
      lists += (lists.empty() ? "each_" + name : " join each_" + name + " using (key)");
    }
    return "(" + made + " select " + values + " from " + lists + ") as list";
  }

  std::shared_ptr<locked_file> file_;
  purpose why_;
};

class sqlite_factory final : public backend_factory {
 public:
  explicit sqlite_factory(std::shared_ptr<locked_file> file) : file_(std::move(file)) {}
  std::unique_ptr<backend> make(purpose why) override { return std::make_unique<sqlite_backend>(file_, why); }

 private:
  std::shared_ptr<locked_file> file_;
};

// Waiting helps where the system lacks something for now, not where the file can't be written as it is.
core::error system_error(const std::string& path) {
  const int code = errno;
  const bool passes = code == ENOSPC || code == EDQUOT || code == EMFILE || code == ENFILE || code == ENOMEM ||
                      code == EIO || code == EINTR || code == EAGAIN;
  return {passes ? core::ec::unavailable : core::ec::bad_request, path + ": " + std::generic_category().message(code),
          0};
}

}  // namespace

core::result<std::unique_ptr<backend_factory>> sqlite_backends(const std::string& path) {
  std::error_code ignored;
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder, ignored);
  const std::string lock_path = path + ".lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return system_error(lock_path);
  auto file = std::make_shared<locked_file>(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0)
    return core::error{core::ec::conflict, path + " is in use by another greenroom", 0};
  // SQLite would make it readable for everybody.
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return system_error(path);
  file->beside().remember(made);
  // Checked here, for SOCI leaks the memory of a connection that fails at its first statement.
  constexpr std::string_view magic{"SQLite format 3\0", 16};
  char begin[magic.size()]{};
  const auto read = ::read(made, begin, sizeof begin);
  ::close(made);
  if (read > 0 && std::string_view(begin, static_cast<std::size_t>(read)) != magic)
    return core::error{core::ec::bad_request, path + " is not a database of SQLite", 0};
  return std::unique_ptr<backend_factory>(std::make_unique<sqlite_factory>(std::move(file)));
}

}  // namespace greenroom::storage::soci
