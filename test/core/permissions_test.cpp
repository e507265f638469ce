#include "core/permissions.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

/// Every act by every role on every target, in every kind of room, against a table written another way.
namespace greenroom::core {
namespace {

using enum entry_kind;
using enum room_role;

constexpr std::array roles{outsider, member, moderator, owner};
constexpr std::array accesses{room_access::open, room_access::secret, room_access::invited};

// One letter per role of the one who acts, from outsider to owner, on the role of the person, or on the room:
// y allowed, f forbidden, n not_found, c conflict, r read_only, b banned.
struct row {
  entry_kind kind;
  room_access access;
  std::array<std::string_view, 4> on;  // outsider, member, moderator, owner
};

constexpr std::array table{
    // A mistake here and the same one in the code: then both were meant.
    row{remove, room_access::open, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{ban, room_access::open, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{unban, room_access::open, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{mute, room_access::open, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{unmute, room_access::open, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{role, room_access::open, {"fffy", "fffy", "fffy", "fffy"}},
    row{add, room_access::open, {"ffyy", "ffyy", "ffyy", "ffyy"}},
    row{pin, room_access::open, {"ffyy", "ffyy", "ffyy", "ffyy"}},
    row{unpin, room_access::open, {"ffyy", "ffyy", "ffyy", "ffyy"}},
    row{remove, room_access::secret, {"nfyy", "nfyy", "nffy", "nfff"}},
    row{ban, room_access::secret, {"nfyy", "nfyy", "nffy", "nfff"}},
    row{unban, room_access::secret, {"nfyy", "nfyy", "nffy", "nfff"}},
    row{mute, room_access::secret, {"nfyy", "nfyy", "nffy", "nfff"}},
    row{unmute, room_access::secret, {"nfyy", "nfyy", "nffy", "nfff"}},
    row{role, room_access::secret, {"nffy", "nffy", "nffy", "nffy"}},
    row{add, room_access::secret, {"nyyy", "nyyy", "nyyy", "nyyy"}},
    row{pin, room_access::secret, {"nfyy", "nfyy", "nfyy", "nfyy"}},
    row{unpin, room_access::secret, {"nfyy", "nfyy", "nfyy", "nfyy"}},
    row{remove, room_access::invited, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{ban, room_access::invited, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{unban, room_access::invited, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{mute, room_access::invited, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{unmute, room_access::invited, {"ffyy", "ffyy", "fffy", "ffff"}},
    row{role, room_access::invited, {"fffy", "fffy", "fffy", "fffy"}},
    row{add, room_access::invited, {"ffyy", "ffyy", "ffyy", "ffyy"}},
    row{pin, room_access::invited, {"ffyy", "ffyy", "ffyy", "ffyy"}},
    row{unpin, room_access::invited, {"ffyy", "ffyy", "ffyy", "ffyy"}},
};

char letter(ec code) {
  switch (code) {
    case ec::none:
      return 'y';
    case ec::forbidden:
      return 'f';
    case ec::not_found:
      return 'n';
    case ec::conflict:
      return 'c';
    case ec::read_only:
      return 'r';
    case ec::banned:
      return 'b';
    default:
      return '?';
  }
}

template <class Deed>
std::string by_all(Deed deed) {
  std::string letters;
  for (const auto by : roles) letters += letter(permitted(deed(by)));
  return letters;
}

TEST(Permissions, AreThoseOfTheTableForEveryRoleOnEveryOther) {
  for (const auto& [kind, access, columns] : table)
    for (std::size_t on = 0; on < roles.size(); ++on)
      EXPECT_EQ(by_all([&, k = kind, a = access](room_role by) {
                  return deed{.kind = k, .access = a, .by = by, .on = roles[on], .becomes = member};
                }),
                columns[on])
          << "kind " << static_cast<int>(kind) << " in access " << static_cast<int>(access) << " on role " << on;
}

TEST(Permissions, OnOneself) {
  const auto row = [](entry_kind kind, room_access access, room_role becomes = member) {
    return by_all([=](room_role by) {
      return deed{.kind = kind, .access = access, .by = by, .on = by, .self = true, .becomes = becomes};
    });
  };
  EXPECT_EQ(row(remove, room_access::open), "yyyc") << "everybody may leave but the owner";
  EXPECT_EQ(row(remove, room_access::secret), "nyyc");
  EXPECT_EQ(row(remove, room_access::invited), "yyyc");
  for (const auto kind : {ban, unban, mute, unmute}) {
    EXPECT_EQ(row(kind, room_access::open), "ffcc");
    EXPECT_EQ(row(kind, room_access::secret), "nfcc");
  }
  EXPECT_EQ(row(role, room_access::open), "fffc") << "the owner stays the owner until another is";
  EXPECT_EQ(row(role, room_access::open, owner), "fffy");
}

TEST(Permissions, OfAnAdminAreTheOwnersInEveryRoomWhateverTheirRole) {
  const auto row = [](entry_kind kind, room_access access, room_role on, room_role becomes = member) {
    return by_all([=](room_role by) {
      return deed{.kind = kind, .access = access, .by = by, .on = on, .as_admin = true, .becomes = becomes};
    });
  };
  settings_change all;
  all.which = 127;
  for (const auto access : accesses) {
    for (const auto on : {outsider, member, moderator})
      for (const auto kind : {remove, ban, unban, mute, unmute, role, add, erase, pin, unpin})
        EXPECT_EQ(row(kind, access, on), "yyyy");
    for (const auto kind : {unban, mute, unmute}) EXPECT_EQ(row(kind, access, owner), "yyyy");
    for (const auto kind : {remove, ban, role}) EXPECT_EQ(row(kind, access, owner), "cccc") << "there is always one";
    EXPECT_EQ(row(role, access, moderator, owner), "yyyy") << "and another may be named";
    EXPECT_EQ(by_all([&](room_role by) {
                return deed{.kind = settings, .access = access, .by = by, .as_admin = true, .set = all};
              }),
              "yyyy");
  }
}

TEST(Permissions, AmongEqualsAreEverybodysAndNoAdmins) {
  const auto row = [](entry_kind kind, room_nature nature, bool self = false, bool as_admin = false) {
    return by_all([=](room_role by) {
             return deed{.kind = kind,
                         .nature = nature,
                         .access = room_access::secret,
                         .by = by,
                         .on = self ? by : member,
                         .self = self,
                         .as_admin = as_admin,
                         .becomes = moderator};
           })
        .substr(0, 2);  // an outsider and a member: nobody is more
  };
  for (const auto nature : {room_nature::direct, room_nature::group})
    for (const bool as_admin : {false, true}) {
      for (const auto kind : {text, notice, action, erase}) EXPECT_EQ(row(kind, nature, false, as_admin), "ny");
      for (const auto kind : {settings, role, ban, unban, mute, unmute, remove})
        EXPECT_EQ(row(kind, nature, false, as_admin), "nf");
      for (const auto kind : {role, ban, unban, mute, unmute}) EXPECT_EQ(row(kind, nature, true, as_admin), "nf");
    }
  EXPECT_EQ(row(add, room_nature::direct), "nf");
  EXPECT_EQ(row(add, room_nature::group), "ny");
  EXPECT_EQ(row(add, room_nature::group, false, true), "ny");
  EXPECT_EQ(row(remove, room_nature::direct, true), "nf") << "nobody leaves";
  EXPECT_EQ(row(remove, room_nature::group, true), "ny");
}

TEST(Permissions, OfAnAdminOnThemselves) {
  const auto row = [](entry_kind kind, room_role becomes = member) {
    return by_all([=](room_role by) {
      return deed{.kind = kind, .by = by, .on = by, .self = true, .as_admin = true, .becomes = becomes};
    });
  };
  EXPECT_EQ(row(remove), "yyyc");
  EXPECT_EQ(row(role, owner), "yyyy");
  EXPECT_EQ(row(role, moderator), "yyyc");
  EXPECT_EQ(row(ban), "ffcc");
}

TEST(Permissions, OfAnAdminToWriteAreAnybodys) {
  for (const auto kind : {text, edit, react, unreact})
    EXPECT_EQ(by_all([&](room_role by) {
                return deed{.kind = kind, .access = room_access::secret, .by = by, .as_admin = true};
              }),
              "nyyy");
}

TEST(Permissions, ToReadAreLostByABanAlsoForMembers) {
  for (const auto& [access, free, banned] :
       {std::tuple{room_access::open, "yyyy", "bbbb"}, std::tuple{room_access::secret, "nyyy", "nnnn"},
        std::tuple{room_access::invited, "fyyy", "bbbb"}})
    for (std::size_t role = 0; role < roles.size(); ++role) {
      EXPECT_EQ(letter(may_read(access, roles[role], false)), free[role]);
      EXPECT_EQ(letter(may_read(access, roles[role], true)), banned[role]);
    }
}

TEST(Permissions, ToWrite) {
  for (const auto kind : {text, notice, action, edit, react, unreact})
    for (const auto& [access, post, expected] : {std::tuple{room_access::open, room_posting::all, "yyyy"},
                                                 std::tuple{room_access::open, room_posting::members, "ryyy"},
                                                 std::tuple{room_access::open, room_posting::moderators, "rryy"},
                                                 std::tuple{room_access::secret, room_posting::all, "nyyy"},
                                                 std::tuple{room_access::secret, room_posting::moderators, "nryy"},
                                                 std::tuple{room_access::invited, room_posting::all, "fyyy"},
                                                 std::tuple{room_access::invited, room_posting::members, "fyyy"}})
      EXPECT_EQ(by_all([=, a = access, p = post](room_role by) {
                  return deed{.kind = kind, .access = a, .post = p, .by = by};
                }),
                expected)
          << static_cast<int>(access) << static_cast<int>(post);
}

TEST(Permissions, ToSetWhatIsTheOwnersAndWhatIsAModeratorsToo) {
  for (const auto& [which, expected] :
       {std::pair{setting::title, "ffyy"}, std::pair{setting::topic, "ffyy"}, std::pair{setting::slow, "ffyy"},
        std::pair{setting::data, "ffyy"}, std::pair{setting::edit_window, "ffyy"}, std::pair{setting::receipts, "ffyy"},
        std::pair{setting::access, "fffy"}, std::pair{setting::post, "fffy"}}) {
    settings_change set;
    set.set(which);
    EXPECT_EQ(by_all([&](room_role by) { return deed{.kind = settings, .by = by, .set = set}; }), expected);
    set.set(setting::topic);
    EXPECT_EQ(by_all([&](room_role by) { return deed{.kind = settings, .by = by, .set = set}; }), expected);
  }
}

TEST(Permissions, ToEraseStopAtTheDoorOnly) {
  EXPECT_EQ(by_all([](room_role by) { return deed{.kind = erase, .by = by}; }), "yyyy");
  EXPECT_EQ(by_all([](room_role by) { return deed{.kind = erase, .access = room_access::secret, .by = by}; }), "nyyy");
  EXPECT_EQ(by_all([](room_role by) { return deed{.kind = erase, .access = room_access::invited, .by = by}; }), "fyyy");
}

TEST(Permissions, AreNobodysForKindsThatDoNotExist) {
  for (const auto access : accesses)
    for (const auto kind : {erased, static_cast<entry_kind>(200)})
      EXPECT_EQ(permitted({.kind = kind, .access = access, .by = owner}), ec::forbidden);
}

}  // namespace
}  // namespace greenroom::core
