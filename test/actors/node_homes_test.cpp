#include "test/actors/node_fixture.hpp"

/// What a node does for users' homes.
namespace greenroom::actors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct NodeHomes : node_fixture {
  /// A session of ann's, which says to the node what it is told to say, and writes down what it hears.
  caf::actor session = system.spawn(
      [](caf::event_based_actor* self, std::vector<std::string>* to) -> caf::behavior {
        return {[=](const core::session_registered& answer) {
                  to->push_back("registered " + std::to_string(answer.number));
                },
                [=](const core::user_news& news) { to->push_back("hears " + news.room.value); },
                [](const core::user_seen&) {},
                [=](const caf::actor& whom, const core::register_session& what) { self->send(whom, what); }};
      },
      &log);

  template <class Handle>
  void register_at(const Handle& whom, std::uint32_t open, std::uint64_t number, bool forwarded = false) {
    caf::anon_send(session, caf::actor_cast<caf::actor>(whom),
                   core::register_session{{"ann"}, open, number, forwarded});
    system.settle();
  }
  static core::user_news news(bool forwarded = false) {
    return {.user = {"Ann"}, .room = {"den"}, .forwarded = forwarded};
  }
  node_actor a_home_at(const std::string& name) {
    return a_peer(
        name,
        [this, name](const core::register_session& what) {
          log.push_back(name + (what.forwarded ? " is passed on " : " gets ") + what.user.value);
        },
        [this, name](const core::user_news& what) {
          log.push_back(name + (what.forwarded ? " is passed on news for " : " gets news for ") + what.user.value);
        });
  }
};

TEST_F(NodeHomes, MakesTheHomeOfAUserWhoComes) {
  tell(news());
  register_at(home, 1, 1);
  EXPECT_THAT(take_log(), ElementsAre("registered 1"));
  tell(news());
  EXPECT_THAT(take_log(), ElementsAre("hears den"));
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_homes 1\n"));
}

TEST_F(NodeHomes, EndsAHomeThatNobodyNeeds) {
  register_at(home, 1, 1);
  register_at(home, 0, 2);
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_homes 0\n"));
  register_at(home, 1, 3);
  EXPECT_THAT(take_log(), ElementsAre("registered 1", "registered 3"));
}

TEST_F(NodeHomes, PassesOnWhatIsForAHomeElsewhere) {
  link("p", a_home_at("p"));
  view(4, {chat("p")});
  register_at(home, 1, 1);
  tell(news());
  EXPECT_THAT(take_log(), ElementsAre("p is passed on ann", "p is passed on news for Ann"));
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_homes 0\n"));
}

TEST_F(NodeHomes, TakesWhatIsPassedOnWhateverItsViewSays) {
  link("p", a_home_at("p"));
  view(4, {chat("p")});
  register_at(home, 1, 1, true);
  tell(news(true));
  EXPECT_THAT(take_log(), ElementsAre("registered 1", "hears den"));
}

TEST_F(NodeHomes, DropsWhatHasNoWay) {
  view(4, {chat("p")});
  register_at(home, 1, 1);
  tell(news());
  EXPECT_THAT(take_log(), IsEmpty());
}

TEST_F(NodeHomes, FindsOutWhoIsOnlineHere) {
  register_at(home, 2, 1);
  const auto found = system.ask<core::who_are>(home, core::who_is{{{"Ann"}, {"bob"}}});
  ASSERT_TRUE(found) << found.why().text();
  ASSERT_EQ(found->users.size(), 1u);
  EXPECT_EQ(found->users[0].user, core::user_id{"ann"});
  EXPECT_EQ(found->users[0].state.connections, 2u);
  EXPECT_TRUE(system.ask<core::who_are>(home, core::who_is{})->users.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_homes 1\n")) << "nobody's home is made for a question";
}

TEST_F(NodeHomes, FindsOutWhoIsOnlineElsewhere) {
  link("p", a_peer("p", [this](const core::who_is& asked) {
         log.push_back("p is asked for " + std::to_string(asked.users.size()) + (asked.forwarded ? ", passed on" : ""));
         core::who_are out;
         for (const auto& one : asked.users) out.users.push_back({one, {.online = true}});
         return out;
       }));
  view(4, {chat("p")});
  const auto found = system.ask<core::who_are>(home, core::who_is{{{"ann"}, {"bob"}}});
  ASSERT_TRUE(found) << found.why().text();
  EXPECT_EQ(found->users.size(), 2u);
  EXPECT_THAT(take_log(), ElementsAre("p is asked for 2, passed on"));
}

TEST_F(NodeHomes, WhoeversHomeDoesntAnswerWithinASecondIsOffline) {
  link("p",
       a_peer("p", [](const core::who_is&) -> caf::result<core::who_are> { return caf::delegated<core::who_are>{}; }));
  view(4, {chat("p")});
  const auto answer = begin<core::who_are>(core::who_is{{{"ann"}}});
  system.advance(core::milliseconds{900});
  EXPECT_FALSE(*answer);
  system.advance(core::milliseconds{200});
  ASSERT_TRUE(*answer);
  ASSERT_TRUE(**answer);
  EXPECT_TRUE((**answer)->users.empty());
}

TEST_F(NodeHomes, TellsTheDoorWhenHomesMoveOrCanBeReached) {
  const auto door = system.dummy<local_door_actor>([this](const homes_changed& what) {
    log.push_back(what.before ? "moved" : "reached " + what.linked.value);
    EXPECT_TRUE(what.now);
  });
  tell(host_door{door});
  link("p", a_home_at("p"));
  view(4, {chat("p")});
  view(5, {chat("p")});
  view(6, {chat("p"), chat("n")});
  EXPECT_THAT(take_log(), ElementsAre("reached p", "moved", "moved")) << "version 5 moves nobody";
}

TEST_F(NodeHomes, TakesItsHomesAlong) {
  register_at(home, 1, 1);
  caf::anon_send_exit(home, caf::exit_reason::user_shutdown);
  system.settle();
  EXPECT_THAT(metrics.text(), HasSubstr("greenroom_homes 0\n"));
}

}  // namespace
}  // namespace greenroom::actors
