#pragma once
#include <map>
#include <optional>

#include "core/room.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/asker_table.hpp"
#include "test/simulation/early_judge.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/sabotage.hpp"

namespace greenroom::simulation {

class follower_shell;
class journal_shell;
class node_shell;
class people_shell;

/// Carries out what `core::room` decides (actors/room_actor.cpp).
class room_shell final : public actor {
 public:
  struct deps {
    core::room_opened opened;
    core::room_limits limits;
    core::view_version view;
    handle<journal_shell> journal;
    handle<people_shell> people;
    simulation::sabotage sabotage;
    handle<node_shell> node{};
    handle<follower_shell> follower{};
  };
  room_shell(process& home, actor_no number, deps with);
  [[nodiscard]] std::string name() const override { return "room " + machine_.id().value; }

  void receive(core::post_batch& batch);
  void receive(core::join_room& request);
  void receive(core::rejoin_room& request);
  void receive(core::leave_room& request);
  void receive(core::roster_compared& seen);
  void receive(core::perform_act& request, promise<core::act_performed> owed);
  void receive(core::note_typing& note);
  void receive(core::note_read& note);
  void receive(core::retire_room& why);
  void receive(core::room_gone&);
  void receive(core::roster_changed&);
  void receive(entries_appended& answer);
  void receive(room_reopened& answer);
  void receive(epoch_checked& answer);
  void receive(relays_lost& gone);
  void receive(flush_tick&);
  void receive(damp_tick&);
  void receive(sweep_tick&);

  /// For the end, when nothing happens any more.
  [[nodiscard]] const core::room& machine() const noexcept { return machine_; }

 private:
  struct poster {
    handle<connection_shell> who;
    std::size_t unanswered = 0;
  };

  void down(const address& source) override;
  void carry_out(core::room_effects out, core::instant now);
  void store(core::room_effects& out, core::instant now);
  void find_user(const core::user_id& user);
  void send_answers(const core::room_effects& out);
  void publish(std::vector<core::room_entry> entries);
  void tell_follower(core::instant now);
  template <class Message>
  void tell_relays(const Message& what);
  template <class Message>
  void tell_relay(core::relay_no relay, Message what);
  template <class Tick>
  void tick_later(std::optional<core::mono_time> due, bool& under_way, core::instant now);
  [[nodiscard]] core::relay_no relay_of_sender();

  core::room machine_;
  core::view_version view_;
  handle<journal_shell> journal_;
  handle<people_shell> people_;
  handle<node_shell> node_;
  handle<follower_shell> follower_;
  core::mono_time follower_told_{};
  simulation::sabotage sabotage_;
  std::map<core::connection_id, poster> posters_;
  std::map<core::relay_no, handle<relay_shell>> relays_;
  std::map<actor_no, core::relay_no> numbers_;
  std::uint64_t last_relay_ = 0;
  asker_table<core::act_performed> askers_;
  std::optional<early_judge> early_;  ///< sabotage
  bool damping_ = false;
  bool gathering_ = false;
};

}  // namespace greenroom::simulation
