#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;

/// Acts: entries that change something besides the log.
class Acts : public chat_database {
 public:
  void SetUp() override {
    chat_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    create("hall", "ann", access::open, {{"bob"}, {"carl"}});
    hall = open("hall");
  }

  outcome act(const doing& what) { return perform(hall, what).what; }
  /// The refusal, while nothing at all is changed.
  ec refusal(const doing& what) {
    const auto before = state();
    const auto answer = perform(hall, what);
    EXPECT_EQ(state(), before);
    return answer.what == outcome::refused ? answer.why : ec::none;
  }
  /// Says words in the hall.
  void say(const std::string& by, const std::string& text, const std::string& id = {},
           entry_kind kind = entry_kind::text) {
    auto said = entry(hall.head.value + 1, by, text, id);
    said.kind = kind;
    ASSERT_EQ(append({to(hall, {said})}).at(0).what, outcome::stored);
    ++hall.head;
  }
  core::room_entry at_seq(std::uint64_t seq) { return stores.journal->read(hall.key, {seq - 1}, 1)->at(0); }
  /// All that an act can change, for its owner's eyes.
  std::string state(const std::string& owner = "ann") {
    std::string out;
    const auto add = [&](const auto&... fields) { ((out += fields, out += ' '), ...); };
    const auto info = described("hall", owner).info;
    add(info.owner.value, std::to_string(info.head.value), std::to_string(static_cast<int>(info.settings.access)),
        std::to_string(static_cast<int>(info.settings.post)), std::to_string(info.settings.slow_s),
        std::string(info.settings.title), std::string(info.settings.topic), std::string(info.settings.data));
    const auto entries = *stores.journal->read(hall.key, {}, 1000);
    for (const auto& each : entries)
      add("\n", std::to_string(static_cast<int>(each.kind)), std::string(each.text), std::to_string(each.target.value),
          std::string(each.extra), each.subject.value);
    for (const auto& each : members(owner)) add("\n", each.user.value, std::to_string(static_cast<int>(each.role)));
    for (const auto kind : {entry_kind::ban, entry_kind::mute}) {
      const auto list = *stores.rooms->list_sanctions({{"hall"}, {owner}, kind, {}, 1000}, at(1));
      for (const auto& each : list.sanctions)
        add("\n", each.what.user.value, each.what.by.value, std::string(each.what.why),
            std::to_string(each.what.until.time_since_epoch().count()),
            std::to_string(each.at.time_since_epoch().count()));
    }
    return out;
  }
  std::vector<core::room_member> members(const std::string& viewer = "ann") {
    const auto list = stores.rooms->list_members({{"hall"}, {viewer}, {}, 1000});
    EXPECT_TRUE(list) << list.why().text();
    return list ? list->members : std::vector<core::room_member>{};
  }

  core::room_opened hall;
};
GREENROOM_ON_EACH_DATABASE(Acts);

TEST_P(Acts, AreStoredAsTheyAre) {
  say("carl", "rude");
  auto wanted = to(hall, {entry_kind::ban, "ann", "Bob", {.what = {.until = at(end_of_time)}}, "so be it", 0, "id"});
  wanted.entries[0].extra = R"({"until":"2096-10-02T07:06:40.000Z"})";
  ASSERT_EQ(append({wanted}).at(0).what, outcome::stored);
  const auto ban = at_seq(2);
  EXPECT_EQ(ban.kind, entry_kind::ban);
  EXPECT_EQ(ban.author.value, "ann");
  EXPECT_EQ(ban.subject, core::user_id{"bob"});
  EXPECT_EQ(ban.text, "so be it");
  EXPECT_EQ(ban.client_id, "id");
  EXPECT_EQ(ban.at, at(2));
  EXPECT_EQ(ban.extra, wanted.entries[0].extra);
  EXPECT_FALSE(ban.target);
  EXPECT_EQ(open("hall").head.value, 2u);
}

TEST_P(Acts, EraseAMessage) {
  auto said = entry(1, "bob", "secret words", "id");
  said.extra = R"({"data":1})";
  ASSERT_EQ(append({to(hall, {said, entry(2, "bob", "\x01", "other")})}).at(0).what, outcome::refused);
  ASSERT_EQ(append({to(hall, {said})}).at(0).what, outcome::stored);
  hall.head = {1};
  EXPECT_EQ(act({entry_kind::erase, "BOB", {}, {}, "a slip", 1}), outcome::stored);
  const auto erased = at_seq(1);
  EXPECT_EQ(erased.kind, entry_kind::erased);
  EXPECT_TRUE(erased.text.empty() && erased.extra.empty());
  EXPECT_EQ(erased.target.value, 2u);
  EXPECT_EQ(erased.author.value, "bob");
  EXPECT_EQ(erased.client_id, "id");
  EXPECT_EQ(erased.at, at(1));
  const auto erase = at_seq(2);
  EXPECT_EQ(erase.kind, entry_kind::erase);
  EXPECT_EQ(erase.text, "a slip");
  EXPECT_EQ(erase.target.value, 1u);
}

TEST_P(Acts, EraseWordsOfEachKind) {
  say("bob", "one", {}, entry_kind::notice);
  say("bob", "two", {}, entry_kind::action);
  EXPECT_EQ(act({entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 1}), outcome::stored);
  EXPECT_EQ(act({entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 2}), outcome::stored);
  EXPECT_EQ(log(hall), (texts{"", "", "", ""}));
}

TEST_P(Acts, EraseNothingElse) {
  say("bob", "one");
  say("ann", "two");
  EXPECT_EQ(refusal({entry_kind::erase, "bob", {}, {}, {}, 2}), ec::forbidden);
  EXPECT_EQ(refusal({entry_kind::erase, "bob", {}, {}, {}, 4}), ec::not_found);
  EXPECT_EQ(refusal({entry_kind::erase, "bob", {}, {}, {}, 3}), ec::not_found) << "it would be itself";
  EXPECT_EQ(refusal({entry_kind::erase, "bob"}), ec::not_found);
  ASSERT_EQ(act({entry_kind::erase, "bob", {}, {}, {}, 1}), outcome::stored);
  EXPECT_EQ(refusal({entry_kind::erase, "bob", {}, {}, {}, 1}), ec::gone);
  EXPECT_EQ(refusal({entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 1}), ec::gone);
  EXPECT_EQ(refusal({entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 3}), ec::not_found) << "an act";
  EXPECT_EQ(act({entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 2}), outcome::stored);
}

TEST_P(Acts, SetARoomUp) {
  const core::room_settings first{
      access::invited, core::room_posting::moderators, 3600, "Hall", "all of \"it\"", R"({"a":1})",
      315'360'000,     core::room_receipts::off};
  ASSERT_EQ(act({entry_kind::settings, "ann", {}, {.what = {}, .settings = first}}), outcome::stored);
  EXPECT_EQ(asked_for(open("hall").settings), first);
  EXPECT_EQ(asked_for(described("hall", "bob").info.settings), first);
  EXPECT_EQ(asked_for(stores.rooms->find_room({"hall"}, {"bob"}, at(5))->settings), first);
  EXPECT_EQ(stores.rooms->find_room({"hall"}, {"zoe"}, at(5)).code(), ec::forbidden);
  hall = open("hall");
  const core::room_settings second{access::secret, core::room_posting::all, 0, {}, "new", {}, 0};
  ASSERT_EQ(act({entry_kind::settings, "ann", {}, {.what = {}, .settings = second}}), outcome::stored);
  EXPECT_EQ(asked_for(open("hall").settings), second);
  EXPECT_EQ(stores.rooms->find_room({"hall"}, {"zoe"}, at(5)).code(), ec::not_found);
}

TEST_P(Acts, GiveRoles) {
  const auto give = [&](const std::string& user, role what) {
    EXPECT_EQ(act({entry_kind::role, "ann", user, {.what = {.role = what}}}), outcome::stored);
  };
  give("BOB", role::moderator);
  give("Dora", role::moderator);
  using list = std::vector<core::room_member>;
  EXPECT_EQ(
      members(),
      (list{
          {{"ann"}, role::owner}, {{"bob"}, role::moderator}, {{"carl"}, role::member}, {{"dora"}, role::moderator}}));
  EXPECT_EQ(described("hall", "bob").role, role::moderator);
  EXPECT_EQ(described("hall", "carl").role, role::member);
  EXPECT_EQ(described("hall", "zoe").role, role::outsider);
  EXPECT_EQ(described("hall", "zoe").members, 4u);
  give("bob", role::member);
  EXPECT_EQ(members().at(1).role, role::member);
  const auto opened = open("hall");
  ASSERT_EQ(opened.moderators.size(), 1u);
  EXPECT_EQ(opened.moderators[0].value, "Dora");
}

TEST_P(Acts, NameAnotherOwner) {
  ASSERT_EQ(act({entry_kind::role, "ann", "bob", {.what = {.role = role::moderator}}}), outcome::stored);
  ASSERT_EQ(act({entry_kind::role, "ann", "Bob", {.what = {.role = role::owner}, .owner_before = {"Ann"}}}),
            outcome::stored);
  EXPECT_EQ(described("hall", "BOB").role, role::owner);
  EXPECT_EQ(described("hall", "ann").role, role::moderator);
  hall = open("hall");
  EXPECT_EQ(hall.owner, core::user_id{"bob"});
  ASSERT_EQ(hall.moderators.size(), 1u) << "without the owner";
  EXPECT_EQ(hall.moderators[0].value, "ann");
  ASSERT_EQ(act({entry_kind::role, "bob", "zoe", {.what = {.role = role::owner}, .owner_before = {"bob"}}}),
            outcome::stored);
  EXPECT_EQ(members("zoe").size(), 4u) << "an owner is a member";
  EXPECT_EQ(stores.rooms->delete_room({{"hall"}, {"bob"}}).code(), ec::forbidden);
  EXPECT_TRUE(stores.rooms->delete_room({{"hall"}, {"Zoe"}}));
}

TEST_P(Acts, AddAndRemoveMembers) {
  EXPECT_EQ(act({entry_kind::add, "ann", "Dora"}), outcome::stored);
  const auto before = state();
  EXPECT_EQ(act({entry_kind::add, "ann", "dora"}), outcome::unchanged);
  EXPECT_EQ(state(), before);
  EXPECT_EQ(act({entry_kind::remove, "ann", "DORA", {.what = {}, .must_be_member = true}}), outcome::stored);
  EXPECT_EQ(refusal({entry_kind::remove, "ann", "dora", {.what = {}, .must_be_member = true}}), ec::not_found);
  EXPECT_EQ(act({entry_kind::remove, "ann", "zoe"}), outcome::stored) << "they may be in an open room";
  EXPECT_EQ(members().size(), 3u);
  EXPECT_EQ(act({entry_kind::remove, "bob", "bob"}), outcome::stored);
  EXPECT_EQ(members().size(), 2u);
}

TEST_P(Acts, LoseTheRoleWithTheMembership) {
  ASSERT_EQ(act({entry_kind::role, "ann", "bob", {.what = {.role = role::moderator}}}), outcome::stored);
  ASSERT_EQ(act({entry_kind::remove, "ann", "bob"}), outcome::stored);
  ASSERT_EQ(act({entry_kind::add, "ann", "bob"}), outcome::stored);
  EXPECT_EQ(described("hall", "bob").role, role::member);
}

TEST_P(Acts, BanAPerson) {
  ASSERT_EQ(act({entry_kind::ban, "ann", "Bob", {.what = {.until = at(end_of_time)}}, "rude"}), outcome::stored);
  EXPECT_EQ(members().size(), 2u);
  const auto refused = stores.rooms->find_room({"hall"}, {"bob"}, at(5));
  EXPECT_EQ(refused.code(), ec::banned);
  ASSERT_TRUE(refused.why().because);
  EXPECT_EQ(refused.why().because->by.value, "ann");
  EXPECT_EQ(refused.why().because->why, "rude");
  EXPECT_EQ(refused.why().because->until, at(end_of_time));
  const auto opened = open("hall");
  ASSERT_EQ(opened.bans.size(), 1u);
  EXPECT_EQ(opened.bans[0].user, core::user_id{"bob"});
  EXPECT_EQ(opened.bans[0].until, at(end_of_time));
  EXPECT_TRUE(opened.mutes.empty());
  hall = opened;
  ASSERT_EQ(act({entry_kind::ban, "carl", "bob", {}, "again"}), outcome::stored) << "replaces it";
  const auto listed = *stores.rooms->list_sanctions({{"hall"}, {"ann"}}, at(5));
  ASSERT_EQ(listed.sanctions.size(), 1u);
  EXPECT_EQ(listed.sanctions[0].what.by.value, "carl");
  EXPECT_EQ(listed.sanctions[0].what.why, "again");
  EXPECT_EQ(listed.sanctions[0].what.until, at(0));
  EXPECT_EQ(listed.sanctions[0].at, at(2));
  ASSERT_EQ(act({entry_kind::unban, "ann", "BOB"}), outcome::stored);
  EXPECT_TRUE(stores.rooms->find_room({"hall"}, {"bob"}, at(5)));
  EXPECT_TRUE(open("hall").bans.empty());
}

TEST_P(Acts, MuteAPerson) {
  ASSERT_EQ(act({entry_kind::mute, "ann", "bob", {.what = {.until = at(end_of_time)}}, "noise"}), outcome::stored);
  ASSERT_EQ(act({entry_kind::ban, "ann", "zoe"}), outcome::stored);
  EXPECT_EQ(members().size(), 3u) << "a member all the same";
  EXPECT_TRUE(stores.rooms->find_room({"hall"}, {"bob"}, at(5)));
  hall = open("hall");
  ASSERT_EQ(hall.mutes.size(), 1u);
  EXPECT_EQ(hall.mutes[0], (core::sanction{{"bob"}, {"ann"}, "noise", at(end_of_time)}));
  ASSERT_EQ(hall.bans.size(), 1u);
  ASSERT_EQ(act({entry_kind::unmute, "ann", "bob"}), outcome::stored);
  hall = open("hall");
  EXPECT_TRUE(hall.mutes.empty());
  EXPECT_EQ(hall.bans.size(), 1u);
}

TEST_P(Acts, TakeBackOnlyWhatIsThere) {
  ASSERT_EQ(act({entry_kind::ban, "ann", "dora"}), outcome::stored);
  const auto before = state();
  EXPECT_EQ(act({entry_kind::unban, "ann", "bob"}), outcome::unchanged);
  EXPECT_EQ(act({entry_kind::unmute, "ann", "dora"}), outcome::unchanged) << "a ban is no mute";
  EXPECT_EQ(state(), before);
}

TEST_P(Acts, AreAboutPeopleWhoNeverWrote) {
  ASSERT_EQ(act({entry_kind::ban, "ann", "Stranger"}), outcome::stored);
  reopen_unless_memory();
  EXPECT_EQ(at_seq(1).subject.value, "Stranger");
  ASSERT_EQ(act({entry_kind::unban, "ann", "stranger"}), outcome::stored);
  const auto people = *stores.rooms->list_people({}, 100);
  EXPECT_NE(std::find(people.begin(), people.end(), core::user_id{"stranger"}), people.end());
}

TEST_P(Acts, AreComparedByTheirIds) {
  const doing ban{entry_kind::ban, "ann", "bob", {}, "rude", 0, "x"};
  ASSERT_EQ(act(ban), outcome::stored);
  const auto again = [&](const doing& what) {
    const auto before = state();
    const auto answer = perform(hall, what);
    EXPECT_EQ(state(), before);
    EXPECT_EQ(answer.what, outcome::repeated);
    EXPECT_EQ(answer.repeated.size(), 1u);
    EXPECT_EQ(answer.repeated.at(0).index, 0u);
    EXPECT_EQ(answer.repeated.at(0).seq.value, 1u);
    EXPECT_EQ(answer.repeated.at(0).at, at(1));
    return answer.repeated.at(0).same;
  };
  EXPECT_TRUE(again(ban));
  EXPECT_FALSE(again({entry_kind::mute, "ann", "bob", {}, "rude", 0, "x"}));
  EXPECT_FALSE(again({entry_kind::ban, "ann", "carl", {}, "rude", 0, "x"}));
  EXPECT_FALSE(again({entry_kind::ban, "ann", "bob", {}, "other", 0, "x"}));
  EXPECT_FALSE(again({entry_kind::erase, "ann", {}, {}, "rude", 1, "x"}));
  auto other = to(hall, ban);
  other.entries[0].extra = "{}";
  EXPECT_FALSE(append({other}).at(0).repeated.at(0).same);
  EXPECT_FALSE(append({to(hall, {entry(2, "ann", "rude", "x")})}).at(0).repeated.at(0).same) << "a text";
  EXPECT_EQ(act({entry_kind::mute, "carl", "bob", {}, "rude", 0, "x"}), outcome::stored) << "somebody else's id";
}

TEST_P(Acts, DoNotPassForAText) {
  say("ann", "rude", "x");
  const auto answer = perform(hall, {entry_kind::settings, "ann", {}, {}, "rude", 0, "x"});
  EXPECT_EQ(answer.what, outcome::repeated);
  EXPECT_FALSE(answer.repeated.at(0).same);
}

TEST_P(Acts, LeaveTheIdOfWhatTheyErase) {
  say("bob", "slip", "x");
  ASSERT_EQ(act({entry_kind::erase, "bob", {}, {}, {}, 1, "y"}), outcome::stored);
  const auto same = [&](const storage::room_append& wanted) {
    const auto answer = append({wanted}).at(0);
    EXPECT_EQ(answer.what, outcome::repeated);
    return answer.repeated.at(0).same;
  };
  EXPECT_TRUE(same(to(hall, {entry(3, "bob", "slip", "x")})));
  EXPECT_TRUE(same(to(hall, {entry(3, "bob", "other", "x"), entry(4, "bob", "more")})));
  EXPECT_TRUE(same(to(hall, {entry_kind::mute, "bob", "ann", {}, {}, 0, "x"})));
  EXPECT_TRUE(same(to(hall, {entry_kind::erase, "bob", {}, {}, {}, 1, "y"})));
}

TEST_P(Acts, AreFenced) {
  const auto old = hall;
  hall = open("hall");
  say("bob", "one");
  const auto before = state();
  const std::vector<doing> all{
      {entry_kind::erase, "ann", {}, {.what = {}, .anybodys = true}, {}, 1},
      {entry_kind::settings, "ann", {}, {.what = {}, .settings = {.access = access::secret, .title = "x"}}},
      {entry_kind::role, "ann", "bob", {.what = {.role = role::moderator}}},
      {entry_kind::role, "ann", "bob", {.what = {.role = role::owner}, .owner_before = {"ann"}}},
      {entry_kind::add, "ann", "dora"},
      {entry_kind::remove, "ann", "bob"},
      {entry_kind::ban, "ann", "bob"},
      {entry_kind::mute, "ann", "bob"},
  };
  for (const auto& what : all) {
    auto room = old;
    room.head = hall.head;
    EXPECT_EQ(perform(room, what).what, outcome::fenced) << "the epoch " << static_cast<int>(what.kind);
    room = hall;
    room.head = {};
    EXPECT_EQ(perform(room, what).what, outcome::fenced) << "the head " << static_cast<int>(what.kind);
    room.head = {2};
    EXPECT_EQ(perform(room, what).what, outcome::fenced);
    room.key = {424242};
    EXPECT_EQ(perform(room, what).what, outcome::fenced);
  }
  EXPECT_EQ(state(), before);
  auto room = old;
  room.head = hall.head;
  EXPECT_EQ(perform(room, {entry_kind::erase, "bob", {}, {}, {}, 7}).what, outcome::fenced) << "before any verdict";
}

TEST_P(Acts, GoWithWordsOfOtherRooms) {
  for (const auto* name : {"a", "b", "c", "d"}) create(name, "ann");
  const auto a = open("a");
  auto b = open("b");
  const auto c = open("c");
  auto d = open("d");
  auto wave = entry(1, "ann", "waves");
  wave.kind = entry_kind::action;
  const auto outcomes =
      append({to(d, {entry_kind::erase, "ann", {}, {}, {}, 1}), to(b, {entry(1, "ann", "b1"), entry(2, "bob", "b2")}),
              to(hall, {entry_kind::mute, "ann", "bob"}), to(c, {entry(7, "ann", "hole")}), to(a, {wave})});
  EXPECT_EQ(outcomes.at(0).what, outcome::refused);
  EXPECT_EQ(outcomes.at(0).why, ec::not_found);
  EXPECT_EQ(outcomes.at(1).what, outcome::stored);
  EXPECT_EQ(outcomes.at(2).what, outcome::stored);
  EXPECT_EQ(outcomes.at(3).what, outcome::fenced);
  EXPECT_EQ(outcomes.at(4).what, outcome::stored);
  EXPECT_EQ(log(b), (texts{"b1", "b2"}));
  EXPECT_EQ(stores.journal->read(a.key, {}, 1)->at(0).kind, entry_kind::action);
  EXPECT_EQ(open("hall").mutes.size(), 1u);
  d = open("d");
  EXPECT_EQ(d.head.value, 0u);
  b.head = {2};
  const auto more = append({to(b, {entry_kind::add, "ann", "bob"}), to(d, {entry_kind::add, "ann", "bob"})});
  EXPECT_EQ(more.at(0).what, outcome::stored);
  EXPECT_EQ(more.at(1).what, outcome::stored);
}

TEST_P(Acts, AreRefusedWhereTheyAreNone) {
  const auto refused = [&](const storage::room_append& wanted) {
    const auto answer = append({wanted}).at(0);
    EXPECT_EQ(answer.what, outcome::refused);
    EXPECT_EQ(answer.why, ec::internal);
  };
  const auto before = state();
  const auto ban = to(hall, {entry_kind::ban, "ann", "bob", {}, "why"});
  auto wanted = ban;
  wanted.effect = nullptr;
  refused(wanted);
  wanted = ban;
  wanted.entries.push_back(entry(2, "ann", "text"));
  refused(wanted);
  wanted = ban;
  wanted.entries[0].kind = entry_kind::text;
  refused(wanted);
  for (const auto kind : {entry_kind::erased, entry_kind::tag}) {
    wanted = ban;
    wanted.entries[0].kind = kind;
    refused(wanted);
  }
  wanted = ban;
  wanted.entries[0].text = "\xff";
  refused(wanted);
  wanted = ban;
  wanted.entries[0].extra = std::string(8193, ' ');
  refused(wanted);
  wanted = ban;
  wanted.entries[0].extra = std::string_view("{\0}", 3);
  refused(wanted);
  refused(
      to(hall, {entry_kind::settings, "ann", {}, {.what = {}, .settings = {.title = std::string_view("a\0b", 3)}}}));
  refused(to(hall, {entry_kind::settings, "ann", {}, {.what = {}, .settings = {.topic = "\xff"}}}));
  refused(to(hall, {entry_kind::settings, "ann", {}, {.what = {}, .settings = {.data = "\xff"}}}));
  auto about = entry(1, "ann", "text");
  about.subject = {"bob"};
  refused(to(hall, {about}));
  EXPECT_EQ(state(), before);
}

/// Words that are more than a plain text.
class Words : public Acts {
 public:
  static core::room_entry word(std::uint64_t seq, const std::string& text, entry_kind kind, const std::string& id = {},
                               std::uint64_t target = 0, const std::string& extra = {}) {
    auto made = entry(seq, "ann", text, id);
    made.kind = kind;
    made.target = {target};
    made.extra = extra;
    return made;
  }
};
GREENROOM_ON_EACH_DATABASE(Words);

TEST_P(Words, AreStoredWithWhatBelongsToThem) {
  const std::vector<core::room_entry> said{
      word(1, "plain", entry_kind::text), word(2, "note", entry_kind::notice, "id"),
      word(3, "waves", entry_kind::action), word(4, "reply", entry_kind::text, {}, 1, R"({"data":{"a":"\"{}"}})")};
  create("other", "ann");
  const auto other = open("other");
  const auto outcomes = append({to(hall, said), to(other, {entry(1, "ann", "text")})});
  EXPECT_EQ(outcomes.at(0).what, outcome::stored);
  EXPECT_EQ(outcomes.at(1).what, outcome::stored);
  const auto read = *stores.journal->read(hall.key, {}, 10);
  ASSERT_EQ(read.size(), 4u);
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].kind, said[i].kind);
    EXPECT_EQ(read[i].text, said[i].text);
    EXPECT_EQ(read[i].target, said[i].target);
    EXPECT_EQ(read[i].extra, said[i].extra);
    EXPECT_EQ(read[i].client_id, said[i].client_id);
    EXPECT_EQ(read[i].at, said[i].at);
  }
  EXPECT_EQ(append({to(hall, {word(5, "one", entry_kind::notice)})}).at(0).what, outcome::stored);
  EXPECT_EQ(append({to(hall, {word(5, "two", entry_kind::notice)})}).at(0).what, outcome::fenced);
  EXPECT_EQ(log(other), texts{"text"});
}

TEST_P(Words, AreComparedByTheirIds) {
  ASSERT_EQ(append({to(hall, {word(1, "one", entry_kind::text, "plain"), word(2, "two", entry_kind::notice, "notice"),
                              word(3, "three", entry_kind::text, "reply", 1, "{}")})})
                .at(0)
                .what,
            outcome::stored);
  const auto same = [&](const core::room_entry& again) {
    // Next to another one, and alone; among plain texts, and not.
    const auto alone = append({to(hall, {again})}).at(0);
    auto after = word(5, "new", entry_kind::action, "new");
    const auto beside = append({to(hall, {again, after})}).at(0);
    EXPECT_EQ(alone.what, outcome::repeated);
    EXPECT_EQ(beside.what, outcome::repeated);
    EXPECT_EQ(alone.repeated.at(0).same, beside.repeated.at(0).same);
    return alone.repeated.at(0).same;
  };
  EXPECT_TRUE(same(word(4, "one", entry_kind::text, "plain")));
  EXPECT_FALSE(same(word(4, "two", entry_kind::text, "plain")));
  EXPECT_FALSE(same(word(4, "one", entry_kind::notice, "plain")));
  EXPECT_FALSE(same(word(4, "one", entry_kind::text, "plain", 1)));
  EXPECT_FALSE(same(word(4, "one", entry_kind::text, "plain", 0, "{}")));
  EXPECT_TRUE(same(word(4, "two", entry_kind::notice, "notice")));
  EXPECT_FALSE(same(word(4, "two", entry_kind::text, "notice")));
  EXPECT_TRUE(same(word(4, "three", entry_kind::text, "reply", 1, "{}")));
  EXPECT_FALSE(same(word(4, "three", entry_kind::text, "reply", 2, "{}")));
  EXPECT_FALSE(same(word(4, "three", entry_kind::text, "reply", 1, "{ }")));
  EXPECT_FALSE(same(word(4, "three", entry_kind::text, "reply")));
  EXPECT_EQ(log(hall).size(), 3u);
}

// A room asks before it refuses: the first answer may have been lost.
TEST_P(Acts, AreLookedForWithoutStoringThem) {
  const doing mute{entry_kind::mute, "ann", "bob", {}, "loud", 0, "id"};
  auto look = to(hall, mute);
  look.effect = nullptr;
  look.look_only = true;
  const auto before = state();
  EXPECT_EQ(append({look}).at(0).what, outcome::unchanged);
  EXPECT_EQ(state(), before);
  ASSERT_EQ(act(mute), outcome::stored);
  for (const auto& [why, same] : {std::pair{"loud", true}, std::pair{"rude", false}}) {
    look.entries[0].text = why;
    look.epoch = {99};  // whoever the owner is
    const auto found = append({look}).at(0);
    ASSERT_EQ(found.what, outcome::repeated);
    EXPECT_EQ(found.repeated.at(0).seq, core::seq_no{1});
    EXPECT_EQ(found.repeated.at(0).same, same);
  }
  look.entries[0].author = {"carl"};
  EXPECT_EQ(append({look}).at(0).what, outcome::unchanged) << "another's id";
}

}  // namespace
}  // namespace greenroom::test
