#include "test/protocol/irc/conversation_fixture.hpp"

/// LIST: pages of the catalog, the people of those rooms, and conditions.
namespace greenroom::protocol::irc {
namespace {

using testing::HasSubstr;
using testing::Not;

struct conversation_list : conversation_test {
  void SetUp() override {
    now.wall = core::wall_time{std::chrono::hours(24)};
    sign_in();
  }
  core::room_info room(const std::string& name, std::chrono::minutes age = {}) {
    core::room_info out;
    out.room = {name};
    out.owner = {"bob"};
    out.generation = {7};
    out.head = {1};
    out.created = now.wall - age;
    return out;
  }
  /// The catalog has these rooms, and so many people are in each.
  std::string list(const std::string& words, std::vector<core::room_info> rooms, std::vector<core::room_crowd> people) {
    say("LIST" + words);
    answer(core::room_list{std::move(rooms), false});
    if (!questions.empty()) answer(core::people_counted{std::move(people)});
    return told();
  }
};

TEST_F(conversation_list, SaysHowManyPeopleAreInEachRoom) {
  say("LIST");
  answer(core::room_list{{room("Lobby"), room("den")}, false});
  EXPECT_THAT(asked<core::count_people>().rooms, ElementsAre(core::room_id{"Lobby"}, core::room_id{"den"}));
  EXPECT_FALSE(asked<core::count_people>().forwarded);
  answer(core::people_counted{{{{"lobby"}, 12}}});
  EXPECT_EQ(told(),
            ":greenroom.irc 322 ada #Lobby 12 : \r\n"
            ":greenroom.irc 322 ada #den 0 : \r\n"
            ":greenroom.irc 323 ada :End of /LIST\r\n");
}

TEST_F(conversation_list, IsShownWhereNobodyCanCount) {
  say("LIST");
  answer(core::room_list{{room("lobby")}, false});
  refuse(core::ec::unavailable);
  EXPECT_THAT(told(), HasSubstr(" 322 ada #lobby 0 : \r\n"));
}

TEST_F(conversation_list, ConditionsOnNumbersOfPeople) {
  const auto rooms = [&] { return std::vector{room("one"), room("two"), room("three")}; };
  const std::vector<core::room_crowd> people{{{"one"}, 1}, {{"two"}, 2}, {{"three"}, 3}};
  auto all = list(" >1", rooms(), people);
  EXPECT_THAT(all, Not(HasSubstr("#one ")));
  EXPECT_THAT(all, HasSubstr("#two 2"));
  EXPECT_THAT(all, HasSubstr("#three 3"));
  all = list(" <3,>1", rooms(), people);
  EXPECT_THAT(all, Not(HasSubstr("#one ")));
  EXPECT_THAT(all, HasSubstr("#two 2"));
  EXPECT_THAT(all, Not(HasSubstr("#three ")));
}

TEST_F(conversation_list, ConditionsOnNamesAndTimes) {
  auto old = room("chat-old", std::chrono::minutes{60}), fresh = room("chat-new", std::chrono::minutes{5}),
       other = room("other");
  old.settings.topic_at = now.wall - std::chrono::minutes{30};
  const auto listed = [&](const std::string& words) {
    const auto all = list(words, {old, fresh, other}, {});
    std::string names;
    for (const auto* name : {"old", "new", "other"})
      if (all.find(std::string(name) + " 0 :") != all.npos) names.append(names.empty() ? "" : " ").append(name);
    return names;
  };
  EXPECT_EQ(listed(" *chat*"), "old new");
  EXPECT_EQ(listed(" !*chat*"), "other");
  EXPECT_EQ(listed(" C>10"), "old");
  EXPECT_EQ(listed(" C<10"), "new other");
  EXPECT_EQ(listed(" T<40"), "old");
  EXPECT_EQ(listed(" T>40"), "") << "a room without a topic has no time of one";
  EXPECT_EQ(listed(" #chat-new,#other"), "new other");
  EXPECT_EQ(listed(" #nowhere"), "");
}

TEST_F(conversation_list, OfARoomWhereOneMayntReadNobodyIsCounted) {
  core::room_info seen;
  seen.room = {"club"};
  EXPECT_EQ(list("", {seen}, {}), ":greenroom.irc 322 ada #club 0 : \r\n:greenroom.irc 323 ada :End of /LIST\r\n");
  say("LIST");
  answer(core::room_list{{seen, room("lobby")}, false});
  EXPECT_THAT(asked<core::count_people>().rooms, ElementsAre(core::room_id{"lobby"}));
}

TEST_F(conversation_list, GoesOnWithTheNextPageAndEndsWithTheRoomsThatAreInNone) {
  join("den");
  say("LIST");
  answer(core::room_list{{room("a")}, true});
  answer(core::people_counted{{{{"a"}, 1}}});
  EXPECT_EQ(told(), ":greenroom.irc 322 ada #a 1 : \r\n");
  EXPECT_EQ(asked<core::list_rooms>().after, core::room_id{"a"});
  answer(core::room_list{{room("b")}, false});
  answer(core::people_counted{{{{"b"}, 2}}});
  EXPECT_EQ(asked<core::enter_room>().room, core::room_id{"den"});
  answer(core::room_entered{room("den"), false});
  answer(core::people_counted{{{{"den"}, 3}}});
  EXPECT_EQ(told(),
            ":greenroom.irc 322 ada #b 2 : \r\n"
            ":greenroom.irc 322 ada #den 3 : \r\n"
            ":greenroom.irc 323 ada :End of /LIST\r\n");
}

}  // namespace
}  // namespace greenroom::protocol::irc
