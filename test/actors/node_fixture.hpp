#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/node_actor.hpp"
#include "test/support/node.hpp"
#include "test/support/paper.hpp"

namespace greenroom::actors {

/// One node, `n`, among a journal, peers, and a directory that write down what they are asked.
struct node_fixture : ::testing::Test {
  std::vector<std::string> log;  ///< what the others were asked, in order
  std::vector<node_card> cards;  ///< that peers were given, in order
  std::vector<core::node_record> registered;
  std::vector<core::beat> beats;
  std::function<caf::result<core::room_opened>(const core::open_room&)> opening;  ///< empty: every room can be opened
  std::vector<storage::room_epoch> epochs;                                        ///< what the database says of rooms
  core::view_version stored;
  bool silent = false;                                            ///< the journal answers nothing
  core::result<core::cluster_view> let_in{core::cluster_view{}};  ///< the directory's answer

  std::shared_ptr<test::paper_audience> audience = std::make_shared<test::paper_audience>();
  std::shared_ptr<std::atomic<std::uint32_t>> connections = std::make_shared<std::atomic<std::uint32_t>>(3u);
  telemetry::metrics metrics = telemetry::metrics::live("test");

  test::node system;  // ends before what its actors write to
  journal_actor journal = a_journal();
  local_node_actor home = a_node("n", journal);

  local_node_actor a_node(const std::string& name, const journal_actor& on) {
    return system.spawn(node_behavior, node_deps{{name}, {}, on, audience, system.clock, connections, metrics});
  }
  journal_actor a_journal() {
    return system.dummy<journal_actor>(
        [this](const core::open_room& asked) -> caf::result<core::room_opened> {
          log.push_back("open " + asked.room.value + " for " + asked.owner.value + " in " +
                        std::to_string(asked.view.value));
          if (opening) return opening(asked);
          return core::room_opened{asked.room, {1}, {7}, {99}, {}, {}};
        },
        [this](const reopen_room& asked) { log.push_back("reopen " + asked.request.room.value); },
        [this](const check_epochs& asked) -> caf::result<epochs_checked> {
          if (!asked.rooms.empty()) log.push_back("epochs of " + std::to_string(asked.rooms.size()));
          if (silent) return caf::delegated<epochs_checked>{};
          return epochs_checked{epochs};
        },
        [this](read_newest_view) -> caf::result<newest_view> {
          log.push_back("newest view");
          if (silent) return caf::delegated<newest_view>{};
          return newest_view{stored};
        });
  }
  /// A node at the other end of a link; `extra`: what it answers besides.
  template <class... Handlers>
  node_actor a_peer(const std::string& name, Handlers... extra) {
    return system.dummy<node_actor>(
        [this](const node_card& card) { cards.push_back(card); },
        [this, name](const core::session_ended&) { log.push_back(name + " session ended"); },
        [this, name](const core::room_gone& gone) { log.push_back(name + " gone " + gone.room.value); },
        [this, name](const core::author_erased& who) { log.push_back(name + " erased " + who.user.value); },
        [this, name](const core::roster_changed& where) { log.push_back(name + " roster of " + where.room.value); },
        extra...);
  }
  directory_actor a_directory() {
    return system.dummy<directory_actor>(
        [this](const core::node_record& who, const node_actor&) -> caf::result<core::cluster_view> {
          registered.push_back(who);
          return answer(let_in);
        },
        [this](const core::beat& one) { beats.push_back(one); });
  }

  template <class Message>
  void tell(Message what) {
    caf::anon_send(home, std::move(what));
    system.settle();
  }
  /// A link with that peer, which says what it has.
  void link(const std::string& name, const node_actor& peer, accounts_actor accounts = {}, catalog_actor catalog = {},
            directory_actor directory = {}) {
    tell(node_card{{name}, {1}, peer, std::move(accounts), std::move(catalog), std::move(directory), false});
  }
  static core::node_record chat(const std::string& name, bool draining = false) {
    core::node_record out;
    out.name = {name};
    out.incarnation = {1};
    out.http = {{"chat", "127.0.0.1", 8008}};
    out.draining = draining;
    return out;
  }
  void view(std::uint64_t version, std::vector<core::node_record> nodes) {
    tell(core::cluster_view{{version}, std::move(nodes), {5}});
  }
  void join_cluster_as(core::node_record who) { tell(join_cluster{std::move(who), {}, {}}); }
  core::result<room_actor> find(const std::string& room, bool forwarded = false) {
    return system.ask<room_actor>(home, core::find_room{{room}, forwarded});
  }
  std::uint32_t rooms() { return system.ask<core::node_load>(home, read_load{})->rooms; }
  /// The answer to come of a question that may wait.
  template <class Reply, class Request>
  std::shared_ptr<std::optional<core::result<Reply>>> begin(Request request) {
    auto out = std::make_shared<std::optional<core::result<Reply>>>();
    system.spawn(
        [](caf::event_based_actor* self, const local_node_actor& whom, Request what,
           std::shared_ptr<std::optional<core::result<Reply>>> to) {
          self->request(whom, caf::infinite, std::move(what))
              .then([to](Reply& reply) { to->emplace(std::move(reply)); },
                    [to](const caf::error& why) { to->emplace(from_caf(why)); });
        },
        home, std::move(request), out);
    system.settle();
    return out;
  }
  std::vector<std::string> take_log() { return std::exchange(log, {}); }

  void TearDown() override { system.kill(home); }
};

}  // namespace greenroom::actors
