#pragma once
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/cluster.hpp"
#include "core/node.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/asker_table.hpp"
#include "test/simulation/cluster_messages.hpp"
#include "test/simulation/hub.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/room_shell.hpp"

namespace greenroom::simulation {

/// Carries out what `core::node` and `core::cluster` decide, and is what other nodes know a node by
/// (actors/node_actor.cpp and what is beside it). Without rooms of its own, `journal` is null.
class node_shell final : public actor {
 public:
  struct deps {
    core::room_limits limits;
    handle<journal_shell> journal;
    handle<hub> audience;
    simulation::sabotage sabotage;
    /// Hears of every new view.
    std::function<void(const core::cluster_view&)> watcher{};
    handle<follower_shell> follower{};
  };
  /// What else lives in this process.
  struct roles {
    core::node_record record;
    handle<catalog_shell> catalog{};
    handle<accounts_shell> accounts{};
    handle<door_shell> door{};
    handle<directory_shell> directory{};
    handle<people_shell> people{};
  };
  node_shell(process& home, actor_no number, deps with);
  [[nodiscard]] std::string name() const override { return "node"; }
  /// Once, when all of them are there: from now on the node registers and beats.
  void receive(roles& all);

  // ---- rooms and relays
  void receive(core::find_room& what, promise<room_found> owed);
  void receive(find_relay& what, promise<handle<relay_shell>> owed);
  void receive(relay_idle& idle);
  void receive(sweep_tick&);

  // ---- homes of users, in node_homes.cpp
  void receive(core::register_session& what);
  void receive(core::user_news& news);
  void receive(home_idle& idle);

  // ---- other nodes
  void receive(link_up& link);
  void receive(node_card& card);
  void receive(core::cluster_view& view);
  void receive(announce& news);
  void receive(core::room_gone& gone);
  void receive(core::roster_changed& where);
  void receive(core::session_ended& ended);
  void receive(core::claim_ticket& what, promise<core::ticket_claimed> owed);
  void receive(claim_ticket_at& what, promise<core::ticket_claimed> owed);
  void receive(find_accounts&, promise<accounts_found> owed);
  void receive(ask_catalog<core::enter_room>& what, promise<core::room_entered> owed);
  void receive(ask_catalog<core::read_history>& what, promise<core::history_page> owed);
  void receive(ask_catalog<core::move_marks>& what, promise<core::marks_moved> owed);
  void receive(ask_catalog<core::sync_rooms>& what, promise<core::rooms_synced> owed);
  void receive(beat_tick&);
  void receive(leave_tick&);
  void receive(drain_rooms&, promise<drained> owed);
  void receive(pin_room& move);

  [[nodiscard]] const core::cluster_view& view() const noexcept { return machine_.view(); }

 private:
  struct live {
    handle<room_shell> at;
    core::room_key key;
  };

  void down(const address& source) override;
  void carry_out(core::node_effects out);
  void open(core::open_room what);
  void forward(const core::room_forward& what);
  void spawn_room(core::room_opened opened);
  void give_room(core::asker_id asker, const core::room_id& room);
  void check_all();
  void tell_heads();

  template <class To, class What>
  void hand_on(const handle<To>& to, What what);
  template <class What>
  [[nodiscard]] bool is_for_here(What& what);
  [[nodiscard]] bool home_down(const address& source);
  void homes_moved_since(const core::cluster_view& before);
  void homes_reached(const core::node_name& peer);

  void carry_out(const core::cluster_effects& out);
  void take_view(const core::cluster_view& view);
  void introduce(const handle<node_shell>& to, bool answer);
  bool peer_down(const address& source);
  void enter_cluster(const core::node_record& record);
  void read_stored();
  void probe_database();
  template <class Event>
  void tell_all(const Event& event);
  void tell_here(const core::room_gone& gone);
  void tell_here(const core::roster_changed& where);
  void tell_here(const core::session_ended& ended);
  template <class Role>
  [[nodiscard]] handle<Role> handle_at(const std::optional<core::node_name>& node, const handle<Role>& own,
                                       handle<Role> node_card::*role) const;
  [[nodiscard]] handle<directory_shell> directory_now() const;
  template <class Reply, class What>
  void ask_a_catalog(What what, promise<Reply> owed, unsigned tries);

  deps deps_;
  roles roles_;
  core::node machine_;
  core::cluster cluster_;
  asker_table<room_found> askers_;
  std::map<core::room_id, live> rooms_;
  std::map<core::room_id, handle<relay_shell>> relays_;
  std::map<core::user_id, handle<user_shell>> homes_;
  std::uint64_t last_topic_ = 0;
  unsigned sweeps_ = 0;
  std::map<core::node_name, node_card> peers_;
  std::vector<promise<drained>> draining_;
};

}  // namespace greenroom::simulation
