#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/any_catalog.hpp"
#include "actors/catalog_actor.hpp"
#include "actors/connection_actor.hpp"
#include "actors/door_actor.hpp"
#include "actors/journal_actor.hpp"
#include "actors/node_actor.hpp"
#include "actors/secrets.hpp"
#include "core/placement.hpp"
#include "storage/memory/journal_store.hpp"
#include "storage/memory/room_store.hpp"
#include "test/support/node.hpp"
#include "test/support/paper.hpp"

/// Several nodes on one chat database, run step by step in one actor system. Typed handles stand for links: who knows
/// them is linked, and a node that is killed goes down for all the others. Views are the test's own.
namespace greenroom::test {

/// A journal's store that counts and can be told to lie still.
class watched_store final : public storage::journal_store {
 public:
  explicit watched_store(std::shared_ptr<storage::memory::chat_database> database) : store_(std::move(database)) {}

  core::result<std::vector<core::result<core::room_opened>>> open(const std::vector<core::open_room>& rooms,
                                                                  std::uint32_t tail) override {
    ++opens;
    if (away) return core::ec::unavailable;
    auto out = store_.open(rooms, tail);
    if (!written_owner.empty())
      for (auto& one : *out)
        if (one.code() == core::ec::fenced) one = core::error{core::ec::fenced, written_owner, 0};
    return out;
  }
  core::result<std::vector<storage::append_outcome>> append(std::span<const storage::room_append> rooms) override {
    if (away) return core::ec::unavailable;
    return store_.append(rooms);
  }
  core::result<std::vector<core::room_entry>> read(core::room_key room, core::seq_no after,
                                                   std::uint32_t limit) override {
    return store_.read(room, after, limit);
  }
  core::result<std::vector<storage::room_epoch>> epochs(const std::vector<core::room_key>& rooms) override {
    if (!rooms.empty()) ++epoch_statements;  // else a node only asks whether it is answered
    epochs_asked += rooms.size();
    if (away) return core::ec::unavailable;
    return store_.epochs(rooms);
  }
  core::result<core::view_version> newest_view() override { return store_.newest_view(); }

  bool away = false;
  std::string written_owner;  ///< not empty: what a refused opening says
  unsigned opens = 0;
  unsigned epoch_statements = 0;
  std::size_t epochs_asked = 0;

 private:
  storage::memory::journal_store store_;
};

/// A person on one of the nodes.
struct person {
  core::connection_id id;
  std::shared_ptr<paper_client> socket;
  actors::local_connection_actor actor;

  [[nodiscard]] std::size_t times(std::string_view part) const {
    return static_cast<std::size_t>(
        std::count_if(socket->sent.begin(), socket->sent.end(),
                      [&](const std::string& frame) { return frame.find(part) != frame.npos; }));
  }
  [[nodiscard]] bool heard(std::string_view part) const { return times(part) > 0; }
};

struct Cluster : ::testing::Test {
  struct member {
    core::node_record record;
    std::shared_ptr<watched_store> store;
    std::shared_ptr<paper_audience> audience = std::make_shared<paper_audience>();
    actors::journal_actor journal;
    actors::local_node_actor home;
    actors::local_catalog_actor catalog;
    actors::entrance_actor entrance;  ///< the same, or, on a node without rooms, any node's
    actors::local_door_actor door;
    actors::accounts_actor accounts;
    std::vector<core::node_record> registered;
    std::shared_ptr<unsigned> told_to_drain = std::make_shared<unsigned>(0);
  };

  node system;
  std::shared_ptr<storage::memory::chat_database> database = std::make_shared<storage::memory::chat_database>();
  std::map<std::string, member> members;
  std::uint64_t version = 0, last_id = 0;

  member& at(const std::string& name) { return members.at(name); }

  /// A chat node, linked with all that are there.
  member& start(const std::string& name) {
    auto& it = members[name];
    it.record.name = {name};
    it.record.incarnation = {++last_id};
    it.record.http = {{"chat", "127.0.0.1", 1}};
    it.store = std::make_shared<watched_store>(database);
    it.journal = system.spawn(actors::journal_behavior, actors::journal_deps{it.store, 512, 500, {}});
    it.home = system.spawn(actors::node_behavior,
                           actors::node_deps{{name}, {}, it.journal, it.audience, system.clock, {}, {}});
    it.catalog = system.spawn(actors::catalog_behavior,
                              actors::catalog_deps{std::make_shared<storage::memory::room_store>(database),
                                                   system.clock, std::make_shared<no_limits>(), it.home});
    it.entrance = it.catalog;
    caf::anon_send(it.home, actors::host_catalog{it.catalog});
    return join_others(name);
  }

  /// A node that holds clients' connections and no rooms, linked with all that are there.
  member& start_edge(const std::string& name) {
    auto& it = members[name];
    it.record.name = {name};
    it.record.incarnation = {++last_id};
    it.record.http = {{"gateway", "127.0.0.1", 1}};
    it.home = system.spawn(actors::node_behavior, actors::node_deps{{name}, {}, {}, it.audience, system.clock, {}, {}});
    it.entrance = system.spawn(actors::any_catalog_behavior, actors::any_catalog_deps{it.home, system.clock});
    return join_others(name);
  }

  member& join_others(const std::string& name) {
    auto& it = members[name];
    it.door = system.spawn(actors::door_behavior, actors::door_deps{{name}, it.home, system.clock, {}, {}});
    caf::anon_send(it.home, actors::host_door{it.door});
    caf::anon_send(it.home, actors::join_cluster{it.record, [told = it.told_to_drain] { ++*told; }, {}});
    system.settle();
    for (auto& [other, peer] : members)
      if (other != name && peer.home) caf::anon_send(it.home, actors::link_up{{other}, peer.home});
    system.settle();
    return it;
  }

  /// A view of these nodes, with a version higher than all before.
  core::cluster_view next_view(const std::vector<std::string>& names) {
    core::cluster_view out{{++version}, {}};
    for (const auto& name : names) out.nodes.push_back(at(name).record);
    return out;
  }
  void show(const std::string& to, const core::cluster_view& view) {
    caf::anon_send(at(to).home, view);
    system.settle();
  }
  /// Everybody in it gets a view of these nodes.
  void view(const std::vector<std::string>& names) {
    const auto made = next_view(names);
    for (const auto& name : names) show(name, made);
  }
  /// The room's nth name whose home is `name` in a view of `names`.
  core::room_id room_at(const std::string& name, const std::vector<std::string>& names, unsigned nth = 0) {
    core::cluster_view made{{1}, {}};
    for (const auto& one : names) made.nodes.push_back(at(one).record);
    for (unsigned i = 0;; ++i) {
      core::room_id room{"room" + std::to_string(i)};
      if (core::placement(made, room) == core::node_name{name} && nth-- == 0) return room;
    }
  }
  /// The process is gone, at once and without a word.
  void crash(const std::string& name) {
    auto& it = at(name);
    system.kill(it.home);
    for (const auto& one : {caf::actor_cast<caf::actor>(it.door), caf::actor_cast<caf::actor>(it.catalog),
                            caf::actor_cast<caf::actor>(it.journal)})
      system.kill(one);
    for (auto& one : people)
      if (one.second == name) system.kill(one.first.actor);
    it.home = nullptr;
  }

  person connect(const std::string& name, std::string user) {
    auto& it = at(name);
    person out{{++last_id}, std::make_shared<paper_client>(), {}};
    it.audience->clients[out.id] = out.socket;
    const auto ground = std::make_shared<const actors::connection_ground>(
        actors::connection_ground{it.entrance, it.home, std::make_shared<no_limits>(), system.clock, {}, {}});
    out.actor =
        system.spawn(actors::connection_behavior,
                     actors::connection_deps{out.socket, out.id, {std::move(user)}, test::json_voice, {}, {}, ground});
    out.socket->roomy = [actor = out.actor] { caf::anon_send(actor, actors::outbox_roomy{}); };
    people.emplace_back(out, name);
    return out;
  }
  void say(const person& who, std::string frame) {
    caf::anon_send(who.actor, actors::frames_received{{std::move(frame)}});
    system.settle();
  }
  void join(const person& who, const core::room_id& room) {
    say(who, R"({"type":"join","room":")" + room.value + "\"}");
  }
  void send(const person& who, const core::room_id& room, const std::string& text) {
    say(who, R"({"type":"send","room":")" + room.value + R"(","id":")" + text + R"(","text":")" + text + "\"}");
  }
  void act(const person& who, const core::room_id& room, const std::string& id, const std::string& fields) {
    say(who, R"({"type":"act","room":")" + room.value + R"(","id":")" + id + "\"," + fields + "}");
  }
  /// Accounts on that node, in which everybody exists.
  void host_accounts(const std::string& name) {
    const auto everybody = [](const core::find_users& asked) -> caf::result<core::users_found> {
      return core::users_found{asked.names};
    };
    at(name).accounts = system.dummy<actors::accounts_actor>(everybody);
    caf::anon_send(at(name).home, actors::host_accounts{at(name).accounts});
    system.settle();
  }
  /// Removes the person over HTTP.
  core::result<core::act_performed> remove(const std::string& node, const core::room_id& room, const std::string& by,
                                           const std::string& whom) {
    core::act what;
    what.subject = {whom};
    const core::post made{
        .client_id = "x1", .kind = core::entry_kind::remove, .act = std::make_shared<const core::act>(what)};
    return system.ask<core::act_performed>(at(node).catalog, core::perform_act{room, {by}, made});
  }
  /// How many rooms live there.
  std::uint32_t rooms(const std::string& name) {
    return system.ask<core::node_load>(at(name).home, actors::read_load{})->rooms;
  }

  void TearDown() override {
    for (auto& [name, it] : members)
      if (it.home) system.kill(it.home);
  }

  std::vector<std::pair<person, std::string>> people;
};

}  // namespace greenroom::test
