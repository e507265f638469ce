#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/open.hpp"
#include "telemetry/log.hpp"

// How many rows a second one journal makes durable. For PostgreSQL, GREENROOM_BENCH_POSTGRESQL is the URL of a database
// that may be written to.
namespace {

using namespace greenroom;

// A chat database in its own folder, with rooms opened.
class fixture {
 public:
  fixture(const std::string& kind, std::size_t rooms) {
    telemetry::log::options quiet;
    quiet.threshold = telemetry::log::level::warn;
    telemetry::log::configure(quiet);
    std::string url = kind;
    if (kind == "sqlite:") {
      folder_ = (std::filesystem::temp_directory_path() / "greenroom-bench-XXXXXX").string();
      if (::mkdtemp(folder_.data()) == nullptr) return;
      url = "sqlite:" + folder_ + "/chat.db";
    } else if (kind == "postgresql:") {
      const char* const given = std::getenv("GREENROOM_BENCH_POSTGRESQL");
      if (given == nullptr) return;
      url = given;
    }
    auto opened = storage::open_chat(url, {});
    if (!opened) return;
    stores_ = *std::move(opened);
    for (std::size_t i = 0; i < rooms; ++i) {
      const core::room_id name{"bench" + std::to_string(i)};
      if (!stores_.rooms->create_room({name, {"ann"}, core::room_access::open, {}}, {})) return;
      wanted_.push_back({name, {"bench"}, {1}});
    }
    const auto answers = stores_.journal->open(wanted_, 0);
    if (!answers) return;
    for (const auto& answer : *answers) appends_.push_back({answer->key, answer->epoch, {}});
    for (std::size_t i = 0; i < rooms; ++i) heads_.push_back((*answers)[i]->head.value);
    ready_ = true;
  }
  ~fixture() {
    stores_ = {};
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  fixture(const fixture&) = delete;
  fixture& operator=(const fixture&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }

  // The next batch: `entries` of 100 bytes in each room, by ten authors, with or without ids.
  void prepare(std::size_t entries, bool ids) {
    for (std::size_t room = 0; room < appends_.size(); ++room) {
      auto& batch = appends_[room].entries;
      batch.resize(entries);
      for (auto& entry : batch) {
        entry.seq = {++heads_[room]};
        entry.author = {"author" + std::to_string(entry.seq.value % 10)};
        entry.client_id =
            ids ? "5f0c2a9e-" + std::to_string(run_) + '-' + std::to_string(entry.seq.value) : std::string();
        entry.text = std::string(100, 'x');
        entry.at = core::wall_time{core::milliseconds{1700000000000 + static_cast<long long>(entry.seq.value)}};
      }
    }
  }
  // Whether all of it was stored.
  bool append() {
    const auto outcomes = stores_.journal->append(appends_);
    if (!outcomes) return false;
    for (const auto& outcome : *outcomes)
      if (outcome.what != storage::append_outcome::kind::stored) return false;
    return true;
  }

 private:
  std::string folder_;
  const int run_ = std::rand();
  storage::chat_stores stores_;
  std::vector<core::open_room> wanted_;
  std::vector<storage::room_append> appends_;
  std::vector<std::uint64_t> heads_;
  bool ready_ = false;
};

void append(benchmark::State& state, const std::string& kind) {
  const auto rooms = static_cast<std::size_t>(state.range(0));
  const auto entries = static_cast<std::size_t>(state.range(1));
  fixture database(kind, rooms);
  if (!database.ready()) {
    state.SkipWithError("no such database here");
    return;
  }
  for (auto _ : state) {
    state.PauseTiming();
    database.prepare(entries, state.range(2) != 0);
    state.ResumeTiming();
    if (!database.append()) state.SkipWithError("not stored");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rooms * entries));
}

void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"rooms", "entries", "ids"})->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (const long long ids : {0, 1})
    for (const auto& [rooms, entries] :
         {std::pair{1LL, 1LL}, {1LL, 64LL}, {64LL, 1LL}, {512LL, 1LL}, {64LL, 8LL}, {1LL, 512LL}})
      bench->Args({rooms, entries, ids});
}

BENCHMARK_CAPTURE(append, memory, "memory:")->Apply(shapes);
BENCHMARK_CAPTURE(append, sqlite, "sqlite:")->Apply(shapes);
BENCHMARK_CAPTURE(append, postgresql, "postgresql:")->Apply(shapes);

}  // namespace
