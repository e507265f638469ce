#include "test/storage/databases.hpp"

#include <stdlib.h>

#include <filesystem>
#include <system_error>

#include "telemetry/log.hpp"
#include "test/support/postgres_cluster.hpp"

namespace greenroom::test {

databases::databases() {
  folder_ = (std::filesystem::temp_directory_path() / "greenroom-storage-XXXXXX").string();
  if (::mkdtemp(folder_.data()) == nullptr) folder_.clear();
}

databases::~databases() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void databases::SetUp() {
  telemetry::log::options quiet;
  quiet.threshold = telemetry::log::level::off;
  telemetry::log::configure(quiet);
  ASSERT_FALSE(folder_.empty());
  if (is("postgresql") && postgres_cluster::shared() == nullptr) GTEST_SKIP() << postgres_cluster::why_missing();
}

const std::string& databases::made(std::string& url, const std::string& name) {
  if (!url.empty()) return url;
  url = "memory:";
  if (is("sqlite")) url = "sqlite:" + folder_ + "/" + name + ".db";
  if (is("postgresql")) url = postgres_cluster::shared()->empty_database(name);
  return url;
}

}  // namespace greenroom::test
