#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "core/notices.hpp"
#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

/// A follower of the logs of a database, step by step.
class Followed : public chat_database {
 public:
  std::vector<core::followed_log> read(const std::vector<core::follow_room>& rooms) {
    auto logs = stores.follower->read(rooms);
    EXPECT_TRUE(logs) << logs.why().text();
    return logs ? *std::move(logs) : std::vector<core::followed_log>{};
  }
  core::notices_stored store(const core::notices& wanted) {
    auto done = stores.follower->store(wanted);
    EXPECT_TRUE(done) << done.why().text();
    return done ? *std::move(done) : core::notices_stored{};
  }
  /// Follows a room to its end, `most` entries at a time.
  std::uint64_t follow(const core::room_opened& room, std::uint32_t most = 500) {
    std::uint64_t mentions = 0;
    for (int steps = 0; steps < 1000; ++steps) {
      const auto logs = read({{room.key, most}});
      if (logs.empty() || logs[0].cursor == logs[0].head) return mentions;
      const auto done = store(core::notices_of(logs));
      EXPECT_EQ(done.rooms.size(), 1u);
      mentions += done.mentions;
    }
    ADD_FAILURE() << "it doesn't end";
    return mentions;
  }
  /// `room:seq`, the newest first.
  texts mentions(const std::string& user, core::mention_place before = {}, std::uint32_t limit = 50) {
    const auto page = stores.rooms->list_mentions({{user}, std::move(before), limit});
    EXPECT_TRUE(page) << page.why().text();
    texts out;
    for (const auto& one : page->mentions) out.push_back(one.room.value + ":" + std::to_string(one.entry.seq.value));
    more = page->more;
    return out;
  }
  core::synced_room synced(const std::string& user, const std::string& room) {
    const auto page = stores.rooms->sync_rooms({{user}, {}, 500});
    EXPECT_TRUE(page) << page.why().text();
    for (const auto& one : page->rooms)
      if (one.room == core::room_id{room}) return one;
    ADD_FAILURE() << room << " isn't there for " << user;
    return {};
  }
  std::uint64_t unread_mentions(const std::string& user, const std::string& room) {
    return synced(user, room).mentions;
  }
  core::seq_no mark(const std::string& user, const std::string& room) { return synced(user, room).read; }
  void say(core::room_opened& room, const std::string& author, const std::string& text) {
    ASSERT_EQ(append({to(room, {entry(room.head.value + 1, author, text)})}).at(0).what, outcome::stored);
    ++room.head;
  }
  outcome edit(core::room_opened& room, const std::string& author, std::uint64_t target, const std::string& text) {
    return perform(room, {entry_kind::edit, author, {}, {.what = {}, .edit_window_s = 1'000'000}, text, target}).what;
  }
  outcome erase(core::room_opened& room, std::uint64_t target) {
    return perform(room, {entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, target}).what;
  }
  bool more = false;
};
GREENROOM_ON_EACH_DATABASE(Followed);

TEST_P(Followed, MembersLearnWhereTheyAreMentioned) {
  create("Hall", "ann", access::open, {{"Bob"}, {"carl"}});
  auto hall = open("hall");
  say(hall, "ann", "hello @bob, @dora and @ann");
  say(hall, "carl", "nothing, ann@bob");
  say(hall, "dora", "@BOB @carl");
  EXPECT_EQ(mentions("bob"), texts{});
  EXPECT_EQ(follow(hall), 3u);
  EXPECT_EQ(mentions("BOB"), (texts{"Hall:3", "Hall:1"}));
  EXPECT_EQ(mentions("carl"), texts{"Hall:3"});
  EXPECT_EQ(mentions("dora"), texts{}) << "no member";
  EXPECT_EQ(mentions("ann"), texts{}) << "oneself";
  const auto page = stores.rooms->list_mentions({{"bob"}, {}, 1});
  EXPECT_EQ(page->mentions[0].generation, hall.generation);
  EXPECT_EQ(page->mentions[0].entry.text, "@BOB @carl");
  EXPECT_EQ(page->mentions[0].entry.author.value, "dora");
  EXPECT_EQ(page->mentions[0].entry.at, at(3));
  EXPECT_EQ(unread_mentions("bob", "hall"), 2u);
  ASSERT_TRUE(stores.rooms->move_marks({{{"hall"}, {"bob"}, {1}}}));
  EXPECT_EQ(unread_mentions("bob", "hall"), 1u);
  ASSERT_TRUE(stores.rooms->move_marks({{{"hall"}, {"bob"}, {3}}}));
  EXPECT_EQ(unread_mentions("bob", "hall"), 0u);
  reopen_unless_memory();
  EXPECT_EQ(mentions("bob").size(), 2u);
  EXPECT_EQ(follow(hall), 0u) << "the cursor is stored";
}

TEST_P(Followed, AreListedInPagesTheNewestFirst) {
  create("hall", "ann", access::open, {{"bob"}});
  create("den", "ann", access::secret, {{"bob"}});
  auto hall = open("hall");
  auto den = open("den");
  for (int i = 0; i < 3; ++i) {
    say(hall, "ann", "@bob");
    say(den, "ann", "@bob");
  }
  follow(den);
  follow(hall);
  EXPECT_EQ(mentions("bob"), (texts{"hall:3", "den:3", "hall:2", "den:2", "hall:1", "den:1"}));
  EXPECT_FALSE(more);
  EXPECT_EQ(mentions("bob", {}, 2), (texts{"hall:3", "den:3"}));
  EXPECT_TRUE(more);
  EXPECT_EQ(mentions("bob", {at(3), {3}, {"den"}}, 3), (texts{"hall:2", "den:2", "hall:1"}));
  EXPECT_EQ(mentions("bob", {at(1), {1}, {"HALL"}}), texts{"den:1"});
  EXPECT_FALSE(more);
  EXPECT_EQ(mentions("bob", {at(1), {1}, {"den"}}), texts{});
}

TEST_P(Followed, AreListedOnlyOfRoomsThatOneMayRead) {
  create("hall", "ann", access::open, {{"bob"}});
  create("den", "ann", access::secret, {{"bob"}});
  auto hall = open("hall");
  auto den = open("den");
  say(hall, "ann", "@bob");
  say(den, "ann", "@bob");
  follow(hall);
  follow(den);
  ASSERT_EQ(perform(den, {entry_kind::remove, "ann", "bob"}).what, outcome::stored);
  EXPECT_EQ(mentions("bob"), texts{"hall:1"});
  ASSERT_EQ(perform(hall, {entry_kind::ban, "ann", "bob"}).what, outcome::stored);
  EXPECT_EQ(mentions("bob"), texts{});
  ASSERT_EQ(perform(hall, {entry_kind::unban, "ann", "bob"}).what, outcome::stored);
  EXPECT_EQ(mentions("bob"), texts{"hall:1"});
}

TEST_P(Followed, AnEditAddsMentionsAndAnEraseRemovesThem) {
  create("hall", "ann", access::open, {{"bob"}, {"carl"}});
  auto hall = open("hall");
  say(hall, "ann", "@bob");
  follow(hall);
  ASSERT_EQ(edit(hall, "ann", 1, "@bob and @carl"), outcome::stored);
  ASSERT_EQ(edit(hall, "ann", 1, "@carl"), outcome::stored);
  EXPECT_EQ(follow(hall, 1), 1u);
  EXPECT_EQ(mentions("bob"), texts{"hall:1"}) << "an edit takes none back";
  EXPECT_EQ(mentions("carl"), texts{"hall:2"}) << "the entry that mentions";
  say(hall, "ann", "@carl");
  follow(hall);
  ASSERT_EQ(erase(hall, 1), outcome::stored);
  EXPECT_EQ(mentions("bob"), texts{});
  EXPECT_EQ(mentions("carl"), texts{"hall:4"});
  EXPECT_EQ(unread_mentions("bob", "hall"), 0u) << "at once";
  follow(hall);
  EXPECT_EQ(mentions("carl"), texts{"hall:4"});
}

TEST_P(Followed, WhatIsErasedBeforeItIsStoredMentionsNobody) {
  create("hall", "ann", access::open, {{"bob"}});
  auto hall = open("hall");
  say(hall, "ann", "@bob");
  say(hall, "ann", "@bob");
  const auto logs = read({{hall.key, 500}});
  ASSERT_EQ(erase(hall, 1), outcome::stored);
  EXPECT_EQ(store(core::notices_of(logs)).mentions, 1u);
  EXPECT_EQ(unread_mentions("bob", "hall"), 1u);
  follow(hall);
  EXPECT_EQ(mentions("bob"), texts{"hall:2"});
}

TEST_P(Followed, AModeratorMentionsEverybody) {
  create("hall", "ann", access::open, {{"bob"}, {"carl"}, {"dora"}});
  auto hall = open("hall");
  ASSERT_EQ(perform(hall, {entry_kind::role, "ann", "dora", {.what = {.role = role::moderator}}}).what,
            outcome::stored);
  say(hall, "bob", "@room");
  EXPECT_EQ(follow(hall), 0u) << "no moderator";
  say(hall, "ann", "@room and @bob");
  EXPECT_EQ(follow(hall), 3u);
  say(hall, "dora", "@bob");
  ASSERT_EQ(edit(hall, "dora", 4, "@Room"), outcome::stored);
  EXPECT_EQ(follow(hall), 3u);
  EXPECT_EQ(mentions("bob"), (texts{"hall:4", "hall:3"}));
  EXPECT_EQ(mentions("carl"), (texts{"hall:5", "hall:3"}));
  EXPECT_EQ(mentions("dora"), texts{"hall:3"});
  EXPECT_EQ(mentions("ann"), texts{"hall:5"});
}

TEST_P(Followed, PeopleWhoHaveBlockedOneAnotherMentionNobody) {
  create("hall", "ann", access::open, {{"bob"}, {"carl"}});
  auto hall = open("hall");
  ASSERT_TRUE(stores.rooms->put_block({{"bob"}, {"ann"}}, 100, at(1)));
  ASSERT_TRUE(stores.rooms->put_block({{"ann"}, {"carl"}}, 100, at(1)));
  say(hall, "ann", "@bob @carl");
  say(hall, "ann", "@room");
  say(hall, "carl", "@ann @bob");
  EXPECT_EQ(follow(hall), 1u);
  EXPECT_EQ(mentions("bob"), texts{"hall:3"});
  EXPECT_EQ(mentions("carl"), texts{});
  EXPECT_EQ(mentions("ann"), texts{});
}

TEST_P(Followed, WhoeverWritesHasReadAsFar) {
  create("hall", "ann", access::open, {{"Bob"}});
  auto hall = open("hall");
  say(hall, "ann", "one");
  say(hall, "bob", "two");
  say(hall, "carl", "three");
  const auto done = store(core::notices_of(read({{hall.key, 500}})));
  auto moved = done.marks;
  std::sort(moved.begin(), moved.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
  ASSERT_EQ(moved.size(), 2u) << "carl is no member";
  EXPECT_EQ(moved[1].user.value, "Bob") << "as first written";
  EXPECT_EQ(moved[1].room.value, "hall");
  EXPECT_EQ(mark("ann", "hall"), core::seq_no{1});
  EXPECT_EQ(mark("bob", "hall"), core::seq_no{2});
  EXPECT_EQ(synced("ann", "hall").unread, 2u);
  EXPECT_EQ(synced("bob", "hall").unread, 1u);
  ASSERT_TRUE(stores.rooms->move_marks({{{"hall"}, {"ann"}, {3}}}));
  say(hall, "ann", "four");
  ASSERT_EQ(edit(hall, "bob", 2, "two!"), outcome::stored);
  ASSERT_TRUE(stores.rooms->move_marks({{{"hall"}, {"ann"}, {5}}}));
  EXPECT_TRUE(store(core::notices_of(read({{hall.key, 500}}))).marks.empty()) << "never back, and only words";
  EXPECT_EQ(mark("bob", "hall"), core::seq_no{2});
}

TEST_P(Followed, OfTwoFollowersTheLaterOneStoresNothing) {
  create("hall", "ann", access::open, {{"bob"}});
  create("den", "ann", access::open, {{"bob"}});
  auto hall = open("hall");
  auto den = open("den");
  say(hall, "ann", "@bob");
  say(den, "ann", "@bob");
  const auto first = core::notices_of(read({{hall.key, 500}}));
  const auto second = core::notices_of(read({{hall.key, 500}, {den.key, 500}}));
  EXPECT_EQ(store(first).mentions, 1u);
  const auto late = store(second);
  EXPECT_EQ(late.rooms, std::vector<core::room_key>{den.key});
  EXPECT_EQ(late.mentions, 1u);
  ASSERT_EQ(late.marks.size(), 1u);
  EXPECT_EQ(late.marks[0].room.value, "den");
  EXPECT_TRUE(store(first).rooms.empty());
  EXPECT_EQ(mentions("bob").size(), 2u);
}

TEST_P(Followed, RoomsThatAreBehindAreFound) {
  create("hall", "ann");
  create("den", "ann");
  create("attic", "ann", access::secret);
  auto hall = open("hall");
  auto den = open("den");
  auto attic = open("attic");
  say(hall, "ann", "one");
  say(den, "ann", "one");
  say(den, "ann", "two");
  say(attic, "ann", "one");
  follow(hall);
  auto found = stores.follower->find_behind({}, 10);
  ASSERT_TRUE(found && found->rooms.size() == 2);
  EXPECT_EQ(found->rooms[0].room.value, "den");
  EXPECT_EQ(found->rooms[0].cursor, core::seq_no{});
  EXPECT_EQ(found->rooms[0].head, core::seq_no{2});
  EXPECT_EQ(found->rooms[1].key, attic.key);
  EXPECT_FALSE(found->more);
  EXPECT_TRUE(stores.follower->find_behind({}, 1)->more);
  EXPECT_EQ(stores.follower->find_behind(den.key, 10)->rooms.size(), 1u);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"ann"}}, at(2)));
  EXPECT_EQ(stores.follower->find_behind({}, 10)->rooms.size(), 1u) << "hidden";
  EXPECT_TRUE(read({{attic.key, 10}}).empty());
  EXPECT_TRUE(read({{{99'999}, 10}}).empty());
}

TEST_P(Followed, MentionsGoWithTheirRoom) {
  create("hall", "ann", access::open, {{"bob"}});
  auto hall = open("hall");
  say(hall, "ann", "@bob");
  const auto late = core::notices_of(read({{hall.key, 500}}));
  follow(hall);
  ASSERT_TRUE(stores.rooms->delete_room({{"hall"}, {"ann"}}));
  EXPECT_EQ(mentions("bob"), texts{});
  EXPECT_TRUE(store(late).rooms.empty());
  create("hall", "ann", access::open, {{"bob"}});
  EXPECT_EQ(mentions("bob"), texts{});
  auto again = open("hall");
  say(again, "ann", "@bob");
  EXPECT_EQ(follow(again), 1u);
}

TEST_P(Followed, MentionsGoWithTheirUser) {
  create("hall", "ann", access::open, {{"bob"}, {"carl"}});
  auto hall = open("hall");
  say(hall, "ann", "@bob");
  say(hall, "bob", "@carl");
  const auto late = core::notices_of(read({{hall.key, 500}}));
  follow(hall);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"bob"}}, at(2)));
  ASSERT_FALSE(stores.rooms->purge_rooms({{"op"}, {1}, {"bob"}}, 100, at(2))->more);
  EXPECT_EQ(mentions("bob"), texts{});
  EXPECT_EQ(mentions("carl"), texts{"hall:2"}) << "the message stays";
  say(hall, "ann", "@bob again");
  EXPECT_EQ(follow(hall), 0u);
  const auto people = *stores.rooms->list_people({}, 100);
  EXPECT_EQ(std::count(people.begin(), people.end(), core::user_id{"bob"}), 0);
}

TEST_P(Followed, MentionsInWhatADeletionEmptiesGo) {
  create("hall", "ann", access::open, {{"bob"}, {"carl"}});
  auto hall = open("hall");
  say(hall, "bob", "@carl");
  say(hall, "ann", "@carl");
  follow(hall);
  const core::deletion_choices erasing{.keep_rooms = false, .erase_messages = true};
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"bob"}, erasing}, at(2)));
  ASSERT_FALSE(stores.rooms->purge_rooms({{"op"}, {1}, {"bob"}, erasing}, 100, at(2))->more);
  EXPECT_EQ(mentions("carl"), texts{"hall:2"});
  EXPECT_EQ(unread_mentions("carl", "hall"), 1u);
}

TEST_P(Followed, ALogThatIsAnotherOneIsReadAnew) {
  if (is("memory")) GTEST_SKIP() << "it is never put back";
  create("hall", "ann", access::open, {{"bob"}});
  auto hall = open("hall");
  say(hall, "ann", "@bob");
  follow(hall);
  say(hall, "ann", "@bob");
  const auto before = core::notices_of(read({{hall.key, 500}}));
  stores = {};
  ASSERT_TRUE(storage::renew_chat(chat_url(), {}));
  reopen();
  EXPECT_TRUE(store(before).rooms.empty()) << "it was read from the log before";
  ASSERT_EQ(stores.follower->find_behind({}, 10)->rooms.size(), 1u);
  EXPECT_EQ(read({{hall.key, 500}}).at(0).cursor, core::seq_no{});
  EXPECT_EQ(follow(hall), 1u) << "the first one is known";
  EXPECT_EQ(mentions("bob"), (texts{"hall:2", "hall:1"}));
  EXPECT_TRUE(stores.follower->find_behind({}, 10)->rooms.empty());
}

// Followers that are lost between reading and storing, or after it, 200 times; in halls where people say, edit and
// erase things, come and go. What is left is what an oracle says who looked at every entry once.
TEST_P(Followed, LoseAndDoubleNothingWhereverTheyAreLost) {
  const texts halls{"hall", "den", "attic"};
  const texts people{"ann", "bob", "carl", "dora"};
  std::mt19937 random{2026};
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  struct message {
    std::set<std::string> named;
    bool erased = false;
  };
  struct hall_truth {
    std::map<std::uint64_t, message> messages;
    std::map<std::string, std::uint64_t> marks;
    std::uint64_t head = 0;
  };
  std::map<std::string, core::room_opened> rooms;
  std::map<std::string, hall_truth> truth;
  std::map<std::string, std::set<std::string>> expected;  // of each person `hall:seq`
  std::map<std::string, std::map<std::uint64_t, std::set<std::string>>> by_message;
  for (const auto& name : halls) {
    create(name, "ann", access::open, {{"bob"}, {"carl"}, {"dora"}});
    rooms[name] = open(name);
  }
  const auto name_some = [&](const std::string& name, const std::string& author, std::uint64_t number,
                             std::uint64_t seq, std::string& text) {
    for (const auto& person : people) {
      if (below(3) != 0) continue;
      text += " @" + person;
      if (person == author || !truth[name].messages[number].named.insert(person).second) continue;
      expected[person].insert(name + ":" + std::to_string(seq));
      by_message[name][number].insert(person + " " + name + ":" + std::to_string(seq));
    }
  };
  const auto act = [&] {
    const auto& name = halls[below(halls.size())];
    auto& room = rooms[name];
    auto& told = truth[name];
    const auto& author = people[below(people.size())];
    const auto seq = room.head.value + 1;
    const auto what = below(10);
    const auto number = told.head == 0 ? 0 : 1 + below(told.head);
    const auto of = told.messages.find(number);
    if (what < 6 || of == told.messages.end() || of->second.erased) {
      std::string text = "words";
      told.messages[seq];
      name_some(name, author, seq, seq, text);
      say(room, author, text);
      told.marks[author] = seq;
    } else if (what < 8) {
      const auto before = stores.journal->read(room.key, {number - 1}, 1)->at(0);
      std::string text = "edited";
      name_some(name, before.author.value, number, seq, text);
      ASSERT_EQ(edit(room, before.author.value, number, text), outcome::stored);
    } else {
      ASSERT_EQ(erase(room, number), outcome::stored);
      of->second.erased = true;
      for (const auto& line : by_message[name][number])
        expected[line.substr(0, line.find(' '))].erase(line.substr(line.find(' ') + 1));
    }
    told.head = room.head.value;
  };
  // What a follower has read, and perhaps never stores.
  std::optional<core::notices> other;
  std::size_t lost = 0;
  for (int i = 0; lost < 200; ++i) {
    for (auto left = below(4); left > 0; --left) act();
    std::vector<core::follow_room> batch;
    for (const auto& name : halls)
      if (below(2) == 0) batch.push_back({rooms[name].key, static_cast<std::uint32_t>(1 + below(5))});
    const auto wanted = core::notices_of(read(batch));
    switch (below(5)) {
      case 0:  // it dies before it stores
        ++lost;
        break;
      case 1:  // … and after it; the next one begins where the cursor is
        store(wanted);
        ++lost;
        break;
      case 2:  // two owners: this one stores what it has read later, or never
        other = wanted;
        break;
      case 3:
        if (other) store(*std::exchange(other, {}));
        [[fallthrough]];
      default:
        store(wanted);
    }
  }
  for (const auto& name : halls) follow(rooms[name], 3);
  if (other) {
    EXPECT_TRUE(store(*other).rooms.empty());
  }
  for (const auto& person : people) {
    std::set<std::string> found;
    core::mention_place before;
    do {
      const auto page = stores.rooms->list_mentions({{person}, before, 20});
      ASSERT_TRUE(page) << page.why().text();
      for (const auto& one : page->mentions)
        EXPECT_TRUE(found.insert(one.room.value + ":" + std::to_string(one.entry.seq.value)).second);
      more = page->more;
      if (more) before = core::place_of(page->mentions.back());
    } while (more);
    EXPECT_EQ(found, expected[person]) << person;
    for (const auto& name : halls) {
      const auto mark = truth[name].marks[person];
      EXPECT_EQ(synced(person, name).read.value, mark) << person << " in " << name;
      const auto first = truth[name].messages.upper_bound(mark);
      EXPECT_EQ(synced(person, name).unread,
                static_cast<std::uint64_t>(std::distance(first, truth[name].messages.end())))
          << person << " in " << name;
      const auto above = std::count_if(expected[person].begin(), expected[person].end(), [&](const auto& line) {
        return line.starts_with(name + ":") && std::stoull(line.substr(name.size() + 1)) > truth[name].marks[person];
      });
      EXPECT_EQ(unread_mentions(person, name), static_cast<std::uint64_t>(above)) << person << " in " << name;
    }
  }
}

}  // namespace
}  // namespace greenroom::test
