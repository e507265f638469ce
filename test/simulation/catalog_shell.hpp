#pragma once
#include <map>
#include <variant>

#include "test/simulation/actor.hpp"
#include "test/simulation/asker_table.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/store.hpp"

namespace greenroom::simulation {

class node_shell;

/// It is time to look again for the room whose members change.
struct members_again {
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
  void receive(core::add_member& wanted, promise<core::members_changed> owed);
  void receive(core::remove_member& wanted, promise<core::members_changed> owed);
  void receive(members_again& again) { find_room(again.number); }

 private:
  struct changing {
    std::variant<core::add_member, core::remove_member> request;
    core::asker_id asker;
    core::mono_time deadline;
    bool doubtful = false;  ///< the room was asked before, and perhaps did it
  };

  /// Asks the database; an answer of the database that is an error is the asker's.
  template <class Reply>
  void ask(promise<Reply> owed, std::function<core::result<Reply>()> what);
  template <class Request>
  void change_members(Request& wanted, promise<core::members_changed> owed);
  void find_room(std::uint64_t number);
  void ask_room(std::uint64_t number, const handle<room_shell>& room);
  void change_failed(std::uint64_t number, const core::error& why, bool doubtful);
  void finish(std::uint64_t number, const core::error& why);
  [[nodiscard]] core::mono_time::duration time_left(const changing& job) const;

  deps deps_;
  std::uint64_t last_change_ = 0;
  std::map<std::uint64_t, changing> changes_;
  asker_table<core::members_changed> askers_;
};

}  // namespace greenroom::simulation
