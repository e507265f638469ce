#include <string>

#include "core/modes.hpp"
#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

/// The modes of a room, as a settings act stores them.
class StoredModes : public chat_database {
 public:
  using changes = std::vector<core::mode_change>;

  void set(core::room_opened& room, const changes& all, access who = access::open) {
    core::act_effect effect;
    effect.settings.access = who;
    effect.settings.title = "Hall";
    effect.settings.modes = core::changed_by({}, all);
    ASSERT_EQ(perform(room, {entry_kind::settings, "ann", {}, effect}).what, outcome::stored);
  }
  texts listed(const std::string& viewer) {
    texts out;
    const auto all = stores.rooms->list_rooms({{viewer}, {}, 50});
    for (const auto& one : all->rooms) out.push_back(one.room.value);
    return out;
  }
};
GREENROOM_ON_EACH_DATABASE(StoredModes);

TEST_P(StoredModes, ComeBackWhenTheRoomIsOpened) {
  create("hall", "ann");
  auto room = open("hall");
  EXPECT_EQ(room.settings.modes, core::room_modes{}) << "+nt";
  const changes all{{'k', true, "key"},   {'l', true, "4294967295"}, {'C', true},        {'n', false},
                    {'b', true, "a!*@*"}, {'e', true, "b!*@*"},      {'I', true, "$a:c"}};
  set(room, all);
  reopen_unless_memory();
  room = open("hall", 2);
  EXPECT_EQ(room.settings.modes, core::changed_by({}, all));
  EXPECT_EQ(room.settings.title, "Hall");
  EXPECT_EQ(described("hall", "ann").info.settings.modes, room.settings.modes);
  set(room, {});
  EXPECT_EQ(open("hall", 3).settings.modes, core::room_modes{});
}

TEST_P(StoredModes, HideARoomFromListsButForItsMembers) {
  create("hall", "ann", access::open, {{"bob"}});
  create("other", "ann");
  auto room = open("hall");
  set(room, {{'s', true}, {'b', true, "a!*@*"}});
  for (const auto* const member : {"ann", "bob"})
    EXPECT_EQ(listed(member), (texts{"hall", "lobby", "other"})) << member;
  EXPECT_EQ(listed("carl"), (texts{"lobby", "other"}));
  EXPECT_TRUE(stores.rooms->find_rooms({{{"hall"}, {"carl"}}}, at(9))->at(0)) << "it is there all the same";
  const auto all = stores.rooms->list_rooms({{"ann"}, {}, 50});
  for (const auto& one : all->rooms)
    EXPECT_TRUE(one.settings.modes.masks.empty()) << "long, and for nobody who reads lists";
}

TEST_P(StoredModes, LetPeopleIntoAnInvitedRoom) {
  create("hall", "ann", access::invited);
  auto room = open("hall");
  set(room, {{'I', true, "bob!*@*"}}, access::invited);
  const auto found = stores.rooms->find_rooms({{{"hall"}, {"bob"}}, {{"hall"}, {"carl"}}, {{"none"}, {"bob"}}}, at(9));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->at(0));
  EXPECT_EQ(found->at(1).code(), core::ec::forbidden);
  EXPECT_EQ(found->at(2).code(), core::ec::not_found);
}

}  // namespace
}  // namespace greenroom::test
