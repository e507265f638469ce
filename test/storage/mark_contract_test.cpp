#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

/// How far members have read, and what they find when they come back.
class StoredMarks : public chat_database {
 public:
  std::uint32_t read(const std::string& user, const std::string& room, std::uint64_t seq) {
    const auto moved = stores.rooms->move_marks({{{room}, {user}, {seq}}});
    EXPECT_TRUE(moved) << moved.why().text();
    return moved ? *moved : 0;
  }
  core::rooms_synced sync(const std::string& user, const std::string& after = {}, std::uint32_t limit = 500) {
    auto found = stores.rooms->sync_rooms({{user}, {after}, limit});
    EXPECT_TRUE(found) << found.why().text();
    return found ? *std::move(found) : core::rooms_synced{};
  }
  /// The room as this member finds it; with another name: they aren't one.
  core::synced_room mine(const std::string& user, const std::string& room) {
    for (auto& one : sync(user).rooms)
      if (one.room == core::room_id{room}) return one;
    return {.room = {"(none)"}};
  }
  /// `unread/read`
  std::string figures(const std::string& user, const std::string& room) {
    const auto found = mine(user, room);
    return std::to_string(found.unread) + "/" + std::to_string(found.read.value);
  }
  static texts names(const core::rooms_synced& page) {
    texts out;
    for (const auto& one : page.rooms) out.push_back(one.room.value);
    return out;
  }
  /// Appends words to a room whose head is `room.head`.
  void say(core::room_opened& room, std::vector<std::string> words, core::entry_kind kind = entry_kind::text) {
    std::vector<core::room_entry> entries;
    for (auto& text : words) {
      entries.push_back(entry((++room.head).value, "ann", text));
      entries.back().kind = kind;
    }
    EXPECT_EQ(append({to(room, entries)}).at(0).what, outcome::stored);
  }
};
GREENROOM_ON_EACH_DATABASE(StoredMarks);

TEST_P(StoredMarks, AreOfTheWordsBehindThem) {
  create("hall", "ann", access::open, {{"Bob"}});
  auto room = open("hall");
  EXPECT_EQ(figures("bob", "hall"), "0/0");
  say(room, {"one"});
  say(room, {"two", "three"});
  say(room, {"waves"}, entry_kind::action);
  say(room, {"noted", "noted too"}, entry_kind::notice);
  ASSERT_EQ(perform(room, {entry_kind::mute, "ann", "carl"}).what, outcome::stored);
  EXPECT_EQ(figures("bob", "hall"), "6/0") << "an act isn't unread";
  EXPECT_EQ(read("BOB", "Hall", 2), 1u);
  EXPECT_EQ(figures("bob", "hall"), "4/2");
  EXPECT_EQ(read("bob", "hall", 2), 0u);
  EXPECT_EQ(read("bob", "hall", 1), 0u) << "never back";
  EXPECT_EQ(figures("bob", "hall"), "4/2");
  EXPECT_EQ(figures("ann", "hall"), "6/0") << "of nobody else";
  EXPECT_EQ(read("bob", "hall", 6), 1u);
  EXPECT_EQ(figures("bob", "hall"), "0/6");
  EXPECT_EQ(read("bob", "hall", 1ull << 60), 1u);
  EXPECT_EQ(figures("bob", "hall"), "0/7") << "nobody has read beyond the head";
  say(room, {"more"});
  EXPECT_EQ(figures("bob", "hall"), "1/7");
  reopen_unless_memory();
  EXPECT_EQ(figures("bob", "hall"), "1/7");
}

TEST_P(StoredMarks, CountErasedWordsUntilTheyArePassed) {
  create("hall", "ann", access::open, {{"bob"}});
  auto room = open("hall");
  say(room, {"one", "two", "three"});
  ASSERT_EQ(perform(room, {entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 2}).what, outcome::stored);
  EXPECT_EQ(figures("bob", "hall"), "3/0");
  read("bob", "hall", 1);
  EXPECT_EQ(figures("bob", "hall"), "2/1");
  read("bob", "hall", 2);
  EXPECT_EQ(figures("bob", "hall"), "1/2");
  read("bob", "hall", 4);
  EXPECT_EQ(figures("bob", "hall"), "0/4");
}

TEST_P(StoredMarks, AreMovedManyAtOnceAndOnlyThoseOfMembers) {
  create("hall", "ann", access::open, {{"bob"}});
  create("den", "bob");
  auto hall = open("hall");
  auto den = open("den");
  say(hall, {"one", "two"});
  say(den, {"one"});
  const auto moved = stores.rooms->move_marks({{{"hall"}, {"ann"}, {1}},
                                               {{"hall"}, {"bob"}, {2}},
                                               {{"hall"}, {"carl"}, {2}},
                                               {{"den"}, {"ann"}, {1}},
                                               {{"den"}, {"bob"}, {1}},
                                               {{"nowhere"}, {"ann"}, {1}}});
  ASSERT_TRUE(moved);
  EXPECT_EQ(*moved, 3u);
  EXPECT_EQ(figures("ann", "hall"), "1/1");
  EXPECT_EQ(figures("bob", "hall"), "0/2");
  EXPECT_EQ(figures("bob", "den"), "0/1");
  EXPECT_EQ(mine("ann", "den").room.value, "(none)");
  EXPECT_EQ(*stores.rooms->move_marks({}), 0u);
}

TEST_P(StoredMarks, AreFoundWithTheTimeOfTheirEntry) {
  create("hall", "ann", access::open, {{"bob"}});
  create("den", "ann", access::secret);
  auto hall = open("hall");
  say(hall, {"one", "two"});
  const auto found = [&](const std::string& room, const std::string& who) {
    return stores.rooms->find_mark({{room}, {who}});
  };
  EXPECT_EQ(found("hall", "bob")->seq, core::seq_no{});
  EXPECT_EQ(found("hall", "bob")->at, core::wall_time{});
  read("bob", "hall", 2);
  EXPECT_EQ(found("HALL", "BOB")->seq, core::seq_no{2});
  const auto page = stores.rooms->read_history({.room = {"hall"}, .viewer = {"bob"}});
  EXPECT_EQ(found("hall", "bob")->at, page->entries.at(1).at);
  EXPECT_EQ(found("hall", "eve")->seq, core::seq_no{}) << "isn't a member";
  EXPECT_EQ(found("den", "eve").code(), core::ec::not_found);
  EXPECT_EQ(found("none", "bob").code(), core::ec::not_found);
}

TEST_P(StoredMarks, OfANewMemberStartAtTheHead) {
  create("hall", "ann");
  auto room = open("hall");
  say(room, {"one", "two"});
  ASSERT_TRUE(stores.rooms->join_members({{"hall"}, {"bob"}}, at(9)));
  EXPECT_EQ(figures("bob", "hall"), "0/2");
  say(room, {"three"});
  ASSERT_EQ(perform(room, {entry_kind::add, "ann", "carl"}).what, outcome::stored);
  EXPECT_EQ(figures("carl", "hall"), "0/4") << "the act that added them, too";
  ASSERT_EQ(perform(room, {entry_kind::role, "ann", "dora", {.what = {.role = role::moderator}}}).what,
            outcome::stored);
  EXPECT_EQ(figures("dora", "hall"), "0/5");
  ASSERT_EQ(perform(room, {entry_kind::role, "ann", "bob", {.what = {.role = role::moderator}}}).what, outcome::stored);
  EXPECT_EQ(figures("bob", "hall"), "1/2") << "a member before";
  ASSERT_EQ(
      perform(room, {entry_kind::role, "ann", "eve", {.what = {.role = role::owner}, .owner_before = {"ann"}}}).what,
      outcome::stored);
  EXPECT_EQ(figures("eve", "hall"), "0/7");
  ASSERT_EQ(perform(room, {entry_kind::remove, "eve", "bob"}).what, outcome::stored);
  EXPECT_EQ(mine("bob", "hall").room.value, "(none)");
  ASSERT_TRUE(stores.rooms->join_members({{"hall"}, {"bob"}}, at(9)));
  EXPECT_EQ(figures("bob", "hall"), "0/8") << "a new membership";
}

TEST_P(StoredMarks, CountNoMoreThanTenThousandBehindThem) {
  create("hall", "ann", access::open, {{"bob"}});
  auto room = open("hall");
  for (int i = 0; i < 5; ++i) say(room, texts(2101, "x"));
  EXPECT_EQ(figures("bob", "hall"), "10505/0");
  read("bob", "hall", 1);
  EXPECT_EQ(figures("bob", "hall"), "10001/1");
  say(room, {"more"});
  EXPECT_EQ(figures("bob", "hall"), "10002/1");
  read("bob", "hall", 1000);
  EXPECT_EQ(figures("bob", "hall"), "9506/1000");
  read("bob", "hall", room.head.value);
  EXPECT_EQ(figures("bob", "hall"), "0/10506");
}

TEST_P(StoredMarks, AreShownWithTheRoomsOfAMember) {
  create("zoo", "ann");
  create("Hall", "bob", access::invited, {{"ann"}});
  create("attic", "bob", access::secret, {{"ann"}});
  create("other", "bob");
  auto hall = open("hall");
  say(hall, {"one", "two"});
  ASSERT_EQ(
      perform(
          hall,
          {entry_kind::settings, "bob", {}, {.what = {}, .settings = {.access = access::invited, .title = "The Hall"}}})
          .what,
      outcome::stored);
  ASSERT_EQ(perform(hall, {entry_kind::role, "bob", "ann", {.what = {.role = role::moderator}}}).what, outcome::stored);
  const auto all = sync("ANN");
  EXPECT_EQ(names(all), (texts{"attic", "Hall", "zoo"}));
  EXPECT_FALSE(all.more);
  const auto& found = all.rooms[1];
  EXPECT_EQ(found.title, "The Hall");
  EXPECT_EQ(found.access, access::invited);
  EXPECT_EQ(found.generation, hall.generation);
  EXPECT_EQ(found.head.value, 4u);
  EXPECT_EQ(found.role, role::moderator);
  EXPECT_EQ(found.notify, core::default_notify({"hall"}));
  EXPECT_EQ(found.last.seq.value, 2u);
  EXPECT_EQ(found.last.text, "two");
  EXPECT_EQ(found.last.author.value, "ann");
  EXPECT_EQ(found.last.at, at(2));
  EXPECT_EQ(all.rooms[2].role, role::owner);
  EXPECT_FALSE(all.rooms[2].last.seq);
  EXPECT_EQ(names(sync("ann", "", 2)), (texts{"attic", "Hall"}));
  EXPECT_TRUE(sync("ann", "", 2).more);
  EXPECT_EQ(names(sync("ann", "HALL", 2)), texts{"zoo"});
  EXPECT_FALSE(sync("ann", "HALL", 1).more);
  EXPECT_EQ(names(sync("nobody")), texts{});
}

TEST_P(StoredMarks, AreNotShownOfRoomsThatOneMayNotRead) {
  create("hall", "ann", access::open, {{"bob"}});
  create("own", "bob", access::secret);
  auto room = open("hall");
  ASSERT_EQ(perform(room, {entry_kind::ban, "ann", "bob"}).what, outcome::stored);
  EXPECT_EQ(names(sync("bob")), texts{"own"});
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"bob"}}, at(2)));
  EXPECT_EQ(names(sync("bob")), texts{}) << "hidden";
  EXPECT_EQ(stores.rooms->set_notify({{"own"}, {"bob"}}).code(), core::ec::not_found);
  ASSERT_TRUE(stores.rooms->restore_rooms({{"op"}, {1}}, at(3)));
  EXPECT_EQ(names(sync("bob")), texts{"own"});
}

TEST_P(StoredMarks, GoWithTheirUser) {
  create("hall", "ann", access::open, {{"bob"}});
  auto room = open("hall");
  say(room, {"one"});
  read("bob", "hall", 1);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"bob"}}, at(2)));
  ASSERT_FALSE(stores.rooms->purge_rooms({{"op"}, {1}, {"bob"}}, 100, at(2))->more);
  EXPECT_EQ(read("bob", "hall", 9), 0u);
  EXPECT_EQ(names(sync("bob")), texts{});
  EXPECT_EQ(figures("ann", "hall"), "1/0");
}

TEST_P(StoredMarks, TheLastWordsAreThoseThatAreStillThere) {
  create("hall", "ann");
  auto room = open("hall");
  const auto last = [&] { return std::string(mine("ann", "hall").last.text); };
  const auto erase = [&](std::uint64_t target) {
    EXPECT_EQ(perform(room, {entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, target}).what,
              outcome::stored);
  };
  say(room, {"one", "two", "three"});
  erase(3);
  EXPECT_EQ(last(), "two");
  erase(2);
  erase(1);
  EXPECT_EQ(last(), "");
  say(room, {std::string(199, 'x') + "\u00e9\u00e9"});
  EXPECT_EQ(last(), std::string(199, 'x')) << "cut between characters";
  for (int i = 0; i < 60; ++i)
    ASSERT_EQ(perform(room, {entry_kind::settings, "ann", {}, {.what = {}, .settings = {.topic = "t"}}}).what,
              outcome::stored);
  EXPECT_EQ(last(), std::string(199, 'x')) << "whatever was done since";
}

TEST_P(StoredMarks, StandBesideWhatAMemberWantsToHearOf) {
  create("hall", "ann", access::open, {{"bob"}});
  ASSERT_TRUE(stores.rooms->set_notify({{"HALL"}, {"Bob"}, core::notify_level::all}));
  EXPECT_EQ(mine("bob", "hall").notify, core::notify_level::all);
  EXPECT_EQ(mine("ann", "hall").notify, core::notify_level::mentions);
  ASSERT_TRUE(stores.rooms->set_notify({{"hall"}, {"bob"}, core::notify_level::none}));
  EXPECT_EQ(mine("bob", "hall").notify, core::notify_level::none);
  EXPECT_EQ(stores.rooms->set_notify({{"hall"}, {"carl"}}).code(), core::ec::not_found);
  EXPECT_EQ(stores.rooms->set_notify({{"nowhere"}, {"ann"}}).code(), core::ec::not_found);
}

/// What an oracle counts, who remembers every entry and every mark.
struct oracle {
  struct room {
    std::vector<bool> words;  ///< of each entry, whether it was words when it was made
    std::map<std::string, std::uint64_t> marks;
  };
  std::map<std::string, room> rooms;

  std::string figures(const std::string& user, const std::string& name) {
    const auto& of = rooms[name];
    const auto mark = of.marks.find(user);
    if (mark == of.marks.end()) return "0/0";
    const auto from = of.words.begin() + static_cast<std::ptrdiff_t>(mark->second);
    return std::to_string(std::count(from, of.words.end(), true)) + "/" + std::to_string(mark->second);
  }
};

TEST_P(StoredMarks, AgreeWithAnOracleWhateverHappens) {
  const texts people{"ann", "bob", "carl", "dora"};
  const texts halls{"hall", "den", "attic"};
  std::mt19937 random{20'261'201};
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  oracle truth;
  std::map<std::string, core::room_opened> opened;
  for (const auto& name : halls) {
    create(name, "ann");
    opened[name] = open(name);
    truth.rooms[name].marks["ann"] = 0;
  }
  for (int step = 0; step < 300; ++step) {
    const auto& name = halls[below(halls.size())];
    auto& room = opened[name];
    auto& told = truth.rooms[name];
    const auto& user = people[1 + below(people.size() - 1)];
    const auto done = [&] { told.words.push_back(false); };
    switch (below(8)) {
      case 0:
      case 1: {
        const auto count = 1 + below(4);
        say(room, texts(count, "words"), below(4) == 0 ? entry_kind::notice : entry_kind::text);
        told.words.insert(told.words.end(), count, true);
        break;
      }
      case 2:
        if (perform(
                room,
                {entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 1 + below(told.words.size() + 1)})
                .what == outcome::stored)
          done();
        break;
      case 3:
        if (perform(room, {entry_kind::add, "ann", user}).what == outcome::stored) {
          done();
          told.marks.emplace(user, told.words.size());
        }
        break;
      case 4:
        if (below(3) > 0) break;
        ASSERT_EQ(perform(room, {entry_kind::remove, "ann", user}).what, outcome::stored);
        done();
        told.marks.erase(user);
        break;
      case 5:
        if (perform(room, {entry_kind::edit,
                           "ann",
                           {},
                           {.what = {}, .edit_window_s = 1'000'000},
                           "new words",
                           1 + below(told.words.size() + 1)})
                .what == outcome::stored)
          done();
        break;
      case 6:
        if (perform(room, {entry_kind::react, user, {}, {.what = {}}, "+1", 1 + below(told.words.size() + 1)}).what ==
            outcome::stored)
          done();
        break;
      default: {
        std::vector<core::read_mark> marks;
        for (const auto& each : people) {
          const auto seq = below(told.words.size() + 3);
          marks.push_back({{name}, {each}, {seq}});
          if (const auto mark = told.marks.find(each); mark != told.marks.end())
            mark->second = std::max<std::uint64_t>(mark->second, std::min(seq, told.words.size()));
        }
        ASSERT_TRUE(stores.rooms->move_marks(marks));
      }
    }
    if (step % 10 != 0) continue;
    for (const auto& each : people)
      for (const auto& of : halls)
        ASSERT_EQ(figures(each, of), truth.figures(each, of)) << each << " in " << of << " after step " << step;
  }
  // All of one person's words, and what they did to others', go with them.
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"ann"}, {.erase_messages = true}}, at(2)));
  while (stores.rooms->purge_rooms({{"op"}, {1}, {"ann"}, {.erase_messages = true}}, 100, at(2))->more) {
  }
  for (const auto& of : halls) {
    for (auto& [each, mark] : truth.rooms[of].marks) {
      mark = std::max<std::uint64_t>(mark, below(truth.rooms[of].words.size()));
      if (each == "ann") continue;
      ASSERT_TRUE(stores.rooms->move_marks({{{of}, {each}, {mark}}}));
    }
    truth.rooms[of].marks.erase("ann");
    for (const auto& each : people) EXPECT_EQ(figures(each, of), truth.figures(each, of)) << each << " in " << of;
  }
}

}  // namespace
}  // namespace greenroom::test
