#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

/// Invites of a hall of ann's, where mod is a moderator, bob a member, and eve banned.
class Invites : public chat_database {
 public:
  void SetUp() override {
    chat_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    create("Hall", "ann", access::invited, {{"bob"}});
    hall = open("hall");
    ASSERT_EQ(act({entry_kind::role, "ann", "mod", {.what = {.role = role::moderator}}}), ec::none);
    ASSERT_EQ(act({entry_kind::ban, "ann", "eve", {.what = {.until = at(end_of_time)}}, "spam"}), ec::none);
  }

  /// Why the act wasn't stored; `none`: it was. `taken`: it would have changed nothing.
  ec act(const doing& what) {
    const auto answer = perform(hall, what);
    if (answer.what == outcome::refused) return answer.why;
    return answer.what == outcome::stored ? ec::none : answer.what == outcome::unchanged ? ec::taken : ec::fenced;
  }
  ec add(const std::string& id, std::optional<std::uint32_t> uses = 10, const std::string& by = "ann",
         long long expires = 1000, std::uint32_t most = 100, long long now = 1) {
    return stores.rooms->add_invite({{"hall"}, {by}, {id}, hash(id), uses, at(expires)}, most, at(now)).code();
  }
  /// Somebody comes by an invite of this maker's.
  ec come(const std::string& who, const std::string& id, const std::string& maker = "ann") {
    return act({entry_kind::add, maker, who, {.what = {.invite = hash(id)}}});
  }
  core::result<core::invite_found> find(const std::string& id, const std::string& user, long long now = 5) {
    return stores.rooms->find_invite({hash(id), {user}}, at(now));
  }
  texts listed(const std::string& viewer = "ann", long long now = 5, const std::string& after = {},
               std::uint32_t limit = 100) {
    texts found;
    const auto list = stores.rooms->list_invites({{"hall"}, {viewer}, {after}, limit}, at(now));
    EXPECT_TRUE(list) << list.why().text();
    if (!list) return found;
    for (const auto& each : list->invites)
      found.push_back(each.id.value + " " + (each.uses_left ? std::to_string(*each.uses_left) : "any") + " " +
                      std::to_string(each.expires_at.time_since_epoch().count()) + " " + each.by.value);
    if (list->more) found.emplace_back("more");
    return found;
  }
  ec revoke(const std::string& id, const std::string& by = "ann", long long now = 5) {
    return stores.rooms->revoke_invite({{"hall"}, {by}, {id}}, at(now)).code();
  }
  texts members() {
    texts names;
    const auto list = stores.rooms->list_members({{"hall"}, {"ann"}, {}, 1000});
    EXPECT_TRUE(list);
    for (const auto& each : list->members) names.push_back(each.user.value);
    return names;
  }
  /// All 32 bytes of a hash, and such that no text may have.
  static core::invite_hash hash(const std::string& id) { return {id + std::string(32 - id.size(), '\xff')}; }

  core::room_opened hall;
};
GREENROOM_ON_EACH_DATABASE(Invites);

TEST_P(Invites, AreMadeAndListedByModerators) {
  EXPECT_EQ(add("b", {}, "mod", 2000), ec::none);
  EXPECT_EQ(add("a", 3), ec::none);
  EXPECT_EQ(add("c", 1), ec::none);
  reopen_unless_memory();
  EXPECT_EQ(listed(), (texts{"a 3 1000 ann", "b any 2000 mod", "c 1 1000 ann"}));
  EXPECT_EQ(listed("mod", 5, "a"), (texts{"b any 2000 mod", "c 1 1000 ann"}));
  EXPECT_EQ(listed("mod", 5, "a", 1), (texts{"b any 2000 mod", "more"}));
  EXPECT_EQ(listed("mod", 1000), texts{"b any 2000 mod"}) << "the others have expired";
  EXPECT_EQ(listed("mod", 2000), texts{});
}

TEST_P(Invites, AreNothingForOthers) {
  ASSERT_EQ(add("a"), ec::none);
  for (const auto* const who : {"bob", "zoe", "eve"}) {
    const auto why = who == std::string("eve") ? ec::banned : ec::forbidden;
    EXPECT_EQ(add("b", 1, who), why) << who;
    EXPECT_EQ(stores.rooms->list_invites({{"hall"}, {who}}, at(5)).code(), why) << who;
    EXPECT_EQ(revoke("a", who), why) << who;
  }
  create("secret", "ann", access::secret);
  EXPECT_EQ(stores.rooms->add_invite({{"secret"}, {"mod"}, {"b"}, hash("b"), 1, at(9)}, 9, at(1)).code(),
            ec::not_found);
  EXPECT_EQ(stores.rooms->list_invites({{"secret"}, {"mod"}}, at(5)).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->revoke_invite({{"secret"}, {"mod"}, {"a"}}, at(5)).code(), ec::not_found);
  EXPECT_EQ(stores.rooms->revoke_invite({{"secret"}, {"ann"}, {"a"}}, at(5)).code(), ec::not_found) << "another room's";
  EXPECT_EQ(stores.rooms->list_invites({{"none"}, {"ann"}}, at(5)).code(), ec::not_found);
  EXPECT_EQ(listed(), texts{"a 10 1000 ann"});
}

TEST_P(Invites, LeadToTheirRoomWhileTheyAreLive) {
  ASSERT_EQ(add("a", 10, "mod"), ec::none);
  const auto found = find("a", "zoe");
  ASSERT_TRUE(found) << found.why().text();
  EXPECT_EQ(found->room.value, "Hall");
  EXPECT_EQ(found->by, core::user_id{"mod"});
  EXPECT_EQ(found->role, role::outsider);
  EXPECT_EQ(find("a", "bob")->role, role::member);
  EXPECT_EQ(find("a", "ANN")->role, role::owner);
  EXPECT_EQ(find("a", "zoe", 999).code(), ec::none);
  EXPECT_EQ(find("a", "zoe", 1000).code(), ec::gone);
  EXPECT_EQ(find("a", "bob", 1000).code(), ec::gone);
  EXPECT_EQ(find("b", "zoe").code(), ec::gone);
  const auto banned = find("a", "eve");
  ASSERT_EQ(banned.code(), ec::banned);
  ASSERT_TRUE(banned.why().because);
  EXPECT_EQ(*banned.why().because, (core::sanction{{"eve"}, {"ann"}, "spam", at(end_of_time)}));
  EXPECT_EQ(find("b", "eve").code(), ec::gone);
}

TEST_P(Invites, AreUsedInTheStatementThatAddsAMember) {
  ASSERT_EQ(add("a", 2), ec::none);
  ASSERT_EQ(add("any", {}), ec::none);
  const auto head = hall.head;
  EXPECT_EQ(come("carl", "a"), ec::none);
  EXPECT_EQ(hall.head, head + 1);
  const auto entry = stores.journal->read(hall.key, head, 1)->at(0);
  EXPECT_EQ(entry.kind, entry_kind::add);
  EXPECT_EQ(entry.author.value, "ann");
  EXPECT_EQ(entry.subject.value, "carl");
  EXPECT_EQ(come("CARL", "a"), ec::taken) << "once a person";
  EXPECT_EQ(listed(), (texts{"a 1 1000 ann", "any any 1000 ann"}));
  EXPECT_EQ(come("dora", "a"), ec::none);
  EXPECT_EQ(come("frank", "any"), ec::none);
  EXPECT_EQ(come("gina", "any"), ec::none);
  EXPECT_EQ(listed(), texts{"any any 1000 ann"});
  EXPECT_EQ(members(), (texts{"ann", "bob", "carl", "dora", "frank", "gina", "mod"}));
}

TEST_P(Invites, AddNobodyOnceTheyAreOver) {
  ASSERT_EQ(add("used", 1), ec::none);
  ASSERT_EQ(come("carl", "used"), ec::none);
  ASSERT_EQ(add("revoked"), ec::none);
  ASSERT_EQ(revoke("revoked"), ec::none);
  ASSERT_EQ(add("expired", 1, "ann", 4), ec::none);  // the time of an entry is its seq
  create("other", "ann");
  ASSERT_EQ(stores.rooms->add_invite({{"other"}, {"ann"}, {"other"}, hash("other"), 1, at(1000)}, 9, at(1)).code(),
            ec::none);
  const auto head = hall.head;
  ASSERT_GE(head.value, 3u);
  for (const auto* const id : {"used", "revoked", "expired", "other", "none"}) {
    EXPECT_EQ(come("zoe", id), ec::gone) << id;
    EXPECT_EQ(come("bob", id), ec::taken) << id;
  }
  EXPECT_EQ(open("hall").head, head);
  EXPECT_EQ(members(), (texts{"ann", "bob", "carl", "mod"}));
  EXPECT_EQ(stores.rooms->list_invites({{"other"}, {"ann"}}, at(5))->invites.at(0).uses_left, 1u);
}

TEST_P(Invites, AreNotUsedWhereTheEntryIsNotStored) {
  ASSERT_EQ(add("a", 1), ec::none);
  auto stale = hall;
  stale.epoch = stale.epoch - 1;
  EXPECT_EQ(perform(stale, {entry_kind::add, "ann", "carl", {.what = {.invite = hash("a")}}}).what, outcome::fenced);
  ASSERT_EQ(act({entry_kind::add, "ann", "dora", {}, {}, 0, "id"}), ec::none);
  EXPECT_EQ(perform(hall, {entry_kind::add, "ann", "dora", {.what = {.invite = hash("a")}}, {}, 0, "id"}).what,
            outcome::repeated);
  EXPECT_EQ(listed(), texts{"a 1 1000 ann"});
}

TEST_P(Invites, ThatAreUsedUpAreGoodForWhoCameByThem) {
  ASSERT_EQ(add("a", 1), ec::none);
  ASSERT_EQ(come("carl", "a"), ec::none);
  ASSERT_EQ(add("b"), ec::none) << "which sweeps";
  EXPECT_EQ(find("a", "carl")->role, role::member);
  EXPECT_EQ(find("a", "zoe").code(), ec::gone);
  EXPECT_EQ(find("a", "eve").code(), ec::gone) << "the ban of a room that nobody is told of";
  EXPECT_EQ(revoke("a"), ec::not_found);
}

TEST_P(Invites, AreRevokedOnce) {
  ASSERT_EQ(add("a"), ec::none);
  ASSERT_EQ(add("b"), ec::none);
  EXPECT_EQ(revoke("c"), ec::not_found);
  EXPECT_EQ(revoke("a", "ann", 1000), ec::not_found) << "it has expired";
  EXPECT_EQ(revoke("a", "mod"), ec::none);
  EXPECT_EQ(revoke("a"), ec::not_found);
  EXPECT_EQ(find("a", "bob").code(), ec::gone);
  EXPECT_EQ(listed(), texts{"b 10 1000 ann"});
}

TEST_P(Invites, AreLimitedInEachRoom) {
  const auto add_one = [&](const char* id, long long now) { return add(id, 1, "ann", 10 * now, 2, now); };
  EXPECT_EQ(add_one("a", 10), ec::none);
  EXPECT_EQ(add_one("b", 11), ec::none);
  EXPECT_EQ(add_one("c", 12), ec::limit_reached);
  create("other", "ann");
  EXPECT_EQ(stores.rooms->add_invite({{"other"}, {"ann"}, {"x"}, hash("x"), 1, at(1000)}, 2, at(1)).code(), ec::none);
  ASSERT_EQ(come("carl", "a"), ec::none);
  EXPECT_EQ(add_one("d", 13), ec::none) << "used up ones don't count";
  ASSERT_EQ(revoke("b", "ann", 13), ec::none);
  EXPECT_EQ(add_one("e", 14), ec::none) << "nor revoked ones";
  EXPECT_EQ(add_one("f", 15), ec::limit_reached);
  EXPECT_EQ(add_one("f", 200), ec::none) << "nor expired ones";
  EXPECT_EQ(listed("ann", 200), texts{"f 1 2000 ann"});
}

TEST_P(Invites, ThatAreUsedUpAreKeptUpToTheLimit) {
  for (const auto* const id : {"a", "b", "c"}) {
    ASSERT_EQ(add(id, 1, "ann", 1000, 2), ec::none);
    ASSERT_EQ(come(std::string("guest") + id, id), ec::none);
  }
  ASSERT_EQ(add("d", 1, "ann", 1000, 2), ec::none);
  EXPECT_EQ(find("a", "guesta").code(), ec::gone) << "the oldest";
  EXPECT_EQ(find("b", "guestb").code(), ec::none);
  EXPECT_EQ(find("c", "guestc").code(), ec::none);
}

TEST_P(Invites, GoWithTheirRoom) {
  ASSERT_EQ(add("a"), ec::none);
  ASSERT_TRUE(stores.rooms->delete_room({{"hall"}, {"ann"}}));
  EXPECT_EQ(find("a", "bob").code(), ec::gone);
  create("Hall", "ann");
  EXPECT_EQ(find("a", "bob").code(), ec::gone);
  EXPECT_EQ(listed(), texts{});
}

TEST_P(Invites, GoWithTheirMaker) {
  ASSERT_EQ(add("a"), ec::none);
  create("open", "ann");
  auto lobby = open("open");
  ASSERT_EQ(perform(lobby, {entry_kind::role, "ann", "mod", {.what = {.role = role::moderator}}}).what,
            outcome::stored);
  const auto add_there = [&](const std::string& id, const std::string& by) {
    return stores.rooms->add_invite({{"open"}, {by}, {id}, hash(id), 5, at(1000)}, 9, at(1)).code();
  };
  ASSERT_EQ(add_there("mods", "mod"), ec::none);
  ASSERT_EQ(add_there("anns", "ann"), ec::none);
  const auto by_mods = [&] {
    return perform(lobby, {entry_kind::add, "mod", "zoe", {.what = {.invite = hash("mods")}}});
  };
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"Mod"}}, at(5)));
  EXPECT_EQ(add_there("late", "mod"), ec::conflict);
  EXPECT_EQ(by_mods().why, ec::conflict);
  EXPECT_EQ(find("a", "zoe").code(), ec::gone) << "its room is hidden";
  ASSERT_TRUE(stores.rooms->purge_rooms({{"op"}, {1}, {"Mod"}}, 1000, at(6)));
  EXPECT_EQ(find("mods", "zoe").code(), ec::gone);
  EXPECT_EQ(find("anns", "zoe").code(), ec::none);
  const auto left = stores.rooms->list_invites({{"open"}, {"ann"}}, at(7));
  ASSERT_TRUE(left);
  ASSERT_EQ(left->invites.size(), 1u);
  EXPECT_EQ(left->invites[0].id.value, "anns");
}

TEST_P(Invites, OfAHiddenRoomComeBackWithIt) {
  ASSERT_EQ(add("a"), ec::none);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"bob"}}, at(5)));
  EXPECT_EQ(find("a", "zoe").code(), ec::gone);
  EXPECT_EQ(add("b"), ec::not_found);
  ASSERT_TRUE(stores.rooms->restore_rooms({{"op"}, {1}}, at(6)));
  EXPECT_EQ(find("a", "zoe").code(), ec::none);
}

TEST_P(Invites, DoNotComeBackWithACopyOfTheDatabase) {
  if (is("memory")) GTEST_SKIP() << "nothing in memory is put back";
  ASSERT_EQ(add("a"), ec::none);
  if (is("sqlite")) stores = {};
  ASSERT_TRUE(storage::renew_chat(chat_url(), {}));
  if (is("sqlite")) reopen();
  EXPECT_EQ(find("a", "zoe").code(), ec::gone) << "it may have been revoked since";
}

}  // namespace
}  // namespace greenroom::test
