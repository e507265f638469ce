#pragma once
#include <map>

#include "test/simulation/actor.hpp"
#include "test/simulation/asker_table.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/store.hpp"

namespace greenroom::simulation {

class node_shell;

/// It is time to look again for the room of an act.
struct act_again {
  std::uint64_t number = 0;
};

/// The catalog of rooms, on a thread of its own (actors/catalog_actor.cpp). It has no machine.
class catalog_shell final : public actor {
 public:
  struct deps {
    database* data = nullptr;
    simulation::store* store = nullptr;
    handle<node_shell> node;
  };
  catalog_shell(process& home, actor_no number, deps with) : actor(home, number), deps_(with) {}
  [[nodiscard]] std::string name() const override { return "catalog"; }

  void receive(core::enter_room& visit, promise<core::room_entered> owed);
  void receive(core::create_room& wanted, promise<core::room_entered> owed);
  void receive(core::read_history& wanted, promise<core::history_page> owed);
  void receive(core::read_heads& wanted, promise<core::room_heads> owed);
  void receive(core::delete_room& wanted, promise<core::room_gone> owed);
  void receive(core::join_members& wanted, promise<core::members_changed> owed);
  void receive(core::perform_act& wanted, promise<core::act_performed> owed);
  void receive(core::move_marks& wanted, promise<core::marks_moved> owed);
  void receive(core::sync_rooms& wanted, promise<core::rooms_synced> owed);
  void receive(core::open_direct& wanted, promise<core::room_entered> owed);
  void receive(core::put_block& wanted, promise<core::blocks_changed> owed);
  void receive(core::lift_block& wanted, promise<core::blocks_changed> owed);
  void receive(act_again& again) { find_room(again.number); }

 private:
  /// An act on its way to its room.
  struct acting {
    core::perform_act request;
    core::asker_id asker;
    core::mono_time deadline;
    bool doubtful = false;  ///< an earlier attempt whose answer got lost may have done it
  };

  /// Asks the database; an answer of the database that is an error is the asker's.
  template <class Reply>
  void ask(promise<Reply> owed, std::function<core::result<Reply>()> what);
  void change_block(const core::user_id& by, const core::user_id& blocked, bool stands,
                    promise<core::blocks_changed> owed);
  void find_room(std::uint64_t number);
  void ask_room(std::uint64_t number, const handle<room_shell>& room);
  void act_failed(std::uint64_t number, const core::error& why, bool doubtful);
  void finish(std::uint64_t number, core::result<core::act_performed> outcome);
  [[nodiscard]] core::mono_time::duration time_left(const acting& job) const;

  deps deps_;
  std::uint64_t last_act_ = 0;
  std::map<std::uint64_t, acting> acts_;
  asker_table<core::act_performed> askers_;
};

}  // namespace greenroom::simulation
