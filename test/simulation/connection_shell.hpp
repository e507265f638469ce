#pragma once
#include <map>
#include <memory>

#include "core/connection.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/socket.hpp"

namespace greenroom::simulation {

class node_shell;
class catalog_shell;

/// Carries out what `core::connection` decides (actors/connection_actor.cpp).
class connection_shell final : public actor {
 public:
  struct deps {
    std::shared_ptr<socket> client;
    core::user_id user;
    handle<node_shell> node;
    handle<marks_shell> marks;
    core::connection_limits limits;
  };
  connection_shell(process& home, actor_no number, deps with);
  [[nodiscard]] std::string name() const override { return "connection of " + machine_.user().value; }

  void receive(core::posts_answered& answers);
  void receive(commands_received& read);
  void receive(entries_missed& gap);
  void receive(outbox_roomy&);
  void receive(socket_closed&);
  void receive(end_connection& end);
  void receive(room_ready& told);
  void receive(core::user_news& news);
  void receive(sweep_tick&);

 private:
  struct room_route {
    handle<relay_shell> relay;
    handle<room_shell> room;
  };

  void down(const address& source) override;
  void carry_out(core::connection_effects out);
  void tell_room(const core::room_id& room, core::room_message::content what);
  void unlisten_to(const core::room_id& room);
  void enter(core::enter_room what);
  void find_relay_of(const core::room_id& room);
  void read_page(core::read_history what);
  void read_rooms(core::sync_rooms what);
  void store_marks(core::connection_effects& out);
  void say(const core::client_event& event);
  void leave_all();
  void hang_up(ec why);
  void leave_if_answered();

  core::connection machine_;
  core::connection_id id_;
  std::shared_ptr<socket> client_;
  handle<node_shell> node_;
  handle<marks_shell> marks_;
  std::map<core::room_id, room_route> routes_;
  bool sweeping_ = false;
  bool leaving_ = false;
};

}  // namespace greenroom::simulation
