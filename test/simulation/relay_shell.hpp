#pragma once
#include <map>
#include <set>

#include "core/relay.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/hub.hpp"
#include "test/simulation/messages.hpp"

namespace greenroom::simulation {

class node_shell;

/// Carries out what `core::relay` decides (actors/relay_actor.cpp).
class relay_shell final : public actor {
 public:
  struct deps {
    core::room_id room;
    core::topic_id topic;
    handle<node_shell> node;
    handle<hub> audience;
  };
  relay_shell(process& home, actor_no number, deps with) : actor(home, number), deps_(std::move(with)) {}
  [[nodiscard]] std::string name() const override { return "relay " + deps_.room.value; }

  void receive(core::room_joined& answer);
  void receive(core::room_rejoined& answer);
  void receive(core::room_batch& batch);
  void receive(core::presence_changed& change);
  void receive(core::note_typing&);
  void receive(core::note_read&);
  void receive(core::room_gone&);
  void receive(core::member_removed& who);
  void receive(core::compare_roster& asked);
  void receive(core::room_head&);
  void receive(listen& request);
  void receive(unlisten& request);
  void receive(look_again& told);
  void receive(find_tick&);
  void receive(sweep_tick&);

 private:
  void down(const address& source) override;
  void carry_out(core::relay_effects out);
  template <class Message>
  void tell_room(Message what);
  template <class Command>
  void tell_hub(Command what);
  void tell(const frame_ptr& event, bool keep);
  [[nodiscard]] bool from_room() const { return room_ && sender() && sender() == room_; }
  void deliver(const std::vector<core::room_entry>& entries);
  void open(const core::room_joined& answer);
  void turn_away(core::connection_id connection, const core::error& why, const std::vector<core::room_entry>& owed);
  void take_out(core::connection_id connection, const core::member_removed& why);
  void end_all();
  void forget(core::connection_id connection);
  void drop_listener(core::connection_id connection);
  void find();
  void room_found_at(const handle<room_shell>& room);
  void hand_out_room();
  void look(bool moved);

  deps deps_;
  core::relay machine_;
  handle<room_shell> room_;
  std::map<core::connection_id, handle<connection_shell>> connections_;
  bool finding_ = false;
  bool pausing_ = false;
  bool idle_ = false;
};

}  // namespace greenroom::simulation
