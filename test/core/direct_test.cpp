#include "core/direct.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/connection.hpp"
#include "core/room.hpp"

/// Direct rooms and groups: their names, and how rooms and connections treat them.
namespace greenroom::core {
namespace {

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

TEST(DirectNames, AreTheSameHoweverSomebodyCallsThem) {
  EXPECT_EQ(direct_room_of({"Bob"}, {"ada"}).value, "@ada,bob");
  EXPECT_EQ(direct_room_of({"ada"}, {"ADA"}).value, "@ada,ada");
  for (const auto* const said : {"@bob", "@Bob", "@bob,ada", "@ADA,bob"})
    EXPECT_EQ(room_meant({said}, {"Ada"}).value, "@ada,bob") << said;
  EXPECT_EQ(room_meant({"@eve,bob"}, {"ada"}).value, "@bob,eve") << "which isn't ada's";
  EXPECT_EQ(room_meant({"@@0123456789ABCDEF"}, {"ada"}).value, "@@0123456789abcdef");
  EXPECT_EQ(room_meant({"Lobby"}, {"ada"}).value, "Lobby");
  EXPECT_EQ(group_of(0x123456789abcdef).value, "@@0123456789abcdef");
}

TEST(DirectNames, SayWhatARoomIs) {
  EXPECT_EQ(nature_of(room_id{"lobby"}), room_nature::room);
  EXPECT_EQ(nature_of(room_id{}), room_nature::room);
  EXPECT_EQ(nature_of(room_id{"@ada,bob"}), room_nature::direct);
  EXPECT_EQ(nature_of(group_of(7)), room_nature::group);
}

TEST(DirectNames, AreAtMost67Bytes) {
  const std::string longest(32, 'a');
  EXPECT_LE(direct_room_of({longest}, {longest}).value.size(), 67u);
  EXPECT_TRUE(check_room_reference("@" + longest + "," + longest));
}

TEST(DirectNames, AreChecked) {
  for (const auto* const good : {"lobby", "@bob", "@bob,ada", "@a-b,c_d", "@@0123456789abcdef", "@@0123456789ABCDEF"})
    EXPECT_TRUE(check_room_reference(good)) << good;
  for (const auto* const bad : {"", "@", "@,", "@bob,", "@,bob", "@a,b,c", "@1bob", "@bob ", "@system", "@deleted,bob",
                                "@@", "@@0123456789abcde", "@@0123456789abcdefg", "@@0123456789abcdeg", "@@@", "a@b"})
    EXPECT_EQ(check_room_reference(bad).code(), ec::bad_name) << bad;
}

room_opened direct(bool blocked = false, std::uint64_t membership = 1, std::uint64_t epoch = 7) {
  room_opened out{{"@ada,bob"}, {1}, {epoch}, {99}, {}, {}};
  out.settings.access = room_access::secret;
  out.owner = {"system"};
  out.membership = {membership};
  out.members = {{"Bob"}, {"Ada"}};
  out.blocked = blocked;
  return out;
}
post_batch from(std::string user, connection_id who = {1}) {
  return {{std::move(user)}, who, {{.ticket = 1, .text = "hi"}}};
}
ec refused(const room_effects& out) { return out.answers.empty() ? ec::none : out.answers.front().second.code; }
perform_act doing(entry_kind kind, std::string by, std::string on = {}, bool as_admin = false) {
  act what;
  what.subject = {std::move(on)};
  what.target = {1};
  return {{"@ada,bob"}, {std::move(by)}, {.kind = kind, .act = std::make_shared<const act>(std::move(what))}, as_admin};
}

TEST(DirectRooms, AreWrittenInByTheirTwoPeopleAndNobodyElse) {
  room subject(direct(), {});
  EXPECT_EQ(refused(subject.post(from("eve"), at(0))), ec::not_found);
  EXPECT_EQ(subject.post(from("ada"), at(0)).append.size(), 1u);
  EXPECT_EQ(subject.join({1}, {{3}, {"eve"}, {}}, at(0)).joined.at(0).second.refused, ec::not_found);
  EXPECT_EQ(subject.join({1}, {{4}, {"bob"}, {}}, at(0)).joined.at(0).second.refused, ec::none);
}

TEST(DirectRooms, AreRunByNobodyNotByAnAdminEither) {
  using enum entry_kind;
  room subject(direct(), {});
  const auto told = [&](entry_kind kind, const char* by, bool as_admin = false) {
    return subject.perform({5}, doing(kind, by, "bob", as_admin), at(0)).performed.at(0).second.code();
  };
  for (const auto kind : {settings, remove, unban, unmute}) {
    EXPECT_EQ(told(kind, "ada"), ec::forbidden);
    EXPECT_EQ(told(kind, "root", true), ec::not_found) << "it isn't there for an admin";
  }
}

TEST(DirectRooms, HaveAnswersForABlockInsteadOfMessages) {
  room subject(direct(true), {});
  for (const auto* const who : {"ada", "bob"}) EXPECT_EQ(refused(subject.post(from(who), at(0))), ec::blocked) << who;
  EXPECT_EQ(refused(subject.post(from("eve"), at(0))), ec::not_found) << "others learn nothing";
  EXPECT_FALSE(subject.hears({"ada"}, at(0))) << "nor is it told that somebody types";
  EXPECT_EQ(subject.join({1}, {{4}, {"bob"}, {}}, at(0)).joined.at(0).second.refused, ec::none) << "it can be read";
}

TEST(DirectRooms, ReadTheirRosterAgainAtOnceWhereABlockIsTold) {
  room subject(direct(), {});
  EXPECT_TRUE(subject.roster_changed(at(0)).reopen);
  EXPECT_TRUE(subject.post(from("ada"), at(0)).append.empty()) << "until then nothing is stored";
  const auto out = subject.reopened(direct(true, 2, 8), at(1));
  EXPECT_EQ(refused(out), ec::blocked);
  EXPECT_FALSE(out.reopen);
}

TEST(DirectRooms, ReadTheirRosterOnceMoreWhereABlockIsToldMeanwhile) {
  room subject(direct(), {});
  ASSERT_TRUE(subject.roster_changed(at(0)).reopen);
  EXPECT_FALSE(subject.roster_changed(at(0)).reopen) << "one at a time";
  EXPECT_TRUE(subject.reopened(direct(false, 1, 8), at(1)).reopen);
  (void)subject.post(from("ada"), at(1));
  EXPECT_EQ(refused(subject.reopened(direct(true, 2, 9), at(2))), ec::blocked);
}

TEST(DirectRooms, FinishWhatIsInFlightBeforeABlockHolds) {
  room subject(direct(), {});
  ASSERT_EQ(subject.post(from("ada"), at(0)).append.size(), 1u);
  EXPECT_FALSE(subject.roster_changed(at(0)).reopen);
  const auto out = subject.appended({append_result::kind::stored, {}}, at(1));
  EXPECT_EQ(out.publish.size(), 1u);
  EXPECT_TRUE(out.reopen);
}

TEST(DirectConnections, NameARoomByItsOneName) {
  connection subject({"Ada"}, {}, {});
  const auto entering = subject.command(client_join{{"@bob"}, {}, {}}, at(0));
  ASSERT_EQ(entering.enter.size(), 1u);
  EXPECT_EQ(entering.enter[0].room.value, "@ada,bob");
  (void)subject.entered({"@ada,bob"}, room_entered{{{"@ada,bob"}, {}, {}, {}, {}, {}}, false}, at(0));
  (void)subject.relay_found({"@ada,bob"}, ec::none, at(0));
  (void)subject.ready({"@ada,bob"}, {5}, false, {ec::none, {}, 0}, at(0));
  for (const auto* const said : {"@bob", "@bob,ada", "@Ada,Bob"}) {
    const auto out = subject.command(client_send{{said}, "1", "hi"}, at(0));
    ASSERT_EQ(out.tell.size(), 1u) << said;
    EXPECT_EQ(out.tell[0].room.value, "@ada,bob") << said;
  }
  const auto refused = subject.command(client_typing{{"@eve"}}, at(0));
  EXPECT_EQ(std::get<error_event>(refused.say.at(0)).room.value, "@ada,eve");
  const auto mistaken = subject.command(client_mistake{{ec::bad_text, {}, 0}, "1", {"@bob"}}, at(0));
  EXPECT_EQ(std::get<error_event>(mistaken.say.at(0)).room.value, "@ada,bob");
}

TEST(DirectConnections, SyncOnAfterADirectRoom) {
  connection subject({"ada"}, {}, {});
  (void)subject.command(client_sync{{"@Bob"}}, at(0));
  const auto out = subject.roomy(at(0));
  ASSERT_EQ(out.sync.size(), 1u);
  EXPECT_EQ(out.sync.at(0).after.value, "@ada,bob");
}

TEST(DirectNames, NameTheirPeople) {
  using people = std::vector<user_id>;
  EXPECT_EQ(people_of({"@ada,bob"}), (people{{"ada"}, {"bob"}}));
  EXPECT_EQ(people_of({"@ada,ada"}), (people{{"ada"}}));
  EXPECT_TRUE(people_of({"ada"}).empty());
  EXPECT_TRUE(people_of({"@@0123456789abcdef"}).empty());
}

TEST(DirectConnections, DoNotMakeARoomByEnteringIt) {
  for (const auto* const said : {"@bob", "@@0123456789abcdef"}) {
    connection subject({"ada"}, {}, {});
    const auto entering = subject.command(client_join{{said}, {}, {}}, at(0));
    const auto out = subject.entered(entering.enter.at(0).room, ec::not_found, at(0));
    EXPECT_TRUE(out.enter.empty());
    EXPECT_EQ(std::get<error_event>(out.say.at(0)).why.code, ec::not_found);
  }
}

}  // namespace
}  // namespace greenroom::core
