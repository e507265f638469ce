#pragma once
#include <string>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {

/// A test over deletions in a chat database.
class room_deletions : public chat_database {
 public:
  core::result<storage::hidden_rooms> hide(const std::string& user, std::uint64_t lease = 1,
                                           const std::string& operation = "op") {
    return stores.rooms->hide_rooms({{operation}, {lease}, {user}, chosen}, at(100));
  }
  core::status restore(std::uint64_t lease = 1, const std::string& operation = "op") {
    return stores.rooms->restore_rooms({{operation}, {lease}}, at(200));
  }
  core::result<storage::purged_chunk> purge_some(const std::string& user, std::uint32_t chunk, std::uint64_t lease = 1,
                                                 const std::string& operation = "op") {
    return stores.rooms->purge_rooms({{operation}, {lease}, {user}, chosen}, chunk, at(300));
  }
  /// Purges to the end, as the catalog does.
  core::deletion_receipt purge(const std::string& user, std::uint32_t chunk = 1000,
                               const std::string& operation = "op") {
    for (int calls = 0; calls < 1000; ++calls) {
      const auto some = purge_some(user, chunk, 1, operation);
      EXPECT_TRUE(some) << some.why().text();
      if (!some || !some->more) return some ? some->receipt : core::deletion_receipt{};
    }
    ADD_FAILURE() << "it doesn't end";
    return {};
  }
  core::ec post(const core::room_opened& room, std::uint64_t seq, const std::string& author) {
    const auto what = append({to(room, {entry(seq, author, "text", "id" + std::to_string(seq))})}).at(0).what;
    return what == outcome::stored ? core::ec::none : what == outcome::fenced ? core::ec::fenced : core::ec::conflict;
  }
  texts authors(const core::room_opened& room) {
    texts names;
    const auto entries = stores.journal->read(room.key, {}, 10'000);
    EXPECT_TRUE(entries);
    for (const auto& each : *entries) names.push_back(each.author.value);
    return names;
  }
  texts listed(const std::string& viewer) {
    texts names;
    const auto list = stores.rooms->list_rooms({{viewer}, {}, 100});
    EXPECT_TRUE(list);
    for (const auto& each : list->rooms)
      if (each.room.value != "lobby") names.push_back(each.room.value);
    return names;
  }
  texts members(const std::string& room, const std::string& viewer) {
    texts names;
    const auto list = stores.rooms->list_members({{room}, {viewer}, {}, 100});
    EXPECT_TRUE(list);
    for (const auto& each : list->members) names.push_back(each.user.value);
    return names;
  }
  std::uint64_t membership(const core::room_opened& room) {
    const auto found = stores.journal->epochs({room.key});
    EXPECT_TRUE(found && found->size() == 1);
    return found && !found->empty() ? found->front().membership.value : 0;
  }

  core::deletion_choices chosen;  ///< of every step from here on
};

}  // namespace greenroom::test
