#include <atomic>
#include <thread>
#include <utility>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

class Rooms : public chat_database {
 public:
  texts listed(const std::string& viewer, const std::string& after, std::uint32_t limit, bool more) {
    const auto list = stores.rooms->list_rooms({{viewer}, {after}, limit});
    EXPECT_TRUE(list);
    EXPECT_EQ(list->more, more);
    texts names;
    for (const auto& each : list->rooms) names.push_back(each.room.value);
    return names;
  }
  texts members(const std::string& room, const std::string& viewer, const std::string& after = {},
                std::uint32_t limit = 100, bool more = false) {
    const auto list = stores.rooms->list_members({{room}, {viewer}, {after}, limit});
    EXPECT_TRUE(list);
    EXPECT_EQ(list->more, more);
    texts names;
    for (const auto& each : list->members) names.push_back(each.user.value);
    return names;
  }
  ec join(const std::string& room, const std::string& user) {
    return stores.rooms->join_members({{room}, {user}}, at(5)).code();
  }
  texts page(std::uint64_t before, std::uint64_t after, std::uint32_t limit, bool more) {
    const auto read = stores.rooms->read_history({{"hall"}, {"ann"}, {before}, {after}, limit});
    EXPECT_TRUE(read);
    EXPECT_EQ(read->more, more) << "before " << before << " after " << after << " limit " << limit;
    texts found;
    for (const auto& each : read->entries) found.emplace_back(std::string_view(each.text));
    return found;
  }
};
GREENROOM_ON_EACH_DATABASE(Rooms);

TEST_P(Rooms, AreCreatedOnceAndEnteredAfter) {
  const auto made = create("Hall", "Ann");
  EXPECT_EQ(made.room.value, "Hall");
  EXPECT_EQ(made.owner.value, "Ann");
  EXPECT_EQ(made.settings, core::room_settings{});
  EXPECT_EQ(made.created, at(1));
  EXPECT_EQ(made.head.value, 0u);
  EXPECT_NE(made.generation.value, 0u);
  EXPECT_LT(made.generation.value, std::uint64_t{1} << 63);
  const auto entered = stores.rooms->create_room({{"hall"}, {"bob"}, access::secret, {{"carl"}}}, at(9));
  ASSERT_TRUE(entered);
  EXPECT_FALSE(entered->created);
  EXPECT_EQ(entered->info.room.value, "Hall");
  EXPECT_EQ(entered->info.owner.value, "Ann");
  EXPECT_TRUE(entered->info.is_open());
  EXPECT_EQ(entered->info.generation, made.generation);
  EXPECT_EQ(members("hall", "bob"), texts{"Ann"});
  EXPECT_EQ(*stores.rooms->count_rooms(), 1u + built_in);
}

TEST_P(Rooms, AreFoundForManyVisitorsAtOnce) {
  create("secret", "ann", access::secret, {{"bob"}});
  create("Open", "ann");
  const auto found = stores.rooms->find_rooms({{{"SECRET"}, {"Bob"}},
                                               {{"open"}, {"carl"}},
                                               {{"secret"}, {"carl"}},
                                               {{"nowhere"}, {"ann"}},
                                               {{"open"}, {"ann"}}},
                                              at(5));
  ASSERT_TRUE(found && found->size() == 5);
  EXPECT_EQ((*found)[0]->info.room.value, "secret");
  EXPECT_EQ((*found)[1]->info.room.value, "Open");
  EXPECT_EQ((*found)[2].code(), ec::not_found) << "who is a member of no room gets into none with a member";
  EXPECT_EQ((*found)[3].code(), ec::not_found);
  EXPECT_EQ((*found)[4]->info.owner.value, "ann");
  EXPECT_FALSE((*found)[4]->created);
  EXPECT_TRUE(stores.rooms->find_rooms({}, at(5))->empty());
}

TEST_P(Rooms, LetTheirMembersInWhileTheyAreOpenedAndClosed) {
  create("hall", "ann", access::secret, {{"bob"}});
  std::atomic<bool> enough = false;
  std::thread owner([&] {
    auto hall = open("hall");
    for (int n = 0; !enough; ++n) {
      const core::room_settings next{.access = n % 2 == 0 ? access::open : access::secret};
      perform(hall, {entry_kind::settings, "ann", {}, {.what = {}, .settings = next}});
    }
  });
  for (int n = 0; n < 1000; ++n) {
    const auto found = stores.rooms->find_rooms({{{"hall"}, {"bob"}}}, at(5));
    if (!found || !(*found)[0]) ADD_FAILURE() << "a member was turned away, visit " << std::exchange(n, 1000);
  }
  enough = true;
  owner.join();
}

TEST_P(Rooms, AreCreatedOnceForManyVisitorsAtOnce) {
  create("secret", "ann", access::secret);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"gone"}}, at(2)));
  for (const bool again : {false, true}) {
    const auto entered = stores.rooms->create_rooms({{{"two"}, {"gone"}},
                                                     {{"two"}, {"bob"}},
                                                     {{"One"}, {"Ann"}},
                                                     {{"ONE"}, {"bob"}},
                                                     {{"secret"}, {"bob"}},
                                                     {{"two"}, {"ann"}}},
                                                    at(again ? 9 : 7));
    ASSERT_TRUE(entered && entered->size() == 6);
    EXPECT_EQ((*entered)[0].code(), ec::conflict) << "who is being deleted makes no room";
    EXPECT_EQ((*entered)[1]->created, !again);
    EXPECT_EQ((*entered)[1]->info.owner.value, "bob");
    EXPECT_EQ((*entered)[2]->created, !again);
    EXPECT_EQ((*entered)[2]->info.created, at(7));
    EXPECT_TRUE((*entered)[2]->info.is_open());
    EXPECT_EQ((*entered)[3]->info.room.value, "One");
    EXPECT_EQ((*entered)[3]->info.owner.value, "Ann");
    EXPECT_FALSE((*entered)[3]->created);
    EXPECT_EQ((*entered)[4].code(), ec::not_found) << "it is there, and private";
    EXPECT_FALSE((*entered)[5]->created);
    EXPECT_NE((*entered)[1]->info.generation, (*entered)[2]->info.generation);
    EXPECT_EQ(stores.rooms->find_room({"two"}, {"bob"}, at(5))->generation, (*entered)[1]->info.generation);
  }
  EXPECT_EQ(members("one", "bob"), texts{"Ann"});
  EXPECT_EQ(members("two", "ann"), texts{"bob"});
  EXPECT_EQ(*stores.rooms->count_rooms(), 3u + built_in);
  EXPECT_TRUE(stores.rooms->create_rooms({}, at(9))->empty());
}

TEST_P(Rooms, AreCreatedForManyWithoutALook) {
  const auto entered = stores.rooms->create_rooms({{{"a"}, {"ann"}}, {{"A"}, {"bob"}}, {{"b"}, {"bob"}}}, at(7));
  ASSERT_TRUE(entered && entered->size() == 3);
  EXPECT_TRUE((*entered)[0]->created);
  EXPECT_FALSE((*entered)[1]->created);
  EXPECT_EQ((*entered)[1]->info.owner.value, "ann");
  EXPECT_TRUE((*entered)[2]->created);
  EXPECT_EQ((*entered)[2]->info.head.value, 0u);
}

TEST_P(Rooms, ArePrivateToTheirMembers) {
  create("secret", "ann", access::secret, {{"Bob"}, {"bob"}});
  create("open", "ann");
  EXPECT_TRUE(stores.rooms->find_room({"SECRET"}, {"ANN"}, at(5)));
  EXPECT_EQ(stores.rooms->find_room({"secret"}, {"bob"}, at(5))->settings.access, access::secret);
  EXPECT_EQ(stores.rooms->find_room({"secret"}, {"carl"}, at(5)).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->create_room({{"Secret"}, {"carl"}, access::open, {}}, at(2)).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->list_members({{"secret"}, {"carl"}, {}, 10}).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->read_history({{"secret"}, {"carl"}, {}, {}, 10}).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->read_history({{"secret"}, {"carl"}, {}, {1}, 10}).code(), ec::not_found);
  EXPECT_EQ(join("secret", "carl"), ec::not_found);
  EXPECT_EQ(stores.rooms->describe_room({{"secret"}, {"carl"}}).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->list_sanctions({{"secret"}, {"carl"}}, at(5)).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->read_audit({{"secret"}, {"carl"}}).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->delete_room({{"secret"}, {"carl"}}).code(), ec::not_found);
  EXPECT_EQ(listed("carl", "", 10, false), (texts{"lobby", "open"}));
  EXPECT_EQ(listed("Bob", "", 10, false), (texts{"lobby", "open", "secret"}));
  EXPECT_EQ(members("secret", "bob"), (texts{"ann", "Bob"}));
}

TEST_P(Rooms, AreListedInOrderOfFoldedNames) {
  for (const auto* name : {"cellar", "Bar", "a_b", "a-b", "0"}) create(name, "ann");
  create("attic", "ann", access::secret);
  EXPECT_EQ(listed("bob", "", 10, false), (texts{"0", "a-b", "a_b", "Bar", "cellar", "lobby"}));
  EXPECT_EQ(listed("bob", "", 6, false).size(), 6u);
  EXPECT_EQ(listed("bob", "", 2, true), (texts{"0", "a-b"}));
  EXPECT_EQ(listed("bob", "A_B", 2, true), (texts{"Bar", "cellar"}));
  EXPECT_EQ(listed("bob", "cellar", 2, false), texts{"lobby"});
}

TEST_P(Rooms, ListMembersInPages) {
  create("hall", "carl", access::open, {{"Bob"}, {"ann"}, {"dora"}});
  EXPECT_EQ(members("hall", "zoe"), (texts{"ann", "Bob", "carl", "dora"}));
  EXPECT_EQ(members("hall", "zoe", "ANN", 2, true), (texts{"Bob", "carl"}));
  EXPECT_EQ(members("hall", "zoe", "carl", 1), texts{"dora"});
  EXPECT_EQ(members("hall", "zoe", "dora"), texts{});
  EXPECT_EQ(stores.rooms->list_members({{"none"}, {"ann"}, {}, 10}).code(), ec::not_found);
}

TEST_P(Rooms, AreJoinedWhereTheyAreOpen) {
  create("open", "ann");
  create("club", "ann", access::invited, {{"bob"}});
  EXPECT_EQ(join("open", "Carl"), ec::none);
  EXPECT_EQ(join("OPEN", "carl"), ec::none) << "twice is done";
  EXPECT_EQ(members("open", "dora"), (texts{"ann", "Carl"}));
  EXPECT_EQ(join("club", "carl"), ec::forbidden);
  EXPECT_EQ(join("club", "bob"), ec::none) << "a member is one";
  EXPECT_EQ(members("club", "bob"), (texts{"ann", "bob"}));
  EXPECT_EQ(join("none", "ann"), ec::not_found);
}

TEST_P(Rooms, AreDeletedByTheirOwnerWithTheirLog) {
  const auto first = create("hall", "ann", access::open, {{"bob"}});
  const auto before = fill("hall", 5000);
  EXPECT_EQ(stores.rooms->delete_room({{"hall"}, {"bob"}}).code(), ec::forbidden);
  EXPECT_TRUE(stores.rooms->delete_room({{"HALL"}, {"Ann"}}));
  EXPECT_EQ(stores.rooms->delete_room({{"hall"}, {"ann"}}).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->find_room({"hall"}, {"ann"}, at(5)).code(), ec::not_found);
  EXPECT_EQ(log(before), texts{});
  EXPECT_EQ(append({to(before, {entry(5001, "ann", "late")})}).at(0).what, outcome::fenced);

  const auto again = create("hall", "bob");
  const auto after = open("hall");
  EXPECT_NE(again.generation, first.generation);
  EXPECT_NE(after.key, before.key);
  EXPECT_EQ(after.head.value, 0u);
  EXPECT_EQ(members("hall", "ann"), texts{"bob"});
  EXPECT_EQ(append({to(before, {entry(1, "ann", "late")})}).at(0).what, outcome::fenced);
}

TEST_P(Rooms, AreReadInPagesWithExclusiveBounds) {
  create("hall", "ann");
  EXPECT_EQ(page(0, 0, 3, false), texts{});
  EXPECT_EQ(page(0, 5, 3, false), texts{});
  fill("hall", 7);
  EXPECT_EQ(page(0, 0, 3, true), (texts{"5", "6", "7"}));
  EXPECT_EQ(page(0, 0, 7, false).size(), 7u);
  EXPECT_EQ(page(5, 0, 3, true), (texts{"2", "3", "4"}));
  EXPECT_EQ(page(4, 0, 3, false), (texts{"1", "2", "3"}));
  EXPECT_EQ(page(1, 0, 3, false), texts{});
  EXPECT_EQ(page(100, 0, 2, true), (texts{"6", "7"}));
  EXPECT_EQ(page(~std::uint64_t{0}, 0, 2, true), (texts{"6", "7"}));
  EXPECT_EQ(page(0, 2, 3, true), (texts{"3", "4", "5"}));
  EXPECT_EQ(page(0, 4, 3, false), (texts{"5", "6", "7"}));
  EXPECT_EQ(page(0, 5, 3, false), (texts{"6", "7"}));
  EXPECT_EQ(page(0, 7, 3, false), texts{});
  EXPECT_EQ(page(0, ~std::uint64_t{0}, 3, false), texts{});
  EXPECT_EQ(stores.rooms->read_history({{"none"}, {"ann"}, {}, {}, 10}).code(), ec::not_found);
}

TEST_P(Rooms, AreReadInPagesThatEndWhereTheirBytesDo) {
  create("hall", "ann");
  const auto room = open("hall");
  const std::string long_text(4096, '\x02');  // six bytes each, as JSON
  std::vector<core::room_entry> entries;
  for (std::uint64_t seq = 1; seq <= 40; ++seq) entries.push_back(entry(seq, "ann", long_text));
  append({to(room, std::move(entries))});
  const std::size_t fitting = core::long_answer_bytes / (4096 * 6 + 103);
  const auto last = stores.rooms->read_history({{"hall"}, {"ann"}, {}, {}, 40});
  ASSERT_EQ(last->entries.size(), fitting);
  EXPECT_EQ(last->entries.back().seq.value, 40u);
  EXPECT_TRUE(last->more);
  std::uint64_t after = 0;
  std::size_t pages = 0;
  for (bool more = true; more && pages < 40; ++pages) {
    const auto page = stores.rooms->read_history({{"hall"}, {"ann"}, {}, {after}, 40, after == 0});
    ASSERT_FALSE(page->entries.empty());
    EXPECT_LE(page->entries.size(), fitting);
    EXPECT_EQ(page->entries.front().seq.value, after + 1);
    after = page->entries.back().seq.value;
    more = page->more;
  }
  EXPECT_EQ(after, 40u) << "all of it, in " << pages << " pages";
}

TEST_P(Rooms, AreReadFromTheirFirstEntryOn) {
  create("hall", "ann");
  fill("hall", 7);
  const auto read = stores.rooms->read_history({{"hall"}, {"ann"}, {}, {}, 3, true});
  ASSERT_EQ(read->entries.size(), 3u);
  EXPECT_EQ(read->entries[0].text, "1");
  EXPECT_TRUE(read->more);
}

TEST_P(Rooms, ShowIdsOnlyToTheirAuthor) {
  create("hall", "ann");
  const auto room = open("hall");
  append({to(room, {entry(1, "Ann", "one", "a1"), entry(2, "bob", "two", "b1"), entry(3, "ann", "three")})});
  const auto read = stores.rooms->read_history({{"Hall"}, {"ann"}, {}, {}, 10});
  ASSERT_EQ(read->entries.size(), 3u);
  EXPECT_EQ(read->entries[0].seq.value, 1u);
  EXPECT_EQ(read->entries[0].author.value, "Ann");
  EXPECT_EQ(read->entries[0].client_id, "a1");
  EXPECT_EQ(read->entries[0].at, at(1));
  EXPECT_EQ(read->entries[1].client_id, "");
  EXPECT_EQ(read->entries[2].client_id, "");
  EXPECT_EQ(read->entries[2].poster, core::connection_id{});
  EXPECT_EQ(stores.rooms->read_history({{"hall"}, {"BOB"}, {}, {1}, 1})->entries[0].client_id, "b1");
}

TEST_P(Rooms, TellTheirHeads) {
  create("Hall", "ann");
  create("bar", "ann");
  fill("hall", 3);
  const auto heads = stores.rooms->read_heads({{{"hall"}, {"none"}, {"BAR"}}});
  ASSERT_TRUE(heads);
  std::map<std::string, std::uint64_t> found;
  for (const auto& head : heads->heads) found[head.room.value] = head.head.value;
  EXPECT_EQ(found, (std::map<std::string, std::uint64_t>{{"Hall", 3}, {"bar", 0}}));
  EXPECT_EQ(stores.rooms->read_heads({})->heads.size(), 0u);
  EXPECT_EQ(stores.rooms->find_room({"hall"}, {"ann"}, at(5))->head.value, 3u);
}

TEST_P(Rooms, OutliveTheProcess) {
  if (is("memory")) GTEST_SKIP() << "nothing in memory outlives its store";
  const auto made = create("Hall", "ann", access::secret, {{"bob"}});
  fill("hall", 3);
  const auto id = *stores.rooms->database_id();
  reopen();
  EXPECT_EQ(*stores.rooms->database_id(), id);
  EXPECT_EQ(id.size(), 32u);
  const auto found = stores.rooms->find_room({"hall"}, {"bob"}, at(5));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->generation, made.generation);
  EXPECT_EQ(found->head.value, 3u);
  const auto opened = open("hall");
  EXPECT_EQ(opened.epoch.value, 2u);
  EXPECT_EQ(log(opened), (texts{"1", "2", "3"}));
}

TEST_P(Rooms, AreSweptOfMembersWhomNobodyIs) {
  create("den", "ann", access::secret, {{"Bob"}, {"ghost"}});
  create("hall", "ghost", access::open, {{"bob"}});
  auto den = fill("den", 4);
  den.head = {4};
  ASSERT_EQ(perform(den, {entry_kind::add, "ann", "late"}).what, outcome::stored);
  EXPECT_FALSE(*stores.rooms->members_swept());
  const auto named = [&](const std::string& after, std::uint32_t limit) {
    texts out;
    const auto page = stores.rooms->member_names({after}, limit);
    EXPECT_TRUE(page);
    for (const auto& one : *page) out.push_back(core::folded(one.value));
    return out;
  };
  EXPECT_EQ(named("", 10), (texts{"ann", "bob", "ghost", "late"})) << "each once";
  EXPECT_EQ(named("ANN", 2), (texts{"bob", "ghost"}));
  EXPECT_EQ(named("late", 2), texts{});
  ASSERT_TRUE(stores.rooms->remove_strangers({{"GHOST"}, {"late"}}, at(4)));
  EXPECT_EQ(members("den", "ann"), (texts{"ann", "Bob", "late"})) << "late came after the sweep began";
  EXPECT_EQ(members("hall", "ann"), (texts{"bob", "ghost"})) << "an owner stays";
  ASSERT_TRUE(stores.rooms->note_members_swept());
  reopen_unless_memory();
  EXPECT_TRUE(*stores.rooms->members_swept());
}

}  // namespace
}  // namespace greenroom::test
