#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "test/storage/databases.hpp"

namespace greenroom::test {

using access = core::room_access;
using role = core::room_role;
using core::entry_kind;

/// A time that doesn't come while this is tested: in 2096.
constexpr auto end_of_time = 4'000'000'000'000;

/// An act, as a room has decided on it.
struct doing {
  entry_kind kind;
  std::string by;
  std::string subject{};
  core::act_effect effect{};
  std::string why{};
  std::uint64_t target = 0;
  std::string id{};
};

/// A test over a chat database.
class chat_database : public databases {
 public:
  void SetUp() override {
    databases::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    reopen();
  }

  /// Closes the stores and opens them again, as a new process would.
  void reopen() {
    stores = {};
    auto opened = storage::open_chat(chat_url(), {});
    ASSERT_TRUE(opened) << opened.why().text();
    stores = *std::move(opened);
  }

  /// The same, where that is possible.
  void reopen_unless_memory() {
    if (!is("memory")) reopen();
  }

  core::room_info create(const std::string& room, const std::string& owner, access who = access::open,
                         std::vector<core::user_id> members = {}) {
    const auto entered = stores.rooms->create_room({{room}, {owner}, who, std::move(members)}, at(1));
    EXPECT_TRUE(entered && entered->created);
    return entered ? entered->info : core::room_info{};
  }
  core::room_opened open(const std::string& room, std::uint64_t view = 1, std::uint32_t tail = 100) {
    const auto opened = stores.journal->open({{{room}, {"node"}, {view}}}, tail);
    EXPECT_TRUE(opened && opened->at(0)) << room;
    return opened && opened->at(0) ? *opened->at(0) : core::room_opened{};
  }

  /// An entry; its time is its seq.
  static core::room_entry entry(std::uint64_t seq, const std::string& author, const std::string& text,
                                const std::string& client_id = {}) {
    return {.seq = {seq},
            .author = {author},
            .client_id = client_id,
            .text = text,
            .at = at(static_cast<long long>(seq)),
            .poster = {77}};
  }
  static storage::room_append to(const core::room_opened& room, std::vector<core::room_entry> entries) {
    return {room.key, room.epoch, std::move(entries)};
  }
  /// Appends, and returns what became of each room.
  std::vector<storage::append_outcome> append(const std::vector<storage::room_append>& rooms) {
    const auto outcomes = stores.journal->append(rooms);
    EXPECT_TRUE(outcomes) << outcomes.why().text();
    return outcomes ? *outcomes : std::vector<storage::append_outcome>(rooms.size());
  }
  /// The act as the next entry of the room, whose head is `room.head`.
  static storage::room_append to(const core::room_opened& room, const doing& what) {
    auto act = entry(room.head.value + 1, what.by, what.why, what.id);
    act.kind = what.kind;
    act.subject = {what.subject};
    act.target = {what.target};
    return {room.key, room.epoch, {act}, std::make_shared<core::act_effect>(what.effect)};
  }
  /// Stores the act, and moves `room.head` where it was stored.
  storage::append_outcome perform(core::room_opened& room, const doing& what) {
    auto outcomes = append({to(room, what)});
    if (outcomes.at(0).what == storage::append_outcome::kind::stored) ++room.head;
    return outcomes.at(0);
  }
  /// Appends `count` texts "1", "2", … by ann to a room that is empty.
  core::room_opened fill(const std::string& room, std::uint64_t count) {
    const auto opened = open(room);
    std::vector<core::room_entry> entries;
    for (std::uint64_t seq = 1; seq <= count; ++seq) entries.push_back(entry(seq, "ann", std::to_string(seq)));
    EXPECT_EQ(append({to(opened, entries)}).at(0).what, storage::append_outcome::kind::stored);
    return opened;
  }
  /// The room as its row and its members are, as this user sees it.
  core::room_described described(const std::string& room, const std::string& viewer) {
    const auto found = stores.rooms->describe_room({{room}, {viewer}});
    EXPECT_TRUE(found) << found.why().text();
    return found ? *found : core::room_described{};
  }
  /// The texts that the room's log holds.
  std::vector<std::string> log(const core::room_opened& room) {
    std::vector<std::string> texts;
    const auto entries = stores.journal->read(room.key, {}, 1000);
    EXPECT_TRUE(entries);
    for (const auto& each : *entries) texts.emplace_back(std::string_view(each.text));
    return texts;
  }

  storage::chat_stores stores;
};

/// How many rooms a new database has: the lobby.
constexpr std::uint64_t built_in = 1;

using texts = std::vector<std::string>;
using outcome = storage::append_outcome::kind;

/// The settings without who set the topic, and when: those are the entry's.
[[nodiscard]] inline core::room_settings asked_for(core::room_settings set) {
  set.topic_by = {};
  set.topic_at = {};
  return set;
}

}  // namespace greenroom::test
