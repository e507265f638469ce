#pragma once
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>

namespace greenroom::test {

/// A connection of the test's own, which holds locks for as long as the test wants.
class rival {
 public:
  explicit rival(const std::string& url) : session_(soci::postgresql, url + "?application_name=rival") {}
  void run(const std::string& sql) { session_ << sql; }
  long long number(const std::string& sql) {
    long long value = 0;
    session_ << sql, soci::into(value);
    return value;
  }
  /// Waits until so many of greenroom's connections to this database wait for a lock.
  bool waiting(long long count) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const auto look = [&] {
      // Else a transaction keeps seeing the connections that it saw first.
      run("select pg_stat_clear_snapshot()");
      return number(
          "select count(*) from pg_locks join pg_stat_activity using (pid) where not granted "
          "and datname = current_database() and application_name = 'greenroom'");
    };
    while (look() < count) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }

 private:
  soci::session session_;
};

template <class Body>
auto later(Body body) {
  return std::async(std::launch::async, std::move(body));
}

}  // namespace greenroom::test
