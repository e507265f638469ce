#pragma once
#include <sys/types.h>

#include <filesystem>
#include <set>
#include <string>

namespace greenroom::test {

/// A PostgreSQL of its own for tests: a new data directory, a socket and a random port on loopback, as durable as a
/// real one. It runs as another user where the test is root, and ends with the test's process.
class postgres_cluster {
 public:
  /// The process's cluster, started by the first call; null where PostgreSQL isn't installed or doesn't start: then
  /// `why_missing` says so, and tests skip.
  static postgres_cluster* shared();
  static const std::string& why_missing();

  ~postgres_cluster();
  postgres_cluster(const postgres_cluster&) = delete;
  postgres_cluster& operator=(const postgres_cluster&) = delete;

  /// Makes a database of that name, or empties the one that is there, and returns its URL. Nobody may be connected to
  /// it.
  std::string empty_database(const std::string& name);
  /// Runs SQL with psql and returns its output: columns joined by `|`, a line a row. Aborts the test's process on
  /// errors.
  std::string run(const std::string& url, const std::string& sql);

  /// Its data directory.
  [[nodiscard]] std::filesystem::path data() const;

  /// Ends the server as a crash would: every connection breaks.
  void stop();
  /// Starts it again on the same data and port, and waits until it answers. It ends with the thread that calls this.
  void start();

 private:
  postgres_cluster(std::filesystem::path binaries, std::filesystem::path folder);
  pid_t spawn(const std::string& program, const std::string& arguments, const std::string& output);
  bool wait_until_ready();

  std::filesystem::path binaries_;
  std::filesystem::path folder_;
  int port_ = 0;
  pid_t server_ = -1;
  std::set<std::string> databases_;
};

}  // namespace greenroom::test
