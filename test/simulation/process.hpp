#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"
#include "test/simulation/message.hpp"
#include "test/simulation/task.hpp"

namespace greenroom::simulation {

class link_end;
class world;

/// One life of one node: its actors, its clock, its ends of links. It can stand still, and die.
class process {
 public:
  process(world& of, core::node_name name, core::incarnation_id life);
  ~process();

  template <class Actor, class... Args>
  handle<Actor> spawn(Args&&... args) {
    const auto number = next_number();
    adopt(std::make_unique<Actor>(*this, number, std::forward<Args>(args)...));
    return {{number, {}}};
  }

  /// Puts the letter into a mailbox here, or on the link that `to` leads through. What leads nowhere is dropped; a
  /// question to an actor of this process that has ended is answered at once.
  void send(const address& to, letter what);
  void send_later(core::mono_time::duration wait, const address& to, letter what);
  /// Tells an actor here that its question got no answer, unless it did by then.
  void time_out_later(core::mono_time::duration wait, actor_no who, std::uint64_t question);
  /// `who` is told when `other` ends or can't be reached: at once where that is so already.
  void watch(actor_no who, const address& other);
  void unwatch(actor_no who, const address& other);
  /// Goes on with the mailbox of an actor that waited.
  void unblock(actor& who);

  /// Does `what` after `wait` on this process' clock: never once it is dead, later while it stands still.
  void later(core::mono_time::duration wait, task what);
  /// Nothing happens here until `go_on`; then everything that was due does.
  void stand_still();
  void go_on();
  /// Everything is gone at once.
  void die();
  /// Does `what` when the process dies.
  void when_dead(task what) { last_words_.push_back(std::move(what)); }

  /// A link's end is usable from now on; or isn't any more: who is watched through it is down.
  void opened(link_end& end);
  void closed(link_end& end);
  /// An actor at the other end of the link has ended.
  void gone(const address& other);
  /// An address that came over a link, as it is usable here; none where no link leads there.
  [[nodiscard]] address import(const address& from) const;
  template <class Actor>
  [[nodiscard]] handle<Actor> import(const handle<Actor>& from) const {
    return {import(static_cast<const address&>(from))};
  }
  [[nodiscard]] link_end* link_to(const process& other) const;

  [[nodiscard]] world& of() const noexcept { return world_; }
  [[nodiscard]] const core::node_name& name() const noexcept { return name_; }
  [[nodiscard]] core::incarnation_id life() const noexcept { return life_; }
  [[nodiscard]] bool alive() const noexcept { return alive_; }
  [[nodiscard]] bool stands_still() const noexcept { return still_; }
  /// Both clocks of this process: its wall clock may be wrong by some time.
  [[nodiscard]] core::instant now() const;

 private:
  [[nodiscard]] actor_no next_number();
  void adopt(std::unique_ptr<actor> made);
  void deliver(actor_no to, letter what);
  void schedule(actor& who);
  void turn(actor_no who);
  void end(actor& who);
  [[nodiscard]] core::mono_time::duration hesitation();

  world& world_;
  core::node_name name_;
  core::incarnation_id life_;
  core::milliseconds wall_error_{};
  bool alive_ = true;
  bool still_ = false;
  std::vector<task> overdue_;
  std::vector<task> last_words_;
  std::vector<actor_no> actors_;
  std::vector<std::pair<const process*, link_end*>> links_;  ///< not by address: a seed plays the same everywhere
  std::map<std::pair<link_no, actor_no>, std::vector<actor_no>> watchers_;
};

}  // namespace greenroom::simulation
