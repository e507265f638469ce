#include <caf/event_based_actor.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "actors/catalog_actor.hpp"
#include "actors/failpoint.hpp"
#include "storage/open.hpp"
#include "test/support/node.hpp"
#include "test/support/paper.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const core::operation_id operation{"00112233445566778899aabbccddeeff"};
const core::hide_rooms hide{operation, {1}, {"ann"}};
const core::purge_rooms purge{operation, {1}, {"ann"}};

/// So many rooms each, and who asked.
struct counted_rooms final : core::limits {
  core::limit_verdict take(core::limit_class which, std::string_view key, std::uint32_t) override {
    taken.push_back(std::to_string(static_cast<int>(which)) + " " + std::string(key));
    return {std::count(taken.begin(), taken.end(), taken.back()) <= most, 1, 60, 0, 9};
  }
  std::vector<std::string> taken;
  std::ptrdiff_t most = 100;
};

/// ann and bob in a private room with ten messages.
struct Catalog : testing::Test {
  test::node node;
  storage::chat_stores stores = *storage::open_chat("memory:", {});
  std::shared_ptr<storage::room_store> rooms{std::move(stores.rooms)};
  std::vector<std::string> announced;
  std::vector<std::string> answers;
  std::shared_ptr<counted_rooms> limits = std::make_shared<counted_rooms>();
  std::vector<std::string> asked;  ///< of the room
  std::function<ec()> answer;      ///< what it says
  bool known = false;              ///< … and that the id is
  room_actor den = node.dummy<room_actor>([this](const core::perform_act& what) { return say(what); });
  local_node_actor home =
      node.dummy<local_node_actor>([this](const core::find_room&) { return den; },
                                   [this](const announce& news) {
                                     if (const auto* gone = std::get_if<core::room_gone>(&news.what))
                                       announced.push_back("gone " + gone->room.value);
                                     if (const auto* who = std::get_if<core::author_erased>(&news.what))
                                       announced.push_back((who->erase ? "emptied " : "erased ") + who->user.value);
                                   },
                                   [this](const core::user_news& news) {
                                     EXPECT_EQ(news.kind, core::news_kind::added);
                                     announced.push_back(news.user.value + " is in " + news.room.value);
                                   });

  caf::result<core::act_performed> say(const core::perform_act& what) {
    asked.push_back(what.by.value + " removes " + what.what.act->subject.value + " " + what.what.client_id);
    if (const auto code = answer(); code != ec::none) return to_caf({code, {}, 1});
    core::act_performed done;
    done.entry.seq = {11};
    done.duplicate = known;
    return done;
  }
  static core::perform_act removal(const std::string& by = "ann", const std::string& room = "den") {
    core::act what;
    what.subject = {"bob"};
    return {{room},
            {by},
            {.client_id = "a1", .kind = core::entry_kind::remove, .act = std::make_shared<const core::act>(what)}};
  }
  /// What becomes of the removal, which may take a while.
  std::shared_ptr<std::string> begin_removal() {
    auto told = std::make_shared<std::string>();
    node.spawn(
        [told](caf::event_based_actor* self, local_catalog_actor whom) {
          self->request(whom, caf::infinite, removal())
              .then([told](const core::act_performed& done) { *told = done.duplicate ? "known" : "done"; },
                    [told](const caf::error& why) { *told = core::to_string(from_caf(why).code); });
        },
        catalog);
    node.settle();
    return told;
  }
  local_catalog_actor catalog = node.spawn(catalog_behavior, catalog_deps{rooms, node.clock, limits, home, 2});

  void SetUp() override {
    ASSERT_TRUE(rooms->create_room({{"den"}, {"ann"}, core::room_access::secret, {{"bob"}}}, node.clock->now().wall));
    const auto opened = stores.journal->open({{{"den"}, {"n"}, {1}}}, 0);
    storage::room_append what{(*opened)[0]->key, (*opened)[0]->epoch, {}};
    for (std::uint64_t seq = 1; seq <= 10; ++seq)
      what.entries.push_back({.seq = {seq}, .author = {"ann"}, .text = "hi"});
    ASSERT_TRUE(stores.journal->append({&what, 1}));
  }
  void TearDown() override { (void)arm_failpoints({}); }

  /// Sends requests in this order; `answers` has what came back, in that order.
  template <class... Requests>
  void send_all(Requests... requests) {
    auto asker = [this](caf::event_based_actor* self, local_catalog_actor whom, Requests... each) {
      const auto failed = [this](const caf::error& why) { answers.emplace_back(core::to_string(from_caf(why).code)); };
      const auto one = [&](const auto& request) {
        auto request_sent = self->request(whom, core::milliseconds{1h}, request);
        if constexpr (std::is_same_v<std::decay_t<decltype(request)>, core::purge_rooms>)
          request_sent.then(
              [this](const core::rooms_purged& got) {
                answers.push_back("purged " + std::to_string(got.receipt.messages));
              },
              failed);
        else
          request_sent.then([this](const core::room_heads&) { answers.emplace_back("heads"); }, failed);
      };
      (one(each), ...);
    };
    node.spawn(asker, catalog, requests...);
    node.settle();
  }
};

TEST_F(Catalog, LetsAnAdminsActIntoARoomThatTheyDoNotSee) {
  answer = [] { return ec::none; };
  auto act = removal("root");
  EXPECT_EQ(node.ask<core::act_performed>(catalog, act).code(), ec::not_found);
  act.as_admin = true;
  EXPECT_TRUE(node.ask<core::act_performed>(catalog, act).ok());
  EXPECT_EQ(asked, (std::vector<std::string>{"root removes bob a1"}));
}

TEST_F(Catalog, TellsAllNodesOfRoomsThatAreHiddenAgainIfItIsAskedAgain) {
  for (int i = 1; i <= 2; ++i) {
    const auto hidden = node.ask<core::rooms_hidden>(catalog, hide);
    ASSERT_TRUE(hidden);
    EXPECT_EQ(hidden->rooms, 1u);
    EXPECT_EQ(announced.size(), static_cast<std::size_t>(i)) << "who was to tell may have died before it did";
  }
  EXPECT_THAT(announced, ElementsAre("gone den", "gone den"));
}

TEST_F(Catalog, AnswersEverybodyWhoComesAtOnceForThemselves) {
  const auto come = [this](caf::event_based_actor* self, local_catalog_actor whom, std::string room, std::string user,
                           bool create) {
    self->request(whom, core::milliseconds{1h}, core::enter_room{{room}, {user}, create})
        .then(
            [this, user](const core::room_entered& in) {
              answers.push_back(user + " in " + in.info.room.value + (in.created ? " made" : ""));
            },
            [this, user](const caf::error& why) {
              answers.push_back(user + " " + std::string(core::to_string(from_caf(why).code)));
            });
  };
  node.spawn(come, catalog, "den", "bob", false);
  node.spawn(come, catalog, "den", "carl", true);
  node.spawn(come, catalog, "new", "carl", true);
  node.spawn(come, catalog, "NEW", "dora", true);
  node.settle();
  EXPECT_THAT(answers, UnorderedElementsAre("bob in den", "carl not_found", "carl in new made", "dora in new"));
}

TEST_F(Catalog, CountsARoomThatIsMadeAndNoneThatIsEntered) {
  limits->most = 1;
  const auto enter = [this](std::string room, std::string user) {
    return node.ask<core::room_entered>(catalog, core::enter_room{{std::move(room)}, {std::move(user)}, true});
  };
  const std::string create = std::to_string(static_cast<int>(core::limit_class::create));
  EXPECT_FALSE(enter("den", "bob")->info.is_open());
  EXPECT_THAT(limits->taken, IsEmpty());
  EXPECT_TRUE(enter("one", "carl")->created);
  EXPECT_THAT(limits->taken, ElementsAre(create + " carl"));
  EXPECT_FALSE(enter("one", "carl")->created);
  EXPECT_EQ(enter("two", "carl").why(), (core::error{ec::rate_limited, {}, 9}));
  EXPECT_TRUE(enter("two", "dora")->created);
  const core::create_room more{{"three"}, {"dora"}, core::room_access::secret, {}};
  EXPECT_EQ(node.ask<core::room_entered>(catalog, more).why(), (core::error{ec::rate_limited, {}, 9}));
  const core::create_room there{{"one"}, {"dora"}, core::room_access::secret, {}};
  EXPECT_FALSE(node.ask<core::room_entered>(catalog, there)->created);
  EXPECT_EQ(*rooms->count_rooms(), 4u) << "with the lobby";
}

TEST_F(Catalog, LetsOthersHaveTheirTurnBetweenTwoChunksOfAPurge) {
  ASSERT_TRUE(node.ask<core::rooms_hidden>(catalog, hide));
  announced.clear();
  send_all(purge, core::read_heads{});
  EXPECT_THAT(answers, ElementsAre("heads", "purged 10"));
  EXPECT_THAT(announced, ElementsAre("erased ann"));
}

TEST_F(Catalog, TellsLiveRoomsToEmptyMessagesWhereThatWasChosen) {
  const core::deletion_choices chosen{true, true};
  const auto hidden = node.ask<core::rooms_hidden>(catalog, core::hide_rooms{operation, {1}, {"ann"}, chosen});
  EXPECT_EQ(hidden->rooms, 0u) << "bob keeps the room";
  EXPECT_THAT(announced, IsEmpty());
  const auto purged = node.ask<core::rooms_purged>(catalog, core::purge_rooms{operation, {1}, {"ann"}, chosen});
  ASSERT_TRUE(purged);
  EXPECT_EQ(purged->receipt.erased, 10u);
  EXPECT_EQ(purged->receipt.passed_on, 1u);
  EXPECT_THAT(announced, ElementsAre("emptied ann"));
}

TEST_F(Catalog, AnswersAllWhoAskForTheSamePurgeAtItsEnd) {
  ASSERT_TRUE(node.ask<core::rooms_hidden>(catalog, hide));
  announced.clear();
  send_all(purge, purge);
  EXPECT_THAT(answers, ElementsAre("purged 10", "purged 10"));
  EXPECT_THAT(announced, ElementsAre("erased ann")) << "it was one purge";
}

TEST_F(Catalog, GoesOnWithAPurgeThatFailedInTheMiddle) {
  ASSERT_TRUE(node.ask<core::rooms_hidden>(catalog, hide));
  announced.clear();
  ASSERT_TRUE(arm_failpoints("catalog.between_chunks:fail"));
  send_all(purge);
  EXPECT_THAT(answers, ElementsAre("unavailable"));
  EXPECT_THAT(announced, IsEmpty());
  send_all(purge);
  EXPECT_THAT(answers, ElementsAre("unavailable", "purged 10"));
}

TEST_F(Catalog, BringsBackWhatWasHidden) {
  ASSERT_TRUE(node.ask<core::rooms_hidden>(catalog, hide));
  EXPECT_EQ(rooms->find_room({"den"}, {"bob"}, node.clock->now().wall).code(), ec::not_found);
  EXPECT_TRUE(node.ask<core::done>(catalog, core::restore_rooms{operation, {1}}));
  EXPECT_TRUE(rooms->find_room({"den"}, {"bob"}, node.clock->now().wall));
  EXPECT_EQ(node.ask<core::rooms_hidden>(catalog, hide).code(), ec::conflict) << "a late step can't undo an end";
}

TEST_F(Catalog, TellsAllNodesOfRoomsThatGo) {
  ASSERT_TRUE(node.ask<core::room_gone>(catalog, core::delete_room{{"den"}, {"ann"}}));
  EXPECT_THAT(announced, ElementsAre("gone den"));
}

TEST_F(Catalog, HasTheRoomItselfDoAnActOfSomebodyWhoSeesIt) {
  answer = [] { return ec::none; };
  const auto done = node.ask<core::act_performed>(catalog, removal());
  ASSERT_TRUE(done);
  EXPECT_EQ(done->entry.seq, core::seq_no{11});
  EXPECT_THAT(asked, ElementsAre("ann removes bob a1"));
  answer = [] { return ec::forbidden; };
  EXPECT_EQ(node.ask<core::act_performed>(catalog, removal("bob", "DEN")).code(), ec::forbidden);
  EXPECT_EQ(node.ask<core::act_performed>(catalog, removal("eve")).code(), ec::not_found);
  EXPECT_EQ(asked.size(), 2u) << "somebody who doesn't see the room doesn't reach it";
  EXPECT_THAT(announced, IsEmpty());
}

TEST_F(Catalog, AsksForAnActAgainWithTheSameIdWhereTheRoomMoves) {
  answer = [this] { return asked.size() < 3 ? ec::fenced : ec::none; };
  const auto told = begin_removal();
  EXPECT_EQ(*told, "");
  for (int pause = 0; pause < 2; ++pause) node.advance(100ms);
  EXPECT_EQ(*told, "done");
  EXPECT_THAT(asked, ElementsAre("ann removes bob a1", "ann removes bob a1", "ann removes bob a1"));
}

TEST_F(Catalog, TakesAnIdThatItsOwnAttemptMadeKnownForNew) {
  known = true;
  answer = [this] { return asked.size() < 2 ? ec::unknown_outcome : ec::none; };
  auto told = begin_removal();
  node.advance(100ms);
  EXPECT_EQ(*told, "done");
  EXPECT_EQ(asked.size(), 2u);
  told = begin_removal();
  EXPECT_EQ(*told, "known") << "there was one attempt";
}

TEST_F(Catalog, BelievesARoomThatSaysThatItCannot) {
  for (const auto why : {ec::unavailable, ec::overloaded, ec::rate_limited, ec::gone, ec::no_user}) {
    answer = [why] { return why; };
    asked.clear();
    EXPECT_EQ(node.ask<core::act_performed>(catalog, removal()).code(), why);
    EXPECT_EQ(asked.size(), 1u);
  }
}

TEST_F(Catalog, SaysThatNobodyKnowsWhereTheRoomWentSilent) {
  answer = [] { return ec::none; };
  node.kill(den);
  const auto told = begin_removal();
  for (int i = 0; i < 60; ++i) node.advance(100ms);
  EXPECT_EQ(*told, "unknown_outcome");
}

TEST_F(Catalog, GivesUpOnARoomThatIsAwayBeforeTheRequestDoes) {
  answer = [] { return ec::fenced; };
  const auto told = begin_removal();
  for (int i = 0; i < 43; ++i) node.advance(100ms);
  EXPECT_EQ(*told, "");
  node.advance(100ms);
  EXPECT_EQ(*told, "fenced");
}

TEST_F(Catalog, TellsThoseWithWhomARoomIsMade) {
  const core::create_room wanted{{"Attic"}, {"ann"}, core::room_access::secret, {{"ann"}, {"bob"}, {"carl"}}};
  EXPECT_TRUE(node.ask<core::room_entered>(catalog, wanted));
  EXPECT_THAT(announced, ElementsAre("bob is in Attic", "carl is in Attic"));
  EXPECT_TRUE(node.ask<core::room_entered>(catalog, wanted)) << "it is there";
  EXPECT_EQ(announced.size(), 2u);
}

TEST_F(Catalog, TellsThoseWithWhomADirectRoomOrAGroupIsMade) {
  const core::open_direct wanted{{"ann"}, {{"bob"}}, {"@ann,bob"}};
  EXPECT_TRUE(node.ask<core::room_entered>(catalog, wanted));
  EXPECT_THAT(announced, ElementsAre("bob is in @ann,bob"));
  EXPECT_TRUE(node.ask<core::room_entered>(catalog, wanted)) << "it is there";
  EXPECT_EQ(announced.size(), 1u);
  const auto group = node.ask<core::room_entered>(catalog, core::open_direct{{"ann"}, {{"bob"}, {"ann"}}, {}});
  ASSERT_TRUE(group);
  EXPECT_EQ(announced.back(), "bob is in " + group->info.room.value);
  EXPECT_EQ(announced.size(), 2u);
}

TEST_F(Catalog, MakesSomebodyAMemberOfAnOpenRoomWithoutAnAct) {
  ASSERT_TRUE(rooms->create_room({{"open"}, {"ann"}, core::room_access::open, {}}, node.clock->now().wall));
  EXPECT_TRUE(node.ask<core::members_changed>(catalog, core::join_members{{"OPEN"}, {"carl"}}));
  EXPECT_THAT(announced, ElementsAre("carl is in open")) << "for their other devices";
  EXPECT_EQ(node.ask<core::members_changed>(catalog, core::join_members{{"den"}, {"carl"}}).code(), ec::not_found);
  const auto members = node.ask<core::member_list>(catalog, core::list_members{{"open"}, {"ann"}, {}, 50});
  ASSERT_TRUE(members);
  EXPECT_THAT(members->members, ElementsAre(core::room_member{{"ann"}, core::room_role::owner},
                                            core::room_member{{"carl"}, core::room_role::member}));
  EXPECT_THAT(asked, IsEmpty());
}

TEST_F(Catalog, SaysHowARoomIsSetUpAndWhatWasDoneInIt) {
  const auto room = node.ask<core::room_described>(catalog, core::describe_room{{"den"}, {"bob"}});
  ASSERT_TRUE(room);
  EXPECT_EQ(room->info.settings.access, core::room_access::secret);
  EXPECT_EQ(room->role, core::room_role::member);
  EXPECT_EQ(node.ask<core::room_described>(catalog, core::describe_room{{"den"}, {"eve"}}).code(), ec::not_found);
  EXPECT_TRUE(node.ask<core::sanction_list>(catalog, core::list_sanctions{{"den"}, {"ann"}}));
  EXPECT_EQ(node.ask<core::sanction_list>(catalog, core::list_sanctions{{"den"}, {"bob"}}).code(), ec::forbidden);
  EXPECT_TRUE(node.ask<core::audit_page>(catalog, core::read_audit{{"den"}, {"ann"}}));
  EXPECT_EQ(node.ask<core::audit_page>(catalog, core::read_audit{{"den"}, {"bob"}}).code(), ec::forbidden);
}

}  // namespace
}  // namespace greenroom::actors
