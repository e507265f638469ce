#include <caf/forwarding_actor_proxy.hpp>
#include <caf/make_actor.hpp>

#include "test/cluster/fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;
using core::milliseconds;
using testing::SizeIs;

/// Accounts of people whose token is their name; what they were asked is counted.
struct people_of {
  unsigned checks = 0;
  unsigned pulls = 0;
  std::vector<core::ended_token> ended;
};

struct Nodes : Cluster {
  void SetUp() override {
    start("a");
    start("b");
    view({"a", "b"});
  }
  actors::accounts_actor accounts_of(const std::shared_ptr<people_of>& those) {
    return system.dummy<actors::accounts_actor>(
        [those](const core::check_token& asked) -> caf::result<core::token_checked> {
          ++those->checks;
          if (asked.token != actors::token_hash_of("ann")) return actors::to_caf({ec::invalid_token, {}, 0});
          return core::token_checked{{"ann"}, {"s"}, core::wall_time{std::chrono::hours{1'000'000}}, false};
        },
        [those](const core::pull_ended& asked) {
          ++those->pulls;
          core::session_ended out;
          for (const auto& one : those->ended)
            if (one.number > asked.after) out.tokens.push_back(one);
          return out;
        });
  }
  /// A node that has the users role and no other.
  actors::accounts_actor start_users(const std::string& name, const std::shared_ptr<people_of>& those) {
    auto& it = members[name];
    it.record.name = {name};
    it.record.incarnation = {++last_id};
    it.record.http = {{"users", "127.0.0.1", 1}};
    it.home = system.spawn(actors::node_behavior, actors::node_deps{{name}, {}, {}, {}, system.clock, {}, {}});
    it.accounts = accounts_of(those);
    caf::anon_send(it.home, actors::host_accounts{it.accounts});
    caf::anon_send(it.home, actors::join_cluster{it.record, {}, {}});
    for (auto& [other, peer] : members)
      if (other != name && peer.home) caf::anon_send(it.home, actors::link_up{{other}, peer.home});
    system.settle();
    return it.accounts;
  }
  core::result<actors::admitted> redeem(const std::string& name, const std::string& ticket) {
    return system.ask<actors::admitted>(at(name).door, actors::redeem_ticket{ticket});
  }
  core::result<actors::admitted> admit(const std::string& name) {
    return system.ask<actors::admitted>(at(name).door, actors::admit_token{"ann"});
  }
};

TEST_F(Nodes, UseTheAccountsOfAnyUsersNodeInTurn) {
  EXPECT_EQ(system.ask<actors::accounts_actor>(at("a").home, actors::find_accounts{}).code(), ec::no_upstream);
  const auto one = start_users("u1", std::make_shared<people_of>());
  const auto two = start_users("u2", std::make_shared<people_of>());
  const auto first = *system.ask<actors::accounts_actor>(at("a").home, actors::find_accounts{});
  const auto second = *system.ask<actors::accounts_actor>(at("a").home, actors::find_accounts{});
  EXPECT_NE(first, second);
  EXPECT_EQ(*system.ask<actors::accounts_actor>(at("u1").home, actors::find_accounts{}), one);  // their own first
  crash("u1");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(*system.ask<actors::accounts_actor>(at("a").home, actors::find_accounts{}), two);
}

TEST_F(Nodes, UseAnyCatalogTheirOwnFirst) {
  start_users("u", std::make_shared<people_of>());
  EXPECT_EQ(*system.ask<actors::catalog_actor>(at("a").home, actors::find_catalog{}), at("a").catalog);
  const auto first = *system.ask<actors::catalog_actor>(at("u").home, actors::find_catalog{});
  EXPECT_NE(*system.ask<actors::catalog_actor>(at("u").home, actors::find_catalog{}), first);
}

TEST_F(Nodes, AskAnotherUsersNodeWhenOneDies) {
  const auto one = std::make_shared<people_of>(), two = std::make_shared<people_of>();
  start_users("u1", one);
  start_users("u2", two);
  ASSERT_TRUE(admit("a"));
  const auto used = one->checks > 0 ? "u1" : "u2";
  system.kill(at(used).accounts);
  crash(used);
  system.advance(milliseconds{31'000});  // what was checked isn't believed any longer
  EXPECT_TRUE(admit("a"));
  EXPECT_EQ(one->checks + two->checks, 2u);
}

TEST_F(Nodes, RedeemATicketOfAnotherNodeOnceAndCheckItsToken) {
  const auto those = std::make_shared<people_of>();
  start_users("u", those);
  const auto minted = system.ask<actors::ticket_minted>(at("a").door, actors::mint_ticket{"ann"});
  ASSERT_TRUE(minted);
  EXPECT_EQ(those->checks, 1u);
  const auto in = redeem("b", minted->ticket);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->who.user, core::user_id{"ann"});
  EXPECT_EQ(those->checks, 2u);  // by b too
  EXPECT_EQ(redeem("b", minted->ticket).code(), ec::invalid_ticket);
  EXPECT_EQ(redeem("a", minted->ticket).code(), ec::invalid_ticket);
}

TEST_F(Nodes, SayThatATicketsMinterIsAwayOrGone) {
  start_users("u", std::make_shared<people_of>());
  const auto minted = system.ask<actors::ticket_minted>(at("a").door, actors::mint_ticket{"ann"});
  ASSERT_TRUE(minted);
  crash("a");
  EXPECT_EQ(redeem("b", minted->ticket).why(), (core::error{ec::unavailable, {}, 1}));
  view({"b"});
  EXPECT_EQ(redeem("b", minted->ticket).code(), ec::invalid_ticket);
}

TEST_F(Nodes, AMinterThatDoesNotAnswerInASecondIsAway) {
  start_users("u", std::make_shared<people_of>());
  const auto silent =
      system.dummy<actors::node_actor>([](const core::claim_ticket&) -> caf::result<core::ticket_claimed> {
        return caf::delegated<core::ticket_claimed>{};
      });
  caf::anon_send(at("b").home, actors::node_card{{"s"}, {9}, silent, {}, {}, {}, false});
  system.settle();
  auto pending = system.self->request(at("b").door, caf::infinite, actors::redeem_ticket{"s.secret"});
  system.advance(milliseconds{900});
  system.advance(milliseconds{200});
  core::error why;
  pending.receive([](actors::admitted&) {}, [&](const caf::error& said) { why = actors::from_caf(said); });
  EXPECT_EQ(why, (core::error{ec::unavailable, {}, 1}));
}

TEST_F(Nodes, TellEveryDoorOfAnEndedTokenOnce) {
  const auto those = std::make_shared<people_of>();
  const auto accounts = start_users("u", those);
  unsigned told = 0;
  const auto ear = system.dummy<actors::node_actor>([&told](const core::session_ended&) { ++told; });
  for (const auto* name : {"a", "b", "u"})
    caf::anon_send(at(name).home, actors::node_card{{"ear"}, {9}, ear, {}, {}, {}, false});
  ASSERT_TRUE(admit("a"));
  ASSERT_TRUE(admit("b"));
  // As the accounts tell their node.
  const core::session_ended ended{{{1, actors::token_hash_of("ann")}}};
  caf::anon_send(at("u").home, actors::announce{ended});
  system.settle();
  EXPECT_EQ(told, 1u);
  EXPECT_EQ(admit("a").code(), ec::invalid_token);
  EXPECT_EQ(admit("b").code(), ec::invalid_token);
}

TEST_F(Nodes, PullWhatEndedAtEveryLinkWithAUsersNode) {
  const auto those = std::make_shared<people_of>();
  those->ended = {{7, actors::token_hash_of("ann")}};
  start_users("u", those);
  EXPECT_EQ(those->pulls, 2u);  // a and b, at once
  EXPECT_EQ(admit("a").code(), ec::invalid_token);
  const auto before = those->pulls;
  system.advance(milliseconds{5000});
  EXPECT_GE(those->pulls, before + 2);
}

TEST_F(Nodes, ForgetWhoWentDownAndKnowThemAgain) {
  start_users("u1", std::make_shared<people_of>());
  crash("u1");
  EXPECT_EQ(system.ask<actors::accounts_actor>(at("a").home, actors::find_accounts{}).code(), ec::no_upstream);
  start_users("u1", std::make_shared<people_of>());
  EXPECT_TRUE(system.ask<actors::accounts_actor>(at("a").home, actors::find_accounts{}));
}

/// An actor of another process, as it is known over one link.
actors::node_actor over_a_link(node& of, const caf::actor& link) {
  caf::actor_config settings;
  const auto process = caf::make_node_id(1, "0011223344556677889900112233445566778899");
  const auto proxy =
      caf::make_actor<caf::forwarding_actor_proxy, caf::strong_actor_ptr>(7, *process, &of.system, settings, link);
  return caf::actor_cast<actors::node_actor>(proxy);
}

void break_link(const actors::node_actor& known) {
  auto* const proxy = caf::actor_cast<caf::abstract_actor*>(known);
  dynamic_cast<caf::actor_proxy&>(*proxy).kill_proxy(nullptr, caf::exit_reason::remote_link_unreachable);
}

// A node that was busy sees both cards, and then the end of the link that brought the first.
TEST_F(Nodes, KnowAPeerOfALaterLinkThoughTheEndOfAnEarlierOneIsToldLast) {
  const auto link = system.dummy<caf::actor>([](int) {});
  const auto before = over_a_link(system, link), now = over_a_link(system, link);
  ASSERT_EQ(before, now) << "to CAF they are one";
  const auto accounts = accounts_of(std::make_shared<people_of>());
  break_link(before);
  for (const auto& known : {before, now})
    caf::anon_send(at("a").home, actors::node_card{{"u"}, {99}, known, accounts, {}, {}});
  system.settle();
  EXPECT_TRUE(system.ask<actors::accounts_actor>(at("a").home, actors::find_accounts{}));
  break_link(now);
  system.settle();
  EXPECT_EQ(system.ask<actors::accounts_actor>(at("a").home, actors::find_accounts{}).code(), ec::no_upstream);
}

TEST_F(Nodes, HandWhatTheyHostLaterToThoseTheyAreLinkedWith) {
  EXPECT_EQ(system.ask<actors::accounts_actor>(at("b").home, actors::find_accounts{}).code(), ec::no_upstream);
  caf::anon_send(at("a").home, actors::host_accounts{accounts_of(std::make_shared<people_of>())});
  system.settle();
  EXPECT_TRUE(system.ask<actors::accounts_actor>(at("b").home, actors::find_accounts{}));
}

/// A directory that writes down who registers and beats.
struct Registering : Nodes {
  std::shared_ptr<std::vector<core::node_record>> entered = std::make_shared<std::vector<core::node_record>>();
  std::shared_ptr<std::vector<core::beat>> beats = std::make_shared<std::vector<core::beat>>();
  actors::node_actor discovery = system.dummy<actors::node_actor>([](const core::session_ended&) {});

  actors::directory_actor directory() {
    return system.dummy<actors::directory_actor>(
        [entered = entered](core::node_record& one, const actors::node_actor&) {
          entered->push_back(std::move(one));
          return core::cluster_view{};
        },
        [beats = beats](const core::beat& one) { beats->push_back(one); });
  }
  void link_discovery() {
    for (const auto* name : {"a", "b"})
      caf::anon_send(at(name).home, actors::node_card{{"d"}, {9}, discovery, {}, {}, directory(), false});
    system.settle();
  }
};

TEST_F(Registering, RegistersWithTheDirectoryThatALinkBringsAndAgainWithTheNext) {
  link_discovery();
  ASSERT_THAT(*entered, SizeIs(2));
  EXPECT_EQ(entered->at(0).seen, core::view_version{version});
  system.kill(discovery);
  discovery = system.dummy<actors::node_actor>([](const core::session_ended&) {});
  link_discovery();
  EXPECT_THAT(*entered, SizeIs(4));
  EXPECT_EQ(rooms("a"), 0u);
}

TEST_F(Registering, KeepsTheLastViewWhileDiscoveryIsAway) {
  link_discovery();
  system.kill(discovery);
  const auto lobby = room_at("a", {"a", "b"});
  const auto bob = connect("b", "bob");
  join(bob, lobby);
  send(bob, lobby, "hello");
  EXPECT_TRUE(bob.heard(R"("seq":1)"));
  EXPECT_EQ(rooms("a"), 1u);
}

TEST_F(Registering, RegistersAgainWhereNoViewIsAsNewAsTheOneThatARoomWasOpenedIn) {
  link_discovery();
  entered->clear();
  const auto lobby = room_at("a", {"a", "b"});
  const auto ann = connect("a", "ann");
  join(ann, lobby);
  say(ann, R"({"type":"leave","room":")" + lobby.value + "\"}");
  database->rooms.at(lobby)->view = {version + 100};
  crash("a");
  start("a");
  link_discovery();
  ASSERT_FALSE(entered->empty());
  const auto back =
      std::find_if(entered->begin(), entered->end(), [](const auto& one) { return one.name.value == "a"; });
  ASSERT_NE(back, entered->end());
  EXPECT_EQ(back->stored, core::view_version{version + 100});
  entered->clear();
  database->rooms.at(lobby)->view = {version + 200};
  view({"a", "b"});
  join(connect("a", "bob"), lobby);
  ASSERT_THAT(*entered, SizeIs(1));
  EXPECT_EQ(entered->at(0).stored, database->rooms.at(lobby)->view);
}

TEST_F(Registering, SaysInItsBeatsThatItsDatabaseDoesNotAnswer) {
  link_discovery();
  at("a").store->away = true;
  system.advance(milliseconds{1000});
  EXPECT_TRUE(std::any_of(beats->begin(), beats->end(),
                          [](const auto& one) { return one.name.value == "a" && one.database_away; }));
  at("a").store->away = false;
  system.advance(milliseconds{1000});
  beats->clear();
  system.advance(milliseconds{1000});
  ASSERT_FALSE(beats->empty());
  for (const auto& one : *beats) EXPECT_FALSE(one.database_away) << one.name.value;
}

TEST_F(Registering, SaysSoAlsoOfADatabaseThatIsSilent) {
  const auto silent = system.dummy<actors::journal_actor>(
      [](const actors::check_epochs&) -> caf::result<actors::epochs_checked> {
        return caf::delegated<actors::epochs_checked>{};
      },
      [](actors::read_newest_view) { return actors::newest_view{{41}}; });
  const auto home = system.spawn(actors::node_behavior, actors::node_deps{{"s"}, {}, silent, {}, system.clock, {}, {}});
  core::node_record record;
  record.name = {"s"};
  caf::anon_send(home, actors::join_cluster{record, {}, {}});
  caf::anon_send(home, actors::node_card{{"d"}, {9}, discovery, {}, {}, directory(), false});
  system.settle();
  ASSERT_THAT(*entered, SizeIs(1));
  EXPECT_EQ(entered->at(0).stored, core::view_version{41});
  system.advance(milliseconds{1000});
  EXPECT_FALSE(beats->back().database_away);
  system.advance(milliseconds{1000});
  system.advance(milliseconds{1000});
  EXPECT_TRUE(beats->back().database_away);
  system.kill(home);
}

TEST_F(Registering, PinsARoomAndLetsGoOfItWhenAnotherNodeIsNamed) {
  link_discovery();
  entered->clear();
  const auto lobby = room_at("a", {"a", "b"});
  const auto ann = connect("a", "ann");
  join(ann, lobby);
  send(ann, lobby, "one");
  for (const auto* name : {"a", "b"}) ASSERT_TRUE(system.ask<core::done>(at(name).home, core::move_room{lobby, {"b"}}));
  ASSERT_THAT(*entered, SizeIs(1));  // a had nothing to let go of
  EXPECT_THAT(entered->at(0).pins, testing::ElementsAre(lobby));
  at("b").record = entered->at(0);
  view({"a", "b"});
  send(ann, lobby, "two");
  system.advance(milliseconds{100});  // a had the view first, and asked b too early
  EXPECT_TRUE(ann.heard(R"("seq":2)"));
  EXPECT_EQ(rooms("a"), 0u);
  EXPECT_EQ(rooms("b"), 1u);
  ASSERT_TRUE(system.ask<core::done>(at("b").home, core::move_room{lobby, {"a"}}));
  ASSERT_THAT(*entered, SizeIs(2));
  EXPECT_THAT(entered->at(1).pins, SizeIs(0));
}

TEST_F(Registering, ListsItsRoomsForOperators) {
  const auto ann = connect("a", "ann");
  const auto lobby = room_at("a", {"a", "b"});
  join(ann, lobby);
  const auto listed = system.ask<core::live_rooms>(at("a").home, core::list_live_rooms{{"a"}});
  ASSERT_TRUE(listed);
  ASSERT_THAT(listed->rooms, SizeIs(1));
  EXPECT_EQ(listed->rooms[0].room, lobby);
  EXPECT_EQ(listed->rooms[0].epoch, database->rooms.at(lobby)->epoch);
}

struct Draining : Registering {
  core::room_id lobby;
  person ann, bob;
  std::shared_ptr<unsigned> left = std::make_shared<unsigned>(99);

  void SetUp() override {
    Registering::SetUp();
    link_discovery();
    lobby = room_at("a", {"a", "b"});
    ann = connect("a", "ann");
    bob = connect("b", "bob");
    join(ann, lobby);
    join(bob, lobby);
  }
  void drain(const std::string& name) {
    system.spawn(
        [](caf::event_based_actor* self, const actors::local_node_actor& whom, std::shared_ptr<unsigned> to) {
          self->request(whom, caf::infinite, actors::drain_rooms{}).then([to](const core::node_load& load) {
            *to = load.rooms;
          });
        },
        at(name).home, left);
    system.settle();
  }
};

TEST_F(Draining, SaysSoFirstAndRetiresItsRoomsOnTheViewThatSaysSo) {
  beats->clear();
  drain("a");
  ASSERT_THAT(*beats, SizeIs(1));
  EXPECT_TRUE(beats->at(0).draining);
  EXPECT_EQ(rooms("a"), 1u);
  EXPECT_EQ(*left, 99u);
  at("a").record.draining = true;
  view({"a", "b"});
  EXPECT_EQ(rooms("a"), 0u);
  EXPECT_EQ(rooms("b"), 1u);
  EXPECT_EQ(*left, 0u);
  send(ann, lobby, "through the draining node");
  system.advance(milliseconds{100});
  EXPECT_TRUE(bob.heard("through the draining node"));
  EXPECT_FALSE(ann.heard(R"("type":"error")"));
}

TEST_F(Draining, RetiresAfterASecondWithoutAView) {
  drain("a");
  system.advance(milliseconds{900});
  EXPECT_EQ(*left, 99u);
  system.advance(milliseconds{100});
  EXPECT_EQ(*left, 0u);
}

TEST_F(Draining, TheLastChatNodeRetiresAnyway) {
  crash("b");
  view({"a"});
  drain("a");
  at("a").record.draining = true;
  view({"a"});
  EXPECT_EQ(*left, 0u);
  EXPECT_EQ(rooms("a"), 0u);
}

TEST_F(Draining, AnOperatorsWishReachesTheProcess) {
  ASSERT_TRUE(system.ask<core::done>(at("a").home, core::drain_node{{"a"}}));
  EXPECT_EQ(*at("a").told_to_drain, 1u);
  EXPECT_TRUE(beats->back().draining);
}

TEST_F(Draining, AnswersWhatWasPostedBeforeItClosesASocket) {
  at("a").record.draining = true;
  drain("a");
  view({"a", "b"});
  caf::anon_send(ann.actor, actors::frames_received{
                                {R"({"type":"send","room":")" + lobby.value + R"(","id":"last","text":"last"})"}});
  caf::anon_send(ann.actor, actors::end_connection{ec::draining, "restarting"});
  caf::anon_send(ann.actor, actors::frames_received{
                                {R"({"type":"send","room":")" + lobby.value + R"(","id":"late","text":"late"})"}});
  system.scheduler.try_run_once();
  EXPECT_EQ(ann.socket->closed, ec::none);
  system.advance(milliseconds{100});
  EXPECT_TRUE(ann.heard(R"("id":"last")"));
  EXPECT_EQ(ann.socket->closed, ec::draining);
  EXPECT_TRUE(ann.heard(R"("code":"draining")"));
}

}  // namespace
}  // namespace greenroom::test
