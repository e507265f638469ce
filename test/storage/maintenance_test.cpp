#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "test/storage/chat_fixture.hpp"
#include "test/support/postgres_cluster.hpp"

namespace greenroom::test {
namespace {

/// What was erased, in the bytes of the database's files.
class Maintenance : public chat_database {
 public:
  static std::string secret(std::uint64_t number) { return "secret-" + std::to_string(100'000 + number) + "."; }

  /// Says secrets in the hall, and erases some of them in between, so that pages are split and balanced around holes.
  void talk(std::uint64_t rounds) {
    std::mt19937 dice(7);
    for (std::uint64_t round = 0; round < rounds; ++round) {
      std::vector<core::room_entry> said;
      for (int i = 0; i < 40; ++i) {
        const auto seq = hall.head.value + 1 + said.size();
        // Nothing that could be compressed.
        std::string more(dice() % 10 == 0 ? dice() % 3000 : dice() % 200, ' ');
        for (auto& letter : more) letter = static_cast<char>('A' + dice() % 58);
        said.push_back(entry(seq, "bob", secret(seq) + more));
        kept.insert(seq);
      }
      ASSERT_EQ(append({to(hall, said)}).at(0).what, outcome::stored);
      hall.head = said.back().seq;
      for (int i = 0; i < 10; ++i) erase(1 + dice() % hall.head.value);
    }
  }
  void erase(std::uint64_t seq) {
    if (kept.erase(seq) == 0) return;
    erased.insert(seq);
    ASSERT_EQ(perform(hall, {.kind = entry_kind::erase,
                             .by = "ann",
                             .effect = {.what = {.target = {seq}}, .anybodys = true},
                             .target = seq})
                  .what,
              outcome::stored);
  }

  /// Maintains it as its operator does. The sizes of the file, where the process rewrote it.
  core::database_maintained maintain() {
    const auto done = stores.rooms->maintain();
    EXPECT_TRUE(done) << done.why().text();
    if (done && !done->to_run.empty()) {
      auto& cluster = *postgres_cluster::shared();
      cluster.run(chat_url(), done->to_run);
      cluster.run(chat_url(), "checkpoint");
    }
    return done ? *done : core::database_maintained{};
  }

  /// All bytes of the database's files: of SQLite also those beside it, of PostgreSQL without the write-ahead log.
  std::string bytes() {
    std::string out;
    const auto add = [&](const std::filesystem::path& file) {
      std::ifstream from(file, std::ios::binary);
      out.append(std::istreambuf_iterator<char>(from), {});
    };
    if (is("sqlite")) {
      const std::filesystem::path database = chat_url().substr(std::string("sqlite:").size());
      for (const auto& file : std::filesystem::directory_iterator(database.parent_path()))
        if (file.path().filename().string().starts_with(database.filename().string())) add(file.path());
    } else {
      for (const auto& file :
           std::filesystem::recursive_directory_iterator(postgres_cluster::shared()->data() / "base"))
        if (file.is_regular_file()) add(file.path());
    }
    return out;
  }
  std::uint64_t found(const std::set<std::uint64_t>& numbers) {
    std::set<std::uint64_t> there;
    const auto all = bytes();
    for (auto at = all.find("secret-"); at != all.npos; at = all.find("secret-", at + 1))
      there.insert(std::strtoull(all.c_str() + at + 7, nullptr, 10) - 100'000);
    std::uint64_t count = 0;
    for (const auto number : numbers) count += there.count(number);
    return count;
  }

  core::room_opened hall;
  std::set<std::uint64_t> kept, erased;
};
INSTANTIATE_TEST_SUITE_P(On, Maintenance, testing::Values("sqlite", "postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(Maintenance, LeavesNothingOfWhatWasErased) {
  create("hall", "ann");
  hall = open("hall");
  talk(60);
  ASSERT_GT(erased.size(), 300u);
  maintain();
  EXPECT_EQ(found(erased), 0u);
  EXPECT_EQ(found(kept), kept.size()) << "the search finds what is there";
}

TEST_P(Maintenance, LeavesNothingOfARoomThatWasDeleted) {
  create("hall", "ann");
  hall = open("hall");
  talk(5);
  ASSERT_TRUE(stores.rooms->delete_room({{"hall"}, {"ann"}}));
  maintain();
  kept.merge(erased);
  EXPECT_EQ(found(kept), 0u);
}

TEST_P(Maintenance, LeavesNothingOfAPrivateRoomWhoseOwnerWasDeleted) {
  create("hall", "ann", access::secret);
  hall = open("hall");
  talk(5);
  while (stores.rooms->purge_rooms({{"operation"}, {1}, {"ann"}}, 500, at(9))->more) continue;
  maintain();
  kept.merge(erased);
  EXPECT_EQ(found(kept), 0u);
}

TEST_P(Maintenance, LeavesNothingOfWhatAnAuthorHadErasedWithTheirAccount) {
  create("hall", "ann");
  hall = open("hall");
  talk(5);
  while (stores.rooms->purge_rooms({{"operation"}, {1}, {"bob"}, {.erase_messages = true}}, 50, at(9))->more)
    maintain();
  maintain();
  kept.merge(erased);
  EXPECT_EQ(found(kept), 0u);
}

TEST_P(Maintenance, LeavesALogThatGoesOn) {
  create("hall", "ann");
  hall = open("hall");
  talk(5);
  maintain();
  EXPECT_EQ(append({to(hall, {entry(hall.head.value + 1, "bob", "after")})}).at(0).what, outcome::stored);
  EXPECT_EQ(log(hall).back(), "after");
}

class SqliteMaintenance : public Maintenance {};
INSTANTIATE_TEST_SUITE_P(On, SqliteMaintenance, testing::Values("sqlite"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(SqliteMaintenance, RewritesTheFileOnlyWhereSomethingWasErased) {
  create("hall", "ann");
  hall = open("hall");
  ASSERT_EQ(append({to(hall, {entry(1, "bob", secret(1))})}).at(0).what, outcome::stored);
  hall.head = {1};
  kept.insert(1);
  EXPECT_EQ(maintain().bytes_before, 0u);
  erase(1);
  EXPECT_GT(maintain().bytes_before, 0u);
  EXPECT_EQ(maintain().bytes_before, 0u);
}

TEST_P(SqliteMaintenance, RemembersWhatIsDueOverARestart) {
  create("hall", "ann");
  hall = open("hall");
  talk(1);
  reopen();
  EXPECT_GT(maintain().bytes_before, 0u);
  EXPECT_EQ(found(erased), 0u);
}

}  // namespace
}  // namespace greenroom::test
