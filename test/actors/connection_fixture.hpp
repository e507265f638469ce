#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/connection_actor.hpp"
#include "test/support/node.hpp"
#include "test/support/paper.hpp"

namespace greenroom::actors {

using core::milliseconds;

/// A bucket that the test fills.
struct bucket final : core::limits {
  std::function<core::limit_verdict(core::limit_class, std::string_view, std::uint32_t)> says;
  core::limit_verdict take(core::limit_class which, std::string_view key, std::uint32_t count) override {
    return says ? says(which, key, count) : core::limit_verdict{};
  }
};

/// One connection among a catalog, a node, relays and a room that write down what they are asked.
struct connection_fixture : ::testing::Test {
  std::vector<std::string> log;  ///< what the others were asked, in order
  std::function<core::result<core::room_entered>(const core::enter_room&)>
      catalog;                                           ///< its answer to `enter_room`; empty: the room is there
  std::optional<core::result<core::history_page>> page;  ///< empty: no answer comes
  core::result<core::rooms_synced> synced = core::rooms_synced{};
  ec no_relay = ec::none;
  std::shared_ptr<test::paper_client> socket = std::make_shared<test::paper_client>();
  std::shared_ptr<bucket> rates = std::make_shared<bucket>();

  test::node node;  // ends before what its actors write to
  local_relay_actor relay = a_relay("relay"), another = a_relay("another");
  room_actor room = a_room("room");
  local_connection_actor ann = connect({});

  local_relay_actor a_relay(const std::string& name) {
    return node.dummy<local_relay_actor>(
        [this, name](const listen& who, const local_connection_actor&) {
          log.push_back(name + " listen " + std::to_string(who.connection.value) + " " + who.user.value + " after " +
                        std::to_string(who.from.after.value) + (who.voice == test::json_voice ? " json" : " lines"));
        },
        [this, name](const unlisten& who) {
          log.push_back(name + " unlisten " + std::to_string(who.connection.value));
        });
  }
  room_actor a_room(const std::string& name) {
    return node.dummy<room_actor>(
        [this, name](const core::post_batch& batch) {
          std::string line = name + " post " + batch.author.value + " " + std::to_string(batch.from.value);
          for (const auto& one : batch.posts)
            line += " " + std::to_string(one.ticket) + ":" + one.client_id + "=" +
                    (one.act ? "act on " + one.act->subject.value : std::string(one.text));
          log.push_back(line);
        },
        [this, name](const core::note_typing& note) { log.push_back(name + " typing " + note.user.value); },
        [this, name](const core::note_read& mark) {
          log.push_back(name + " read " + mark.user.value + " " + std::to_string(mark.seq.value));
        });
  }
  std::shared_ptr<const connection_ground> ground() {
    const auto rooms = node.dummy<local_catalog_actor>(
        [this](const core::enter_room& asked) -> caf::result<core::room_entered> {
          log.push_back("enter " + asked.room.value + " " + asked.user.value + (asked.create ? " create" : ""));
          if (catalog) return answer(catalog(asked));
          core::room_entered there;
          there.info.room = asked.room;
          return there;
        },
        [this](const core::read_history& asked) -> caf::result<core::history_page> {
          log.push_back("history " + asked.room.value + " " + asked.viewer.value + " " + std::to_string(asked.limit));
          if (!page) return caf::delegated<core::history_page>{};
          return answer(*page);
        },
        [this](const core::sync_rooms& asked) -> caf::result<core::rooms_synced> {
          log.push_back("sync " + asked.viewer.value + " after " + asked.after.value);
          return answer(synced);
        });
    const auto marks = node.dummy<marks_actor>([this](const note_marks& noted) {
      for (const auto& [which, seq] : noted.read)
        log.push_back("mark " + noted.user.value + " " + which.value + " " + std::to_string(seq.value));
    });
    const auto home = node.dummy<local_node_actor>([this](const find_relay& asked) -> caf::result<local_relay_actor> {
      log.push_back("find " + asked.room.value);
      if (no_relay != ec::none) return to_caf({no_relay, {}, 1});
      return asked.room.value == "other" ? another : relay;
    });
    core::connection_limits limits;
    limits.post_timeout = milliseconds{2500};
    return std::make_shared<const connection_ground>(connection_ground{rooms, home, rates, node.clock, limits, marks});
  }
  local_connection_actor connect(core::room_id in) {
    const auto& voice = in.value.empty() ? test::json_voice : test::lines_voice;
    core::position from{!in.value.empty(), {4}, {}, 0};
    return node.spawn(connection_behavior, connection_deps{socket, {7}, {"ann"}, voice, std::move(in), from, ground()});
  }

  template <class Message>
  void tell(Message what) {
    caf::anon_send(ann, std::move(what));
    node.settle();
  }
  void say(std::vector<std::string> frames) { tell(frames_received{std::move(frames)}); }
  static std::string join(const std::string& which = "lobby") { return R"({"type":"join","room":")" + which + "\"}"; }
  static std::string leave() { return R"({"type":"leave","room":"lobby"})"; }
  static std::string post(const std::string& id, const std::string& which = "lobby") {
    return R"({"type":"send","room":")" + which + R"(","id":")" + id + R"(","text":"hi"})";
  }
  static std::string ban(const std::string& id) {
    return R"({"type":"act","room":"lobby","id":")" + id + R"(","kind":"ban","user":"bob"})";
  }
  void ready(ec refused = ec::none, bool again = false, const std::string& which = "lobby") {
    tell(room_ready{{which}, {5}, refused == ec::none ? room : room_actor{}, {refused, {}, 0}, again});
  }
  void answered(std::uint64_t ticket, ec code = ec::none, bool duplicate = false) {
    tell(core::posts_answered{{{ticket, code, {3}, {}, duplicate}}});
  }
  /// In the lobby, with an empty log and an empty screen.
  void be_in() {
    say({join()});
    ready();
    begin_again();
  }
  void begin_again() {
    log.clear();
    socket->sent.clear();
    socket->released = 0;
  }
  [[nodiscard]] std::vector<std::string> take_log() { return std::exchange(log, {}); }
  [[nodiscard]] bool ended() {
    node.self->monitor(ann);
    bool out = false;
    node.self->receive([&](const caf::down_msg&) { out = true; }, caf::after(milliseconds{0}) >> [] {});
    return out;
  }
};

}  // namespace greenroom::actors
