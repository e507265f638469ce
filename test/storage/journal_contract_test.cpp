#include "core/names.hpp"
#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

class Journal : public chat_database {};
GREENROOM_ON_EACH_DATABASE(Journal);

TEST_P(Journal, OpensWithTheNextEpochAndTheTail) {
  const auto info = create("Hall", "ann");
  const auto first = open("HALL");
  EXPECT_EQ(first.room.value, "Hall");
  EXPECT_EQ(first.generation, info.generation);
  EXPECT_EQ(first.epoch.value, 1u);
  EXPECT_EQ(first.head.value, 0u);
  EXPECT_TRUE(first.tail.empty());
  append({to(first, {entry(1, "Ann", "one", "a"), entry(2, "bob", "two"), entry(3, "ann", "three")})});

  const auto second = open("hall", 1, 2);
  EXPECT_EQ(second.key, first.key);
  EXPECT_EQ(second.epoch.value, 2u);
  EXPECT_EQ(second.head.value, 3u);
  ASSERT_EQ(second.tail.size(), 2u);
  EXPECT_EQ(second.tail[0].seq.value, 2u);
  EXPECT_EQ(second.tail[0].author.value, "bob");
  EXPECT_EQ(second.tail[1].text, "three");
  EXPECT_EQ(second.tail[1].at, at(3));
  EXPECT_EQ(open("hall", 1, 0).tail.size(), 0u);
  EXPECT_EQ(open("hall", 1, 100).tail.at(0).client_id, "a");
}

TEST_P(Journal, OpensManyAtOnce) {
  create("a", "ann");
  create("B", "ann");
  fill("a", 3);
  open("b", 9);
  const auto opened =
      stores.journal->open({{{"none"}, {"n"}, {5}}, {{"A"}, {"n"}, {5}}, {{"b"}, {"n"}, {5}}, {{"B"}, {"n"}, {9}}}, 2);
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->size(), 4u);
  EXPECT_EQ(opened->at(0).code(), ec::not_found);
  ASSERT_TRUE(opened->at(1));
  EXPECT_EQ(opened->at(1)->tail.size(), 2u);
  EXPECT_EQ(opened->at(1)->tail.at(0).text, "2");
  ASSERT_TRUE(opened->at(3));
  EXPECT_EQ(opened->at(3)->room.value, "B");
  EXPECT_EQ(stores.journal->open({}, 2)->size(), 0u);
}

TEST_P(Journal, LeavesARoomToTheNewerView) {
  create("hall", "ann");
  open("hall", 7);
  const auto refused = stores.journal->open({{{"hall"}, {"late"}, {6}}}, 10);
  EXPECT_EQ(refused->at(0).code(), ec::fenced);
  EXPECT_EQ(refused->at(0).why().detail, "node");
  EXPECT_EQ(open("hall", 7).epoch.value, 2u);
  EXPECT_EQ(open("hall", 8).epoch.value, 3u);
}

TEST_P(Journal, AppendsManyRoomsAtOnce) {
  for (const auto* name : {"a", "b", "c"}) create(name, "ann");
  const auto a = open("a");
  const auto b = open("b");
  const auto c = open("c");
  const auto outcomes = append({to(c, {entry(1, "zoe", "c1")}), to(a, {entry(1, "ann", "a1"), entry(2, "Bob", "a2")}),
                                to(b, {entry(1, "bob", "b1", "id")})});
  ASSERT_EQ(outcomes.size(), 3u);
  for (const auto& each : outcomes) EXPECT_EQ(each.what, outcome::stored);
  EXPECT_EQ(log(a), (texts{"a1", "a2"}));
  EXPECT_EQ(log(b), texts{"b1"});
  EXPECT_EQ(log(c), texts{"c1"});
  EXPECT_EQ(append({to(a, {entry(3, "ann", "a3")})}).at(0).what, outcome::stored);
  EXPECT_EQ(stores.rooms->find_room({"a"}, {"ann"}, at(5))->head.value, 3u);
}

TEST_P(Journal, StoresEveryTextAsItIs) {
  create("hall", "ann");
  const auto room = open("hall");
  std::string all;
  for (int c = 1; c < 128; ++c)
    if (const std::string one(1, static_cast<char>(c)); core::check_text(one)) all += one;
  const texts written{all,
                      "\\",
                      "\"",
                      "{}",
                      "NULL",
                      "{\"a\",NULL}",
                      "\\\"\\\\",
                      ",",
                      " ",
                      "'; drop table messages; --",
                      ":a",
                      "a\nb",
                      "\u00e9\u4e16\U0001f600",
                      std::string(4096, 'x')};
  std::vector<core::room_entry> entries;
  for (std::size_t i = 0; i < written.size(); ++i)
    entries.push_back(entry(i + 1, "ann", written[i], i % 2 == 0 ? "id \"\\{}," + std::to_string(i) : ""));
  EXPECT_EQ(append({to(room, entries)}).at(0).what, outcome::stored);
  EXPECT_EQ(log(room), written);
  const auto read = stores.journal->read(room.key, {}, 100);
  for (std::size_t i = 0; i < written.size(); ++i) EXPECT_EQ(read->at(i).client_id, entries[i].client_id);
  for (std::size_t i = 0; i < written.size(); ++i) {
    const auto seq = written.size() + i + 1;
    EXPECT_EQ(append({to(room, {entry(seq, "bob", written[i], entries[i].client_id)})}).at(0).what, outcome::stored);
  }
  const auto after = stores.journal->read(room.key, {written.size()}, 100);
  for (std::size_t i = 0; i < written.size(); ++i) EXPECT_EQ(std::string_view(after->at(i).text), written[i]);
}

TEST_P(Journal, ComparesTheEpoch) {
  create("hall", "ann");
  const auto old = open("hall");
  const auto owner = open("hall");
  EXPECT_EQ(append({to(old, {entry(1, "ann", "late")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(append({to(old, {entry(1, "ann", "late"), entry(2, "ann", "later")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(append({to(owner, {entry(1, "ann", "first")})}).at(0).what, outcome::stored);
  EXPECT_EQ(append({to(old, {entry(2, "ann", "late")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(log(owner), texts{"first"});
}

TEST_P(Journal, ComparesTheHead) {
  create("hall", "ann");
  const auto room = open("hall");
  EXPECT_EQ(append({to(room, {entry(2, "ann", "hole")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(append({to(room, {entry(1, "ann", "one"), entry(2, "ann", "two")})}).at(0).what, outcome::stored);
  EXPECT_EQ(append({to(room, {entry(2, "ann", "again")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(append({to(room, {entry(1, "ann", "again"), entry(2, "ann", "again")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(append({to(room, {entry(4, "ann", "hole")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(log(room), (texts{"one", "two"}));
}

TEST_P(Journal, FencesOneRoomAndStoresTheOthers) {
  create("a", "ann");
  create("b", "ann");
  const auto old = open("a");
  const auto a = open("a");
  const auto b = open("b");
  const auto outcomes = append(
      {to(old, {entry(1, "ann", "late")}), to(b, {entry(1, "ann", "b1")}), {{999999}, {1}, {entry(1, "ann", "none")}}});
  EXPECT_EQ(outcomes.at(0).what, outcome::fenced);
  EXPECT_EQ(outcomes.at(1).what, outcome::stored);
  EXPECT_EQ(outcomes.at(2).what, outcome::fenced);
  EXPECT_EQ(log(a), texts{});
  EXPECT_EQ(log(b), texts{"b1"});
}

TEST_P(Journal, AnswersARepeatedIdWithItsFirstPlace) {
  create("hall", "ann");
  const auto room = open("hall");
  append({to(room, {entry(1, "Ann", "one", "x"), entry(2, "ann", "two", "y"), entry(3, "bob", "three", "x")})});

  const auto single = append({to(room, {entry(4, "ANN", "one", "x")})}).at(0);
  EXPECT_EQ(single.what, outcome::repeated);
  ASSERT_EQ(single.repeated.size(), 1u);
  EXPECT_EQ(single.repeated[0].index, 0u);
  EXPECT_EQ(single.repeated[0].seq.value, 1u);
  EXPECT_EQ(single.repeated[0].at, at(1));
  EXPECT_TRUE(single.repeated[0].same);
  EXPECT_FALSE(append({to(room, {entry(4, "ann", "other", "x")})}).at(0).repeated.at(0).same);

  const auto many = append({to(room, {entry(4, "ann", "new", "z"), entry(5, "ann", "other", "y"),
                                      entry(6, "ann", "no id"), entry(7, "bob", "three", "x")})})
                        .at(0);
  EXPECT_EQ(many.what, outcome::repeated);
  ASSERT_EQ(many.repeated.size(), 2u);
  EXPECT_EQ(many.repeated[0].index, 1u);
  EXPECT_EQ(many.repeated[0].seq.value, 2u);
  EXPECT_FALSE(many.repeated[0].same);
  EXPECT_EQ(many.repeated[1].index, 3u);
  EXPECT_EQ(many.repeated[1].seq.value, 3u);
  EXPECT_TRUE(many.repeated[1].same);
  EXPECT_EQ(log(room), (texts{"one", "two", "three"}));
  EXPECT_EQ(append({to(room, {entry(4, "ann", "new", "z")})}).at(0).what, outcome::stored);
}

TEST_P(Journal, KnowsIdsByAuthorAndRoom) {
  create("a", "ann");
  create("b", "ann");
  const auto a = open("a");
  const auto b = open("b");
  append({to(a, {entry(1, "ann", "one", "x")})});
  const auto outcomes = append({to(a, {entry(2, "ann", "one", "x")}), to(b, {entry(1, "ann", "one", "x")})});
  EXPECT_EQ(outcomes.at(0).what, outcome::repeated);
  EXPECT_EQ(outcomes.at(1).what, outcome::stored);
  EXPECT_EQ(append({to(a, {entry(2, "bob", "one", "x"), entry(3, "ann", "one", "X")})}).at(0).what, outcome::stored);
  EXPECT_EQ(append({to(a, {entry(4, "ann", "same"), entry(5, "ann", "same")})}).at(0).what, outcome::stored);
}

TEST_P(Journal, RefusesARoomWithABadRowAndStoresTheOthers) {
  for (const auto* name : {"nul", "utf8", "twice", "good"}) create(name, "ann");
  const auto nul = open("nul");
  const auto utf8 = open("utf8");
  const auto twice = open("twice");
  const auto good = open("good");
  const auto outcomes = append({to(nul, {entry(1, "ann", "fine"), entry(2, "ann", std::string("a\0b", 3))}),
                                to(utf8, {entry(1, "ann", "\xff")}), to(good, {entry(1, "ann", "good", "x")}),
                                to(twice, {entry(1, "ann", "one", "x"), entry(2, "ann", "two", "x")})});
  EXPECT_EQ(outcomes.at(0).what, outcome::refused);
  EXPECT_EQ(outcomes.at(1).what, outcome::refused);
  EXPECT_EQ(outcomes.at(2).what, outcome::stored);
  EXPECT_EQ(outcomes.at(3).what, outcome::refused);
  EXPECT_EQ(log(nul), texts{});
  EXPECT_EQ(log(good), texts{"good"});
  EXPECT_EQ(log(twice), texts{});
  EXPECT_EQ(stores.rooms->find_room({"twice"}, {"ann"}, at(5))->head.value, 0u);
  EXPECT_EQ(append({to(twice, {entry(1, "ann", "one", "x")})}).at(0).what, outcome::stored);
}

TEST_P(Journal, ReadsOnFromASeq) {
  create("hall", "ann");
  const auto room = fill("hall", 5);
  const auto read = [&](std::uint64_t after, std::uint32_t limit) {
    texts found;
    const auto entries = stores.journal->read(room.key, {after}, limit);
    for (const auto& each : *entries) found.emplace_back(std::string_view(each.text));
    return found;
  };
  EXPECT_EQ(read(0, 2), (texts{"1", "2"}));
  EXPECT_EQ(read(3, 100), (texts{"4", "5"}));
  EXPECT_EQ(read(5, 100), texts{});
  EXPECT_EQ(read(9, 100), texts{});
  EXPECT_EQ(stores.journal->read({424242}, {}, 10)->size(), 0u);
}

TEST_P(Journal, TellsTheEpochsOfRoomsThatAreThere) {
  create("a", "ann");
  create("b", "ann");
  const auto a = open("a");
  open("b");
  const auto b = open("b");
  const auto known = stores.journal->epochs({a.key, {424242}, b.key});
  ASSERT_TRUE(known);
  std::map<std::uint64_t, std::uint64_t> found;
  for (const auto& each : *known) found[each.room.value] = each.epoch.value;
  EXPECT_EQ(found, (std::map<std::uint64_t, std::uint64_t>{{a.key.value, 1}, {b.key.value, 2}}));
  EXPECT_EQ(stores.journal->epochs({})->size(), 0u);
}

TEST_P(Journal, TellsTheNewestViewThatARoomWasOpenedIn) {
  EXPECT_EQ(*stores.journal->newest_view(), core::view_version{});
  create("a", "ann");
  create("b", "ann");
  open("a", 1'700'000'000'123);
  open("b", 7);
  EXPECT_EQ(*stores.journal->newest_view(), core::view_version{1'700'000'000'123});
}

TEST_P(Journal, AppendsNothingToNobody) { EXPECT_EQ(append({}).size(), 0u); }

}  // namespace
}  // namespace greenroom::test
