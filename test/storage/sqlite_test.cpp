#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

class Sqlite : public chat_database {
 public:
  [[nodiscard]] std::string path() { return chat_url().substr(std::string("sqlite:").size()); }
};
INSTANTIATE_TEST_SUITE_P(On, Sqlite, testing::Values("sqlite"), [](const auto& run) { return std::string(run.param); });

TEST_P(Sqlite, BelongsToOneProcess) {
  const auto again = storage::open_chat(chat_url(), {});
  EXPECT_EQ(again.code(), ec::conflict);
  EXPECT_NE(again.why().detail.find("in use by another"), std::string::npos) << again.why().detail;
  const pid_t other = ::fork();
  if (other == 0) ::_exit(storage::open_chat(chat_url(), {}).code() == ec::conflict ? 0 : 1);
  int status = -1;
  ::waitpid(other, &status, 0);
  EXPECT_EQ(status, 0);
  stores = {};
  EXPECT_TRUE(storage::open_chat(chat_url(), {}));
}

TEST_P(Sqlite, IsReadableByItsOwnerOnly) {
  for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat found {};
    ASSERT_EQ(::stat((path() + suffix).c_str(), &found), 0) << suffix;
    EXPECT_EQ(found.st_mode & 0777u, 0600u) << suffix;
  }
}

// An operator who copies the database of a server that has stopped has all of it.
TEST_P(Sqlite, LeavesAllInOneFileHoweverItsConnectionsClose) {
  create("hall", "ann");
  (void)fill("hall", 1);
  for (int round = 0; round < 100; ++round) {
    ASSERT_TRUE(stores.journal->newest_view());
    std::atomic<bool> now{false};
    const auto close_then = [&](auto& one) {
      return std::thread([&now, gone = std::exchange(one, nullptr)]() mutable {
        while (!now) std::this_thread::yield();
        gone = nullptr;
      });
    };
    std::thread closing[] = {close_then(stores.journal), close_then(stores.rooms)};
    now = true;
    for (auto& one : closing) one.join();
    stores = {};
    ASSERT_FALSE(std::filesystem::exists(path() + "-wal")) << "round " << round;
    auto again = storage::open_chat(chat_url(), {});
    ASSERT_TRUE(again);
    stores = std::move(*again);
    ASSERT_TRUE(stores.rooms->create_room({{"r" + std::to_string(round)}, {"ann"}, access::open, {}}, at(1)));
  }
}

TEST_P(Sqlite, MakesItsFolder) {
  const auto folder = std::filesystem::path(path()).parent_path() / "a" / "b";
  EXPECT_TRUE(storage::open_users("sqlite:" + (folder / "users.db").string(), {}));
}

TEST_P(Sqlite, SaysPlainlyWhatCantBeOpened) {
  const auto folder = std::filesystem::path(path()).parent_path();
  std::ofstream(folder / "text") << std::string(4096, 'x');
  const auto inside = storage::open_users("sqlite:" + (folder / "text" / "users.db").string(), {});
  EXPECT_EQ(inside.code(), ec::bad_request);
  EXPECT_NE(inside.why().detail.find("Not a directory"), std::string::npos) << inside.why().detail;
  const auto text = storage::open_users("sqlite:" + (folder / "text").string(), {});
  EXPECT_EQ(text.code(), ec::bad_request);
  EXPECT_NE(text.why().detail.find("not a database"), std::string::npos) << text.why().detail;
}

TEST_P(Sqlite, KeepsTheOtherRoomsWhenItRefusesARow) {
  create("a", "ann");
  create("b", "ann");
  const auto a = open("a");
  const auto b = open("b");
  // An id twice in one append: the unique index stops the room, whatever the check before says.
  const auto outcomes =
      append({to(b, {entry(1, "ann", "b1")}), to(a, {entry(1, "ann", "x", "id"), entry(2, "ann", "y", "id")})});
  EXPECT_EQ(outcomes.at(0).what, outcome::stored);
  EXPECT_EQ(outcomes.at(1).what, outcome::refused);
  EXPECT_EQ(log(b), texts{"b1"});
}

// Stands for a full disk: the process may not enlarge its files.
class full_disk {
 public:
  explicit full_disk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit less{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &less);
  }
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_P(Sqlite, RefusesWhileTheDiskIsFullAndGoesOnAfter) {
  create("hall", "ann");
  const auto room = fill("hall", 1);
  std::vector<core::room_entry> large;
  for (std::uint64_t seq = 2; seq < 102; ++seq) large.push_back(entry(seq, "ann", std::string(4000, 'x')));
  const storage::room_append wanted = to(room, large);
  {
    const full_disk full(std::filesystem::file_size(path() + "-wal"));
    EXPECT_EQ(stores.journal->append({&wanted, 1}).code(), ec::unavailable);
    EXPECT_EQ(stores.rooms->create_room({{"other"}, {"ann"}, access::open, {}}, at(1)).code(), ec::unavailable);
    EXPECT_EQ(log(room), texts{"1"});
  }
  EXPECT_EQ(append({wanted}).at(0).what, outcome::stored);
  EXPECT_EQ(log(room).size(), 101u);
  create("other", "ann");
}

TEST_P(Sqlite, TakesWritesOfJournalAndCatalogAtOnce) {
  create("hall", "ann");
  const auto room = open("hall");
  std::thread catalog([&] {
    for (int i = 0; i < 50; ++i)
      EXPECT_TRUE(stores.rooms->create_room({{"room" + std::to_string(i)}, {"ann"}, access::open, {}}, at(1)));
  });
  for (std::uint64_t seq = 1; seq <= 50; ++seq)
    EXPECT_EQ(append({to(room, {entry(seq, "ann", "text")})}).at(0).what, outcome::stored);
  catalog.join();
  EXPECT_EQ(*stores.rooms->count_rooms(), 51u + built_in);
}

}  // namespace
}  // namespace greenroom::test
