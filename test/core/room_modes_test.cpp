#include <gtest/gtest.h>

#include "core/room.hpp"

/// How a room's modes keep people out, and silent.
namespace greenroom::core {
namespace {

using changes = std::vector<mode_change>;

constexpr relay_no here{1};
constexpr asker_id asker{5};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

struct RoomModes : ::testing::Test {
  room subject{opened({}), {}};
  std::uint64_t next = 0;

  static room_opened opened(room_settings settings) {
    room_opened out{{"hall"}, {1}, {7}, {99}, {}, {}};
    out.owner = {"ann"};
    out.moderators = {{"mod"}};
    out.settings = std::move(settings);
    return out;
  }
  void set(const changes& modes, room_access access = room_access::open) {
    room_settings settings{.access = access};
    settings.modes = changed_by({}, modes);
    subject = room(opened(std::move(settings)), {});
  }
  room_joined join(std::string user, std::string key = {}, std::uint64_t connection = 0) {
    join_room asked{{connection == 0 ? ++next : connection}, {std::move(user)}, {}};
    asked.from.key = std::move(key);
    return subject.join(here, asked, at(0)).joined.at(0).second;
  }
  result<act_performed> done(std::string by, settings_change change) {
    auto what = std::make_shared<act>();
    what->set = std::move(change);
    const auto out =
        subject.perform(asker, {{"hall"}, {std::move(by)}, {.kind = entry_kind::settings, .act = what}}, at(0));
    if (!out.performed.empty()) return out.performed[0].second;
    return subject.appended({append_result::kind::stored, {}}, at(0)).performed.at(0).second;
  }
  static settings_change modes(changes all) {
    settings_change out;
    out.set(setting::modes);
    out.modes = std::move(all);
    return out;
  }
  static settings_change topic(std::string text) {
    settings_change out;
    out.set(setting::topic);
    out.to.topic = std::move(text);
    return out;
  }
  ec said(std::string by) {
    auto out = subject.post({{std::move(by)}, {1}, {{.ticket = 1, .text = "hi"}}}, at(0));
    if (out.answers.empty()) out = subject.appended({append_result::kind::stored, {}}, at(0));
    return out.answers.at(0).second.code;
  }
};

TEST_F(RoomModes, AKeyIsAskedForAtTheDoorOnly) {
  set({{'k', true, "open"}});
  EXPECT_EQ(join("bob").refused, ec::forbidden);
  EXPECT_EQ(join("bob", "Open").bar, room_bar::key);
  EXPECT_EQ(join("bob", "open", 9).refused, ec::none);
  EXPECT_EQ(join("bob", "", 9).refused, ec::none) << "who is in asks again";
  EXPECT_EQ(join("ann").refused, ec::none) << "the owner";
  EXPECT_EQ(join("mod").refused, ec::none);
  EXPECT_EQ(said("carl"), ec::none) << "it is no right to write";
}

TEST_F(RoomModes, ALimitCountsPeople) {
  set({{'l', true, "2"}});
  EXPECT_EQ(join("bob").refused, ec::none);
  EXPECT_EQ(join("carl").refused, ec::none);
  EXPECT_EQ(join("dora").bar, room_bar::most);
  EXPECT_EQ(join("bob").refused, ec::none) << "one more connection of somebody who is there";
  EXPECT_EQ(join("ann").refused, ec::none);
}

TEST_F(RoomModes, AMaskKeepsOutAndSilent) {
  set({{'b', true, "*!*@user-b*"}, {'b', true, "$a:mod"}, {'e', true, "bea!*@*"}});
  EXPECT_EQ(join("bob").bar, room_bar::mask);
  EXPECT_EQ(join("bea").refused, ec::none);
  EXPECT_EQ(join("mod").refused, ec::none) << "nothing keeps a moderator out";
  EXPECT_EQ(said("bob"), ec::forbidden);
  EXPECT_EQ(said("bea"), ec::none);
  EXPECT_EQ(said("mod"), ec::none);
}

TEST_F(RoomModes, AMaskLetsPeopleIntoARoomThatIsInvited) {
  set({{'I', true, "bob!*@*"}}, room_access::invited);
  EXPECT_EQ(join("bob").refused, ec::none);
  EXPECT_EQ(join("carl").refused, ec::forbidden);
  set({{'I', true, "bob!*@*"}}, room_access::secret);
  EXPECT_EQ(join("bob").refused, ec::not_found);
}

TEST_F(RoomModes, AreSetByModeratorsAndHoldAtOnce) {
  EXPECT_EQ(done("bob", modes({{'s', true}})).code(), ec::forbidden);
  EXPECT_TRUE(done("mod", modes({{'k', true, "x"}, {'s', true}})));
  EXPECT_EQ(join("bob").bar, room_bar::key);
  const auto face = join("ann").face;
  EXPECT_TRUE(face.modes.has(room_flag::unlisted));
  EXPECT_EQ(face.modes.key, "*") << "that there is one";
  const auto again = done("mod", modes({{'s', true}}));
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->entry.seq) << "nothing would change";
}

TEST_F(RoomModes, HaveAHundredMasksOfALetter) {
  changes all;
  for (int n = 0; n < 100; ++n) all.push_back({'b', true, std::to_string(n) + "!*@*"});
  EXPECT_TRUE(done("mod", modes(all)));
  EXPECT_EQ(done("mod", modes({{'b', true, "x!*@*"}})).code(), ec::limit_reached);
  EXPECT_TRUE(done("mod", modes({{'b', false, "7!*@*"}, {'b', true, "x!*@*"}})));
}

TEST_F(RoomModes, ATopicThatIsNotLockedIsForAllWhoMayWrite) {
  EXPECT_EQ(done("bob", topic("tea")).code(), ec::forbidden);
  set({{'t', false}, {'b', true, "eve!*@*"}});
  EXPECT_TRUE(done("bob", topic("tea")));
  EXPECT_EQ(done("eve", topic("spam")).code(), ec::forbidden);
  auto more = topic("tea");
  more.set(setting::title);
  EXPECT_EQ(done("bob", more).code(), ec::forbidden) << "nothing but the topic";
}

TEST_F(RoomModes, WhatPassesIsForThoseWhoAreThereAndIsAnsweredAtOnce) {
  join("ann");
  join("bob");
  const auto pass = [&](std::string by, std::string text, earshot by_whom = earshot::all) {
    core::post one{.ticket = 1, .client_id = "~1", .text = std::move(text)};
    one.passing = true;
    one.heard_by = by_whom;
    return subject.post({{std::move(by)}, {2}, {one}}, at(5));
  };
  auto out = pass("bob", "\x01PING\x01");
  ASSERT_EQ(out.passing.size(), 1u);
  EXPECT_EQ(out.passing[0].user.value, "bob");
  EXPECT_EQ(out.passing[0].from, connection_id{2});
  EXPECT_EQ(out.passing[0].id, "~1");
  EXPECT_EQ(out.passing[0].at, at(5).wall);
  EXPECT_TRUE(out.passing[0].hearers.empty());
  EXPECT_TRUE(out.append.empty());
  EXPECT_EQ(out.answers.at(0).second.code, ec::none);
  EXPECT_FALSE(out.answers.at(0).second.seq);
  out = pass("bob", "hush", earshot::moderators);
  EXPECT_EQ(out.passing.at(0).hearers, std::vector<user_id>{{"ann"}});
  set({{'v', true, "bob"}});
  join("ann");
  join("bob");
  EXPECT_EQ(pass("bob", "hush", earshot::moderators).passing.at(0).hearers, std::vector<user_id>{{"ann"}});
  EXPECT_EQ(pass("bob", "hush", earshot::voiced).passing.at(0).hearers, (std::vector<user_id>{{"ann"}, {"bob"}}));
  set({{'C', true}});
  out = pass("bob", "\x01PING\x01");
  EXPECT_TRUE(out.passing.empty());
  EXPECT_EQ(out.answers.at(0).second.code, ec::forbidden);
  EXPECT_EQ(pass("bob", "hush", earshot::moderators).answers.at(0).second.code, ec::none);
  set({{'b', true, "bob!*@*"}});
  EXPECT_EQ(pass("bob", "hush").answers.at(0).second.code, ec::forbidden) << "as of words";
}

TEST_F(RoomModes, AVoiceWritesWhereOnlySomeMay) {
  room_settings settings{.post = room_posting::moderators};
  settings.modes = changed_by({}, changes{{'v', true, "Eve"}});
  subject = room(opened(std::move(settings)), {});
  EXPECT_EQ(said("bob"), ec::read_only);
  EXPECT_EQ(said("eve"), ec::none);
  EXPECT_EQ(join("bob").face.modes.masks, "v Eve") << "for who comes in";
  EXPECT_TRUE(done("mod", modes({{'v', false, "eve"}})));
  EXPECT_EQ(said("eve"), ec::read_only);
}

TEST_F(RoomModes, AnInvitationOpensTheDoorOnce) {
  set({{'k', true, "secret"}, {'b', true, "eve!*@*"}});
  (void)join("mod");
  const auto asked = subject.invite({{"hall"}, {"mod"}, {"eve"}}, at(0));
  ASSERT_TRUE(asked);
  ASSERT_EQ(asked->news.size(), 1u);
  EXPECT_EQ(asked->news[0].kind, news_kind::invited);
  EXPECT_EQ(asked->news[0].user.value, "eve");
  EXPECT_EQ(asked->news[0].by.value, "mod");
  EXPECT_EQ(join("bob", "wrong").bar, room_bar::key) << "it is open for eve alone";
  EXPECT_EQ(join("eve", {}, 77).refused, ec::none);
  EXPECT_EQ(subject.invite({{"hall"}, {"mod"}, {"eve"}}, at(0)).code(), ec::conflict) << "she is here";
  (void)subject.leave({77}, at(0));
  EXPECT_EQ(join("eve").bar, room_bar::mask) << "it was used";
}

TEST_F(RoomModes, WhoIsNoModeratorInvitesButOpensNothing) {
  set({{'k', true, "secret"}});
  EXPECT_EQ(subject.invite({{"hall"}, {"bob"}, {"eve"}}, at(0)).code(), ec::not_joined);
  (void)join("bob", "secret");
  EXPECT_TRUE(subject.invite({{"hall"}, {"bob"}, {"eve"}}, at(0)));
  EXPECT_EQ(join("eve").bar, room_bar::key);
  set({}, room_access::invited);
  EXPECT_FALSE(subject.invite({{"hall"}, {"ann"}, {"eve"}}, at(0))) << "there people are added";
}

TEST_F(RoomModes, AModeratorPutsTheOwnerOutOfAnOpenRoomAndNoMore) {
  (void)join("ann");
  (void)join("mod");
  auto what = std::make_shared<act>();
  what->subject = {"ann"};
  what->out_only = true;
  const auto remove = [&](const char* by) {
    return subject.perform(asker, {{"hall"}, {by}, {.kind = entry_kind::remove, .act = what}}, at(0));
  };
  const auto put_out = remove("mod");
  ASSERT_TRUE(put_out.effect);
  EXPECT_TRUE(put_out.effect->for_now);
  const auto told = subject.appended({append_result::kind::stored, {}}, at(0));
  ASSERT_EQ(told.removed.size(), 1u);
  EXPECT_EQ(told.removed[0].user.value, "ann");
  EXPECT_EQ(join("ann").face.owner.value, "ann") << "she is still its owner, and comes back";
  EXPECT_FALSE(remove("bob").effect);
}

}  // namespace
}  // namespace greenroom::core
