#pragma once
#include <map>
#include <memory>
#include <variant>
#include <vector>

#include "core/cursor.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/socket.hpp"

namespace greenroom::simulation {

/// A room's batch, made into frames once. Frame i is entry `first` + i.
struct framed_batch {
  core::seq_no first;
  std::vector<frame_ptr> frames;
  std::map<std::pair<core::connection_id, std::uint32_t>, frame_ptr> personal;  ///< in place of frame …
};

/// What relays and sockets ask of a hub, in order.
struct hub_command {
  struct listen {
    core::topic_id topic;
    core::connection_id connection;
  };
  struct open {
    core::topic_id topic;
    core::connection_id connection;
    std::vector<frame_ptr> first;
    core::seq_no next;
  };
  struct leave {
    core::topic_id topic;
    core::connection_id connection;
    std::vector<frame_ptr> last;
  };
  struct deliver {
    core::topic_id topic;
    std::shared_ptr<const framed_batch> batch;
  };
  struct tell {
    core::topic_id topic;
    frame_ptr event;
    bool keep = false;
  };
  struct skip {
    core::topic_id topic;
    core::seq_no head;
  };
  struct end {
    core::topic_id topic;
    frame_ptr last;
  };
  struct take_letter {
    std::weak_ptr<socket> from;
  };
};

/// The listeners of one node: which entries go out to whom, by `core::cursor` (net/hub_shard.cpp).
class hub final : public actor {
 public:
  struct deps {
    std::uint16_t held_batches = 8;  ///< what a closed cursor holds
  };
  hub(process& home, actor_no number, deps with) : actor(home, number), limits_(with) {}
  [[nodiscard]] std::string name() const override { return "hub"; }

  void receive(hub_command::listen& what);
  void receive(hub_command::open& what);
  void receive(hub_command::leave& what);
  void receive(hub_command::deliver& what);
  void receive(hub_command::tell& what);
  void receive(hub_command::skip& what);
  void receive(hub_command::end& what);
  void receive(hub_command::take_letter& what);

  // ---- for sockets
  void add(std::shared_ptr<socket> who);
  void remove(socket& who);
  void tell_gap(socket& who, core::topic_id in, const core::entry_gap& gap, const frame_ptr& what);
  void recover(socket& who);
  /// A socket has a letter.
  void push(hub_command::take_letter what) { send(self(this), std::move(what)); }

 private:
  using batch_ptr = std::shared_ptr<const framed_batch>;
  struct listener {
    socket* who;
    core::cursor<batch_ptr> at;
    std::vector<frame_ptr> late{};  ///< wait for room in the outbox
  };
  using listeners_by_id = std::map<core::connection_id, listener>;

  [[nodiscard]] socket* find(core::connection_id id) const;
  [[nodiscard]] listener* find(core::topic_id in, core::connection_id connection);
  void unsubscribe(socket& who, core::topic_id from);
  [[nodiscard]] bool send_range(listener& to, const batch_ptr& batch, core::frame_range range);
  void let_out(core::topic_id in, listener& to, const std::vector<core::cursor<batch_ptr>::piece>& held);
  void torn(core::topic_id in, listener& who);
  void keep(listener& slow, const frame_ptr& event);
  void catch_up(listener& slow);
  void flush_all(core::topic_id of);

  deps limits_;
  std::map<core::topic_id, listeners_by_id> topics_;
  std::map<core::connection_id, std::shared_ptr<socket>> sockets_;
};

}  // namespace greenroom::simulation
