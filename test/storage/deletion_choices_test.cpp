#include "test/storage/room_deletion_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

class DeletionChoices : public room_deletions {
 public:
  /// Words of ann's, of each kind; one that she removed again, which is an act; and a text of bob's among them.
  core::room_opened say_all(const std::string& name) {
    auto room = open(name);
    std::vector<core::room_entry> words{entry(1, "Ann", "secret one", "a1"), entry(2, "bob", "bob's", "b1"),
                                        entry(3, "ann", "secret two"), entry(4, "ann", "secret three", "a3"),
                                        entry(5, "ann", "gone before", "a4")};
    words[2].kind = entry_kind::notice;
    words[3].kind = entry_kind::action;
    words[3].extra = R"({"data":{"secret":1}})";
    EXPECT_EQ(append({to(room, words)}).at(0).what, outcome::stored);
    room.head = {5};
    EXPECT_EQ(perform(room, {entry_kind::erase, "ann", {}, {}, "a reason", 5}).what, outcome::stored);
    return room;
  }
  void expect_emptied(const core::room_opened& room) {
    const auto entries = *stores.journal->read(room.key, {}, 10);
    ASSERT_EQ(entries.size(), 6u);
    for (const auto place : {0u, 2u, 3u}) {
      EXPECT_EQ(entries[place].kind, entry_kind::erased);
      EXPECT_EQ(entries[place].author.value, "deleted");
      EXPECT_EQ(entries[place].text, "");
      EXPECT_EQ(entries[place].extra, "");
      EXPECT_EQ(entries[place].client_id, "");
      EXPECT_FALSE(entries[place].target);
    }
    EXPECT_EQ(entries[1].text, "bob's");
    EXPECT_EQ(entries[1].client_id, "b1");
    EXPECT_EQ(entries[4].target.value, 6u) << "removed before, by that entry";
    EXPECT_EQ(entries[4].author.value, "deleted");
    EXPECT_EQ(entries[5].kind, entry_kind::erase);
    EXPECT_EQ(entries[5].author.value, "deleted");
    EXPECT_EQ(entries[5].text, "a reason") << "acts stay as they are";
  }
};
GREENROOM_ON_EACH_DATABASE(DeletionChoices);

TEST_P(DeletionChoices, KeepRoomsWithOtherMembers) {
  create("den", "ann", access::secret, {{"zoe"}});
  create("club", "Ann", access::invited, {{"bob"}});
  create("shared", "bob", access::secret, {{"ann"}});
  create("own", "ann", access::secret);
  fill("own", 3);
  auto den = fill("den", 5);
  den.head = {5};
  ASSERT_EQ(perform(den, {entry_kind::add, "ann", "bob"}).what, outcome::stored);
  chosen.keep_rooms = true;

  // Nothing is done to them before the pivot.
  const auto hidden = hide("ann");
  ASSERT_EQ(hidden->rooms.size(), 1u);
  EXPECT_EQ(hidden->rooms[0].value, "own");
  EXPECT_EQ(listed("bob"), (texts{"club", "den", "shared"}));
  EXPECT_EQ(described("den", "bob").info.owner.value, "ann");
  EXPECT_EQ(stores.journal->epochs({den.key})->at(0).epoch, den.epoch);
  ASSERT_TRUE(restore());
  EXPECT_EQ(listed("ann"), (texts{"club", "den", "own", "shared"}));

  ASSERT_EQ(hide("ann", 1, "second")->rooms.size(), 1u);
  const auto before = membership(den);
  const auto receipt = purge("ann", 2, "second");
  EXPECT_EQ(receipt.rooms, 1u);
  EXPECT_EQ(receipt.messages, 3u);
  EXPECT_EQ(receipt.memberships, 3u);
  EXPECT_EQ(receipt.passed_on, 2u);
  EXPECT_EQ(receipt.anonymised, 6u);
  EXPECT_EQ(receipt.erased, 0u);
  EXPECT_EQ(described("den", "zoe").role, role::owner) << "a member for longer than bob";
  EXPECT_EQ(described("club", "bob").role, role::owner);
  EXPECT_EQ(members("den", "bob"), (texts{"bob", "zoe"}));
  EXPECT_EQ(members("shared", "bob"), texts{"bob"});
  EXPECT_EQ(stores.rooms->find_room({"den"}, {"ann"}, at(5)).code(), ec::not_found);
  EXPECT_EQ(authors(den), texts(6, "deleted"));
  EXPECT_GT(membership(den), before) << "it lives, and reads its members again";
  EXPECT_EQ(perform(den, {entry_kind::remove, "bob", "bob"}).what, outcome::stored) << "its owner was never fenced";
}

TEST_P(DeletionChoices, LetAKeptRoomGoWhoseOtherMembersLeftMeanwhile) {
  create("den", "ann", access::secret, {{"bob"}});
  auto den = fill("den", 5);
  den.head = {5};
  chosen.keep_rooms = true;
  ASSERT_EQ(hide("ann")->rooms.size(), 0u);
  ASSERT_EQ(perform(den, {entry_kind::remove, "bob", "bob"}).what, outcome::stored);
  ASSERT_TRUE(purge_some("ann", 1)->more);
  EXPECT_EQ(append({to(den, {entry(7, "bob", "late")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(purge("ann").rooms, 1u);
  EXPECT_EQ(stores.journal->epochs({den.key})->size(), 0u);
}

TEST_P(DeletionChoices, LetARoomGoThatWasClosedMeanwhile) {
  create("den", "bob", access::open, {{"ann"}});
  auto den = fill("den", 5);
  den.head = {5};
  ASSERT_EQ(hide("ann")->rooms.size(), 0u);
  const core::room_settings secret{.access = access::secret};
  ASSERT_EQ(perform(den, {entry_kind::settings, "bob", {}, {.what = {}, .settings = secret}}).what, outcome::stored);
  ASSERT_TRUE(purge_some("ann", 1)->more);
  EXPECT_EQ(append({to(den, {entry(7, "bob", "late")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(purge("ann").rooms, 1u);
}

TEST_P(DeletionChoices, OfTwoDeletionsMeetInARoom) {
  create("den", "ann", access::secret, {{"bob"}});
  chosen.keep_rooms = true;
  ASSERT_EQ(hide("ann")->rooms.size(), 0u);
  chosen.keep_rooms = false;
  ASSERT_EQ(hide("bob", 1, "bobs")->rooms.size(), 1u);
  // Undone: ann's doesn't hide it.
  ASSERT_TRUE(restore(1, "bobs"));
  EXPECT_TRUE(stores.rooms->find_room({"den"}, {"bob"}, at(5)));
  chosen.keep_rooms = true;
  ASSERT_EQ(hide("bob", 1, "bobs second")->rooms.size(), 0u);
  EXPECT_EQ(purge("ann").rooms, 0u);
  EXPECT_EQ(members("den", "bob"), texts{"bob"});
  EXPECT_EQ(purge("bob", 1000, "bobs second").rooms, 1u) << "the last one out";
}

TEST_P(DeletionChoices, EmptyMessages) {
  create("open", "bob", access::open, {{"ann"}});
  create("second", "bob");
  create("quiet", "bob");
  const auto room = say_all("open"), second = say_all("second"), quiet = open("quiet");
  chosen.erase_messages = true;
  const auto before = membership(room), silent = membership(quiet);
  ASSERT_TRUE(hide("ann"));
  EXPECT_EQ(membership(room), before);
  core::deletion_receipt receipt;
  for (bool more = true; more;) {
    const auto some = purge_some("ann", 1);
    ASSERT_TRUE(some) << some.why().text();
    more = some->more;
    receipt = some->receipt;
    reopen_unless_memory();
  }
  EXPECT_EQ(receipt.erased, 6u);
  EXPECT_EQ(receipt.anonymised, 4u);
  EXPECT_EQ(receipt.messages, 0u);
  for (const auto& each : {room, second}) expect_emptied(each);
  for (const auto* const name : {"open", "second"}) {
    const auto page = stores.rooms->read_history({{name}, {"bob"}, {}, {}, 10});
    for (const auto& each : page->entries) EXPECT_EQ(each.text.view().find("secret"), std::string_view::npos);
  }
  // A room that lives knows by this that its last entries are to be read again.
  EXPECT_GT(membership(room), before);
  EXPECT_GT(membership(second), room.membership.value);
  EXPECT_EQ(membership(quiet), silent);
  EXPECT_EQ(purge("ann", 1000).erased, 6u) << "again, as after an answer that got lost";
  EXPECT_EQ(append({to(open("open"), {entry(7, "bob", "bob's", "b1")})}).at(0).what, outcome::repeated);
}

TEST_P(DeletionChoices, HoldFromTheFirstStepOn) {
  create("den", "ann", access::secret, {{"bob"}});
  create("open", "bob");
  const auto room = say_all("open");
  chosen = {true, true};
  ASSERT_TRUE(hide("ann"));
  chosen = {};
  reopen_unless_memory();
  const auto receipt = purge("ann");
  EXPECT_EQ(receipt.rooms, 0u);
  EXPECT_EQ(receipt.erased, 3u);
  expect_emptied(room);

  // Where nothing was hidden before, those of the purge are the first.
  create("nook", "bob", access::secret, {{"carl"}});
  chosen = {true, true};
  EXPECT_EQ(purge("bob", 1, "bobs").erased, 1u);
  EXPECT_EQ(described("nook", "carl").role, role::owner);
  EXPECT_EQ(log(room).at(1), "");
}

}  // namespace
}  // namespace greenroom::test
