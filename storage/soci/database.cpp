#include "storage/soci/database.hpp"

#include "telemetry/log.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr std::chrono::milliseconds reconnect_each{500};
// What a statement may take beyond the server's own timeout before its connection is cut.
constexpr std::chrono::milliseconds margin{1000};

}  // namespace

database::database(std::unique_ptr<backend> words, std::shared_ptr<watchdog> dog,
                   std::chrono::milliseconds statement_timeout)
    : backend_(std::move(words)), dog_(std::move(dog)), patience_(statement_timeout + margin) {}

void database::disconnect() {
  statements_.clear();
  session_.reset();
}

failure database::connect() {
  if (session_) {
    if (backend_->alive(*session_)) return {};
    disconnect();
  }
  const auto now = std::chrono::steady_clock::now();
  if (now < next_connect_) return {fault::away, "not connected"};
  try {
    session_ = backend_->connect();
    ++connections_;
    if (was_away_) telemetry::log::info("database_back");
    was_away_ = false;
    return {};
  } catch (const std::exception& thrown) {
    next_connect_ = std::chrono::steady_clock::now() + reconnect_each;
    failure why = read_connect_failure(thrown);
    if (!was_away_) telemetry::log::warn("database_away", {{"detail", why.detail}});
    was_away_ = true;
    return why;
  }
}

failure database::failed(const std::exception& thrown) {
  const bool connected = backend_->alive(*session_);
  failure why = read_failure(thrown, connected);
  if (why.what == fault::lost) {
    telemetry::log::warn("database_lost", {{"detail", why.detail}});
    disconnect();
  } else {
    // A statement that failed half way holds its rows and, in SQLite, its locks.
    const auto guard = watch();
    statements_.clear();
    if (why.what == fault::broken) telemetry::log::error("database_error", {{"detail", why.detail}});
    if (why.what == fault::away && !refused_) telemetry::log::warn("database_refuses", {{"detail", why.detail}});
    refused_ = refused_ || why.what == fault::away;
  }
  return why;
}

failure database::attempt(const std::function<void()>& body) {
  if (failure away = connect(); away.what != fault::none) return away;
  try {
    body();
    refused_ = false;
    return {};
  } catch (const std::exception& thrown) {
    return failed(thrown);
  }
}

failure database::attempt_read(const std::function<void()>& body) {
  failure why = attempt(body);
  if (why.what == fault::lost || why.what == fault::transient) why = attempt(body);
  // Whoever only reads can't leave an outcome unknown.
  if (why.what == fault::lost) why.what = fault::away;
  return why;
}

failure database::commit_once(const std::function<bool()>& body) {
  std::unique_lock<std::mutex> turn;
  if (auto* const writers = backend_->writers()) turn = std::unique_lock(*writers);
  bool committing = false;
  bool in_doubt = false;
  failure why = attempt([&] {
    run(backend_->begin());
    try {
      if (!body()) {
        run("rollback");
        return;
      }
      committing = true;
      run("commit");
    } catch (...) {
      in_doubt = committing && backend_->commit_in_doubt(*session_);
      roll_back();
      throw;
    }
  });
  if (in_doubt)
    why.what = fault::lost;
  else if (why.what == fault::lost && !committing)
    why.what = fault::away;
  return why;
}

failure database::attempt_transaction(const std::function<bool()>& body) {
  failure why = commit_once(body);
  if (why.what == fault::transient) why = commit_once(body);
  return why;
}

void database::roll_back() {
  for (int tries = 0; tries < 2; ++tries) {
    try {
      run("rollback");
      return;
    } catch (const std::exception&) {
      // The database has rolled back itself, the connection is gone, or a statement that failed half way is in the way.
      statements_.clear();
    }
  }
}

void database::run(const std::string& sql) {
  const auto guard = watch();
  *session_ << sql;
}

}  // namespace greenroom::storage::soci
