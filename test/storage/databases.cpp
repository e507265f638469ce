#include "test/storage/databases.hpp"

#include <stdlib.h>

#include <filesystem>
#include <system_error>

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
  users_url_ = chat_url_ = "memory:";
  if (is("sqlite")) {
    ASSERT_FALSE(folder_.empty());
    users_url_ = "sqlite:" + folder_ + "/users.db";
    chat_url_ = "sqlite:" + folder_ + "/chat.db";
  }
  if (is("postgresql")) {
    auto* const cluster = postgres_cluster::shared();
    if (cluster == nullptr) GTEST_SKIP() << postgres_cluster::why_missing();
    users_url_ = cluster->create_database();
    chat_url_ = cluster->create_database();
  }
}

}  // namespace greenroom::test
