#pragma once
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/open.hpp"
#include "telemetry/log.hpp"

namespace greenroom::bench {

/// A chat database in its own folder, with rooms opened in which ann is a member. For PostgreSQL,
/// GREENROOM_BENCH_POSTGRESQL is the URL of a database that may be written to.
class chat_fixture {
 public:
  chat_fixture(const std::string& kind, std::size_t rooms) {
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
  ~chat_fixture() {
    stores_ = {};
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  chat_fixture(const chat_fixture&) = delete;
  chat_fixture& operator=(const chat_fixture&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }

  /// The next batch: `entries` of 100 bytes in each room, by ten authors, with or without ids.
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
  /// Whether all of it was stored.
  bool append() {
    const auto outcomes = stores_.journal->append(appends_);
    if (!outcomes) return false;
    for (const auto& outcome : *outcomes)
      if (outcome.what != storage::append_outcome::kind::stored) return false;
    return true;
  }
  /// Ann has read all rooms to their ends. Whether each mark moved.
  bool move_marks() {
    std::vector<core::read_mark> marks;
    marks.reserve(wanted_.size());
    for (std::size_t i = 0; i < wanted_.size(); ++i) marks.push_back({wanted_[i].room, {"ann"}, {heads_[i]}});
    const auto moved = stores_.rooms->move_marks(marks);
    return moved && *moved == marks.size();
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

}  // namespace greenroom::bench
