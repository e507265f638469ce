#pragma once
#include <map>
#include <optional>

#include "core/room.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/asker_table.hpp"
#include "test/simulation/messages.hpp"

namespace greenroom::simulation {

class journal_shell;

/// What the shells leave out on purpose, to see that the checker notices.
struct sabotage {
  bool lose_removals = false;  ///< relays never hear that somebody was removed
  bool lose_batches = false;   ///< now and then a relay doesn't get a batch
};

/// Carries out what `core::room` decides (actors/room_actor.cpp).
class room_shell final : public actor {
 public:
  struct deps {
    core::room_opened opened;
    core::room_limits limits;
    core::view_version view;
    handle<journal_shell> journal;
    simulation::sabotage sabotage;
  };
  room_shell(process& home, actor_no number, deps with);
  [[nodiscard]] std::string name() const override { return "room " + machine_.id().value; }

  void receive(core::post_batch& batch);
  void receive(core::join_room& request);
  void receive(core::rejoin_room& request);
  void receive(core::leave_room& request);
  void receive(core::roster_compared& seen);
  void receive(core::add_member& request, promise<core::members_changed> owed);
  void receive(core::remove_member& request, promise<core::members_changed> owed);
  void receive(core::note_typing& note);
  void receive(core::note_read& note);
  void receive(core::retire_room& why);
  void receive(core::room_gone&);
  void receive(entries_appended& answer);
  void receive(member_answered& answer);
  void receive(room_reopened& answer);
  void receive(epoch_checked& answer);
  void receive(relays_lost& gone);
  void receive(flush_tick&);
  void receive(damp_tick&);
  void receive(sweep_tick&);

 private:
  struct poster {
    handle<connection_shell> who;
    std::size_t unanswered = 0;
  };

  void down(const address& source) override;
  void carry_out(core::room_effects out, core::instant now);
  void store(core::room_effects& out, core::instant now);
  void send_answers(const std::vector<std::pair<core::connection_id, core::post_answer>>& answers);
  void publish(std::vector<core::room_entry> entries);
  template <class Message>
  void tell_relays(const Message& what);
  template <class Message>
  void tell_relay(core::relay_no relay, Message what);
  template <class Tick>
  void tick_later(std::optional<core::mono_time> due, bool& under_way, core::instant now);
  [[nodiscard]] core::relay_no relay_of_sender();
  void change_members(core::member_act act);

  core::room machine_;
  core::view_version view_;
  handle<journal_shell> journal_;
  simulation::sabotage sabotage_;
  std::map<core::connection_id, poster> posters_;
  std::map<core::relay_no, handle<relay_shell>> relays_;
  std::map<actor_no, core::relay_no> numbers_;
  std::uint64_t last_relay_ = 0;
  asker_table<core::members_changed> askers_;
  bool damping_ = false;
  bool gathering_ = false;
};

}  // namespace greenroom::simulation
