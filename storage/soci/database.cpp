#include "storage/soci/database.hpp"

#include <system_error>

#include "storage/soci/settle.hpp"
#include "telemetry/log.hpp"

namespace greenroom::storage::soci {
namespace {

using cause = standing::cause;

constexpr std::chrono::milliseconds reconnect_each{500};
// How often a healthy server is checked; a refused one is checked as often as one that is
// away.
constexpr std::chrono::seconds look_each{10};
constexpr std::chrono::milliseconds write_again_each{1000};
// The time for a statement beyond the server's own timeout before its connection is cut.
constexpr std::chrono::milliseconds margin{1000};

}  // namespace

database::database(std::unique_ptr<backend> words, std::shared_ptr<watchdog> dog,
                   std::chrono::milliseconds statement_timeout, std::shared_ptr<upkeep> care, purpose why)
    : backend_(std::move(words)),
      dog_(std::move(dog)),
      patience_(statement_timeout + margin),
      care_(std::move(care)),
      why_(why) {}

void database::disconnect() {
  statements_.clear();
  session_.reset();
}

failure database::connect() {
  if (session_) {
    if (backend_->alive(*session_)) return look();
    disconnect();
  }
  const auto now = std::chrono::steady_clock::now();
  if (now < next_connect_) return {fault::away, "not connected"};
  try {
    session_ = backend_->connect();
    ++connections_;
    if (was_away_) telemetry::log::info("database_back");
    was_away_ = false;
    care_->state->clear(cause::away);
  } catch (const std::exception& thrown) {
    next_connect_ = std::chrono::steady_clock::now() + reconnect_each;
    failure why = read_connect_failure(thrown);
    care_->state->set(is_damage(thrown) ? cause::damaged : cause::away, why.detail);
    if (!was_away_) telemetry::log::warn("database_away", {{"detail", why.detail}});
    was_away_ = true;
    return why;
  }
  looked_ = {};
  return look();
}

failure database::look() {
  if (!care_->settled || settling_) return {};
  const auto since = std::chrono::steady_clock::now() - looked_;
  const bool doubtful = refusal_.what != fault::none || care_->state->refuses();
  if (since < (doubtful ? std::chrono::nanoseconds(reconnect_each) : std::chrono::nanoseconds(look_each)))
    return refusal_;
  try {
    const auto guard = watch();
    refusal_ = judge();
    looked_ = std::chrono::steady_clock::now();
    return refusal_;
  } catch (const std::exception& thrown) {
    failure why = failed(thrown);
    // The caller's own statement hasn't begun.
    if (why.what == fault::lost || why.what == fault::transient) why.what = fault::away;
    return why;
  }
}

failure database::judge() {
  auto& state = *care_->state;
  if (state.has(cause::damaged)) return {fault::away, state.trouble()};
  if (const auto why = backend_->read_only(*session_); !why.empty()) {
    if (state.set(cause::away, why)) telemetry::log::warn("database_away", {{"detail", why}});
    return {fault::away, why};
  }
  state.clear(cause::away);
  if (const auto why = backend_->unsafe(*session_); !why.empty()) {
    if (state.set(cause::unsafe, why)) telemetry::log::error("database_unsafe", {{"detail", why}});
    return {fault::away, why};
  }
  state.clear(cause::unsafe);
  const auto recorded = std::get<0>(*row<std::string>("select place from meta"));
  if (const auto how = backend_->moved(*session_, recorded); !how.empty()) {
    const auto why = restored_text(how);
    if (state.set(cause::restored, why)) telemetry::log::error("database_restored", {{"detail", why}});
    return {fault::away, why};
  }
  state.clear(cause::restored);
  return {};
}

// Now and then, and while storing fails: the only proof that something can be stored is to store it.
void database::care_for_place() {
  if (why_ != purpose::transactions || !care_->settled || settling_) return;
  const bool renews = care_->state->has(cause::restored) && care_->policy == after_restore::renew;
  const bool fails = care_->state->has(cause::write) || renews;
  if (!fails && !backend_->place_ages()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - cared_ < (fails ? std::chrono::nanoseconds(write_again_each) : std::chrono::nanoseconds(look_each))) return;
  cared_ = now;
  if (renews) {
    settling_ = true;
    static_cast<void>(settle(*this, false));
    settling_ = false;
    looked_ = {};
    return;
  }
  std::string place;
  const failure why = commit_once([&] {
    const auto recorded = row<std::string>("select place from meta");
    place = backend_->place(*session_, std::get<0>(*recorded));
    execute("update meta set place = :place", with("place", place));
    return true;
  });
  if (why.what != fault::none) return;
  try {
    backend_->place_recorded(place);
  } catch (const std::system_error& failed) {
    telemetry::log::warn("place_not_noted", {{"detail", failed.what()}});
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
    if (is_damage(thrown) && care_->state->set(cause::damaged, why.detail))
      telemetry::log::error("database_damaged", {{"detail", why.detail}});
    if (why.what == fault::away && care_->state->set(cause::write, why.detail))
      telemetry::log::warn("database_refuses", {{"detail", why.detail}});
  }
  return why;
}

failure database::attempt(const std::function<void()>& body) {
  if (failure away = connect(); away.what != fault::none) return away;
  try {
    body();
    return {};
  } catch (const std::exception& thrown) {
    return failed(thrown);
  }
}

failure database::attempt_read(const std::function<void()>& body) {
  care_for_place();
  failure why = attempt(body);
  if (why.what == fault::lost || why.what == fault::transient) why = attempt(body);
  // A transaction that only reads can't leave an outcome unknown.
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
  if (why.what == fault::none && committing) care_->state->clear(cause::write);
  if (in_doubt)
    why.what = fault::lost;
  else if (why.what == fault::lost && !committing)
    why.what = fault::away;
  return why;
}

failure database::commit_patiently(const std::function<bool()>& body) {
  const auto usual = std::exchange(patience_, std::chrono::hours(24));
  const failure why = commit_once([&] {
    if (const auto take_time = backend_->take_time(); !take_time.empty()) run(std::string(take_time));
    return body();
  });
  patience_ = usual;
  return why;
}

failure database::attempt_transaction(const std::function<bool()>& body) {
  care_for_place();
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
